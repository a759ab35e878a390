#pragma once
#include <nlohmann/json.hpp>

#include "app/provenance.hpp"
#include "app/results.hpp"

namespace vitral::app {

/// The answer of a run: what `--json` prints, and what every results file holds as /summary.
/// null stands for a quantity that was not computed.
[[nodiscard]] nlohmann::ordered_json results_json(const RunResult& result, const Provenance& provenance);

/// The answer in words, for the screen.
[[nodiscard]] std::string results_text(const RunResult& result);

}  // namespace vitral::app
