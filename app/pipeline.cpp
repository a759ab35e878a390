#include "app/pipeline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/case_schema.hpp"
#include "app/light_stages.hpp"
#include "app/materials.hpp"
#include "app/section_index.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "core/units.hpp"

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
    const glass::IonPair& pair = exchanged_pair(glass, c.process);
    const bool has_field =
        std::any_of(c.process.begin(), c.process.end(), [](const auto& s) { return s.voltage != 0.0; });
    for (const std::string& name : pair.placeholders)
        if (name != "haven" || has_field)
            warn(result, fmt::format("{} of {} in {} is a placeholder, an estimate without a source", name, pair.ion,
                                     glass.name));
    for (const auto& step : c.process)
        if (step.temperature < pair.lowest_temperature || step.temperature > pair.highest_temperature)
            warn(result, fmt::format("the diffusivity of {} in {} was measured from {:g} to {:g} degC; a step at {:g} "
                                     "degC extrapolates it",
                                     pair.ion, glass.name, pair.lowest_temperature - celsius(0.0),
                                     pair.highest_temperature - celsius(0.0), step.temperature - celsius(0.0)));
}

void warn_about_process(const Case& c, const exchange::Exchange& process, RunResult& result) {
    if (process.far_edge > 1e-3)
        warn(result, fmt::format("the concentration at the section's edge is {:.2g} of the peak: a section of {:.0f} "
                                 "um x {:.0f} um would do",
                                 process.far_edge, 1.5e6 * c.section.width, 1.5e6 * c.section.depth));
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
    p.pair = exchanged_pair(glass, c.process);
    if (c.mask)
        for (const GuideConfig& guide : c.mask->guides) p.openings.push_back({guide.x, guide.width});
    p.width = c.section.width;
    p.depth = c.section.depth;
    p.thickness = c.glass->thickness;
    p.resolution = c.section.resolution;
    p.tolerance = c.numerics.process_tolerance;
    p.recipe = c.process;
    return p;
}

std::string process_hash(const Case& c) {
    // What the mask's path and the cover are does not reach the ions.
    Case relevant = c;
    relevant.section.cover = "air";
    relevant.section.height = SectionConfig{}.height;
    if (relevant.mask)
        for (GuideConfig& guide : relevant.mask->guides) guide.segments.clear();
    return sha256(resolved_text(relevant, {"glass", "section", "mask", "process", "numerics"}) +
                  record_text(RecordKind::glasses, c.glass->name, c.folder));
}

RunResult run_case(const Case& c, Until until, ExchangeCache& cache, Progress::Output output) {
    RunResult result;
    result.title = c.title;
    std::optional<glass::Glass> glass;
    if (c.glass) {
        glass = load_glass(c.glass->name, c.folder);
        warn_about_glass(c, *glass, result);
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
    result.stage_hashes["index"] = sha256(upstream + records + resolved_text(c, {"wavelength", "section", "index"}));
    result.stage_hashes["modes"] = sha256(result.stage_hashes["index"] + resolved_text(c, {"modes", "polarization"}));
    if (c.propagation)
        result.stage_hashes["propagation"] =
            sha256(result.stage_hashes["modes"] + resolved_text(c, {"mask", "propagation", "coupling"}));
    if (!c.coupling.empty())
        result.stage_hashes["coupling"] = sha256(result.stage_hashes["modes"] + resolved_text(c, {"coupling"}));

    for (const double wavelength : c.wavelengths) {
        WavelengthResult& light = result.wavelengths.emplace_back();
        light.wavelength = wavelength;
        if (glass) {
            const auto& pair = exchanged_pair(*glass, c.process);
            const auto& process = *result.process;
            const double change = pair.index_change(wavelength);
            light.peak_index_change = change * process.steps.back().peak;
            double surface = 0.0;
            for (int ix = 0; ix < process.mesh.nx(); ++ix)
                surface = std::max(surface, process.c_hat[process.mesh.index(ix, process.mesh.ny() - 1)]);
            light.surface_index_change = change * surface;
        }
        if (until == Until::process) continue;

        SectionIndex index(c, wavelength, result.process.get(), glass ? &*glass : nullptr);
        timed(result, "index", output, [&](Progress&) {
            index.set_grid(index.bulk_index(), c.section.resolution);
            light.index = index.section();
        });
        if (until == Until::index) continue;

        timed(result, "modes", output, [&](Progress&) { compute_modes(c, index, light); });
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
                light.propagation = run_propagation(c, index, light, end_modes, progress.observer(), result.warnings);
            });
        if (until == Until::propagation || c.coupling.empty()) continue;
        timed(result, "coupling", output, [&](Progress&) { compute_coupling(c, light, end_modes, result.warnings); });
    }
    std::sort(result.warnings.begin(), result.warnings.end());
    result.warnings.erase(std::unique(result.warnings.begin(), result.warnings.end()), result.warnings.end());
    return result;
}

}  // namespace vitral::app
