/// Every row of a result is in JSON, in the file with its unit, in the table where it is a scalar, and on its page.
#include <hdf5.h>

#include <filesystem>
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
namespace fs = std::filesystem;

namespace {

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

    /// One of tests/end_to_end/quantities.
    void run(const fs::path& file_of_run) {
        const std::string name = file_of_run.stem().string();
        INFO(name);
        std::ifstream text(file_of_run);
        const std::string config = folder_.write(name + ".toml", std::string(std::istreambuf_iterator<char>(text), {}) +
                                                                     "[sweep]\ntitle = [\"" + name + "\"]\n"),
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
    int runs = 0;
    for (const auto& entry : fs::directory_iterator(std::string(VITRAL_SOURCE_DIR) + "/tests/end_to_end/quantities")) {
        walk.run(entry.path());
        ++runs;
    }
    CHECK(runs == 11);
    walk.judge();
}
