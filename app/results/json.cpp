#include "app/results/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/results/hdf5.hpp"

namespace vitral::results {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

/// The place of a dotted name in an object.
Json& place(Json& object, const std::string& name) {
    const std::size_t dot = name.find('.');
    return dot == std::string::npos ? object[name] : place(object[name.substr(0, dot)], name.substr(dot + 1));
}

/// Names with a dot (a box's parameters) are tables of theirs.
Json named(const NamedNumbers& list) {
    Json object = Json::object();
    for (const auto& [name, value] : list) place(object, name) = number(value);
    return object;
}

std::vector<std::size_t> shape_of(const RowInfo& row, const std::vector<AxisInfo>& axes) {
    std::vector<std::size_t> shape;
    for (const std::string& name : row.axes) shape.push_back(axis_of(axes, name).size());
    return shape;
}

Json nested(const std::vector<double>& values, const std::vector<std::size_t>& shape, std::size_t depth,
            std::size_t& at) {
    Json list = Json::array();
    for (std::size_t i = 0; i < shape[depth] && at < values.size(); ++i)
        list.push_back(depth + 1 == shape.size() ? number(values[at++]) : nested(values, shape, depth + 1, at));
    return list;
}

/// Writes a row's value as JSON; `dataset` is where the file has it.
struct ToJson {
    const RowInfo& row;
    const std::vector<AxisInfo>& axes;
    const std::string& dataset;

    Json operator()(std::monostate) const { return {}; }
    Json operator()(bool value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return number(value); }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(const std::vector<std::string>& texts) const { return texts; }
    Json operator()(const NamedNumbers& list) const {
        if (row.axes[0] != ordered_axis) return named(list);
        Json pairs = Json::array();  // where the order counts
        for (const auto& [name, value] : list) pairs.push_back({name, number(value)});
        return pairs;
    }
    Json operator()(const std::vector<double>& values) const {
        if (is_spatial(row)) return reference();
        std::size_t at = 0;
        return nested(values, row.axes.size() > 1 ? shape_of(row, axes) : std::vector{values.size()}, 0, at);
    }
    Json operator()(std::span<const double>) const { return reference(); }
    Json operator()(std::span<const Complex>) const { return reference(); }
    Json operator()(InFile) const { return reference(); }

private:
    [[nodiscard]] Json reference() const { return {{"dataset", dataset}, {"shape", shape_of(row, axes)}}; }
};

Json item_json(const Group& group, const Filled& filled, std::size_t item, const std::string& path) {
    Json object = Json::object();
    for (std::size_t r = 0; r < group.rows.size(); ++r) {
        const RowInfo& row = group.rows[r];
        place(object, row.name) =
            std::visit(ToJson{row, filled.axes, path + "/" + dataset_name(row)}, filled.values[item][r]);
    }
    return object;
}

}  // namespace

Json wavelength_json(const stages::WavelengthResult& result, int k, std::span<const Group> list) {
    Json object = {{"wavelength", result.wavelength}};
    for (const Group& group : list) {
        const std::optional<Filled> filled = group.fill(result, Fields::named);
        // A table inside one that was not computed is null with it.
        const std::size_t dot = group.name.find('.');
        if (!filled && dot != std::string::npos) continue;
        Json& at = place(object, group.name);
        if (!filled) {
            if (at.is_null()) at = Json();
            continue;
        }
        const std::string path = group_path(group, k);
        if (group.item.empty()) {
            Json one = item_json(group, *filled, 0, path);
            if (at.is_object())
                at.update(one);
            else
                at = std::move(one);
            continue;
        }
        Json items = Json::array();
        for (std::size_t i = 0; i < filled->values.size(); ++i) items.push_back(item_json(group, *filled, i, path));
        at = std::move(items);
    }
    return object;
}

Json results_json(const stages::RunResult& result, const Provenance& p) {
    Json wavelengths = Json::array();
    for (std::size_t k = 0; k < result.wavelengths.size(); ++k)
        wavelengths.push_back(wavelength_json(result.wavelengths[k], static_cast<int>(k)));
    Json provenance = {{"version", p.version},
                       {"git_hash", p.git_hash},
                       {"config_sha256", p.config_sha256},
                       {"inputs_sha256", p.inputs_sha256},
                       {"program_id", p.program_id},
                       {"wisdom_sha256", p.wisdom_sha256},
                       {"stages_sha256", result.stage_keys},
                       {"host", p.host},
                       {"started", p.started},
                       {"threads", p.threads},
                       {"compiler", p.compiler},
                       {"flags", p.flags},
                       {"libraries", p.libraries},
                       {"command_line", p.command_line},
                       {"seconds", result.seconds}};
    return {{"title", result.title},
            {"wavelengths", std::move(wavelengths)},
            {"warnings", result.warnings},
            {"provenance", std::move(provenance)}};
}

}  // namespace vitral::results
