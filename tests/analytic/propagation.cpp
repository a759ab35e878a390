#include <omp.h>
#include <cmath>

#include "core/beam.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "modes/scalar_modes.hpp"
#include "solver/layout/moved_section.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::propagation;

namespace {

Field<Complex> as_complex(const Field<double>& psi) {
    Field<Complex> out(psi.grid);
    std::copy(psi.values.begin(), psi.values.end(), out.values.begin());
    return out;
}
modes::Mode fundamental(const IndexMap& n, double wavelength) {
    return modes::scalar_modes(n, wavelength, {.count = 1}).modes.at(0);
}

}  // namespace

TEST_CASE("a Gaussian beam spreads as the paraxial closed form says, with either engine") {
    const auto method = GENERATE(Method::split_step, Method::finite_difference);
    const double w0 = 4e-6, n = 1.5, wavelength = 1.55e-6, z = 100e-6;
    const Grid grid{{-48e-6, 0.2e-6, 480}, {-48e-6, 0.2e-6, 480}};
    const auto launch = sample(grid, [&](double x, double y) { return Complex(GaussianBeam{w0, w0}(x, y)); });
    const auto out = propagate(
        launch, StraightIndex(IndexMap(grid, n)),
        {.method = method, .wavelength = wavelength, .n_ref = n, .length = z, .dz_target = 1e-6, .records = 1});
    double second = 0.0;
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix)
            second += std::pow(grid.x.at(ix), 2) * std::norm(out.psi(ix, iy)) * grid.cell_area();
    CHECK(2.0 * std::sqrt(second) * 1e6 ==
          Approx(9.144277866220134).epsilon(method == Method::split_step ? 1e-6 : 1e-4));
    CHECK(std::norm(inner_product(launch, out.psi)) ==
          Approx(0.48625635283272634).epsilon(method == Method::split_step ? 1e-6 : 1e-3));
    CHECK(power(out.psi) == Approx(1.0).epsilon(1e-11));
    // Gouy phase on the axis: between the four central points, exp(-i π/2 ...) of the closed form.
    CHECK(std::arg(out.psi(240, 240) * launch(240, 240)) == Approx(-1.1180553222).epsilon(0.0).margin(2e-3));
}

TEST_CASE("an offset beam in a parabolic index swings back after one ray period, in a slab") {
    const auto method = GENERATE(Method::split_step, Method::finite_difference);
    const double n0 = 1.5, g = 0.00565685424949238e6, wavelength = 1.55e-6, w = 7.625314993612598e-6,
                 period = 1110.7207345395916e-6;
    const Grid grid{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const auto index = sample(grid, [&](double x, double) { return n0 * std::sqrt(1.0 - g * g * x * x); });
    const GaussianSheet beam{w, 10e-6};
    const auto launch = sample(grid, [&](double x, double) { return Complex(beam(x)); });
    const auto centroid = [&](const Field<Complex>& psi) {
        double sum = 0.0;
        for (int ix = 0; ix < grid.x.count; ++ix) sum += grid.x.at(ix) * std::norm(psi(ix, 0)) * grid.x.spacing;
        return sum * 1e6;
    };
    const auto run = [&](double z) {
        return propagate(launch, StraightIndex(index),
                         {.method = method,
                          .wavelength = wavelength,
                          .n_ref = n0,
                          .length = z,
                          .dz_target = 1e-6,
                          .records = 1})
            .psi;
    };
    CHECK(centroid(run(0.25 * period)) == Approx(0.0).epsilon(0.0).margin(1e-3));
    CHECK(centroid(run(0.5 * period)) == Approx(-10.0).epsilon(0.0).margin(1e-3));
    CHECK(std::norm(inner_product(launch, run(0.5 * period))) == Approx(0.00102886130859307).epsilon(0.0).margin(1e-5));
    CHECK(std::norm(inner_product(launch, run(period))) == Approx(1.0).epsilon(0.0).margin(1e-4));
}

TEST_CASE("the coupler: P2 at 5 and 10 mm with either engine, which agree") {
    using Guide = exact::BuriedGuide;
    const Grid grid = Guide::grid(60e-6, 30e-6, 0.5e-6);
    const Guide right{6e-6}, left{-6e-6};
    const auto mode1 = fundamental(sample(grid, right), Guide::wavelength),
               mode2 = fundamental(sample(grid, left), Guide::wavelength);
    const IndexMap pair =
        sample(grid, [&](double x, double y) { return Guide::n_substrate + right.rise(x, y) + left.rise(x, y); });
    std::vector<std::vector<double>> P2;
    for (const Method method : {Method::split_step, Method::finite_difference}) {
        std::vector<double> record;
        double balance = 0.0;
        const auto out = propagate(as_complex(mode1.psi), StraightIndex(pair),
                                   {.method = method,
                                    .wavelength = Guide::wavelength,
                                    .n_ref = mode1.n_eff,
                                    .length = 10e-3,
                                    .dz_target = 4e-6,
                                    .records = 2,
                                    .absorber = {6e-6, 3e-6}},
                                   [&](double, const Field<Complex>& psi, double removed) {
                                       record.push_back(std::norm(inner_product(mode2.psi, psi)));
                                       balance = std::max(balance, std::abs(power(psi) + removed - 1.0));
                                   });
        CHECK(record.at(1) == Approx(0.862).epsilon(0.0).margin(0.002));
        CHECK(record.at(2) == Approx(0.474).epsilon(0.0).margin(0.004));
        CHECK(balance < 1e-9);
        CHECK(out.removed > 0.0);
        CHECK(out.removed < 2e-4);
        P2.push_back(record);
    }
    for (std::size_t i = 0; i < P2[0].size(); ++i) CHECK(P2[0][i] == Approx(P2[1][i]).epsilon(0.0).margin(0.005));
}

TEST_CASE("the S-bend in a slab transmits 0.97623 with either engine, by formula and as a moved section") {
    const auto method = GENERATE(Method::split_step, Method::finite_difference);
    const double wavelength = 1.31e-6, h = 50e-6, L = 1000e-6;
    const Grid grid{{-50e-6, 0.25e-6, 600}, slab_axis()};
    const auto profile = [](double x) { return 1.5035 + 0.010 / std::pow(std::cosh(x / 3e-6), 2); };
    const IndexMap at_start = sample(grid, [&](double x, double) { return profile(x); }),
                   at_end = sample(grid, [&](double x, double) { return profile(x - h); });
    const auto in = fundamental(at_start, wavelength), out_mode = fundamental(at_end, wavelength);
    CHECK(in.n_eff == Approx(1.5102235890099576).epsilon(0.0).margin(1e-7));
    const layout::MovedSection bend(at_start, GuidePath(0.0, {{L, h}}));
    const auto transmission = [&](double n_ref) {
        const auto out = propagate(as_complex(in.psi), bend,
                                   {.method = method,
                                    .wavelength = wavelength,
                                    .n_ref = n_ref,
                                    .length = L,
                                    .dz_target = 1e-6,
                                    .records = 1,
                                    .absorber = {10e-6}});
        CHECK(power(out.psi) + out.removed == Approx(1.0).epsilon(1e-10));
        return std::norm(inner_product(out_mode.psi, out.psi));
    };
    CHECK(transmission(1.5035) == Approx(0.9762274997142325).epsilon(0.0).margin(2e-4));  // the reference's own n_ref
    CHECK(transmission(in.n_eff) ==
          Approx(0.97623).epsilon(0.0).margin(1e-3));  // n_ref = n_eff, as the program takes it
}

TEST_CASE("a moved section samples the profile where the path is") {
    const Grid grid{{-30e-6, 0.5e-6, 120}, slab_axis()};
    const auto profile = [](double x) { return 1.5 + 0.01 * std::exp(-std::pow(x / 3e-6, 2)); };
    const layout::MovedSection moved(sample(grid, [&](double x, double) { return profile(x); }),
                                     GuidePath(0.0, {{100e-6, 7.3e-6}}));
    IndexMap map(grid);
    for (const double z : {0.0, 30e-6, 50e-6, 100e-6, 200e-6}) {
        const double center = z >= 100e-6 ? 7.3e-6 : 0.5 * 7.3e-6 * (1.0 - std::cos(pi * z / 100e-6));
        moved.at(z, map);
        for (int ix = 0; ix < grid.x.count; ++ix)
            CHECK(map(ix, 0) == Approx(profile(grid.x.at(ix) - center)).epsilon(0.0).margin(2e-6));
    }
}

TEST_CASE("the absorbing edge swallows a tilted beam, and what it takes is counted") {
    const auto method = GENERATE(Method::split_step, Method::finite_difference);
    const double wavelength = 1.31e-6, n = 1.5;
    const Grid grid{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const double tilt = 0.2, k = 2.0 * pi / wavelength * n;
    const auto launch =
        sample(grid, [&](double x, double) { return GaussianSheet{8e-6}(x)*std::polar(1.0, k * tilt * x); });
    const auto out = propagate(launch, StraightIndex(IndexMap(grid, n)),
                               {.method = method,
                                .wavelength = wavelength,
                                .n_ref = n,
                                .length = 1e-3,
                                .dz_target = 1e-6,
                                .records = 1,
                                .absorber = {12e-6}});
    CHECK(power(out.psi) < 1e-4);
    CHECK(power(out.psi) + out.removed == Approx(1.0).epsilon(1e-10));
}

TEST_CASE("the same bits for one thread and for two") {
    using Guide = exact::BuriedGuide;
    const auto method = GENERATE(Method::split_step, Method::finite_difference);
    const Grid grid = Guide::grid(48e-6, 28e-6, 0.5e-6);
    const auto run = [&](int threads) {
        omp_set_num_threads(threads);
        const auto mode = fundamental(sample(grid, Guide{}), Guide::wavelength);
        const layout::MovedSection bend(sample(grid, Guide{}), GuidePath(0.0, {{100e-6, 3e-6}}));
        return propagate(as_complex(mode.psi), bend,
                         {.method = method,
                          .wavelength = Guide::wavelength,
                          .n_ref = mode.n_eff,
                          .length = 100e-6,
                          .dz_target = 2e-6,
                          .records = 3,
                          .absorber = {5e-6, 3e-6}});
    };
    const auto one = run(1), two = run(2);
    omp_set_num_threads(1);
    CHECK(one.psi.values == two.psi.values);
    CHECK(one.removed == two.removed);
}

TEST_CASE("a field that is not finite ends the run with the place") {
    const Grid grid{{-10e-6, 0.5e-6, 40}, slab_axis()};
    Field<Complex> launch(grid, Complex(1.0));
    launch(20, 0) = std::numeric_limits<double>::quiet_NaN();
    try {
        (void)propagate(launch, StraightIndex(IndexMap(grid, 1.5)),
                        {.wavelength = 1e-6, .n_ref = 1.5, .length = 10e-6, .dz_target = 1e-6});
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.kind() == Failure::numerical);
        CHECK(error.where().find("z = ") == 0);
    }
}
