#include "app/plan.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "app/io/quantity.hpp"
#include "app/materials.hpp"
#include "core/errors.hpp"
#include "modes/section_grid.hpp"

namespace vitral::app {
namespace {

// Doubles per cell or point that each stage holds at its peak, counted from the vectors of its classes, and the time it
// takes per cell or point, measured (benchmarks/README.md).
constexpr double program = 6e7;  // code, libraries, plans [B]
constexpr double exchange_doubles =
    200.0;  // twice (transport, field): matrix 5, cycles 19, Krylov 8; stages 12, faces 8; meshes grow to twice the first
constexpr double propagation_doubles = 16.0;  // field 2, phases 4, index and its spline 4, records
constexpr double exchange_seconds = 1.2e-4;   // per cell of the first mesh, for a recipe of three steps
constexpr double modes_seconds = 4e-6;        // per point
double step_seconds(propagation::Method m) { return m == propagation::Method::split_step ? 3e-8 : 5e-9; }

double modes_doubles(int count) { return 2.0 * (8.0 * count + 16.0) + 6.0 * count + 12.0; }

}  // namespace

Plan plan_case(const Case& c, Until until) {
    Plan plan;
    double doubles = 0.0;
    if (c.glass) {
        plan.exchange_cells = exchange::expected_cells(exchange_params(c, load_glass(c.glass->name, c.folder)));
        doubles = exchange_doubles * static_cast<double>(plan.exchange_cells);
        plan.seconds +=
            exchange_seconds * static_cast<double>(plan.exchange_cells) * static_cast<double>(c.process.size()) / 3.0;
    }
    const modes::SectionParams params{c.section.width, c.section.depth, c.section.height, c.section.resolution};
    const Grid grid = c.section.slab
                          ? modes::slab_grid(params)
                          : modes::section_grid(params, c.section.cover == "air" ? 0.2e-6 : c.section.height);
    plan.grid_x = grid.x.count;
    plan.grid_y = grid.y.count;
    plan.grid_points = grid.size();
    const auto points = static_cast<double>(plan.grid_points), waves = static_cast<double>(c.wavelengths.size());
    double held = 0.0;  // results of all wavelengths stay until they are written
    if (until >= Until::index) held += waves * points;
    if (until >= Until::modes) {
        doubles = std::max(doubles, modes_doubles(c.modes.count) * points);
        held += waves * c.modes.count * points;
        plan.seconds += waves * modes_seconds * points * (1.0 + 0.5 * c.modes.count);
    }
    if (until >= Until::propagation && c.propagation) {
        // Without a step of the user's, a guess: what the tolerance usually takes.
        plan.propagation_steps = std::lround(std::ceil(c.length() / c.propagation->step.value_or(5e-6) - 1e-9));
        doubles = std::max(doubles, (propagation_doubles + 3.0 * c.modes.count) * points);
        held += waves * (2.0 * points + static_cast<double>(c.propagation->records) * grid.x.count);
        plan.seconds +=
            waves * static_cast<double>(plan.propagation_steps) * points * step_seconds(c.propagation->method);
    }
    plan.memory = program + 8.0 * (doubles + held);
    return plan;
}

std::string plan_text(const Case& c, const Plan& plan) {
    std::string out;
    if (plan.exchange_cells)
        out += fmt::format("exchange     {} cells, {} steps of the recipe\n", plan.exchange_cells, c.process.size());
    out += fmt::format("section      {} x {} points\n", plan.grid_x, plan.grid_y);
    if (plan.propagation_steps)
        out +=
            fmt::format("propagation  {} over {} in {} {} steps\n",
                        c.propagation->method == propagation::Method::split_step ? "split-step" : "finite-difference",
                        io::format_quantity(c.length(), io::Dimension::length), c.propagation->step ? "" : "about",
                        plan.propagation_steps);
    out += fmt::format("wavelengths  {}\nmemory       at most {}\ntime         about {:.0f} s on one thread\n",
                       c.wavelengths.size(), io::format_quantity(plan.memory, io::Dimension::memory),
                       std::max(1.0, plan.seconds));
    return out;
}

double default_memory_limit() {
    double available = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
    for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        double limit = 0.0;
        if (std::ifstream(path) >> limit && limit > 0.0) available = std::min(available, limit);
    }
    return 0.8 * available;
}

void check_memory(const Plan& plan, double limit) {
    if (plan.memory > limit)
        throw Error(Failure::resource_limit,
                    fmt::format("the run needs up to {}, the limit is {}; a coarser section.resolution needs less "
                                "(--max-memory raises the limit)",
                                io::format_quantity(plan.memory, io::Dimension::memory),
                                io::format_quantity(limit, io::Dimension::memory)));
}

}  // namespace vitral::app
