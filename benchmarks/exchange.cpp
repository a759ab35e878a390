/// Time steps of the exchange: through a window (checked against the reference dose), and under field.
#include "diffusion/exchange/exchange.hpp"

#include <benchmark/benchmark.h>

#include <cmath>

#include "tests/support/exact/mask_window.hpp"

using namespace vitral::exchange;

namespace {

ExchangeParams window() {
    ExchangeParams p;
    p.pair = {.ion = "Ag", .D_A0 = 1e-15, .activation_energy = 0.0, .M = 0.5};
    p.openings = {{0.0, 4e-6}};
    p.width = 60e-6;
    p.depth = 30e-6;
    p.thickness = 1e-3;
    p.tolerance = 2e-4;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 1.0,
                 .temperature = 600.0,
                 .duration = 9e-12 / 4e-15}};
    return p;
}

ExchangeParams burial() {
    ExchangeParams p = window();
    p.pair = {.ion = "Ag", .D_A0 = 1.156e-7, .activation_energy = 84810.0, .M = 0.182, .haven = 0.35};
    p.openings = {{0.0, 3e-6}};
    p.recipe = {
        {.kind = StepKind::exchange, .ion = "Ag", .surface_fraction = 0.4, .temperature = 553.15, .duration = 1800.0},
        {.kind = StepKind::field_assisted,
         .ion = "Na",
         .temperature = 523.15,
         .duration = 3600.0,
         .voltage = 100.0,
         .mask = MaskUse::none},
        {.kind = StepKind::anneal, .temperature = 523.15, .duration = 1200.0}};
    return p;
}

void count(benchmark::State& state, const Exchange& e) {
    double steps = 0.0;
    for (const auto& step : e.steps) steps += step.account.steps + step.account.rejected;
    state.counters["cells"] = static_cast<double>(e.mesh.size());
    state.counters["time_steps"] = steps;
    state.counters["cell_steps"] =
        benchmark::Counter(steps * static_cast<double>(e.mesh.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void thermal_window(benchmark::State& state) {
    const Exchange e = run_exchange(window());
    const double error = std::abs(e.steps[0].dose * 1e12 / vitral::exact::window_dose_nonlinear_um2 - 1.0);
    if (error > 1e-3 || e.steps[0].mass_imbalance > 1e-10) {
        state.SkipWithError("wrong answer: the dose is off by more than 1e-3");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_exchange(window()).far_edge);
    count(state, e);
    state.counters["error_of_dose"] = error;
}

/// The whole recipe of the flagship example; no closed answer exists, so it is checked against a run refined twice in time.
void buried_recipe(benchmark::State& state) {
    const Exchange e = run_exchange(burial());
    ExchangeParams fine = burial();
    fine.tolerance = 2e-5;
    const Exchange reference = run_exchange(fine);
    double error = 0.0;
    for (std::size_t i = 0; i < e.c_hat.size(); ++i) error = std::max(error, std::abs(e.c_hat[i] - reference.c_hat[i]));
    if (error > 1e-3 || e.steps.back().peak_depth < 5e-6) {
        state.SkipWithError("wrong answer: more than 1e-3 in C away from the refined run");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_exchange(burial()).far_edge);
    count(state, e);
    state.counters["time_error_in_C"] = error;
}

}  // namespace

BENCHMARK(thermal_window)->Name("exchange/thermal, 4 um window")->Unit(benchmark::kMillisecond);
BENCHMARK(buried_recipe)
    ->Name("exchange/buried guide: exchange, field, anneal")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
