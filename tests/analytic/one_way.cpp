/// The wide-angle operators against the true one-way operator, applied by Lanczos.
#include <cmath>

#include "core/beam.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/one_way.hpp"

using namespace vitral;
using namespace vitral::tests;

namespace {

Field<Complex> by_yardstick(Field<Complex> psi, const SampledMedium& index, double wavelength, double n_ref,
                            double length, int strides) {
    OneWay one_way(psi.grid, wavelength, n_ref);
    IndexMap n(psi.grid);
    const double dz = length / strides;
    for (int s = 0; s < strides; ++s) {
        index.at((s + 0.5) * dz, n);
        one_way.stride(psi, n, dz);
    }
    return psi;
}

}  // namespace

TEST_CASE("the yardstick gives the one-way rows of the references") {
    // A launch off the axis of a graded guide: 0.870007 ± 3e-6.
    const Grid grid{{-48e-6, 0.75e-6, 128}, {-48e-6, 0.75e-6, 128}};
    const StraightIndex guide(sample(grid, [](double x, double y) {
        return 1.503 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow(y / 3e-6, 2));
    }));
    const auto launch = as_complex(sample(grid, GaussianBeam{5.2e-6, 5.2e-6, 1e-6, 0.5e-6}));
    const auto out = by_yardstick(launch, guide, 1.55e-6, 1.503, 400e-6, 40);
    const auto receiver = sample(grid, GaussianBeam{5.2e-6, 5.2e-6});
    CHECK(std::norm(inner_product(receiver, out)) == Approx(0.870007).epsilon(0.0).margin(5e-6));

    // An S-bend in a slab, 50 µm over 1 mm: 0.976016.
    const Grid line{{-70e-6, 0.5e-6, 380}, slab_axis()};
    const auto bend = [](double x, double, double z) {
        const double xc = 25e-6 * (1.0 - std::cos(pi * z / 1e-3));
        return 1.5035 + 0.010 / std::pow(std::cosh((x - xc) / 3e-6), 2);
    };
    const FunctionIndex index(line, bend);
    const auto section = [&](double z) {
        return fundamental(sample(line, [&](double x, double y) { return bend(x, y, z); }), 1.31e-6);
    };
    const auto in = section(0.0), end = section(1e-3);
    const auto T = [&](int strides) {
        const auto out_there = by_yardstick(as_complex(in.psi), index, 1.31e-6, in.n_eff, 1e-3, strides);
        return std::norm(inner_product(end.psi, out_there));
    };
    const double coarse = T(200), fine = T(400);  // sections taken at their middle: second order
    CHECK(fine + (fine - coarse) / 3.0 == Approx(0.9760163655116438).epsilon(0.0).margin(3e-6));
}

TEST_CASE("steep light: every wide-angle operator is near the true one, the paraxial one is not") {
    // A beam at 12° meets a graded guide of high contrast.
    const double wavelength = 1.31e-6, n_ref = 1.5, k = 2.0 * pi / wavelength * n_ref;
    const Grid line{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const StraightIndex guide(
        sample(line, [](double x, double) { return 1.5 + 0.05 / std::pow(std::cosh(x / 3e-6), 2); }));
    const auto launch = sample(line, [&](double x, double) {
        return GaussianSheet{6e-6, -15e-6}(x)*std::polar(1.0, k * std::sin(0.21) * x);
    });
    const auto exact = by_yardstick(launch, guide, wavelength, n_ref, 150e-6, 75);
    for (const Variant& v : variants()) {
        if (v.single()) continue;
        const auto out = march(v, launch, guide, wavelength, n_ref, 150e-6, 0.5e-6);
        const double error = 1.0 - overlap(exact, out);
        INFO(v.name << ": " << error);
        if (v.paraxial())
            CHECK(error > 1e-2);
        else
            CHECK(error < (v.spectral() ? 1e-8 : v.engine.op == Operator::pade_1_1 ? 3e-4 : 2e-4));
    }
}
