/// The exchange: whole recipes against refined runs, cost per cell and step against resolution, and a comparison with
/// CVODE on the same mesh.
#include <benchmark/benchmark.h>
#include <cvode/cvode.h>
#include <cvode/cvode_bandpre.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_spgmr.h>

#include <chrono>
#include <cmath>
#include <memory>

#include "core/constants.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "tests/support/exact/mask_window.hpp"

using namespace vitral;
using namespace vitral::exchange;

namespace {

ExchangeParams window(double tolerance) {
    ExchangeParams p;
    p.pairs = {{.ion = "Ag", .D_A0 = 1e-15, .M = 0.5}};
    p.openings = {{0.0, 4e-6}};
    p.width = 60e-6;
    p.depth = 30e-6;
    p.thickness = 1e-3;
    p.tolerance = tolerance;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 1.0,
                 .temperature = 600.0,
                 .duration = 9e-12 / 4e-15}};
    return p;
}

/// Soda-lime glass: 280 degC 30 min at surface fraction 0.4 through 3 µm; 100 V over 1 mm at 250 degC 60 min, H = 0.35,
/// mask off; anneal 250 degC 20 min. Section 60 x 40 µm.
ExchangeParams burial(double tolerance) {
    ExchangeParams p = window(tolerance);
    p.pairs = {{.ion = "Ag", .D_A0 = 1.156e-7, .activation_energy = 84810.0, .M = 0.182, .haven = 0.35}};
    p.openings = {{0.0, 3e-6}};
    p.depth = 40e-6;
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
    double steps = 0.0, cell_steps = 0.0;
    for (const auto& step : e.steps) {
        steps += step.account.steps + step.account.rejected;
        cell_steps += (step.account.steps + step.account.rejected) * static_cast<double>(step.cells);
    }
    state.counters["cells"] = static_cast<double>(e.steps.front().cells);
    state.counters["time_steps"] = steps;
    state.counters["cell_steps"] = benchmark::Counter(cell_steps, benchmark::Counter::kIsIterationInvariantRate);
}

void thermal_window(benchmark::State& state) {
    const double tolerance = std::pow(10.0, -static_cast<double>(state.range(0)));
    const Exchange e = run_exchange(window(tolerance));
    double error = std::abs(e.steps[0].dose[0] * 1e12 / exact::window_dose_nonlinear_um2 - 1.0);
    for (const exact::WindowPoint& point : exact::window_points)
        if (std::hypot(point.x_um - 2.0, point.depth_um) > 0.25) {
            const Grid one{{point.x_um * 1e-6 - 0.5e-9, 1e-9, 1}, {-point.depth_um * 1e-6 - 0.5e-9, 1e-9, 1}};
            error = std::max(error, std::abs(e.on(one).values[0] - point.nonlinear));
        }
    if (error > tolerance || e.steps[0].mass_imbalance > 1e-10) {
        state.SkipWithError("wrong answer: further from the reference than the tolerance");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_exchange(window(tolerance)).far_edge);
    count(state, e);
    state.counters["error"] = error;
}

/// Against a run refined twice: half the cells' size, and again.
void buried_recipe(benchmark::State& state) {
    const Exchange e = run_exchange(burial(1e-3)), reference = run_exchange(burial(1e-3 / 16.0));
    const Grid section{{-30e-6, 0.25e-6, 240}, {-40e-6, 0.25e-6, 160}};
    const Field<double> a = e.on(section), b = reference.on(section);
    double error = 0.0;
    for (std::size_t i = 0; i < a.values.size(); ++i) error = std::max(error, std::abs(a.values[i] - b.values[i]));
    if (error > 1e-3) {
        state.SkipWithError("wrong answer: more than 1e-3 in C away from the refined run");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_exchange(burial(1e-3)).far_edge);
    count(state, e);
    state.counters["error_in_C"] = error;
}

// ---------------------------------------------------------------------------------------------- one step, fixed mesh

/// One step of the burial recipe on a fixed mesh.
struct Problem {
    SectionMesh mesh;
    std::vector<SurfaceCell> surface;
    IonLaw law = BinaryLaw(1.0, 1.0);
    double duration = 0.0, mobility = 0.0, voltage = 0.0;
    std::vector<double> start;
};

SectionMesh fixed_mesh(double scale, double thickness) {
    CellSize x({1.5e-6}, 0.05e-6 * scale, 0.1 * scale), y({0.0}, 0.05e-6 * scale, 0.1 * scale);
    x.limit(0.0, 9e-6, 0.5e-6 * scale);
    y.limit(-17e-6, 0.0, 0.3e-6 * scale);
    x.settle();
    y.settle();
    return {graded_faces(0.0, 40e-6, {1.5e-6}, x), graded_faces(-thickness, 0.0, {0.0}, y)};
}

Problem first_step(double scale) {
    const glass::IonPair pair = burial(1e-3).pairs[0];
    Problem p;
    p.mesh = fixed_mesh(scale, 1e-3);
    for (const double x : p.mesh.x_centers()) {
        SurfaceCell cell;
        if (x < 1.5e-6) cell.ions = SurfaceCell::Ions::equilibrium, cell.fraction = {0.4, 0.0};
        p.surface.push_back(cell);
    }
    p.law = BinaryLaw(pair.D_A(553.15), pair.D_B(553.15));
    p.duration = 1800.0;
    p.start.assign(p.mesh.size(), 0.0);
    return p;
}

/// The state after `problem` by our own method; returns the number of steps.
int solve(const Problem& problem, double tolerance, std::vector<double>& c) {
    IonTransport transport(problem.mesh, problem.surface);
    transport.set_law(problem.law);
    std::unique_ptr<DriftField> drift;
    if (problem.voltage != 0.0) drift = std::make_unique<DriftField>(transport, DriftField::Back::cathode);
    Conditions conditions;
    conditions.duration = problem.duration;
    conditions.law = [&](double) { return problem.law; };
    conditions.mobility = [&](double) { return problem.mobility; };
    conditions.drive = [&](double) { return Drive{Drive::Control::voltage, problem.voltage}; };
    StepState state;
    state.c = problem.start;
    const double finest = problem.mesh.dy(problem.mesh.ny() - 1);
    state.dt = 0.25 * finest * finest / std::get<BinaryLaw>(problem.law).fastest();
    TimeStepper(transport, drift.get(), tolerance).run(state, conditions, {});
    c = std::move(state.c);
    return state.account.steps;
}

Problem second_step(const Problem& before, std::vector<double> start) {
    const glass::IonPair pair = burial(1e-3).pairs[0];
    Problem p = before;
    for (SurfaceCell& cell : p.surface) {
        cell.ions = SurfaceCell::Ions::equilibrium;
        cell.contact = SurfaceCell::Contact::melt;
        cell.fraction = {0.0, 0.0};
    }
    p.law = BinaryLaw(pair.D_A(523.15), pair.D_B(523.15));
    p.duration = 3600.0;
    p.mobility = pair.D_B(523.15) / (0.35 * thermal_voltage(523.15));
    p.voltage = 100.0;
    p.start = std::move(start);
    return p;
}

/// What CVODE is given: the same right-hand side (with the field solved for in every evaluation, from its last
/// potential), the analytic Jacobian at fixed currents, and one V-cycle of the multigrid method as preconditioner.
struct CvodeProblem {
    const Problem& problem;
    IonTransport transport;
    std::unique_ptr<DriftField> drift;
    FaceCurrents current;
    std::vector<double> into;
    std::vector<kernels::FivePointMatrix> newton, jacobian;
    kernels::Multigrid cycle;
    explicit CvodeProblem(const Problem& p)
        : problem(p),
          transport(p.mesh, p.surface),
          current(p.mesh),
          into(p.mesh.size()),
          newton(1, kernels::FivePointMatrix(p.mesh.nx(), p.mesh.ny())),
          jacobian(newton),
          cycle(p.mesh.nx(), p.mesh.ny()) {
        transport.set_law(p.law);
        if (p.voltage != 0.0) drift = std::make_unique<DriftField>(transport, DriftField::Back::cathode);
    }
};
std::span<double> values(N_Vector v) { return {NV_DATA_S(v), static_cast<std::size_t>(NV_LENGTH_S(v))}; }

int right_hand_side(realtype, N_Vector y, N_Vector rate, void* user) {
    auto& p = *static_cast<CvodeProblem*>(user);
    if (p.drift)
        (void)p.drift->solve(values(y), p.problem.mobility, {Drive::Control::voltage, p.problem.voltage}, 1e-7,
                             p.current);
    (void)p.transport.inflow(values(y), p.current, p.into);
    const std::span<double> out = values(rate);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = p.into[i] / p.transport.areas()[i];
    return 0;
}
int jacobian_setup(realtype, N_Vector y, N_Vector, void* user) {
    auto& p = *static_cast<CvodeProblem*>(user);
    (void)p.transport.linearise(values(y), p.current, 1.0, p.jacobian, p.into);  // area - J
    return 0;
}
int jacobian_times(N_Vector v, N_Vector Jv, realtype, N_Vector, N_Vector, void* user, N_Vector) {
    auto& p = *static_cast<CvodeProblem*>(user);
    const std::span<double> in = values(v), out = values(Jv);
    kernels::multiply(p.jacobian[0], in, out);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[i] - out[i] / p.transport.areas()[i];
    return 0;
}
int preconditioner_setup(realtype, N_Vector y, N_Vector, booleantype, booleantype* renewed, realtype gamma,
                         void* user) {
    auto& p = *static_cast<CvodeProblem*>(user);
    (void)p.transport.linearise(values(y), p.current, gamma, p.newton, p.into);
    p.cycle.factor(p.newton[0]);
    *renewed = 1;
    return 0;
}
int preconditioner_solve(realtype, N_Vector, N_Vector, N_Vector r, N_Vector z, realtype, realtype, int, void* user) {
    auto& p = *static_cast<CvodeProblem*>(user);
    const std::span<double> in = values(r);
    for (std::size_t i = 0; i < in.size(); ++i) p.into[i] = in[i] * p.transport.areas()[i];
    p.cycle.apply(p.into, values(z));
    return 0;
}

enum class Preconditioner { multigrid, cvode_band };

long solve_with_cvode(const Problem& problem, double tolerance, Preconditioner preconditioner, std::vector<double>& c) {
    CvodeProblem p(problem);
    SUNContext context;
    SUNContext_Create(nullptr, &context);
    N_Vector y = N_VNew_Serial(static_cast<sunindextype>(problem.mesh.size()), context);
    std::copy(problem.start.begin(), problem.start.end(), values(y).begin());
    void* cvode = CVodeCreate(CV_BDF, context);
    CVodeInit(cvode, right_hand_side, 0.0, y);
    CVodeSStolerances(cvode, 0.0, tolerance);
    CVodeSetUserData(cvode, &p);
    CVodeSetMaxNumSteps(cvode, 100000);
    SUNLinearSolver solver = SUNLinSol_SPGMR(y, SUN_PREC_LEFT, 20, context);
    CVodeSetLinearSolver(cvode, solver, nullptr);
    CVodeSetJacTimes(cvode, jacobian_setup, jacobian_times);
    if (preconditioner == Preconditioner::multigrid)
        CVodeSetPreconditioner(cvode, preconditioner_setup, preconditioner_solve);
    else
        CVBandPrecInit(cvode, static_cast<sunindextype>(problem.mesh.size()), 1, 1);
    double t = 0.0;
    CVode(cvode, problem.duration, y, &t, CV_NORMAL);
    long steps = 0;
    CVodeGetNumSteps(cvode, &steps);
    c.assign(values(y).begin(), values(y).end());
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    N_VDestroy(y);
    SUNContext_Free(&context);
    return steps;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

template <typename F>
double seconds(F&& run) {
    double best = 1e300;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        run();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

/// Exchange, then burial under the field, on one mesh: our time at a tolerance, and CVODE's at the loosest of its
/// tolerances that reaches the same error in time. Largest error over all cells, against our method at 1/1000.
void beside_cvode(benchmark::State& state) {
    const bool field = state.range(0) == 1;
    Problem problem = first_step(1.0);
    std::vector<double> c, reference;
    if (field) {
        solve(problem, 1e-6, c);
        problem = second_step(problem, c);
    }
    const double tolerance = field ? 4e-3 : 6e-2;  // an error in time of about 1e-3
    solve(problem, tolerance / 1000.0, reference);
    const int our_steps = solve(problem, tolerance, c);
    const double our_error = distance(c, reference);
    double cvode_error = 1.0, cvode_tolerance = 0.2;
    long cvode_steps = 0;
    while (cvode_error > our_error && cvode_tolerance > 1e-9) {
        cvode_tolerance *= 0.6;
        cvode_steps = solve_with_cvode(problem, cvode_tolerance, Preconditioner::multigrid, c);
        cvode_error = distance(c, reference);
    }
    double ours = 0.0, theirs = 0.0;
    for (auto _ : state) {
        ours = seconds([&] { solve(problem, tolerance, c); });
        theirs = seconds([&] { solve_with_cvode(problem, cvode_tolerance, Preconditioner::multigrid, c); });
        state.SetIterationTime(ours);
    }
    // With the preconditioner that CVODE brings along (a band of its own difference quotients), once.
    const auto start = std::chrono::steady_clock::now();
    solve_with_cvode(problem, cvode_tolerance, Preconditioner::cvode_band, c);
    const double band = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.counters["cvode_band_ms"] = 1e3 * band;
    state.counters["cvode_band_over_ours"] = band / ours;
    state.counters["cells"] = static_cast<double>(problem.mesh.size());
    state.counters["our_error"] = our_error;
    state.counters["our_steps"] = our_steps;
    state.counters["cvode_error"] = cvode_error;
    state.counters["cvode_steps"] = static_cast<double>(cvode_steps);
    state.counters["cvode_ms"] = 1e3 * theirs;
    state.counters["cvode_over_ours"] = theirs / ours;
}

/// Cost of a step a cell against resolution: ten steps of the field-assisted burial on finer and finer meshes.
void cost_against_resolution(benchmark::State& state) {
    const double scale = 1.0 / static_cast<double>(state.range(0));
    Problem problem = first_step(scale);
    for (int iy = 0; iy < problem.mesh.ny(); ++iy)
        for (int ix = 0; ix < problem.mesh.nx(); ++ix) {
            const double x = problem.mesh.x_centers()[static_cast<std::size_t>(ix)] / 3e-6,
                         y = (problem.mesh.y_centers()[static_cast<std::size_t>(iy)] + 4e-6) / 3e-6;
            problem.start[problem.mesh.index(ix, iy)] = 0.4 * std::exp(-x * x - y * y);
        }
    problem = second_step(problem, problem.start);
    IonTransport transport(problem.mesh, problem.surface);
    transport.set_law(problem.law);
    DriftField drift(transport, DriftField::Back::cathode);
    Conditions conditions;
    conditions.duration = 360.0;
    conditions.law = [&](double) { return problem.law; };
    conditions.mobility = [&](double) { return problem.mobility; };
    conditions.drive = [&](double) { return Drive{Drive::Control::voltage, problem.voltage}; };
    TimeStepper stepper(transport, &drift, 1e6);
    int steps = 0;
    for (auto _ : state) {
        StepState run;
        run.c = problem.start;
        run.dt = 36.0;
        run.starting = 0;
        for (int i = 1; i < 10; ++i) conditions.breaks.push_back(36.0 * i);
        stepper.run(run, conditions, {});
        steps += run.account.steps;
    }
    const double cells = static_cast<double>(problem.mesh.size());
    state.counters["cells"] = cells;
    state.counters["ns_per_cell_step"] =
        benchmark::Counter(1e-9 * cells * steps, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

BENCHMARK(thermal_window)
    ->Name("exchange/thermal, 4 um window, tolerance 1e-")
    ->Arg(3)
    ->Arg(4)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK(buried_recipe)
    ->Name("exchange/buried guide, tolerance 1e-3: exchange, field, anneal")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);
BENCHMARK(beside_cvode)
    ->Name("exchange/beside CVODE, field")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseManualTime();
BENCHMARK(cost_against_resolution)
    ->Name("exchange/cost against resolution")
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Arg(12)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
