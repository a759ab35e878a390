#include <cmath>

#include "core/constants.hpp"
#include "modes/elements/section_modes.hpp"
#include "modes/fiber/fiber_lines.hpp"
#include "modes/fiber/fiber_mode.hpp"
#include "tests/support/catch.hpp"

using namespace vitral::modes;

TEST_CASE("LP01 of a step fiber: reference n_eff and mode-field diameters") {
    const FiberMode at_1550({4.1e-6, 1.4504, 1.4447}, 1.55e-6);
    CHECK(at_1550.V() == Approx(2.135016518149852).epsilon(2e-13));
    CHECK(at_1550.n_eff() == Approx(1.44731394817463913).epsilon(0.0).margin(1e-13));
    CHECK(at_1550.mode_field_diameter() * 1e6 == Approx(9.6490287143695).epsilon(1e-12));

    const FiberMode at_1310({4.1e-6, core_index(1.4468, 0.0036), 1.4468}, 1.31e-6);
    CHECK(at_1310.n_eff() == Approx(1.4496074097760991).epsilon(0.0).margin(1e-13));
    CHECK(at_1310.mode_field_diameter() * 1e6 == Approx(8.814306760853016).epsilon(1e-12));
}

TEST_CASE("LP01 has unit power and is smooth at the core's edge") {
    const FiberMode mode({4.1e-6, 1.4504, 1.4447}, 1.55e-6);
    double sum = 0.0, core = 0.0;
    const double dr = 2e-9;
    for (double r = 0.5 * dr; r < 80e-6; r += dr) {
        const double ring = 2.0 * vitral::pi * r * dr * std::pow(mode(r), 2);
        sum += ring;
        if (r < 4.1e-6) core += ring;
    }
    CHECK(sum == Approx(1.0).epsilon(2e-7));
    CHECK(core == Approx(0.774973599167).epsilon(5e-7));
    CHECK(mode(4.1e-6 * (1 + 1e-9)) == Approx(mode(4.1e-6)).epsilon(1e-8));
}

TEST_CASE("the Gaussian of best overlap with LP01") {
    const FiberMode mode({4.1e-6, 1.4504, 1.4447}, 1.55e-6);
    const auto best = mode.best_gaussian();
    CHECK(best.overlap == Approx(0.99395396509).epsilon(0.0).margin(1e-11));
    CHECK(best.diameter * 1e6 == Approx(9.75909892631).epsilon(1e-7));
    CHECK(mode.gaussian_overlap(10.4e-6) == Approx(0.990495814684).epsilon(0.0).margin(1e-12));
    CHECK(mode.gaussian_overlap(9.2e-6) == Approx(0.99095094468).epsilon(0.0).margin(2e-12));
}

TEST_CASE("a fiber without a core is refused") {
    CHECK_THROWS_AS(FiberMode({4.1e-6, 1.44, 1.44}, 1.55e-6), std::domain_error);
}

TEST_CASE("vector and LP modes of step fibers") {
    const StepFiber fiber{4.1e-6, 1.4504, 1.4447};
    const auto lp = lp_modes(fiber, 1.55e-6), vector = vector_modes(fiber, 1.55e-6);
    REQUIRE(lp.size() == 1);
    CHECK(lp[0].name == "LP01");
    CHECK(lp[0].n_eff == Approx(1.44731394817463913).epsilon(0.0).margin(1e-13));
    REQUIRE(vector.size() == 1);
    CHECK(vector[0].name == "HE11");
    CHECK(vector[0].n_eff == Approx(1.44730804237334792).epsilon(0.0).margin(1e-13));
    // Group indices without the glasses' dispersion.
    const auto n_group = [&](auto&& modes) {
        return *vitral::modes::group_indices([&](double wavelength) { return modes(fiber, wavelength); }, 1.55e-6)[0];
    };
    CHECK(n_group(lp_modes) == Approx(1.4509269127338).epsilon(0.0).margin(1e-11));
    CHECK(n_group(vector_modes) == Approx(1.45092760454).epsilon(0.0).margin(5e-11));

    // Four LP groups at V = 4.5 (cut-offs 2.405, 3.832, 3.832): LP11 splits into TE01, HE21, TM01, LP21 into HE31 and EH11.
    const double wavelength = 2.0 * vitral::pi * 4.1e-6 * std::sqrt(1.4504 * 1.4504 - 1.4447 * 1.4447) / 4.5;
    const auto groups = lp_modes(fiber, wavelength), split = vector_modes(fiber, wavelength);
    std::vector<std::string> names;
    for (const auto& line : groups) names.push_back(line.name);
    CHECK(names == std::vector<std::string>{"LP01", "LP11", "LP21", "LP02"});
    names.clear();
    for (const auto& line : split) names.push_back(line.name);
    CHECK(names.size() == 7);
    CHECK(names[0] == "HE11");
    const auto named = [&](const char* name) {
        for (const auto& line : split)
            if (line.name == name) return line.n_eff;
        return 0.0;
    };
    for (const char* name : {"TE01", "TM01", "HE21"})
        CHECK(named(name) == Approx(groups[1].n_eff).epsilon(0.0).margin(3e-5));
    for (const char* name : {"HE31", "EH11"}) CHECK(named(name) == Approx(groups[2].n_eff).epsilon(0.0).margin(3e-5));
    CHECK(named("HE12") == Approx(groups[3].n_eff).epsilon(0.0).margin(2e-5));
}

TEST_CASE("vector modes of a silica nanowire, where LP names mean nothing") {
    // The equations of TE and TM in another form than they are solved in: J1/(u J0) = -K1/(w K0), times n² on the left (TM).
    const StepFiber wire{0.6e-6, 1.444, 1.0};
    const double k0 = 2.0 * vitral::pi / 1.0e-6;
    int checked = 0;
    for (const auto& line : vector_modes(wire, 1.0e-6)) {
        if (line.name != "TE01" && line.name != "TM01") continue;
        const double u = k0 * 0.6e-6 * std::sqrt(1.444 * 1.444 - line.n_eff * line.n_eff),
                     w = k0 * 0.6e-6 * std::sqrt(line.n_eff * line.n_eff - 1.0);
        const double left = std::cyl_bessel_j(1, u) / (u * std::cyl_bessel_j(0, u)),
                     right = -std::cyl_bessel_k(1, w) / (w * std::cyl_bessel_k(0, w));
        CHECK((line.name == "TE01" ? 1.0 : 1.444 * 1.444) * left == Approx(right).epsilon(1e-13));
        ++checked;
    }
    CHECK(checked == 2);
}

TEST_CASE("graded fibers: the parabola's closed form, and the step") {
    const double k0 = 2.0 * vitral::pi / 1.55e-6, g = 0.02e6, n1 = 1.51;
    const auto parabola = [&](double r) { return std::sqrt(n1 * n1 - std::pow(g * std::min(r, 45e-6), 2)); };
    for (const int l : {0, 1, 3}) {
        const auto lines = graded_lp_modes(parabola, 45e-6, {}, 1.55e-6, l);
        for (int p = 0; p < 3; ++p)
            CHECK(lines.at(static_cast<std::size_t>(p)).n_eff ==
                  Approx(std::sqrt(n1 * n1 - 2.0 * (2 * p + l + 1) * g / k0)).epsilon(0.0).margin(1e-10));
    }
    const auto lines =
        graded_lp_modes([&](double r) { return r < 4.1e-6 ? 1.4504 : 1.4447; }, 4.1e-6, {4.1e-6}, 1.55e-6);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].n_eff == Approx(1.44731394817463913).epsilon(0.0).margin(1e-13));
    CHECK(
        graded_lp_modes([&](double r) { return r < 4.1e-6 ? 1.4504 : 1.4447; }, 4.1e-6, {4.1e-6}, 1.55e-6, 1).empty());
}

TEST_CASE("the elements, too, know the fiber") {
    // A circle is no union of rectangles; the graded parabola is smooth. Two dimensions: the sum of both.
    const double k0 = 2.0 * vitral::pi / 1.55e-6;
    vitral::Section s;
    s.permittivity = [](double x, double y) {
        const double e = 1.51 * 1.51 - std::pow(0.02 * std::min(std::hypot(x, y) * 1e6, 40.0), 2);
        return vitral::Permittivity{e, e, e};
    };
    s.left = s.bottom = -25e-6, s.right = s.top = 25e-6;
    const auto set = section_modes(s, {.equation = WaveEquation::scalar, .wavelength = 1.55e-6, .count = 1});
    CHECK(set.modes.at(0).n_eff.real() ==
          Approx(std::sqrt(1.51 * 1.51 - 2.0 * 0.02e6 / k0)).epsilon(0.0).margin(1e-12));
}
