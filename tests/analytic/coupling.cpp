#include <cmath>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "modes/fiber/fiber_mode.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/coupling/overlap.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::coupling;

namespace {

Field<Complex> gaussian_field(double wx, double wy) {
    return sample({{-30e-6, 0.25e-6, 240}, {-30e-6, 0.25e-6, 240}}, [=](double x, double y) {
        return Complex(GaussianBeam{wx, wy}(x, y));
    });
}
PortShape gaussian_port(double wx, double wy) {
    return [=](double x, double y) { return GaussianBeam{wx, wy}(x, y); };
}
Field<Complex> buried_mode(double resolution) {
    const auto set =
        modes::scalar_modes(sample(exact::BuriedGuide::grid(60e-6, 30e-6, resolution), exact::BuriedGuide{}),
                            exact::BuriedGuide::wavelength, {.count = 1});
    Field<Complex> psi(set.modes[0].psi.grid);
    std::copy(set.modes[0].psi.values.begin(), set.modes[0].psi.values.end(), psi.values.begin());
    return psi;
}

}  // namespace

TEST_CASE("Gaussians couple as the closed forms say") {
    CHECK(efficiency(gaussian_field(4.6e-6, 4.6e-6), gaussian_port(4.6e-6, 4.6e-6), 0.0, 0.0) ==
          Approx(1.0).epsilon(1e-13));
    CHECK(efficiency(gaussian_field(4.0e-6, 3.0e-6), gaussian_port(4.6e-6, 4.6e-6), 0.0, 0.0) ==
          Approx(0.9062538367315475).epsilon(1e-11));
    CHECK(efficiency(gaussian_field(4.6e-6, 4.6e-6), gaussian_port(4.6e-6, 4.6e-6), 2.0e-6, 0.0) ==
          Approx(0.8277567757662238).epsilon(1e-11));
}

TEST_CASE("the best place and the 1 dB tolerance of two Gaussians are exact") {
    const auto best =
        align(gaussian_field(4.0e-6, 3.0e-6), gaussian_port(4.6e-6, 4.6e-6), 1.3e-6, -0.9e-6, FreeAxes::both, 4e-6);
    CHECK(best.x == Approx(0.0).epsilon(0.0).margin(1e-13));
    CHECK(best.y == Approx(0.0).epsilon(0.0).margin(1e-13));
    // One dB is lost where exp(-2 d²/(w1² + w2²)) = 10^-0.1.
    const auto tolerance = [](double w1, double w2) {
        return std::sqrt(0.5 * (w1 * w1 + w2 * w2) * 0.1 * std::log(10.0));
    };
    CHECK(best.tolerance_1dB_x.value() == Approx(tolerance(4.0e-6, 4.6e-6)).epsilon(1e-9));
    CHECK(best.tolerance_1dB_y.value() == Approx(tolerance(3.0e-6, 4.6e-6)).epsilon(1e-9));
    const auto fixed =
        align(gaussian_field(4.6e-6, 4.6e-6), gaussian_port(4.6e-6, 4.6e-6), 2e-6, 1e-6, FreeAxes::y, 4e-6);
    CHECK(fixed.x == 2e-6);
    CHECK(fixed.y == Approx(0.0).epsilon(0.0).margin(1e-13));
}

TEST_CASE("the buried guide to SMF-28: 0.96117 at y = -8.0135 um") {
    const modes::FiberMode fiber({4.1e-6, modes::core_index(1.4468, 0.0036), 1.4468}, 1.31e-6);
    const PortShape port = [&](double x, double y) { return fiber(std::hypot(x, y)); };
    const Field<Complex> psi = buried_mode(0.5e-6);
    const auto best = align(psi, port, 0.0, -7.5e-6, FreeAxes::y, 4.4e-6);
    CHECK(best.efficiency == Approx(0.9611741963245625).epsilon(0.0).margin(5e-5));
    CHECK(best.y * 1e6 == Approx(-8.013535484880897).epsilon(0.0).margin(3e-4));
    CHECK(efficiency(psi, port, 0.0, -8e-6) == Approx(0.9611633808632901).epsilon(0.0).margin(5e-5));
    CHECK(efficiency(psi, port, 2e-6, best.y) == Approx(0.7665293135830994).epsilon(0.0).margin(5e-5));
}

TEST_CASE("a Gaussian launch puts the reference share of its power into the guide's mode") {
    const Field<Complex> psi = buried_mode(0.5e-6);
    const std::pair<double, double> rows[] = {{3e-6, 0.9590193291281286},
                                              {3.5e-6, 0.9908722198348607},
                                              {4e-6, 0.9860244390545003},
                                              {4.6e-6, 0.9492276321864022}};
    for (const auto& [w, share] : rows)
        CHECK(efficiency(psi, gaussian_port(w, w), 0.0, -8e-6) == Approx(share).epsilon(0.0).margin(3e-5));
}

TEST_CASE("facets reflect as Fresnel says, and decibels are positive losses") {
    CHECK(facet_reflection(1.5077887996666, 1.0) == Approx(0.04100).epsilon(2e-5));
    CHECK(facet_reflection(1.5077887996666, 1.4496074097760991) == Approx(0.00038703403700074635).epsilon(1e-12));
    CHECK(facet_reflection(1.5, 1.5) == 0.0);
    CHECK(loss_dB(0.5) == Approx(3.0102999566).epsilon(1e-10));
    CHECK(loss_dB(1.0) == Approx(0.0).epsilon(0.0).margin(1e-18));
}

TEST_CASE("a port's field carries its power, and coupling does not care which side sends") {
    const Grid grid{{-30e-6, 0.5e-6, 120}, {-30e-6, 0.5e-6, 120}};
    const Field<Complex> a = port_field(grid, gaussian_port(4e-6, 3e-6), 1e-6, -2e-6);
    CHECK(power(a) == Approx(1.0).epsilon(1e-13));
    CHECK(efficiency(a, gaussian_port(5e-6, 5e-6), 0.0, 0.0) ==
          Approx(
              efficiency(port_field(grid, gaussian_port(5e-6, 5e-6), 0.0, 0.0), gaussian_port(4e-6, 3e-6), 1e-6, -2e-6))
              .epsilon(1e-12));
}

TEST_CASE("light in a dark cover is received with its tail, to the fourth order in the spacing") {
    // ψ = sin(κ (w - y)) up to the wall w, which stands for a tail exp(-y/l): w = atan(κ l)/κ; beyond -4 um it is let fade.
    const double kappa = 1.1e6, l = 0.17e-6, w = std::atan(kappa * l) / kappa, sent = 1.4e-6, y0 = -0.7e-6;
    const auto below = [&](double y) { return std::sin(kappa * (w - y)) * std::exp(-std::pow(y / 2e-6, 4)); };
    const auto port = [&](double x, double y) { return GaussianBeam{3e-6, sent}(x, y); };
    // The integrals of the light itself, by a sum of 10 pm.
    double received = 0.0, held = 0.0;
    const double fine = 1e-11;
    for (double y = -6e-6 + 0.5 * fine; y < 2.5e-6; y += fine) {
        const double psi = y < 0.0 ? below(y) : below(0.0) * std::exp(-y / l);
        received += psi * GaussianBeam{3e-6, sent}(0.0, y - y0) / GaussianBeam{3e-6, sent}(0.0, 0.0) * fine;
        held += psi * psi * fine;
    }
    const auto error = [&](int count, bool with_tail) {
        const double h = (w + 6e-6) / count;
        const Grid grid{{-12e-6, 0.5e-6, 48}, {-6e-6, h, count}};
        const Field<Complex> psi = sample(grid, [&](double x, double y) {
            return Complex(GaussianBeam{3e-6, 1e-6}(x, 0.0) / GaussianBeam{3e-6, 1e-6}(0.0, 0.0) * below(y));
        });
        // Along x both are the same Gaussian: ∫ exp(-2x²/w²) dx cancels in the quotient.
        const double eta = efficiency({psi, {with_tail ? l : 0.0}}, port, 0.0, y0);
        const double along_x = std::sqrt(pi / 2.0) * 3e-6;
        return eta / (std::norm(received * along_x * GaussianBeam{3e-6, sent}(0.0, 0.0)) / (held * along_x)) - 1.0;
    };
    CHECK(std::abs(error(16, false)) > 0.006);  // what the wall alone misses
    CHECK(std::abs(error(200, false)) > 0.015);
    CHECK(std::abs(error(16, true)) < 3e-3);
    CHECK(std::abs(error(32, true)) < 3e-4);
    CHECK(std::abs(error(64, true)) < 2e-4);
}
