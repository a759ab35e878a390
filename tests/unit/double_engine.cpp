/// An engine is one file and one row: an engine that does nothing, in tests/support/null_engine.hpp.
#include "core/beam.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/null_engine.hpp"

using namespace vitral;

namespace {

const Grid grid{{-20e-6, 0.25e-6, 160}, {-20e-6, 0.25e-6, 160}};

}  // namespace

TEST_CASE("a new engine is a file and a row: words, refusals, choice and march follow") {
    namespace engine = vitral::propagation;
    std::vector<engine::EngineRow> rows(engine::engine_rows().begin(), engine::engine_rows().end());
    rows.push_back(tests::null_row);
    CHECK(engine::words_of("method") == std::vector<std::string>{"split-step", "finite-difference"});
    CHECK(engine::words_of("method", rows) == std::vector<std::string>{"split-step", "finite-difference", "null"});
    const auto refused = engine::conflicts({{"method", "null"}, {"order", "wide-angle"}}, rows);
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].key == "order");
    CHECK(refused[0].goes_with == std::vector<std::string>{"split-step"});
    CHECK(engine::conflicts({{"method", "null"}, {"precision", "single"}}, rows).size() == 1);
    CHECK(engine::conflicts({{"method", "null"}, {"order", "paraxial"}, {"edges", "absorber"}}, rows).empty());
    CHECK(engine::choose_row({{"method", "null"}}, engine::Angle::paraxial, rows) == &rows.back());
    CHECK(engine::choose_row({{"method", "null"}}, engine::Angle::wide, rows) == nullptr);
    CHECK(engine::name_of(rows.back(), engine::Precision::double_precision) == "null, paraxial, second order");

    const auto launch = sample(grid, [](double x, double y) { return Complex(GaussianBeam{3e-6, 3e-6}(x, y)); });
    engine::PropagationParams params{.engine = {.method = engine::Method{"null"}, .wavelength = 1.31e-6, .n_ref = 1.5},
                                     .engines = rows,
                                     .length = 1e-4,
                                     .dz = 1e-5,
                                     .records = 2};
    const StraightIndex medium{IndexMap(grid, 1.5)};
    CHECK(engine::propagate(launch, medium, params).psi.values == launch.values);
    params.engines = engine::engine_rows();
    CHECK_THROWS_AS(engine::propagate(launch, medium, params), std::invalid_argument);
}
