#include "app/results/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace vitral::results {
namespace {

using Json = nlohmann::ordered_json;

/// A text as a CSV cell: quoted where it has to be.
std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// What a dotted name stands for in an object; null where there is none.
const Json* at(const Json* object, const std::string& name) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const std::size_t dot = name.find('.');
    const auto found = object->find(name.substr(0, dot));
    if (found == object->end()) return nullptr;
    return dot == std::string::npos ? &*found : at(&*found, name.substr(dot + 1));
}

/// Columns in the order of the rows, those of one row in the order of the lines.
class Columns {
public:
    void put(const std::string& name, const std::string& unit, std::size_t line, std::string text) {
        const std::string title = unit.empty() || unit == "1" ? name : name + " (" + unit + ")";
        const auto [found, fresh] = place_.try_emplace(title, titles_.size());
        if (fresh) titles_.push_back(title), cells_.emplace_back();
        cells_[found->second][line] = std::move(text);
    }
    [[nodiscard]] const std::vector<std::string>& titles() const { return titles_; }
    [[nodiscard]] std::string text(std::size_t column, std::size_t line) const {
        const auto found = cells_[column].find(line);
        return found == cells_[column].end() ? "" : found->second;
    }

private:
    std::map<std::string, std::size_t> place_;
    std::vector<std::string> titles_;
    std::vector<std::map<std::size_t, std::string>> cells_;
};

/// A scalar, or numbers by name; arrays and what was not computed have no cell.
void put_value(Columns& columns, const std::string& name, const std::string& unit, std::size_t line,
               const Json* found) {
    if (found == nullptr) return;
    const Json& value = *found;
    if (value.is_number() || value.is_string() || value.is_boolean()) {
        columns.put(name, unit, line, text_of(value));
    } else if (value.is_object() && !value.contains("dataset")) {
        for (const auto& [key, part] : value.items()) put_value(columns, name + "." + key, unit, line, &part);
    } else if (value.is_array()) {  // a budget: pairs of name and number
        for (const Json& pair : value)
            if (pair.is_array() && pair.size() == 2 && pair[0].is_string())
                put_value(columns, name + "." + pair[0].get<std::string>(), unit, line, &pair[1]);
    }
}

}  // namespace

std::string results_table(const std::vector<std::string>& head, const std::vector<TableLine>& lines,
                          std::span<const Group> list) {
    Columns columns;
    for (const Group& group : list)
        for (const RowInfo& row : group.rows)
            for (std::size_t l = 0; l < lines.size(); ++l) {
                const Json* found = at(&lines[l].answers, group.name);
                if (group.item.empty()) {
                    put_value(columns, group.name + "." + row.name, row.unit, l, at(found, row.name));
                    continue;
                }
                for (std::size_t i = 0; found != nullptr && found->is_array() && i < found->size(); ++i)
                    put_value(columns, fmt::format("{}.{}.{}", group.name, i, row.name), row.unit, l,
                              at(&(*found)[i], row.name));
            }
    std::string out;
    const auto add_line = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + cell(cells[i]);
        out += "\n";
    };
    std::vector<std::string> titles = head;
    titles.insert(titles.end(), columns.titles().begin(), columns.titles().end());
    add_line(titles);
    for (std::size_t l = 0; l < lines.size(); ++l) {
        std::vector<std::string> cells = lines[l].head;
        for (std::size_t c = 0; c < columns.titles().size(); ++c) cells.push_back(columns.text(c, l));
        add_line(cells);
    }
    return out;
}

}  // namespace vitral::results
