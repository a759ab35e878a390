/// Every row of a result is in JSON, in the file with its unit, in the table where it is a scalar, and on its page.
#include <hdf5.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/results/hdf5.hpp"
#include "app/results/rows.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral;
using tests::vitral_command;
using Json = nlohmann::ordered_json;

namespace {

/// Runs that together compute every quantity there is.
const std::vector<std::pair<std::string, std::string>> runs = {{"chain", R"(wavelength = "1310 nm"
[glass]
name = "N-BK7"
[section]
width = "40 um"
depth = "20 um"
resolution = "0.5 um"
[numerics]
process_tolerance = 2e-2
[[mask.guide]]
width = "8 um"
segments = [ { straight = "200 um" } ]
[[process]]
step = "exchange"
ion = "K"
surface_fraction = 1.0
temperature = "400 degC"
duration = "4 h"
[modes]
count = 1
[propagation]
records = 8
launch = { fiber = "SMF-28" }
[[coupling]]
at = "input"
to = { fiber = "SMF-28" }
tolerance = { x = "2 um", y = "2 um" }
[[coupling]]
at = "output"
to = { gaussian = { mfd_x = "8 um", index = 1.45 } }
)"},
                                                               {"field", R"(wavelength = "1310 nm"
[glass]
name = "soda-lime"
thickness = "1 mm"
[section]
width = "16 um"
depth = "8 um"
cover = 1.45
height = "4 um"
resolution = "1 um"
[numerics]
process_tolerance = 5e-2
[[mask.guide]]
width = "4 um"
[[process]]
step = "film"
ion = "Ag"
film_thickness = "2 nm"
voltage = "20 V"
temperature = "280 degC"
duration = "20 s"
[[process]]
step = "exchange"
ion = "Ag"
melt_fraction = 0.01
melt_depth = "1 mm"
temperature = "280 degC"
duration = "10 s"
[modes]
count = 1
)"},
                                                               {"formula", R"~(wavelength = "1310 nm"
[section]
width = "40 um"
depth = "20 um"
cover = "none"
height = "10 um"
resolution = "0.5 um"
[index]
formula = "1.5035+0.01*exp(-(x/4)^2-((y+8)/3)^2)"
[modes]
count = 1
[propagation]
length = "100 um"
step = "10 um"
records = 4
launch = { mode = 0 }
watch = [ { name = "it", formula = "1.5035+0.01*exp(-(x/4)^2-((y+8)/3)^2)" } ]
)~"},
                                                               {"wire", R"(wavelength = ["1550 nm", "1552 nm"]
[section]
width = "3 um"
depth = "1.5 um"
height = "1.5 um"
cover = "none"
resolution = "100 nm"
[index]
formula = "1.444"
box = [ { name = "core", width = "600 nm", bottom = "-150 nm", height = "300 nm", index = 2.0 } ]
[modes]
count = 1
accuracy = 1e-4
dispersion = true
sensitivities = true
)"},
                                                               {"leaky", R"~(wavelength = "1550 nm"
[section]
slab = true
width = "20 um"
resolution = "0.2 um"
[index]
formula = "1.5+0.01*exp(-(x/3)^2)"
[modes]
count = 1
solver = "scalar-elements"
bend_radius = "5 mm"
accuracy = 1e-5
)~"},
                                                               {"planar", R"(wavelength = "632.8 nm"
[glass]
name = "soda-lime"
[section]
width = "10 um"
depth = "10 um"
resolution = "0.5 um"
[numerics]
process_tolerance = 1e-2
[[process]]
step = "exchange"
ion = "Ag"
surface_fraction = 1.0
temperature = "280 degC"
duration = "5 min"
)"},
                                                               {"boxes", R"(wavelength = "1550 nm"
[section]
width = "6 um"
depth = "3 um"
height = "3 um"
cover = "none"
resolution = "100 nm"
[index]
formula = "1.444"
box = [ { name = "core", width = "1.5 um", bottom = "-400 nm", height = "800 nm", index = 1.6 } ]
[modes]
count = 1
solver = "scalar-elements"
accuracy = 1e-4
[[coupling]]
at = "input"
to = { gaussian = { mfd_x = "2 um" } }
)"}};

/// A text with one part of it replaced.
std::string with(std::string text, const std::string& part, const std::string& other) {
    text.replace(text.find(part), part.size(), other);
    return text;
}

const Json* find(const Json& object, const std::string& name) {
    const std::size_t dot = name.find('.');
    const std::string first = name.substr(0, dot);
    if (!object.is_object() || !object.contains(first)) return nullptr;
    return dot == std::string::npos ? &object[first] : find(object[first], name.substr(dot + 1));
}

std::string unit_in(hid_t file, const std::string& path) {
    for (std::size_t at = 1; (at = path.find('/', at)) != std::string::npos; ++at)
        if (H5Lexists(file, path.substr(0, at).c_str(), H5P_DEFAULT) <= 0) return "no group";
    if (H5Lexists(file, path.c_str(), H5P_DEFAULT) <= 0) return "no dataset";
    if (H5Aexists_by_name(file, path.c_str(), "units", H5P_DEFAULT) <= 0) return "";
    const hid_t attribute = H5Aopen_by_name(file, path.c_str(), "units", H5P_DEFAULT, H5P_DEFAULT),
                type = H5Aget_type(attribute);
    std::string unit(H5Tget_size(type), '\0');
    H5Aread(attribute, type, unit.data());
    H5Tclose(type), H5Aclose(attribute);
    return unit;
}

/// A row as the runs have shown it.
struct Seen {
    bool in_json = false, computed = false, in_file = false, in_table = false;
};

class Walk {
public:
    Walk() {
        std::ifstream stream(std::string(VITRAL_SOURCE_DIR) + "/docs/results.md");
        page_ = {std::istreambuf_iterator<char>(stream), {}};
    }
    [[nodiscard]] const std::string& page() const { return page_; }

    void run(const std::string& name, const std::string& text) {
        INFO(name);
        const std::string config = folder_.write(name + ".toml", text + "[sweep]\ntitle = [\"" + name + "\"]\n"),
                          result = (folder_ / (name + ".h5")).string();
        const tests::Answer answer = vitral_command({"run", config, "-o", result, "--json"});
        INFO(answer.out);
        REQUIRE(answer.code == 0);
        REQUIRE(vitral_command({"sweep", config, "-o", (folder_ / name).string(), "--threads", "1"}).code == 0);
        std::ifstream stream(folder_ / name / "table.csv");
        std::string header;
        std::getline(stream, header);
        const io::Hdf5Lock lock;
        const hid_t file = H5Fopen(result.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        REQUIRE(file >= 0);
        const Json wavelengths = Json::parse(answer.out)["wavelengths"];
        for (const results::Group& group : results::groups())
            for (const results::RowInfo& row : group.rows)
                one(group, row, wavelengths.back(), wavelengths.size() - 1, file, header);
        H5Fclose(file);
    }

    void judge() const {
        for (const results::Group& group : results::groups())
            for (const results::RowInfo& row : group.rows) {
                INFO(group.name << " " << row.name);
                const auto found = seen_.find(group.name + " " + row.name);
                REQUIRE(found != seen_.end());
                const Seen& seen = found->second;
                CHECK(seen.in_json);
                CHECK(seen.computed);
                CHECK(seen.in_file);
                if (row.axes.empty()) CHECK(seen.in_table);
                CHECK(page_.find("| " + row.name + " | " + row.unit + " |") != std::string::npos);
            }
    }

private:
    void one(const results::Group& group, const results::RowInfo& row, const Json& answers, std::size_t k, hid_t file,
             const std::string& header) {
        const Json* table = find(answers, group.name);
        if (table == nullptr || table->is_null() || (table->is_array() && table->empty())) return;
        INFO(group.name << " " << row.name);
        // Of a list the first item that has it.
        const Json* value = find(table->is_array() ? (*table)[0] : *table, row.name);
        REQUIRE(value != nullptr);
        std::size_t item = 0;
        while (table->is_array() && value->is_null() && item + 1 < table->size())
            value = find((*table)[++item], row.name);
        Seen& seen = seen_[group.name + " " + row.name];
        seen.in_json = true;
        if (value->is_null() || ((value->is_object() || value->is_array()) && value->empty())) return;
        seen.computed = true;
        const std::string unit =
            unit_in(file, results::group_path(group, static_cast<int>(k)) + "/" + results::dataset_name(row));
        CHECK(unit == row.unit);
        seen.in_file = unit == row.unit;
        if (!row.axes.empty()) return;
        std::string title = group.name + "." + (group.item.empty() ? "" : std::to_string(item) + ".") + row.name;
        if (!row.unit.empty() && row.unit != "1") title += " (" + row.unit + ")";
        seen.in_table = ("," + header + ",").find("," + title + ",") != std::string::npos;
        CHECK(seen.in_table);
    }

    tests::TemporaryFolder folder_;
    std::string page_;
    std::map<std::string, Seen> seen_;
};

}  // namespace

TEST_CASE("every quantity is in JSON, in the file with its unit, in the table, and on its page") {
    Walk walk;
    CHECK(walk.page() == vitral_command({"schema", "--format", "results"}).out);
    for (const auto& [name, text] : runs) walk.run(name, text);
    // Where modes are found on elements and light travels on its own grid.
    walk.run("both", with(runs[0].second, "count = 1", "count = 1\nsolver = \"scalar-elements\"\naccuracy = 1e-4"));
    walk.run("slab", with(runs[4].second, "bend_radius = \"5 mm\"", "") +
                         "[propagation]\nlength = \"20 um\"\nstep = \"10 um\"\nlaunch = { mode = 0 }\n");
    walk.judge();
}
