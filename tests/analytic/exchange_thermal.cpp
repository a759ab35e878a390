/// Exchange without field against exact and published results.
#include <array>

#include "tests/support/exact/mask_window.hpp"
#include "tests/support/exact/self_similar.hpp"
#include "tests/support/recipes.hpp"

using namespace vitral;
using namespace vitral::exchange;
using namespace vitral::literals;
using namespace vitral::tests;

TEST_CASE("one-dimensional profiles are the self-similar ones within the tolerance asked for") {
    for (const exact::SelfSimilar& reference : exact::self_similar)
        for (const double tolerance : {1e-3, 1e-5}) {
            INFO("M = " << reference.M << ", tolerance " << tolerance);
            const ExchangeParams p = thermal(reference.M, 3.0_um, tolerance);
            const Exchange e = run_exchange(p);
            for (std::size_t i = 0; i < exact::self_similar_eta.size(); ++i) {
                INFO("eta = " << exact::self_similar_eta[i]);
                CHECK(at(e, 0.0, -exact::self_similar_eta[i] * 3.0_um) ==
                      Approx(reference.c_hat[i]).epsilon(0.0).margin(tolerance));
            }
            CHECK(e.steps[0].dose[0] / (p.width * 3.0_um) == Approx(reference.uptake).epsilon(tolerance));
            check_invariants(e);
        }
}

TEST_CASE("at the finest tolerance the self-similar profile is right to 4e-7", "[slow]") {
    const exact::SelfSimilar& reference = exact::self_similar[1];
    const Exchange e = run_exchange(thermal(reference.M, 3.0_um, 4e-7));
    for (std::size_t i = 0; i < exact::self_similar_eta.size(); ++i)
        CHECK(at(e, 0.0, -exact::self_similar_eta[i] * 3.0_um) == Approx(reference.c_hat[i]).epsilon(0.0).margin(4e-7));
}

TEST_CASE("a partly covered surface obeys the same law with a weaker nonlinearity") {
    // c = C/C_s obeys the equation with 1 - M' = (1 - M) C_s: M = 0 .. here M = 1/6, C_s = 0.6 gives M' = 0.5.
    ExchangeParams p = thermal(1.0 / 6.0, 3.0_um, 2e-5);
    p.recipe[0].surface_fraction = 0.6;
    const Exchange e = run_exchange(p);
    const exact::SelfSimilar& reference = exact::self_similar[1];
    for (std::size_t i = 0; i < exact::self_similar_eta.size(); ++i)
        CHECK(at(e, 0.0, -exact::self_similar_eta[i] * 3.0_um) ==
              Approx(0.6 * reference.c_hat[i]).epsilon(0.0).margin(2e-5));
}

TEST_CASE("diffusivities that depend on the composition give their self-similar profiles") {
    // D = D_A exp(-2 C), as a law and as a table of it; 11 digits, by mass balance.
    const std::array<double, 11> c = {0.6747209038,   0.4243168513,   0.2158590490,  0.1112369,
                                      0.05523620602,  0.02570718972,  0.01100242091, 0.004272372946,
                                      0.001491549180, 1.294223131e-4, 7.023735485e-6};
    ExchangeParams p = thermal(1.0, 3.0_um, 2e-5);
    p.pairs[0].composition = {.law = glass::CompositionLaw::exponential, .beta = -2.0};
    const Exchange exponential = run_exchange(p);
    glass::Composition table{.law = glass::CompositionLaw::table};
    for (int i = 0; i <= 400; ++i) {
        table.concentrations.push_back(i / 400.0);
        table.factors.push_back(std::exp(-2.0 * i / 400.0));
    }
    p.pairs[0].composition = table;
    const Exchange tabulated = run_exchange(p);
    for (std::size_t i = 0; i < c.size(); ++i) {
        INFO("eta = " << exact::self_similar_eta[i]);
        const double y = -exact::self_similar_eta[i] * 3.0_um;
        CHECK(at(exponential, 0.0, y) == Approx(c[i]).epsilon(0.0).margin(2e-5));
        CHECK(at(tabulated, 0.0, y) == Approx(c[i]).epsilon(0.0).margin(3e-5));
    }
    CHECK(exponential.steps[0].dose[0] / (p.width * 3.0_um) == Approx(0.3154685005).epsilon(3e-6));

    // The mixed-alkali law without dependence is the constant one.
    p.pairs[0].M = 0.5;
    p.pairs[0].composition = {.law = glass::CompositionLaw::mixed_alkali};
    const Exchange mixed = run_exchange(p);
    for (std::size_t i = 0; i < c.size(); ++i)
        CHECK(at(mixed, 0.0, -exact::self_similar_eta[i] * 3.0_um) ==
              Approx(exact::self_similar[1].c_hat[i]).epsilon(0.0).margin(2e-5));

    // The thermodynamic factor n scales time.
    p.pairs[0].composition = {};
    p.pairs[0].thermodynamic_factor = 1.3;
    p.recipe[0].duration /= 1.3;
    CHECK(at(run_exchange(p), 0.0, -3.0_um) == Approx(exact::self_similar[1].c_hat[4]).epsilon(0.0).margin(1e-5));
}

TEST_CASE("a 4 um window gives the reference concentrations and the dose", "[slow]") {
    for (const double M : {1.0, 0.5})
        for (const double tolerance : {1e-3, 1e-4}) {
            INFO("M = " << M << ", tolerance " << tolerance);
            ExchangeParams p = thermal(M, 3.0_um, tolerance);
            p.openings = {{0.0, 4.0_um}};
            const Exchange e = run_exchange(p);
            for (const exact::WindowPoint& point : exact::window_points) {
                if (std::hypot(point.x_um - 2.0, point.depth_um) <= 0.25) continue;
                INFO("x = " << point.x_um << " um, depth = " << point.depth_um << " um");
                CHECK(at(e, point.x_um * 1e-6, -point.depth_um * 1e-6) ==
                      Approx(M == 1.0 ? point.linear : point.nonlinear).epsilon(0.0).margin(tolerance));
            }
            CHECK(
                e.steps[0].dose[0] * 1e12 ==
                Approx(M == 1.0 ? exact::window_dose_linear_um2 : exact::window_dose_nonlinear_um2).epsilon(tolerance));
            check_invariants(e);
        }
}

TEST_CASE("half of a symmetric mask gives the same as the whole") {
    ExchangeParams p = thermal(0.5, 3.0_um, 1e-3);
    p.openings = {{0.0, 4.0_um}};
    const Exchange half = run_exchange(p);
    REQUIRE(half.mirrored);
    p.openings[0].center = 1e-7;
    const Exchange whole = run_exchange(p);
    REQUIRE_FALSE(whole.mirrored);
    CHECK(whole.steps[0].dose[0] == Approx(half.steps[0].dose[0]).epsilon(5e-6));
    CHECK(at(whole, 1.1e-6, -1e-6) == Approx(at(half, 1.0e-6, -1e-6)).epsilon(0.0).margin(5e-6));
    CHECK(at(half, -1.0e-6, -1e-6) == Approx(at(half, 1.0e-6, -1e-6)).epsilon(1e-13));
}

TEST_CASE("an erfc profile that is annealed keeps its dose and spreads as it must") {
    ExchangeParams p = thermal(1.0, 3.0_um, 2e-6);
    p.recipe.push_back({.kind = StepKind::anneal, .temperature = 600.0, .duration = 16e-12 / (4.0 * D_A)});
    const Exchange e = run_exchange(p);
    const double depth_um[] = {0, 1, 2, 3, 4, 6, 8, 10, 12, 15};
    const double c[] = {0.4096655293982669,  0.39101329234393695, 0.34008208937999385,  0.26972309496238256,
                        0.19529674141350356, 0.07840218557585407, 0.022327342913862933, 0.004578204773568367,
                        0.0006837797684937,  2.207004723916e-05};
    for (int i = 0; i < 10; ++i) CHECK(at(e, 0.0, -depth_um[i] * 1e-6) == Approx(c[i]).epsilon(0.0).margin(1e-6));
    CHECK(e.steps[1].dose[0] == Approx(e.steps[0].dose[0]).epsilon(1e-13));
    CHECK(e.steps[1].dose[0] / p.width == Approx(1.6925687506_um).epsilon(2e-6));
}

TEST_CASE("an annealed Gaussian has the exact widths, 1e-4 and 1e-6 by Richardson's extrapolation") {
    // exp(-x²/2 sx² - (y+6)²/2 sy²) with its image above the surface, sx 2, sy 1.5, D t = 3 (µm): closed form.
    const double sx = 2.0, sy = 1.5, deep = 6.0, Dt = 3.0;
    const auto exact = [&](double x, double depth, double spread) {
        const double wx = std::sqrt(sx * sx + 2.0 * spread), wy = std::sqrt(sy * sy + 2.0 * spread);
        return sx * sy / (wx * wy) * std::exp(-0.5 * x * x / (wx * wx)) *
               (std::exp(-0.5 * (depth - deep) * (depth - deep) / (wy * wy)) +
                std::exp(-0.5 * (depth + deep) * (depth + deep) / (wy * wy)));
    };
    CHECK(exact(0.0, 6.0, Dt) == Approx(0.330342670712).epsilon(1e-11));
    const auto annealed = [&](double h) {
        std::vector<double> x, y;
        for (int i = 0; i <= std::lround(20.0 / h); ++i) x.push_back(i * h * 1e-6);
        for (int i = 0; i <= std::lround(24.0 / h); ++i) y.push_back((-24.0 + i * h) * 1e-6);
        Exchange e;
        e.mirrored = true;
        e.mesh = SectionMesh(x, y);
        IonTransport transport(e.mesh, std::vector<SurfaceCell>(static_cast<std::size_t>(e.mesh.nx())));
        const IonLaw law = BinaryLaw(D_A, D_A);
        transport.set_law(law);
        StepState state;
        for (int iy = 0; iy < e.mesh.ny(); ++iy)
            for (int ix = 0; ix < e.mesh.nx(); ++ix)
                state.c.push_back(exact(e.mesh.x_centers()[static_cast<std::size_t>(ix)] * 1e6,
                                        -e.mesh.y_centers()[static_cast<std::size_t>(iy)] * 1e6, 0.0));
        state.dt = 0.1;
        state.starting = 0;
        TimeStepper(transport, nullptr, 2e-6).run(state, constant_conditions(law, Dt * 1e-12 / D_A), {});
        e.c = state.c;
        for (int ix = 0; ix < e.mesh.nx(); ++ix)
            e.wall.push_back(exact(e.mesh.x_centers()[static_cast<std::size_t>(ix)] * 1e6, 0.0, Dt));
        return e;
    };
    const Exchange coarse = annealed(0.2), fine = annealed(0.1);
    const double points[][2] = {{0, 6}, {0, 4}, {0, 2}, {2, 6}, {4, 6}, {4, 2}, {0, 9}, {6, 9}};
    for (const auto& [x, depth] : points) {
        INFO("x = " << x << ", depth = " << depth);
        const double a = at(coarse, x * 1e-6, -depth * 1e-6), b = at(fine, x * 1e-6, -depth * 1e-6);
        CHECK(b == Approx(exact(x, depth, Dt)).epsilon(0.0).margin(1e-4));
        CHECK(b + (b - a) / 3.0 == Approx(exact(x, depth, Dt)).epsilon(0.0).margin(1.5e-6));
    }
    // The peak's place: the surface pushes it up by less than a nanometre here.
    double best = 0.0, where = 0.0;
    for (double depth = 5.9; depth < 6.1; depth += 1e-4)
        if (const double c = at(fine, 0.0, -depth * 1e-6); c > best) best = c, where = depth;
    double exact_best = 0.0, exact_where = 0.0;
    for (double depth = 5.9; depth < 6.1; depth += 1e-4)
        if (const double c = exact(0.0, depth, Dt); c > exact_best) exact_best = c, exact_where = depth;
    CHECK(where == Approx(exact_where).epsilon(0.0).margin(1e-6));
}

TEST_CASE("a kinetic melt feeds the glass as Carslaw and Jaeger say") {
    ExchangeParams p = thermal(1.0, 3.0_um, 1e-4);
    const double k = 1e-9, h = k / D_A, t = p.recipe[0].duration;  // h sqrt(D t) = 1.5
    p.recipe[0].surface_rate = k;
    const Exchange e = run_exchange(p);
    for (const double x : {0.0, 0.5_um, 1.0_um, 2.0_um, 4.0_um}) {
        const double z = x / (2.0 * std::sqrt(D_A * t));
        const double exact = std::erfc(z) - std::exp(h * x + h * h * D_A * t) * std::erfc(z + h * std::sqrt(D_A * t));
        CHECK(at(e, 0.0, -x) == Approx(exact).epsilon(0.0).margin(1e-4));
    }
    check_invariants(e);
}

TEST_CASE("a melt that is used up feeds the glass from a finite, well-stirred stock") {
    // K = 1 and an ideal melt: the surface holds the melt's fraction. Stock per area L: C = X_0 exp(hx + h²Dt)
    // erfc(x/(2 sqrt(Dt)) + h sqrt(Dt)), h = 1/L.
    ExchangeParams p = thermal(1.0, 3.0_um, 1e-4);
    p.pairs[0].equilibrium_constant = 1.0;
    p.recipe[0].surface_fraction.reset();
    p.recipe[0].melt_fraction = 0.8;
    const double stock = 2.0_um;
    p.recipe[0].melt_depth = stock * C_0 / 1.33e28;
    const double h = 1.0 / stock, t = p.recipe[0].duration;
    const Exchange e = run_exchange(p);
    const auto exact = [&](double x) {
        return 0.8 * std::exp(h * x + h * h * D_A * t) *
               std::erfc(x / (2.0 * std::sqrt(D_A * t)) + h * std::sqrt(D_A * t));
    };
    for (const double x : {0.0, 0.5_um, 1.0_um, 2.0_um, 4.0_um})
        CHECK(at(e, 0.0, -x) == Approx(exact(x)).epsilon(0.0).margin(1e-4));
    REQUIRE(e.steps[0].melt_fraction_end);
    CHECK(*e.steps[0].melt_fraction_end == Approx(exact(0.0)).epsilon(0.0).margin(1e-4));
    // What the glass holds is what the melt lost.
    CHECK((0.8 - *e.steps[0].melt_fraction_end) * stock == Approx(e.steps[0].dose[0] / p.width).epsilon(1e-13));
}

TEST_CASE("the melt's equilibrium follows its regular solution") {
    glass::IonPair pair{.ion = "Ag", .equilibrium_constant = 20.0, .melt_interaction = 3160.0};
    const double X = 0.01, T = 623.15;
    const double C = pair.surface_fraction(X, T);
    CHECK(std::log(C / (1.0 - C)) ==
          Approx(std::log(20.0) + std::log(X / (1.0 - X)) + 3160.0 / (8.31446 * T) * (1.0 - 2.0 * X)).epsilon(1e-6));
    CHECK(pair.surface_fraction(0.0, T) == 0.0);
    CHECK(pair.surface_fraction(1.0, T) == 1.0);
    pair.thermodynamic_factor = 2.0;
    const double n2 = pair.surface_fraction(X, T);
    CHECK(n2 / (1.0 - n2) == Approx(std::sqrt(C / (1.0 - C))).epsilon(1e-13));
}

TEST_CASE("a ramp of the temperature counts by its diffusion time") {
    ExchangeParams p = thermal(0.3, 3.0_um, 1e-4);
    p.pairs[0] = {.ion = "Ag", .D_A0 = 1.156e-7, .activation_energy = 84810.0, .M = 0.3};
    const Schedule cooling({{0.0, celsius(300.0)}, {600.0, celsius(300.0)}, {1800.0, celsius(200.0)}});
    p.recipe[0].temperature = cooling;
    p.recipe[0].duration = 1800.0;
    const Exchange ramp = run_exchange(p);
    double equivalent = 0.0;  // ∫ D(T)/D(300 degC) dt, by the midpoint rule
    for (int i = 0; i < 20000; ++i) {
        const double t = (i + 0.5) / 20000.0 * 1800.0;
        equivalent += p.pairs[0].D_A(cooling(t)) / p.pairs[0].D_A(celsius(300.0)) * 1800.0 / 20000.0;
    }
    p.recipe[0].temperature = celsius(300.0);
    p.recipe[0].duration = equivalent;
    const Exchange constant = run_exchange(p);
    for (const double x : {0.5_um, 1.0_um, 2.0_um, 4.0_um})
        CHECK(at(ramp, 0.0, -x) == Approx(at(constant, 0.0, -x)).epsilon(0.0).margin(2e-4));
    CHECK(ramp.steps[0].dose[0] == Approx(constant.steps[0].dose[0]).epsilon(4e-4));
}

TEST_CASE("the mobility ratio follows its own activation energy") {
    const glass::IonPair pair{
        .D_A0 = 1e-7, .activation_energy = 85e3, .M = 0.2, .M_energy = 10e3, .reference_temperature = 600.0};
    CHECK(pair.mobility_ratio(600.0) == Approx(0.2).epsilon(1e-14));
    CHECK(std::log(pair.mobility_ratio(650.0) / 0.2) ==
          Approx(-10e3 / 8.31446261815 * (1.0 / 650.0 - 1.0 / 600.0)).epsilon(3e-12));
    CHECK(pair.D_B(650.0) == Approx(pair.D_A(650.0) / pair.mobility_ratio(650.0)).epsilon(1e-14));
}

TEST_CASE("the mask may change between steps") {
    // Two windows so far apart that they do not feel each other, one after the other: each takes the dose of one alone.
    ExchangeParams p = thermal(1.0, 3.0_um, 1e-3);
    p.openings = {{-12.0_um, 4.0_um}};
    RecipeStep second = p.recipe[0];
    second.openings = {{12.0_um, 4.0_um}};
    p.recipe.push_back(second);
    const Exchange e = run_exchange(p);
    CHECK(e.steps[0].dose[0] * 1e12 == Approx(exact::window_dose_linear_um2).epsilon(2e-3));
    CHECK(e.steps[1].dose[0] * 1e12 == Approx(2.0 * exact::window_dose_linear_um2).epsilon(2e-3));
    CHECK(at(e, 12.0_um, -1.0_um) == Approx(0.600773134).epsilon(0.0).margin(2e-3));
    CHECK(at(e, -12.0_um, -1.0_um) < 0.5);
}
