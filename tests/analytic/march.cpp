/// What every march keeps, whatever the engine: power, bits, the step's tolerance, straight stretches, restarts.
#include <omp.h>

#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "medium/moved_section.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/exact/guides.hpp"

using namespace vitral;
using namespace vitral::tests;
using Guide = exact::BuriedGuide;

TEST_CASE("the absorbing edge swallows a tilted beam, and what it takes is counted on its side") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const double wavelength = 1.31e-6, n = 1.5;
    const Grid grid{{-60e-6, 0.25e-6, 480}, slab_axis()};
    const double tilt = 0.2, k = 2.0 * pi / wavelength * n;
    const auto launch =
        sample(grid, [&](double x, double) { return GaussianSheet{8e-6}(x)*std::polar(1.0, k * tilt * x); });
    EngineParams engine = v.engine;
    engine.wavelength = wavelength;
    engine.n_ref = n;
    engine.edges = {12e-6};
    const auto out = propagate(launch, StraightIndex(IndexMap(grid, n)),
                               {.engine = engine, .length = 1e-3, .dz = 1e-6, .records = 1});
    CHECK(power(out.psi) < 1e-5);
    CHECK(out.removed.right > 0.98);
    CHECK(power(out.psi) + out.removed.total() == Approx(1.0).epsilon(v.single() ? 1e-4 : 1e-10));
}

TEST_CASE("the absorber's return is that of a beam sent into it") {
    const double wavelength = 1.31e-6, n = 1.5, k = 2.0 * pi / wavelength * n, width = 8e-6, tilt = 0.1;
    const Grid grid{{-200e-6, 0.25e-6, 1600}, slab_axis()};
    const auto launch = sample(grid, [&](double x, double) {
        return GaussianSheet{30e-6, 80e-6}(x)*std::polar(1.0, k * tilt * x);
    });
    for (const bool spectral : {true, false}) {
        const Variant v{"", {spectral ? Method::split_step : Method::finite_difference}};
        const Edges absorber{width, 0.0, 0.0, 0.16};
        const auto out = march(v, launch, StraightIndex(IndexMap(grid, n)), wavelength, n, 2.2e-3, 1e-6, absorber);
        CHECK(power(out) == Approx(absorber_return(width, absorber.strength, k, k * tilt,
                                                   spectral ? Behind::other_edge : Behind::wall))
                                .epsilon(0.01));
    }
}

TEST_CASE("the same bits for one thread and for two") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    const Grid grid = Guide::grid(48e-6, 28e-6, 0.5e-6);
    const auto mode = fundamental(sample(grid, Guide{}), Guide::wavelength);
    const medium::MovedSection bend(sample(grid, Guide{}), GuidePath(0.0, {{40e-6, 3e-6}}));
    const auto run = [&](int threads) {
        omp_set_num_threads(threads);
        EngineParams engine = v.engine;
        engine.wavelength = Guide::wavelength;
        engine.n_ref = mode.n_eff;
        engine.edges = {5e-6, 3e-6};
        engine.threads = threads;
        engine.threads_whatever_the_size = true;
        return propagate(as_complex(mode.psi), bend, {.engine = engine, .length = 40e-6, .dz = 4e-6, .records = 3});
    };
    const auto one = run(1), two = run(2);
    omp_set_num_threads(1);
    CHECK(one.psi.values == two.psi.values);
    CHECK(one.removed.total() == two.removed.total());
}

TEST_CASE("a field that is not finite ends the run with the place") {
    const Grid grid{{-10e-6, 0.5e-6, 40}, slab_axis()};
    Field<Complex> launch(grid, Complex(1.0));
    launch(20, 0) = std::numeric_limits<double>::quiet_NaN();
    try {
        (void)propagate(launch, StraightIndex(IndexMap(grid, 1.5)),
                        {.engine = {.wavelength = 1e-6, .n_ref = 1.5}, .length = 10e-6, .dz = 1e-6});
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.kind() == Failure::numerical);
        CHECK(error.where().find("z = ") == 0);
    }
}

namespace {

/// The S-bend of a buried guide with a straight piece at either end, its fundamental mode watched at the end.
struct Bend {
    Grid grid = Guide::grid(100e-6, 32e-6, 1e-6);
    IndexMap start = sample(grid, Guide{-25e-6});
    modes::Mode in = fundamental(start, Guide::wavelength),
                end = fundamental(sample(grid, Guide{25e-6}), Guide::wavelength);
    medium::MovedSection index{start, GuidePath(0.0, {{0.5e-3, 0.0}, {1e-3, 50e-6}, {0.5e-3, 0.0}})};
    PropagationParams params{.engine = {.splitting = Splitting::fourth_order,
                                        .wavelength = Guide::wavelength,
                                        .n_ref = in.n_eff,
                                        .edges = {10e-6, 4e-6}},
                             .length = 2e-3,
                             .records = 16};
    Watcher watch{.powers = [this](double, const Field<Complex>& psi) {
        return std::vector{std::norm(inner_product(end.psi, psi))};
    }};
    [[nodiscard]] double T(const Propagation& run) const { return std::norm(inner_product(end.psi, run.psi)); }
};

}  // namespace

TEST_CASE("the step that the program chooses meets the tolerance, and its estimate covers the error") {
    const Variant& v = GENERATE(from_range(variants()));
    INFO(v.name);
    if (!v.paraxial()) return;
    Bend b;
    b.params.engine.method = v.engine.method;
    b.params.engine.splitting = v.engine.splitting;
    b.params.engine.precision = v.engine.precision;
    auto refined = b.params;
    refined.dz = 0.5e-6;
    const double exact = b.T(propagate(as_complex(b.in.psi), b.index, refined));
    double steps_before = 0.0;
    for (const double tolerance : {1e-2, 1e-3, 1e-4}) {
        if (v.single() && tolerance < 1e-3) break;
        b.params.tolerance = tolerance;
        const auto run = propagate(as_complex(b.in.psi), b.index, b.params, b.watch);
        CHECK(std::abs(b.T(run) - exact) < tolerance);
        REQUIRE(run.step_error);
        CHECK(*run.step_error < tolerance);
        CHECK(static_cast<double>(run.steps) >= steps_before);
        steps_before = static_cast<double>(run.steps);
    }
}

TEST_CASE("a straight stretch in one stride arrives where steps arrive") {
    Bend b;
    b.params.tolerance = 1e-3;
    const auto stepped = propagate(as_complex(b.in.psi), b.index, b.params, b.watch);
    int asked = 0;
    b.params.guided_modes = [&](double z) {
        ++asked;
        GuidedMode mode;
        mode.n_eff = b.in.n_eff;
        mode.psi = z < 1e-3 ? b.in.psi : b.end.psi;
        return std::vector<GuidedMode>{mode};
    };
    auto watch = b.watch;
    double balance = 0.0;
    watch.record = [&](double, const Field<Complex>& psi, const BeamMoments&, const std::vector<double>&,
                       double removed) { balance = std::max(balance, std::abs(power(psi) + removed - 1.0)); };
    const auto strides = propagate(as_complex(b.in.psi), b.index, b.params, watch);
    CHECK(balance < 1e-12);
    CHECK(asked == 2);
    CHECK(strides.steps < stepped.steps);
    CHECK(b.T(strides) == Approx(b.T(stepped)).epsilon(0.0).margin(1e-3));
    CHECK(power(strides.psi) + strides.removed.total() + strides.radiated == Approx(1.0).epsilon(1e-12));
    // The phase too: the stride turns the mode as the operator does.
    const auto carrier = inner_product(b.end.psi, strides.psi) / inner_product(b.end.psi, stepped.psi);
    CHECK(std::arg(carrier) == Approx(0.0).epsilon(0.0).margin(5e-3));
}

TEST_CASE("a restart from any checkpoint gives the same bits") {
    Bend b;
    const bool with_strides = GENERATE(false, true);
    const bool fixed = GENERATE(false, true);
    if (fixed) b.params.dz = 10e-6;
    if (with_strides)
        b.params.guided_modes = [&](double z) {
            GuidedMode mode;
            mode.n_eff = b.in.n_eff;
            mode.psi = z < 1e-3 ? b.in.psi : b.end.psi;
            return std::vector<GuidedMode>{mode};
        };
    std::vector<MarchState> states;
    b.watch.checkpoint = [&](const MarchState& state) { states.push_back(state); };
    const auto whole = propagate(as_complex(b.in.psi), b.index, b.params, b.watch);
    REQUIRE(states.size() == 15);
    b.watch.checkpoint = {};
    for (std::size_t i = 0; i < states.size(); i += 3) {
        const auto resumed = propagate(as_complex(b.in.psi), b.index, b.params, b.watch, {}, &states[i]);
        CHECK(resumed.psi.values == whole.psi.values);
        CHECK(resumed.removed.total() == whole.removed.total());
        CHECK(resumed.steps == whole.steps);
    }
}
