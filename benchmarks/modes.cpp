/// The scalar modes of the buried guide; n_eff is checked against the reference before anything is timed.
#include "modes/scalar_modes.hpp"

#include <benchmark/benchmark.h>

#include <cmath>

#include "tests/support/exact/guides.hpp"

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

}  // namespace

BENCHMARK(solve)->Name("modes/scalar, spacing in nm")->Arg(500)->Arg(250)->Arg(125)->Unit(benchmark::kMillisecond);
