/// The absorption of the glass reaches the light: the loss of the mode is the loss of the propagation, whichever engine marches.
#include <cmath>
#include <nlohmann/json.hpp>

#include "solver/propagation/capabilities.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

/// A box of glass of 1 dB/cm over a lossless one, wide enough to hold the mode: 5 mm lose 0.5 dB.
const std::string guide = R"~(wavelength = "1310 nm"
[section]
width = "40 um"
depth = "24 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
[modes]
count = 1
)~";

/// Potassium in N-BK7, whose record knows the absorption of the glass: 0.0211 dB/cm at 1310 nm.
const std::string exchanged = R"~(wavelength = "1310 nm"
[glass]
name = "N-BK7"
[section]
width = "40 um"
depth = "20 um"
resolution = "0.5 um"
[numerics]
process_tolerance = 1e-2
[[mask.guide]]
width = "8 um"
segments = [ { straight = "20 mm" } ]
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 1.0
temperature = "400 degC"
duration = "6 h"
[modes]
count = 1
[propagation]
records = 8
launch = { mode = 0 }
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "8 um" } }
[[coupling]]
at = "output"
to = { gaussian = { mfd_x = "8 um" } }
)~";

/// `beside` [dB] is what the mode loses otherwise: to the step, or in a bend.
void check_loss(const Json& light, double length, double tolerance, double beside = 0.0) {
    const Json& p = light["propagation"];
    const double expected = light["modes"][0]["absorption_dB_per_cm"].get<double>() * 100.0 * length;
    REQUIRE(expected > 0.0);
    CHECK(p["loss_dB"].get<double>() == Approx(expected).epsilon(tolerance).margin(beside));
    const double share = 1.0 - std::pow(10.0, -0.1 * expected);
    CHECK(p["removed"]["absorbed"].get<double>() ==
          Approx(share * p["launched_power"].get<double>()).epsilon(tolerance));
    CHECK(p["balance"].get<double>() < 3e-4);
}

}  // namespace

TEST_CASE("every engine loses what the mode loses by the absorption of the glass, stepped or in one stride") {
    const TemporaryFolder folder;
    const std::string config = folder.write("k.toml", exchanged);
    for (const auto& row : vitral::propagation::engine_rows())
        for (const std::string precision : {"double", "single"})
            for (const bool stepped : {false, true}) {
                const std::string method(row.method.word), order(vitral::propagation::word_of(row.op)),
                    splitting(vitral::propagation::word_of(row.splitting));
                INFO(method << " " << order << " " << splitting << " " << precision << (stepped ? " stepped" : ""));
                // The steps of the wide operators are costly: a shorter guide says as much.
                const bool costly = order != "paraxial";
                const std::string length = costly || stepped ? "1 mm" : "20 mm";
                std::vector<std::string> settings = {"propagation.method=" + method, "propagation.order=" + order,
                                                     "propagation.splitting=" + splitting,
                                                     "propagation.precision=" + precision,
                                                     "mask.guide[0].segments=[ { straight = \"" + length + "\" } ]"};
                if (stepped) settings.push_back("propagation.step=20 um");
                const double metres = costly || stepped ? 1e-3 : 20e-3;
                // Single precision leaves 1e-6 of the power, of which 1 mm loses 5e-4.
                const bool rounds = precision == "single" && stepped;
                check_loss(light_of(config, settings), metres, rounds ? 2e-2 : 2e-3, stepped ? 2e-4 : 0.0);
            }
}

TEST_CASE("absorption is in the link budget, and moves with a guide that bends") {
    const TemporaryFolder folder;
    const std::string config = folder.write("k.toml", exchanged);
    const Json straight = light_of(config, {});
    check_loss(straight, 20e-3, 1e-3);
    // The line of the absorption is the mode's own; in a straight guide nothing else is lost.
    const Json& budget = straight["link"]["budget"];
    CHECK(budget[3][0] == "absorption");
    CHECK(budget[3][1].get<double>() == Approx(straight["propagation"]["loss_dB"].get<double>()).epsilon(1e-3));
    CHECK(budget[4][0] == "bends and transitions");
    CHECK(std::abs(budget[4][1].get<double>()) < 1e-4);
    CHECK(straight["propagation"]["loss_dB"].get<double>() == Approx(0.0422).epsilon(0.01));
    const Json bent = light_of(config, {"mask.guide[0].segments=[ { s_bend = \"20 mm\", to_x = \"4 um\" } ]"});
    check_loss(bent, 20e-3, 2e-2, 0.03);
    CHECK(bent["propagation"]["loss_dB"].get<double>() > straight["propagation"]["loss_dB"].get<double>());
}

TEST_CASE("what a drawn box absorbs is lost by the light that runs in it") {
    const TemporaryFolder folder;
    // 1.5135 at the core's peak, and 1 dB/cm: k = 23.03 / (4 pi / 1.31e-6) = 2.4e-6.
    (void)folder.write(
        "lossy.yml",
        "DATA:\n  - type: tabulated nk\n    data: |\n      1.2 1.51 2.4003e-6\n      1.4 1.51 2.4003e-6\n");
    const std::string config = folder.write(
        "box.toml",
        guide +
            "[[index.box]]\nname = \"core\"\nwidth = \"6 um\"\nbottom = \"-12 um\"\nheight = \"6 um\"\nindex = "
            "\"./lossy.yml\"\n[propagation]\nlength = \"2 mm\"\nrecords = 8\nlaunch = { mode = 0 }\n");
    const Json grid = light_of(config, {"modes.solver=scalar"}),
               elements = light_of(config, {"modes.solver=scalar-elements"});
    check_loss(grid, 2e-3, 1e-3);
    const double share = grid["modes"][0]["absorption_dB_per_cm"];
    CHECK(share > 0.5);
    CHECK(share < 1.0);
    CHECK(elements["modes"][0]["absorption_dB_per_cm"].get<double>() ==
          Approx(share).epsilon(0.03));  // the grid samples the box
}
