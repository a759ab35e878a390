#include "app/plan.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "app/io/quantity.hpp"
#include "app/materials.hpp"
#include "app/propagation_stage.hpp"
#include "core/errors.hpp"
#include "modes/section_grid.hpp"

namespace vitral::app {
namespace {

// Doubles per cell or point that each stage holds at its peak, and the time it takes per cell or point; both measured on
// cases of 3e3 to 2e5 points, the memory to be within 1.3 of the peak (tests/end_to_end/memory.cpp).
constexpr double program = 2.5e7;            // code, libraries, plans [B]
constexpr double exchange_doubles = 160.0;   // per cell of the first mesh; meshes grow to twice the first
constexpr double exchange_seconds = 1.2e-4;  // per cell of the first mesh, for a recipe of three steps
constexpr double modes_seconds = 2e-6;       // per point
constexpr double element_modes_doubles = 2.5e7, element_modes_seconds = 0.4;

double modes_doubles(int count) { return 24.0 + 17.0 * count; }

/// The engine's own arrays: field, factors of the local part, index; what the wide operators add.
double engine_doubles(const PropagationConfig& p, propagation::Operator op) {
    if (op == propagation::Operator::wide_angle) return 31.0;
    if (op != propagation::Operator::paraxial) return 12.0;
    return p.precision == propagation::Precision::single_precision ? 5.0 : 9.0;
}
double propagation_doubles(const PropagationConfig& p, propagation::Operator op, int modes) {
    const double engine = engine_doubles(p, op);
    // Fields at the border 38, five a mode; a step of its own choice has a companion with an engine and fields of its own.
    return 38.0 + 5.0 * modes + engine + (p.step ? 0.0 : engine + 6.0);
}
double step_seconds(const PropagationConfig& p, propagation::Operator op) {
    if (op == propagation::Operator::wide_angle) return 1.2e-6;
    if (op != propagation::Operator::paraxial) return 1.5e-7;
    return p.method == propagation::Method::split_step ? 4e-8 : 6e-9;
}

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
    if (until >= Until::index) held += (waves - 1.0) * points;
    const bool has_modes = !c.glass || c.mask;  // a planar guide holds no light sideways
    if (until >= Until::modes && has_modes && c.modes_on_elements()) {
        // As graded elements of degree 7 on a whole section usually take it; the solver refuses what is more than allowed.
        doubles = std::max(doubles, element_modes_doubles);
        plan.seconds += waves * element_modes_seconds * c.modes.count;
    }
    if (until >= Until::modes && has_modes) {
        doubles = std::max(doubles, modes_doubles(c.modes.count) * points);
        held += (waves - 1.0) * c.modes.count * points;
        plan.seconds += waves * modes_seconds * points * (1.0 + 0.5 * c.modes.count);
    }
    if (until >= Until::propagation && c.propagation && has_modes) {
        // Without a step of the user's, a guess: what the tolerance usually takes.
        plan.propagation_steps = std::lround(std::ceil(c.length() / c.propagation->step.value_or(5e-6) - 1e-9));
        const propagation::Operator op = resolve_engine(c, 4e-6).op;
        doubles = std::max(doubles, propagation_doubles(*c.propagation, op, c.modes.count) * points);
        if (c.maps_input()) {  // a run backwards, beside the first one's end
            plan.seconds +=
                waves * static_cast<double>(plan.propagation_steps) * points * step_seconds(*c.propagation, op);
            doubles = std::max(doubles, (propagation_doubles(*c.propagation, op, c.modes.count) + 8.0) * points);
            held += waves * 2.0 * points;
        }
        held += (waves - 1.0) * 2.0 * points;
        held += waves * (static_cast<double>(c.propagation->records) * grid.x.count);
        plan.seconds += waves * static_cast<double>(plan.propagation_steps) * points * step_seconds(*c.propagation, op);
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
