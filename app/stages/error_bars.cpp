#include "app/stages/error_bars.hpp"

#include <algorithm>
#include <cmath>

#include "medium/polarized_index.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {
namespace {

constexpr double lowest_ratio = 1.4142135623730951,
                 highest_ratio = 2.0;              // first and second order, at steps of the index
constexpr double of_first = 0.7, of_second = 0.2;  // third order, 0.55 and 0.19, and a little more
constexpr double of_process = 1.25;
constexpr double of_operator = 2.0;  // its estimate is good to that factor
/// How much faster than the guiding the logarithm of a bend's loss changes: exp(-c Δn^1.5) with 1e-6 lost or more.
constexpr double losing = 20.0;
constexpr double mostly_stepped = 0.5;  // of the length; the rest was taken in strides

/// Whether the index has steps that no grid resolves.
enum class Sections { smooth, stepped };

/// By how the largest jump between neighbours changes with the spacing.
Sections sections_of(const WavelengthResult& own, const Companions& companions) {
    if (!own.index || !companions.coarse || !companions.coarse->index) return Sections::stepped;
    constexpr double little = 0.1, as_large = 0.85;  // the former of the contrast; smooth sections have 1/sqrt(2)
    const auto jump = [](const IndexMap& n) {
        const double across = medium::largest_jump(n, Polarization::along_x);
        return n.grid.is_slab() ? across : std::max(across, medium::largest_jump(n, Polarization::along_y));
    };
    const IndexMap& n = own.index->n;
    const auto [low, high] = std::minmax_element(n.values.begin(), n.values.end());
    const double here = jump(n);
    return here > little * std::log(*high / *low) && here > as_large * jump(companions.coarse->index->n)
               ? Sections::stepped
               : Sections::smooth;
}

/// A figure of the run and of its companions.
struct Figure {
    double own = 0.0;
    std::optional<double> coarse = {}, coarsest = {}, rough = {}, roughest = {};

    /// By the grid and the exchange; nothing where no companion knows it.
    [[nodiscard]] std::optional<double> error(bool has_process, Sections sections) const {
        if (!coarse || (has_process && !rough)) return {};
        return by_grid(sections) + (has_process ? by_process() : 0.0);
    }
    /// By the grid, where `coarse` is known.
    [[nodiscard]] double by_grid(Sections sections) const {
        const double first = std::abs(*coarse - own), second = coarsest ? std::abs(*coarsest - *coarse) : 0.0;
        if (sections == Sections::smooth) return std::max(of_first * first, of_second * second);
        return first / (std::clamp(second / std::max(first, 1e-300), lowest_ratio, highest_ratio) - 1.0);
    }
    /// Of what `coarsest` does not know, since it is not marched.
    [[nodiscard]] double by_march(Sections sections) const {
        return (sections == Sections::smooth ? of_first : 1.0) * std::abs(*coarse - own);
    }
    /// By the exchange, where `rough` is known.
    [[nodiscard]] double by_process() const {
        const double third = roughest ? std::abs(*roughest - *coarse) * rougher_process / roughest_process : 0.0;
        return of_process * std::max(std::abs(*rough - *coarse), third);
    }
};

/// How a figure is read from an answer.
template <typename Read>
Figure figure_of(const WavelengthResult& own, const Companions& companions, Read&& read) {
    Figure f;
    f.own = *read(own);
    if (companions.coarse) f.coarse = read(*companions.coarse);
    if (companions.coarsest) f.coarsest = read(*companions.coarsest);
    if (companions.rough) f.rough = read(*companions.rough);
    if (companions.roughest) f.roughest = read(*companions.roughest);
    return f;
}

/// A change of a transmission as one of its loss [dB].
double in_dB(double change, double transmission) {
    return 10.0 / std::log(10.0) * change / std::max(transmission, 1e-300);
}

/// What the paraxial operator is estimated to err by, where it was taken, as a share of the launched power.
double share_of_operator(const PropagationResult& p) {
    const bool paraxial = p.row != nullptr && p.row->op == propagation::Operator::paraxial;
    return paraxial ? p.paraxial_error.value_or(0.0) : 0.0;
}

/// What the march itself may err by, as a share of the launched power: by its step, and by an operator that is too low for it.
double share_of_march(const PropagationResult& p) {
    return p.step_error.value_or(0.0) + of_operator * share_of_operator(p);
}

/// How n_eff of a mode on the grid is read.
auto index_of_mode(std::size_t number) {
    return [number](const WavelengthResult& of) -> std::optional<double> {
        if (!of.modes || number >= of.modes->on_grid.size()) return {};
        return of.modes->on_grid[number].n_eff.real();
    };
}

/// By what share the exchange's tolerance may change the fundamental's distance to the index beside the guide.
double guiding_change(const WavelengthResult& answer, const Companions& companions) {
    if (!answer.modes || answer.modes->on_grid.empty()) return 0.0;
    const Figure n_eff = figure_of(answer, companions, index_of_mode(0));
    if (!n_eff.coarse || !n_eff.rough) return 0.0;
    return n_eff.by_process() / (n_eff.own - answer.modes->grid_boundary_index);
}

/// Draws the walls in by a share of the window.
void shrink(Window& w, double by) {
    constexpr double most = 5e-6;  // beyond the reach of tails, guides near the wall would be cut
    const double side = std::min(0.5 * (1.0 - by) * w.width(), most);
    w.left += side, w.right -= side;
    w.bottom += std::min((1.0 - by) * -w.bottom, most);
}

}  // namespace

RunParams as_answered(const RunParams& run, const WavelengthResult& answer) {
    RunParams p = run;
    p.wavelengths = {answer.wavelength};
    p.modes.error_bars = false;
    if (!p.propagation) return p;
    const auto at = std::find(run.wavelengths.begin(), run.wavelengths.end(), answer.wavelength);
    PropagationParams& light = *p.propagation;
    for (LaunchPart& part : light.launch)
        if (auto* stored = std::get_if<StoredLight>(&part.light); stored && stored->fields.size() > 1)
            stored->fields = {stored->fields[static_cast<std::size_t>(at - run.wavelengths.begin())]};
    light.chooses_order = false;
    if (!answer.propagation || answer.propagation->row == nullptr) return p;
    const propagation::EngineRow& row = *answer.propagation->row;
    std::erase_if(light.engine, [](const auto& wish) {
        return wish.first == "method" || wish.first == "order" || wish.first == "splitting";
    });
    light.engine.emplace_back("method", row.method.word);
    light.engine.emplace_back("order", propagation::word_of(row.op));
    light.engine.emplace_back("splitting", propagation::word_of(row.splitting));
    return p;
}

RunParams companion_of(const RunParams& run, const WavelengthResult& answer, const Coarsening& by) {
    RunParams p = as_answered(run, answer);
    p.modes.solver = ModesParams::Solver::grid;
    p.modes.on_light_grid = true;
    p.modes.continued = false;
    if (p.process) p.process->tolerance *= by.process;
    p.modes.grid.resolution = *p.modes.grid.resolution * by.spacing;
    shrink(p.modes.grid.window, by.window);
    for (PortCoupling& port : p.coupling.ports) port.map.reset(), port.yield.reset();
    if (!by.marches) p.propagation.reset();
    if (!p.propagation) return p;
    PropagationParams& light = *p.propagation;
    light.grid = p.modes.grid;
    light.records = 1;
    if (light.step)
        *light.step *= 2.0;
    else if (answer.propagation &&
             answer.propagation->dz * static_cast<double>(answer.propagation->steps) > mostly_stepped * light.length)
        light.step = answer.propagation->dz;  // a search for it would cost more than the march; its error is known
    light.maps_input = false;
    light.watch.clear();
    light.local_modes.reset();
    return p;
}

void add_error_bars(WavelengthResult& answer, const Companions& companions) {
    const bool has_process = answer.process.has_value();
    const Sections sections = sections_of(answer, companions);
    if (answer.modes) {
        for (std::size_t m = 0; m < answer.modes->on_grid.size(); ++m)
            answer.modes->on_grid[m].error =
                figure_of(answer, companions, index_of_mode(m)).error(has_process, sections);
        if (answer.modes->is_of_grid)
            for (std::size_t m = 0; m < answer.modes->modes.size(); ++m)
                answer.modes->modes[m].error = answer.modes->on_grid[m].error;
    }
    std::optional<double> along;
    double by_process = 0.0;
    if (answer.propagation && answer.propagation->transmission) {
        PropagationResult& p = *answer.propagation;
        const auto loss = [](const WavelengthResult& of) -> std::optional<double> {
            if (!of.propagation || !of.propagation->transmission) return {};
            return coupling::loss_dB(*of.propagation->transmission);
        };
        Figure f = figure_of(answer, companions, loss);
        if (f.coarse) {
            by_process = losing * f.own * guiding_change(answer, companions);
            // A mode of a straight guide arrives as it is, whatever the operator and the step do to other light.
            p.loss_dB_error =
                f.by_march(sections) + by_process + (p.straight ? 0.0 : in_dB(share_of_march(p), *p.transmission));
        }
        p.spare_dB = p.straight ? 0.0 : in_dB((of_operator - 1.0) * share_of_operator(p), *p.transmission);
        along = p.loss_dB_error;
    }
    for (std::size_t k = 0; k < answer.coupling.size(); ++k) {
        const auto loss = [&](const WavelengthResult& of) -> std::optional<double> {
            if (k >= of.coupling.size() || of.coupling[k].at != answer.coupling[k].at ||
                of.coupling[k].to != answer.coupling[k].to || of.coupling[k].guide != answer.coupling[k].guide ||
                of.coupling[k].channel != answer.coupling[k].channel || answer.coupling[k].mode_of == "modes")
                return {};  // modes on elements are not those of a coarser grid
            return of.coupling[k].loss_dB;
        };
        const auto known = [&](const WavelengthResult& of) {
            return &of == &answer ? std::optional(answer.coupling[k].loss_dB) : loss(of);
        };
        answer.coupling[k].loss_dB_error = figure_of(answer, companions, known).error(has_process, sections);
    }
    for (std::size_t k = 0; k < answer.links.size(); ++k) {
        LinkResult& link = answer.links[k];
        const std::optional<double> at_input = answer.coupling[link.input].loss_dB_error,
                                    at_output = answer.coupling[link.output].loss_dB_error;
        if (!at_input || !at_output || (link.is_propagated && !along)) continue;
        const double at_ports = *at_input + *at_output;
        link.mode_loss_dB_error = at_ports + (link.is_propagated ? *along : 0.0);
        link.loss_dB_error = link.mode_loss_dB_error;
        if (!link.full_field_loss_dB) continue;
        const auto whole = [k](const WavelengthResult& of) -> std::optional<double> {
            return k < of.links.size() ? of.links[k].full_field_loss_dB : std::nullopt;
        };
        const Figure f = figure_of(answer, companions, whole);
        link.loss_dB_error.reset();
        if (f.coarse)
            link.loss_dB_error = f.by_march(sections) + at_ports + by_process +
                                 in_dB(share_of_march(*answer.propagation), std::pow(10.0, -0.1 * f.own));
    }
}

}  // namespace vitral::stages
