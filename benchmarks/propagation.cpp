/// The propagation engines: the cost of a step beside a pair of FFTW transforms and two products of the same size and
/// precision, measured in turn with it; the floor of a copy; threads; and error against time on three known answers.
#include <benchmark/benchmark.h>
#include <fftw3.h>
#include <omp.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "medium/moved_section.hpp"
#include "modes/grid/scalar_modes.hpp"
#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/fft.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/line_kernels.hpp"
#include "solver/propagation/observables.hpp"
#include "solver/propagation/propagate.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;
using Guide = exact::BuriedGuide;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// The graded guide of the accuracy problem on n x n points over 96 µm, a Gaussian launched beside its axis.
struct Section {
    Grid grid;
    StraightIndex index;
    Field<Complex> launch;
    explicit Section(int n)
        : grid{{-48e-6, 96e-6 / n, n}, {-48e-6, 96e-6 / n, n}},
          index(sample(grid,
                       [](double x, double y) {
                           return 1.503 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow(y / 3e-6, 2));
                       })),
          launch(sample(grid, [](double x, double y) {
              return Complex(GaussianBeam{5.2e-6, 5.2e-6, 1e-6, 0.5e-6}(x, y));
          })) {}
    [[nodiscard]] IndexMap index_map() const {
        IndexMap n(grid);
        index.at(0.0, n);
        return n;
    }
    [[nodiscard]] EngineParams engine(const Variant& v, int threads) const {
        EngineParams p = v.engine;
        p.wavelength = 1.55e-6;
        p.n_ref = 1.503;
        p.edges = {9e-6, 9e-6, 9e-6};
        p.threads = threads;
        return p;
    }
};

/// Two plane transforms and two products: what a plain split-step loop does in a step.
template <typename T>
class TransformPair {
public:
    explicit TransformPair(int n) : n_(n), field_(static_cast<std::size_t>(n) * n), factor_(field_.size()) {
        plan();
        for (std::size_t i = 0; i < field_.size(); ++i) {
            field_[i] = static_cast<T>(std::exp(-1e-5 * static_cast<double>(i)));
            factor_[i] = static_cast<T>(1.0 / n);
        }
    }
    ~TransformPair() {
        if constexpr (sizeof(T) == 8)
            fftw_destroy_plan(forward_), fftw_destroy_plan(backward_);
        else
            fftwf_destroy_plan(forward_), fftwf_destroy_plan(backward_);
    }
    TransformPair(const TransformPair&) = delete;
    TransformPair& operator=(const TransformPair&) = delete;
    void step() {
        const auto& kernel = kernels::line_kernels<T>();
        const int count = n_ * n_;
        execute(forward_);
        kernel.multiply(reinterpret_cast<T*>(field_.data()), reinterpret_cast<const T*>(factor_.data()), count);
        execute(backward_);
        kernel.multiply(reinterpret_cast<T*>(field_.data()), reinterpret_cast<const T*>(factor_.data()), count);
    }

private:
    using Plan = std::conditional_t<sizeof(T) == 8, fftw_plan, fftwf_plan>;
    void plan() {
        if constexpr (sizeof(T) == 8) {
            auto* at = reinterpret_cast<fftw_complex*>(field_.data());
            forward_ = fftw_plan_dft_2d(n_, n_, at, at, FFTW_FORWARD, FFTW_MEASURE);
            backward_ = fftw_plan_dft_2d(n_, n_, at, at, FFTW_BACKWARD, FFTW_MEASURE);
        } else {
            auto* at = reinterpret_cast<fftwf_complex*>(field_.data());
            forward_ = fftwf_plan_dft_2d(n_, n_, at, at, FFTW_FORWARD, FFTW_MEASURE);
            backward_ = fftwf_plan_dft_2d(n_, n_, at, at, FFTW_BACKWARD, FFTW_MEASURE);
        }
    }
    void execute(Plan p) {
        if constexpr (sizeof(T) == 8)
            fftw_execute(p);
        else
            fftwf_execute(p);
    }
    int n_;
    kernels::AlignedArray<std::complex<T>> field_, factor_;
    Plan forward_, backward_;
};

/// One step at a time beside one pair of transforms; the ratio is that of the least times, which others on the machine
/// disturb least.
template <typename T>
void step(benchmark::State& state, Variant v) {
    kernels::set_planning(kernels::Planning::wisdom);
    const kernels::FlushDenormals flush;
    const int n = static_cast<int>(state.range(0));
    const Section s(n);
    const auto engine = make_engine(s.index, s.engine(v, 1));
    TransformPair<T> pair(n);
    engine->load(s.launch);
    engine->march(0.0, 1e-6, 2);
    const int steps = std::max(8, 1000000 / n / n);
    double ours = std::numeric_limits<double>::infinity(), theirs = ours;
    for (auto _ : state) {
        double start = now();
        engine->march(0.0, 1e-6, steps);
        ours = std::min(ours, (now() - start) / steps);
        start = now();
        for (int i = 0; i < steps; ++i) pair.step();
        theirs = std::min(theirs, (now() - start) / steps);
    }
    Field<Complex> psi(s.grid);
    engine->store(psi);
    if (std::abs(power(psi) + engine->removed().total() - 1.0) > (sizeof(T) == 8 ? 1e-9 : 1e-3))
        state.SkipWithError("wrong answer: power does not add up");
    state.counters["ns_per_point"] = 1e9 * ours / n / n;
    state.counters["ratio_to_transforms"] = ours / theirs;
}

/// A step whose index is renewed (the guide moved along a path) beside one whose index stays.
void renewed(benchmark::State& state, Variant v) {
    kernels::set_planning(kernels::Planning::wisdom);
    const kernels::FlushDenormals flush;
    const int n = static_cast<int>(state.range(0));
    const Section s(n);
    IndexMap map(s.grid);
    s.index.at(0.0, map);
    const medium::MovedSection moved(map, GuidePath(0.0, {{1e-3, 10e-6}}));
    const auto still = make_engine(s.index, s.engine(v, 1)), moving = make_engine(moved, s.engine(v, 1));
    double times[2] = {1e9, 1e9};
    for (auto _ : state)
        for (int k = 0; k < 2; ++k) {
            Engine& engine = k == 0 ? *still : *moving;
            engine.load(s.launch);
            engine.march(0.0, 1e-6, 2);
            const double start = now();
            engine.march(0.0, 1e-6, std::max(4, 1000000 / n / n));
            times[k] = std::min(times[k], now() - start);
        }
    Field<Complex> psi(s.grid);
    moving->store(psi);
    if (std::abs(power(psi) + moving->removed().total() - 1.0) > (v.single() ? 1e-3 : 1e-9))
        state.SkipWithError("wrong answer: power does not add up");
    state.counters["ratio_to_still"] = times[1] / times[0];
}

/// Two threads beside one.
void threads(benchmark::State& state, Variant v) {
    kernels::set_planning(kernels::Planning::wisdom);
    const int n = static_cast<int>(state.range(0));
    const Section s(n);
    const auto one = make_engine(s.index, s.engine(v, 1)), two = make_engine(s.index, s.engine(v, 2));
    double times[2] = {1e9, 1e9};
    for (auto _ : state)
        for (int k = 0; k < 2; ++k) {
            Engine& engine = k == 0 ? *one : *two;
            engine.load(s.launch);
            const double start = now();
            engine.march(0.0, 1e-6, std::max(2, 2000000 / n / n));
            times[k] = std::min(times[k], now() - start);
        }
    Field<Complex> a(s.grid), b(s.grid);
    one->store(a);
    two->store(b);
    if (a.values != b.values) state.SkipWithError("wrong answer: the bits depend on the number of threads");
    state.counters["speedup"] = times[0] / times[1];
}

void copy(benchmark::State& state) {
    const auto points = static_cast<std::size_t>(state.range(0) * state.range(0));
    std::vector<Complex> from(points, Complex(1.0)), to(points);
    for (auto _ : state) {
        std::memcpy(static_cast<void*>(to.data()), from.data(), points * sizeof(Complex));
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(points) * 32);
}

/// What watching costs: a straight march of 1000 steps with 100 records of the power, the powers in four modes, centre and
/// width, against the same march with one record. `share` is what the records add, of the march.
void observers(benchmark::State& state, Variant v) {
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const Section s(static_cast<int>(state.range(0)));
    const auto set = modes::scalar_modes(s.index_map(), 1.55e-6, {.count = 1}).modes;
    const std::vector<Field<double>> watched(4, set.at(0).psi);
    const auto seconds = [&](int records, bool watching) {
        propagation::Watcher watch;
        double kept = 0.0;
        if (watching) {
            watch.powers = [&](double, const Field<Complex>& psi) {
                std::vector<double> powers;
                for (const Complex overlap : propagation::overlaps(watched, psi)) powers.push_back(std::norm(overlap));
                return powers;
            };
            watch.record = [&](double, const Field<Complex>&, const BeamMoments& beam, const std::vector<double>&,
                               double) { kept += beam.width_x; };
        }
        const double start = now();
        const auto out = propagation::propagate(
            s.launch, s.index, {.engine = s.engine(v, 1), .length = 1e-3, .dz = 1e-6, .records = records}, watch);
        benchmark::DoNotOptimize(kept + out.launched);
        return now() - start;
    };
    std::vector<double> shares;
    for (auto _ : state) {
        const double without = seconds(1, false), with = seconds(100, true);
        state.SetIterationTime(with);
        shares.push_back(with / without - 1.0);
    }
    std::sort(shares.begin(), shares.end());
    state.counters["share"] = shares[shares.size() / 2];
    omp_set_num_threads(threads);
}

/// Error against time: set-up apart, one thread, spacing and step in nanometres as arguments.
struct Answer {
    double value, reference;
    double seconds;
};

/// A march of `length` in steps of dz, set-up apart, from a field through an index.
struct TimedMarch {
    Field<Complex> psi;
    double seconds = 0.0;
    TimedMarch(Engine& engine, const Field<Complex>& launch, double length, double dz) : psi(launch.grid) {
        const int steps = static_cast<int>(std::lround(length / dz));
        engine.load(launch);
        const double start = now();
        engine.march(0.0, length / steps, steps);
        seconds = now() - start;
        engine.store(psi);
    }
};

/// A Gaussian launched into a guide in a window of 160 µm, points 0.5 µm apart, on a grid that thins out by the ratio given:
/// what share of the points is left, and how far what is guided after 400 µm is off the uniform grid's.
void graded(benchmark::State& state) {
    const auto guided = [](const Axis& axis, double& seconds, std::size_t& points) {
        const Grid grid{axis, axis};
        const auto light = [&](double w, double x0) { return light_on(grid, GaussianBeam{w, w, x0, 0.0}); };
        const StraightIndex index(sample(grid, [](double x, double y) {
            return 1.503 + 0.010 * std::exp(-std::pow(x / 4e-6, 2) - std::pow(y / 3e-6, 2));
        }));
        EngineParams p{.method = Method::finite_difference, .wavelength = 1.55e-6, .n_ref = 1.503};
        p.edges = {16e-6, 16e-6, 16e-6};
        p.threads = 1;
        const TimedMarch march(*make_engine(index, p), light(5.2e-6, 1e-6), 400e-6, 2e-6);
        seconds = march.seconds;
        points = grid.size();
        return std::norm(inner_product(light(4e-6, 0.0), march.psi));
    };
    const Axis uniform{-80e-6, 0.5e-6, 320};
    double seconds = 0.0, of_uniform = 0.0, value = 0.0;
    std::size_t points = 0, of_uniform_points = 0;
    const double reference = guided(uniform, of_uniform, of_uniform_points);
    for (auto _ : state) {
        value = guided(graded_axis(-80e-6, 80e-6, 0.5e-6, {-14e-6, 14e-6, 14e-6, static_cast<double>(state.range(0))}),
                       seconds, points);
        state.SetIterationTime(seconds);
    }
    if (std::abs(value / reference - 1.0) > 1e-4) state.SkipWithError("wrong answer: not that of the uniform grid");
    state.counters["share_of_points"] = static_cast<double>(points) / static_cast<double>(of_uniform_points);
    state.counters["share_of_time"] = seconds / of_uniform;
    state.counters["off"] = std::abs(value / reference - 1.0);
}

Answer launch_into_guide(const Variant& v, double h, double dz) {
    const Section s(static_cast<int>(std::lround(96e-6 / h)));
    const auto receiver = sample(s.grid, [](double x, double y) {
        return Complex(GaussianBeam{5.2e-6, 5.2e-6}(x, y));
    });
    auto p = s.engine(v, 1);
    p.edges = {};
    const auto engine = make_engine(s.index, p);
    const int steps = static_cast<int>(std::lround(400e-6 / dz));
    engine->load(s.launch);
    engine->march(0.0, 400e-6 / steps, 1);
    const TimedMarch run(*engine, s.launch, 400e-6, dz);
    return {std::norm(inner_product(receiver, run.psi)), v.paraxial() ? 0.869985 : 0.870007, run.seconds};
}

Answer coupler(const Variant& v, double h, double dz) {
    const Grid grid = Guide::grid(60e-6, 28e-6, h);
    const Guide right{6e-6}, left{-6e-6};
    const auto mode1 = fundamental(sample(grid, right), Guide::wavelength),
               mode2 = fundamental(sample(grid, left), Guide::wavelength);
    const StraightIndex pair(
        sample(grid, [&](double x, double y) { return Guide::n_substrate + right.rise(x, y) + left.rise(x, y); }));
    EngineParams p = v.engine;
    p.wavelength = Guide::wavelength;
    p.n_ref = mode1.n_eff;
    p.edges = {6e-6, 3e-6};
    p.threads = 1;
    const auto engine = make_engine(pair, p);
    const TimedMarch run(*engine, as_complex(mode1.psi), 10e-3, dz);
    return {std::norm(inner_product(mode2.psi, run.psi)), 0.4744429932328577, run.seconds};
}

Answer s_bend(const Variant& v, double h, double dz) {
    const Grid grid = Guide::grid(100e-6, 32e-6, h);
    const IndexMap start_section = sample(grid, Guide{-25e-6});
    const auto in = fundamental(start_section, Guide::wavelength),
               end = fundamental(sample(grid, Guide{25e-6}), Guide::wavelength);
    const medium::MovedSection bend(start_section, GuidePath(0.0, {{1e-3, 50e-6}}));
    EngineParams p = v.engine;
    p.wavelength = Guide::wavelength;
    p.n_ref = in.n_eff;
    p.edges = {10e-6, 4e-6};
    p.threads = 1;
    const auto engine = make_engine(bend, p);
    const TimedMarch run(*engine, as_complex(in.psi), 1e-3, dz);
    return {std::norm(inner_product(end.psi, run.psi)), v.paraxial() ? 0.9115934108656951 : 0.9121262830881945,
            run.seconds};
}

void accuracy(benchmark::State& state, Answer (*problem)(const Variant&, double, double), Variant v) {
    kernels::set_planning(kernels::Planning::wisdom);
    const double h = static_cast<double>(state.range(0)) * 1e-9, dz = static_cast<double>(state.range(1)) * 1e-9;
    double least = std::numeric_limits<double>::infinity(), error = 0.0;
    for (auto _ : state) {
        const Answer a = problem(v, h, dz);
        least = std::min(least, a.seconds);
        error = std::abs(10.0 * std::log10(a.value / a.reference));
        state.SetIterationTime(a.seconds);
    }
    if (!(error < 0.3)) state.SkipWithError("wrong answer: more than 0.3 dB off");
    state.counters["error_dB"] = error;
    state.counters["milliseconds"] = 1e3 * least;
}

using Problem = Answer (*)(const Variant&, double, double);

const bool registered = [] {
    using benchmark::RegisterBenchmark;
    RegisterBenchmark("propagation/graded", graded)
        ->Arg(2)
        ->Arg(4)
        ->Iterations(3)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    for (const Variant& v : variants())
        if (v.paraxial() && !v.slow())
            RegisterBenchmark(("propagation/observers/" + v.name).c_str(), observers, v)
                ->Arg(256)
                ->Iterations(3)
                ->UseManualTime()
                ->Unit(benchmark::kMillisecond);
    for (const Variant& v : variants()) {
        const bool heavy = !v.paraxial();
        for (const int n : {256, 512, 1024}) {
            if (heavy && n > 256) continue;
            const auto name = "propagation/step/" + v.name;
            if (v.single())
                RegisterBenchmark(name.c_str(), step<float>, v)
                    ->Arg(n)
                    ->Iterations(heavy ? 2 : 8)
                    ->Unit(benchmark::kMillisecond);
            else
                RegisterBenchmark(name.c_str(), step<double>, v)
                    ->Arg(n)
                    ->Iterations(heavy ? 2 : 8)
                    ->Unit(benchmark::kMillisecond);
        }
        if (!heavy)
            for (const int n : {128, 256, 512})
                RegisterBenchmark(("propagation/index renewed/" + v.name).c_str(), renewed, v)
                    ->Arg(n)
                    ->Iterations(5)
                    ->Unit(benchmark::kMillisecond);
        if (!heavy && v.engine.splitting == Splitting::strang)
            for (const int n : {128, 256, 512, 1024})
                RegisterBenchmark(("propagation/two threads/" + v.name).c_str(), threads, v)
                    ->Arg(n)
                    ->Iterations(9)
                    ->Unit(benchmark::kMillisecond);
        const bool fourth = v.engine.splitting == Splitting::fourth_order;
        const std::pair<const char*, Problem> problems[] = {
            {"launch", launch_into_guide}, {"coupler", coupler}, {"S-bend", s_bend}};
        for (const auto& [what, problem] : problems) {
            if (heavy && (!fourth || problem == coupler)) continue;
            auto* b = RegisterBenchmark(("propagation/accuracy/" + std::string(what) + "/" + v.name).c_str(), accuracy,
                                        problem, v);
            for (const int h : v.spectral() ? std::vector<int>{1000, 750} : std::vector<int>{750, 500, 375})
                for (const int dz : heavy    ? std::vector<int>{16000}
                                    : fourth ? std::vector<int>{20000, 16000, 8000, 4000}
                                             : std::vector<int>{8000, 4000, 2000, 1000})
                    if (problem != coupler || dz >= 2000) b->Args({h, dz});
            b->UseManualTime()->Iterations(2)->Unit(benchmark::kMillisecond);
        }
    }
    return true;
}();

}  // namespace

BENCHMARK(copy)
    ->Name("propagation/copy of the field (floor)")
    ->Arg(256)
    ->Arg(512)
    ->Arg(1024)
    ->Unit(benchmark::kMicrosecond);
