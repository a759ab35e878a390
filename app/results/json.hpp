#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "app/results/provenance.hpp"
#include "app/results/rows.hpp"

namespace vitral::results {

using Json = nlohmann::ordered_json;

/// The answers of one wavelength: every row of every group by its name, null where it was not computed. Arrays over places in
/// space stand in the HDF5 file; JSON names their dataset and shape.
[[nodiscard]] Json wavelength_json(const stages::WavelengthResult& result, int number,
                                   std::span<const Group> list = groups());

/// The one object that `--json` prints and a results file holds as /summary.
[[nodiscard]] Json results_json(const stages::RunResult& result, const Provenance& provenance);

}  // namespace vitral::results
