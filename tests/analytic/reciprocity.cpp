/// Light runs back as it came: the coupling of every launch from one run backwards.
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "medium/moved_section.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;
using Guide = exact::BuriedGuide;

namespace {

/// An S-bend, an arc and a straight piece behind each other: the guide ends elsewhere, and the index jumps twice.
struct Bent {
    Grid grid = Guide::grid(48e-6, 28e-6, 0.75e-6);
    IndexMap section = sample(grid, Guide{-2e-6});
    medium::MovedSection index{section, GuidePath(0.0, {{60e-6, 3e-6}, {30e-6, 0.0, 1.0 / 4e-3}, {30e-6, 0.0}})};
    modes::Mode in = fundamental(section, Guide::wavelength),
                out = fundamental(sample(grid, Guide{1e-6}), Guide::wavelength);
    [[nodiscard]] PropagationParams params(const Variant& v, EdgeKind edges) const {
        EngineParams engine = v.engine;
        engine.wavelength = Guide::wavelength;
        engine.n_ref = in.n_eff;
        engine.edges = {5e-6, 4e-6};
        engine.edges.kind = edges;
        return {.engine = engine, .length = 120e-6, .dz = 5e-6, .records = 4};
    }
};

}  // namespace

TEST_CASE("the misalignment of a launch from one run backwards equals a run for every offset, to rounding") {
    const Variant& v = GENERATE(from_range(variants()));
    const EdgeKind edges = GENERATE(EdgeKind::absorber, EdgeKind::matched_layer);
    INFO(v.name);
    const Bent bent;
    const PropagationParams params = bent.params(v, edges);
    const Field<Complex> receiver = receiving_field(as_complex(bent.out.psi), bent.index, params).psi;
    const double k = 2.0 * pi / Guide::wavelength * bent.in.n_eff;
    for (const auto& [dx, dy, tilt] : {std::array{0.0, 0.0, 0.0}, std::array{2e-6, -1e-6, 0.0},
                                       std::array{-3e-6, 0.5e-6, 0.02}, std::array{-18e-6, -12e-6, -0.1}}) {
        const auto launch = sample(bent.grid, [&, dx = dx, dy = dy, tilt = tilt](double x, double y) {
            return GaussianBeam{4e-6, 4e-6, -2e-6 + dx, -8e-6 + dy}(x, y) * std::polar(1.0, k * std::sin(tilt) * x);
        });
        const auto run = propagate(launch, bent.index, params);
        const Complex forward = inner_product(bent.out.psi, run.psi);
        if (dx < -10e-6) CHECK(run.removed.total() > 0.05);  // much of it goes through the edges
        INFO("difference " << std::abs(inner_product(receiver, launch) - forward));
        // A matched layer's own step is not symmetric by the M⁻¹ in it.
        CHECK(std::abs(inner_product(receiver, launch) - forward) < (v.single()                         ? 2e-5
                                                                     : edges == EdgeKind::matched_layer ? 1e-6
                                                                                                        : 1e-11));
    }
}

TEST_CASE("forward and backward coupling are equal") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const Bent bent;
    const PropagationParams params = bent.params(v, EdgeKind::absorber);
    const auto there = propagate(as_complex(bent.in.psi), bent.index, params).psi;
    const auto back = propagate(as_complex(bent.out.psi), MirroredIndex(bent.index, params.length), params).psi;
    CHECK(std::abs(inner_product(bent.out.psi, there) - inner_product(bent.in.psi, back)) <
          (v.single() ? 5e-6 : 1e-11));
    CHECK(std::norm(inner_product(bent.out.psi, there)) > 0.5);
}
