#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/io/hdf5_file.hpp"
#include "app/stages/progress.hpp"
#include "core/constants.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

/// A small whole chain that runs in a second.
const char* chain = R"(title = "small chain"
wavelength = "1310 nm"
[glass]
name = "soda-lime"
thickness = "1 mm"
[section]
width = "60 um"
depth = "25 um"
resolution = "1 um"
[[mask.guide]]
width = "3 um"
segments = [ { straight = "0.2 mm" }, { s_bend = "0.6 mm", to_x = "2 um" } ]
[numerics]
process_tolerance = 1e-2
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[[process]]
step = "field-assisted"
ion = "Na"
mask = "none"
temperature = "250 degC"
voltage = "100 V"
duration = "40 min"
[modes]
count = 2
[propagation]
step = "5 um"
records = 20
launch = { fiber = "SMF-28" }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
[[coupling]]
at = "output"
to = { gaussian = { mfd_x = "8 um", mfd_y = "7 um", index = 1.46 } }
)";

/// The guide of the reference, posed by formula.
const char* formula = R"~(wavelength = "1310 nm"
[section]
width = "48 um"
depth = "28 um"
resolution = "0.5 um"
[index]
formula = "ns + dn*exp(-(x/w)^2 - ((y+d)/h)^2)"
constants = { ns = 1.5035, dn = 0.010, w = 4.0, h = 3.0, d = 8.0 }
[propagation]
length = "0.5 mm"
launch = { mode = 0 }
[[coupling]]
at = "input"
to = { fiber = "fiber.toml" }
)~";
const char* fiber = R"(name = "fiber of the reference"
core_radius = "4.1 um"
delta = 0.0036
cladding = "cladding.toml"
source = "reference case"
confidence = "derived"
)";
const char* cladding = R"(name = "cladding of the reference"
[index]
formula = "constant"
coefficients = [1.4468]
range = ["1 um", "2 um"]
source = "reference case"
confidence = "derived"
)";

}  // namespace

TEST_CASE("the whole chain answers in JSON, and the file holds the same answer") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain), file = (folder / "out.h5").string();
    const Answer answer = vitral_command({"run", config, "-o", file, "--json", "--threads", "1"});
    INFO(answer.err);
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out);
    CHECK(Json::parse(vitral::io::read_hdf5_text(file, "/summary")) == result);
    CHECK(vitral::io::read_hdf5_text(file, "/config/text") == chain);

    const Json& light = result["wavelengths"][0];
    CHECK(light["process"]["peak_depth"].get<double>() > 4e-6);
    for (const Json& step : light["process"]["steps"]) CHECK(step["mass_imbalance"].get<double>() < 1e-13);
    CHECK(light["modes"].size() >= 1);
    CHECK(light["modes"][0]["n_eff"].get<double>() > light["mode_solver"]["boundary_index"].get<double>());
    CHECK(light["modes"][0]["loss_dB_per_cm"].is_null());  // not computed, and said so

    const Json& p = light["propagation"];
    CHECK(p["length"].get<double>() == Approx(0.8e-3).epsilon(2e-13));
    CHECK(p["transmitted_power"].get<double>() + p["removed_power"].get<double>() ==
          Approx(p["launched_power"].get<double>()).epsilon(1e-12));
    CHECK(p["mode_power"].size() == light["modes"].size());

    // The budget is the sum of its rows, and each row follows from the numbers beside it.
    const Json& link = light["link"];
    double sum = 0.0;
    std::map<std::string, double> lines;
    for (const Json& row : link["budget"]) {
        if (row[1].is_null()) continue;
        lines[row[0]] = row[1].get<double>();
        sum += row[1].get<double>();
    }
    CHECK(link["loss_dB"].get<double>() == Approx(sum).epsilon(1e-13));
    CHECK(link["mode_loss_dB"].get<double>() ==
          Approx(sum - lines.at("other modes and radiation")).epsilon(1e-12));
    CHECK(lines.count("scattering") == 0);  // not computed, and said so
    CHECK(lines.at("bends and transitions") ==
          Approx(-10.0 * std::log10(p["transmission"].get<double>())).epsilon(1e-13));
    const Json& in = light["coupling"][0];
    CHECK(lines.at("fiber to glass, mode mismatch") + lines.at("fiber to glass, misalignment") +
              lines.at("fiber to glass, reflection") ==
          Approx(in["loss_dB"].get<double>()).epsilon(1e-12));
    CHECK(lines.at("fiber to glass, mode mismatch") == Approx(in["mode_mismatch_dB"].get<double>()).epsilon(1e-12));
    CHECK(in["loss_dB"].get<double>() ==
          Approx(-10.0 * std::log10(in["efficiency"].get<double>() *
                                    (1.0 - std::pow(10.0, -0.1 * in["reflection_dB"].get<double>()))))
              .epsilon(1e-12));
    CHECK(in["port_mfd"].get<double>() == Approx(9.178e-6).epsilon(2e-4));
    CHECK(in["data_sheet_mfd"].get<double>() == Approx(9.2e-6).epsilon(2e-13));
    // The launched fiber puts its overlap into the fundamental mode; what stays in it is the transmission.
    CHECK(p["mode_power"][0].get<double>() ==
          Approx(in["efficiency"].get<double>() * p["transmission"].get<double>()).epsilon(2e-8));
    CHECK(result["provenance"]["config_sha256"].get<std::string>().size() == 64);
    CHECK(result["provenance"]["stages_sha256"].contains("process"));
}

TEST_CASE("the reference's guide and fiber, posed as a user would, give the reference's numbers") {
    const TemporaryFolder folder;
    (void)folder.write("fiber.toml", fiber);
    const std::string config = folder.write("case.toml", formula);
    (void)folder.write("cladding.toml", cladding);
    const Answer answer = vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json"});
    INFO(answer.err << answer.out);
    REQUIRE(answer.code == 0);
    const Json light = Json::parse(answer.out)["wavelengths"][0];
    CHECK(light["modes"][0]["n_eff"].get<double>() == Approx(1.5077887996666).epsilon(0.0).margin(1e-8));
    CHECK(light["coupling"][0]["efficiency"].get<double>() == Approx(0.96117).epsilon(0.0).margin(2e-5));
    CHECK(light["coupling"][0]["offset_y"].get<double>() * 1e6 == Approx(-8.0135).epsilon(0.0).margin(2e-4));
    CHECK(light["propagation"]["transmission"].get<double>() ==
          Approx(1.0).epsilon(0.0).margin(1e-9));  // its own mode, straight on
}

TEST_CASE("the option --until stops the chain, and what was not computed is null") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain);
    for (const auto& [stage, modes, propagation] : {std::tuple{"process", false, false},
                                                    {"index", false, false},
                                                    {"modes", true, false},
                                                    {"propagation", true, true}}) {
        INFO(stage);
        const Answer answer =
            vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json", "--until", stage});
        REQUIRE(answer.code == 0);
        const Json light = Json::parse(answer.out)["wavelengths"][0];
        CHECK(light["modes"].is_null() == !modes);
        CHECK(light["propagation"].is_null() == !propagation);
        CHECK(light["link"].is_null());
    }
}

TEST_CASE("the same bits for one and two threads, through the whole chain") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain);
    const auto run = [&](const char* threads) {
        const Answer answer =
            vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json", "--threads", threads});
        REQUIRE(answer.code == 0);
        return Json::parse(answer.out)["wavelengths"].dump();
    };
    const std::string one = run("1");
    CHECK(run("2") == one);
}

TEST_CASE("check resolves the config, plans, and writes nothing") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain);
    const Answer answer = vitral_command({"check", config, "--json"});
    REQUIRE(answer.code == 0);
    const Json plan = Json::parse(answer.out);
    CHECK(plan["config"]["glass"]["thickness"] == "0.001 m");
    CHECK(plan["plan"]["propagation_steps"] == 160);
    CHECK(plan["plan"]["grid"][0] == 60);
    CHECK(folder.files() == 1);
    CHECK(vitral_command({"check", config}).out.find("memory       at most") != std::string::npos);
}

TEST_CASE("beyond the memory limit the run is refused with the numbers, before anything is done") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain);
    const Answer answer = vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--max-memory", "10 MiB"});
    CHECK(answer.code == 5);
    CHECK(answer.err.find("the limit is 10 MiB") != std::string::npos);
    CHECK(folder.files() == 1);
    const Answer json =
        vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--max-memory", "10 MiB", "--json"});
    CHECK(Json::parse(json.out)["error"]["code"] == 5);
}

TEST_CASE("a place that cannot be written is refused, and an older result stays") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", chain);
    CHECK(vitral_command({"run", config, "-o", (folder / "nowhere/out.h5").string()}).code == 7);
    const std::string old = folder.write("old.h5", "older result");
    CHECK(vitral_command({"run", config, "-o", old, "--max-memory", "10 MiB"}).code == 5);
    std::ifstream stream(old);
    std::string text;
    std::getline(stream, text);
    CHECK(text == "older result");
}

TEST_CASE("a wrong command line has exit code 2, in JSON too") {
    CHECK(vitral_command({}).code == 2);
    CHECK(vitral_command({"fly"}).code == 2);
    CHECK(vitral_command({"run"}).code == 2);
    CHECK(vitral_command({"run", "case.toml", "--until", "lunch"}).code == 2);
    CHECK(vitral_command({"run", "case.toml", "--threads", "0"}).code == 2);
    CHECK(vitral_command({"run", "case.toml", "--max-memory", "much"}).code == 2);
    const Answer json = vitral_command({"run", "--json"});
    CHECK(json.code == 2);
    CHECK(Json::parse(json.out)["error"]["code"] == 2);
    CHECK(vitral_command({"--help"}).code == 0);
    CHECK(vitral_command({"--version"}).code == 0);
}

TEST_CASE("an input file that is missing or wrong has exit code 4") {
    const TemporaryFolder folder;
    CHECK(vitral_command({"run", (folder / "none.toml").string()}).code == 4);
    CHECK(vitral_command({"run", folder.path().string()}).code == 4);
    (void)folder.write("glass.toml",
                       "name = \"mine\"\n[index]\nformula = \"sellmeyer\"\ncoefficients = [1.0]\nrange = [\"1 um\", "
                       "\"2 um\"]\nsource = \"me\"\nconfidence = \"measured\"\n");
    std::string text = chain;
    text.replace(text.find("name = \"soda-lime\""), 18, "name = \"./glass.toml\"");
    const Answer answer = vitral_command({"run", folder.write("case.toml", text)});
    CHECK(answer.code == 4);
    CHECK(answer.err.find("glass.toml:3:11: [index] formula = \"sellmeyer\" is none of") != std::string::npos);
    CHECK(answer.err.find("did you mean \"sellmeier\"?") != std::string::npos);
}

TEST_CASE("potassium in N-BK7: both polarisations, absorption, a cover from refractiveindex.info, and its warnings") {
    const TemporaryFolder folder;
    (void)folder.write("cover.yml",
                       "DATA:\n  - type: tabulated n\n    data: |\n      1.2 1.33\n      1.4 1.32\n      1.6 1.31\n");
    const std::string config = folder.write("case.toml", R"(wavelength = "1310 nm"
[glass]
name = "N-BK7"
[section]
width = "40 um"
depth = "25 um"
cover = "cover.yml"
resolution = "0.5 um"
[numerics]
process_tolerance = 5e-3
[[mask.guide]]
width = "6 um"
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 1.0
temperature = [["0 min", "385 degC"], ["200 min", "385 degC"], ["240 min", "370 degC"]]
duration = "240 min"
)");
    const std::string file = (folder / "out.h5").string();
    const Answer answer = vitral_command({"run", config, "-o", file, "--json"});
    INFO(answer.out);
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out), light = result["wavelengths"][0];
    // Host absorption between the two points of the record: 0.0052 + (1310 - 1060)/470 (0.0351 - 0.0052) dB/cm.
    REQUIRE_FALSE(light["modes"].empty());
    CHECK(light["modes"][0]["absorption_dB_per_cm"].get<double>() == Approx(0.0211).epsilon(0.01));
    // n_y - n_x = (C2 - C1) s C with s = -357 MPa: 1.0e-3 at full exchange.
    const double most = light["process"]["largest_birefringence"].get<double>();
    CHECK(most > 0.8e-3);
    CHECK(most < 1.003e-3);
    bool says_stress = false;
    for (const auto& warning : result["warnings"])
        says_stress = says_stress || warning.get<std::string>().find("stress of K") != std::string::npos;
    CHECK(says_stress);
}

TEST_CASE("a section too small for its ions is named with the size that would do, and a runaway current, too") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", R"(wavelength = "1310 nm"
[glass]
name = "soda-lime"
thickness = "1 mm"
[section]
width = "6 um"
depth = "3 um"
resolution = "0.5 um"
[numerics]
process_tolerance = 5e-2
[[mask.guide]]
width = "4 um"
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 1.0
temperature = "310 degC"
duration = "20 min"
[[process]]
step = "field-assisted"
ion = "Na"
mask = "none"
voltage = "2 kV"
temperature = "310 degC"
duration = "1 s"
)");
    const Answer answer =
        vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json", "--until", "process"});
    INFO(answer.out);
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out);
    CHECK(result["wavelengths"][0]["process"]["concentration_at_section_edge"].get<double>() > 1e-3);
    std::string warnings;
    for (const auto& warning : result["warnings"]) warnings += warning.get<std::string>() + "\n";
    CHECK(warnings.find("of the peak: a section of ") != std::string::npos);
    CHECK(warnings.find("process step 2: thermal runaway, delta = ") != std::string::npos);
    CHECK(result["wavelengths"][0]["process"]["steps"][1]["joule_heating"]["runaway_parameter"].get<double>() > 0.878);
    CHECK(result["wavelengths"][0]["process"]["haven"] == 0.35);
}

TEST_CASE("materials lists and shows records with their sources") {
    CHECK(vitral_command({"materials"}).out.find("soda-lime") != std::string::npos);
    CHECK(vitral_command({"materials", "fibers"}).out.find("SMF-28") != std::string::npos);
    CHECK(vitral_command({"materials", "fibers"}).out.find("soda-lime") == std::string::npos);
    CHECK(vitral_command({"materials", "soda-lime"}).out.find("source = ") != std::string::npos);
    CHECK(Json::parse(vitral_command({"materials", "--json"}).out)["glasses"].size() == 10);
    const Answer none = vitral_command({"materials", "soda-line"});
    CHECK(none.code == 4);
    CHECK(none.err.find("did you mean \"soda-lime\"?") != std::string::npos);
}

TEST_CASE("the schema is JSON Schema of every key") {
    const Json schema = Json::parse(vitral_command({"schema"}).out);
    CHECK(schema["properties"]["section"]["properties"].contains("resolution"));
    CHECK(schema["additionalProperties"] == false);
    CHECK(schema["required"] == Json::array({"wavelength"}));
}

TEST_CASE("docs/config.md is what the program says of its keys") {
    std::ifstream stream(std::string(VITRAL_SOURCE_DIR) + "/docs/config.md");
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    CHECK(page == vitral_command({"schema", "--format", "markdown"}).out);
}

TEST_CASE("docs/records.md is what the program says of its records") {
    std::ifstream stream(std::string(VITRAL_SOURCE_DIR) + "/docs/records.md");
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    const std::string said = vitral_command({"schema", "--format", "records"}).out;
    CHECK(page == said);
    for (const char* words : {"| prefactor (required) |", "| core_radius (required) |", "| mfd_x (required) |"})
        CHECK(said.find(words) != std::string::npos);
}

TEST_CASE("the result never replaces the config, a folder or a device") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", formula);
    (void)folder.write("fiber.toml", fiber);
    (void)folder.write("cladding.toml", cladding);
    CHECK(vitral_command({"run", config, "-o", config}).code == 7);
    CHECK(vitral_command({"run", config, "-o", folder.path().string()}).code == 7);
    CHECK(vitral_command({"run", config, "-o", "/dev/null"}).code == 7);
}

TEST_CASE("a higher mode that is launched has its own transmission, and no budget of the fundamental one") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", formula);
    (void)folder.write("fiber.toml", fiber);
    (void)folder.write("cladding.toml", cladding);
    const Answer answer = vitral_command(
        {"run", config, "-o", (folder / "out.h5").string(), "--json", "--set", "propagation.launch.mode=1"});
    REQUIRE(answer.code == 0);
    const Json light = Json::parse(answer.out)["wavelengths"][0];
    CHECK(light["propagation"]["launched_mode"] == 1);
    CHECK(light["propagation"]["transmission"].get<double>() == Approx(1.0).epsilon(0.0).margin(2e-6));
    CHECK(light["propagation"]["reference_index"] == light["modes"][1]["n_eff"]);
    CHECK(light["link"].is_null());
}

TEST_CASE("the launch has its own offset, and else that of the coupling to the same port") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", formula);
    (void)folder.write("fiber.toml", fiber);
    (void)folder.write("cladding.toml", cladding);
    const auto mode_power = [&](const std::string& launch) {
        const Answer answer = vitral_command({"run", config, "-o", (folder / "out.h5").string(), "--json", "--set",
                                              "propagation.launch=" + launch, "--set", "propagation.length=20 um"});
        INFO(answer.out);
        REQUIRE(answer.code == 0);
        const double power = Json::parse(answer.out)["wavelengths"][0]["propagation"]["mode_power"][0];
        return power;
    };
    CHECK(mode_power("{ fiber = \"fiber.toml\" }") == Approx(0.961).epsilon(0.0).margin(2e-3));
    CHECK(mode_power("{ fiber = \"fiber.toml\", offset = { x = \"2 um\" } }") ==
          Approx(0.7665).epsilon(0.0).margin(3e-3));
}

TEST_CASE("a propagation stopped by a signal goes on to the same bits when it is run again") {
    const TemporaryFolder folder;
    const std::string config = folder.write("long.toml", R"~(wavelength = "1310 nm"
[section]
width = "100 um"
depth = "32 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*exp(-((x+25)/4)^2 - ((y+8)/3)^2)"
segments = [ { straight = "1 mm" }, { s_bend = "2 mm", to_x = "50 um" } ]
[modes]
count = 1
[propagation]
order = "paraxial"
step = "0.5 um"
records = 300
launch = { mode = 0 }
)~");
    const std::string whole = (folder / "whole.h5").string(), parts = (folder / "parts.h5").string();
    const std::string checkpoint = parts + ".w0.checkpoint";
    // Stopped before the march has begun there is nothing to keep: on a busy machine it is given longer.
    for (int milliseconds = 400; milliseconds < 60000 && !std::filesystem::exists(checkpoint); milliseconds *= 2) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            vitral::stages::install_signal_handlers();
            ::_exit(vitral_command({"run", config, "-o", parts}).code);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        ::kill(child, SIGTERM);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) == 75);
        REQUIRE_FALSE(std::filesystem::exists(parts));
    }
    REQUIRE(std::filesystem::exists(checkpoint));

    const auto propagation = [](const Answer& answer) {
        REQUIRE(answer.code == 0);
        auto p = Json::parse(answer.out)["wavelengths"][0]["propagation"];
        return p;
    };
    // A damaged checkpoint, or one of another config, is none.
    std::filesystem::copy_file(checkpoint, folder / "other.h5.w0.checkpoint");
    const auto other = propagation(vitral_command(
        {"run", config, "-o", (folder / "other.h5").string(), "--json", "--set", "propagation.records=20"}));
    CHECK(other["steps"] == 6000);

    const auto resumed = propagation(vitral_command({"run", config, "-o", parts, "--json"}));
    CHECK_FALSE(std::filesystem::exists(checkpoint));
    const auto uninterrupted = propagation(vitral_command({"run", config, "-o", whole, "--json"}));
    CHECK(resumed == uninterrupted);
}
