#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "app/stages/params.hpp"
#include "app/stages/process.hpp"
#include "app/stages/progress.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

/// How far the chain is run.
enum class Until { process, index, modes, propagation, coupling };

/// Keys of all stages that a run has, by name, over all wavelengths.
[[nodiscard]] std::map<std::string, std::string> keys_of(const RunParams& params);

/// The chain: process, index, modes, propagation, coupling, for every wavelength. Throws Error. A propagation that is
/// stopped leaves a file beside `result`, from which the same run goes on; with no result file nothing is left.
[[nodiscard]] RunResult run_stages(const RunParams& params, Until until, ExchangeCache& cache, Progress::Output output,
                                   const std::filesystem::path& result = {});

}  // namespace vitral::stages
