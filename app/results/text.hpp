#pragma once
#include <string>

#include "app/results/rows.hpp"

namespace vitral::results {

/// What a run prints: the rows that have a label for the screen, group by group, and the warnings.
[[nodiscard]] std::string results_text(const stages::RunResult& result, std::span<const Group> list = groups());

/// docs/results.md: every row with its unit, its axes, what it is, and when it is computed.
[[nodiscard]] std::string rows_markdown(std::span<const Group> list = groups());

}  // namespace vitral::results
