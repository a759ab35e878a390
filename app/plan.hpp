#pragma once
#include <string>

#include "app/case.hpp"
#include "app/pipeline.hpp"

namespace vitral::app {

/// What a run will take, worked out before anything is allocated.
struct Plan {
    std::size_t exchange_cells = 0, grid_points = 0;
    int grid_x = 0, grid_y = 0;
    long propagation_steps = 0;
    double memory = 0.0;   ///< [B], an upper estimate
    double seconds = 0.0;  ///< rough, one thread of a machine of 2023
};

[[nodiscard]] Plan plan_case(const Case& c, Until until);
[[nodiscard]] std::string plan_text(const Case& c, const Plan& plan);

/// 80 % of what the machine, or the control group the program runs in, has [B].
[[nodiscard]] double default_memory_limit();
/// Throws Error (resource_limit) with the numbers where the plan does not fit.
void check_memory(const Plan& plan, double limit);

}  // namespace vitral::app
