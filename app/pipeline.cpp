#include "app/pipeline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "app/case_schema.hpp"
#include "app/element_modes.hpp"
#include "app/light_stages.hpp"
#include "app/materials.hpp"
#include "app/propagation_stage.hpp"
#include "app/section_index.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "core/units.hpp"
#include "modes/polarized_index.hpp"

namespace vitral::app {
namespace {

void warn(RunResult& result, std::string text) {
    result.warnings.push_back(std::move(text));  // run_case drops repetitions in the end
}

/// Runs one stage, keeping its time.
template <typename Stage>
auto timed(RunResult& result, const std::string& name, Progress::Output output, Stage&& stage) {
    Progress progress(name, output);
    progress.report(0.0);
    struct Clock {
        RunResult& result;
        const std::string& name;
        const Progress& progress;
        ~Clock() { result.seconds[name] += progress.seconds(); }
    } clock{result, name, progress};
    return stage(progress);
}

void warn_about_glass(const Case& c, const glass::Glass& glass, RunResult& result) {
    const auto uses = [&](auto&& test) { return std::any_of(c.process.begin(), c.process.end(), test); };
    const bool has_field = uses([](const auto& s) { return s.has_field(); });
    const bool has_voltage = uses([](const auto& s) { return s.voltage.is_set(); });
    const bool has_melt = uses([](const auto& s) { return s.melt_fraction.has_value(); });
    const bool counts_ions = uses([](const auto& s) {
        return s.current.is_set() || s.current_density.is_set() || s.film_thickness > 0.0 || s.melt_depth.has_value();
    });
    const auto placeholder = [&](const std::string& what) {
        warn(result, fmt::format("{} in {} is a placeholder, an estimate without a source", what, glass.name));
    };
    for (const std::string& name : glass.placeholders)
        if ((name == "cation_density" && (counts_ions || has_field)) || (name == "thermal_conductivity" && has_field) ||
            name == "absorption" || name == "index")
            placeholder(name);
    const std::vector<glass::IonPair> pairs = exchanged_pairs(glass, c.process);
    if (has_voltage)
        warn(result, fmt::format("the current under a voltage rests on the Haven factor {:g} of {} in {}",
                                 pairs[0].haven, pairs[0].ion, glass.name));
    if (pairs.size() == 2) {
        const double T = c.process[0].temperature(0.0), first = pairs[0].D_B(T), second = pairs[1].D_B(T);
        if (std::abs(first / second - 1.0) > 0.01)
            warn(result,
                 fmt::format(
                     "the records of {} and {} in {} give sodium different diffusivities ({:.2g} and {:.2g} m^2/s); "
                     "that of {} is taken, so that {} moves with M = {:.3g}",
                     pairs[0].ion, pairs[1].ion, glass.name, first, second, pairs[0].ion, pairs[1].ion,
                     pairs[1].D_A(T) / first));
    }
    for (const glass::IonPair& pair : pairs) {
        for (const std::string& name : pair.placeholders)
            if ((name != "haven" || has_voltage) && (name != "melt" || has_melt)) placeholder(name + " of " + pair.ion);
        for (const auto& step : c.process)
            for (const auto& [time, temperature] : step.temperature.points)
                if (temperature < pair.lowest_temperature || temperature > pair.highest_temperature)
                    warn(result,
                         fmt::format("the diffusivity of {} in {} was measured from {:g} to {:g} degC; a step at {:g} "
                                     "degC extrapolates it",
                                     pair.ion, glass.name, pair.lowest_temperature - celsius(0.0),
                                     pair.highest_temperature - celsius(0.0), temperature - celsius(0.0)));
    }
}

void warn_about_process(const Case& c, const exchange::Exchange& process, RunResult& result) {
    if (process.far_edge > 1e-3)
        warn(result,
             fmt::format(
                 "the concentration at the section's edge is {:.2g} of the peak: a section of {:.0f} um x {:.0f} um "
                 "would do",
                 process.far_edge, std::max(std::ceil(1e6 * process.wanted_width), 1e6 * c.section.width),
                 std::max(std::ceil(1e6 * process.wanted_depth), 1e6 * c.section.depth)));
    for (std::size_t k = 0; k < process.steps.size(); ++k) {
        const auto& step = process.steps[k];
        if (step.heating && step.heating->runaway > exchange::runaway_limit)
            warn(result,
                 fmt::format("process step {}: thermal runaway, delta = {:.3g} is above {:g}; the current heats the "
                             "glass by {:.0f} K or more",
                             k + 1, step.heating->runaway, exchange::runaway_limit, step.heating->temperature_rise));
        if (step.kind == exchange::StepKind::film && step.account.film_end < 0.0)
            warn(result, fmt::format("process step {}: the film is not used up when the step ends", k + 1));
    }
}

/// Largest index change at the surface and in all of the section.
std::pair<double, double> index_changes(const std::vector<glass::IonPair>& pairs, const exchange::Exchange& process,
                                        double wavelength) {
    const std::size_t size = process.mesh.size(), nx = static_cast<std::size_t>(process.mesh.nx());
    const auto largest = [&](const std::vector<double>& c, std::size_t count) {
        double value = 0.0;
        for (std::size_t i = 0; i < count; ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < pairs.size(); ++k)
                sum += pairs[k].index_change_mean(wavelength) * c[k * count + i];
            value = std::max(value, sum);
        }
        return value;
    };
    double peak = largest(process.c, size);
    // With one ion the peak lies between the cells as the process locates it.
    if (pairs.size() == 1) peak = pairs[0].index_change_mean(wavelength) * process.steps.back().peak;
    const double surface = largest(process.wall, nx);
    return {surface, std::max(surface, peak)};
}

void warn_about_elements(const Case& c, const ElementModes& modes, double wavelength, RunResult& result) {
    if (modes.modes.empty()) warn(result, fmt::format("no guided mode at {:g} nm", wavelength * 1e9));
    if (!modes.within_accuracy)
        warn(result,
             fmt::format("the modes are not known to {:g}: see their error bars", c.modes.accuracy.value_or(1e-8)));
    if (c.index && !c.index->boxes.empty() && (c.propagation || !c.coupling.empty()))
        warn(result,
             "light is propagated and coupled by scalar modes on the section's grid, which samples the drawn boxes");
}

}  // namespace

ExchangeCache::Result ExchangeCache::get(const std::string& hash, const std::function<Result()>& compute) {
    std::promise<Result> promise;
    std::shared_future<Result> future;
    bool mine = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = results_.find(hash);
        mine = found == results_.end();
        if (mine) results_.emplace(hash, promise.get_future().share());
        future = results_.at(hash);
    }
    if (mine) {
        try {
            promise.set_value(compute());
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    }
    return future.get();
}

exchange::ExchangeParams exchange_params(const Case& c, const glass::Glass& glass) {
    exchange::ExchangeParams p;
    p.pairs = exchanged_pairs(glass, c.process);
    p.cation_density = glass.cation_density;
    p.thermal_conductivity = glass.thermal_conductivity;
    if (c.mask) {
        for (const GuideConfig& guide : c.mask->guides) p.openings.push_back({guide.x, guide.width});
        p.mask = {c.mask->material, c.mask->potential, c.mask->contact_resistance};
    }
    p.width = c.section.width;
    p.depth = c.section.depth;
    p.thickness = c.glass->thickness;
    p.tolerance = c.numerics.process_tolerance;
    p.recipe = c.process;
    return p;
}

std::string process_hash(const Case& c) {
    // The mask's path, the cover and the grid of the light do not reach the ions.
    Case relevant = c;
    relevant.section.cover = "air";
    relevant.section.height = SectionConfig{}.height;
    relevant.section.resolution = SectionConfig{}.resolution;
    if (relevant.mask)
        for (GuideConfig& guide : relevant.mask->guides) guide.segments.clear();
    return sha256(resolved_text(relevant, {"glass", "section", "mask", "process", "numerics"}) +
                  record_text(RecordKind::glasses, c.glass->name, c.folder));
}

RunResult run_case(const Case& c, Until until, ExchangeCache& cache, Progress::Output output,
                   const std::filesystem::path& file) {
    RunResult result;
    result.title = c.title;
    result.polarization = word_of(c.polarization);
    result.mode_solver = word_of(c.mode_solver());
    result.slab = c.section.slab;
    std::optional<glass::Glass> glass;
    if (c.glass) {
        glass = load_glass(c.glass->name, c.folder);
        warn_about_glass(c, *glass, result);
        result.cation_density = glass->cation_density;
        result.section_width = c.section.width;
        if (std::any_of(c.process.begin(), c.process.end(), [](const auto& s) { return s.voltage.is_set(); }))
            result.haven = exchanged_pairs(*glass, c.process)[0].haven;
        result.stage_hashes["process"] = process_hash(c);
        result.process = timed(result, "process", output, [&](Progress& progress) {
            return cache.get(result.stage_hashes["process"], [&] {
                return std::make_shared<const exchange::Exchange>(
                    exchange::run_exchange(exchange_params(c, *glass), progress.observer()));
            });
        });
        warn_about_process(c, *result.process, result);
    }
    const std::string upstream = result.stage_hashes.count("process") ? result.stage_hashes["process"] : std::string();
    const std::string records = record_texts(c);
    result.stage_hashes["index"] =
        sha256(upstream + records + resolved_text(c, {"wavelength", "section", "index", "polarization"}));
    result.stage_hashes["modes"] = sha256(result.stage_hashes["index"] + resolved_text(c, {"modes"}));
    if (c.propagation)
        result.stage_hashes["propagation"] =
            sha256(result.stage_hashes["modes"] + resolved_text(c, {"mask", "propagation", "coupling"}));
    if (!c.coupling.empty())
        result.stage_hashes["coupling"] = sha256(result.stage_hashes["modes"] + resolved_text(c, {"coupling"}));

    ElementModeSolver element_modes(c, result.process.get(), glass ? &*glass : nullptr);
    for (const double wavelength : c.wavelengths) {
        WavelengthResult& light = result.wavelengths.emplace_back();
        light.wavelength = wavelength;
        if (glass) {
            std::tie(light.surface_index_change, light.peak_index_change) =
                index_changes(exchanged_pairs(*glass, c.process), *result.process, wavelength);
        }
        if (until == Until::process) continue;

        SectionIndex index(c, wavelength, result.process.get(), glass ? &*glass : nullptr);
        timed(result, "index", output, [&](Progress&) {
            index.set_grid(index.bulk_index(), c.section.resolution);
            light.index = index.section();
            light.index_x = index.section_along(glass::Along::x);
            light.index_y = index.section_along(glass::Along::y);
            light.absorption = index.absorption();
        });
        if (until == Until::index) continue;

        if (index.is_planar())
            timed(result, "modes", output, [&](Progress&) {
                light.planar_modes = compute_planar_modes(c, wavelength, *result.process, *glass);
            });
        else if (c.modes_on_elements())
            timed(result, "modes", output, [&](Progress&) { light.element_modes = element_modes.at(wavelength); });
        if (light.element_modes) {
            warn_about_elements(c, *light.element_modes, wavelength, result);
            // The light's own grid has modes of its own, for what travels on it.
            if (until == Until::modes || (!c.propagation && c.coupling.empty())) continue;
        }
        timed(result, "modes", output, [&](Progress&) { compute_modes(c, index, light); });
        if (const double jump = modes::largest_jump(light.index, c.field_axis());
            jump > modes::weak_jump && index.stepped() == Polarization::scalar)
            warn(result,
                 fmt::format("the index changes by {:.2g} of itself between neighbouring points along the field: what "
                             "polarisation adds there is known within a tenth",
                             jump));
        for (const ModeResult& mode : light.modes) {
            const auto& f = mode.figures;
            if (const double near = std::max({f.near_left, f.near_right, f.near_bottom}); near > 1e-4)
                warn(
                    result,
                    fmt::format(
                        "a mode (n_eff {:.6f}) carries {:.2g} of its power next to a wall: a larger section changes it",
                        mode.n_eff, near));
        }
        if (light.modes.empty())
            warn(result, fmt::format("no guided mode at {:g} nm{}", wavelength * 1e9,
                                     c.glass && !c.mask
                                         ? ": without a mask the guide is planar, and nothing holds light sideways"
                                         : ""));
        if (until == Until::modes || light.modes.empty()) continue;

        const auto end_modes =
            c.propagation || !c.coupling.empty()
                ? timed(result, "modes", output, [&](Progress&) { return output_modes(c, index, light); })
                : std::vector<modes::Mode>{};
        if (c.propagation)
            timed(result, "propagation", output, [&](Progress& progress) {
                std::filesystem::path stopped = file;
                if (!file.empty()) stopped += fmt::format(".w{}.checkpoint", result.wavelengths.size() - 1);
                const Checkpoint checkpoint(stopped,
                                            result.stage_hashes["propagation"] + fmt::format("{:a}", wavelength));
                light.propagation = run_propagation(c, index, light, static_cast<int>(result.wavelengths.size()) - 1,
                                                    end_modes, checkpoint, progress.observer(), result.warnings);
            });
        if (until == Until::propagation || c.coupling.empty()) continue;
        timed(result, "coupling", output, [&](Progress&) { compute_coupling(c, light, end_modes, result.warnings); });
    }
    std::sort(result.warnings.begin(), result.warnings.end());
    result.warnings.erase(std::unique(result.warnings.begin(), result.warnings.end()), result.warnings.end());
    return result;
}

}  // namespace vitral::app
