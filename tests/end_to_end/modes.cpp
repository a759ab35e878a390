/// What a user asks of the modes on elements, and finds in the answer and in the file.
#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/constants.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::string strip = R"~(wavelength = "1550 nm"
[section]
width = "2 um"
depth = "1 um"
height = "1 um"
cover = "none"
resolution = "50 nm"
[index]
formula = "n_clad"
constants = { n_clad = 1.444 }
box = [ { name = "core", width = "450 nm", bottom = "-110 nm", height = "220 nm", index = 3.476 } ]
)~";

const std::string buried = R"~(wavelength = "1310 nm"
[section]
width = "60 um"
depth = "30 um"
[index]
formula = "ns + dn*exp(-(x/w)^2 - ((y+d)/h)^2)"
constants = { ns = 1.5035, dn = 0.010, w = 4, h = 3, d = 6 }
[modes]
solver = "full-vector"
)~";

Json run(const TemporaryFolder& folder, const std::string& config, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"-o", (folder / "r.h5").string()};
    words.insert(words.end(), more.begin(), more.end());
    return light_of(folder.write("case.toml", config), {}, words);
}

}  // namespace

TEST_CASE("a drawn silicon strip is solved full-vector, with error bar, sizes and fields") {
    const TemporaryFolder folder;
    const Json light = run(folder, strip + "[modes]\ncount = 1\n");
    const Json& te0 = light["modes"].at(0);
    CHECK(te0["n_eff"].get<double>() == Approx(2.35315344).epsilon(0.0).margin(1e-8));
    CHECK(te0["n_eff_error"].get<double>() < 1e-8);
    CHECK(te0["n_group"].get<double>() == Approx(4.1470107).epsilon(3e-8));
    CHECK(te0["polarization"] == "TE-like");
    CHECK(te0["te_fraction"].get<double>() == Approx(0.97643366).epsilon(3e-8));
    CHECK(te0["confinement"]["core"].get<double>() == Approx(0.767538).epsilon(2e-6));
    CHECK(te0["mfd_4sigma_x"].get<double>() == Approx(0.408459e-6).epsilon(5e-6));
    CHECK(te0["effective_area"].get<double>() == Approx(0.1065214e-12).epsilon(3e-7));
    // Nothing can leak through closed walls: that is said, not answered with 0.
    CHECK(te0["loss_dB_per_cm"].is_null());
    CHECK(light["mode_solver"]["leakage"] == "not computed: closed boundary");
    CHECK(light["mode_solver"]["within_accuracy"] == true);
}

TEST_CASE("modes on elements have the same bits on one thread and on two") {
    const TemporaryFolder folder;
    const std::string config = strip + "[modes]\ncount = 2\naccuracy = 1e-7\n";
    const Json one = run(folder, config, {"--threads", "1"})["modes"],
               two = run(folder, config, {"--threads", "2"})["modes"];
    CHECK(one == two);
}

TEST_CASE("sensitivities equal finite differences of whole runs") {
    const TemporaryFolder folder;
    const Json strip_light = run(folder, strip + "[modes]\ncount = 1\nsensitivities = true\n");
    const Json buried_light = run(folder, buried + "count = 1\naccuracy = 1e-9\nsensitivities = true\n");
    // Fourth-order differences, steps of a thousandth.
    const auto difference = [&](const std::string& config, const std::string& key, double value,
                                const std::string& unit, double to_si) {
        const auto at = [&](double steps) {
            const double moved = value * (1.0 + 1e-3 * steps);
            std::string changed = config;
            const auto written = [&](double number) {
                std::ostringstream text;
                text << key << " = " << std::setprecision(12);
                unit.empty() ? text << number : text << '"' << number << ' ' << unit << '"';
                return text.str();
            };
            const std::string before = written(value), after = written(moved);
            const std::size_t place = changed.find(before);
            REQUIRE(place != std::string::npos);
            changed.replace(place, before.size(), after);
            return run(folder, changed)["modes"].at(0)["n_eff"].get<double>();
        };
        return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12e-3 * value * to_si);
    };
    const std::string fine_strip = strip + "[modes]\ncount = 1\n",
                      fine_buried = buried + "count = 1\naccuracy = 1e-9\n";
    const Json &s = strip_light["modes"][0]["sensitivities"], &b = buried_light["modes"][0]["sensitivities"];
    CHECK(s["core"]["width"].get<double>() == Approx(difference(fine_strip, "width", 450.0, "nm", 1e-9)).epsilon(1e-5));
    CHECK(s["core"]["index"].get<double>() == Approx(difference(fine_strip, "index", 3.476, "", 1.0)).epsilon(1e-5));
    CHECK(s["n_clad"].get<double>() == Approx(difference(fine_strip, "n_clad", 1.444, "", 1.0)).epsilon(1e-5));
    CHECK(s["wavelength"].get<double>() ==
          Approx(difference(fine_strip, "wavelength", 1550.0, "nm", 1e-9)).epsilon(1e-5));
    CHECK(b["dn"].get<double>() == Approx(difference(fine_buried, "dn", 0.01, "", 1.0)).epsilon(1e-5));
    CHECK(b["w"].get<double>() == Approx(difference(fine_buried, "w", 4.0, "", 1.0)).epsilon(1e-5));
    CHECK(b["wavelength"].get<double>() ==
          Approx(difference(fine_buried, "wavelength", 1310.0, "nm", 1e-9)).epsilon(1e-5));
    // The top of the box alone moves: its bottom stays where it is.
    CHECK(s["core"]["height"].get<double>() ==
          Approx(difference(fine_strip, "height", 220.0, "nm", 1e-9)).epsilon(1e-5));
}

TEST_CASE("dispersion is the slope of the group index, the glass's included") {
    const TemporaryFolder folder;
    const auto at = [&](const char* wavelength, bool dispersion) {
        std::string config =
            strip + "[modes]\ncount = 1\naccuracy = 1e-7\n" + (dispersion ? "dispersion = true\n" : "");
        config.replace(config.find("1550 nm"), 7, wavelength);
        return run(folder, config)["modes"].at(0);
    };
    const double expected =
        (at("1554 nm", false)["n_group"].get<double>() - at("1546 nm", false)["n_group"].get<double>()) / 8e-9 /
        299792458.0;
    const Json mode = at("1550 nm", true);
    CHECK(mode["dispersion"].get<double>() == Approx(expected).epsilon(2e-3));
    CHECK(mode["dispersion"].get<double>() > 1e-4);  // 1e2 ps/(nm km) and more: a silicon strip is no fiber
    CHECK(at("1550 nm", false)["dispersion"].is_null());
    // A core of N-BK7 in air 40 µm wide disperses as its glass: D = -(λ/c) d²n/dλ² of the maker's Sellmeier formula,
    // and 0.527 ps/(nm km) of the slab: n_eff² = n² - (λ/2a)², a the width and 0.22 µm of evanescent field to either side.
    const Json bulk = run(folder, R"~(wavelength = "1550 nm"
section = { slab = true, width = "80 um" }
index = { formula = "1", box = [ { name = "core", width = "40 um", index = "N-BK7" } ] }
modes = { count = 1, solver = "scalar-elements", dispersion = true }
)~")["modes"]
                          .at(0);
    CHECK(bulk["dispersion"].get<double>() * 1e6 == Approx(19.311 + 0.527).epsilon(1e-3));
}

TEST_CASE("modes keep their numbers along the wavelengths, and the overlap is printed") {
    const TemporaryFolder folder;
    std::string config = buried + "count = 4\naccuracy = 1e-7\n";
    config.replace(config.find("\"1310 nm\""), 9, "[\"1310 nm\", \"1340 nm\"]");
    const Answer answer =
        vitral_command({"run", folder.write("case.toml", config), "-o", (folder / "r.h5").string(), "--json"});
    REQUIRE(answer.code == 0);
    const Json lights = Json::parse(answer.out)["wavelengths"];
    CHECK(lights[0]["modes"][0]["overlap_with_last_wavelength"].is_null());
    REQUIRE(lights[1]["modes"].size() == 4);
    for (std::size_t m = 0; m < 4; ++m) {
        CHECK(lights[1]["modes"][m]["number"] == m);
        CHECK(lights[1]["modes"][m]["overlap_with_last_wavelength"].get<double>() > 0.995);
        CHECK(lights[1]["modes"][m]["overlap_with_last_wavelength"].get<double>() < 1.0);
        CHECK(lights[1]["modes"][m]["polarization"] == lights[0]["modes"][m]["polarization"]);
    }
}

TEST_CASE("a bent guide answers its loss, from the config") {
    const TemporaryFolder folder;
    const Json light = run(folder, R"~(wavelength = "1310 nm"
[section]
slab = true
width = "80 um"
[index]
formula = "1.5035 + 0.010/cosh(x/3)^2"
[modes]
count = 1
solver = "scalar-elements"
bend_radius = "1.5 mm"
)~");
    CHECK(light["modes"][0]["loss_dB_per_cm"].get<double>() == Approx(32.19104363544603).epsilon(1e-3));
    CHECK(light["mode_solver"]["leakage"] == "computed: matched layers");
}

TEST_CASE("a wire leaks into its substrate, from the config") {
    const TemporaryFolder folder;
    const Json light = run(folder, R"~(wavelength = "1550 nm"
[section]
width = "3 um"
depth = "2 um"
height = "1 um"
cover = "air"
resolution = "50 nm"
[index]
formula = "1.45"
box = [ { name = "substrate", width = "3 um", bottom = "-2 um", height = "1 um", index = 3.5 },
        { name = "wire", width = "500 nm", bottom = "0 um", height = "220 nm", index = 3.5 } ]
[modes]
count = 1
near = 2.41
accuracy = 1e-6
)~");
    const Json& mode = light["modes"].at(0);
    CHECK(mode["n_eff"].get<double>() == Approx(2.412372).epsilon(0.0).margin(1e-7));
    CHECK(mode["loss_dB_per_cm"].get<double>() ==
          Approx(20.0 / std::log(10.0) * 2.9135e-8 * 2.0 * vitral::pi / 1.55e-6 * 1e-2).epsilon(0.02));
}

TEST_CASE("an exchanged guide's modes on elements agree with those of the light's grid") {
    const TemporaryFolder folder;
    const std::string config = R"~(wavelength = "1310 nm"
[glass]
name = "soda-lime"
[section]
width = "50 um"
depth = "25 um"
[[mask.guide]]
width = "4 um"
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.45
temperature = "280 degC"
duration = "40 min"
[modes]
count = 2
)~";
    const Json grid = run(folder, config),
               elements = run(folder, config, {"--set", "modes.solver=\"scalar-elements\""});
    REQUIRE(elements["modes"].size() == grid["modes"].size());
    REQUIRE(!grid["modes"].empty());
    // The wall that stands for the air on the grid is right to some 1e-5 for a guide at the surface; the elements have air.
    CHECK(elements["modes"][0]["n_eff"].get<double>() ==
          Approx(grid["modes"][0]["n_eff"].get<double>()).epsilon(0.0).margin(6e-5));
    CHECK(elements["modes"][0]["mfd_4sigma_x"].get<double>() ==
          Approx(grid["modes"][0]["mfd_4sigma_x"].get<double>()).epsilon(0.01));
    // The glass's dispersion and that of the ions: a tenth of n_group - n_eff would be 3e-3.
    CHECK(elements["modes"][0]["n_group"].get<double>() ==
          Approx(grid["modes"][0]["n_group"].get<double>()).epsilon(0.0).margin(1e-4));
    if (!grid["modes"][0]["absorption_dB_per_cm"].is_null())
        CHECK(elements["modes"][0]["absorption_dB_per_cm"].get<double>() ==
              Approx(grid["modes"][0]["absorption_dB_per_cm"].get<double>()).epsilon(0.01));
    CHECK(elements["modes"][0]["absorption_dB_per_cm"].is_null() == grid["modes"][0]["absorption_dB_per_cm"].is_null());
    // Full vector: the light of a stressed, birefringent glass along x and along y, as TE and TM of the grid have it.
    const Json vector = run(folder, config, {"--set", "modes.solver=\"full-vector\""})["modes"];
    for (const auto& [number, word] : {std::pair{0, "TE"}, std::pair{1, "TM"}}) {
        const Json own = run(folder, config, {"--set", std::string("polarization=\"") + word + "\""})["modes"].at(0);
        CHECK(vector.at(static_cast<std::size_t>(number))["n_eff"].get<double>() ==
              Approx(own["n_eff"].get<double>()).epsilon(0.0).margin(1e-4));
        CHECK(vector.at(static_cast<std::size_t>(number))["polarization"] == std::string(word) + "-like");
    }
    CHECK(grid["mode_solver"]["solver"] == "scalar");
    CHECK(elements["mode_solver"]["solver"] == "scalar-elements");
}

TEST_CASE("absorption and stress of an exchanged guide reach its modes on elements") {
    const TemporaryFolder folder;
    const std::string config = R"~(wavelength = "1060 nm"
[glass]
name = "N-BK7"
[section]
width = "50 um"
depth = "25 um"
[[mask.guide]]
width = "8 um"
[numerics]
process_tolerance = 2e-3
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 0.95
temperature = "390 degC"
duration = "30 h"
[modes]
count = 1
)~";
    const Json grid = run(folder, config)["modes"].at(0),
               elements = run(folder, config, {"--set", "modes.solver=\"scalar-elements\""})["modes"].at(0);
    // Nearly all light is in glass of 0.0052 dB/cm.
    CHECK(elements["absorption_dB_per_cm"].get<double>() == Approx(0.0052).epsilon(0.005));
    CHECK(elements["absorption_dB_per_cm"].get<double>() ==
          Approx(grid["absorption_dB_per_cm"].get<double>()).epsilon(3e-4));
    // Scalar light sees the mean of the two indices, which differ by 1e-3 at the surface.
    CHECK(elements["n_eff"].get<double>() == Approx(grid["n_eff"].get<double>()).epsilon(0.0).margin(5e-7));
}

TEST_CASE("a guide without a mask answers its mode indices, TE and TM") {
    const TemporaryFolder folder;
    const Json light = run(folder, R"~(wavelength = "633 nm"
[glass]
name = "soda-lime"
[section]
width = "20 um"
depth = "20 um"
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.5
temperature = "280 degC"
duration = "20 min"
)~");
    Json te, tm;
    for (const Json& mode : light["planar_modes"]) (mode["polarization"] == "TE" ? te : tm).push_back(mode);
    REQUIRE(te.size() >= 3);
    CHECK(te.size() == tm.size());
    for (std::size_t m = 0; m < te.size(); ++m) {
        CHECK(te[m]["n_eff"].get<double>() > tm[m]["n_eff"].get<double>() - 2e-3);
        if (m > 0) CHECK(te[m]["n_eff"].get<double>() < te[m - 1]["n_eff"].get<double>());
    }
    CHECK(light["modes"].empty());
}

TEST_CASE("vitral fiber lists a fiber's modes") {
    const Answer answer = vitral_command({"fiber", "SMF-28", "--wavelength", "700 nm", "--json"});
    REQUIRE(answer.code == 0);
    const Json fiber = Json::parse(answer.out);
    CHECK(fiber["lp_modes"].size() == 4);
    CHECK(fiber["vector_modes"].size() == 7);
    CHECK(fiber["vector_modes"][0]["name"] == "HE11");
    CHECK(fiber["vector_modes"][0]["n_eff"].get<double>() < fiber["lp_modes"][0]["n_eff"].get<double>());
    CHECK(fiber["lp_modes"][0]["n_group"].get<double>() > fiber["n_core"].get<double>());
    CHECK(fiber["mfd_gauss"].get<double>() == Approx(fiber["mfd_petermann"].get<double>()).epsilon(0.04));
    CHECK(vitral_command({"fiber", "SMF-28", "--wavelength", "1310 nm"}).out.find("Petermann II") != std::string::npos);
    CHECK(vitral_command({"fiber", "SMF-28"}).code == 2);
    CHECK(vitral_command({"fiber", "SMF-28", "--wavelength", "1310"}).code == 2);
    CHECK(vitral_command({"fiber", "no-such", "--wavelength", "1310 nm"}).code == 4);
}

TEST_CASE("vitral profile finds the profile behind mode indices") {
    // The first TE indices of n² = 2.25 + 0.15 exp(-x/3 µm) under air at 633 nm come from the exact profile; 0.049 is its rise.
    const TemporaryFolder folder;
    const Json light = run(folder, R"~(wavelength = "633 nm"
section = { slab = true, width = "80 um" }
index = { formula = "sqrt(x < 0 ? 1 : 2.25 + 0.15*exp(-x/3))", box = [ { name = "air", x = "-20 um", width = "40 um", index = 1 } ] }
modes = { count = 20, solver = "scalar-elements" }
)~");
    std::vector<std::string> words = {"profile"};
    for (const Json& mode : light["modes"]) words.push_back(std::to_string(mode["n_eff"].get<double>()));
    REQUIRE(words.size() > 5);
    for (const char* word : {"--wavelength", "633 nm", "--json"}) words.emplace_back(word);
    const Answer answer = vitral_command(words);
    REQUIRE(answer.code == 0);
    const Json profile = Json::parse(answer.out);
    CHECK(profile["surface_index"].get<double>() == Approx(std::sqrt(2.40)).epsilon(0.0).margin(2e-3));
    CHECK(
        profile["index"][1].get<double>() ==
        Approx(std::sqrt(2.25 + 0.15 * std::exp(-profile["depth"][1].get<double>() / 3e-6))).epsilon(0.0).margin(1e-3));
    CHECK(vitral_command({"profile", "1.5", "1.6", "--wavelength", "633 nm"}).code == 4);
    CHECK(vitral_command({"profile", "1.5", "--wavelength", "633 nm"}).code == 2);
}
