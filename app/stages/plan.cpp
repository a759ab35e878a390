#include "app/stages/plan.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "app/config/quantity.hpp"
#include "app/stages/followed_modes.hpp"
#include "app/stages/medium.hpp"
#include "app/stages/operator_error.hpp"
#include "app/stages/propagation.hpp"
#include "app/stages/resolution.hpp"
#include "core/errors.hpp"
#include "medium/formula.hpp"
#include "modes/grid/section_grid.hpp"

namespace vitral::stages {
namespace {

// Doubles per cell or point that each stage holds at its peak, and the time it takes per cell or point; both measured on
// cases of 3e3 to 2e5 points, the memory to be within 1.3 of the peak (tests/end_to_end/memory.cpp).
constexpr double program = 2.0e7;            // code, libraries, plans [B]
constexpr double index_doubles = 3.0;        // per point: the index, what it is made of, the file
constexpr double exchange_doubles = 160.0;   // per cell of the first mesh; meshes grow to twice the first
constexpr double exchange_seconds = 1.2e-4;  // per cell of the first mesh, for a recipe of three steps
constexpr double modes_seconds = 2e-6;       // per point
constexpr double element_modes_share = 1.3;  // of the bytes of the largest system's factors
constexpr double element_modes_seconds = 0.1, seconds_per_element_byte = 2.2e-8;
constexpr double exchanged_modes_bytes = 1e7;
constexpr double with_companions = 1.15;
constexpr double planes = 16.0;  // of an index that changes along z, for the march and for the modes along the way

double modes_doubles(int count) { return 24.0 + 17.0 * count; }

/// Fields at the border 38, five a mode; a step of its own choice has a companion with an engine and fields of its own.
double propagation_doubles(const PropagationParams& p, const propagation::EngineRow& engine, int modes) {
    const bool single = p.precision == propagation::Precision::single_precision;
    const double own = single ? engine.doubles_single : engine.doubles;
    return 38.0 + 5.0 * modes + own + (p.step ? 0.0 : own + 6.0);
}

/// The run's parts, each adding to the plan; `doubles` is the most that one of them holds, `held` what stays.
class Planner {
public:
    Planner(const RunParams& params, Until until) : params_(params), until_(until) {}

    Plan all() {
        if (params_.process) add_process();
        add_grid();
        const bool has_modes = !params_.process || !params_.process->openings.empty();  // a planar guide holds no light
        if (until_ >= Until::index) {
            doubles_ = std::max(doubles_, index_doubles * points());
            held_ += (waves() - 1.0) * points();
            written_ += waves() * points();
        }
        if (until_ >= Until::modes && has_modes) add_modes();
        if (until_ >= Until::propagation && params_.propagation && has_modes) {
            add_propagation();
            // Companions are smaller than the run itself, but lie beside its results, and in the gaps that it has left.
            if (params_.modes.error_bars) doubles_ *= with_companions;
        }
        plan_.memory = program + 8.0 * (std::max(doubles_, written_) + held_);
        return plan_;
    }

private:
    [[nodiscard]] double waves() const { return static_cast<double>(params_.wavelengths.size()); }
    [[nodiscard]] double points() const { return static_cast<double>(plan_.grid_points); }

    void add_process() {
        plan_.exchange_cells = exchange::expected_cells(*params_.process);
        const auto cells = static_cast<double>(plan_.exchange_cells);
        doubles_ = exchange_doubles * cells;
        plan_.seconds += exchange_seconds * cells * static_cast<double>(params_.process->recipe.size()) / 3.0;
        if (exchange::expects_thin_fronts(*params_.process))
            plan_.further = "the field behind the openings makes thin fronts, which take as many steps as they need";
    }

    void add_grid() {
        const GridParams& g = params_.modes.grid;
        const double resolution = g.resolution.value_or(usual_resolution);
        Window w = g.window;
        const double wall = 0.2e-6;  // about that of a dark cover
        const auto& cover = params_.medium.cover;
        const bool dark = cover.kind == medium::Cover::Kind::material &&
                          cover.material.dispersion.formula == glass::DispersionFormula::constant &&
                          cover.material.dispersion.coefficients[0] < 1.2;
        if (dark) w.top = wall;
        const Grid grid = g.slab ? modes::slab_grid(w, resolution) : modes::section_grid(w, resolution);
        plan_.grid_x = grid.x.count;
        plan_.grid_y = grid.y.count;
        plan_.grid_points = grid.size();
    }

    void add_modes() {
        const int count = params_.modes.count;
        if (params_.modes.solver != ModesParams::Solver::grid) {
            add_element_modes();
        }
        doubles_ = std::max(doubles_, modes_doubles(count) * points());
        written_ += std::min(waves(), 8.0) * count * points();
        held_ += (waves() - 1.0) * count * points();
        plan_.seconds += waves() * modes_seconds * points() * (1.0 + 0.5 * count);
    }

    void add_element_modes() {
        // Of a process the section is not known yet; exchanged guides are weak, and smooth.
        double bytes = exchanged_modes_bytes;
        if (!params_.process) {
            const auto medium = make_medium(params_.medium, nullptr, params_.wavelengths[0]);
            bytes = FollowedModes(params_.modes, params_.medium, nullptr).expected_bytes(medium);
        }
        doubles_ = std::max(doubles_, element_modes_share * bytes / 8.0);
        // Half a percent to either side modes are followed, for the group index; along wavelengths, too, on the same elements.
        plan_.seconds += element_modes_seconds + seconds_per_element_byte * bytes * (0.7 + 0.3 * waves());
    }

    void add_propagation() {
        const PropagationParams& p = *params_.propagation;
        // Without a step of the user's, a guess: what the tolerance usually takes.
        plan_.propagation_steps = std::lround(std::ceil(p.length / p.step.value_or(5e-6) - 1e-9));
        const propagation::EngineRow& engine = likely_engine();
        plan_.method = engine.method.word;
        const double own = propagation_doubles(p, engine, params_.modes.count) + (changes_along_z() ? planes : 0.0),
                     seconds = waves() * static_cast<double>(plan_.propagation_steps) * points() * engine.seconds;
        // A checkpoint holds the records once more, until it is written.
        const double recorded = static_cast<double>(p.records) * plan_.grid_x;
        doubles_ = std::max(doubles_, own * points() + recorded);
        written_ += waves() * (2.0 * points() + 1.3 * recorded);  // with what the library keeps of a dataset's chunks
        if (p.maps_input) {                                       // a run backwards, beside the first one's end
            plan_.seconds += seconds;
            doubles_ = std::max(doubles_, (own + 8.0) * points());
            held_ += waves() * 2.0 * points();
        }
        held_ += (waves() - 1.0) * 2.0 * points();
        held_ += waves() * static_cast<double>(p.records) * plan_.grid_x;
        plan_.seconds += seconds;
        if (!p.step && plan_.further.empty()) plan_.further = "the step follows propagation.tolerance";
    }

    [[nodiscard]] bool changes_along_z() const {
        const auto* formula = std::get_if<FormulaParams>(&params_.medium.source);
        return formula != nullptr && medium::Formula(formula->text, formula->constants).uses_z();
    }

    /// The engine for a mode of a usual size, by the slopes of a path or a formula; of a process only the path is known.
    [[nodiscard]] const propagation::EngineRow& likely_engine() const {
        constexpr double mode_radius = 4e-6;
        const PropagationParams& p = *params_.propagation;
        if (!params_.process)
            return *choose_engine(
                        p, slope_error(p, *make_medium(params_.medium, nullptr, params_.wavelengths[0]), mode_radius))
                        .row;
        MediumParams plain = params_.medium;
        plain.source = FormulaParams{"1.5", {}};
        return *choose_engine(p, slope_error(p, *make_medium(plain, nullptr, params_.wavelengths[0]), mode_radius)).row;
    }

    const RunParams& params_;
    Until until_;
    Plan plan_;
    double doubles_ = 0.0, held_ = 0.0;  // results of all wavelengths stay until they are written
    double written_ = 0.0;               // the file, which is made in memory
};

}  // namespace

Plan plan_run(const RunParams& params, Until until) { return Planner(params, until).all(); }

std::string plan_text(const RunParams& params, const Plan& plan) {
    std::string out;
    if (plan.exchange_cells)
        out += fmt::format("exchange     {} cells, {} steps of the recipe\n", plan.exchange_cells,
                           params.process->recipe.size());
    const Window& w = params.modes.grid.window;
    out += fmt::format("section      {} x {} points, x from {:.4g} to {:.4g} um{}{}\n", plan.grid_x, plan.grid_y,
                       1e6 * w.left, 1e6 * w.right,
                       params.modes.grid.slab ? "" : fmt::format(", y from {:.4g} um up", 1e6 * w.bottom),
                       params.open.any() ? ", about: sized for the light once the exchange is known" : "");
    if (plan.propagation_steps)
        out += fmt::format("propagation  {} over {} in {}{} steps\n", plan.method,
                           config::format_quantity(params.propagation->length, config::Dimension::length),
                           params.propagation->step ? "" : "about ", plan.propagation_steps);
    out += fmt::format("wavelengths  {}\nmemory       at most {}\n", params.wavelengths.size(),
                       config::format_quantity(plan.memory, config::Dimension::memory));
    if (!plan.further.empty())
        out += fmt::format("time         not known: {}; the rest takes about {:.2g} s on one thread\n", plan.further,
                           plan.seconds);
    else if (plan.seconds < 1.0)
        out += "time         less than a second or two\n";
    else
        out += fmt::format("time         about {:.0f} s on one thread\n", plan.seconds);
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
                                config::format_quantity(plan.memory, config::Dimension::memory),
                                config::format_quantity(limit, config::Dimension::memory)));
}

}  // namespace vitral::stages
