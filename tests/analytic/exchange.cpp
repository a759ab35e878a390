#include <cmath>

#include "core/constants.hpp"
#include "core/units.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/exact/mask_window.hpp"
#include "tests/support/exact/self_similar.hpp"

using namespace vitral;
using namespace vitral::exchange;
using namespace vitral::literals;

namespace {

constexpr double D_A = 1e-15;

/// Thermal exchange from a pure melt until sqrt(4 D_A t) = `reach`.
ExchangeParams thermal(double M, double reach) {
    ExchangeParams p;
    p.pair = {.ion = "Ag", .D_A0 = D_A, .activation_energy = 0.0, .M = M};
    p.width = 60.0_um;
    p.depth = 30.0_um;
    p.thickness = 1.0_mm;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 1.0,
                 .temperature = 600.0,
                 .duration = reach * reach / (4.0 * D_A)}};
    return p;
}

double at(const Exchange& e, double x, double y) {
    return e.on({{x - 0.5e-9, 1e-9, 1}, {y - 0.5e-9, 1e-9, 1}}).values[0];
}

/// The recipe of a buried guide in soda-lime glass: exchange, field-assisted burial, anneal.
ExchangeParams buried() {
    ExchangeParams p;
    p.pair = {.ion = "Ag", .D_A0 = 1.156e-7, .activation_energy = 84810.0, .M = 0.182, .haven = 0.35};
    p.openings = {{0.0, 3.0_um}};
    p.width = 60.0_um;
    p.depth = 30.0_um;
    p.thickness = 1.0_mm;
    p.resolution = 0.5_um;
    p.tolerance = 1e-3;
    p.recipe = {{.kind = StepKind::exchange,
                 .ion = "Ag",
                 .surface_fraction = 0.4,
                 .temperature = celsius(280.0),
                 .duration = 0.5_h},
                {.kind = StepKind::field_assisted,
                 .ion = "Na",
                 .temperature = celsius(250.0),
                 .duration = 1.0_h,
                 .voltage = 100.0,
                 .mask = MaskUse::none},
                {.kind = StepKind::anneal, .temperature = celsius(250.0), .duration = 20.0_min}};
    return p;
}

void check_invariants(const Exchange& e) {
    for (const StepReport& step : e.steps) {
        CHECK(step.mass_imbalance < 1e-10);
        CHECK(step.account.lowest >= -1e-10);
        CHECK(step.account.highest <= 1.0 + 1e-10);
    }
}

}  // namespace

TEST_CASE("one-dimensional profiles are the self-similar ones within 1e-4") {
    for (const exact::SelfSimilar& reference : exact::self_similar) {
        if (reference.M > 1.0) continue;
        INFO("M = " << reference.M);
        ExchangeParams p = thermal(reference.M, 3.0_um);
        p.resolution = 0.02_um;
        p.tolerance = 2e-5;
        const Exchange e = run_exchange(p);
        for (std::size_t i = 0; i < exact::self_similar_eta.size(); ++i) {
            INFO("eta = " << exact::self_similar_eta[i]);
            CHECK(at(e, 0.0, -exact::self_similar_eta[i] * 3.0_um) ==
                  Approx(reference.c_hat[i]).epsilon(0.0).margin(1e-4));
        }
        CHECK(e.steps[0].dose / (p.width * 3.0_um) == Approx(reference.uptake).epsilon(1e-3));
        check_invariants(e);
    }
}

TEST_CASE("an incoming ion that is the faster one gives its self-similar profile, too") {
    const exact::SelfSimilar& reference = exact::self_similar[3];
    REQUIRE(reference.M == 2.0);
    ExchangeParams p = thermal(reference.M, 3.0_um);
    p.resolution = 0.02_um;
    p.tolerance = 2e-5;
    const Exchange e = run_exchange(p);
    for (std::size_t i = 0; i < exact::self_similar_eta.size(); ++i)
        CHECK(at(e, 0.0, -exact::self_similar_eta[i] * 3.0_um) == Approx(reference.c_hat[i]).epsilon(0.0).margin(1e-4));
}

TEST_CASE(
    "a 4 um window gives the reference concentrations within 5e-4 and the dose within 1e-3, with default settings") {
    for (const double M : {1.0, 0.5}) {
        INFO("M = " << M);
        ExchangeParams p = thermal(M, 3.0_um);
        p.openings = {{0.0, 4.0_um}};
        p.tolerance = 2e-4;  // the program's default
        const Exchange e = run_exchange(p);
        for (const exact::WindowPoint& point : exact::window_points) {
            if (std::hypot(point.x_um - 2.0, point.depth_um) <= 0.25) continue;
            INFO("x = " << point.x_um << " um, depth = " << point.depth_um << " um");
            CHECK(at(e, point.x_um * 1e-6, -point.depth_um * 1e-6) ==
                  Approx(M == 1.0 ? point.linear : point.nonlinear).epsilon(0.0).margin(5e-4));
        }
        CHECK(e.steps[0].dose * 1e12 ==
              Approx(M == 1.0 ? exact::window_dose_linear_um2 : exact::window_dose_nonlinear_um2).epsilon(1e-3));
        check_invariants(e);
    }
}

TEST_CASE("half of a symmetric mask gives the same as the whole") {
    ExchangeParams p = thermal(0.5, 3.0_um);
    p.resolution = 0.5_um;
    p.openings = {{0.0, 4.0_um}};
    const Exchange half = run_exchange(p);
    REQUIRE(half.mirrored);
    p.openings = {{1e-12, 4.0_um}};  // a shift far below a cell, but no symmetry
    p.openings[0].center = 1e-7;
    const Exchange whole = run_exchange(p);
    REQUIRE_FALSE(whole.mirrored);
    CHECK(whole.steps[0].dose == Approx(half.steps[0].dose).epsilon(1e-3));
    CHECK(at(whole, 1.1e-6, -1e-6) == Approx(at(half, 1.0e-6, -1e-6)).epsilon(0.0).margin(1e-3));
    CHECK(at(half, -1.0e-6, -1e-6) == Approx(at(half, 1.0e-6, -1e-6)).epsilon(1e-12));
}

TEST_CASE("an erfc profile that is annealed keeps its dose and spreads as it must") {
    ExchangeParams p = thermal(1.0, 3.0_um);
    p.resolution = 0.05_um;
    p.tolerance = 1e-5;
    p.recipe.push_back({.kind = StepKind::anneal, .temperature = 600.0, .duration = 16e-12 / (4.0 * D_A)});
    const Exchange e = run_exchange(p);
    const double depth_um[] = {0, 1, 2, 3, 4, 6, 8, 10, 12};
    const double c_hat[] = {0.4096655294, 0.3910132923, 0.3400820894, 0.2697230950, 0.1952967414,
                            0.0784021856, 0.0223273429, 0.0045782048, 0.0006837798};
    for (int i = 0; i < 9; ++i) CHECK(at(e, 0.0, -depth_um[i] * 1e-6) == Approx(c_hat[i]).epsilon(0.0).margin(1e-4));
    CHECK(e.steps[1].dose == Approx(e.steps[0].dose).epsilon(1e-12));
}

TEST_CASE(
    "field-assisted burial puts the peak below the surface with a steep deep edge, and loses no ion unaccounted") {
    const Exchange e = run_exchange(buried());
    check_invariants(e);
    CHECK(e.steps[1].account.charge_imbalance < 1e-6);
    const StepReport& after_field = e.steps[1];
    CHECK(after_field.peak_depth > 5.0_um);
    CHECK(e.steps[0].peak_depth < 0.1_um);
    CHECK(e.steps[2].peak < after_field.peak);                          // the anneal flattens
    CHECK(e.steps[2].dose == Approx(after_field.dose).epsilon(1e-10));  // and lets nothing out

    // Right after the field: steepest slope below the peak against the steepest above it.
    ExchangeParams p = buried();
    p.recipe.pop_back();
    const Exchange before_anneal = run_exchange(p);
    double deep = 0.0, shallow = 0.0;
    for (double y = -29.0_um; y < -0.1_um; y += 0.1_um) {
        const double slope = (at(before_anneal, 0.0, y + 0.1_um) - at(before_anneal, 0.0, y)) / 0.1_um;
        if (y < -before_anneal.steps[1].peak_depth)
            deep = std::max(deep, slope);
        else
            shallow = std::max(shallow, -slope);
    }
    CHECK(deep > 1.02 * shallow);
}

TEST_CASE("a current carries every ion, whatever its kind: a planar front moves as Faraday says") {
    // With M = 1 and a strong field the front stands at the drift length u t, u = μ_B V/L (H = 1).
    ExchangeParams p;
    p.pair = {.ion = "Ag", .D_A0 = 1e-15, .activation_energy = 0.0, .M = 1.0, .haven = 1.0};
    p.width = 10.0_um;
    p.depth = 40.0_um;
    p.thickness = 1.0_mm;
    p.resolution = 0.05_um;
    p.tolerance = 1e-5;
    p.recipe = {{.kind = StepKind::field_assisted,
                 .ion = "Ag",
                 .surface_fraction = 1.0,
                 .temperature = 600.0,
                 .duration = 1000.0,
                 .voltage = 500.0}};
    const double u = 1e-15 / thermal_voltage(600.0) * 500.0 / 1e-3;
    const Exchange e = run_exchange(p);
    check_invariants(e);
    // Ogata & Banks: C = (1/2) [erfc((x - u t)/(2 sqrt(D t))) + exp(u x/D) erfc((x + u t)/(2 sqrt(D t)))].
    const double t = 1000.0, spread = 2.0 * std::sqrt(1e-15 * t);
    for (const double depth : {2.0_um, 6.0_um, 9.0_um, 10.0_um, 12.0_um}) {
        const double exact = 0.5 * (std::erfc((depth - u * t) / spread) +
                                    std::exp(u * depth / 1e-15) * std::erfc((depth + u * t) / spread));
        CHECK(at(e, 0.0, -depth) == Approx(exact).epsilon(0.0).margin(2e-3));
    }
}
