/// What a user asks of the light along the guide, and finds in the results.
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/io/hdf5_file.hpp"
#include "core/constants.hpp"
#include "solver/propagation/absorber.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

/// A slab guide that runs straight and then bends for a millimetre.
const std::string bent_slab = R"~(wavelength = "1310 nm"
[section]
slab = true
width = "120 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010/cosh(x/3)^2"
segments = [ { straight = "20 um" }, { arc = "1 mm", radius = "1.5 mm" } ]
[modes]
count = 1
[propagation]
absorber = "15 um"
launch = { mode = 0 }
)~";

}  // namespace

TEST_CASE("a result says what its edges send back, and where the power went") {
    const TemporaryFolder folder;
    const std::string config = folder.write("slab.toml", bent_slab + "edges = \"absorber\"\norder = \"paraxial\"\n");
    const Answer answer = vitral_command({"run", config, "-o", (folder / "r.h5").string(), "--json"});
    REQUIRE(answer.code == 0);
    const Json light = Json::parse(answer.out)["wavelengths"][0], &p = light["propagation"];
    const double n_eff = light["modes"][0]["n_eff"], n_edge = light["mode_solver"]["boundary_index"],
                 k0 = 2.0 * vitral::pi / 1.31e-6;
    CHECK(p["edge_return"].get<double>() ==
          Approx(vitral::propagation::absorber_return(15e-6, 2.0, k0 * n_eff,
                                                      k0 * std::sqrt(n_eff * n_eff - n_edge * n_edge),
                                                      vitral::propagation::Behind::other_edge))
              .epsilon(1e-9));
    // The arc's outer side lies at positive x: light leaves there.
    const Json& removed = p["removed"];
    CHECK(removed["right"].get<double>() > 0.3);
    CHECK(removed["left"].get<double>() < 0.01);
    double sum = p["transmitted_power"];
    for (const auto& [name, value] : removed.items())
        if (!value.is_null()) sum += value.get<double>();
    CHECK(removed["bottom"].is_null());  // a slab has no such edge
    CHECK(sum == Approx(p["launched_power"].get<double>()).epsilon(1e-12));
    CHECK(p["engine"] == "split-step, paraxial, fourth order");
    CHECK(p["step_error"].get<double>() < 1e-3);
}

TEST_CASE("TE and TM of a buried guide, from the config to n_eff, n_group and the light along it") {
    const TemporaryFolder folder;
    const std::string config = folder.write("guide.toml", R"~(wavelength = "1310 nm"
[section]
width = "80 um"
depth = "40 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+6)/3)^2)"
[modes]
count = 1
[propagation]
length = "200 um"
step = "5 um"
launch = { mode = 0 }
)~");
    // Full-vector references: n_eff and n_group of the even modes polarised along x and along y.
    for (const auto& [word, n_eff, n_group] : {std::tuple{"TE", 1.5077629380532245, 1.5123054377074017},
                                               std::tuple{"TM", 1.5077567941871493, 1.5123205099411048}}) {
        const Answer answer = vitral_command({"run", config, "--json", "--set", std::string("polarization=") + word});
        REQUIRE(answer.code == 0);
        const Json light = Json::parse(answer.out)["wavelengths"][0], &mode = light["modes"][0];
        CHECK(mode["polarization"] == word);
        CHECK(mode["n_eff"].get<double>() == Approx(n_eff).epsilon(0.0).margin(3e-8));
        CHECK(mode["n_group"].get<double>() == Approx(n_group).epsilon(0.0).margin(2e-7));
        CHECK(light["propagation"]["transmission"].get<double>() == Approx(1.0).epsilon(0.0).margin(3e-9));
        CHECK(light["propagation"]["steps"].get<int>() == 40);
    }
    // In a slab TE lies across its plane and is exactly scalar light; TM has the jump of its field at the steps.
    const std::string slab = folder.write("slab.toml", R"~(wavelength = "1310 nm"
[section]
slab = true
width = "40 um"
resolution = "0.1 um"
[index]
formula = "abs(x) < 2 ? 1.6 : 1.5"
[modes]
count = 1
)~");
    const Json scalar = Json::parse(vitral_command({"run", slab, "--json"}).out),
               te = Json::parse(vitral_command({"run", slab, "--json", "--set", "polarization=TE"}).out);
    CHECK(te["wavelengths"][0]["modes"][0]["n_eff"] == scalar["wavelengths"][0]["modes"][0]["n_eff"]);
    // 4 µm of 1.6 in 1.5: u tan u = (n1/n2)² w.
    const double k0 = 2.0 * vitral::pi / 1.31e-6, V = k0 * 2e-6 * std::sqrt(1.6 * 1.6 - 2.25);
    double u = 1.0;
    for (int i = 0; i < 300; ++i) u = std::atan(1.6 * 1.6 / 2.25 * std::sqrt(V * V - u * u) / u);
    const Json tm = Json::parse(vitral_command({"run", slab, "--json", "--set", "polarization=TM"}).out);
    CHECK(tm["wavelengths"][0]["modes"][0]["n_eff"].get<double>() ==
          Approx(std::sqrt(2.56 - std::pow(u / (k0 * 2e-6), 2))).epsilon(0.0).margin(3e-5));
    const auto with_light = [&](const std::string& method) {
        return vitral_command(
            {"run", slab, "--json", "--set", "polarization=TM", "--set",
             "propagation={length=\"100 um\", step=\"1 um\", method=\"" + method + "\", launch={mode=0}}"});
    };
    const Answer finite = with_light("finite-difference"), spectral = with_light("split-step");
    REQUIRE(finite.code == 0);
    CHECK(Json::parse(finite.out)["wavelengths"][0]["propagation"]["transmission"].get<double>() ==
          Approx(1.0).epsilon(1e-9));
    CHECK(spectral.code == 6);
    CHECK(Json::parse(spectral.out)["error"]["message"].get<std::string>().find("finite-difference") !=
          std::string::npos);
}

TEST_CASE("a closed window gives no bend loss, and says so, a matched layer states its return") {
    const TemporaryFolder folder;
    const std::string config = folder.write("slab.toml", bent_slab + "method = \"finite-difference\"\n");
    const Json open = Json::parse(vitral_command({"run", config, "--json"}).out)["wavelengths"][0]["propagation"];
    CHECK(open["edges"] == "pml");
    CHECK(open["edge_return"].get<double>() < 1e-6);
    CHECK(open["transmission"].get<double>() < 0.8);
    const Answer answer = vitral_command({"run", config, "--json", "--set", "propagation.absorber=0 um"});
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out), &closed = result["wavelengths"][0]["propagation"];
    CHECK(closed["transmission"].is_null());
    CHECK(closed["loss_dB"].is_null());
    CHECK(closed["removed"]["right"].is_null());
    CHECK(result["warnings"].dump().find("not computed: closed boundary") != std::string::npos);
}

TEST_CASE("a tilted, focused Gaussian goes where it is sent and is narrowest at its focus") {
    const TemporaryFolder folder;
    const std::string config = folder.write("beam.toml", R"~(wavelength = "1550 nm"
[section]
slab = true
width = "160 um"
resolution = "0.25 um"
[index]
formula = "1.5 + 1e-4*exp(-(x/30)^2)"
[modes]
count = 1
[propagation]
order = "wide-angle"
length = "200 um"
step = "10 um"
records = 2
absorber = "5 um"
launch = { gaussian = { mfd_x = "10 um" }, offset = { x = "-20 um" }, tilt_x = "6 deg", focus = "100 um" }
)~");
    const Answer answer = vitral_command({"run", config, "-o", (folder / "r.h5").string(), "--json"});
    REQUIRE(answer.code == 0);
    const auto map = vitral::io::read_hdf5_field((folder / "r.h5").string(), "/propagation/w0/intensity_xz");
    const std::vector<double>& x = map.x;
    REQUIRE(map.values.size() == 3 * x.size());
    const auto beam = [&](std::size_t record) {
        double sum = 0.0, mean = 0.0, square = 0.0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double p = map.values[record * x.size() + i].real();
            sum += p, mean += p * x[i], square += p * x[i] * x[i];
        }
        mean /= sum;
        return std::pair(mean, 2.0 * std::sqrt(square / sum - mean * mean));  // 1/e field radius
    };
    CHECK(beam(1).first == Approx(-20e-6 + 100e-6 * std::tan(6.0 * vitral::pi / 180.0)).epsilon(0.01));
    CHECK(beam(2).first == Approx(-20e-6 + 200e-6 * std::tan(6.0 * vitral::pi / 180.0)).epsilon(0.0).margin(0.1e-6));
    CHECK(beam(1).second == Approx(5e-6).epsilon(1e-3));
    // The same from the moments that every record keeps: 4 sigma is twice the 1/e field radius.
    const auto center = vitral::io::read_hdf5_field((folder / "r.h5").string(), "/propagation/w0/center_x_along_z"),
               width =
                   vitral::io::read_hdf5_field((folder / "r.h5").string(), "/propagation/w0/width_4sigma_x_along_z");
    for (const std::size_t record : {0, 1, 2}) {
        CHECK(center.values[record].real() == Approx(beam(record).first).epsilon(1e-12));
        CHECK(width.values[record].real() == Approx(2.0 * beam(record).second).epsilon(1e-12));
    }
    const Json p = Json::parse(answer.out)["wavelengths"][0]["propagation"];
    CHECK(p["center_x"].get<double>() == center.values[2].real());
    CHECK(p["width_4sigma_x"].get<double>() == width.values[2].real());
    CHECK(p["center_y"].is_null());
    const double k = 2.0 * vitral::pi * 1.5 / 1.55e-6, wide = 5e-6 * std::hypot(1.0, 2.0 * 100e-6 / (k * 25e-12));
    CHECK(beam(0).second == Approx(wide).epsilon(2e-4));
    CHECK(beam(2).second == Approx(wide).epsilon(0.03));
}

TEST_CASE("a launch from a file goes on where the run before it ended, on its grid or another") {
    const TemporaryFolder folder;
    const std::string text = R"~(wavelength = "1310 nm"
[section]
width = "60 um"
depth = "30 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
[modes]
count = 2
[propagation]
length = "100 um"
step = "10 um"
reference_index = 1.5078
)~";
    const std::string first =
        folder.write("first.toml",
                     text + "launch = { gaussian = { mfd_x = \"9 um\" }, offset = { x = \"1 um\", y = \"-8 um\" } }\n");
    const std::string second = folder.write("second.toml", text + "launch = { file = \"first.h5\" }\n");
    const auto propagation = [](const Answer& answer) {
        REQUIRE(answer.code == 0);
        return Json::parse(answer.out)["wavelengths"][0]["propagation"];
    };
    const Json whole = propagation(vitral_command({"run", first, "--json", "--set", "propagation.length=200 um"}));
    const Json half = propagation(vitral_command({"run", first, "--json", "-o", (folder / "first.h5").string()}));
    const Json rest = propagation(vitral_command({"run", second, "--json"}));
    for (const int mode : {0, 1})
        CHECK(rest["mode_power"][mode].get<double>() == Approx(whole["mode_power"][mode].get<double>()).epsilon(1e-13));
    CHECK(rest["launched_power"].get<double>() == Approx(half["transmitted_power"].get<double>()).epsilon(1e-13));
    CHECK(rest["transmitted_power"].get<double>() == Approx(whole["transmitted_power"].get<double>()).epsilon(1e-13));
    const Json finer = propagation(vitral_command({"run", second, "--json", "--set", "section.resolution=0.4 um"}));
    CHECK(finer["mode_power"][0].get<double>() == Approx(whole["mode_power"][0].get<double>()).epsilon(2e-5));

    const auto fails = [&](const std::string& launch, const std::string& message) {
        const Answer answer = vitral_command({"run", folder.write("wrong.toml", text + launch), "--json"});
        CHECK(answer.code == 4);
        CHECK(answer.out.find(message) != std::string::npos);
    };
    fails("launch = { file = \"none.h5\" }", "cannot be read");
    fails("launch = { file = \"first.toml\" }", "is no readable HDF5 file");
    fails("launch = { file = \"first.h5\", dataset = \"/propagation/w0/fields\" }", "has no such dataset");
    fails("launch = { file = \"first.h5\", dataset = \"/propagation/w0/z\" }", "has no dimension scale");
    const Answer other = vitral_command({"run", second, "--json", "--set", "wavelength=1550 nm"});
    CHECK(other.code == 4);
    CHECK(other.out.find("is light of 1310 nm, not of 1550 nm") != std::string::npos);
    // A slab's field, too.
    const std::string slab = R"~(wavelength = "1310 nm"
[section]
slab = true
width = "60 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2)"
[modes]
count = 1
[propagation]
length = "100 um"
step = "10 um"
)~";
    const std::string part =
        folder.write("part.toml", slab + "launch = { gaussian = { mfd_x = \"8 um\" }, offset = { x = \"1 um\" } }\n");
    const Json all = propagation(vitral_command({"run", part, "--json", "--set", "propagation.length=200 um"}));
    (void)propagation(vitral_command({"run", part, "--json", "-o", (folder / "part.h5").string()}));
    const Json end = propagation(
        vitral_command({"run", folder.write("end.toml", slab + "launch = { file = \"part.h5\" }\n"), "--json"}));
    CHECK(end["mode_power"][0].get<double>() == Approx(all["mode_power"][0].get<double>()).epsilon(1e-13));
    const Answer elsewhere =
        vitral_command({"run", folder.write("elsewhere.toml", slab + "launch = { file = \"first.h5\" }\n"), "--json"});
    CHECK(elsewhere.code == 4);
    CHECK(elsewhere.out.find("holds a field of a section") != std::string::npos);
}

TEST_CASE("lights are added with their amplitudes and phases") {
    const TemporaryFolder folder;
    const std::string text = R"~(wavelength = "1310 nm"
[section]
slab = true
width = "80 um"
resolution = "0.5 um"
[index]
formula = "1.5035 + 0.020/cosh(x/3)^2"
[modes]
count = 2
[propagation]
length = "50 um"
)~";
    const auto run = [&](const std::string& terms) {
        const Answer answer = vitral_command(
            {"run", folder.write("sum.toml", text + "launch = { superposition = [ " + terms + " ] }\n"), "--json"});
        REQUIRE(answer.code == 0);
        return Json::parse(answer.out)["wavelengths"][0]["propagation"];
    };
    const Json two = run("{ mode = 0 }, { mode = 1, amplitude = 0.5, phase = \"30 deg\" }");
    CHECK(two["launched_power"].get<double>() == Approx(1.25).epsilon(1e-12));
    CHECK(two["mode_power"][0].get<double>() == Approx(1.0).epsilon(1e-9));
    CHECK(two["mode_power"][1].get<double>() == Approx(0.25).epsilon(1e-9));
    CHECK(two["transmission"].get<double>() == Approx(1.0).epsilon(1e-9));
    // The same mode twice, 120 degrees apart: |1 + e^{2πi/3}|² = 1.
    CHECK(run("{ mode = 0 }, { mode = 0, phase = \"120 deg\" }")["launched_power"].get<double>() ==
          Approx(1.0).epsilon(1e-9));
    CHECK(run("{ mode = 0, amplitude = 2.0 }, { mode = 0, phase = \"90 deg\" }")["launched_power"].get<double>() ==
          Approx(5.0).epsilon(1e-9));
}

TEST_CASE("a misalignment map through the guide is what runs with these offsets give") {
    const TemporaryFolder folder;
    const std::string config = folder.write("bend.toml", R"~(wavelength = "1310 nm"
[section]
width = "60 um"
depth = "28 um"
resolution = "0.75 um"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
segments = [ { s_bend = "400 um", to_x = "6 um" } ]
[modes]
count = 1
[propagation]
step = "10 um"
order = "paraxial"
reference_index = 1.5078
launch = { gaussian = { mfd_x = "9 um" } }
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "9 um" } }
offset = { x = "0.5 um", y = "-8 um" }
tolerance = { x = "4 um", y = "3 um" }
)~");
    const Answer answer = vitral_command({"run", config, "--json", "-o", (folder / "r.h5").string()});
    REQUIRE(answer.code == 0);
    const Json light = Json::parse(answer.out)["wavelengths"][0];
    const Json &coupling = light["coupling"][0], &map = coupling["misalignment"];
    CHECK(map["efficiency"][20][20].get<double>() == Approx(coupling["efficiency"].get<double>()).epsilon(1e-11));
    CHECK(map["transmission"][20][20].get<double>() ==
          Approx(light["propagation"]["mode_power"][0].get<double>()).epsilon(3e-6));
    CHECK(map["x"][30].get<double>() == Approx(2e-6).epsilon(1e-13));
    CHECK(map["y"][0].get<double>() == Approx(-3e-6).epsilon(1e-13));
    const Json moved = Json::parse(vitral_command({"run", config, "--json", "--set", "coupling=[]", "--set",
                                                   "propagation.launch.offset={x=\"2.5 um\",y=\"-11 um\"}"})
                                       .out)["wavelengths"][0]["propagation"];
    CHECK(map["transmission"][0][30].get<double>() == Approx(moved["mode_power"][0].get<double>()).epsilon(3e-7));
    const Json no_way_back =
        Json::parse(vitral_command({"run", config, "--json", "--set", "propagation.method=finite-difference", "--set",
                                    "propagation.edges=transparent"})
                        .out);
    CHECK(no_way_back["wavelengths"][0]["coupling"][0]["misalignment"]["transmission"].is_null());
    CHECK(no_way_back["warnings"].dump().find("have no way back") != std::string::npos);
}

TEST_CASE("order = \"auto\" knows the slopes in a formula, of branches that part, and of a tilted launch") {
    const TemporaryFolder folder;
    const auto run = [&](const std::string& formula, const std::string& launch) {
        const std::string config = folder.write("auto.toml", R"~(wavelength = "1310 nm"
[section]
slab = true
width = "120 um"
resolution = "0.25 um"
[index]
formula = ")~" + formula + R"~("
[modes]
count = 1
[propagation]
length = "200 um"
step = "2 um"
launch = )~" + launch + "\n");
        const Answer answer = vitral_command({"run", config, "--json"});
        REQUIRE(answer.code == 0);
        return Json::parse(answer.out)["wavelengths"][0]["propagation"];
    };
    const auto engine = [](const Json& p) { return p["engine"].get<std::string>(); };
    // A guide along x = s z: the estimate is (s³ L/2w)², w a quarter of the mode's 4 sigma width.
    const Json straight = run("1.5 + 0.02/cosh(x/3)^2", "{ mode = 0 }");
    CHECK(engine(straight).find("paraxial") != std::string::npos);
    CHECK(straight["paraxial_error"].get<double>() < 1e-12);
    const Json steep = run("1.5 + 0.02/cosh((x-0.2*z)/3)^2", "{ mode = 0 }"),
               branches = run("1.5 + 0.02/cosh((abs(x)-0.2*z)/3)^2", "{ mode = 0 }"),
               tilted = run("1.5 + 0.02/cosh(x/3)^2", "{ gaussian = { mfd_x = \"6 um\" }, tilt_x = \"0.2 rad\" }");
    CHECK(engine(steep).find("wide-angle") != std::string::npos);
    CHECK(engine(branches).find("wide-angle") != std::string::npos);
    CHECK(engine(tilted).find("wide-angle") != std::string::npos);
    const double w = 0.5 * straight["width_4sigma_x"].get<double>() / 2.0;
    CHECK(steep["paraxial_error"].get<double>() == Approx(std::pow(0.008 * 200e-6 / (2.0 * w), 2)).epsilon(0.05));
    // A beam that no mode takes up goes its way at its angle: no less than the share θ².
    CHECK(tilted["paraxial_error"].get<double>() > 0.2 * 0.2);
}

TEST_CASE("polarised light at steps of the index: known to a tenth with a warning, refused beyond") {
    const TemporaryFolder folder;
    const auto run = [&](const std::string& film) {
        const std::string config = folder.write("film.toml", R"~(wavelength = "1310 nm"
polarization = "TM"
[section]
width = "30 um"
depth = "20 um"
cover = "none"
height = "10 um"
resolution = "0.5 um"
[index]
formula = "y > -4 ? )~" + film + R"~( : 1.5 + 0.03*exp(-(x/3)^2 - ((y+8)/2)^2)"
[modes]
count = 1
)~");
        return vitral_command({"run", config, "--json", "--until", "modes"});
    };
    const Answer weak = run("1.49"), known = run("1.44"), strong = run("1.3");
    CHECK(weak.code == 0);
    CHECK(weak.out.find("accurate to about a tenth") == std::string::npos);
    CHECK(known.code == 0);
    CHECK(known.out.find("accurate to about a tenth") != std::string::npos);
    CHECK(strong.code == 6);
    CHECK(strong.out.find("between neighbouring points along the field") != std::string::npos);
}
