#include "app/stages/pipeline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "app/stages/coupling.hpp"
#include "app/stages/error_bars.hpp"
#include "app/stages/key.hpp"
#include "app/stages/light_section.hpp"
#include "app/stages/link.hpp"
#include "app/stages/medium.hpp"
#include "app/stages/modes.hpp"
#include "app/stages/plan.hpp"
#include "app/stages/propagation.hpp"
#include "app/stages/resolution.hpp"
#include "app/stages/section_guides.hpp"
#include "app/stages/window.hpp"
#include "core/errors.hpp"
#include "medium/polarized_index.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

/// Whether the window or the spacing of the light's grid is still to be settled.
bool is_open(const RunParams& params) { return params.open.any() || !params.modes.grid.resolution; }

/// Points across the 4-sigma width of a mode below which a grid does not hold it: a Gaussian then errs by 1e-4.
constexpr double fewest_points = 4.0;

/// Largest n_y - n_x, by size.
double largest_birefringence(const IndexMap& n_x, const IndexMap& n_y) {
    double largest = 0.0;
    for (std::size_t i = 0; i < n_x.values.size(); ++i)
        if (const double b = n_y.values[i] - n_x.values[i]; std::abs(b) > std::abs(largest)) largest = b;
    return largest;
}

/// The figures of an answer, without the fields that they are of.
WavelengthResult without_fields(WavelengthResult w) {
    w.process.reset();
    if (w.index) w.index->n_x.reset(), w.index->n_y.reset(), w.index->absorption.reset();
    if (w.modes)
        for (auto* list : {&w.modes->modes, &w.modes->on_grid})
            for (GuidedMode& mode : *list) mode.psi = {}, mode.fields = {};
    if (w.propagation) w.propagation->field = {}, w.propagation->along = {}, w.propagation->receiver.reset();
    return w;
}

/// Strings the stages together; each reads its params and the answers before it, and nothing else.
class Run {
public:
    Run(const RunParams& params, const RunLimits& limits, ExchangeCache& cache, Progress::Output output,
        const std::filesystem::path& file)
        : params_(params),
          until_(limits.until),
          memory_limit_(limits.memory),
          cache_(cache),
          output_(output),
          file_(file) {
        result_.title = params.title;
        result_.warnings = params.warnings;
        result_.stage_keys = keys_of(params);
    }

    RunResult all() {
        if (params_.process) run_process();
        settle();
        if (params_.propagation && until_ >= Until::propagation)
            for (std::size_t w = 0; w < params_.wavelengths.size(); ++w)
                checkpoint_of(static_cast<int>(w)).adopt_plans();
        ModeFinder finder(params_.modes, params_.medium, process_);
        for (const double wavelength : params_.wavelengths) {
            result_.wavelengths.emplace_back().wavelength = wavelength;
            run_light(finder);
            if (params_.modes.error_bars) find_errors(result_.wavelengths.back());
        }
        std::vector<std::string>& warnings = result_.warnings;
        std::sort(warnings.begin(), warnings.end());
        warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
        result_.params = params_;
        return std::move(result_);
    }

private:
    /// Runs one stage, keeping its time.
    template <typename Stage>
    auto timed(const std::string& name, Stage&& stage) {
        Progress progress(name, output_);
        progress.report(0.0);
        struct Clock {
            double& seconds;
            const Progress& progress;
            ~Clock() { seconds += progress.seconds(); }
        } clock{result_.seconds[name], progress};
        return stage(progress);
    }
    void warn(std::string text) { result_.warnings.push_back(std::move(text)); }
    [[nodiscard]] int number() const { return static_cast<int>(result_.wavelengths.size()) - 1; }

    /// The window and the spacing of an exchanged section's grid, which follow from what the stages' keys are made of.
    void settle() {
        if (!is_open(params_)) return;
        timed("index", [&](Progress&) { settle_section(params_, until_, process_, result_.warnings); });
        check_memory(plan_run(params_, until_), memory_limit_);
    }

    void run_process() {
        process_ = timed("process", [&](Progress& progress) {
            return cache_.get(result_.stage_keys.at("process"), [&] {
                return std::make_shared<const exchange::Exchange>(
                    exchange::run_exchange(*params_.process, progress.observer()));
            });
        });
        // A window that is still open follows the ions.
        if (!params_.open.sides && !params_.open.bottom)
            warn_about_section(*params_.process, *process_, result_.warnings);
        warn_about_steps(*process_, result_.warnings);
    }

    /// All stages of one wavelength.
    void run_light(ModeFinder& finder) {
        WavelengthResult& w = result_.wavelengths.back();
        if (process_) w.process = view_of(*params_.process, process_, w.wavelength, params_.medium.window);
        if (until_ == Until::process) return;
        const auto medium = make_medium(params_.medium, process_, w.wavelength);
        LightSection light(params_.modes.grid, medium);
        run_index(*medium, light, w);
        if (until_ == Until::index) return;
        w.modes = timed("modes", [&](Progress&) { return finder.at(medium, light); });
        if (w.index->n.grid != light.grid()) view_index(*medium, light, w);
        warn_about_modes(light, *w.modes);
        if (until_ == Until::modes || w.modes->is_planar || (w.modes->on_grid.empty() && w.modes->modes.empty()))
            return;
        if (!params_.propagation && params_.coupling.ports.empty()) return;
        const Motion& motion = params_.coupling.motion;
        const double length = params_.coupling.length;
        const std::vector<GuidedMode> at_end =
            timed("modes", [&](Progress&) { return end_modes(light, *w.modes, motion, length); });
        const SectionGuides guides(light, light.seen_section(), w.modes->on_grid),
            end_guides(light, end_section(light, motion, length), at_end);
        if (params_.propagation && w.modes->on_grid.empty())
            warn("the grid of the propagation holds no guided mode: the light is not propagated");
        else if (params_.propagation)
            run_propagation(light, at_end, guides, end_guides, w);
        if (until_ == Until::propagation || params_.coupling.ports.empty()) return;
        timed("coupling", [&](Progress&) {
            const EndOfGuide input{End::input, light, guides, w.modes->on_grid, wires_.get()},
                output{End::output, light, end_guides, at_end, wires_.get()};
            const PropagationResult* propagation = w.propagation ? &*w.propagation : nullptr;
            w.coupling = find_coupling(params_.coupling, {input, output, *w.modes, propagation}, result_.warnings);
            w.links = link_budgets(params_.coupling, w.coupling, propagation);
        });
    }

    /// The error bars of a wavelength's answer, by companions.
    void find_errors(WavelengthResult& w) {
        if (!w.modes || w.modes->on_grid.empty()) return;
        timed("errors", [&](Progress&) {
            const kernels::EstimatedPlans estimated;  // of grids that no other run will have
            Companions companions;
            companions.coarse = companion(w, {coarse_spacing, smaller_window, 1.0, true});
            companions.coarsest = companion(w, {coarsest_spacing, smaller_window, 1.0, false});
            if (process_) {
                companions.rough = companion(w, {coarse_spacing, smaller_window, rougher_process, false});
                companions.roughest = companion(w, {coarse_spacing, smaller_window, roughest_process, false});
            }
            add_error_bars(w, companions);
        });
        warn_about_errors(w);
    }

    /// The answer of a companion; nothing where it cannot be computed.
    [[nodiscard]] std::optional<WavelengthResult> companion(const WavelengthResult& w, const Coarsening& by) {
        const RunParams params = companion_of(params_, w, by);
        try {
            Run run(params, {until_, memory_limit_}, cache_, Progress::Output::silent, {});
            run.wires_ = wires_;
            if (process_ && by.process == 1.0)
                run.process_ = process_;
            else if (process_)
                run.run_process();
            ModeFinder finder(params.modes, params.medium, run.process_);
            run.result_.wavelengths.emplace_back().wavelength = w.wavelength;
            run.run_light(finder);
            return without_fields(std::move(run.result_.wavelengths.back()));
        } catch (const Error& error) {
            if (error.kind() == Failure::numerical || error.kind() == Failure::input_file) return {};
            throw;
        } catch (const std::invalid_argument&) {  // what a coarser grid cannot hold
            return {};
        }
    }

    /// Bars that miss the accuracy by more than a factor of two, which is about what they know of themselves.
    void warn_about_errors(const WavelengthResult& w) {
        const auto check = [&](const char* what, double loss, std::optional<double> error) {
            constexpr double large = 3.0, clearly = 2.0;  // dB, beyond which a hundredth of the loss will do
            const double allowed = loss > large ? std::max(params_.accuracy_dB, 0.01 * loss) : params_.accuracy_dB;
            if (error && *error > clearly * allowed)
                warn(fmt::format("{} is accurate to {:.1g} dB only; `vitral converge` shows which setting limits it",
                                 what, *error));
        };
        if (w.propagation && w.propagation->loss_dB_error)
            check("the propagation loss", coupling::loss_dB(*w.propagation->transmission),
                  *w.propagation->loss_dB_error - *w.propagation->spare_dB);
        for (const CouplingResult& port : w.coupling) check("a coupling loss", port.loss_dB, port.loss_dB_error);
        const double spare = w.propagation && w.propagation->spare_dB ? *w.propagation->spare_dB : 0.0;
        for (const LinkResult& link : w.links)
            if (link.loss_dB_error) check("the insertion loss", link.loss_dB, *link.loss_dB_error - spare);
    }

    void run_index(const Medium& medium, LightSection& light, WavelengthResult& w) {
        timed("index", [&](Progress&) {
            light.set_grid(medium.outline().background_index, *params_.modes.grid.resolution);
            view_index(medium, light, w);
        });
    }

    void view_index(const Medium& medium, const LightSection& light, WavelengthResult& w) const {
        IndexView view{light.section(), {}, {}, {}};
        const MediumOutline& outline = medium.outline();
        if (outline.birefringent) {
            view.n_x = medium.index_on(light.grid(), 0.0, Polarization::along_x);
            view.n_y = medium.index_on(light.grid(), 0.0, Polarization::along_y);
            if (w.process) w.process->largest_birefringence = largest_birefringence(*view.n_x, *view.n_y);
        }
        if (outline.absorption_known) view.absorption = medium.attenuation_on(light.grid(), 0.0);
        w.index = std::move(view);
    }

    [[nodiscard]] Checkpoint checkpoint_of(int wavelength) const {
        std::filesystem::path stopped = file_;
        if (!file_.empty()) stopped += fmt::format(".w{}.checkpoint", wavelength);
        return {stopped, result_.stage_keys.at("propagation") +
                             fmt::format("{:a} {:a}", params_.wavelengths[static_cast<std::size_t>(wavelength)],
                                         *params_.modes.grid.resolution) +
                             Digest().add(params_.modes.grid.window).hash()};
    }

    void run_propagation(const LightSection& light, const std::vector<GuidedMode>& at_end, const SectionGuides& guides,
                         const SectionGuides& end_guides, WavelengthResult& w) {
        timed("propagation", [&](Progress& progress) {
            const Checkpoint checkpoint = checkpoint_of(number());
            w.propagation = propagate_light(*params_.propagation,
                                            {params_.medium, light, *w.modes, at_end, guides, end_guides, number()},
                                            checkpoint, progress.observer(), result_.warnings);
        });
    }

    void warn_about_modes(const LightSection& light, const ModesResult& modes) {
        const double nm = light.wavelength() * 1e9;
        const bool travels = params_.propagation || !params_.coupling.ports.empty();
        if (modes.is_planar) {
            if (modes.planar.empty()) warn(fmt::format("no guided mode at {:g} nm", nm));
            if (travels)
                warn(
                    "without a mask the guide is planar, and nothing holds light sideways: it is neither propagated "
                    "nor coupled");
            return;
        }
        if (modes.modes.empty()) {
            const auto& n = light.section().values;
            const double largest = *std::max_element(n.begin(), n.end());
            warn(fmt::format(
                "no guided mode at {:g} nm: the largest index of the section is {:.6f}, that of the walls of the "
                "window {:.6f}; between them there is too little room for light{}",
                nm, largest, modes.boundary_index,
                modes.boundary_index > light.medium().outline().background_index +
                                           0.1 * (largest - light.medium().outline().background_index)
                    ? ". The guide reaches a wall: a larger [section] may hold its light"
                    : ""));
        }
        if (!modes.report.within_accuracy)
            warn(fmt::format("the modes are not known to {:g}: see their error bars", params_.modes.accuracy));
        if (!params_.medium.boxes.empty() && travels)
            warn(
                "light is propagated and coupled by scalar modes on the section's grid, which samples the drawn boxes");
        if (modes.on_grid.empty()) return;
        if (const double jump = medium::largest_jump(light.section(), light.params().field);
            jump > medium::weak_jump && light.stepped() == Polarization::scalar)
            warn(fmt::format(
                "the relative index step between neighbouring points along the electric field is {:.2g}: its "
                "polarisation correction is accurate to about a tenth",
                jump));
        for (const GuidedMode& mode : modes.on_grid) {
            const auto& f = mode.figures;
            const Grid& g = light.grid();
            const double across =
                std::min(f.mfd_4sigma_x / g.x.spacing, g.is_slab() ? 1e300 : f.mfd_4sigma_y / g.y.spacing);
            if (across < fewest_points)
                warn(
                    fmt::format("mode {} is only {:.1f} points of the grid wide: what is said of it moves with "
                                "section.resolution",
                                mode.number, across));
            if (const double near = std::max({f.near_left, f.near_right, f.near_bottom}); near > 1e-4)
                warn(fmt::format(
                    "a mode (n_eff {:.6f}) carries {:.2g} of its power next to a wall: a larger section changes it",
                    mode.n_eff.real(), near));
        }
    }

    RunParams params_;
    Until until_;
    double memory_limit_;  ///< [B]
    ExchangeCache& cache_;
    Progress::Output output_;
    std::filesystem::path file_;
    std::shared_ptr<const exchange::Exchange> process_;
    std::shared_ptr<WireModes> wires_ = std::make_shared<WireModes>();
    RunResult result_;
};

}  // namespace

std::map<std::string, std::string> keys_of(const RunParams& params) {
    std::map<std::string, std::string> keys;
    const std::string process = params.process ? key_of("process", process_version, *params.process) : "";
    if (params.process) keys["process"] = process;
    const std::string wavelengths = Digest().add(params.wavelengths).hash();
    // The index is looked at on the light's grid, which follows from all of the light where the config leaves it open.
    std::vector<std::string> inputs = {process, wavelengths};
    if (is_open(params))
        inputs.push_back(key_of("section", medium_version, params.open,
                                {params.propagation ? Digest().add(*params.propagation).hash() : "",
                                 Digest().add(params.coupling).hash()}));
    keys["index"] = key_of("index", medium_version, std::pair(params.medium, params.modes.grid), inputs);
    keys["modes"] = key_of("modes", modes_version, params.modes, {keys["index"]});
    std::string light = keys["modes"];
    if (params.propagation)
        light = keys["propagation"] = key_of("propagation", propagation_version, *params.propagation, {keys["modes"]});
    if (!params.coupling.ports.empty())
        keys["coupling"] = key_of("coupling", coupling_version, params.coupling, {light});
    return keys;
}

void settle_section(RunParams& params, Until until, const std::shared_ptr<const exchange::Exchange>& process,
                    std::vector<std::string>& warnings) {
    if (params.process && !process) return;
    settle_window(params, process, warnings);
    if (until >= Until::modes)
        settle_resolution(params, process, warnings);
    else if (!params.modes.grid.resolution)
        use_resolution(params, usual_resolution);
}

RunResult run_stages(const RunParams& params, const RunLimits& limits, ExchangeCache& cache, Progress::Output output,
                     const std::filesystem::path& file) {
    return Run(params, limits, cache, output, file).all();
}

}  // namespace vitral::stages
