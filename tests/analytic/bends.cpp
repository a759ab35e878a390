/// Arcs: the loss of a guide that is bent at a constant radius, in the frame that follows it.
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "medium/moved_section.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;

namespace {

/// Loss along an arc [dB/cm] once the light that the bend's beginning shook off has left: the slope of the power in the
/// mode of the straight guide from z1 to the end.
double loss(const Variant& v, const modes::Mode& mode, const SampledMedium& arc, double wavelength, double z1,
            double length, double dz, const Edges& absorber) {
    EngineParams engine = v.engine;
    engine.wavelength = wavelength;
    engine.n_ref = mode.n_eff;
    engine.edges = absorber;
    std::vector<double> z, level;
    Watcher watch;
    watch.record = [&](double where, const Field<Complex>& psi, const BeamMoments&, const std::vector<double>&,
                       double) {
        if (where < z1) return;
        z.push_back(where);
        level.push_back(10.0 * std::log10(std::norm(inner_product(mode.psi, psi))));
    };
    (void)propagate(as_complex(mode.psi), arc, {.engine = engine, .length = length, .dz = dz, .records = 60}, watch);
    // Least squares: the straight mode beats with the rest of the bent one.
    double sz = 0.0, sl = 0.0, szz = 0.0, szl = 0.0;
    const auto n = static_cast<double>(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) sz += z[i], sl += level[i], szz += z[i] * z[i], szl += z[i] * level[i];
    return -(n * szl - sz * sl) / (n * szz - sz * sz) * 0.01;
}

}  // namespace

TEST_CASE("a slab bent at 1 to 2.5 mm loses what the bent mode loses, with either map") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single() || v.slow()) return;
    const auto& [radius, exact, linear] =
        GENERATE(table<double, double, double>({{1.0e-3, 193.37819586117718, 0.0},
                                                {1.5e-3, 32.19104363544603, 31.94954337367264},
                                                {2.0e-3, 4.694666842728025, 0.0},
                                                {2.5e-3, 0.6348314149481723, 0.6244844969084281}}));
    const double R = radius, wavelength = 1.31e-6;
    const Grid grid{{-40e-6, 0.25e-6, 480}, slab_axis()};
    const IndexMap section =
        sample(grid, [](double x, double) { return 1.5035 + 0.010 / std::pow(std::cosh(x / 3e-6), 2); });
    const auto mode = fundamental(section, wavelength);
    const double length = R < 1.2e-3 ? 0.8e-3 : R < 1.7e-3 ? 3e-3 : R < 2.2e-3 ? 8e-3 : 15e-3;
    if (R > 2.2e-3 && !v.paraxial()) return;  // half a minute
    const auto run = [&](BendMap::Kind kind) {
        const medium::MovedSection arc(section, GuidePath(0.0, {{1.0, 0.0, 1.0 / R}}), {kind});
        return loss(v, mode, arc, wavelength, 0.3 * length, length,
                    v.engine.splitting == Splitting::fourth_order ? 2e-6 : 1e-6, {20e-6, 0.0, 0.0, 10.0});
    };
    CHECK(run(BendMap::Kind::conformal) == Approx(exact).epsilon(0.01));
    if (linear > 0.0) CHECK(run(BendMap::Kind::linear) == Approx(linear).epsilon(5e-3));
}

TEST_CASE("a buried guide bent at 3 mm loses what the bent mode loses") {
    using Guide = exact::BuriedGuide;
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single() || !v.paraxial()) return;
    Grid grid = Guide::grid(110e-6, 32e-6, v.spectral() ? 1e-6 : 0.5e-6);
    grid.x.lower = -35e-6;  // the light leaves to the outer side
    const IndexMap section = sample(grid, Guide{});
    const auto mode = fundamental(section, Guide::wavelength);
    const medium::MovedSection arc(section, GuidePath(0.0, {{1.0, 0.0, 1.0 / 3e-3}}));
    CHECK(loss(v, mode, arc, Guide::wavelength, 3e-3, 10e-3,
               v.engine.splitting == Splitting::fourth_order ? 4e-6 : 2e-6,
               {20e-6, 6e-6}) == Approx(5.450464148894).epsilon(0.03));
}

TEST_CASE("in a bent uniform medium the beam's centre moves outwards by z²/2R, and strain makes the radius longer") {
    const double R = 5e-3, z = 200e-6, n = 1.5, wavelength = 1.31e-6;
    const Grid grid{{-50e-6, 0.25e-6, 480}, slab_axis()};
    const auto launch = sample(grid, [&](double x, double) { return Complex(GaussianSheet{10e-6}(x)); });
    const Variant v{"", {}};
    for (const double strain : {1.0, 1.28}) {
        const medium::MovedSection arc(IndexMap(grid, n), GuidePath(0.0, {{1.0, 0.0, 1.0 / R}}),
                                       {BendMap::Kind::linear, strain});
        CHECK(centroid(march(v, launch, arc, wavelength, n, z, 1e-6)) * 1e6 ==
              Approx(0.5 * z * z / (R * strain) * 1e6).epsilon(1e-3));
        const medium::MovedSection other(IndexMap(grid, n), GuidePath(0.0, {{1.0, 0.0, -1.0 / R}}),
                                         {BendMap::Kind::linear, strain});
        CHECK(centroid(march(v, launch, other, wavelength, n, z, 1e-6)) * 1e6 ==
              Approx(-0.5 * z * z / (R * strain) * 1e6).epsilon(1e-3));
    }
}

TEST_CASE("straight, arc, straight in one run: the index jumps where the pieces meet, whatever the step") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (v.single() || v.slow()) return;
    const double wavelength = 1.31e-6;
    const Grid grid{{-40e-6, 0.25e-6, 320}, slab_axis()};
    const IndexMap section =
        sample(grid, [](double x, double) { return 1.5035 + 0.010 / std::pow(std::cosh(x / 3e-6), 2); });
    const auto mode = fundamental(section, wavelength);
    const GuidePath path(0.0, {{103.3e-6, 0.0, 0.0}, {200e-6, 0.0, 1.0 / 2e-3}, {96.7e-6, 0.0, 0.0}});
    CHECK(path.curvature(50e-6) == 0.0);
    CHECK(path.curvature(103.3e-6) == 500.0);
    CHECK(path.curvature(303.3e-6) == 0.0);
    CHECK(path.constant_until(10e-6) == Approx(103.3e-6).epsilon(2e-13));
    CHECK(path.next_arc_end(103.3e-6) == Approx(303.3e-6).epsilon(2e-13));
    const medium::MovedSection index(section, path);
    CHECK(index.constant_until(10e-6) < 103.3e-6);  // there the arc has begun
    CHECK(index.constant_until(103.3e-6) < 303.3e-6);
    CHECK(std::isinf(index.constant_until(310e-6)));
    const auto T = [&](double dz) {
        return std::norm(
            inner_product(mode.psi, march(v, as_complex(mode.psi), index, wavelength, mode.n_eff, 400e-6, dz, {8e-6})));
    };
    CHECK(T(v.engine.splitting == Splitting::fourth_order ? 8e-6 : 2e-6) ==
          Approx(T(0.5e-6)).epsilon(0.0).margin(2e-4));
}
