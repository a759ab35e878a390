#include <cmath>

#include "core/constants.hpp"
#include "core/dark_cover.hpp"
#include "core/inner_product.hpp"
#include "medium/polarized_index.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "modes/grid/section_grid.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"
#include "tests/support/order.hpp"

using namespace vitral;
using namespace vitral::propagation;

namespace {

const exact::SechSlab slab{1.5, 0.02, 3e-6, 1.55e-6};

/// A slab off-centre launch, the field after 200 µm.
Field<Complex> field_at_end(const tests::Variant& v, double h, double dz) {
    const Grid grid{{-48e-6, h, static_cast<int>(std::lround(96e-6 / h))}, slab_axis()};
    const auto launch =
        sample(grid, [](double x, double) { return Complex(std::exp(-std::pow((x - 1e-6) / 4e-6, 2))); });
    return tests::march(v, launch, StraightIndex(sample(grid, slab)), slab.wavelength, slab.n_eff(0), 200e-6, dz);
}

/// Overlap of the end field with a fixed Gaussian: one smooth number of the run, on any grid.
Complex probe(const Field<Complex>& psi) {
    return inner_product(sample(psi.grid, [](double x, double) { return std::exp(-std::pow((x + 0.5e-6) / 5e-6, 2)); }),
                         psi);
}

}  // namespace

TEST_CASE("n_eff converges faster than any power of the spacing on a smooth index", "[convergence]") {
    const auto study = tests::refine(1.2e-6, 1.5, 3, [](double h) {
        const Grid grid{{-60e-6, h, static_cast<int>(std::lround(120e-6 / h))}, slab_axis()};
        return std::abs(modes::scalar_modes(sample(grid, slab), slab.wavelength, {.count = 1}).modes[0].n_eff -
                        slab.n_eff(0));
    });
    INFO("errors " << study.errors[0] << " " << study.errors[1] << " " << study.errors[2]);
    CHECK(study.errors[0] < 1e-7);
    CHECK(study.errors[1] < 3e-4 * study.errors[0]);
    CHECK(study.errors[2] < 1e-15);
}

TEST_CASE("at an index step that no grid line resolves n_eff is of low order: the limit is known", "[convergence]") {
    // A step slab, 4 µm of 1.51 in 1.50: n_eff of TE0 at 1.55 µm from u tan u = w.
    const double k0 = 2.0 * pi / 1.55e-6, half = 2e-6, V = k0 * half * std::sqrt(1.51 * 1.51 - 2.25);
    double u = 0.5;
    for (int i = 0; i < 200; ++i) u = std::atan(std::sqrt(V * V - u * u) / u);
    const double exact = std::sqrt(1.51 * 1.51 - std::pow(u / (k0 * half), 2));
    const auto study = tests::refine(0.4e-6, 2.0, 3, [&](double h) {
        // The step lies 0.3 of a cell off a face at every level: the error of sampling, not of luck.
        const double shift = 0.3 * h;
        const Grid grid{{-40e-6 + shift, h, static_cast<int>(std::lround(80e-6 / h))}, slab_axis()};
        return std::abs(
            modes::scalar_modes(sample(grid, [](double x, double) { return std::abs(x) < 2e-6 ? 1.51 : 1.50; }),
                                1.55e-6, {.count = 1})
                .modes[0]
                .n_eff -
            exact);
    });
    INFO("errors " << study.errors[0] << " " << study.errors[1] << " " << study.errors[2]);
    CHECK(tests::observed_order(study) < 2.5);
}

TEST_CASE("finite-difference propagation is fourth order in x", "[convergence]") {
    const tests::Variant v{"", {Method::finite_difference}};
    const Complex exact = probe(field_at_end(v, 0.1e-6, 0.5e-6));
    const auto study =
        tests::refine(1.2e-6, 1.5, 3, [&](double h) { return std::abs(probe(field_at_end(v, h, 0.5e-6)) - exact); });
    INFO("errors " << study.errors[0] << " " << study.errors[1] << " " << study.errors[2]);
    CHECK(tests::observed_order(study) == Approx(4.0).epsilon(0.0).margin(0.3));
}

TEST_CASE("on graded axes finite differences are fourth order in x and y", "[convergence]") {
    // A guide off the middle, a beam off its axis. Light reaches the coarse part and comes back from its walls: what the
    // transition did to it would show. The answer is the uniform grid's.
    const auto index = [](double x, double y) {
        return 1.5 + 0.02 * std::exp(-std::pow((x + 1e-6) / 3e-6, 2) - std::pow((y - 1e-6) / 2.5e-6, 2));
    };
    const auto probed = [&](const Axis& x, const Axis& y) {
        const Grid grid{x, y};
        const auto light = [&](double x0, double y0, double w) {
            return tests::light_on(grid, [&](double at_x, double at_y) {
                return std::exp(-std::pow((at_x - x0) / w, 2) - std::pow((at_y - y0) / w, 2));
            });
        };
        const auto out = tests::march({"", {Method::finite_difference}}, light(1.5e-6, -0.5e-6, 2.5e-6),
                                      StraightIndex(sample(grid, index)), 1.55e-6, 1.505, 100e-6, 0.0625e-6);
        CHECK(power(out) == Approx(power(light(1.5e-6, -0.5e-6, 2.5e-6))).epsilon(1e-12));
        return inner_product(light(0.5e-6, 1e-6, 3e-6), out);
    };
    const auto uniform = [](double h) { return Axis{-20e-6, h, static_cast<int>(std::lround(40e-6 / h))}; };
    const Complex exact = probed(uniform(0.08e-6), uniform(0.08e-6));
    const auto graded = [&](double h) {
        // One side only along y: the fine part reaches the upper wall.
        return probed(graded_axis(-20e-6, 20e-6, h, {-4e-6, 5e-6, 5e-6, 2.5}),
                      graded_axis(-20e-6, 20e-6, h, {-6e-6, 20e-6, 5e-6, 3.0}));
    };
    // Over a factor of four: where points fall in the transition differs from grid to grid, and with it the error's share
    // that its ends have.
    const auto study = tests::refine(0.5e-6, 4.0, 2, [&](double h) { return std::abs(graded(h) / exact - 1.0); });
    INFO("errors " << study.errors[0] << " " << study.errors[1]);
    CHECK(tests::observed_order(study) == Approx(4.0).epsilon(0.0).margin(0.2));
    CHECK(study.errors[1] < 2e-6);
}

TEST_CASE("at the glass-air surface finite differences keep their fourth order, for both polarisations' walls") {
    // A guide 2 µm under air, met by a beam off its axis; the grid ends on the wall that stands for the air.
    const double wavelength = 1.31e-6, n_eff = 1.512;
    const Polarization p = GENERATE(Polarization::along_x, Polarization::along_y);
    const double wall = dark_wall(n_eff, 1.0, wavelength, p);
    const auto at_spacing = [&](double h) {
        const int nx = static_cast<int>(std::lround(32e-6 / h)), ny = static_cast<int>(std::lround(16e-6 / h));
        const Grid grid{{-16e-6, h, nx}, {wall - 16e-6, h, ny}};
        const auto index = medium::polarized_index(
            sample(grid,
                   [](double x, double y) {
                       return 1.5035 + 0.030 * std::exp(-std::pow(x / 3e-6, 2) - std::pow((y + 2e-6) / 2e-6, 2));
                   }),
            wavelength, p);
        const auto launch = sample(grid, [&](double x, double y) {
            return Complex(std::exp(-std::pow((x - 1e-6) / 3e-6, 2) - std::pow((y + 3e-6) / 2.5e-6, 2)) *
                           std::tanh((wall - y) / 1.5e-6));
        });
        const auto out = tests::march({"", {Method::finite_difference}}, launch, StraightIndex(index), wavelength,
                                      n_eff, 40e-6, 1e-6);
        return inner_product(sample(grid,
                                    [&](double x, double y) {
                                        return std::exp(-std::pow(x / 3e-6, 2) - std::pow((y + 2.5e-6) / 2e-6, 2)) *
                                               std::tanh((wall - y) / 1.5e-6);
                                    }),
                             out);
    };
    const Complex exact = at_spacing(0.0625e-6);  // launch and probe vanish at the wall, as light does
    const auto study = tests::refine(1e-6, 2.0, 3, [&](double h) { return std::abs(at_spacing(h) / exact - 1.0); });
    INFO("errors " << study.errors[0] << " " << study.errors[1] << " " << study.errors[2]);
    CHECK(tests::observed_order(study) == Approx(4.0).epsilon(0.0).margin(0.15));
    CHECK(study.errors[2] < 3e-5);
}

TEST_CASE("every engine has the order in z that it states", "[convergence]") {
    const tests::Variant& v = GENERATE(from_range(tests::variants()));
    INFO(v.name);
    if (v.single()) return;
    const bool fourth = order_in_z(v.engine) == 4;
    const Complex exact = probe(field_at_end(v, 0.5e-6, fourth ? 1e-6 : 0.25e-6));
    const double first = fourth ? (v.paraxial() ? 20e-6 : 50e-6) : 10e-6;
    const auto study = tests::refine(first, fourth ? 1.5 : 2.0, 3,
                                     [&](double dz) { return std::abs(probe(field_at_end(v, 0.5e-6, dz)) - exact); });
    INFO("errors " << study.errors[0] << " " << study.errors[1] << " " << study.errors[2]);
    CHECK(tests::observed_order(study) == Approx(order_in_z(v.engine)).epsilon(0.0).margin(0.15));
}
