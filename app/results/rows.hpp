#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/stages/results.hpp"

/// One row a quantity: what it is called, its unit, its axes, what it is in words, and when it is computed. JSON, HDF5, CSV, the
/// text on the screen and docs/results.md are all made from the rows.
namespace vitral::results {

/// Numbers by name: powers of watched modes, lines of a budget.
using NamedNumbers = std::vector<std::pair<std::string, double>>;
/// An array that is computed only where a file takes it.
struct InFile {};
/// What a row says of one item; nothing where it was not computed. Arrays are over the row's axes, the last fastest; large ones
/// are looked at where they lie.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, NamedNumbers, std::vector<double>,
                           std::span<const double>, std::span<const Complex>, std::vector<std::string>, InFile>;

struct RowInfo {
    std::string name;  ///< the field's word; a dot makes a table in JSON
    std::string unit;  ///< SI; "1" for a pure number, empty for a text
    std::vector<std::string> axes =
        {};                  ///< of an array, names of the group's axes; of NamedNumbers the axis of their names
    std::string words;       ///< what it is
    std::string when = {};   ///< when it is computed, if not always
    std::string shown = {};  ///< its label on the screen; empty: it is not shown there
    int digits = 6;          ///< shown
};

/// An axis of a group's arrays: places, or names.
struct AxisInfo {
    std::string name, unit, words;
    std::vector<double> places = {};
    std::vector<std::string> names = {};
    [[nodiscard]] std::size_t size() const { return names.empty() ? places.size() : names.size(); }
};

/// The answers of one group at one wavelength: values[item][row]. A group that is no list has one item.
struct Filled {
    std::vector<AxisInfo> axes;
    std::vector<std::vector<Value>> values;
    std::shared_ptr<const void> items;  ///< what the values look at
};

/// Which fields of modes are computed: those that a file takes, none, or none but named (for JSON and the screen).
enum class Fields { all, without_modes, named };

/// A table of rows about the same thing.
struct Group {
    std::string name;        ///< in JSON and HDF5: "modes", "process.steps"
    std::string title = {};  ///< on the screen; empty: the name
    std::string item;        ///< of a list: what one item is, the name of its axis; empty: there is one
    std::string words;
    bool of_wavelength = true;  ///< whether it differs between wavelengths
    std::vector<RowInfo> rows;
    /// Nothing where the group was not computed.
    std::function<std::optional<Filled>(const stages::WavelengthResult&, Fields)> fill;
};

/// All groups of a result.
[[nodiscard]] std::span<const Group> groups();

/// A row with how its value is read from an item T.
template <typename T>
struct RowOf {
    RowInfo info;
    std::function<Value(const T&)> value;
    bool on_elements = false;  ///< of modes: whether only those found on elements can have it
};

/// A group from the rows about T: `items` lists them, `axes` those of their arrays.
template <typename T>
[[nodiscard]] Group make_group(
    Group head, std::vector<RowOf<T>> rows,
    std::function<std::optional<std::vector<T>>(const stages::WavelengthResult&, Fields)> items,
    std::function<std::vector<AxisInfo>(const stages::WavelengthResult&)> axes = {}) {
    for (const RowOf<T>& row : rows) head.rows.push_back(row.info);
    head.fill = [rows = std::move(rows), items = std::move(items), axes = std::move(axes)](
                    const stages::WavelengthResult& result, Fields fields) -> std::optional<Filled> {
        auto found = items(result, fields);
        if (!found) return {};
        const auto list = std::make_shared<const std::vector<T>>(std::move(*found));
        Filled filled;
        filled.items = list;
        if (axes) filled.axes = axes(result);
        for (const T& item : *list) {
            std::vector<Value>& values = filled.values.emplace_back();
            for (const RowOf<T>& row : rows) values.push_back(row.value(item));
        }
        return filled;
    };
    return head;
}

/// Several lists as one.
template <typename T>
[[nodiscard]] std::vector<T> joined(std::vector<std::vector<T>> lists) {
    std::vector<T> all;
    for (auto& list : lists) std::move(list.begin(), list.end(), std::back_inserter(all));
    return all;
}

template <typename T>
[[nodiscard]] Value optional_value(const std::optional<T>& value) {
    return value ? Value(*value) : Value();
}
/// An array where it lies; nothing where it is empty.
template <typename T>
[[nodiscard]] Value view_value(const std::vector<T>& list) {
    return list.empty() ? Value() : Value(std::span<const T>(list));
}
[[nodiscard]] Value finite_value(double value);  ///< nothing where it is infinite or not a number
[[nodiscard]] std::vector<double> positions(const Axis& axis);

// The groups, each in a file of its own.
[[nodiscard]] std::vector<Group> process_groups();
[[nodiscard]] std::vector<Group> index_groups();
[[nodiscard]] std::vector<Group> mode_groups();
[[nodiscard]] std::vector<Group> propagation_groups();
[[nodiscard]] std::vector<Group> coupling_groups();

}  // namespace vitral::results
