/// One step of each propagator on the buried guide, and the memory copy that no step can be faster than.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstring>

#include "core/inner_product.hpp"
#include "modes/scalar_modes.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::propagation;
using Guide = exact::BuriedGuide;

namespace {

/// A section of n x n points, the guide in it, and its mode as the launch.
struct Setup {
    Grid grid;
    IndexMap index;
    Field<Complex> launch;
    double n_eff;
    explicit Setup(int n) : grid(Guide::grid(60e-6, 30e-6, 60e-6 / n)), index(sample(grid, Guide{})) {
        const auto mode = modes::scalar_modes(index, Guide::wavelength, {.count = 1}).modes.at(0);
        launch = Field<Complex>(grid);
        std::copy(mode.psi.values.begin(), mode.psi.values.end(), launch.values.begin());
        n_eff = mode.n_eff;
    }
};

/// 20 steps of 2 µm; the mode must come out as it went in, or nothing is timed.
template <Method method>
void step(benchmark::State& state) {
    const Setup setup(static_cast<int>(state.range(0)));
    const PropagationParams params{.method = method,
                                   .wavelength = Guide::wavelength,
                                   .n_ref = setup.n_eff,
                                   .length = 40e-6,
                                   .dz_target = 2e-6,
                                   .records = 1,
                                   .absorber = {6e-6, 3e-6}};
    const StraightIndex index(setup.index);
    const auto out = propagate(setup.launch, index, params);
    if (std::abs(std::norm(inner_product(setup.launch, out.psi)) - 1.0) > 1e-6) {
        state.SkipWithError("wrong answer: the mode does not keep its power");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(propagate(setup.launch, index, params).removed);
    state.counters["point_steps"] = benchmark::Counter(static_cast<double>(setup.grid.size()) * out.steps,
                                                       benchmark::Counter::kIsIterationInvariantRate);
}

void copy(benchmark::State& state) {
    const auto points = static_cast<std::size_t>(state.range(0) * state.range(0) / 2);
    std::vector<Complex> from(points, Complex(1.0)), to(points);
    for (auto _ : state) {
        std::memcpy(static_cast<void*>(to.data()), from.data(), points * sizeof(Complex));
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    state.counters["point_steps"] =
        benchmark::Counter(static_cast<double>(points), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

BENCHMARK(step<Method::split_step>)
    ->Name("propagation/split-step")
    ->Arg(120)
    ->Arg(240)
    ->Arg(480)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(step<Method::finite_difference>)
    ->Name("propagation/finite-difference")
    ->Arg(120)
    ->Arg(240)
    ->Arg(480)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(copy)
    ->Name("propagation/copy of the field (floor)")
    ->Arg(120)
    ->Arg(240)
    ->Arg(480)
    ->Unit(benchmark::kMicrosecond);
