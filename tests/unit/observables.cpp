#include "solver/propagation/observables.hpp"

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;

TEST_CASE("the moments of a beam are its power, centre and 4 sigma widths") {
    const Grid grid{{-30e-6, 0.5e-6, 131}, {-25e-6, 0.4e-6, 110}};
    auto beam = sample(grid, [](double x, double y) {
        return Complex(0.6, 0.8) * GaussianBeam{4e-6, 3e-6, 2e-6, -4e-6}(x, y);  // σ of |ψ|² is w/2
    });
    const auto m = propagation::beam_moments(beam);
    CHECK(m.power == Approx(power(beam)).epsilon(1e-13));
    CHECK(m.center_x == Approx(2e-6).epsilon(1e-9));
    CHECK(m.center_y == Approx(-4e-6).epsilon(1e-9));
    CHECK(m.width_x == Approx(8e-6).epsilon(1e-9));
    CHECK(m.width_y == Approx(6e-6).epsilon(1e-9));
    CHECK(propagation::beam_moments(Field<Complex>(grid)).power == 0.0);
    CHECK(propagation::beam_moments(Field<Complex>(grid)).width_x == 0.0);
}

TEST_CASE("overlaps with several modes are the inner product of each") {
    const Grid grid{{-30e-6, 0.5e-6, 131}, {-25e-6, 0.4e-6, 110}};
    const auto psi = sample(grid, [](double x, double y) {
        return std::polar(1.0, 2e5 * x) * GaussianBeam{4e-6, 3e-6, 2e-6, -4e-6}(x, y);
    });
    for (const int count : {0, 1, 3, 4, 6}) {
        std::vector<Field<double>> modes;
        for (int k = 0; k < count; ++k)
            modes.push_back(sample(grid, GaussianBeam{3e-6 + 0.5e-6 * k, 4e-6, 1e-6 * k, -3e-6}));
        const auto products = propagation::overlaps(modes, psi);
        REQUIRE(products.size() == modes.size());
        for (std::size_t k = 0; k < modes.size(); ++k)
            CHECK(std::abs(products[k] - inner_product(modes[k], psi)) < 1e-15);
    }
}
