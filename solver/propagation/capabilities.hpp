#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "solver/propagation/engine.hpp"

/// Which engine can do what, and at what cost: one row an engine. The words of the config, the refusals, the estimates of
/// memory and time, the factory and the docs are all made from the rows.
namespace vitral::propagation {

struct EngineRow {
    Method method;
    Operator op;
    Splitting splitting;
    bool single_precision, transparent_edges, graded_axes, polarized_steps;
    double doubles, doubles_single;  ///< per point, of its own arrays in double and in single precision
    double seconds;                  ///< per point and step, about
    std::unique_ptr<Engine> (*make)(const SampledMedium& index, const EngineParams& params);
};

/// The engines that there are. Of one method the first row is what it does unless more is asked for, and the first row of
/// another operator than the paraxial one is its wide-angle one.
[[nodiscard]] std::span<const EngineRow> engine_rows();

/// What a march asks of an engine besides its operator.
struct EngineFeatures {
    Precision precision = Precision::double_precision;
    EdgeKind edges = EdgeKind::absorber;
    bool graded_axes = false;
    bool polarized_steps = false;
};
[[nodiscard]] bool can(const EngineRow& row, const EngineFeatures& features);

/// The row of these engine parameters, or none.
[[nodiscard]] const EngineRow* find_row(std::span<const EngineRow> rows, const EngineParams& params);

/// Throws std::invalid_argument where no row does what is asked for on this grid.
[[nodiscard]] std::unique_ptr<Engine> make_engine(const SampledMedium& index, const EngineParams& params,
                                                  std::span<const EngineRow> rows = engine_rows());

/// The words of the config.
[[nodiscard]] std::string_view word_of(Operator op);
[[nodiscard]] std::string_view word_of(Splitting splitting);
[[nodiscard]] std::string_view word_of(Precision precision);
[[nodiscard]] std::string_view word_of(EdgeKind edges);
/// All words of a key ("method", "order", "splitting", "precision", "edges") in the order of the rows; "order" without
/// "auto".
[[nodiscard]] std::vector<std::string> words_of(std::string_view key, std::span<const EngineRow> rows = engine_rows());

/// Keys that a user has set, with their words; "grading" with "yes" where points may lie apart, "steps" with "polarised" where
/// TM light meets jumps of the index.
using EngineWishes = std::vector<std::pair<std::string, std::string>>;
struct Conflict {
    std::string key, word;               ///< of the wish that cannot be met
    std::string other;                   ///< the key that stands against it
    std::vector<std::string> goes_with;  ///< words of the other key with which it could
};
/// Every pair of wishes that no row meets together.
[[nodiscard]] std::vector<Conflict> conflicts(const EngineWishes& wishes,
                                              std::span<const EngineRow> rows = engine_rows());

/// The row for the wishes, the first that meets all of them; with `wide` the first beyond the paraxial operator.
enum class Angle { paraxial, wide };
[[nodiscard]] const EngineRow* choose_row(const EngineWishes& wishes, Angle angle,
                                          std::span<const EngineRow> rows = engine_rows());

/// "split-step, paraxial, fourth order"
[[nodiscard]] std::string name_of(const EngineRow& row, Precision precision);

}  // namespace vitral::propagation
