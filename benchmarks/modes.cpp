/// The modes of glass and silicon; n_eff is checked against the references before anything is timed.
#include "modes/grid/scalar_modes.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <string>

#include "modes/elements/mode_continuation.hpp"
#include "modes/elements/section_modes.hpp"
#include "tests/support/exact/guides.hpp"
#include "tests/support/sections.hpp"

using namespace vitral;
using Guide = exact::BuriedGuide;

namespace {

void solve(benchmark::State& state) {
    const double resolution = static_cast<double>(state.range(0)) * 1e-9;
    const IndexMap n = sample(Guide::grid(60e-6, 30e-6, resolution), Guide{});
    const auto set = modes::scalar_modes(n, Guide::wavelength, {.count = 2});
    const double error = set.modes.empty() ? 1.0 : std::abs(set.modes[0].n_eff - Guide::n_eff);
    if (!set.report || set.modes.size() != 2 || error > 1e-6) {
        state.SkipWithError("wrong answer: n_eff is off by more than 1e-6");
        return;
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(modes::scalar_modes(n, Guide::wavelength, {.count = 2}).modes[0].n_eff);
    state.counters["points"] = static_cast<double>(n.values.size());
    state.counters["error_of_n_eff"] = error;
    state.counters["iterations_of_Davidson"] = set.report.iterations;
}

/// The solver on elements, its search, window and three levels included.
struct OnElements {
    const char* name;
    vitral::Section section;
    modes::SectionModesParams wish;
    std::vector<double> n_eff;  ///< of the references
    double allowed;
};

void solve_on_elements(benchmark::State& state, const OnElements& task) {
    const auto set = modes::section_modes(task.section, task.wish);
    double error = set.modes.size() < task.n_eff.size() ? 1.0 : 0.0;
    for (std::size_t m = 0; error < 1.0 && m < task.n_eff.size(); ++m)
        error = std::max(error, std::abs(set.modes[m].n_eff.real() - task.n_eff[m]));
    if (error > task.allowed) {
        state.SkipWithError("wrong answer: n_eff is off by more than is allowed");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(modes::section_modes(task.section, task.wish).modes[0].n_eff);
    state.counters["error_of_n_eff"] = error;
    state.counters["unknowns"] = set.unknowns;
    state.counters["MiB_of_factors"] = static_cast<double>(set.bytes) / 1048576.0;
}

/// Twenty wavelengths half a nanometre apart: how many single solutions they cost; times ten is a sweep of 200.
void follow(benchmark::State& state, const OnElements& task) {
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        const auto set = modes::section_modes(task.section, task.wish);
        const auto cold = std::chrono::steady_clock::now();
        modes::ModeContinuation continuation(set, task.wish);
        for (int i = 1; i < 20; ++i)
            if (!continuation.next(task.section, task.wish.wavelength + i * 0.5e-9)) {
                state.SkipWithError("wrong answer: a mode was lost");
                return;
            }
        const std::chrono::duration<double> one = cold - begin, rest = std::chrono::steady_clock::now() - cold;
        state.counters["solutions_for_200_wavelengths"] = 10.0 * (1.0 + rest.count() / one.count());
    }
}

}  // namespace

BENCHMARK(solve)->Name("modes/scalar, spacing in nm")->Arg(500)->Arg(250)->Arg(125)->Unit(benchmark::kMillisecond);

namespace {

const bool registered = [] {
    using modes::WaveEquation;
    const auto buried = sections::Exchanged{.depth = 6e-6}.section();
    const std::vector<OnElements> tasks = {
        {"buried guide, scalar",
         buried,
         {.equation = WaveEquation::scalar, .wavelength = 1.31e-6, .count = 1},
         {1.5077684082798892},
         5e-8},
        {"buried guide, full vector, both polarisations",
         buried,
         {.wavelength = 1.31e-6, .count = 2},
         {1.5077629380532245, 1.5077567941871493},
         5e-8},
        {"silicon strip",
         sections::wire(0.45e-6, 0.22e-6, 3.476, 1.444),
         {.wavelength = 1.55e-6, .count = 1},
         {2.35315344},
         3e-8},
        {"silicon tip",
         sections::wire(0.15e-6, 0.22e-6, 3.476, 1.444),
         {.wavelength = 1.55e-6, .count = 2},
         {1.46304516, 1.4465316},
         2e-7},
    };
    for (const OnElements& task : tasks) {
        benchmark::RegisterBenchmark((std::string("modes/elements/") + task.name).c_str(), solve_on_elements, task)
            ->Unit(benchmark::kMillisecond);
        if (task.wish.equation == WaveEquation::full_vector && task.n_eff[0] != 1.46304516)
            benchmark::RegisterBenchmark((std::string("modes/wavelengths/") + task.name).c_str(), follow, task)
                ->Iterations(1)
                ->Unit(benchmark::kMillisecond);
    }
    return true;
}();

}  // namespace
