#include "app/config/case_schema.hpp"
#include "app/config/config_document.hpp"
#include "app/config/quantity.hpp"
#include "app/records/library.hpp"
#include "app/setup.hpp"
#include "app/stages/pipeline.hpp"
#include "medium/formula.hpp"
#include "modes/fiber/fiber_lines.hpp"
#include "tests/support/catch.hpp"

using namespace vitral;
using namespace vitral::config;
using vitral::app::case_schema;
using vitral::medium::Formula;
using vitral::medium::formula_error;

namespace {

double value(std::string_view text, config::Dimension d) { return std::get<double>(config::parse_quantity(text, d)); }
std::string failure(std::string_view text, config::Dimension d) {
    return std::get<config::QuantityError>(config::parse_quantity(text, d)).message;
}

Case read_case_text(const std::string& text, const std::string& name, const std::string& folder,
                    const std::vector<std::string>& settings) {
    return app::read_setup_text(text, name, folder, settings).config;
}

const char* small_case = R"(
wavelength = "1310 nm"
[glass]
name = "soda-lime"
[section]
width = "60 um"
depth = "30 um"
[[mask.guide]]
width = "3 um"
segments = [ { straight = "1 mm" } ]
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 0.4
temperature = "280 degC"
duration = "30 min"
[propagation]
launch = { mode = 0 }
)";

}  // namespace

TEST_CASE("quantities are read with their units and refused without") {
    using config::Dimension;
    CHECK(value("1310 nm", Dimension::length) == Approx(1.31e-6).epsilon(2e-13));
    CHECK(value("4.1um", Dimension::length) == Approx(4.1e-6).epsilon(2e-13));
    CHECK(value("0.25 µm", Dimension::length) == Approx(0.25e-6).epsilon(2e-13));
    CHECK(value("280 degC", Dimension::temperature) == Approx(553.15).epsilon(2e-13));
    CHECK(value("45 min", Dimension::time) == Approx(2700.0).epsilon(2e-13));
    CHECK(value("-1.5 kV", Dimension::voltage) == Approx(-1500.0).epsilon(2e-13));
    CHECK(value("2 GiB", Dimension::memory) == Approx(2147483648.0).epsilon(2e-13));
    CHECK(failure("4 um", Dimension::time) == "\"4 um\" is a length, a time is expected (s, min, h)");
    CHECK(failure("4", Dimension::length) == "\"4\" has no unit; a length is expected (m, cm, mm, um, nm)");
    CHECK(failure("4 furlong", Dimension::length) ==
          "\"4 furlong\" has the unknown unit \"furlong\"; a length is expected (m, cm, mm, um, nm)");
    CHECK(failure("wide", Dimension::length) ==
          "\"wide\" does not begin with a number; a length is expected (m, cm, mm, um, nm)");
    CHECK(failure("inf um", Dimension::length).find("does not begin with a number") != std::string::npos);
}

TEST_CASE("the nearest word is offered only when it is near") {
    CHECK(config::nearest_word("temprature", {"temperature", "duration"}) == "temperature");
    CHECK(config::nearest_word("silica", {"soda-lime", "fused-silica"}) == "fused-silica");
    CHECK(config::nearest_word("banana", {"temperature", "duration"}).empty());
}

TEST_CASE("settings go on top of the config, with or without quotes, into lists too") {
    const Case c = read_case_text(small_case, "case.toml", "",
                                  {"wavelength=[\"1310 nm\", \"1550 nm\"]", "process[0].duration=10 min",
                                   "modes.count=2", "section.resolution=\"0.5 um\""});
    CHECK(c.wavelengths.size() == 2);
    CHECK(c.process[0].duration == Approx(600.0).epsilon(2e-13));
    CHECK(c.modes.count == 2);
    CHECK(c.section.resolution == Approx(0.5e-6).epsilon(2e-13));
    CHECK_THROWS_AS(read_case_text(small_case, "case.toml", "", {"process[3].duration=10 min"}), config::InputError);
    CHECK_THROWS_AS(read_case_text(small_case, "case.toml", "", {"nonsense"}), config::InputError);
}

TEST_CASE("wavelengths are one, a list or a range") {
    const Case c = read_case_text(small_case, "case.toml", "",
                                  {"wavelength={ from = \"1260 nm\", to = \"1360 nm\", count = 11 }"});
    REQUIRE(c.wavelengths.size() == 11);
    CHECK(c.wavelengths[1] == Approx(1.27e-6).epsilon(2e-13));
    CHECK(c.wavelengths[10] == Approx(1.36e-6).epsilon(2e-13));
}

TEST_CASE("the resolved config reads back as the same config") {
    const Case c = read_case_text(small_case, "case.toml", "", {});
    const Json resolved = case_schema().resolved(c);
    CHECK(resolved["section"]["cover"] == "air");
    CHECK(!resolved["section"].contains("resolution"));  // chosen for the light
    CHECK(resolved["modes"]["count"] == 4);
    std::vector<std::string> settings;
    for (const auto& [key, entry] : resolved.items())
        if (key == "wavelength" || key == "section" || key == "modes") {
            if (entry.is_object()) {
                for (const auto& [name, inner] : entry.items())
                    settings.push_back(key + "." + name + "=" + inner.dump());
            } else {
                settings.push_back(key + "=" + entry.dump());
            }
        }
    CHECK(case_schema().resolved(read_case_text(small_case, "case.toml", "", settings)).dump() == resolved.dump());
}

TEST_CASE("the hash of the process sees what the ions see, and nothing else") {
    const auto hash = [](std::vector<std::string> settings) {
        return stages::keys_of(app::read_setup_text(small_case, "case.toml", "", settings).run).at("process");
    };
    const std::string base = hash({});
    CHECK(hash({"wavelength=1550 nm"}) == base);
    CHECK(hash({"modes.count=2"}) == base);
    CHECK(hash({"section.cover=1.33"}) == base);
    CHECK(hash({"mask.guide[0].segments=[ { straight = \"2 mm\" } ]"}) == base);
    CHECK(hash({"process[0].duration=31 min"}) != base);
    CHECK(hash({"mask.guide[0].width=3.1 um"}) != base);
    CHECK(hash({"section.resolution=0.3 um"}) == base);  // the grid of the light
    CHECK(hash({"section.width=70 um"}) != base);
    CHECK(hash({"numerics.process_tolerance=1e-3"}) != base);
}

TEST_CASE("every key of the schema is documented and typed") {
    const Json schema = case_schema().json_schema();
    int keys = 0;
    const auto walk = [&](auto&& self, const Json& node) -> void {
        if (!node.is_object() || !node.contains("properties")) return;
        for (const auto& [key, property] : node["properties"].items()) {
            INFO(key);
            ++keys;
            const std::string help = property["description"];
            CHECK(help.size() > 3);
            CHECK((property.contains("type") || property.contains("enum") || property.contains("oneOf")));
            self(self, property);
            if (property.contains("items")) self(self, property["items"]);
        }
    };
    walk(walk, schema);
    CHECK(keys > 50);
}

TEST_CASE("a formula is arithmetic on x, y, z and constants only") {
    const Formula formula("ns + dn*exp(-(x/w)^2 - ((y+d)/h)^2)",
                          {{"ns", 1.5035}, {"dn", 0.010}, {"w", 4.0}, {"h", 3.0}, {"d", 8.0}});
    CHECK(formula(0.0, -8e-6, 0.0) == Approx(1.5135).epsilon(2e-13));
    CHECK(formula(4e-6, -5e-6, 0.0) == Approx(1.5035 + 0.010 * std::exp(-2.0)).epsilon(2e-13));
    CHECK_FALSE(formula.uses_z());
    CHECK(Formula("1.5 + 1e-5*z", {}).uses_z());
    CHECK(formula_error("1.5 + dn", {}).has_value());
    CHECK(formula_error("1.5 +", {}).has_value());
    CHECK(formula_error("1/0*x", {}).has_value());
}

TEST_CASE("the record of a fiber reproduces its data sheet, and guides one mode where that says so") {
    records::Library library;
    for (const std::string& name : records::names(records::Kind::fibers)) {
        INFO(name);
        const records::FiberRecord& fiber = library.fiber(name);
        REQUIRE_FALSE(fiber.data_sheet.empty());
        for (const records::DataSheet& sheet : fiber.data_sheet) {
            const modes::FiberMode mode(fiber.at(sheet.wavelength), sheet.wavelength);
            // Well within: half of what the maker allows.
            CHECK(std::abs(mode.mode_field_diameter() - sheet.mode_field_diameter) < 0.5 * sheet.tolerance);
            CHECK(modes::lp_modes(fiber.at(sheet.wavelength), sheet.wavelength).size() == 1);
        }
    }
    for (const char* name : {"SMF-28", "G.657.A1"}) {
        CHECK(modes::lp_modes(library.fiber(name).at(1.26e-6), 1.26e-6).size() == 1);
        CHECK(modes::lp_modes(library.fiber(name).at(1.2e-6), 1.2e-6).size() == 2);
    }
}

TEST_CASE("every record of the library reads, and says where its values come from") {
    using records::Kind;
    records::Library library;
    for (const auto& name : records::names(Kind::glasses)) CHECK(library.glass(name).name == name);
    for (const auto& name : records::names(Kind::fibers)) CHECK(library.fiber(name).name == name);
    for (const auto& name : records::names(Kind::chips)) CHECK(library.chip(name).name == name);
    CHECK(library.fiber("SMF-28").data_sheet.size() == 2);
    CHECK(library.material("1.33").dispersion.index(1.31e-6) == Approx(1.33).epsilon(2e-13));
}
