#include <cmath>

#include "core/dark_cover.hpp"
#include "core/inner_product.hpp"
#include "modes/grid/mode_figures.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;

namespace {

modes::ModeSet solve(const IndexMap& n, double wavelength, int count) {
    return modes::scalar_modes(n, wavelength, {.count = count});
}

}  // namespace

TEST_CASE("the buried guide has its n_eff within 1e-6 at the default resolution, and exactly two modes") {
    const auto set = solve(sample(exact::BuriedGuide::grid(60e-6, 30e-6, 0.25e-6), exact::BuriedGuide{}),
                           exact::BuriedGuide::wavelength, 4);
    REQUIRE(set.report);
    REQUIRE(set.modes.size() == 2);
    CHECK(set.modes[0].n_eff == Approx(exact::BuriedGuide::n_eff).epsilon(0.0).margin(1e-8));
    CHECK(set.modes[1].n_eff == Approx(exact::BuriedGuide::n_eff_second).epsilon(0.0).margin(2e-7));
    CHECK(set.modes[0].residual < 2e-11);
    CHECK(std::abs(inner_product(set.modes[0].psi, set.modes[1].psi)) < 1e-11);
    CHECK(power(set.modes[0].psi) == Approx(1.0).epsilon(1e-13));
}

TEST_CASE("the shape of the buried guide's mode has the reference figures") {
    const auto set = solve(sample(exact::BuriedGuide::grid(60e-6, 30e-6, 0.25e-6), exact::BuriedGuide{}),
                           exact::BuriedGuide::wavelength, 1);
    const auto f = modes::mode_figures(set.modes[0].psi);
    CHECK(f.mfd_4sigma_x * 1e6 == Approx(7.80655504931332).epsilon(5e-6));
    CHECK(f.mfd_4sigma_y * 1e6 == Approx(7.007259861489629).epsilon(5e-5));
    CHECK(f.mfd_1e2_x * 1e6 == Approx(7.225501424701017).epsilon(1e-4));
    CHECK(f.mfd_1e2_y * 1e6 == Approx(11.215289260648913 - 4.792769958287723).epsilon(1e-3));
    CHECK(f.center_y * 1e6 == Approx(-8.010592618868591).epsilon(0.0).margin(5e-5));
    CHECK(f.peak_y * 1e6 == Approx(-8.0).epsilon(0.0).margin(5e-3));
    CHECK(f.center_x * 1e6 == Approx(0.0).epsilon(0.0).margin(1e-9));
    CHECK(f.near_bottom < 1e-7);
    CHECK(f.near_top < 1e-3);
}

TEST_CASE("a guide 6 um deep has the group index, Gaussian fit and 4-sigma widths of the reference") {
    const auto guide = [](double x, double y) {
        return 1.5035 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow((y + 6e-6) / 3e-6, 2));
    };
    const IndexMap n = sample(exact::BuriedGuide::grid(60e-6, 30e-6, 0.25e-6), guide);
    const auto set = solve(n, 1.31e-6, 3);
    REQUIRE(set.modes.size() == 2);
    CHECK(set.modes[0].n_eff == Approx(1.5077684082798892).epsilon(0.0).margin(1e-7));
    CHECK(set.modes[1].n_eff == Approx(1.5040764237085846).epsilon(0.0).margin(5e-7));
    const Field<double> no_dispersion(n.grid, 0.0);
    CHECK(modes::group_index(set.modes[0], n, no_dispersion, 1.31e-6, 1.0) ==
          Approx(1.5123049180783061).epsilon(0.0).margin(5e-7));
    CHECK(modes::group_index(set.modes[1], n, no_dispersion, 1.31e-6, 1.0) ==
          Approx(1.5094636108128705).epsilon(0.0).margin(5e-6));
    const auto f = modes::mode_figures(set.modes[0].psi);
    CHECK(f.mfd_gauss_x * 1e6 == Approx(7.710149992275928).epsilon(5e-5));
    CHECK(f.mfd_gauss_y * 1e6 == Approx(6.755174420056596).epsilon(1e-3));
    CHECK(f.gauss_overlap == Approx(0.9959003635210998).epsilon(0.0).margin(1e-4));
    CHECK(f.mfd_4sigma_x * 1e6 == Approx(7.777308751889163).epsilon(2e-5));
    CHECK(f.mfd_4sigma_y * 1e6 == Approx(6.830098304846971).epsilon(2e-4));
}

TEST_CASE("a separable section has the sum of its two exact slabs") {
    // n² = n_s² + 2 n_s dn_x sech²(x/h_x) + 2 n_s dn_y sech²(y/h_y)
    const auto guide = [](double x, double y) {
        return std::sqrt(2.25 + 3.0 * 0.010 / std::pow(std::cosh(x / 4e-6), 2) +
                         3.0 * 0.012 / std::pow(std::cosh(y / 3e-6), 2));
    };
    const auto set = solve(sample({{-48e-6, 0.25e-6, 384}, {-40e-6, 0.25e-6, 320}}, guide), 1.55e-6, 4);
    CHECK(set.modes.at(0).n_eff == Approx(1.51475031363273871).epsilon(0.0).margin(1e-11));
    // The two slabs reach the walls with an index of 1.512: the sections' other modes, 1.51009 and below, may leave
    // along them and are not guided.
    CHECK(set.boundary_index == Approx(std::sqrt(2.25 + 3.0 * 0.012)).epsilon(1e-4));
    CHECK(set.modes.size() == 1);
    // ψ = sech^s(x/h) in each direction: the effective area is the product of the slabs' effective widths.
    const auto width = [](double dn, double h) {
        const double s = exact::SechSlab{1.5, dn, h, 1.55e-6}.s();
        double second = 0.0, fourth = 0.0;
        for (double x = -40.0; x < 40.0; x += 0.01) {
            second += 0.01 * std::pow(1.0 / std::cosh(x), 2.0 * s);
            fourth += 0.01 * std::pow(1.0 / std::cosh(x), 4.0 * s);
        }
        return h * second * second / fourth;
    };
    CHECK(modes::mode_figures(set.modes[0].psi).effective_area ==
          Approx(width(0.010, 4e-6) * width(0.012, 3e-6)).epsilon(1e-7));
}

TEST_CASE("slab modes of a sech² profile are exact, and their shape is sech^s") {
    const exact::SechSlab slab{1.5, 0.02, 3e-6, 1.55e-6};
    const auto set = solve(sample({{-60e-6, 0.1e-6, 1200}, slab_axis()}, slab), slab.wavelength, 5);
    REQUIRE(set.modes.size() == 3);
    for (int m = 0; m < 3; ++m)
        CHECK(set.modes[static_cast<std::size_t>(m)].n_eff == Approx(slab.n_eff(m)).epsilon(0.0).margin(1e-10));
    // Width at 1/e² of |ψ|²: sech^s(x/h) = 1/e.  Effective width: (∫sech^2s)² / ∫sech^4s, by quadrature.
    const double s = slab.s();
    const auto f = modes::mode_figures(set.modes[0].psi);
    CHECK(f.mfd_1e2_x == Approx(2.0 * slab.h * std::acosh(std::exp(1.0 / s))).epsilon(3e-7));
    double second = 0.0, fourth = 0.0;
    for (double x = -40.0; x < 40.0; x += 0.01) {
        second += 0.01 * std::pow(1.0 / std::cosh(x), 2.0 * s);
        fourth += 0.01 * std::pow(1.0 / std::cosh(x), 4.0 * s);
    }
    CHECK(f.effective_area == Approx(slab.h * second * second / fourth).epsilon(1e-7));
}

TEST_CASE("the modes found do not depend on how many are asked for") {
    // Two modes close to cut-off, one odd along x, the other along y: the second of them is easily taken for the first.
    const double steep = 0.3e-6, half = 2.25e-6, depth = 8e-6;
    const auto wall = [=](double s) { return 0.5 * (std::tanh((s + half) / steep) - std::tanh((s - half) / steep)); };
    for (const double h : {0.25e-6, 0.36e-6, 0.5e-6}) {
        const int nx = static_cast<int>(std::lround(70e-6 / h)), ny = static_cast<int>(std::lround(16e-6 / h));
        const Grid grid{{-35e-6, 70e-6 / nx, nx}, {-16e-6, 16e-6 / ny, ny}};
        const IndexMap n = sample(grid, [&](double x, double y) { return 1.45 + 0.015 * wall(x) * wall(y + depth); });
        const auto all = solve(n, 1310e-9, 8);
        REQUIRE(all.modes.size() >= 3);
        for (int count = 1; count <= 3; ++count) {
            const auto some = solve(n, 1310e-9, count);
            REQUIRE(static_cast<int>(some.modes.size()) == count);
            for (std::size_t m = 0; m < some.modes.size(); ++m)
                CHECK(some.modes[m].n_eff == Approx(all.modes[m].n_eff).epsilon(0.0).margin(1e-10));
        }
    }
}

TEST_CASE("the group index with dispersion is -λ² d(n_eff/λ)/dλ") {
    const auto index_at = [](double wavelength) {
        return [wavelength](double x, double) {
            return 1.5 - 8e3 * (wavelength - 1.55e-6) +
                   0.02 * (1.0 - 2e5 * (wavelength - 1.55e-6)) / std::pow(std::cosh(x / 3e-6), 2);
        };
    };
    const Grid grid{{-60e-6, 0.2e-6, 600}, slab_axis()};
    const double w = 1.55e-6, d = 1e-9;
    const IndexMap n = sample(grid, index_at(w));
    Field<double> slope(grid);
    const IndexMap above = sample(grid, index_at(w + d)), below = sample(grid, index_at(w - d));
    for (std::size_t i = 0; i < slope.values.size(); ++i)
        slope.values[i] = (above.values[i] - below.values[i]) / (2.0 * d);
    const double n_eff_slope =
        (solve(above, w + d, 1).modes[0].n_eff - solve(below, w - d, 1).modes[0].n_eff) / (2.0 * d);
    const auto mode = solve(n, w, 1).modes[0];
    CHECK(modes::group_index(mode, n, slope, w) == Approx(mode.n_eff - w * n_eff_slope).epsilon(1e-10));
}

TEST_CASE("scaling all lengths and the wavelength leaves n_eff unchanged") {
    const auto scaled = [](double s) {
        const auto guide = [s](double x, double y) { return exact::BuriedGuide{}(x / s, y / s); };
        Grid g = exact::BuriedGuide::grid(48e-6, 28e-6, 0.5e-6);
        for (Axis* axis : {&g.x, &g.y}) {
            axis->lower *= s;
            axis->spacing *= s;
        }
        return solve(sample(g, guide), s * exact::BuriedGuide::wavelength, 1).modes[0].n_eff;
    };
    CHECK(scaled(7.0) == Approx(scaled(1.0)).epsilon(1e-13));
}

TEST_CASE("a section that guides nothing gives no mode, and box modes are not taken for guided ones") {
    CHECK(solve(sample({{-20e-6, 0.5e-6, 80}, {-20e-6, 0.5e-6, 80}}, [](double, double) { return 1.5; }), 1.31e-6, 3)
              .modes.empty());
    // A surface guide below cut-off, dn = 0.010, 4 x 3 um, 1.55 um.
    const auto guide = [](double x, double y) {
        return 1.5035 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow(y / 3e-6, 2));
    };
    const Grid grid = modes::section_grid({-40e-6, 40e-6, -50e-6, dark_wall(1.5035, 1.0, 1.55e-6)}, 0.5e-6);
    CHECK(solve(sample(grid, guide), 1.55e-6, 3).modes.empty());
}

TEST_CASE("the group index of a guide right under air is -λ² d(n_eff/λ)/dλ, its light in the air included") {
    const auto guide = [](double x, double y) {
        return 1.5035 + 0.04 * std::exp(-std::pow(x / 4e-6, 2) - std::pow((y + 1.5e-6) / 3e-6, 2));
    };
    const auto mode_at = [&](double wavelength) {
        double n_eff = 1.52;
        modes::Mode mode;
        for (int pass = 0; pass < 3; ++pass) {  // the wall follows n_eff
            const Grid grid = modes::section_grid({-20e-6, 20e-6, -20e-6, dark_wall(n_eff, 1.0, wavelength)}, 0.25e-6);
            mode = solve(sample(grid, guide), wavelength, 1).modes.at(0);
            n_eff = mode.n_eff;
        }
        return mode;
    };
    const double w = 1.31e-6, d = 2e-9;
    const auto mode = mode_at(w);
    const double slope = (mode_at(w + d).n_eff - mode_at(w - d).n_eff) / (2.0 * d);
    const IndexMap n = sample(mode.psi.grid, guide);
    const Field<double> no_dispersion(n.grid, 0.0);
    CHECK(modes::group_index(mode, n, no_dispersion, w, 1.0) ==
          Approx(mode.n_eff - w * slope).epsilon(0.0).margin(3e-6));
    CHECK(modes::group_index(mode, n, no_dispersion, w) - modes::group_index(mode, n, no_dispersion, w, 1.0) > 1e-4);
}
