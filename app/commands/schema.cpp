#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "app/commands/options.hpp"
#include "app/records/library.hpp"
#include "app/results/text.hpp"
#include "app/setup.hpp"

namespace vitral::commands {
namespace {

using config::Json;

/// The rows of one table of the schema as Markdown, and those of the tables inside it after it.
void write_keys(const Json& table, const std::string& name, std::ostream& out) {
    out << "\n## " << (name.empty() ? "top level" : name) << "\n\n| key | takes | default | |\n|---|---|---|---|\n";
    std::vector<std::pair<std::string, const Json*>> inner;
    const Json required = table.value("required", Json::array());
    for (const auto& [key, row] : table["properties"].items()) {
        std::string takes;
        if (row.contains("enum")) {
            for (const Json& word : row["enum"])
                takes += fmt::format("{}\"{}\"", takes.empty() ? "" : ", ", word.get<std::string>());
        } else if (row.contains("oneOf")) {
            takes = "see the text";
        } else if (row.contains("$comment")) {
            takes = row["$comment"].get<std::string>();
        } else {
            const std::string type = row["type"].get<std::string>();
            takes = type == "string"    ? "a text"
                    : type == "number"  ? "a number"
                    : type == "integer" ? "an integer"
                    : type == "boolean" ? "true or false"
                    : type == "array"   ? "a list"
                                        : "a table";
        }
        const bool is_required = std::find(required.begin(), required.end(), Json(key)) != required.end();
        out << "| " << key << (is_required ? " (required)" : "") << " | " << takes << " | "
            << (row.contains("default")
                    ? row["default"].is_string() ? row["default"].get<std::string>() : row["default"].dump()
                    : std::string())
            << " | " << row["description"].get<std::string>() << " |\n";
        const std::string path = name.empty() ? key : name + "." + key;
        if (row.contains("properties")) inner.emplace_back(path, &row);
        if (row.contains("items") && row["items"].contains("properties"))
            inner.emplace_back(path + "[]", &row["items"]);
    }
    for (const auto& [path, row] : inner) write_keys(*row, path, out);
}

}  // namespace

int schema(const Options& o, std::ostream& out) {
    if (o.format == "results") {
        out << results::rows_markdown();
        return 0;
    }
    if (o.format == "records") {
        out << "# Keys of the records\n\nMade by `vitral schema --format records` from the same rows that the program "
               "uses to "
               "read a record. A record is a TOML file that describes a glass, a fiber or a port of a photonic chip; "
               "data/ has "
               "those of the library, and a config names others by their path. Every table states the `source` of its "
               "values and "
               "a `confidence`; a run warns about every placeholder that it uses.\n";
        for (const records::Kind kind : {records::Kind::glasses, records::Kind::fibers, records::Kind::chips})
            write_keys(records::record_keys(kind), std::string(records::singular_of(kind)), out);
        return 0;
    }
    if (o.format == "markdown") {
        out << "# Keys of the config\n\nMade by `vitral schema --format markdown` from the same rows that the program "
               "uses to "
               "read a config. Quantities are texts with a unit, such as \"1.5 um\".\n";
        write_keys(app::case_schema().json_schema(), "", out);
        return 0;
    }
    Json document = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Vitral config"}};
    document.update(app::case_schema().json_schema());
    out << document.dump(2) << "\n";
    return 0;
}

}  // namespace vitral::commands
