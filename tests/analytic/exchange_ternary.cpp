/// Three ions: exact reductions to two, and an independent integration of the same semi-discrete system.
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>

#include "tests/support/recipes.hpp"

using namespace vitral;
using namespace vitral::exchange;
using namespace vitral::literals;
using namespace vitral::tests;

namespace {

/// Concentrations after one step on a fixed mesh with a fixed sequence of time steps.
std::vector<double> stepped(const SectionMesh& mesh, const IonLaw& law, const SurfaceCell& surface,
                            std::vector<double> start, double duration) {
    IonTransport transport(mesh, {surface});
    transport.set_law(law);
    StepState state;
    state.c = std::move(start);
    state.dt = duration / 400.0;
    // A tolerance that never speaks: the steps double until 1/20 of the duration, the same for every law.
    Conditions conditions = constant_conditions(law, duration);
    for (int i = 1; i < 20; ++i) conditions.breaks.push_back(duration * i / 20.0);
    TimeStepper(transport, nullptr, 1e6).run(state, conditions, {});
    return state.c;
}

std::vector<double> second_half(const std::vector<double>& both) {
    return {both.begin() + static_cast<std::ptrdiff_t>(both.size() / 2), both.end()};
}

/// The rate of change as CVODE asks for it: concentrations interleaved by cell, so that the Jacobian is a band.
struct Rates {
    IonTransport& transport;
    const FaceCurrents& current;
    std::vector<double> c, into;
};

int rates(realtype, N_Vector y, N_Vector rate, void* user) {
    auto& r = *static_cast<Rates*>(user);
    const std::size_t size = r.transport.mesh().size();
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < 2; ++k) r.c[k * size + i] = NV_DATA_S(y)[2 * i + k];
    (void)r.transport.inflow(r.c, r.current, r.into);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < 2; ++k) NV_DATA_S(rate)[2 * i + k] = r.into[k * size + i] / r.transport.areas()[i];
    return 0;
}

}  // namespace

TEST_CASE("three ions of which one is absent are two ions, to 1e-10") {
    const SectionMesh mesh = column(10e-6, 150);
    const double D_K = 0.004 * D_A, D_Na = 4.0 * D_A, duration = 2250.0;
    const auto two = stepped(mesh, BinaryLaw(D_A, D_Na), open_cell(0.9), std::vector<double>(150, 0.0), duration);
    const auto three =
        stepped(mesh, TernaryLaw(D_Na, D_K, D_A), open_cell(0.0, 0.9), std::vector<double>(300, 0.0), duration);
    const auto silver = second_half(three);
    for (std::size_t i = 0; i < two.size(); ++i) {
        CHECK(silver[i] == Approx(two[i]).epsilon(0.0).margin(2e-13));
        CHECK(std::abs(three[i]) < 1e-13);
    }
}

TEST_CASE("three ions of which two are equally mobile are two ions, to 1e-10") {
    const SectionMesh mesh = column(10e-6, 150);
    const double D_Na = 4.0 * D_A, duration = 2250.0;
    // Potassium that is as mobile as sodium lies there already; silver cannot tell them apart.
    std::vector<double> start(300, 0.0);
    for (std::size_t i = 0; i < 150; ++i)
        start[i] = 0.6 * std::exp(-std::pow((static_cast<double>(i) - 110.0) / 30.0, 2));
    const auto three = second_half(stepped(mesh, TernaryLaw(D_Na, D_Na, D_A), open_cell(0.0, 0.9), start, duration));
    const auto two = stepped(mesh, BinaryLaw(D_A, D_Na), open_cell(0.9), std::vector<double>(150, 0.0), duration);
    for (std::size_t i = 0; i < two.size(); ++i) CHECK(three[i] == Approx(two[i]).epsilon(0.0).margin(2e-13));
}

TEST_CASE("potassium and then silver under a current agree with an integration by CVODE to 1e-5") {
    const SectionMesh mesh = column(12e-6, 200);
    const std::size_t size = mesh.size();
    const double D_Na = 5.0 * D_A, D_K = 0.2 * D_A, D_Ag = D_A;
    const IonLaw law = TernaryLaw(D_Na, D_K, D_Ag);
    struct Step {
        SurfaceCell surface;
        double duration, velocity;
    };
    const Step steps[] = {{open_cell(0.8, 0.0), 3000.0, 0.0}, {open_cell(0.0, 0.5), 600.0, 4e-9}};

    StepState state;
    state.c.assign(2 * size, 0.0);
    SUNContext context;
    REQUIRE(SUNContext_Create(nullptr, &context) == 0);
    N_Vector y = N_VNew_Serial(static_cast<sunindextype>(2 * size), context);
    N_VConst(0.0, y);
    double worst = 0.0;
    for (const Step& step : steps) {
        IonTransport transport(mesh, {step.surface});
        transport.set_law(law);
        DriftField drift(transport, DriftField::Back::cathode);
        Conditions conditions = constant_conditions(law, step.duration);
        conditions.has_field = step.velocity > 0.0;
        conditions.mobility = [&](double) { return D_Na / 0.05; };
        conditions.drive = [&](double) { return Drive{Drive::Control::current, step.velocity * 2e-6}; };
        state.t = 0.0;
        state.starting = 3;
        state.known_rates = 0;
        state.dt = 1e-3;
        state.account = {};
        TimeStepper(transport, step.velocity > 0.0 ? &drift : nullptr, 2e-6).run(state, conditions, {});

        // In one dimension a prescribed current is the same everywhere, whatever the concentrations.
        FaceCurrents current(mesh);
        std::fill(current.y.begin(), current.y.end(), -step.velocity);
        std::fill(current.bottom.begin(), current.bottom.end(), -step.velocity);
        Rates user{transport, current, std::vector<double>(2 * size), std::vector<double>(2 * size)};
        void* cvode = CVodeCreate(CV_BDF, context);
        REQUIRE(CVodeInit(cvode, rates, 0.0, y) == 0);
        CVodeSStolerances(cvode, 1e-10, 1e-12);
        CVodeSetUserData(cvode, &user);
        CVodeSetMaxNumSteps(cvode, 200000);
        SUNMatrix band = SUNBandMatrix(static_cast<sunindextype>(2 * size), 3, 3, context);
        SUNLinearSolver solver = SUNLinSol_Band(y, band, context);
        CVodeSetLinearSolver(cvode, solver, band);
        double t = 0.0;
        REQUIRE(CVode(cvode, step.duration, y, &t, CV_NORMAL) >= 0);
        SUNLinSolFree(solver);
        SUNMatDestroy(band);
        CVodeFree(&cvode);
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t k = 0; k < 2; ++k)
                worst = std::max(worst, std::abs(state.c[k * size + i] - NV_DATA_S(y)[2 * i + k]));
    }
    N_VDestroy(y);
    SUNContext_Free(&context);
    CHECK(worst < 5e-6);
    // Silver went where potassium did not hold it up: both are there, and their sum is within the sites.
    CHECK(*std::max_element(state.c.begin(), state.c.begin() + static_cast<std::ptrdiff_t>(size)) > 0.1);
    CHECK(*std::max_element(state.c.begin() + static_cast<std::ptrdiff_t>(size), state.c.end()) > 0.3);
}

TEST_CASE("a double exchange keeps its books for both ions") {
    // Potassium through a 6 µm window masks the surface for the silver that follows: less comes in than without.
    ExchangeParams p;
    p.pairs = {{.ion = "K", .D_A0 = 2e-16, .M = 0.02}, {.ion = "Ag", .D_A0 = 1e-15, .M = 0.1}};
    p.openings = {{0.0, 6.0_um}};
    p.width = 60e-6;
    p.depth = 30e-6;
    p.thickness = 1e-3;
    p.tolerance = 2e-3;
    RecipeStep potassium{
        .kind = StepKind::exchange, .ion = "K", .surface_fraction = 0.9, .temperature = 600.0, .duration = 3000.0};
    RecipeStep silver = potassium;
    silver.ion = "Ag";
    silver.surface_fraction = 0.5;
    silver.duration = 600.0;
    silver.mask = MaskUse::none;
    p.recipe = {potassium, silver};
    const Exchange both = run_exchange(p);
    check_invariants(both);
    CHECK(both.steps[1].dose[0] < both.steps[0].dose[0]);  // potassium leaves into the silver melt
    // Where potassium lies silver is held up: ionic masking.
    CHECK(at(both, 0.0, -1.0_um, 1) < 0.9 * at(both, 15.0_um, -1.0_um, 1));
    for (std::size_t i = 0; i < both.mesh.size(); ++i) CHECK(both.c[i] + both.c[both.mesh.size() + i] <= 1.0 + 1e-9);
}
