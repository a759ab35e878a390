#include "app/stages/process.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace vitral::stages {

ExchangeCache::Result ExchangeCache::get(const std::string& key, const std::function<Result()>& compute) {
    std::promise<Result> promise;
    std::shared_future<Result> future;
    bool mine = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = results_.find(key);
        mine = found == results_.end();
        if (mine) results_.emplace(key, promise.get_future().share());
        future = results_.at(key);
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

ProcessView view_of(const ProcessParams& params, std::shared_ptr<const exchange::Exchange> process, double wavelength,
                    const Window& section) {
    ProcessView view;
    const auto& pairs = params.pairs;
    const std::size_t size = process->mesh.size(), nx = static_cast<std::size_t>(process->mesh.nx());
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
    double peak = largest(process->c, size);
    // With one ion the peak lies between the cells as the process locates it.
    if (pairs.size() == 1) peak = pairs[0].index_change_mean(wavelength) * process->steps.back().peak;
    view.surface_index_change = largest(process->wall, nx);
    view.peak_index_change = std::max(view.surface_index_change, peak);
    view.cation_density = params.cation_density;
    if (std::any_of(params.recipe.begin(), params.recipe.end(), [](const auto& s) { return s.voltage.is_set(); }))
        view.haven = pairs[0].haven;
    view.section = section;
    view.exchange = std::move(process);
    return view;
}

void warn_about_section(const ProcessParams& params, const exchange::Exchange& process,
                        std::vector<std::string>& warnings) {
    if (process.far_edge > 1e-3)
        warnings.push_back(
            fmt::format("the concentration at the section's edge is {:.2g} of the peak: a section of {:.0f} um x "
                        "{:.0f} um would do",
                        process.far_edge, std::max(std::ceil(1e6 * process.wanted_width), 1e6 * params.width),
                        std::max(std::ceil(1e6 * process.wanted_depth), 1e6 * params.depth)));
}

void warn_about_steps(const exchange::Exchange& process, std::vector<std::string>& warnings) {
    for (std::size_t k = 0; k < process.steps.size(); ++k) {
        const auto& step = process.steps[k];
        if (step.heating && step.heating->runaway > exchange::runaway_limit)
            warnings.push_back(
                fmt::format("process step {}: thermal runaway, delta = {:.3g} is above {:g}; the current heats the "
                            "glass by {:.0f} K or more",
                            k + 1, step.heating->runaway, exchange::runaway_limit, step.heating->temperature_rise));
        if (step.kind == StepKind::film && step.account.film_end < 0.0)
            warnings.push_back(fmt::format("process step {}: the film is not used up when the step ends", k + 1));
    }
}

}  // namespace vitral::stages
