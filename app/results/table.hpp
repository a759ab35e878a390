#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/results/rows.hpp"

namespace vitral::results {

/// A line of a table: what it belongs to (a point of a sweep, with its settings), and a wavelength's part of a summary.
struct TableLine {
    std::vector<std::string> head;
    nlohmann::ordered_json answers;
};

/// CSV of every scalar row, one column each, in the order of the rows: "link.loss_dB (dB)", of lists by number:
/// "modes.0.n_eff". A cell is empty where nothing was computed.
[[nodiscard]] std::string results_table(const std::vector<std::string>& head, const std::vector<TableLine>& lines,
                                        std::span<const Group> list = groups());

}  // namespace vitral::results
