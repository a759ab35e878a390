/// Configs that once went wrong, each with the right answer; every case stands for its kind.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::string guide = R"~(wavelength = "1310 nm"
[section]
width = "48 um"
depth = "28 um"
resolution = "0.5 um"
cover = "air"
[modes]
count = 2
[index]
)~";
const std::string buried = guide + "formula = \"1.5035+0.01*exp(-(x/4)^2-((y+8)/3)^2)\"\n";

Json run(const TemporaryFolder& folder, const std::string& config, const std::vector<std::string>& options = {}) {
    return result_of(folder.write("case.toml", config), {}, options);
}

bool warns(const Json& answer, const std::string& words) {
    for (const auto& warning : answer["warnings"])
        if (warning.get<std::string>().find(words) != std::string::npos) return true;
    return false;
}

double spacing(const Json& answer) { return answer["wavelengths"][0]["index"]["spacing_x"].get<double>(); }

}  // namespace

TEST_CASE("a path, a step or a layer that cannot be right is an error before anything runs") {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& config) {
        const Answer answer = vitral_command({"check", folder.write("case.toml", config)});
        return answer.code == 3 ? answer.err : "code " + std::to_string(answer.code);
    };
    const auto bent = [&](const std::string& segment, const std::string& keys) {
        return buried + "segments = [ { " + segment + " } ]\n[propagation]\n" + keys + "launch = { mode = 0 }\n";
    };
    CHECK(refused(bent("s_bend = \"1 um\", to_x = \"10 um\"", "")).find("slope dx/dz of 15.7") != std::string::npos);
    CHECK(refused(bent("s_bend = \"1 mm\", to_x = \"40 um\"", ""))
              .find("lead the guide to x = 40 um, out of the window of [section], which ends at 24 um") !=
          std::string::npos);
    CHECK(refused(bent("s_bend = \"1 mm\", to_x = \"10 um\"", "step = \"1 mm\"\n"))
              .find("moves the guide by up to 15.7 um sideways at once") != std::string::npos);
    const std::string straight = buried + "[propagation]\nlength = \"1 mm\"\nlaunch = { mode = 0 }\n";
    CHECK(refused(straight + "absorber = \"0.1 um\"\n").find("thinner than two points of the grid") !=
          std::string::npos);
    // Their neighbours are right.
    CHECK(refused(bent("s_bend = \"1 mm\", to_x = \"10 um\"", "step = \"100 um\"\n")) == "code 0");
    CHECK(refused(bent("s_bend = \"20 um\", to_x = \"10 um\"", "")) == "code 0");
    CHECK(refused(straight + "absorber = \"2 um\"\n") == "code 0");
    // A guide that stands beside the middle, on its way to the other side.
    const std::string beside = guide + "formula = \"1.5035+0.01*exp(-((x+20)/4)^2-((y+8)/3)^2)\"\n";
    CHECK(refused(beside + "segments = [ { s_bend = \"1 mm\", to_x = \"40 um\" } ]\n[propagation]\nlaunch = { mode = 0 "
                           "}\n") == "code 0");
}

TEST_CASE("a window or a recipe that leaves nothing guided is an answer, with the reason") {
    const TemporaryFolder folder;
    const std::string propagation = "[propagation]\nlength = \"0.5 mm\"\nlaunch = { mode = 0 }\n";
    for (const std::string& config : {guide + "formula = \"1.5035+0.01*exp(-(x/4)^2-((y+29)/3)^2)\"\n" +
                                          propagation,  // at the bottom of the window
                                      std::string(R"~(wavelength = "1310 nm"
glass = { name = "soda-lime", thickness = "1 mm" }
section = { width = "60 um", depth = "25 um", resolution = "0.4 um" }
mask = { guide = [ { width = "4 um" } ] }
process = [ { step = "film", ion = "Ag", film_thickness = "120 nm", temperature = "250 degC", voltage = "0.3 V", duration = "20 min" },
            { step = "anneal", temperature = "280 degC", duration = "100 h" } ]
numerics = { process_tolerance = 0.02 }
)~")}) {
        const Json answer = run(folder, config);
        CHECK(answer["wavelengths"][0]["modes"].empty());
        CHECK(warns(answer, "no guided mode at 1310 nm: the largest index of the section is"));
        CHECK(warns(answer, "a larger [section] may hold its light"));
    }
}

TEST_CASE("a guide that ends on the way transmits nothing that could be computed, and says so") {
    const TemporaryFolder folder;
    const Json answer = run(folder, guide + R"~(formula = "1.5035+(z<100 ? 0.01 : 0)*exp(-(x/4)^2-((y+8)/3)^2)"
[propagation]
length = "0.4 mm"
records = 10
launch = { mode = 0 }
)~");
    CHECK(answer["wavelengths"][0]["propagation"]["transmission"].is_null());
    CHECK(warns(answer, "mode 0 is not guided where the propagation ends"));
}

TEST_CASE("both modes of a tip are found from the config, the weak one, too") {
    const TemporaryFolder folder;
    const Json answer = run(folder, R"~(wavelength = "1550 nm"
section = { width = "4 um", depth = "2 um", height = "2 um", cover = "none", resolution = "20 nm" }
modes = { count = 2 }
[index]
formula = "1.444"
box = [ { name = "silicon", width = "135 nm", bottom = "-110 nm", height = "220 nm", index = 3.476 } ]
)~");
    const Json& modes = answer["wavelengths"][0]["modes"];
    REQUIRE(modes.size() == 2);
    CHECK(modes[0]["n_eff"].get<double>() == Approx(1.4564095).epsilon(0.0).margin(1e-7));
    CHECK(modes[1]["n_eff"].get<double>() == Approx(1.4447683).epsilon(0.0).margin(1e-7));
}

TEST_CASE("a guide bent at 1 m has the index of the straight one, in seconds", "[slow]") {
    const TemporaryFolder folder;
    const std::string config = R"~(wavelength = "1310 nm"
section = { width = "20 um", depth = "14 um", resolution = "0.5 um", cover = 1.0 }
index = { formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+6)/3)^2)" }
modes = { count = 1, solver = "scalar-elements", accuracy = 1e-5 )~";
    const auto n_eff = [&](const std::string& further) {
        return run(folder, config + further + "}\n")["wavelengths"][0]["modes"][0]["n_eff"].get<double>();
    };
    CHECK(n_eff(", bend_radius = \"1 m\" ") == Approx(n_eff("")).epsilon(0.0).margin(2e-6));
}

TEST_CASE("guides that lean on the surface have the index and the coupling that the air gives them") {
    // Five-point differences with the air as air, spacings down to 0.025 to 0.05 um, extrapolated: n_eff and the coupling to a
    // Gaussian of this diameter at its best height, without a facet.
    struct Row {
        const char *wavelength, *formula, *mfd;
        double n_eff, loss_dB, n_eff_off;
    };
    const TemporaryFolder folder;
    for (const Row& row : {
             Row{"633 nm", "1.5 + 0.1*exp(-x^2 - y^2)", "2 um", 1.5433894, 1.29089, 2e-5},
             Row{"633 nm", "1.5 + 0.05*exp(-(x/1.5)^2 - ((y+0.5)/1.5)^2)", "3 um", 1.5301152, 1.38437, 2e-6},
             Row{"1310 nm", "1.5 + 0.02*exp(-(x/3)^2 - ((y+0.5)/2.5)^2)", "6 um", 1.5039661, 0.43593, 2e-6},
             Row{"1310 nm", "1.5 + 0.02*exp(-(x/3)^2 - ((y+2.5)/2.5)^2)", "6 um", 1.5089162, 0.26871, 2e-6},
         }) {
        INFO(row.formula);
        const Json w =
            run(folder, std::string("wavelength = \"") + row.wavelength + "\"\n[index]\nformula = \"" + row.formula +
                            "\"\n[modes]\ncount = 1\n[[coupling]]\nat = \"input\"\nto = { "
                            "gaussian = { mfd_x = \"" +
                            row.mfd + "\" } }\n")["wavelengths"][0];
        CHECK(w["modes"][0]["n_eff"].get<double>() == Approx(row.n_eff).margin(row.n_eff_off));
        CHECK(w["coupling"][0]["loss_dB"].get<double>() == Approx(row.loss_dB).margin(0.003));
    }
}

TEST_CASE("where the resolution is left open, the grid is as coarse as the light lets it, and no coarser") {
    const TemporaryFolder folder;
    const auto n_eff = [](const Json& answer, int mode) {
        return answer["wavelengths"][0]["modes"][mode]["n_eff"].get<double>();
    };
    // An S-bend of a smooth guide: a micrometre serves.
    const Json bend = run(folder, R"~(wavelength = "1310 nm"
index = { formula = "1.5035 + 0.01*exp(-((x+25)/4)^2 - ((y+8)/3)^2)", segments = [ { s_bend = "1 mm", to_x = "50 um" } ] }
section = { width = "100 um", depth = "32 um" }
propagation = { launch = { mode = 0 } }
)~");
    CHECK(spacing(bend) == Approx(1e-6).epsilon(0.01));
    CHECK(bend["wavelengths"][0]["propagation"]["transmission"].get<double>() ==
          Approx(0.91213).epsilon(0.0).margin(1e-3));
    // Light in a steep surface guide is small; its index on a grid of 0.03 um is 1.5435707.
    const std::string steep = R"~(wavelength = "633 nm"
section = { width = "20 um", depth = "8 um" }
index = { formula = "1.5 + 0.1*exp(-(x/1.2)^2 - (y/1.0)^2)" }
)~";
    const Json surface = run(folder, steep), finer = run(folder, steep, {"--set", "section.resolution=\"0.05 um\""});
    CHECK(spacing(surface) < 0.2e-6);
    CHECK(n_eff(surface, 0) == Approx(n_eff(finer, 0)).epsilon(0.0).margin(1e-6));
    // Steps of the index fall between any points.
    const Json channel = run(folder, R"~(wavelength = "1550 nm"
section = { width = "30 um", depth = "20 um", cover = "none" }
index = { formula = "1.45 + 0.02*(abs(x)<1.03)*(abs(y+10)<1.03)" }
)~");
    CHECK(spacing(channel) == Approx(0.25e-6).epsilon(0.05));
    CHECK(warns(channel, "the index changes too abruptly for a grid"));
    CHECK(!warns(bend, "too abruptly"));
    // A grid that the config asks for is taken, with a word where it is too coarse.
    const Json coarse = run(folder, steep, {"--set", "section.resolution=\"0.7 um\""});
    CHECK(spacing(coarse) > 0.6e-6);
    CHECK(warns(coarse, "points of the grid wide: what is said of it moves with section.resolution"));
    CHECK(!warns(surface, "points of the grid wide"));
}

TEST_CASE("what the paraxial operator errs by on a bend is known before, and decides") {
    const TemporaryFolder folder;
    const auto bend = [&](const std::string& lateral, const std::string& length, const std::string& order) {
        return run(folder, R"~(wavelength = "1310 nm"
index = { formula = "1.5035 + 0.01*exp(-((x+25)/4)^2 - ((y+8)/3)^2)", segments = [ { s_bend = ")~" +
                               length + R"~(", to_x = ")~" + lateral + R"~(" } ] }
section = { width = "100 um", depth = "32 um", resolution = "1 um" }
propagation = { records = 20, launch = { mode = 0 }, order = ")~" +
                               order + "\" }\n")["wavelengths"][0]["propagation"];
    };
    const auto transmission = [](const Json& p) { return p["transmission"].get<double>(); };
    // Another mode than the one that the slab is marched with.
    CHECK(run(folder, R"~(wavelength = "1310 nm"
index = { formula = "1.5035 + 0.02*exp(-((x+25)/5)^2 - ((y+8)/3)^2)", segments = [ { s_bend = "0.8 mm", to_x = "50 um" } ] }
section = { width = "100 um", depth = "32 um", resolution = "1 um" }
propagation = { records = 20, launch = { mode = 1 } }
)~")["wavelengths"][0]["propagation"]["engine"]
              .get<std::string>()
              .find("wide-angle") != std::string::npos);
    for (const auto& [lateral, length] : {std::pair{"50 um", "1 mm"}, {"50 um", "0.8 mm"}, {"30 um", "0.6 mm"}}) {
        const Json automatic = bend(lateral, length, "auto");
        const double wide = transmission(bend(lateral, length, "wide-angle")),
                     error = std::abs(transmission(bend(lateral, length, "paraxial")) - wide),
                     stated = automatic["paraxial_error"].get<double>();
        INFO(lateral << " in " << length << ": error " << error << ", stated " << stated);
        CHECK(stated > error);
        CHECK(stated < 10.0 * error);
        const bool is_paraxial = automatic["engine"].get<std::string>().find("paraxial") != std::string::npos;
        CHECK(is_paraxial == (stated <= 2.3e-3));
        CHECK(transmission(automatic) == Approx(wide).epsilon(0.0).margin(2.3e-3));
    }
}

TEST_CASE("light that no mode holds sets the step itself") {
    // A beam at 20 degrees crosses 200 um: its centre arrives at 200 tan(20 degrees) = 72.8 um.
    const TemporaryFolder folder;
    const std::string beam = R"~(wavelength = "1310 nm"
[section]
slab = true
width = "300 um"
resolution = "0.1 um"
[index]
formula = "1.5 + 0.0001*exp(-(x/3)^2)"
[numerics]
error_bars = false
[propagation]
length = "200 um"
method = "finite-difference"
launch = { gaussian = { mfd_x = "20 um" }, tilt_x = "20 deg" }
)~";
    for (const char* records : {"8", "100"}) {
        INFO(records);
        const Json p = run(folder, beam + "records = " + records + "\n")["wavelengths"][0]["propagation"];
        CHECK(p["center_x"].get<double>() == Approx(72.8e-6).margin(0.6e-6));
        CHECK(p["step_error"].get<double>() > 1e-5);  // it is known
    }
}

TEST_CASE("a guide that stays where it is keeps its mode's transmission, whatever rises beside it") {
    const TemporaryFolder folder;
    const Json p = run(folder, R"~(wavelength = "1310 nm"
[section]
width = "100 um"
depth = "30 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*(exp(-(x/4)^2) + 0.9*z/1000*exp(-((x-30)/4)^2))*exp(-((y+8)/3)^2)"
[modes]
count = 1
[numerics]
error_bars = false
[propagation]
length = "1 mm"
records = 10
launch = { mode = 0 }
)~")["wavelengths"][0]["propagation"];
    CHECK(p["transmission"].get<double>() == Approx(1.0).margin(1e-5));
}

TEST_CASE("in single precision a guide that weaves keeps its power, 2e-4 in ten thousand steps") {
    const TemporaryFolder folder;
    const auto p = [&](const char* precision) {
        return run(folder, std::string(R"~(wavelength = "1310 nm"
[section]
width = "48 um"
depth = "26 um"
resolution = "0.6 um"
[index]
formula = "1.5035 + 0.010*exp(-((x-2*sin(z/1000))/4)^2 - ((y+8)/3)^2)"
[modes]
count = 1
[numerics]
error_bars = false
[propagation]
length = "10 mm"
step = "5 um"
records = 10
launch = { mode = 0 }
precision = ")~") + precision + "\"\n")["wavelengths"][0]["propagation"];
    };
    const Json single = p("single"), exact = p("double");
    CHECK(single["balance"].get<double>() < 4e-5);  // in 2000 steps
    CHECK(single["transmission"].get<double>() == Approx(exact["transmission"].get<double>()).margin(5e-5));
}

TEST_CASE("light in several modes of a straight guide beats by their exact indices, with the order left open") {
    // A beam of 6 um beside the axis of a guide with several modes, 10 mm long; the paraxial phases are wrong by up to 2 rad.
    const TemporaryFolder folder;
    const auto loss = [&](const std::string& order) {
        const Json w = run(folder, R"~(wavelength = "1310 nm"
index = { formula = "1.5035 + 0.03*exp(-(x/5)^2 - ((y+12)/4)^2)" }
section = { width = "60 um", depth = "26 um", resolution = "0.5 um", cover = "none" }
modes = { count = 12 }
propagation = { length = "10 mm", records = 8, launch = { gaussian = { mfd_x = "6 um" }, offset = { x = "2.5 um", y = "-12 um" } }, order = ")~" +
                                       order + R"~(" }
coupling = [ { at = "input", to = { gaussian = { mfd_x = "6 um" } }, offset = { x = "2.5 um", y = "-12 um" } },
             { at = "output", to = { gaussian = { mfd_x = "6 um" } }, offset = { x = "2.5 um", y = "-12 um" } } ]
)~")["wavelengths"][0];
        return w["link"]["full_field_loss_dB"].get<double>();
    };
    const double automatic = loss("auto"), wide = loss("wide-angle"), paraxial = loss("paraxial");
    INFO(automatic << " " << wide << " " << paraxial);
    CHECK(automatic == Approx(wide).epsilon(0.0).margin(0.01));
    CHECK(std::abs(paraxial - wide) > 0.1);
}

TEST_CASE("a grid that is chosen loses no guide, no layer and no launched formula") {
    const TemporaryFolder folder;
    const std::string section =
        "wavelength = \"633 nm\"\n[section]\nwidth = \"30 um\"\ndepth = \"16 um\"\ncover = \"none\"\n";
    // A guide that falls between the points of a coarse grid, alone and beside a wide one.
    const std::string narrow = "0.3*exp(-(x/0.3)^4-((y+8)/0.3)^4)";
    const Json alone = run(folder, section + "[index]\nformula = \"1.45+" + narrow + "\"\n");
    CHECK(alone["wavelengths"][0]["modes"].size() >= 1);
    CHECK(spacing(alone) < 0.26e-6);
    const Json beside =
        run(folder, section + "[index]\nformula = \"1.45+" + narrow + "+0.01*exp(-((x-9)/3)^2-((y+8)/3)^2)\"\n");
    CHECK(beside["wavelengths"][0]["modes"][0]["n_eff"].get<double>() ==
          Approx(alone["wavelengths"][0]["modes"][0]["n_eff"].get<double>()).epsilon(0.0).margin(2e-4));
    const std::vector<std::string> to_modes = {"--until", "modes"};
    // A layer at the edges, and a launched formula of finer structure than the guide.
    const std::string wide =
        section +
        "[index]\nformula = \"1.45+0.01*exp(-(x/3)^2-((y+8)/3)^2)\"\n[propagation]\nlength = \"50 um\"\nrecords = 2\n";
    CHECK(spacing(run(folder, wide + "launch = { mode = 0 }\n", to_modes)) > 0.45e-6);
    CHECK(spacing(run(folder, wide + "launch = { mode = 0 }\nabsorber = \"0.6 um\"\n", to_modes)) <= 0.3e-6);
    CHECK(spacing(run(folder, wide + "launch = { mode = 0, formula = \"1.45+" + narrow + "\" }\n", to_modes)) <
          0.26e-6);
    // A port's light, four points to its radius.
    CHECK(spacing(run(folder, wide + "launch = { gaussian = { mfd_x = \"3 um\" } }\n", to_modes)) < 0.38e-6);
}

TEST_CASE("a layer at the edge that lies upon the guide is said, with the section that would do") {
    const TemporaryFolder folder;
    const auto answer = [&](const std::string& width, const std::string& depth, const std::string& path) {
        return run(folder,
                   R"~(wavelength = "1310 nm"
index = { formula = "1.5035 + 0.008*exp(-((x-30)/4)^2 - ((y+8)/3)^2)")~" +
                       path + R"~( }
section = { width = ")~" +
                       width + R"~(", depth = ")~" + depth + R"~(" }
modes = { count = 1 }
propagation = { )~" + (path.empty() ? "length = \"1 mm\", " : "") +
                       R"~(launch = { mode = 0 }, step = "20 um", records = 2 }
)~");
    };
    const auto loss = [](const Json& a) { return a["wavelengths"][0]["propagation"]["loss_dB"].get<double>(); };
    const Json narrow = answer("76 um", "30 um", ""), shallow = answer("120 um", "18 um", ""),
               held = answer("120 um", "24 um", "");
    CHECK(loss(narrow) > 0.5);
    CHECK(warns(narrow, "covers 0.41 of the power of mode 0 and may take it away"));
    CHECK(loss(shallow) > 0.01);
    CHECK(warns(shallow, "covers 0.00014 of the power of mode 0"));
    CHECK(warns(shallow, "a depth of more than 21 um"));
    CHECK(loss(held) < 1e-3);
    CHECK(!warns(held, "a layer at the edge"));
    // Where the path leads the guide to the edge.
    const auto bent = [&](const std::string& to_x) {
        const std::string path = ", segments = [ { s_bend = \"1 mm\", to_x = \"" + to_x + "\" } ]";
        return answer("120 um", "24 um", path);
    };
    CHECK(warns(bent("22 um"), "a layer at the edge"));
    CHECK(!warns(bent("-10 um"), "a layer at the edge"));
}

TEST_CASE("a guide with steps of the index that moves sideways loses nothing to the method") {
    // A smooth S-bend of 20 um in 2 mm: its loss is below 1e-3 dB. The split step has lost 2.7 dB of it.
    const TemporaryFolder folder;
    const auto bend = [&](const std::string& keys) {
        return run(folder, R"~(wavelength = "1310 nm"
section = { width = "70 um", depth = "16 um" }
index = { formula = "(abs(x)<2.25 && abs(y+8)<2.25) ? 1.465 : 1.45", segments = [ { s_bend = "2 mm", to_x = "20 um" } ] }
modes = { count = 1 }
propagation = { records = 20, launch = { mode = 0 })~" +
                               keys + " }\n");
    };
    const Json answer = bend("");
    const Json& p = answer["wavelengths"][0]["propagation"];
    CHECK(p["engine"].get<std::string>().find("finite-difference") != std::string::npos);
    CHECK(p["loss_dB"].get<double>() == Approx(0.0).epsilon(0.0).margin(0.01));
    CHECK(warns(answer, "the index changes too abruptly for a grid"));
    // Whoever asks for the split step gets it.
    const Json asked = bend(", method = \"split-step\", order = \"paraxial\", step = \"20 um\"");
    CHECK(asked["wavelengths"][0]["propagation"]["engine"] == "split-step, paraxial, fourth order");
}

TEST_CASE("a burial through the kept mask ends, and loses no ion", "[slow]") {
    const TemporaryFolder folder;
    const Json answer = run(folder, R"~(wavelength = "1310 nm"
glass = { name = "soda-lime", thickness = "1 mm" }
section = { width = "60 um", depth = "25 um", resolution = "1 um" }
mask = { guide = [ { width = "3 um" } ] }
process = [ { step = "exchange", ion = "Ag", surface_fraction = 0.4, temperature = "280 degC", duration = "30 min" },
            { step = "field-assisted", ion = "Na", mask = "keep", temperature = "250 degC", voltage = "100 V", duration = "40 min" } ]
numerics = { process_tolerance = 1e-2 }
)~",
                            {"--until", "process"});
    const Json& process = answer["wavelengths"][0]["process"];
    INFO(process.dump());
    const Json& steps = process["steps"];
    REQUIRE(steps.size() == 2);
    // The balance with what flows in and out is kept to rounding in every run; of what the solver leaves in empty cells, 4e-11
    // leave through the cathode.
    CHECK(steps[1]["dose"].get<double>() == Approx(steps[0]["dose"].get<double>()).epsilon(2e-10));
    CHECK(process["peak_depth"].get<double>() > 25e-6);
    CHECK(warns(answer, "a section of"));
}
