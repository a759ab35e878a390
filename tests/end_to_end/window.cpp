/// The window that the program lays where the config gives none: what it holds, against windows many times as large.
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

Json run(const std::string& config, const std::vector<std::string>& settings = {}) {
    const TemporaryFolder folder;
    const Json all = result_of(folder.write("case.toml", config), settings, {"-o", (folder / "r.h5").string()});
    Json w = all["wavelengths"][0];
    w["warnings"] = all["warnings"];
    return w;
}

struct Sides {
    double left, right, bottom, top;
    explicit Sides(const Json& run)
        : left(run["index"]["window"][0]),
          right(run["index"]["window"][1]),
          bottom(run["index"]["window"][2]),
          top(run["index"]["window"][3]) {}
};

const std::string buried = R"~(wavelength = "1310 nm"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
)~";

}  // namespace

TEST_CASE("the window follows an S-bend, and what the bend loses is what a larger one gives") {
    const Json w =
        run(buried + "segments = [ { s_bend = \"1 mm\", to_x = \"50 um\" } ]\n[propagation]\nlaunch = { mode = 0 }\n");
    CHECK(w["propagation"]["transmission"].get<double>() == Approx(0.91213).margin(0.001));  // one-way reference
    const Sides at(w);
    CHECK(at.left < -18e-6);
    CHECK(at.left > -40e-6);
    CHECK(at.right > 68e-6);
    CHECK(at.right < 90e-6);
    CHECK(at.bottom < -24e-6);
    CHECK(w["warnings"].empty());
}

TEST_CASE("what an arc loses is the same in the window that is laid as in one ten times as wide") {
    const std::string arc =
        buried + "segments = [ { arc = \"2 mm\", radius = \"4 mm\" } ]\n[propagation]\nlaunch = { mode = 0 }\n";
    // 0.88510 in 400 x 100 um, 0.88511 in 800 x 200 um, points 0.5 um apart.
    CHECK(run(arc)["propagation"]["transmission"].get<double>() == Approx(0.88511).margin(1e-4));
}

TEST_CASE("the tail of a weak surface guide is held, and so are guides far apart") {
    const std::string weak = R"~(wavelength = "1550 nm"
[index]
formula = "1.5035 + 0.006*exp(-(x/5)^2 - ((y+1)/5)^2)"
[modes]
count = 1
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
)~";
    const Json laid = run(weak), large = run(weak, {"section.width='300 um'", "section.depth='150 um'"});
    CHECK(laid["modes"][0]["n_eff"].get<double>() == Approx(large["modes"][0]["n_eff"].get<double>()).margin(3e-8));
    CHECK(laid["coupling"][0]["loss_dB"].get<double>() ==
          Approx(large["coupling"][0]["loss_dB"].get<double>()).margin(1e-3));
    CHECK(Sides(laid).right < 80e-6);

    const Json pair = run(R"~(wavelength = "1310 nm"
[index]
formula = "1.5035 + 0.01*(exp(-((x+63.5)/4)^2) + 0.9*exp(-((x-63.5)/4)^2))*exp(-((y+8)/3)^2)"
[modes]
count = 2
)~");
    CHECK(pair["modes"][0]["n_eff"].get<double>() == Approx(1.50778880).margin(1e-8));
    CHECK(pair["modes"][1]["n_eff"].get<double>() == Approx(1.50714782).margin(1e-8));
    CHECK(Sides(pair).left < -80e-6);
    CHECK(Sides(pair).right > 80e-6);
}

TEST_CASE("the window lies where the guide and the ports are, not about x = 0") {
    const Json w = run(R"~(wavelength = "1310 nm"
[index]
formula = "1.5035 + 0.010*exp(-((x-30)/4)^2 - ((y+8)/3)^2)"
[propagation]
length = "1 mm"
launch = { fiber = "SMF-28", offset = { x = "32 um", y = "-7 um" } }
[[coupling]]
at = "output"
to = { fiber = "SMF-28" }
offset = { x = "optimal" }
)~");
    const Sides at(w);
    CHECK(at.left > 0.0 - 30e-6);
    CHECK(at.right > 44e-6);
    CHECK(w["coupling"][0]["loss_dB"].get<double>() == Approx(0.23108).margin(3e-4));  // in 400 x 100 um, 0.5 um
    CHECK(w["coupling"][0]["offset_x"].get<double>() == Approx(30e-6).margin(0.01e-6));
}

TEST_CASE("an exchanged guide's window is laid once the ions are known, a side that is given stays") {
    const std::string recipe = R"~(wavelength = "1310 nm"
[glass]
name = "soda-lime"
[[mask.guide]]
x = "5 um"
width = "3 um"
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[modes]
count = 1
)~";
    const Json laid = run(recipe),
               large = run(recipe, {"section.width='160 um'", "section.depth='80 um'", "section.resolution='0.3 um'"}),
               deep = run(recipe, {"section.depth='37 um'"});
    REQUIRE(!laid["modes"].empty());
    CHECK(laid["modes"][0]["n_eff"].get<double>() == Approx(large["modes"][0]["n_eff"].get<double>()).margin(2e-6));
    CHECK(Sides(laid).right < 60e-6);
    CHECK(Sides(deep).bottom == Approx(-37e-6).epsilon(1e-12));
    CHECK(Sides(deep).right == Approx(Sides(laid).right).epsilon(1e-12));
}

TEST_CASE("drawn boxes lay their own window") {
    const std::string strip = R"~(wavelength = "1550 nm"
[section]
cover = "none"
[index]
formula = "1.444"
[[index.box]]
name = "core"
x = "3 um"
width = "0.8 um"
bottom = "-0.4 um"
height = "0.8 um"
index = 1.9963
[modes]
count = 2
)~";
    const Json laid = run(strip),
               given = run(strip, {"section.width='20 um'", "section.depth='8 um'", "section.height='8 um'"});
    REQUIRE(laid["modes"].size() == 2);
    for (std::size_t m : {0, 1})
        CHECK(laid["modes"][m]["n_eff"].get<double>() == Approx(given["modes"][m]["n_eff"].get<double>()).margin(3e-8));
    CHECK(Sides(laid).left > -8e-6);
    CHECK(Sides(laid).right < 14e-6);
}
