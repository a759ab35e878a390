#include <omp.h>

#include <cmath>
#include <cstdint>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "modes/fiber/fiber_mode.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/coupling/misalignment.hpp"
#include "solver/coupling/overlap.hpp"
#include "solver/coupling/spread.hpp"
#include "solver/coupling/yield.hpp"
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
    return [=](double x, double y) { return Complex(GaussianBeam{wx, wy}(x, y)); };
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

TEST_CASE("the best place of two Gaussians, and what the size of both costs, are exact") {
    const Field<Complex> light = gaussian_field(4.0e-6, 3.0e-6);
    const Alignment best =
        align(overlap_of(light, gaussian_port(4.6e-6, 4.6e-6)), 1.3e-6, -0.9e-6, FreeAxes::both, 4e-6);
    CHECK(best.x == Approx(0.0).epsilon(0.0).margin(1e-13));
    CHECK(best.y == Approx(0.0).epsilon(0.0).margin(1e-13));
    const Field<Complex> round = gaussian_field(4.6e-6, 4.6e-6);
    const Alignment fixed = align(overlap_of(round, gaussian_port(4.6e-6, 4.6e-6)), 2e-6, 1e-6, FreeAxes::y, 4e-6);
    CHECK(fixed.x == 2e-6);
    CHECK(fixed.y == Approx(0.0).epsilon(0.0).margin(1e-13));
    const auto mismatch = [](double mfd, double other) {
        return loss_dB(
            efficiency(gaussian_field(0.5 * mfd, 0.5 * mfd), gaussian_port(0.5 * other, 0.5 * other), 0.0, 0.0));
    };
    CHECK(mismatch(10.4e-6, 9.2e-6) == Approx(0.06512).margin(5e-6));
    CHECK(mismatch(4.0e-6, 9.2e-6) == Approx(2.71786).margin(5e-6));
}

TEST_CASE("the tolerance of a port is counted from where it stands, to either side") {
    // Equal Gaussians of radius w lose 10 log10(e) d²/w² at a distance d: A dB more than at d0 at √(d0² + A w²/4.34) - and + d0.
    for (const double w : {4.6e-6, 5.2e-6})
        for (const double d0 : {0.0, 1e-6, 2e-6})
            for (const double dB : {1.0, 0.5}) {
                const Field<Complex> light = gaussian_field(w, w);
                const OverlapAt overlap = overlap_of(light, gaussian_port(w, w));
                const OverlapAt tilted = [&](double k_x, double k_y) {
                    return overlap_of(light, [=](double x, double y) {
                        return GaussianBeam{w, w}(x, y) * std::polar(1.0, k_x * x + k_y * y);
                    })(d0, 0.0);
                };
                const Tolerance found = tolerance(overlap, tilted, align(overlap, d0, 0.0, FreeAxes::none, w), dB, w);
                const double far = std::sqrt(d0 * d0 + 0.1 * dB * std::log(10.0) * w * w);
                CHECK(found.dB == dB);
                CHECK(found.x.above.value() == Approx(far - d0).epsilon(1e-9));
                CHECK(found.x.below.value() == Approx(far + d0).epsilon(1e-9));
                CHECK(found.y.above.value() == Approx(std::sqrt(0.1 * dB * std::log(10.0)) * w).epsilon(1e-9));
                CHECK(found.y.below.value() == Approx(found.y.above.value()).epsilon(1e-9));
                // exp(-(κ w)²/4), at any offset.
                const double turned = 2.0 * std::sqrt(0.1 * dB * std::log(10.0)) / w;
                CHECK(found.k_x.above.value() == Approx(turned).epsilon(1e-9));
                CHECK(found.k_y.below.value() == Approx(turned).epsilon(1e-9));
            }
    const Field<Complex> light = gaussian_field(4.6e-6, 4.6e-6);
    const OverlapAt overlap = overlap_of(light, gaussian_port(4.6e-6, 4.6e-6));
    CHECK(tolerance(overlap, overlap, {0.0, 0.0, 1.0}, 1.0, 4.6e-6).x.above.value() * 1e6 ==
          Approx(2.20732).margin(5e-6));
    // Beyond the window nothing is lost any more, and no number is made up.
    const OverlapAt flat = [](double, double) { return Complex(0.5); };
    CHECK_FALSE(tolerance(flat, flat, {0.0, 0.0, 0.25}, 1.0, 1e-6).x.above.has_value());
}

TEST_CASE("a round field spreads over a gap as the closed form of a Gaussian says") {
    const double w = 9.2e-6, k = 2.0 * pi / 1.31e-6, gap = 80e-6, h = 0.1e-6, peak = GaussianBeam{w, w}(0.0, 0.0);
    std::vector<double> psi;
    for (int i = 0; i < 600; ++i) psi.push_back(GaussianBeam{w, w}(i * h, 0.0));
    const std::vector<Complex> after = spread(psi, h, k, gap, 800), itself = spread(psi, h, k, 0.0, 600);
    const Complex q(1.0, 2.0 * gap / (k * w * w));
    double error = 0.0, at_once = 0.0;
    for (std::size_t i = 0; i < after.size(); ++i) {
        const double r = static_cast<double>(i) * h;
        error = std::max(error, std::abs(after[i] - peak / q * std::exp(-r * r / (w * w * q))));
    }
    for (std::size_t i = 0; i < psi.size(); ++i) at_once = std::max(at_once, std::abs(itself[i] - psi[i]));
    // The closed form is paraxial: at the angle θ = 2/(k w) it errs by k gap θ⁴/8 = 2e-4.
    CHECK(error < 4e-4 * peak);
    CHECK(at_once < 1e-6 * peak);
}

TEST_CASE("light in a gap interferes as the Airy formula says, and in the mean") {
    const double n1 = 1.5077887996666, n2 = 1.4496074097760991, lambda = 1.31e-6;
    for (const auto& [gap, passed] : {std::pair(0.0, 0.9996129659629992),
                                      {0.3275e-6, 0.8614709920716497},
                                      {1e-6, 0.8623085784182303},
                                      {5e-6, 0.8817011665052036}})
        CHECK(gap_transmission(n1, 1.0, n2, gap, lambda) == Approx(passed).epsilon(1e-12));
    const GapTransmission air = gap_transmission(n1, 1.0, n2);
    CHECK(air.mean == Approx(0.9279749853718197).epsilon(1e-12));
    CHECK(air.highest == Approx(0.9996129659629992).epsilon(1e-12));
    CHECK(air.lowest == Approx(0.8614709920716497).epsilon(1e-12));
    CHECK(gap_transmission(n1, 1.478, n2).mean == Approx(0.9998064254339726).epsilon(1e-12));
}

TEST_CASE("a linearly polarised port sees a vector mode as a scalar field") {
    // A plane wave's fields in n = 1.5, cut to a Gaussian: E along x, H along y. Its own kind of port takes all of it.
    const double n = 1.5, w = 3e-6;
    ModePoints points;
    for (int i = 0; i < 120; ++i) {
        points.x.push_back((i - 59.5) * 0.25e-6), points.weight_x.push_back(0.25e-6);
        points.y.push_back((i - 59.5) * 0.25e-6), points.weight_y.push_back(0.25e-6);
    }
    ModeFields f;
    for (const double y : points.y)
        for (const double x : points.x) {
            const double p = GaussianBeam{w, w}(x, y) / std::sqrt(n);
            f.e_x.emplace_back(p), f.h_y.emplace_back(n * p);
            f.e_y.emplace_back(0.0), f.h_x.emplace_back(0.0), f.e_z.emplace_back(0.0), f.h_z.emplace_back(0.0);
        }
    const auto taken = [&](PortField field, double index) {
        const SeenMode seen = seen_mode(f, points, field, index);
        return std::norm(overlap_of(seen, gaussian_port(w, w), 20e-6)(0.0, 0.0));
    };
    CHECK(taken(PortField::along_x, n) == Approx(1.0).epsilon(1e-12));
    CHECK(taken(PortField::along_y, n) == Approx(0.0).epsilon(0.0).margin(1e-15));
    // Against a port in another medium the formula holds 1/(1 - R) of the power: (n1 + n2)²/(4 n1 n2).
    CHECK(taken(PortField::along_x, 1.0) == Approx(6.25 / 6.0).epsilon(1e-12));
}

TEST_CASE("the buried guide to SMF-28: 0.96117 at y = -8.0135 um") {
    const modes::FiberMode fiber({4.1e-6, modes::core_index(1.4468, 0.0036), 1.4468}, 1.31e-6);
    const PortShape port = [&](double x, double y) { return fiber(std::hypot(x, y)); };
    const Field<Complex> psi = buried_mode(0.5e-6);
    const auto best = align(overlap_of(psi, port), 0.0, -7.5e-6, FreeAxes::y, 4.4e-6);
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

TEST_CASE("all misalignments at once are those that are computed one by one") {
    const auto places = [](double from, double to, int count) {
        std::vector<double> list;
        for (int i = 0; i < count; ++i) list.push_back(from + (to - from) * i / (count - 1));
        return list;
    };
    const double k = 2.0 * pi / 1.31e-6 * 1.4496;
    const MisalignmentAxes axes{places(-4e-6, 4e-6, 41), places(-12e-6, -4e-6, 41),
                                places(-k * std::sin(0.05), k * std::sin(0.05), 9),
                                places(-k * std::sin(0.05), k * std::sin(0.05), 9)};
    const auto check = [&](const Light& light, const PortShape& port, double reach, double tolerance) {
        const std::vector<double> map = misalignment(light, port, reach, axes);
        REQUIRE(map.size() == std::size_t{9} * 9 * 41 * 41);
        std::uint64_t state = 1;
        double largest = 0.0;
        for (int trial = 0; trial < 20; ++trial) {
            const auto draw = [&](std::size_t count) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                return static_cast<std::size_t>(state >> 33) % count;
            };
            const std::size_t i = draw(41), j = draw(41), a = draw(9), b = draw(9);
            const PortShape tilted = [&](double x, double y) {
                return port(x, y) * std::polar(1.0, axes.k_x[a] * x + axes.k_y[b] * y);
            };
            const double alone = efficiency(light, tilted, axes.x[i], axes.y[j]);
            largest = std::max(largest, std::abs(map[((b * 9 + a) * 41 + j) * 41 + i] - alone));
        }
        CHECK(largest < tolerance);
    };
    const Field<Complex> psi = buried_mode(0.5e-6);
    check(psi, gaussian_port(4.6e-6, 4.6e-6), 32e-6, 1e-10);
    check({psi, {0.3e-6, 1.2}}, gaussian_port(4.6e-6, 3.9e-6), 32e-6, 1e-10);
    // A fiber's field has a kink at the core's edge, which no grid holds: both are right to what the spacing leaves.
    const modes::FiberMode fiber({4.1e-6, modes::core_index(1.4468, 0.0036), 1.4468}, 1.31e-6);
    check(
        psi, [&](double x, double y) { return Complex(fiber(std::hypot(x, y))); }, 40e-6, 1e-4);
}

TEST_CASE("a tilt and a gap cost Gaussians what the closed forms say") {
    // 1 degree in air, and 20 um of air, for w = 4.6 um at 1310 nm.
    const Field<Complex> light = gaussian_field(4.6e-6, 4.6e-6);
    const double k = 2.0 * pi / 1.31e-6, w = 4.6e-6;
    const PortShape tilted = [=](double x, double y) {
        return GaussianBeam{w, w}(x, y) * std::polar(1.0, k * std::sin(pi / 180.0) * x);
    };
    CHECK(efficiency(light, tilted, 0.0, 0.0) == Approx(0.9636118988496098).epsilon(1e-10));
    const Complex q(1.0, 2.0 * 20e-6 / (k * w * w));
    const PortShape apart = [=](double x, double y) {
        return GaussianBeam{w, w}(0.0, 0.0) / q * std::exp(-(x * x + y * y) / (w * w * q));
    };
    CHECK(efficiency(light, apart, 0.0, 0.0) == Approx(0.9626177543813468).epsilon(1e-10));
}

namespace {

/// Of equal Gaussians of radius w: exp(-d²/w²).
EfficiencySurface gaussian_surface(double w, double half) {
    EfficiencySurface s{-half, half / 40.0, -half, half / 40.0, 81, 81, {0.0}, {}};
    for (int j = 0; j < 81; ++j)
        for (int i = 0; i < 81; ++i)
            s.values.push_back(std::exp(-(std::pow(s.x0 + i * s.dx, 2) + std::pow(s.y0 + j * s.dy, 2)) / (w * w)));
    return s;
}

}  // namespace

TEST_CASE("the yield of an array is that of the closed forms") {
    // d² of a core that is off by s along x and y is exponentially distributed, and so is the loss 10/ln 10 d²/w²: of mean
    // m = 20/ln 10 s²/w², below L with 1 - exp(-L/m). Channels that scatter on their own are all below L with the N-th power of it.
    const double w = 4.6e-6, s = 0.8e-6, mean = 20.0 / std::log(10.0) * s * s / (w * w), limit = 0.8;
    const EfficiencySurface surface = gaussian_surface(w, 6.0 * s);
    const double below = 1.0 - std::exp(-limit / mean);
    constexpr std::int64_t draws = 200000;
    const double noise = 4.0 / std::sqrt(static_cast<double>(draws));  // four standard deviations of a share, at most
    SECTION("eccentric cores") {
        const ArrayYield y = array_yield(surface, {.channels = 8, .core = s}, {.draws = draws, .limit_dB = limit});
        CHECK(y.channel.mean == Approx(mean).epsilon(noise / std::sqrt(8.0)));
        CHECK(y.channel.median == Approx(mean * std::log(2.0)).epsilon(noise));
        CHECK(y.channel.level_99 == Approx(mean * std::log(100.0)).epsilon(2.0 * noise));
        CHECK(y.channel.yield == Approx(below).margin(0.5 * noise));
        CHECK(y.worst.yield == Approx(std::pow(below, 8)).margin(0.5 * noise));
        CHECK(y.channel.cumulative[16] == Approx(below).margin(0.5 * noise));  // 0.8 dB
    }
    SECTION("an array that is off as a whole loses all channels at once") {
        const ArrayYield y = array_yield(surface, {.channels = 8, .placement_x = s, .placement_y = s},
                                         {.draws = draws, .limit_dB = limit});
        CHECK(y.worst.yield == Approx(below).margin(0.5 * noise));
        CHECK(y.channel.yield == Approx(y.worst.yield).epsilon(1e-12));
    }
    SECTION("a turned array loses its ends: |φ| L/2 below d") {
        const double turn = 1e-3, reach = 7.5 * 127e-6, d = w * std::sqrt(0.1 * limit * std::log(10.0));
        const ArrayYield y =
            array_yield(gaussian_surface(w, 6.0 * turn * reach), {.channels = 16, .pitch = 127e-6, .rotation = turn},
                        {.draws = draws, .limit_dB = limit});
        CHECK(y.worst.yield == Approx(std::erf(d / (turn * reach) / std::sqrt(2.0))).margin(0.5 * noise));
    }
    SECTION("a fixed loss shifts all, and the process adds its own spread") {
        const ArrayYield shifted =
            array_yield(surface, {.core = s}, {.draws = draws, .fixed_dB = 0.3, .limit_dB = limit + 0.3});
        CHECK(shifted.channel.yield == Approx(below).margin(0.5 * noise));
        const ArrayYield spread = array_yield(surface, {.process_dB = 0.1}, {.draws = draws, .fixed_dB = 1.0});
        CHECK(spread.channel.median == Approx(1.0).margin(0.1 * noise));
        CHECK(spread.channel.level_90 == Approx(1.0 + 0.1 * 1.2816).margin(0.2 * noise));
    }
    SECTION("the seed decides, the threads do not") {
        const auto count = [&](std::uint64_t seed, int threads) {
            const int before = omp_get_max_threads();
            omp_set_num_threads(threads);
            const ArrayYield y = array_yield(surface, {.channels = 16, .core = s}, {.draws = 100000, .seed = seed});
            omp_set_num_threads(before);
            return std::vector<double>{y.channel.mean, y.worst.mean, y.worst.median, y.channel.yield};
        };
        CHECK(count(1, 1) == count(1, 2));
        CHECK(count(1, 1) == count(1, 3));
        CHECK(count(1, 1) != count(2, 1));
    }
}
