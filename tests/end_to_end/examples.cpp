#include <nlohmann/json.hpp>

#include "app/config/config_document.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;
using Json = nlohmann::json;

namespace {

const std::filesystem::path examples = std::filesystem::path(VITRAL_SOURCE_DIR) / "examples";

/// The number at "a.0.b" of an answer.
double number_at(const Json& answer, const std::string& path) {
    const Json* node = &answer;
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, '.');)
        node = node->is_array() ? &node->at(std::stoul(part)) : &node->at(part);
    return node->get<double>();
}

/// Runs an example with further settings and compares its answer with its expected.toml.
void check_example(const std::string& name, const std::vector<std::string>& settings = {}) {
    const TemporaryFolder folder;
    std::vector<std::string> args = {
        "run", (examples / name / "case.toml").string(), "-o", (folder / "out.h5").string(), "--json", "--threads",
        "1"};
    for (const std::string& setting : settings) {
        args.push_back("--set");
        args.push_back(setting);
    }
    const Answer answer = vitral_command(args);
    INFO(answer.err << answer.out.substr(0, 400));
    REQUIRE(answer.code == 0);
    const Json result = Json::parse(answer.out);
    vitral::config::Diagnostics diagnostics;
    const auto expected = vitral::config::parse_toml(
        "expected.toml", vitral::config::read_text_file(examples / name / "expected.toml"), diagnostics);
    REQUIRE(diagnostics.empty());
    REQUIRE(expected.find("expect"));
    for (const auto& row : expected.find("expect")->items) {
        const std::string path = row.find("path")->text;
        INFO(path << ": " << row.find("reason")->text);
        CHECK(number_at(result, path) ==
              Approx(row.find("value")->number).epsilon(0.0).margin(row.find("tolerance")->number));
    }
}

}  // namespace

TEST_CASE("the example fiber_to_chip gives what it promises", "[slow]") { check_example("fiber_to_chip"); }

TEST_CASE("the example evanescent_coupler gives what it promises") { check_example("evanescent_coupler"); }

TEST_CASE("the process examples give what they promise") {
    for (const char* name : {"planar_thermal", "buried_channel", "double_exchange"}) {
        INFO(name);
        check_example(name);
    }
}

TEST_CASE("the example silver_film gives what it promises", "[slow]") { check_example("silver_film"); }

TEST_CASE("the example coupler gives what it promises, with either engine") {
    const std::string method = GENERATE("finite-difference", "split-step");
    check_example("coupler", {"propagation.method=" + method});
}

TEST_CASE("the example silicon_tip gives what it promises") { check_example("silicon_tip"); }

TEST_CASE("the example splitter gives what it promises") { check_example("splitter"); }

TEST_CASE("the example s_bend_slab gives what it promises, with either engine") {
    const std::string method = GENERATE("split-step", "finite-difference");
    check_example("s_bend_slab", {"propagation.method=" + method});
}

TEST_CASE("every example is a right config") {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(examples)) {
        if (!entry.is_directory()) continue;
        INFO(entry.path().string());
        CHECK(vitral_command({"check", (entry.path() / "case.toml").string()}).code == 0);
        CHECK(std::filesystem::exists(entry.path() / "README.md"));
        ++count;
    }
    CHECK(count >= 10);
}
