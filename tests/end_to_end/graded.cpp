/// Marches on graded grids give what those on the light's own grid give, with fewer points.
#include <nlohmann/json.hpp>

#include "app/stages/checkpoint.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::string head = R"~(
wavelength = "1310 nm"
modes = { count = 1 }
)~";
const std::string march = R"~(
[propagation]
method = "finite-difference"
order = "paraxial"
records = 5
)~";
const std::string mode = "launch = { mode = 0 }\n";

struct Run {
    Json propagation, warnings;
};
Run run(const std::string& config, const std::vector<std::string>& set = {}) {
    const Json result = result_of(config, set);
    return {result["wavelengths"][0]["propagation"], result["warnings"]};
}
double points(const Json& p) { return p["points"][0].get<double>() * p["points"][1].get<double>(); }
double number(const Json& p, const char* key) { return p[key].get<double>(); }

void check_same(const Json& graded, const Json& uniform, double share_of_points) {
    CHECK(graded["graded"] == true);
    CHECK(uniform["graded"] == false);
    CHECK(points(graded) < share_of_points * points(uniform));
    CHECK(number(graded, "balance") < 2e-12);
    CHECK(graded["mode_power"][0].get<double>() ==
          Approx(uniform["mode_power"][0].get<double>()).epsilon(0.0).margin(3e-5));
    CHECK(number(graded, "transmission") == Approx(number(uniform, "transmission")).epsilon(0.0).margin(3e-5));
    // What is radiated crosses coarse points a little slower to the edges.
    CHECK(number(graded, "transmitted_power") ==
          Approx(number(uniform, "transmitted_power")).epsilon(0.0).margin(2e-3));
    CHECK(number(graded, "launched_power") == Approx(number(uniform, "launched_power")).epsilon(1e-13));
    CHECK(number(graded, "center_x") == Approx(number(uniform, "center_x")).epsilon(0.0).margin(2e-8));
    CHECK(number(graded, "width_4sigma_x") == Approx(number(uniform, "width_4sigma_x")).epsilon(1e-2));
}

}  // namespace

TEST_CASE("light launched into a straight guide, on a graded grid") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", head + R"~(
polarization = "TM"
section = { width = "120 um", depth = "60 um", resolution = "0.75 um" }
index = { formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)" }
coupling = [ { at = "output", to = { fiber = "SMF-28" }, offset = { y = "-8 um" } } ]
)~" + march + R"~(
step = "2 um"
length = "500 um"
launch = { gaussian = { mfd_x = "9.2 um", mfd_y = "9.2 um" }, offset = { x = "2 um", y = "-8 um" } }
)~");
    const Run uniform = run(config), graded = run(config, {"propagation.grading=3"});
    check_same(graded.propagation, uniform.propagation, 0.35);
    CHECK(graded.warnings == uniform.warnings);
    // Points farther apart return more.
    CHECK(number(graded.propagation, "edge_return") < 1e-4);
    CHECK(number(graded.propagation, "edge_return") > number(uniform.propagation, "edge_return"));
}

TEST_CASE("an S-bend on a grid that is fine where the path leads, and coarse beyond") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", head + R"~(
section = { width = "240 um", depth = "40 um", resolution = "1 um" }
[index]
formula = "1.5035 + 0.010*exp(-((x+10)/4)^2 - ((y+8)/3)^2)"
segments = [ { straight = "1 mm" }, { s_bend = "1 mm", to_x = "20 um" } ]
)~" + march + mode);
    const std::string step = "propagation.step=2 um", four = "propagation.grading=4";
    check_same(run(config, {step, four}).propagation, run(config, {step}).propagation, 0.6);
    // With a step of its own choice, a stride through the straight part, and absorbing edges.
    const std::string tight = "propagation.tolerance=0.001 dB", absorber = "propagation.edges=absorber";
    const Json uniform = run(config, {tight, absorber}).propagation,
               graded = run(config, {tight, absorber, four}).propagation;
    CHECK(number(graded, "transmission") == Approx(number(uniform, "transmission")).epsilon(0.0).margin(1e-4));
    CHECK(number(graded, "balance") < 1e-12);
    CHECK(points(graded) < 0.6 * points(uniform));
}

TEST_CASE("a formula of z on a graded grid, a window with no room says so") {
    const TemporaryFolder folder;
    const auto config = [&](const std::string& name, const std::string& section) {
        return folder.write(name, head + "section = { " + section + ", resolution = \"1 um\" }\n" + R"~(
index = { formula = "1.5035 + 0.010*exp(-((x-10*z/500)/(4+z/500))^2 - ((y+8)/3)^2)" }
)~" + march + "step = \"2 um\"\nlength = \"500 um\"\n" +
                                      mode);
    };
    const std::string wide = config("wide.toml", R"~(width = "160 um", depth = "60 um")~"),
                      three = "propagation.grading=3";
    check_same(run(wide, {three}).propagation, run(wide).propagation, 0.55);
    const Run narrow = run(config("narrow.toml", R"~(width = "40 um", depth = "24 um")~"), {three});
    CHECK(narrow.propagation["graded"] == false);
    CHECK(narrow.warnings.dump().find("propagation.grading has no effect") != std::string::npos);
}

TEST_CASE("a guide that dives or weaves keeps its fine points") {
    const TemporaryFolder folder;
    const std::string dive = folder.write("dive.toml", head + R"~(
section = { width = "60 um", depth = "110 um", resolution = "1 um" }
index = { formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8+z/40)/3)^2)" }
)~" + march + "step = \"2 um\"\nlength = \"800 um\"\n" + mode);
    const Json uniform = run(dive).propagation, graded = run(dive, {"propagation.grading=4"}).propagation;
    CHECK(points(graded) < points(uniform));
    CHECK(graded["mode_power"][0].get<double>() ==
          Approx(uniform["mode_power"][0].get<double>()).epsilon(0.0).margin(1e-4));
    // There and back 64 times: no sample of even steps sees it leave the middle.
    std::string segments;
    for (int i = 0; i < 64; ++i)
        segments += R"~({ s_bend = "20 um", to_x = "6 um" }, { s_bend = "20 um", to_x = "0 um" },)~";
    const std::string weave = folder.write("weave.toml", head + R"~(
section = { width = "160 um", depth = "30 um", resolution = "1 um" }
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
segments = [ )~" + segments + "]\n" + march + "absorber = \"10 um\"\nstep = \"2 um\"\n" +
                                                             mode);
    const Json there = run(weave).propagation, there_graded = run(weave, {"propagation.grading=4"}).propagation;
    CHECK(there_graded["mode_power"][0].get<double>() ==
          Approx(there["mode_power"][0].get<double>()).epsilon(0.0).margin(3e-6));
}

TEST_CASE("an arc loses on a graded grid what it loses on a uniform one, a slab") {
    const TemporaryFolder folder;
    const std::string bend = folder.write("bend.toml", head + R"~(
section = { slab = true, width = "160 um", resolution = "0.25 um" }
[index]
formula = "1.5 + 0.010*exp(-(x/4)^2)"
segments = [ { straight = "100 um" }, { arc = "1 mm", radius = "2.5 mm" } ]
)~" + march + "absorber = \"16 um\"\nstep = \"1 um\"\n" + mode);
    const Json uniform = run(bend).propagation, graded = run(bend, {"propagation.grading=8"}).propagation;
    CHECK(graded["graded"] == true);
    CHECK(number(uniform, "transmitted_power") < 0.98);  // light does leave
    CHECK(number(graded, "transmitted_power") ==
          Approx(number(uniform, "transmitted_power")).epsilon(0.0).margin(3e-4));
    CHECK(number(graded, "transmission") == Approx(number(uniform, "transmission")).epsilon(0.0).margin(3e-4));
    // Where coarse points would not carry what leaves, there are none.
    CHECK(run(bend, {"section.resolution=1 um", "propagation.grading=8"}).propagation["graded"] == false);
    // Steps of the index, field along the slab: the engine that knows them has no graded grid.
    const std::string steps = folder.write("steps.toml", head + R"~(
polarization = "TM"
section = { slab = true, width = "60 um", resolution = "0.25 um" }
index = { formula = "(abs(x) < 2) ? 1.6 : 1.5" }
)~" + march + "step = \"1 um\"\nlength = \"50 um\"\n" + mode);
    const Answer refused = vitral_command({"run", steps, "--json", "--set", "propagation.grading=3"});
    CHECK(refused.code == 6);
    CHECK(refused.out.find("no grading") != std::string::npos);
}

TEST_CASE("a map through a guide, its march on a graded grid") {
    const TemporaryFolder folder;
    const std::string config = folder.write("map.toml", head + R"~(
section = { width = "120 um", depth = "40 um", resolution = "0.75 um" }
index = { formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)" }
coupling = [ { at = "input", to = { fiber = "SMF-28" }, offset = { y = "-8 um" }, tolerance = { x = "3 um", y = "3 um" } } ]
)~" + march + "step = \"2 um\"\nlength = \"400 um\"\nlaunch = { fiber = \"SMF-28\", offset = { y = \"-8 um\" } }\n");
    const auto map = [&](const std::vector<std::string>& set) {
        return result_of(config, set)["wavelengths"][0]["coupling"][0]["misalignment"]["transmission"];
    };
    const Json uniform = map({}), graded = map({"propagation.grading=3"});
    REQUIRE(uniform.size() == graded.size());
    REQUIRE(uniform.size() > 3);
    double worst = 0.0, highest = 0.0;
    for (std::size_t j = 0; j < uniform.size(); ++j)
        for (std::size_t i = 0; i < uniform[j].size(); ++i) {
            worst = std::max(worst, std::abs(uniform[j][i].get<double>() - graded[j][i].get<double>()));
            highest = std::max(highest, uniform[j][i].get<double>());
        }
    CHECK(highest > 0.5);
    CHECK(worst < 1e-4);
}

TEST_CASE("a checkpoint keeps a field on its graded grid") {
    using namespace vitral;
    const TemporaryFolder folder;
    const stages::Checkpoint checkpoint(folder / "march.checkpoint", "inputs");
    stages::StoppedPropagation stopped;
    stopped.state.psi =
        Field<Complex>({graded_axis(-50e-6, 60e-6, 1e-6, {-8e-6, 10e-6, 12e-6, 4.0}), {-9e-6, 1e-6, 5}});
    stopped.state.psi(3, 2) = {0.3, -0.7};
    checkpoint.save(stopped.state, stopped.recorded);
    const auto back = checkpoint.load();
    REQUIRE(back.has_value());
    CHECK(back->state.psi.grid == stopped.state.psi.grid);
    CHECK(back->state.psi.values == stopped.state.psi.values);
}
