/// Graded axes, and light carried from grid to grid.
#include <cmath>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "medium/moved_section.hpp"
#include "medium/polarized_index.hpp"
#include "solver/propagation/observables.hpp"
#include "solver/propagation/regrid.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;

TEST_CASE("a graded axis goes from wall to wall, fine where it was asked to be, and knows its derivatives") {
    const Axis axis = graded_axis(-50e-6, 60e-6, 0.03e-6, {-8e-6, 10e-6, 12e-6, 4.0});
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
        CHECK((after - before) / (2.0 * h) == Approx(J.first).epsilon(0.0).margin(2e2));
        CHECK((after - 2.0 * J.value + before) / (h * h) == Approx(J.second).epsilon(0.0).margin(5e7));
    }
    CHECK(sum == Approx(110e-6).epsilon(1e-9));
    const Axis one_side = graded_axis(-50e-6, 2e-6, 0.3e-6, {-12e-6, 2e-6, 10e-6, 3.0});
    CHECK(one_side.upper() == Approx(2e-6).epsilon(1e-14));
    CHECK(one_side.jacobian(one_side.count - 1).value == 1.0);
    CHECK(one_side.jacobian(0).value == 3.0);
    CHECK_THROWS_AS(graded_axis(-20e-6, 60e-6, 0.3e-6, {-8e-6, 10e-6, 12e-6, 4.0}), std::invalid_argument);
    const Axis uniform = graded_axis(-20e-6, 60e-6, 0.3e-6, {-8e-6, 10e-6, 12e-6, 1.0});
    CHECK(uniform.is_uniform());
    CHECK(uniform.upper() == Approx(60e-6).epsilon(1e-14));
}

TEST_CASE("light keeps its power, place and overlaps on a graded grid, and comes back") {
    const Grid uniform{{-40e-6, 0.4e-6, 200}, {-30e-6, 0.4e-6, 80}},
        graded{graded_axis(-40e-6, 40e-6, 0.4e-6, {-6e-6, 7e-6, 6e-6, 3.0}),
               graded_axis(-30e-6, 2e-6, 0.4e-6, {-10e-6, 2e-6, 6e-6, 2.0})};
    CHECK(graded.size() < 0.5 * static_cast<double>(uniform.size()));
    const GaussianBeam beam{4e-6, 3e-6, 0.5e-6, -5e-6};
    const auto light = sample(uniform, [&](double x, double y) { return std::polar(beam(x, y), 2e5 * x); });
    const auto moved = propagation::regrid(light, graded);
    CHECK(power(moved) == Approx(power(light)).epsilon(1e-5));
    const auto m = propagation::beam_moments(moved);
    CHECK(m.center_x == Approx(0.5e-6).epsilon(1e-6));
    CHECK(m.center_y == Approx(-5e-6).epsilon(2e-5));
    CHECK(m.width_x == Approx(8e-6).epsilon(3e-5));
    CHECK(m.width_y == Approx(6e-6).epsilon(1e-4));
    const auto back = propagation::regrid(moved, uniform);
    double worst = 0.0, highest = 0.0;
    for (std::size_t i = 0; i < light.values.size(); ++i) {
        worst = std::max(worst, std::abs(back.values[i] - light.values[i]));
        highest = std::max(highest, std::abs(light.values[i]));
    }
    CHECK(worst < 1e-4 * highest);
    // At the wall the field is odd: linear light that vanishes there is carried to the last points as it is.
    const auto sine = sample(uniform, [](double x, double y) { return (2e-6 - y) * std::exp(-std::pow(x / 5e-6, 2)); });
    const auto carried = propagation::regrid(sine, graded);
    const int top = graded.y.count - 1, middle = graded.x.count / 2;
    CHECK(carried(middle, top) ==
          Approx((2e-6 - graded.y.at(top)) * std::exp(-std::pow(graded.x.at(middle) / 5e-6, 2))).epsilon(1e-5));
}

TEST_CASE("a section moved onto a graded axis is the section where its points lie, in straight parts and in arcs") {
    const auto profile = [](double x, double y) {
        return 1.5 + 0.01 * std::exp(-std::pow((x + 5e-6) / 4e-6, 2) - std::pow(y / 3e-6, 2));
    };
    const Axis y{-8e-6, 1e-6, 16}, x = graded_axis(-60e-6, 60e-6, 0.5e-6, {-15e-6, 25e-6, 8e-6, 3.0});
    const Grid uniform{{-60e-6, 0.5e-6, 240}, y};
    const GuidePath path(0.0, {{1e-3, 12e-6}, {200e-6, 0.0, 1.0 / 2e-3}});
    const medium::MovedSection moved(sample(uniform, profile), path, {}, x);
    REQUIRE(moved.grid().x == x);
    IndexMap map(moved.grid());
    for (const double z : {0.0, 0.4e-3, 1e-3, 1.1e-3}) {
        moved.at(z, map);
        const double curvature = path.curvature(z), center = path.center(z);
        double worst = 0.0;
        for (int iy = 0; iy < y.count; ++iy)
            for (int ix = 0; ix < x.count; ++ix) {
                const double u = x.at(ix) - center, at = curvature != 0.0 ? std::expm1(u * curvature) / curvature : u;
                worst = std::max(worst, std::abs(map(ix, iy) - profile(at, y.at(iy)) * std::exp(u * curvature)));
            }
        INFO("z = " << z);
        CHECK(worst < 5e-7);
    }
    // Outside the columns that are said to change, nothing does.
    IndexMap later(moved.grid());
    moved.at(0.2e-3, map);
    moved.at(0.3e-3, later);
    const ColumnRange changed = moved.changed_columns(0.2e-3, 0.3e-3);
    CHECK(changed.begin > 10);
    CHECK(changed.end < x.count - 10);
    for (int ix = 0; ix < x.count; ++ix)
        if (ix < changed.begin || ix >= changed.end) CHECK(map(ix, 8) == later(ix, 8));
}

TEST_CASE("what polarised light sees is the same at the points of a graded axis") {
    const auto profile = [](double x, double y) {
        return 1.5 + 0.05 * std::exp(-std::pow(x / 4e-6, 2) - std::pow((y + 9e-6) / 3e-6, 2));
    };
    const Axis x{-10e-6, 0.5e-6, 40}, y = graded_axis(-40e-6, 2e-6, 0.25e-6, {-8e-6, 2e-6, 8e-6, 2.5});
    const double wavelength = 1.31e-6, k0 = 2.0 * 3.14159265358979323846 / wavelength;
    const IndexMap seen = medium::polarized_index(sample(Grid{x, y}, profile), wavelength, Polarization::along_y);
    double worst = 0.0, largest = 0.0;
    for (int iy = 3; iy + 3 < y.count; ++iy)
        for (int ix = 0; ix < x.count; ++ix) {
            // (ln n)'' - (ln n)'² by differences of the formula
            const double h = 1e-8, at = y.at(iy), here = std::log(profile(x.at(ix), at)),
                         above = std::log(profile(x.at(ix), at + h)), below = std::log(profile(x.at(ix), at - h));
            const double first = (above - below) / (2.0 * h), second = (above - 2.0 * here + below) / (h * h);
            const double change = (second - first * first) / (k0 * k0), n = profile(x.at(ix), at);
            largest = std::max(largest, std::abs(change));
            worst = std::max(worst, std::abs(seen(ix, iy) * seen(ix, iy) - n * n - change));
        }
    CHECK(largest > 2e-4);
    CHECK(worst < 2e-3 * largest);
}
