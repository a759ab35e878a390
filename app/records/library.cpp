#include "app/records/library.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/records/embedded_records.hpp"
#include "app/records/glass_record.hpp"
#include "app/records/record_origin.hpp"
#include "app/records/refractive_index_file.hpp"
#include "core/errors.hpp"

namespace vitral::records {
namespace {

using config::Dimension;
using glass::Confidence;
using glass::DispersionFormula;
using namespace config;

constexpr std::string_view folders[] = {"glasses", "fibers", "chips"};
constexpr std::string_view singular[] = {"glass", "fiber", "chip port"};

struct DataSheetRecord : Origin {
    double wavelength = 0.0, mode_field_diameter = 0.0, tolerance = 0.0;
};
struct FiberFile : Origin {
    std::string name, description, cladding;
    double core_radius = 0.0, delta = 0.0;
    std::vector<DataSheetRecord> data_sheet;
};
struct ChipFile : Origin {
    std::string name, description;
    double mfd_x = 0.0, mfd_y = 0.0, index = 1.0;
};

const Schema<FiberFile>& fiber_schema() {
    static const Schema<DataSheetRecord> sheet(
        "[[data_sheet]]",
        with_origin<DataSheetRecord>({quantity("wavelength", &DataSheetRecord::wavelength, Dimension::length,
                                               positive(), "Wavelength of the statement.")
                                          .require(),
                                      quantity("mode_field_diameter", &DataSheetRecord::mode_field_diameter,
                                               Dimension::length, positive(), "Mode-field diameter at this wavelength.")
                                          .require(),
                                      quantity("tolerance", &DataSheetRecord::tolerance, Dimension::length, positive(),
                                               "Tolerance of the mode-field diameter.")
                                          .require()}));
    static const Schema<FiberFile> schema(
        "fiber", with_origin<FiberFile>(
                     {text("name", &FiberFile::name, "Name.").require(),
                      text("description", &FiberFile::description, "In words."),
                      quantity("core_radius", &FiberFile::core_radius, Dimension::length, between(1e-7, 1e-3),
                               "Radius of the core.")
                          .require(),
                      number("delta", &FiberFile::delta, between(1e-6, 0.4),
                             "Relative index difference (n1² - n2²)/(2 n1²) of core (n1) and cladding (n2).")
                          .require(),
                      text("cladding", &FiberFile::cladding, "Material of the cladding, or its index.").require(),
                      tables("data_sheet", &FiberFile::data_sheet, sheet,
                             "What the data sheet states, one table for each wavelength.")}));
    return schema;
}

const Schema<ChipFile>& chip_schema() {
    static const Schema<ChipFile> schema(
        "chip",
        with_origin<ChipFile>(
            {text("name", &ChipFile::name, "Name.").require(), text("description", &ChipFile::description, "In words."),
             quantity("mfd_x", &ChipFile::mfd_x, Dimension::length, positive(), "1/e² intensity diameter along x.")
                 .require(),
             quantity("mfd_y", &ChipFile::mfd_y, Dimension::length, positive(), "1/e² intensity diameter along y.")
                 .require(),
             number("index", &ChipFile::index, between(1.0, 4.0), "Effective index of the port's mode.").require()}));
    return schema;
}

template <typename T>
T parse(const std::string& where, const std::string& text, const Schema<T>& schema) {
    Diagnostics diagnostics;
    const ConfigNode root = parse_toml(where, text, diagnostics);
    T record;
    if (diagnostics.empty()) schema.read(root, record, diagnostics);
    if (!diagnostics.empty()) throw InputError(InputError::Kind::file, std::move(diagnostics));
    return record;
}

/// The value of a key, made when it is first asked for.
template <typename T, typename Make>
const T& kept(std::map<std::string, T>& cache, const std::string& key, Make&& make) {
    const auto found = cache.find(key);
    return found != cache.end() ? found->second : cache.emplace(key, make()).first->second;
}

}  // namespace

modes::StepFiber FiberRecord::at(double wavelength) const {
    const double n_cladding = cladding.index(wavelength);
    return {core_radius, modes::core_index(n_cladding, delta), n_cladding};
}

std::string_view folder_of(Kind kind) { return folders[static_cast<int>(kind)]; }
std::string_view singular_of(Kind kind) { return singular[static_cast<int>(kind)]; }

config::Json record_keys(Kind kind) {
    switch (kind) {
        case Kind::glasses:
            return glass_record_keys();
        case Kind::fibers:
            return fiber_schema().json_schema();
        case Kind::chips:
            break;
    }
    return chip_schema().json_schema();
}

bool is_path(const std::string& name) {
    return name.find('/') != std::string::npos || name.ends_with(".toml") || is_refractive_index_file(name);
}

std::optional<double> as_number(const std::string& text) {
    double value = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::vector<std::string> names(Kind kind) {
    std::vector<std::string> list;
    const std::string prefix = std::string(folder_of(kind)) + "/";
    for (const EmbeddedRecord& record : embedded_records())
        if (record.path.starts_with(prefix))
            list.emplace_back(record.path.substr(prefix.size(), record.path.size() - prefix.size() - 5));
    return list;
}

const std::string& Library::file(const std::filesystem::path& path) {
    const std::filesystem::path plain = path.lexically_normal();
    return kept(files_, plain.string(), [&] { return read_text_file(plain); });
}

const std::string& Library::text(Kind kind, const std::string& name) {
    if (is_path(name)) return file(folder_ / name);
    const std::string path = fmt::format("{}/{}.toml", folder_of(kind), name);
    return kept(files_, path, [&] {
        for (const EmbeddedRecord& record : embedded_records())
            if (record.path == path) return std::string(record.text);
        throw Error(Failure::input_file, fmt::format("\"{}\" is no known {}", name, singular_of(kind)));
    });
}

const glass::Glass& Library::glass(const std::string& name) {
    return kept(glasses_, name, [&] {
        const std::string& record = text(Kind::glasses, name);
        if (is_refractive_index_file(name)) return parse_refractive_index(name, record);
        const std::filesystem::path beside = is_path(name) ? (folder_ / name).parent_path() : folder_;
        return parse_glass_record(is_path(name) ? (folder_ / name).string() : name, record,
                                  [&](const std::string& index) -> const std::string& { return file(beside / index); });
    });
}

const FiberRecord& Library::fiber(const std::string& name) {
    return kept(fibers_, name, [&] {
        const auto record =
            parse(is_path(name) ? (folder_ / name).string() : name, text(Kind::fibers, name), fiber_schema());
        FiberRecord out{record.name, record.core_radius, record.delta, material(record.cladding).dispersion, {}};
        for (const auto& sheet : record.data_sheet)
            out.data_sheet.push_back({sheet.wavelength, sheet.mode_field_diameter, sheet.tolerance});
        return out;
    });
}

const ChipRecord& Library::chip(const std::string& name) {
    return kept(chips_, name, [&] {
        const auto record =
            parse(is_path(name) ? (folder_ / name).string() : name, text(Kind::chips, name), chip_schema());
        return ChipRecord{record.name, record.mfd_x, record.mfd_y, record.index,
                          record.confidence == Confidence::placeholder};
    });
}

glass::Material Library::material(const std::string& name) {
    if (const auto index = as_number(name)) {
        if (!(*index >= 1.0 && *index <= 4.0))
            throw Error(Failure::input_file, fmt::format("an index of {:g} does not lie between 1 and 4", *index),
                        name);
        return {{DispersionFormula::constant, {*index}, 0.0, 1.0}, {}, {}};
    }
    return glass(name);
}

std::vector<glass::IonPair> exchanged_pairs(const glass::Glass& glass, const std::vector<RecipeStep>& recipe) {
    std::vector<glass::IonPair> pairs;
    for (const auto& step : recipe) {
        const glass::IonPair* pair = glass.pair(step.ion);
        if (pair != nullptr &&
            std::none_of(pairs.begin(), pairs.end(), [&](const auto& p) { return p.ion == step.ion; }))
            pairs.push_back(*pair);
    }
    if (pairs.empty()) throw Error(Failure::input_file, "the recipe brings no ion into the glass", glass.name);
    return pairs;
}

}  // namespace vitral::records
