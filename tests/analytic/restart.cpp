/// A march that goes on from a checkpoint, or runs on other threads, has the bits of one that was never stopped: every row of the
/// capability table, every precision and every edge that it can.
#include <cmath>

#include "medium/moved_section.hpp"
#include "solver/propagation/capabilities.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;
using Guide = exact::BuriedGuide;

namespace {

constexpr int records = 21;

std::vector<EngineParams> all_engines() {
    std::vector<EngineParams> list;
    for (const EngineRow& row : engine_rows())
        for (const Precision precision : {Precision::double_precision, Precision::single_precision})
            for (const EdgeKind edges : {EdgeKind::absorber, EdgeKind::matched_layer, EdgeKind::transparent})
                if (can(row, {precision, edges})) {
                    EngineParams& engine =
                        list.emplace_back(EngineParams{row.method, row.op, row.splitting, precision});
                    engine.wavelength = Guide::wavelength;
                    engine.n_ref = Guide::n_eff;
                    engine.edges = {6e-6, 4e-6, 0.0, 2.0, edges};
                    engine.threads_whatever_the_size = true;
                }
    return list;
}

struct Bend {
    Grid grid = Guide::grid(40e-6, 26e-6, 1e-6);
    Field<Complex> launch = as_complex(fundamental(sample(grid, Guide{}), Guide::wavelength).psi);
    medium::MovedSection index{sample(grid, Guide{}), GuidePath(0.0, {{12e-6, 0.3e-3}})};
};

/// A fixed step, or one that the march seeks.
PropagationParams params_of(const EngineParams& engine, bool fixed) {
    PropagationParams p{.engine = engine, .length = 0.1e-3, .dz = {}, .tolerance = 1e-3, .records = records};
    if (fixed) p.dz = p.length / records / 2.0;
    return p;
}

bool same_bits(const Propagation& a, const Propagation& b) {
    return a.psi.values == b.psi.values && a.removed.total() == b.removed.total() && a.steps == b.steps;
}

}  // namespace

TEST_CASE("from any of 20 checkpoints a march goes on to the same bits", "[slow]") {
    const Bend bend;
    int engines = 0;
    for (const EngineParams& engine : all_engines())
        for (const bool fixed : {true, false}) {
            const auto row = find_row(engine_rows(), engine);
            INFO(name_of(*row, engine.precision)
                 << ", edges " << word_of(engine.edges.kind) << (fixed ? ", fixed step" : ""));
            const PropagationParams params = params_of(engine, fixed);
            std::vector<MarchState> stops;
            Watcher plain, watch;
            plain.powers = watch.powers = [&](double, const Field<Complex>& psi) {
                return std::vector<double>{std::norm(inner_product(bend.launch, psi))};
            };
            watch.checkpoint = [&](const MarchState& state) { stops.push_back(state); };
            const Propagation whole = propagate(bend.launch, bend.index, params, watch);
            REQUIRE(stops.size() >= 20);
            int same = 0;
            for (const MarchState& stop : stops)
                same += same_bits(propagate(bend.launch, bend.index, params, plain, {}, &stop), whole);
            CHECK(same == static_cast<int>(stops.size()));
            // Who watches for checkpoints does not change the bits either.
            CHECK(same_bits(propagate(bend.launch, bend.index, params, plain), whole));
            ++engines;
        }
    CHECK(engines >= 2 * 17);
}

TEST_CASE("the bits are the same on one, two and four threads") {
    const Bend bend;
    for (EngineParams engine : all_engines()) {
        INFO(name_of(*find_row(engine_rows(), engine), engine.precision) << ", edges " << word_of(engine.edges.kind));
        const auto run = [&](int threads) {
            engine.threads = threads;
            PropagationParams p = params_of(engine, true);
            p.records = 4;
            p.length = 8.0 * *p.dz;
            return propagate(bend.launch, bend.index, p);
        };
        const Propagation one = run(1);
        CHECK(same_bits(run(2), one));
        CHECK(same_bits(run(4), one));
    }
}
