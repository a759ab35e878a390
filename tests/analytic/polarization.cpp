/// Light polarised along or across the surface: modes and propagation through the index that it sees.
#include <cmath>
#include <vector>

#include "core/constants.hpp"
#include "core/dark_cover.hpp"
#include "medium/polarized_index.hpp"
#include "modes/grid/section_grid.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;

namespace {

constexpr double wavelength = 1.31e-6;

/// Modes of an index under air, for a polarisation.
template <typename F>
modes::ModeSet modes_of(F&& index, Polarization p, double width, double n_eff, int count, double resolution = 0.5e-6) {
    const Grid grid =
        modes::section_grid({-0.5 * width, 0.5 * width, -32e-6, dark_wall(n_eff, 1.0, wavelength, p)}, resolution);
    return modes::scalar_modes(medium::polarized_index(sample(grid, index), wavelength, p), wavelength,
                               {.count = count});
}

/// n_eff of a slab's fundamental mode with the field in its plane: (1/ε) fluxes of ε E between cells, every term of the
/// vector equation in it, inverse iteration; second order, taken to zero spacing.
template <typename F>
double slab_tm(F&& n, double wave, double half_width) {
    const auto at_spacing = [&](int count) {
        const auto size = static_cast<std::size_t>(count);
        const double h = 2.0 * half_width / count, k0 = 2.0 * pi / wave;
        std::vector<double> eps(size), d(size), o(size), v(size), pivot(size);
        double top = 0.0;
        for (std::size_t i = 0; i < size; ++i) {
            eps[i] = std::pow(n(-half_width + (static_cast<double>(i) + 0.5) * h), 2);
            top = std::max(top, eps[i]);
        }
        for (std::size_t i = 0; i < size; ++i) {
            const double below = i > 0 ? 2.0 * eps[i] / (eps[i] + eps[i - 1]) : 2.0,
                         above = i + 1 < size ? 2.0 * eps[i] / (eps[i] + eps[i + 1]) : 2.0;
            d[i] = k0 * k0 * eps[i] - (below + above) / (h * h);
            o[i] = i + 1 < size ? 2.0 * std::sqrt(eps[i] * eps[i + 1]) / (eps[i] + eps[i + 1]) / (h * h) : 0.0;
            const double x = -half_width + (static_cast<double>(i) + 0.5) * h;
            v[i] = std::exp(-std::pow(x / 3e-6, 2));
        }
        double value = k0 * k0 * top;
        for (int round = 0; round < 60; ++round) {
            const double shift = round < 8 ? k0 * k0 * top : value * (1.0 + 1e-13);
            std::vector<double> x = v;
            for (std::size_t i = 0; i < size; ++i) {
                pivot[i] = d[i] - shift - (i > 0 ? o[i - 1] * o[i - 1] / pivot[i - 1] : 0.0);
                if (i > 0) x[i] -= o[i - 1] / pivot[i - 1] * x[i - 1];
            }
            for (std::size_t i = size; i-- > 0;) x[i] = (x[i] - (i + 1 < size ? o[i] * x[i + 1] : 0.0)) / pivot[i];
            double norm = 0.0, overlap = 0.0;
            for (std::size_t i = 0; i < size; ++i) norm += x[i] * x[i], overlap += x[i] * v[i];
            double length = 0.0;
            for (const double u : v) length += u * u;
            value = shift + length / overlap;
            for (std::size_t i = 0; i < size; ++i) v[i] = x[i] / std::sqrt(norm);
            if (round > 10) break;
        }
        return std::sqrt(value) / k0;
    };
    const double coarse = at_spacing(6000), fine = at_spacing(12000);
    return fine + (fine - coarse) / 3.0;
}

}  // namespace

TEST_CASE("a buried guide: both polarisations of its even and its odd mode, and their group index") {
    // n = 1.5035 + 0.010 exp(-(x/4)² - ((y+6)/3)²) (µm) under air; full-vector, hp elements, 5e-11.
    const auto guide = [](double x, double y) {
        return 1.5035 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow((y + 6e-6) / 3e-6, 2));
    };
    struct Row {
        Polarization p;
        double even, odd, even_group, odd_group;
    };
    const Row row = GENERATE(
        Row{Polarization::scalar, 1.5077684082798892, 1.5040764237085846, 1.5123049180783061, 1.5094636108128705},
        Row{Polarization::along_x, 1.5077629380532245, 1.5040768908750637, 1.5123054377074017, 1.509458736798917},
        Row{Polarization::along_y, 1.5077567941871493, 1.504066820145649, 1.5123205099411048, 1.5094767449803832});
    const auto set = modes_of(guide, row.p, 80e-6, row.even, 2);
    REQUIRE(set.modes.size() == 2);
    CHECK(set.modes[0].n_eff == Approx(row.even).epsilon(0.0).margin(2e-8));
    CHECK(set.modes[1].n_eff == Approx(row.odd).epsilon(0.0).margin(1.2e-7));
    const IndexMap n = sample(set.modes[0].psi.grid, guide);
    const Field<double> no_dispersion(n.grid, 0.0);
    CHECK(modes::group_index(set.modes[0], n, no_dispersion, wavelength, 1.0, row.p) ==
          Approx(row.even_group).epsilon(0.0).margin(1e-7));
    CHECK(modes::group_index(set.modes[1], n, no_dispersion, wavelength, 1.0, row.p) ==
          Approx(row.odd_group).epsilon(0.0).margin(2e-6));
}

TEST_CASE("a coupler's length for both polarisations is that of full-vector modes") {
    // 12 µm apart, 8 µm deep. Full-vector: 0.47 % (along x) and 0.25 % (along y) shorter than the scalar 6596.575 µm.
    const auto pair = [](double x, double y) {
        const exact::BuriedGuide left{-6e-6}, right{6e-6};
        return left(x, y) + right.rise(x, y);
    };
    const Polarization p = GENERATE(Polarization::along_x, Polarization::along_y);
    const auto set = modes_of(pair, p, 80e-6, 1.5078, 2);
    const double length = 0.5 * wavelength / (set.modes.at(0).n_eff - set.modes.at(1).n_eff),
                 shorter = p == Polarization::along_x ? 0.0047 : 0.0025;
    CHECK(length / 6596.5751556e-6 == Approx(1.0 - shorter).epsilon(0.0).margin(1.5e-4));

    // The engines see the same: after 5 mm as much light has crossed as the two modes say.
    const Grid grid = set.modes[0].psi.grid;
    Field<double> left(grid);
    for (std::size_t i = 0; i < left.values.size(); ++i)
        left.values[i] = std::sqrt(0.5) * (set.modes[0].psi.values[i] + set.modes[1].psi.values[i]);
    Field<double> right = left;
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix) right(ix, iy) = left(grid.x.count - 1 - ix, iy);
    const double expected = std::pow(std::sin(0.5 * pi * 5e-3 / length), 2);
    const StraightIndex index(medium::polarized_index(sample(grid, pair), wavelength, p));
    for (const Method method : {Method::split_step, Method::finite_difference}) {
        const auto out = march({"", {method}}, as_complex(left), index, wavelength, set.modes[0].n_eff, 5e-3, 4e-6);
        CHECK(overlap(out, right) == Approx(expected).epsilon(0.0).margin(method == Method::split_step ? 5e-4 : 1e-3));
    }
}

TEST_CASE("a slab with the field in its plane: graded, exactly, with a small step, to first order in the step") {
    const Grid grid{{-40e-6, 0.125e-6, 640}, slab_axis()};
    const auto seen = [&](auto&& n) {
        return fundamental(medium::polarized_index(sample(grid, [&](double x, double) { return n(x); }), wavelength,
                                                   Polarization::along_x),
                           wavelength)
            .n_eff;
    };
    const auto graded = [](double x) { return std::sqrt(2.25 + 0.6 / std::pow(std::cosh(x / 1.5e-6), 2)); };
    CHECK(seen(graded) == Approx(slab_tm(graded, wavelength, 30e-6)).epsilon(0.0).margin(1e-7));
    // Its birefringence is 5e-4: what polarisation adds is no small correction here.
    CHECK(fundamental(sample(grid, [&](double x, double) { return graded(x); }), wavelength).n_eff - seen(graded) >
          1e-4);

    // 2 µm of n1 in 1.50: u tan u = (n1/n2)² w for the field in the plane, u tan u = w across it.
    const double n1 = GENERATE(1.51, 1.53, 1.56, 1.60), n2 = 1.50, k0 = 2.0 * pi / wavelength, half = 1e-6,
                 V = k0 * half * std::sqrt(n1 * n1 - n2 * n2);
    const auto slab = [&](double ratio) {
        double u = 0.5;
        for (int i = 0; i < 3000; ++i) u = 0.5 * u + 0.5 * std::atan(ratio * std::sqrt(V * V - u * u) / u);
        return std::sqrt(n1 * n1 - std::pow(u / (k0 * half), 2));
    };
    const auto step = [&](double x) { return std::abs(x) < half ? n1 : n2; };
    const double splitting = slab(1.0) - slab(n1 * n1 / (n2 * n2));
    const double scalar = fundamental(sample(grid, [&](double x, double) { return step(x); }), wavelength).n_eff;
    INFO("splitting " << splitting << ", found " << scalar - seen(step));
    CHECK(scalar - seen(step) == Approx(splitting).epsilon(n1 < 1.52 ? 0.03 : 0.06));
}

TEST_CASE("strong steps of the index: the modes of a slab with the field in its plane, and their beat") {
    // 1 µm of 2.0 in 1.45. Even modes: u tan u = (n1/n2)² w; odd ones: -u cot u = (n1/n2)² w.
    const double n1 = 2.0, n2 = 1.45, half = 0.5e-6, k0 = 2.0 * pi / wavelength,
                 V = k0 * half * std::sqrt(n1 * n1 - n2 * n2), ratio = std::pow(n1 / n2, 2);
    const auto exact = [&](int m) {
        double low = 0.5 * pi * m, high = std::min(V, 0.5 * pi * (m + 1));
        for (int i = 0; i < 200; ++i) {
            const double u = 0.5 * (low + high), w = std::sqrt(V * V - u * u);
            (u < 0.5 * pi * m + std::atan(ratio * w / u) ? low : high) = u;
        }
        return std::sqrt(n1 * n1 - std::pow(low / (k0 * half), 2));
    };
    const auto index_on = [&](double h) {
        const Grid grid{{-6e-6, h, static_cast<int>(std::lround(12e-6 / h))}, slab_axis()};
        return sample(grid, [&](double x, double) { return std::abs(x) < half ? n1 : n2; });
    };
    const auto modes_on = [&](double h) {
        return modes::scalar_modes(index_on(h), wavelength, {.count = 2, .polarization = Polarization::along_x}).modes;
    };
    const auto coarse = modes_on(0.05e-6), fine = modes_on(0.025e-6);
    REQUIRE(fine.size() == 2);
    for (const int m : {0, 1}) {
        const auto number = static_cast<std::size_t>(m);
        const double error = fine[number].n_eff - exact(m);
        INFO("mode " << m << ": " << exact(m) << ", errors " << coarse[number].n_eff - exact(m) << " " << error);
        CHECK(std::abs(error) < 7e-4);
        CHECK((coarse[number].n_eff - exact(m)) / error == Approx(4.0).epsilon(0.05));  // second order
    }

    // Both modes at once: after half a beat they are in antiphase. Every finite-difference operator, each its own β.
    for (const Variant& v : variants()) {
        if (v.spectral() || v.single()) continue;
        INFO(v.name);
        const IndexMap n = index_on(0.025e-6);
        EngineParams engine = v.engine;
        engine.wavelength = wavelength;
        engine.n_ref = fine[0].n_eff;
        engine.polarization = Polarization::along_x;
        const double beat = pi / (phase_constant(v.engine.op, fine[0].n_eff, engine.n_ref, wavelength) -
                                  phase_constant(v.engine.op, fine[1].n_eff, engine.n_ref, wavelength));
        Field<Complex> both = as_complex(fine[0].psi);
        for (std::size_t i = 0; i < both.values.size(); ++i) both.values[i] += fine[1].psi.values[i];
        const StraightIndex slab(n);
        const auto out = propagate(both, slab, {.engine = engine, .length = 20.0 * beat, .dz = 0.05e-6, .records = 1});
        const auto half_beat = propagate(both, slab, {.engine = engine, .length = beat, .dz = 0.01e-6, .records = 1});
        CHECK(power(out.psi) == Approx(2.0).epsilon(3e-12));
        const Complex a = inner_product(fine[0].psi, half_beat.psi), b = inner_product(fine[1].psi, half_beat.psi);
        CHECK(std::abs(a + b) < 2e-4);
        CHECK(std::abs(a) == Approx(1.0).epsilon(1e-9));
    }
    CHECK_THROWS_AS(make_engine(StraightIndex(index_on(0.05e-6)),
                                {.wavelength = wavelength, .n_ref = 1.8, .polarization = Polarization::along_x}),
                    std::invalid_argument);
}
