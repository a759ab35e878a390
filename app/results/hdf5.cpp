#include "app/results/hdf5.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "app/io/atomic_file.hpp"

namespace vitral::results {
namespace {

using io::Dimension1D;
using io::Hdf5Writer;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Whether a value has anything to write.
bool has_content(const Value& value) {
    return std::visit(
        [](const auto& held) {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, InFile>)
                return false;
            else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>)
                return true;
            else
                return !held.empty();
        },
        value);
}

/// One row over all items of its group.
class Dataset {
public:
    Dataset(Hdf5Writer& file, const std::string& path, const Group& group, const Filled& filled, std::size_t row)
        : file_(file), group_path_(path), group_(group), filled_(filled), row_(row), info_(group.rows[row]) {}

    void write() const {
        const Value* sample = nullptr;
        for (const auto& item : filled_.values)
            if (has_content(item[row_])) sample = &item[row_];
        if (sample == nullptr) return;
        if (std::holds_alternative<std::span<const Complex>>(*sample)) return write_complex();
        if (std::holds_alternative<std::string>(*sample) || std::holds_alternative<std::vector<std::string>>(*sample))
            return write_texts();
        if (const auto* view = std::get_if<std::span<const double>>(sample); view && filled_.values.size() == 1)
            return file_.write(path(), *view, shape(), info());
        file_.write(path(), numbers(), shape(), info());
    }

private:
    [[nodiscard]] std::string path() const { return group_path_ + "/" + dataset_name(info_); }
    [[nodiscard]] io::DatasetInfo info() const { return {info_.unit, info_.words}; }
    [[nodiscard]] Dimension1D dimension(const std::string& axis) const {
        return {axis_of(filled_.axes, axis).size(), group_path_ + "/" + axis};
    }
    [[nodiscard]] std::vector<Dimension1D> shape() const {
        std::vector<Dimension1D> dimensions;
        if (!group_.item.empty()) dimensions.push_back({filled_.values.size(), group_path_ + "/" + group_.item});
        for (const std::string& axis : info_.axes) dimensions.push_back(dimension(axis));
        return dimensions;
    }
    [[nodiscard]] std::size_t length() const {
        std::size_t count = 1;
        for (const std::string& axis : info_.axes) count *= axis_of(filled_.axes, axis).size();
        return count;
    }

    /// Numbers of all items, absent ones not a number; names in the order of their axis.
    [[nodiscard]] std::vector<double> numbers() const {
        std::vector<double> all;
        const std::size_t count = length();
        for (const auto& item : filled_.values) {
            std::vector<double> own(count, nan);
            std::visit([&](const auto& value) { read(value, own); }, item[row_]);
            all.insert(all.end(), own.begin(), own.end());
        }
        return all;
    }
    template <typename T>
    void read(const T& value, std::vector<double>& to) const {
        if constexpr (std::is_arithmetic_v<T>)
            to[0] = static_cast<double>(value);
        else if constexpr (std::is_same_v<T, std::vector<double>> || std::is_same_v<T, std::span<const double>>)
            std::copy_n(value.begin(), std::min(value.size(), to.size()), to.begin());
        else if constexpr (std::is_same_v<T, NamedNumbers>)
            for (const auto& [name, number] : value) {
                const auto& names = axis_of(filled_.axes, info_.axes[0]).names;
                to[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())] = number;
            }
    }

    void write_complex() const {
        if (filled_.values.size() == 1)
            return file_.write(path(), std::get<std::span<const Complex>>(filled_.values[0][row_]), shape(), info());
        std::vector<Complex> all;
        const std::size_t count = length();
        for (const auto& item : filled_.values) {
            if (const auto* values = std::get_if<std::span<const Complex>>(&item[row_]))
                all.insert(all.end(), values->begin(), values->end());
            else
                all.insert(all.end(), count, Complex(nan, nan));
        }
        file_.write(path(), all, shape(), info());
    }

    void write_texts() const {
        std::vector<std::string> all;
        const std::size_t count = length();
        for (const auto& item : filled_.values) {
            if (const auto* text = std::get_if<std::string>(&item[row_]))
                all.push_back(*text);
            else if (const auto* texts = std::get_if<std::vector<std::string>>(&item[row_]))
                all.insert(all.end(), texts->begin(), texts->end());
            else
                all.insert(all.end(), count, "");  // of an item that has none
        }
        file_.write_texts(path(), all, shape(), info());
    }

    Hdf5Writer& file_;
    const std::string& group_path_;
    const Group& group_;
    const Filled& filled_;
    std::size_t row_;
    const RowInfo& info_;
};

/// Axes that only the names in the rows define, in the order in which they first occur.
void add_named_axes(const Group& group, Filled& filled) {
    for (std::size_t r = 0; r < group.rows.size(); ++r)
        for (const auto& item : filled.values) {
            const auto* list = std::get_if<NamedNumbers>(&item[r]);
            if (list == nullptr) continue;
            const std::string& name = group.rows[r].axes[0];
            auto axis =
                std::find_if(filled.axes.begin(), filled.axes.end(), [&](const AxisInfo& a) { return a.name == name; });
            if (axis == filled.axes.end())
                axis = filled.axes.insert(axis, AxisInfo{name, "", "names of " + group.rows[r].name, {}, {}});
            for (const auto& [key, value] : *list)
                if (std::find(axis->names.begin(), axis->names.end(), key) == axis->names.end())
                    axis->names.push_back(key);
        }
}

/// Whether any row that was computed is an array over the axis.
bool is_used(const Group& group, const Filled& filled, const std::string& axis) {
    for (std::size_t r = 0; r < group.rows.size(); ++r) {
        const auto& axes = group.rows[r].axes;
        if (std::find(axes.begin(), axes.end(), axis) == axes.end()) continue;
        for (const auto& item : filled.values)
            if (has_content(item[r])) return true;
    }
    return false;
}

void write_axes(Hdf5Writer& file, const std::string& path, const Group& group, const Filled& filled) {
    if (!group.item.empty()) {
        std::vector<double> numbers;
        for (std::size_t i = 0; i < filled.values.size(); ++i) numbers.push_back(static_cast<double>(i));
        file.write_scale(path + "/" + group.item, numbers, {"1", "number of the " + group.item});
    }
    for (const AxisInfo& axis : filled.axes) {
        if (axis.size() == 0 || !is_used(group, filled, axis.name)) continue;
        if (axis.names.empty())
            file.write_scale(path + "/" + axis.name, axis.places, {axis.unit, axis.words});
        else
            file.write_text_scale(path + "/" + axis.name, axis.names, {axis.unit, axis.words});
    }
}

}  // namespace

bool is_spatial(const RowInfo& row) {
    static const std::vector<std::string> places = {"x", "y", "z", "x_fields", "y_fields"};
    return std::any_of(row.axes.begin(), row.axes.end(), [](const std::string& axis) {
        return std::find(places.begin(), places.end(), axis) != places.end();
    });
}

const AxisInfo& axis_of(const std::vector<AxisInfo>& axes, const std::string& name) {
    const auto found = std::find_if(axes.begin(), axes.end(), [&](const AxisInfo& axis) { return axis.name == name; });
    if (found == axes.end()) throw std::logic_error("a row names the unknown axis " + name);
    return *found;
}

std::string group_path(const Group& group, int wavelength) {
    std::string path = "/" + group.name;
    std::replace(path.begin(), path.end(), '.', '/');
    return group.of_wavelength ? fmt::format("{}/w{}", path, wavelength) : path;
}

std::string dataset_name(const RowInfo& row) {
    std::string name = row.name;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

void write_wavelength(Hdf5Writer& file, const stages::WavelengthResult& result, int k, Fields fields,
                      std::span<const Group> list) {
    for (const Group& group : list) {
        if (!group.of_wavelength && k > 0) continue;
        std::optional<Filled> filled = group.fill(result, fields);
        if (!filled || (!group.item.empty() && filled->values.empty())) continue;
        add_named_axes(group, *filled);
        const std::string path = group_path(group, k);
        write_axes(file, path, group, *filled);
        for (std::size_t r = 0; r < group.rows.size(); ++r) Dataset(file, path, group, *filled, r).write();
        file.attribute(path, "long_name", group.words);
        if (group.of_wavelength) file.attribute(path, "wavelength", result.wavelength);
    }
}

void write_results(const std::filesystem::path& path, const stages::RunResult& result, const Provenance& p,
                   const FileHead& head) {
    std::optional<io::Hdf5Lock> lock(std::in_place);
    Hdf5Writer file;
    file.attribute("/", "format", "vitral-results");
    file.attribute("/", "format_version", "2.0");
    file.attribute("/", "program_version", p.version);
    file.write_text("/config/text", head.config_text);
    file.write_text("/config/resolved", head.config_resolved);
    file.write_text(config_file_dataset, head.config_file);
    file.write_text("/summary", head.summary.dump(-1, ' ', false, Json::error_handler_t::replace));
    for (std::size_t k = 0; k < result.wavelengths.size(); ++k)
        // Of a long list of wavelengths the modes' fields would fill the disk: the first one's are kept.
        write_wavelength(file, result.wavelengths[k], static_cast<int>(k),
                         k == 0 || result.wavelengths.size() <= 8 ? Fields::all : Fields::without_modes);
    const std::vector<std::pair<const char*, const std::string*>> facts = {{"version", &p.version},
                                                                           {"git_hash", &p.git_hash},
                                                                           {"compiler", &p.compiler},
                                                                           {"flags", &p.flags},
                                                                           {"host", &p.host},
                                                                           {"started", &p.started},
                                                                           {"command_line", &p.command_line},
                                                                           {"libraries", &p.libraries},
                                                                           {"config_sha256", &p.config_sha256},
                                                                           {"inputs_sha256", &p.inputs_sha256},
                                                                           {"program_id", &p.program_id},
                                                                           {"wisdom_sha256", &p.wisdom_sha256}};
    file.write_text("/provenance/log", head.log);
    for (const auto& [name, value] : facts) file.attribute("/provenance", name, *value);
    file.attribute("/provenance", "threads", static_cast<std::int64_t>(p.threads));
    const std::string_view bytes = file.finish();
    lock.reset();  // what is finished calls the library no more
    io::write_whole(path, bytes);
}

}  // namespace vitral::results
