#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace vitral::sweep {

struct SweepOptions {
    std::filesystem::path config;
    std::vector<std::string> settings;
    std::filesystem::path folder;  ///< where the points and the table go
    int threads = 1;
    double memory_limit = 0.0;  ///< [B], for all points that run at once
    std::string command_line;
};

struct SweepReport {
    int points = 0, computed = 0, kept = 0;  ///< kept: finished by an earlier run of the same sweep
    std::vector<std::string> failures;       ///< "point 3: ..."
};

/// Runs every point of the config's [sweep], the product of its lists, `threads` at a time, each point on one thread.
/// One results file a point (point_0000.h5), and one table over all points (table.csv). A point whose file is there
/// already and comes from the same resolved config and program is kept. A process that points share is computed once.
[[nodiscard]] SweepReport run_sweep(const SweepOptions& options);

}  // namespace vitral::sweep
