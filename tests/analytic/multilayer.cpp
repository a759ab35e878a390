#include "modes/planar/multilayer.hpp"

#include <cmath>

#include "core/constants.hpp"
#include "modes/elements/section_modes.hpp"
#include "modes/planar/inverse_wkb.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sections.hpp"

using namespace vitral;
using modes::LayerPolarization;
using modes::Multilayer;

TEST_CASE("slabs have their exact indices") {
    const auto check = [](double cover, double te, double tm) {
        const Multilayer slab{1.444, {{3.476, 0.22e-6}}, cover};
        const auto found_te = modes::guided_modes(slab, 1.55e-6, LayerPolarization::te),
                   found_tm = modes::guided_modes(slab, 1.55e-6, LayerPolarization::tm);
        REQUIRE(found_te.size() == 1);
        REQUIRE(found_tm.size() == 1);
        CHECK(found_te[0] == Approx(te).epsilon(0.0).margin(1e-13));
        CHECK(found_tm[0] == Approx(tm).epsilon(0.0).margin(1e-13));
    };
    check(1.444, 2.84778224344627428, 2.05331967880455693);
    check(1.0, 2.83088243812317554, 1.89081800787479095);
}

TEST_CASE("no mode of coupled layers is missed, however close they lie") {
    // Two slabs 6 µm apart: pairs that differ by less than 1e-12.
    const Multilayer coupled{1.444, {{3.476, 0.22e-6}, {1.444, 6e-6}, {3.476, 0.22e-6}}, 1.444};
    for (const auto polarization : {LayerPolarization::te, LayerPolarization::tm}) {
        const auto n = modes::guided_modes(coupled, 1.55e-6, polarization);
        REQUIRE(n.size() == 2);
        CHECK(n[0] - n[1] < 1e-12);
        CHECK(n[0] >= n[1]);
    }
    // Closer, the mean of the pair is that of the slab to second order, and the split what the elements say.
    const Multilayer close{1.444, {{3.476, 0.22e-6}, {1.444, 0.4e-6}, {3.476, 0.22e-6}}, 1.444};
    const auto exact = modes::guided_modes(close, 1.55e-6, LayerPolarization::tm);
    const auto section = sections::layers(
        [](double x) { return (x > 0.0 && x < 0.22e-6) || (x > 0.62e-6 && x < 0.84e-6) ? 3.476 : 1.444; },
        {0.0, 0.22e-6, 0.62e-6, 0.84e-6}, 0.0, 0.84e-6);
    const auto set = modes::section_modes(
        section, {.wavelength = 1.55e-6, .count = 4, .accuracy = 1e-11, .slab_field = modes::SlabField::along_x});
    REQUIRE(exact.size() == set.modes.size());
    for (std::size_t m = 0; m < exact.size(); ++m)
        CHECK(set.modes[m].n_eff.real() == Approx(exact[m]).epsilon(0.0).margin(2e-11));
    CHECK(modes::guided_modes({1.45, {{1.44, 1e-6}}, 1.0}, 1.55e-6, LayerPolarization::te).empty());
}

TEST_CASE("leaky and lossy layers") {
    // Silicon on 1 µm of oxide on silicon: the same from the elements with a matched layer.
    const Multilayer leaky{3.5, {{1.45, 0.5e-6}, {3.5, 0.22e-6}}, 1.0};
    for (const auto polarization : {LayerPolarization::te, LayerPolarization::tm}) {
        const bool te = polarization == LayerPolarization::te;
        const double bound = modes::guided_modes({1.45, {{3.5, 0.22e-6}}, 1.0}, 1.55e-6, polarization).at(0);
        const Complex n = modes::leaky_mode(leaky, 1.55e-6, polarization, bound);
        CHECK(n.imag() > 1e-7);
        const auto section = sections::layers(
            [](double x) {
                return x < 0.0 ? 3.5 : x < 0.5e-6 ? 1.45 : x < 0.72e-6 ? 3.5 : 1.0;
            },
            {0.0, 0.5e-6, 0.72e-6}, 0.0, 0.72e-6);
        const auto set =
            modes::section_modes(section, {.wavelength = 1.55e-6,
                                           .count = 1,
                                           .accuracy = 1e-10,
                                           .near = bound,
                                           .slab_field = te ? modes::SlabField::along_y : modes::SlabField::along_x});
        CHECK(set.modes.at(0).n_eff.real() == Approx(n.real()).epsilon(0.0).margin(1e-7));
        CHECK(set.modes[0].n_eff.imag() == Approx(n.imag()).epsilon(2e-4));
    }
    // A symmetric one leaks to both sides: only half of it is solved.
    const Multilayer both{3.5, {{1.45, 0.5e-6}, {3.5, 0.22e-6}, {1.45, 0.5e-6}}, 3.5};
    const double held = modes::guided_modes({1.45, {{3.5, 0.22e-6}}, 1.45}, 1.55e-6, LayerPolarization::te).at(0);
    const Complex exact = modes::leaky_mode(both, 1.55e-6, LayerPolarization::te, held);
    const auto symmetric =
        sections::layers([](double x) { return std::abs(x) < 0.11e-6 || std::abs(x) > 0.61e-6 ? 3.5 : 1.45; },
                         {-0.61e-6, -0.11e-6, 0.11e-6, 0.61e-6}, -0.61e-6, 0.61e-6);
    const auto found =
        modes::section_modes(symmetric, {.wavelength = 1.55e-6, .count = 1, .accuracy = 1e-10, .near = held});
    CHECK(found.modes.at(0).on->mirrored_x);
    CHECK(found.modes[0].n_eff.real() == Approx(exact.real()).epsilon(0.0).margin(1e-8));
    CHECK(found.modes[0].n_eff.imag() == Approx(exact.imag()).epsilon(2e-4));
    // Weak absorption in the core alone: confinement times its Im n (perturbation), and exactly.
    const Multilayer absorbing{1.444, {{Complex(3.476, 1e-6), 0.22e-6}}, 1.444};
    const Complex n = modes::leaky_mode(absorbing, 1.55e-6, LayerPolarization::te, 2.84778224344627428);
    const double step = 1e-5;
    const auto at = [&](double core) {
        return modes::guided_modes({1.444, {{core, 0.22e-6}}, 1.444}, 1.55e-6, LayerPolarization::te)[0];
    };
    CHECK(n.imag() == Approx(1e-6 * (at(3.476 + step) - at(3.476 - step)) / (2.0 * step)).epsilon(1e-9));
}

TEST_CASE("the profile of an exponential guide comes back from its mode indices") {
    // n² = 2.25 + 0.15 exp(-x/3 µm) under air: eight modes at 633 nm, by the elements.
    const auto n = [](double x) { return x < 0.0 ? 1.0 : std::sqrt(2.25 + 0.15 * std::exp(-x / 3e-6)); };
    const auto set =
        modes::section_modes(sections::layers(n, {0.0}, 0.0, 20e-6),
                             {.equation = modes::WaveEquation::scalar, .wavelength = 0.633e-6, .count = 20});
    std::vector<double> indices;
    for (const auto& mode : set.modes) indices.push_back(mode.n_eff.real());
    REQUIRE(indices.size() >= 6);
    const auto profile = modes::inverse_wkb(indices, 0.633e-6);
    CHECK(profile.surface_index == Approx(n(0.0)).epsilon(0.0).margin(2e-3));  // a rise of 0.049
    for (std::size_t m = 0; m + 1 < indices.size(); ++m)  // the last mode's turning point is far out on the tail
        CHECK(profile.index[m] == Approx(n(profile.depth[m])).epsilon(0.0).margin(1e-3));
    // With the true surface index the first turning points are better.
    const auto given = modes::inverse_wkb(indices, 0.633e-6, 1.0, n(0.0));
    CHECK(given.index[1] == Approx(n(given.depth[1])).epsilon(0.0).margin(7e-4));
    CHECK_THROWS_AS(modes::inverse_wkb({1.51, 1.52}, 0.633e-6), std::invalid_argument);
    CHECK_THROWS_AS(modes::inverse_wkb({1.51}, 0.633e-6), std::invalid_argument);
}
