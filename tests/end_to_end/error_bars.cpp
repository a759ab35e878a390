/// The error bar beside every figure: it covers what a much finer run gives, and is no wild guess; and the table behind it.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::string bent_link = R"~(wavelength = "1310 nm"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
segments = [ { s_bend = "2 mm", to_x = "60 um" } ]
[modes]
count = 1
[propagation]
launch = { fiber = "SMF-28" }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
[[coupling]]
at = "output"
to = { gaussian = { mfd_x = "5 um", mfd_y = "5 um", index = 1.45 } }
)~";

/// A surface guide of strong guiding at 633 nm, whose coupling follows the grid.
const std::string surface = R"~(wavelength = "633 nm"
[index]
formula = "1.5 + 0.1*exp(-x^2)*exp(-y^2)"
[modes]
count = 1
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "2 um", index = 1.46 } }
)~";

/// What a run says and what a run refined in every way at once says: the first one's bar holds.
void check_covered(const Json& answer, const Json& refined, const char* table, const char* figure, double largest) {
    INFO(table << "." << figure);
    const double value = answer[table][figure], bar = answer[table][std::string(figure) + "_error"],
                 truth = refined[table][figure];
    CHECK(std::abs(value - truth) <= bar);
    CHECK(bar <= largest);
}

}  // namespace

TEST_CASE("error bars of a link cover what a refined run gives") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", bent_link);
    const std::vector<std::string> finer = {"accuracy='0.001 dB'", "section.resolution='0.4 um'",
                                            "propagation.order=wide-angle"};
    const Json answer = light_of(config, {}, {"-o", (folder / "a.h5").string()}),
               refined = light_of(config, finer, {"-o", (folder / "b.h5").string()});
    check_covered(answer, refined, "propagation", "loss_dB", 0.01);
    check_covered(answer, refined, "link", "mode_loss_dB", 0.01);
    check_covered(answer, refined, "link", "loss_dB", 0.02);
    const Json &in = answer["coupling"][0], &mode = answer["modes"][0];
    CHECK(std::abs(in["loss_dB"].get<double>() - refined["coupling"][0]["loss_dB"].get<double>()) <=
          in["loss_dB_error"].get<double>());
    CHECK(std::abs(mode["n_eff"].get<double>() - refined["modes"][0]["n_eff"].get<double>()) <=
          mode["n_eff_error"].get<double>());
    CHECK(mode["n_eff_error"].get<double>() < 1e-6);
    // The bar of the mode's loss is the sum of its parts'.
    CHECK(answer["link"]["mode_loss_dB_error"].get<double>() ==
          Approx(in["loss_dB_error"].get<double>() + answer["coupling"][1]["loss_dB_error"].get<double>() +
                 answer["propagation"]["loss_dB_error"].get<double>())
              .epsilon(1e-12));
}

TEST_CASE("an error bar grows with the spacing that is given") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", surface);
    const double truth = light_of(config, {"section.resolution='0.025 um'"},
                                  {"-o", (folder / "t.h5").string()})["coupling"][0]["loss_dB"];
    double last = 0.0;
    for (const char* spacing : {"0.1 um", "0.16 um", "0.25 um"}) {
        const Json port = light_of(config, {std::string("section.resolution='") + spacing + "'"},
                                   {"-o", (folder / "s.h5").string()})["coupling"][0];
        INFO(spacing);
        const double bar = port["loss_dB_error"];
        CHECK(std::abs(port["loss_dB"].get<double>() - truth) <= bar);
        CHECK(bar > last);
        last = bar;
    }
}

TEST_CASE("the exchange's tolerance is in the bars of an exchanged guide") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", R"~(wavelength = "1310 nm"
[glass]
name = "soda-lime"
[[mask.guide]]
width = "3 um"
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[modes]
count = 1
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
)~");
    const auto run = [&](const char* tolerance) {
        return light_of(config,
                        {std::string("numerics.process_tolerance=") + tolerance, "section.resolution='0.35 um'"},
                        {"-o", (folder / "r.h5").string()});
    };
    const Json fine = run("1e-4"), rough = run("1.5e-3");
    const double bar = rough["modes"][0]["n_eff_error"];
    CHECK(std::abs(rough["modes"][0]["n_eff"].get<double>() - fine["modes"][0]["n_eff"].get<double>()) <= bar);
    CHECK(bar > 3.0 * fine["modes"][0]["n_eff_error"].get<double>());
}

TEST_CASE("without error bars there are none") {
    const TemporaryFolder folder;
    const Json answer =
        light_of(folder.write("case.toml", surface), {"numerics.error_bars=false"}, {"-o", (folder / "r.h5").string()});
    CHECK(answer["modes"][0]["n_eff_error"].is_null());
    CHECK(answer["coupling"][0]["loss_dB_error"].is_null());
}

TEST_CASE("the accuracy sets the step's tolerance and the operator, and their own keys come first") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", bent_link);
    const auto run = [&](const std::vector<std::string>& settings) {
        std::vector<std::string> all = {"section.resolution='0.5 um'", "propagation.records=1",
                                        "numerics.error_bars=false"};
        all.insert(all.end(), settings.begin(), settings.end());
        return light_of(config, all, {"-o", (folder / "r.h5").string(), "--until", "propagation"})["propagation"];
    };
    const Json usual = run({}), strict = run({"accuracy='0.001 dB'"}),
               own = run({"accuracy='0.001 dB'", "propagation.tolerance='0.01 dB'", "propagation.order=paraxial"});
    CHECK(strict["engine"].get<std::string>().find("wide-angle") != std::string::npos);
    CHECK(own["engine"].get<std::string>().find("paraxial") != std::string::npos);
    CHECK(own["steps"] == usual["steps"]);
}

TEST_CASE("`vitral converge` prints how every figure moves as the run is refined") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", bent_link);
    const Answer text = vitral_command({"converge", config, "--set", "section.resolution=1 um"});
    INFO(text.err);
    REQUIRE(text.code == 0);
    for (const char* words : {"finer grid", "larger window", "shorter steps", "wide angle", "finer exchange",
                              "all of them", "insertion loss (dB)", "coupling loss at port 1 (dB)", "n_eff of mode 0"})
        CHECK(text.out.find(words) != std::string::npos);
    const Answer json = vitral_command({"converge", config, "--json", "--set", "section.resolution=1 um"});
    REQUIRE(json.code == 0);
    const Json table = Json::parse(json.out)["wavelengths"][0]["figures"];
    const auto row = [&](const std::string& name) {
        for (const Json& line : table)
            if (line["figure"] == name) return line;
        FAIL(name);
        return Json();
    };
    // A finer grid, asked for as such, gives what the table says.
    const Json coarse = light_of(config, {"section.resolution='1 um'"}, {"-o", (folder / "c.h5").string()});
    const Json loss = row("insertion loss");
    CHECK(loss["value"].get<double>() == Approx(coarse["link"]["loss_dB"].get<double>()).epsilon(1e-12));
    CHECK(loss["error"].get<double>() == Approx(coarse["link"]["loss_dB_error"].get<double>()).epsilon(1e-12));
    CHECK(std::abs(loss["changes"]["all of them"].get<double>()) <= loss["error"].get<double>());
    CHECK(loss["changes"]["finer grid"].get<double>() != 0.0);
    CHECK(loss["changes"]["wide angle"].get<double>() != 0.0);
    CHECK(loss["changes"]["finer exchange"].is_null());  // there is none
    const Json port = row("coupling loss at port 1");
    CHECK(port["changes"]["finer grid"].get<double>() ==
          Approx(port["changes"]["all of them"].get<double>()).margin(1e-3));
}
