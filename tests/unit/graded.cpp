/// Graded axes, and light carried from grid to grid.
#include <cmath>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "solver/propagation/observables.hpp"
#include "solver/propagation/regrid.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;

TEST_CASE("a graded axis goes from wall to wall, fine where it was asked to be, and knows its derivatives") {
    const Axis axis = graded_axis(-50e-6, 60e-6, 0.03e-6, -8e-6, 10e-6, 12e-6, 4.0);
    CHECK(axis.lower == -50e-6);
    CHECK(axis.upper() == Approx(60e-6).epsilon(1e-14));
    CHECK(axis.spacing <= 0.03e-6);
    CHECK(axis.count < 0.65 * 110.0 / 0.03);
    double sum = 0.0;
    for (int i = 0; i < axis.count; ++i) {
        const auto J = axis.jacobian(i);
        sum += J.value * axis.spacing;
        if (axis.at(i) > -8e-6 && axis.at(i) < 10e-6) CHECK(J.value == 1.0);
        if (axis.at(i) < -39e-6 || axis.at(i) > 41e-6) CHECK(J.value == 4.0);
        if (i == 0 || i + 1 == axis.count) continue;
        const double h = axis.spacing, before = axis.jacobian(i - 1).value, after = axis.jacobian(i + 1).value;
        CHECK((axis.at(i + 1) - axis.at(i - 1)) / (2.0 * h) == Approx(J.value).epsilon(1e-4));
        CHECK((after - before) / (2.0 * h) == Approx(J.first).epsilon(0.0).margin(6e2));
        CHECK((after - 2.0 * J.value + before) / (h * h) == Approx(J.second).epsilon(0.0).margin(3e8));
    }
    CHECK(sum == Approx(110e-6).epsilon(1e-6));
    const Axis one_side = graded_axis(-50e-6, 2e-6, 0.3e-6, -12e-6, 2e-6, 10e-6, 3.0);
    CHECK(one_side.upper() == Approx(2e-6).epsilon(1e-14));
    CHECK(one_side.jacobian(one_side.count - 1).value == 1.0);
    CHECK(one_side.jacobian(0).value == 3.0);
    CHECK_THROWS_AS(graded_axis(-20e-6, 60e-6, 0.3e-6, -8e-6, 10e-6, 12e-6, 4.0), std::invalid_argument);
    const Axis uniform = graded_axis(-20e-6, 60e-6, 0.3e-6, -8e-6, 10e-6, 12e-6, 1.0);
    CHECK(uniform.is_uniform());
    CHECK(uniform.upper() == Approx(60e-6).epsilon(1e-14));
}

TEST_CASE("light keeps its power, place and overlaps on a graded grid, and comes back") {
    const Grid uniform{{-40e-6, 0.4e-6, 200}, {-30e-6, 0.4e-6, 80}},
        graded{graded_axis(-40e-6, 40e-6, 0.4e-6, -6e-6, 7e-6, 6e-6, 3.0),
               graded_axis(-30e-6, 2e-6, 0.4e-6, -10e-6, 2e-6, 6e-6, 2.0)};
    CHECK(graded.size() < 0.5 * static_cast<double>(uniform.size()));
    const GaussianBeam beam{4e-6, 3e-6, 0.5e-6, -5e-6};
    const auto light = sample(uniform, [&](double x, double y) { return std::polar(beam(x, y), 2e5 * x); });
    const auto moved = propagation::regrid(light, graded);
    CHECK(power(moved) == Approx(power(light)).epsilon(1e-5));
    const auto m = propagation::beam_moments(moved);
    CHECK(m.center_x == Approx(0.5e-6).epsilon(1e-4));
    CHECK(m.center_y == Approx(-5e-6).epsilon(1e-4));
    CHECK(m.width_x == Approx(8e-6).epsilon(1e-4));
    CHECK(m.width_y == Approx(6e-6).epsilon(1e-3));
    const auto back = propagation::regrid(moved, uniform);
    double worst = 0.0, highest = 0.0;
    for (std::size_t i = 0; i < light.values.size(); ++i) {
        worst = std::max(worst, std::abs(back.values[i] - light.values[i]));
        highest = std::max(highest, std::abs(light.values[i]));
    }
    CHECK(worst < 3e-4 * highest);
    // At the wall the field is odd: linear light that vanishes there is carried to the last points as it is.
    const auto sine = sample(uniform, [](double x, double y) { return (2e-6 - y) * std::exp(-std::pow(x / 5e-6, 2)); });
    const auto carried = propagation::regrid(sine, graded);
    const int top = graded.y.count - 1, middle = graded.x.count / 2;
    CHECK(carried(middle, top) ==
          Approx((2e-6 - graded.y.at(top)) * std::exp(-std::pow(graded.x.at(middle) / 5e-6, 2))).epsilon(1e-4));
}
