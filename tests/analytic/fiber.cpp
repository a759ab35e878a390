#include <cmath>

#include "core/constants.hpp"
#include "modes/fiber_mode.hpp"
#include "tests/support/catch.hpp"

using namespace vitral::modes;

TEST_CASE("LP01 of a step fiber: reference n_eff and mode-field diameters") {
    const FiberMode at_1550({4.1e-6, 1.4504, 1.4447}, 1.55e-6);
    CHECK(at_1550.V() == Approx(2.135016518149852).epsilon(1e-12));
    CHECK(at_1550.n_eff() == Approx(1.44731394817463913).epsilon(0.0).margin(1e-12));
    CHECK(at_1550.mode_field_diameter() * 1e6 == Approx(9.6490287143695).epsilon(1e-9));

    const FiberMode at_1310({4.1e-6, core_index(1.4468, 0.0036), 1.4468}, 1.31e-6);
    CHECK(at_1310.n_eff() == Approx(1.4496074097760991).epsilon(0.0).margin(1e-12));
    CHECK(at_1310.mode_field_diameter() * 1e6 == Approx(8.814306760853016).epsilon(1e-9));
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
    CHECK(sum == Approx(1.0).epsilon(1e-6));
    CHECK(core == Approx(0.774973599167).epsilon(1e-4));
    CHECK(mode(4.1e-6 * (1 + 1e-9)) == Approx(mode(4.1e-6)).epsilon(1e-8));
}

TEST_CASE("a fiber without a core is refused") {
    CHECK_THROWS_AS(FiberMode({4.1e-6, 1.44, 1.44}, 1.55e-6), std::domain_error);
}
