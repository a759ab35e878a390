#include "app/results/text.hpp"

#include <fmt/core.h>

#include <cmath>

#include "app/results/hdf5.hpp"
#include "core/constants.hpp"

namespace vitral::results {
namespace {

/// A number as people read it, lengths in µm or mm.
std::string shown(double value, const RowInfo& row) {
    if (!std::isfinite(value)) return "not computed";
    const int digits = row.digits;
    if (row.unit == "m") {
        if (std::abs(value) < 1e-15) return "0 um";
        return std::abs(value) < 1e-3 ? fmt::format("{:.{}g} um", value * 1e6, digits)
                                      : fmt::format("{:.{}g} mm", value * 1e3, digits);
    }
    if (row.unit == "dB" && row.shown == "+-") return fmt::format("{:.{}g} dB", value, digits);
    if (row.unit == "dB") {
        const bool is_zero = std::abs(value) < 0.5 * std::pow(10.0, -digits);  // and not -0.000
        return fmt::format("{:.{}f} dB", is_zero ? 0.0 : value, digits);
    }
    if (row.unit == "rad") return fmt::format("{:.{}g} deg", value * 180.0 / pi, digits);
    if (row.unit == "s/m^2") return fmt::format("{:.{}g} ps/(nm km)", value * 1e6, digits);
    const std::string unit = row.unit == "1" || row.unit.empty() || row.unit == "1 or 1/m" ? "" : " " + row.unit;
    return fmt::format("{:.{}g}{}", value, digits, unit);
}

/// The lines that a row adds: label and value.
using Line = std::pair<std::string, std::string>;

struct Show {
    const RowInfo& row;
    std::vector<Line>& lines;
    void operator()(std::monostate) const {}
    void operator()(bool value) const { lines.emplace_back(row.shown, value ? "yes" : "no"); }
    void operator()(std::int64_t value) const { lines.emplace_back(row.shown, fmt::format("{}", value)); }
    void operator()(double value) const { lines.emplace_back(row.shown, shown(value, row)); }
    void operator()(const std::string& text) const { lines.emplace_back(row.shown, text); }
    void operator()(const NamedNumbers& list) const {
        for (const auto& [name, value] : list)
            lines.emplace_back(row.axes[0] == ordered_axis ? name : row.shown + " " + name,
                               std::isfinite(value) ? shown(value, row) : "not included");
    }
    template <typename Array>
    void operator()(const Array&) const {}
};

std::vector<Line> lines_of(const Group& group, const std::vector<Value>& values) {
    std::vector<Line> lines;
    for (std::size_t r = 0; r < group.rows.size(); ++r)
        if (!group.rows[r].shown.empty()) std::visit(Show{group.rows[r], lines}, values[r]);
    return lines;
}

/// One item of a list in as few lines as fit.
void add_item(std::string& out, const std::string& name, const std::vector<Line>& lines) {
    constexpr std::size_t width = 118, indent = 14;
    std::string line = fmt::format("  {:<{}}", name, indent - 2);
    bool first = true;
    for (const auto& [label, value] : lines) {
        const std::string part = label + " " + value;
        const bool joins = label == "+-";
        if (!first && !joins && line.size() + part.size() + 2 > width) {
            out += line + ",\n";
            line = std::string(indent, ' ');
            first = true;
        }
        line += (first ? "" : joins ? " " : ", ") + part;
        first = false;
    }
    out += line + "\n";
}

void add_group(std::string& out, const Group& group, const Filled& filled) {
    const std::string title = group.title.empty() ? group.name.substr(group.name.find('.') + 1) : group.title;
    for (std::size_t i = 0; i < filled.values.size(); ++i) {
        const std::vector<Line> lines = lines_of(group, filled.values[i]);
        if (lines.empty()) continue;
        if (!group.item.empty()) {
            add_item(out, fmt::format("{} {}", group.item, i), lines);
            continue;
        }
        out += "  " + title + "\n";
        for (const auto& [label, value] : lines) {
            if (label == "+-")
                out.insert(out.size() - 1, " +- " + value);
            else
                out += fmt::format("    {:<32} {}\n", label, value);
        }
    }
}

std::string list_of(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

}  // namespace

std::string results_text(const stages::RunResult& result, std::span<const Group> list) {
    std::string out;
    if (!result.title.empty()) out += result.title + "\n";
    for (std::size_t k = 0; k < result.wavelengths.size(); ++k) {
        out += fmt::format("\nwavelength {:.6g} nm\n", result.wavelengths[k].wavelength * 1e9);
        for (const Group& group : list)
            if (const auto filled = group.fill(result.wavelengths[k], Fields::named)) add_group(out, group, *filled);
    }
    if (!result.warnings.empty()) out += "\n";
    for (const std::string& warning : result.warnings) out += "warning: " + warning + "\n";
    return out;
}

std::string rows_markdown(std::span<const Group> list) {
    std::string out =
        "# Quantities of a result\n\nMade by `vitral schema --format results` from the same rows that produce the "
        "JSON, the "
        "HDF5 files, the tables of a sweep and the text on the screen. All numbers are in SI units.\n\n"
        "In JSON a quantity is found under its group and its name; a dot in a name stands for a nested object. In a "
        "results file it is found under the path given, with dots in its name replaced by underscores. `w0`, `w1`, ... "
        "stand for the wavelengths in order. If a group is a list, its quantities have an additional first axis along "
        "the "
        "items of the list. Arrays over places in space are in the file only; JSON names their dataset and shape.\n\n"
        "A quantity that was not computed is null in JSON. In a file it is left out, or, if another item of a list has "
        "it, "
        "NaN or an empty text.\n";
    for (const Group& group : list) {
        out += fmt::format(
            "\n## {}\n\n{} In a file: `{}`{}.\n\n| quantity | unit | axes | what it is | when it is computed |\n"
            "|---|---|---|---|---|\n",
            group.name, group.words, group_path(group, 0),
            group.item.empty() ? "" : ", a list along `" + group.item + "`");
        for (const RowInfo& row : group.rows) {
            std::string words = row.words;
            for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos; at += 2)
                words.replace(at, 1, "\\|");
            out += fmt::format("| {} | {} | {} | {} | {} |\n", row.name, row.unit, list_of(row.axes), words,
                               row.when.empty() ? "always" : row.when);
        }
    }
    return out;
}

}  // namespace vitral::results
