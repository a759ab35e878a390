/// What strangers tried first, and what must not go wrong again.
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::string buried = R"~(wavelength = "1310 nm"
[section]
width = "40 um"
depth = "24 um"
resolution = "1 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
[modes]
count = 1
)~";

}  // namespace

TEST_CASE("the command says how it is used, and which command was meant") {
    const Answer nothing = vitral_command({});
    CHECK(nothing.code == 2);
    CHECK(nothing.err.find("Usage: vitral [OPTIONS] [SUBCOMMAND]") != std::string::npos);
    const Answer help = vitral_command({"help"});
    CHECK(help.code == 0);
    CHECK(help.out.find("Usage: vitral") != std::string::npos);
    CHECK(vitral_command({"help", "run"}).out.find("Usage: vitral run [OPTIONS] config") != std::string::npos);
    const Answer wrong = vitral_command({"swep", "case.toml"});
    CHECK(wrong.code == 2);
    CHECK(wrong.err.find("\"swep\" is no command; did you mean \"sweep\"? The commands are run, check, sweep,") !=
          std::string::npos);
    CHECK(Json::parse(vitral_command({"fly", "--json"}).out)["error"]["code"] == 2);
}

TEST_CASE("units are taken as people write them, and a bare number is told the unit that it lacks") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", buried);
    const auto width = [&](const std::string& text) {
        const Answer answer = vitral_command({"check", config, "--json", "--set", "section.width=\"" + text + "\""});
        INFO(answer.out);
        REQUIRE(answer.code == 0);
        return Json::parse(answer.out)["config"]["section"]["width"].get<std::string>();
    };
    const std::string usual = width("40 um");
    for (const char* text : {"40 μm", "40 µm", "40 microns", "40 micrometers"}) CHECK(width(text) == usual);
    CHECK(vitral_command({"run", config, "-o", (folder / "r.h5").string(), "--max-memory", "10 MB"}).code == 5);
    const Answer bare = vitral_command({"check", config, "--set", "wavelength=1550"});
    CHECK(bare.code == 3);
    CHECK(bare.err.find("e.g. \"1550 nm\"") != std::string::npos);
    const Answer brackets = vitral_command({"check", folder.write("b.toml", buried + "[coupling]\nat = \"input\"\n")});
    CHECK(brackets.code == 3);
    CHECK(brackets.err.find("write [[coupling]] with two brackets: there may be several") != std::string::npos);
}

TEST_CASE(
    "temperatures and times are taken as people write them, and an unknown ion is answered with those that are known") {
    const TemporaryFolder folder;
    const std::string text = R"(wavelength = "1310 nm"
[glass]
name = "N-BK7"
[section]
width = "20 um"
depth = "10 um"
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 1.0
temperature = "385 °C"
duration = "0.5 hours"
)";
    const std::string config = folder.write("case.toml", text);
    const Answer answer = vitral_command({"check", config, "--json"});
    INFO(answer.out);
    REQUIRE(answer.code == 0);
    const Json step = Json::parse(answer.out)["config"]["process"][0];
    CHECK(step["temperature"] == "658.15 K");
    CHECK(step["duration"] == "1800 s");
    CHECK(vitral_command({"check", config, "--set", "process[0].duration=30 minutes"}).code == 0);
    const Answer silver = vitral_command({"check", config, "--set", "process[0].ion=Ag"});
    CHECK(silver.code == 3);
    CHECK(silver.err.find("has no data in the record of N-BK7") != std::string::npos);
    CHECK(silver.err.find("it has data of K and Na") != std::string::npos);
    CHECK(silver.err.find("did you mean") == std::string::npos);
}

TEST_CASE("a material in a drawn box has one dispersion, on the grid and on the elements") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", R"(wavelength = "1310 nm"
[section]
width = "40 um"
depth = "20 um"
height = "20 um"
cover = "none"
resolution = "0.2 um"
[index]
formula = "1.495"
[[index.box]]
name = "core"
width = "6 um"
bottom = "-3 um"
height = "6 um"
index = "N-BK7"
[modes]
count = 1
)");
    for (const char* solver : {"scalar", "scalar-elements"}) {
        INFO(solver);
        const Json light = light_of(config, {std::string("modes.solver=") + solver});
        CHECK(light["modes"][0]["n_group"].get<double>() == Approx(1.51806).epsilon(0.0).margin(3e-5));
    }
}

TEST_CASE("a metal film is absorbing and has Re eps < 0, with a bar that covers its error") {
    const TemporaryFolder folder;
    // Round numbers near gold's; 0.53 + 11 i at 1500 nm.
    (void)folder.write(
        "gold.yml",
        "DATA:\n  - type: tabulated nk\n    data: |\n      1.2 0.40 7.5\n      1.5 0.53 11.0\n      1.8 0.70 "
        "13.0\n");
    const std::string config = folder.write("metal.toml", R"(wavelength = "1500 nm"
[section]
width = "6 um"
depth = "3 um"
height = "3 um"
cover = "none"
resolution = "25 nm"
[index]
formula = "1.444"
box = [ { name = "nitride", width = "1 um", bottom = "-200 nm", height = "400 nm", index = 1.9963 },
        { name = "gold", width = "9 um", bottom = "500 nm", height = "100 nm", index = "./gold.yml" } ]
[modes]
count = 2
accuracy = 1e-5
)");
    const Json modes = light_of(config)["modes"];
    REQUIRE(modes.size() == 2);
    const double k0 = 2.0 * 3.14159265358979 / 1.5e-6, dB = 20.0 / std::log(10.0) * k0 * 1e-2;
    const struct {
        const char* family;
        double n_eff, imag, imag_tolerance;
    } expected[] = {{"TE-like", 1.6355, 1.18e-4, 0.06},
                    {"TM-like", 1.6114, 7.1e-4, 0.06}};  // finite differences with n + ik
    for (std::size_t m = 0; m < 2; ++m) {
        INFO(expected[m].family);
        CHECK(modes[m]["polarization"] == expected[m].family);
        CHECK(modes[m]["n_eff"].get<double>() == Approx(expected[m].n_eff).epsilon(1e-3));
        CHECK(modes[m]["n_eff_imag"].get<double>() == Approx(expected[m].imag).epsilon(expected[m].imag_tolerance));
        CHECK(modes[m]["loss_dB_per_cm"].get<double>() ==
              Approx(dB * modes[m]["n_eff_imag"].get<double>()).epsilon(1e-12));
        CHECK(modes[m]["absorption_dB_per_cm"] == modes[m]["loss_dB_per_cm"]);
    }
    // The bars against the same modes ten times more exactly.
    const Json finer = light_of(config, {"modes.accuracy=1e-7"})["modes"];
    for (std::size_t m = 0; m < 2; ++m)
        for (const std::string part : {"n_eff", "n_eff_imag"}) {
            INFO(part);
            const double moved = std::abs(modes[m][part].get<double>() - finer[m][part].get<double>());
            CHECK(moved <= modes[m][part + "_error"].get<double>() + finer[m][part + "_error"].get<double>());
        }
    const Answer scalar = vitral_command({"check", config, "--set", "modes={ count = 1, solver = \"scalar\" }"});
    CHECK(scalar.code == 3);
    CHECK(scalar.err.find("is a metal at 1500 nm: only the full-vector modes know it") != std::string::npos);
}

TEST_CASE("a page of refractiveindex.info is read to its last wavelength, with rows twice or from the longest down") {
    const TemporaryFolder folder;
    (void)folder.write(
        "page.yml",
        "DATA:\n  - type: formula 3\n    wavelength_range: 1.25 1.45\n    coefficients: 2.25\n  - type: "
        "tabulated k\n    data: |\n      1.45 2e-6\n      1.30 1e-6\n      1.30 1e-6\n      1.25 1e-6\n");
    const std::string config = folder.write("case.toml", R"(wavelength = "1450 nm"
[section]
width = "4 um"
depth = "2 um"
height = "2 um"
cover = "none"
resolution = "500 nm"
[index]
formula = "1.4"
box = [ { name = "b", width = "2 um", bottom = "-1 um", height = "2 um", index = "./page.yml" } ]
[modes]
count = 1
accuracy = 1e-4
)");
    for (const char* wavelength : {"1450 nm", "1.45 um", "1250 nm", "1.25 um", "0.00125 mm"}) {
        INFO(wavelength);
        const Answer answer =
            vitral_command({"run", config, "--json", "--set", std::string("wavelength=") + wavelength});
        INFO(answer.out);
        REQUIRE(answer.code == 0);
        CHECK(Json::parse(answer.out)["warnings"].dump().find(
                  "row 3 of a table repeats the wavelength 1.3 um; the first one is taken") != std::string::npos);
    }
    CHECK(vitral_command({"check", config, "--set", "wavelength=1451 nm"}).code == 3);
}

TEST_CASE("a fiber of many modes answers all of its groups, soon") {
    const TemporaryFolder folder;
    const std::string wide =
        folder.write("wide.toml",
                     "name = \"step 105/125, NA 0.22\"\ncore_radius = \"52.5 um\"\ndelta = "
                     "0.0115101070154578\ncladding = \"1.43321317\"\nsource = \"own\"\nconfidence = "
                     "\"derived\"\n");
    const Answer answer = vitral_command({"fiber", wide, "--wavelength", "800 nm", "--json"});
    REQUIRE(answer.code == 0);
    const Json fiber = Json::parse(answer.out);
    CHECK(fiber["V"].get<double>() == Approx(90.7).epsilon(1e-3));
    const Json& lp = fiber["lp_modes"];
    CHECK(lp.size() == 1049);
    CHECK(lp[0]["n_eff"].get<double>() == Approx(1.4499885).epsilon(0.0).margin(1e-7));
    std::size_t with_orientations = 0;
    for (const Json& mode : lp)  // LP0m has one, every other one two
        with_orientations += mode["name"].get<std::string>().substr(0, 3) == "LP0" ? 1 : 2;
    CHECK(with_orientations == 2069);
    // Every name once, and from the highest index down.
    std::map<std::string, int> names;
    for (std::size_t i = 0; i < lp.size(); ++i) {
        CHECK(++names[lp[i]["name"]] == 1);
        if (i > 0) CHECK(lp[i]["n_eff"].get<double>() <= lp[i - 1]["n_eff"].get<double>());
    }
}

TEST_CASE("a planar guide has one truth: its mode indices, and no warning that it guides nothing") {
    const TemporaryFolder folder;
    const std::string config = folder.write("planar.toml", R"(wavelength = "632.8 nm"
[glass]
name = "soda-lime"
[section]
width = "10 um"
depth = "15 um"
[numerics]
process_tolerance = 5e-3
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 1.0
temperature = "280 degC"
duration = "10 min"
)");
    const Answer answer = vitral_command({"run", config, "--json"});
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out);
    CHECK(result["wavelengths"][0]["planar_modes"].size() >= 2);
    CHECK(result["wavelengths"][0]["modes"].is_null());
    CHECK(result["warnings"].dump().find("no guided mode") == std::string::npos);
}

TEST_CASE("each file that a run names is opened once") {
    if (std::system("strace -o /dev/null true >/dev/null 2>&1") != 0) {
        WARN("strace cannot be used here: the files that a run opens were not counted");
        return;
    }
    const TemporaryFolder folder;
    (void)folder.write("page.yml", "DATA:\n  - type: tabulated n\n    data: |\n      1.2 1.51\n      1.4 1.505\n");
    (void)folder.write(
        "glass.toml",
        "name = \"mine\"\n[index]\nfile = \"page.yml\"\nsource = \"me\"\nconfidence = \"measured\"\n"
        "[[exchange]]\nion = \"Ag\"\n[exchange.diffusivity]\nprefactor = \"1.3e-7 m^2/s\"\n"
        "activation_energy = \"90 kJ/mol\"\nrange = [\"200 degC\", \"400 degC\"]\nsource = \"me\"\n"
        "confidence = \"measured\"\n[exchange.mobility_ratio]\nvalue = 0.2\nsource = \"me\"\nconfidence = "
        "\"measured\"\n[exchange.haven]\nvalue = 0.4\nsource = \"me\"\nconfidence = \"measured\"\n"
        "[exchange.index_change]\nwavelengths = [\"1.2 um\", \"1.4 um\"]\nvalues = [0.03, 0.03]\nsource = "
        "\"me\"\nconfidence = \"measured\"\n");
    (void)folder.write("fiber.toml",
                       "name = \"own\"\ncore_radius = \"4.1 um\"\ndelta = 0.0036\ncladding = \"page.yml\"\nsource = "
                       "\"me\"\nconfidence = \"measured\"\n");
    const std::string config = folder.write("case.toml", R"(wavelength = ["1300 nm", "1310 nm"]
[glass]
name = "./glass.toml"
[section]
width = "30 um"
depth = "15 um"
cover = "./page.yml"
height = "3 um"
resolution = "1 um"
[numerics]
process_tolerance = 5e-2
[[mask.guide]]
width = "4 um"
segments = [ { straight = "50 um" } ]
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "20 min"
[modes]
count = 1
[propagation]
step = "10 um"
launch = { fiber = "./fiber.toml" }
[[coupling]]
at = "input"
to = { fiber = "./fiber.toml" }
[[coupling]]
at = "output"
to = { fiber = "./fiber.toml" }
)");
    const std::string
        trace = (folder / "trace").string(),
        // A leak checker, where the program has one, cannot look at a process that strace looks at already.
        command = std::string("OMP_NUM_THREADS=1 ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat -o ") +
                  trace + " " + VITRAL_PROGRAM + " run " + config + " -o " + (folder / "r.h5").string() + " > " +
                  (folder / "out").string() + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream stream(trace), out(folder / "out");
    INFO(std::string(std::istreambuf_iterator<char>(out), {}));
    REQUIRE(status == 0);
    std::map<std::string, int> opened;
    for (std::string line; std::getline(stream, line);)
        for (const char* name : {"case.toml", "glass.toml", "fiber.toml", "page.yml"})
            opened[name] += line.find(std::string("/") + name + "\"") != std::string::npos;
    for (const auto& [name, times] : opened) {
        INFO(name);
        CHECK(times == 1);
    }
    CHECK(opened.size() == 4);
}

TEST_CASE("what can be seen to be wrong is said before anything runs") {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& text, const std::string& words) {
        const Answer answer = vitral_command({"run", folder.write("case.toml", text)});
        INFO(answer.err);
        CHECK(answer.code == 3);
        CHECK(answer.err.find(words) != std::string::npos);
    };
    const std::string march = "[propagation]\nlength = \"0.5 mm\"\n";
    refused(
        buried + march + "launch = { gaussian = { mfd_x = \"4 um\" }, offset = { x = \"500 um\", y = \"-8 um\" } }\n",
        "launch: x = 500 um lies outside the window of [section], 40 um wide");
    refused(
        buried + march + "launch = { gaussian = { mfd_x = \"4 um\" }, offset = { x = \"0 um\", y = \"-80 um\" } }\n",
        "launch: y = -80 um lies outside the window of [section]");
    std::string fading = buried + march + "launch = { mode = 0 }\n";
    fading.replace(fading.find("0.010*"), 6, "0.010*sqrt(1-z/200)*");
    refused(fading, "[index] formula gives -nan at x = -20 um, y = -24 um, z = 203.125 um");
}

TEST_CASE("a section that guides nothing is an answer, with the reason") {
    const TemporaryFolder folder;
    const auto reason = [&](const std::string& formula) {
        std::string text = buried;
        const std::size_t begin = text.find("formula");
        text.replace(begin, text.find('\n', begin) - begin, "formula = \"" + formula + "\"");
        const Answer answer =
            vitral_command({"run", folder.write("case.toml", text), "-o", (folder / "r.h5").string()});
        INFO(formula << answer.err << answer.out);
        CHECK(answer.code == 0);
        const std::size_t at = answer.out.find("no guided mode at 1310 nm: ");
        REQUIRE(at != std::string::npos);
        return answer.out.substr(at, answer.out.find('\n', at) - at);
    };
    // Weak, none, negative, less than a rounding; and a guide that the window cuts.
    for (const char* formula :
         {"1.5035 + 0.0005*exp(-(x/4)^2 - ((y+8)/3)^2)", "1.5035 + 0*x", "1.5035 - 0.01*exp(-(x/4)^2 - ((y+8)/3)^2)",
          "1.5035 + 1e-15*exp(-(x/4)^2 - ((y+8)/3)^2)"})
        CHECK(reason(formula).find("between them there is too little room for light") != std::string::npos);
    CHECK(reason("1.5035 + 0.01*exp(-(x/9)^2 - ((y+24)/3)^2)").find("The guide reaches a wall") != std::string::npos);
}
