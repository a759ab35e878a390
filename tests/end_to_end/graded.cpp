/// Marches on graded grids give what those on the light's own grid give, with fewer points.
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

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
    std::vector<std::string> arguments{"run", config, "--json"};
    for (const std::string& one : set) {
        arguments.push_back("--set");
        arguments.push_back(one);
    }
    const Answer answer = vitral_command(arguments);
    INFO(answer.err << answer.out);
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out);
    return {result["wavelengths"][0]["propagation"], result["warnings"]};
}
double points(const Json& p) { return p["points"][0].get<double>() * p["points"][1].get<double>(); }
double number(const Json& p, const char* key) { return p[key].get<double>(); }

void check_same(const Json& graded, const Json& uniform, double share_of_points) {
    CHECK(graded["graded"] == true);
    CHECK(uniform["graded"] == false);
    CHECK(points(graded) < share_of_points * points(uniform));
    CHECK(number(graded, "balance") < 1e-11);
    CHECK(graded["mode_power"][0].get<double>() ==
          Approx(uniform["mode_power"][0].get<double>()).epsilon(0.0).margin(3e-5));
    CHECK(number(graded, "transmission") == Approx(number(uniform, "transmission")).epsilon(0.0).margin(3e-5));
    // What is radiated crosses coarse points a little slower to the edges.
    CHECK(number(graded, "transmitted_power") ==
          Approx(number(uniform, "transmitted_power")).epsilon(0.0).margin(2e-3));
    CHECK(number(graded, "launched_power") == Approx(number(uniform, "launched_power")).epsilon(1e-12));
    CHECK(number(graded, "center_x") == Approx(number(uniform, "center_x")).epsilon(0.0).margin(5e-8));
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
    CHECK(number(graded, "transmission") == Approx(number(uniform, "transmission")).epsilon(0.0).margin(2e-4));
    CHECK(number(graded, "balance") < 1e-9);
    CHECK(points(graded) < 0.6 * points(uniform));
}

TEST_CASE("a formula of z on a graded grid; a window with no room says so") {
    const TemporaryFolder folder;
    const auto config = [&](const std::string& name, const std::string& section) {
        return folder.write(name, head + "section = { " + section + ", resolution = \"1 um\" }\n" + R"~(
index = { formula = "1.5035 + 0.010*exp(-((x-10*z/500)/(4+z/500))^2 - ((y+8)/3)^2)" }
)~" + march + "step = \"2 um\"\nlength = \"500 um\"\n" +
                                      mode);
    };
    const std::string wide = config("wide.toml", R"~(width = "160 um", depth = "60 um")~"),
                      three = "propagation.grading=3";
    check_same(run(wide, {three}).propagation, run(wide).propagation, 0.5);
    const Run narrow = run(config("narrow.toml", R"~(width = "40 um", depth = "24 um")~"), {three});
    CHECK(narrow.propagation["graded"] == false);
    CHECK(narrow.warnings.dump().find("propagation.grading has no effect") != std::string::npos);
}
