#pragma once
#include <cstddef>
#include <string>

#include "app/stages/pipeline.hpp"

namespace vitral::stages {

/// What a run will take, estimated before anything is computed.
struct Plan {
    std::size_t exchange_cells = 0;
    int grid_x = 0, grid_y = 0;
    std::size_t grid_points = 0;
    long propagation_steps = 0;
    std::string method;    ///< of the propagation, as far as it is known before
    double memory = 0.0;   ///< at its peak, about [B]
    double seconds = 0.0;  ///< on one thread, about
    std::string further;   ///< what may take longer than that, and is seen only in the run; empty: nothing
};

[[nodiscard]] Plan plan_run(const RunParams& params, Until until);
/// The plan as lines for people.
[[nodiscard]] std::string plan_text(const RunParams& params, const Plan& plan);

/// 80 % of the memory of this machine or its control group [B].
[[nodiscard]] double default_memory_limit();
/// Throws Error (resource_limit) with the numbers if the plan needs more than `limit`.
void check_memory(const Plan& plan, double limit);

}  // namespace vitral::stages
