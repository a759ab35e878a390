/// A source of media is one file: a constant medium, in tests/support/constant_medium.hpp.
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "medium/sampled.hpp"
#include "medium/section.hpp"
#include "modes/elements/section_modes.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/constant_medium.hpp"

using namespace vitral;

namespace {

const Grid grid{{-20e-6, 0.25e-6, 160}, {-20e-6, 0.25e-6, 160}};

}  // namespace

TEST_CASE("a new medium is a file: the grid, the elements and the march take it") {
    constexpr double n = 1.5, kappa = 2e-6, wavelength = 1.31e-6;
    const auto medium = std::make_shared<const tests::ConstantMedium>(Complex(n, kappa), wavelength,
                                                                      Window{-20e-6, 20e-6, -20e-6, 20e-6});
    const auto sampled = medium::sampled(medium, grid, {}, {});
    IndexMap map(grid);
    sampled->at(3e-5, map);
    CHECK(map(7, 9) == Approx(n).epsilon(1e-13));
    CHECK(sampled->absorbs());
    CHECK(std::isinf(sampled->constant_until(0.0)));
    CHECK(modes::scalar_modes(map, wavelength, {.count = 1, .top = modes::TopWall::open}).modes.empty());
    Section section = medium::section_of(medium, medium::Directions::apart);
    section.permittivity = medium::lossless(section.permittivity);
    CHECK(modes::section_modes(section, {.wavelength = wavelength, .count = 1, .accuracy = 1e-3}).modes.empty());

    // A Gaussian spreads as exp does, w(z)² = w0² (1 + (z/z_R)²), and fades by exp(-2 k0 κ z).
    const double w0 = 4e-6, z = 50e-6, z_R = pi * n * w0 * w0 / wavelength;
    const auto launch = sample(grid, [&](double x, double y) { return Complex(GaussianBeam{w0, w0}(x, y)); });
    const auto out = propagation::propagate(
        launch, *sampled, {.engine = {.wavelength = wavelength, .n_ref = n}, .length = z, .dz = 5e-6, .records = 1});
    const auto beam = propagation::beam_moments(out.psi);
    const double lost = 1.0 - std::exp(-4.0 * pi / wavelength * kappa * z);
    CHECK(beam.width_x == Approx(2.0 * w0 * std::hypot(1.0, z / z_R)).epsilon(1e-6));
    CHECK(1.0 - beam.power == Approx(lost).epsilon(1e-9));
    CHECK(out.removed.absorbed == Approx(lost).epsilon(1e-9));
}
