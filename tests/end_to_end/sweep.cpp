#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/io/hdf5_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const char* base = R"(wavelength = "1310 nm"
[glass]
name = "soda-lime"
[section]
width = "50 um"
depth = "20 um"
resolution = "1 um"
[[mask.guide]]
width = "3 um"
[numerics]
process_tolerance = 2e-2
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[modes]
count = 1
[propagation]
length = "0.2 mm"
step = "10 um"
launch = { mode = 0 }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
)";
const char* axes = R"([sweep]
"mask.guide[0].width" = ["3 um", "4 um", "5 um", "6 um"]
wavelength = ["1290 nm", "1310 nm", "1330 nm"]
)";

std::string line(const std::string& text, int number) {
    std::istringstream stream(text);
    std::string out;
    for (int i = 0; i <= number; ++i) std::getline(stream, out);
    return out;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

Json data_of(const std::filesystem::path& file) {
    return Json::parse(vitral::io::read_hdf5_text(file, "/summary"))["wavelengths"];
}

}  // namespace

TEST_CASE("a sweep of 4 x 3 points equals 12 single runs bit for bit, whatever the number of threads") {
    const TemporaryFolder folder;
    const std::string config = folder.write("case.toml", std::string(base) + axes),
                      single = folder.write("single.toml", base);
    const Answer one = vitral_command({"sweep", config, "-o", (folder / "one").string(), "--threads", "1", "--json"});
    INFO(one.err << one.out);
    REQUIRE(one.code == 0);
    CHECK(Json::parse(one.out)["points"] == 12);
    REQUIRE(vitral_command({"sweep", config, "-o", (folder / "two").string(), "--threads", "2"}).code == 0);
    CHECK(text_of(folder / "one/table.csv") == text_of(folder / "two/table.csv"));

    int point = 0;
    for (const char* width : {"3 um", "4 um", "5 um", "6 um"})
        for (const char* wavelength : {"1290 nm", "1310 nm", "1330 nm"}) {
            INFO("point " << point);
            const std::string file = (folder / "run.h5").string();
            REQUIRE(vitral_command({"run", single, "-o", file, "--set", std::string("mask.guide[0].width=") + width,
                                    "--set", std::string("wavelength=") + wavelength})
                        .code == 0);
            char name[32];
            std::snprintf(name, sizeof name, "point_%04d.h5", point);
            CHECK(data_of(folder / (std::string("one/") + name)) == data_of(file));
            CHECK(data_of(folder / (std::string("two/") + name)) == data_of(file));
            const std::string row = line(text_of(folder / "one/table.csv"), point + 1);
            CHECK(row.find(std::to_string(point) + "," + width + "," + wavelength) == 0);
            ++point;
        }
}

TEST_CASE("a sweep that is run again keeps its points, and only computes what changed") {
    const TemporaryFolder folder;
    const std::string config =
        folder.write("case.toml", std::string(base) + "[sweep]\n\"section.resolution\" = [\"1 um\", \"1.5 um\"]\n");
    const std::string out = (folder / "points").string();
    REQUIRE(vitral_command({"sweep", config, "-o", out}).code == 0);
    const Json again = Json::parse(vitral_command({"sweep", config, "-o", out, "--json"}).out);
    CHECK(again["kept"] == 2);
    CHECK(again["computed"] == 0);
    std::filesystem::remove(folder / "points/point_0001.h5");
    CHECK(Json::parse(vitral_command({"sweep", config, "-o", out, "--json"}).out)["computed"] == 1);
    CHECK(Json::parse(
              vitral_command({"sweep", config, "-o", out, "--json", "--set", "modes.count=2"}).out)["computed"] == 2);
}

TEST_CASE("a point that fails is listed, the others are finished, and the exit code is 8") {
    const TemporaryFolder folder;
    const std::string config =
        folder.write("case.toml", std::string(base) + "[sweep]\n\"propagation.launch.mode\" = [0, 7]\n");
    const Answer answer =
        vitral_command({"sweep", config, "-o", (folder / "points").string(), "--set", "modes.count=8"});
    CHECK(answer.code == 8);
    CHECK(answer.out.find("point 1: propagation: launch mode 7") != std::string::npos);
    CHECK(std::filesystem::exists(folder / "points/point_0000.h5"));
    CHECK_FALSE(std::filesystem::exists(folder / "points/point_0001.h5"));
}

TEST_CASE("a wrong value in a sweep is reported before any point is run") {
    const TemporaryFolder folder;
    const std::string config =
        folder.write("case.toml", std::string(base) + "[sweep]\n\"section.resolution\" = [\"1 um\", \"fine\"]\n");
    const Answer answer = vitral_command({"sweep", config, "-o", (folder / "points").string()});
    CHECK(answer.code == 3);
    CHECK_FALSE(std::filesystem::exists(folder / "points"));
    CHECK(vitral_command({"sweep", folder.write("plain.toml", base)}).code == 3);
}

TEST_CASE("a sweep computes its points again when a record they name has changed") {
    const TemporaryFolder folder;
    const auto fiber = [](const char* radius) {
        return std::string("name = \"mine\"\ncore_radius = \"") + radius +
               "\"\ndelta = 0.0036\ncladding = \"fused-silica\"\nsource = \"me\"\nconfidence = \"measured\"\n";
    };
    (void)folder.write("fiber.toml", fiber("4.1 um"));
    std::string text = base;
    text.replace(text.find("SMF-28"), 6, "./fiber.toml");
    const std::string config = folder.write("case.toml", text + "[sweep]\nwavelength = [\"1310 nm\"]\n");
    const std::string out = (folder / "points").string();
    const auto sweep = [&] { return Json::parse(vitral_command({"sweep", config, "-o", out, "--json"}).out); };
    CHECK(sweep()["computed"] == 1);
    CHECK(sweep()["kept"] == 1);
    const Json before = data_of(folder / "points/point_0000.h5")[0]["coupling"][0]["efficiency"];
    (void)folder.write("fiber.toml", fiber("3.5 um"));
    CHECK(sweep()["computed"] == 1);
    CHECK(data_of(folder / "points/point_0000.h5")[0]["coupling"][0]["efficiency"] != before);
}

TEST_CASE("a failed point leaves no line in the table, even over an older result") {
    const TemporaryFolder folder;
    const auto config = [&](const char* modes) {
        return folder.write("case.toml", std::string(base) + "[sweep]\n\"propagation.launch.mode\" = " + modes + "\n");
    };
    const std::string out = (folder / "points").string();
    REQUIRE(vitral_command({"sweep", config("[0, 0]"), "-o", out}).code == 0);
    CHECK(vitral_command({"sweep", config("[0, 7]"), "-o", out, "--set", "modes.count=8"}).code == 8);
    const std::string table = text_of(folder / "points/table.csv");
    CHECK(std::count(table.begin(), table.end(), '\n') == 2);  // the heading and point 0
}
