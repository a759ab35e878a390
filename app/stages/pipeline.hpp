#pragma once
#include <filesystem>
#include <limits>
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

/// Lays the window and chooses the spacing of the light's grid where the config leaves them open (window.hpp, resolution.hpp). An
/// exchanged section stays open without its process.
void settle_section(RunParams& params, Until until, const std::shared_ptr<const exchange::Exchange>& process,
                    std::vector<std::string>& warnings);

struct RunLimits {
    Until until = Until::coupling;
    double memory = std::numeric_limits<double>::infinity();  ///< [B]
};

/// The chain: process, index, modes, propagation, coupling, for every wavelength. Throws Error. A propagation that is
/// stopped leaves a file beside `result`, from which the same run goes on; with no result file nothing is left.
[[nodiscard]] RunResult run_stages(const RunParams& params, const RunLimits& limits, ExchangeCache& cache,
                                   Progress::Output output, const std::filesystem::path& result = {});

}  // namespace vitral::stages
