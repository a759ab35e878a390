#include "app/materials.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>

#include "app/embedded_records.hpp"
#include "app/glass_record.hpp"
#include "app/process_schema.hpp"
#include "app/record_origin.hpp"
#include "app/refractive_index_file.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "core/units.hpp"

namespace vitral::app {
namespace {

using glass::Confidence;
using glass::DispersionFormula;
using io::Dimension;

constexpr const char* folders[] = {"glasses", "fibers", "chips"};
constexpr const char* singular[] = {"glass", "fiber", "chip port"};

/// Hash of a file that a config names; throws Error (input_file) where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    if (!file || !std::filesystem::is_regular_file(path) ||
        !(bytes.assign(std::istreambuf_iterator<char>(file), {}), file.good() || file.eof()))
        throw Error(Failure::input_file, "cannot be read", path.string());
    return sha256(bytes);
}

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
        with_origin<DataSheetRecord>(
            {quantity("wavelength", &DataSheetRecord::wavelength, Dimension::length, positive(), "At this wavelength,")
                 .require(),
             quantity("mode_field_diameter", &DataSheetRecord::mode_field_diameter, Dimension::length, positive(),
                      "the mode-field diameter is")
                 .require(),
             quantity("tolerance", &DataSheetRecord::tolerance, Dimension::length, positive(), "within this.")
                 .require()}));
    static const Schema<FiberFile> schema(
        "fiber",
        with_origin<FiberFile>(
            {text("name", &FiberFile::name, "Name.").require(),
             text("description", &FiberFile::description, "In words."),
             quantity("core_radius", &FiberFile::core_radius, Dimension::length, between(1e-7, 1e-3), "Core radius.")
                 .require(),
             number("delta", &FiberFile::delta, between(1e-6, 0.4), "(n1² - n2²)/(2 n1²).").require(),
             text("cladding", &FiberFile::cladding, "Material of the cladding, or its index.").require(),
             tables("data_sheet", &FiberFile::data_sheet, sheet, "What the maker states.")}));
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
             number("index", &ChipFile::index, between(1.0, 4.0), "Index of the port's mode.").require()}));
    return schema;
}

template <typename T>
T load(RecordKind kind, const std::string& name, const std::filesystem::path& folder, const Schema<T>& schema) {
    io::Diagnostics diagnostics;
    const io::ConfigNode root = io::parse_toml(is_record_path(name) ? (folder / name).string() : name,
                                               record_text(kind, name, folder), diagnostics);
    T record;
    if (diagnostics.empty()) schema.read(root, record, diagnostics);
    if (!diagnostics.empty()) throw io::InputError(io::InputError::Kind::file, std::move(diagnostics));
    return record;
}

/// A plain number as an index; nothing if the text is none.
std::optional<double> as_number(const std::string& text) {
    double value = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

}  // namespace

modes::StepFiber FiberRecord::at(double wavelength) const {
    const double n_cladding = cladding.index(wavelength);
    return {core_radius, modes::core_index(n_cladding, delta), n_cladding};
}

bool is_record_path(const std::string& name) {
    return name.find('/') != std::string::npos || name.ends_with(".toml") || is_refractive_index_file(name);
}

std::vector<std::string> record_names(RecordKind kind) {
    std::vector<std::string> names;
    const std::string prefix = std::string(folders[static_cast<int>(kind)]) + "/";
    for (const EmbeddedRecord& record : embedded_records())
        if (record.path.starts_with(prefix))
            names.emplace_back(record.path.substr(prefix.size(), record.path.size() - prefix.size() - 5));
    return names;
}

std::string record_text(RecordKind kind, const std::string& name, const std::filesystem::path& folder) {
    if (is_record_path(name)) return io::read_text_file(folder / name);
    const std::string path = fmt::format("{}/{}.toml", folders[static_cast<int>(kind)], name);
    for (const EmbeddedRecord& record : embedded_records())
        if (record.path == path) return std::string(record.text);
    throw Error(Failure::input_file, fmt::format("\"{}\" is no known {}", name, singular[static_cast<int>(kind)]));
}

glass::Glass load_glass(const std::string& name, const std::filesystem::path& folder) {
    const std::string text = record_text(RecordKind::glasses, name, folder);
    if (is_refractive_index_file(name)) return parse_refractive_index(name, text);
    return is_record_path(name) ? parse_glass_record((folder / name).string(), text, (folder / name).parent_path())
                                : parse_glass_record(name, text, folder);
}

FiberRecord load_fiber(const std::string& name, const std::filesystem::path& folder) {
    const auto file = load(RecordKind::fibers, name, folder, fiber_schema());
    FiberRecord out{file.name, file.core_radius, file.delta, load_cover(file.cladding, folder), {}};
    for (const auto& sheet : file.data_sheet)
        out.data_sheet.push_back({sheet.wavelength, sheet.mode_field_diameter, sheet.tolerance});
    return out;
}

ChipRecord load_chip(const std::string& name, const std::filesystem::path& folder) {
    const auto file = load(RecordKind::chips, name, folder, chip_schema());
    ChipRecord out{file.name, file.mfd_x, file.mfd_y, file.index, {}};
    if (file.confidence == Confidence::placeholder) out.placeholders.emplace_back("index and mode-field diameters");
    return out;
}

glass::Dispersion load_cover(const std::string& cover, const std::filesystem::path& folder) {
    if (const auto index = as_number(cover)) {
        if (!(*index >= 1.0 && *index <= 4.0))
            throw Error(Failure::input_file, fmt::format("an index of {:g} does not lie between 1 and 4", *index),
                        cover);
        return {DispersionFormula::constant, {*index}, 0.0, 1.0};
    }
    return load_glass(cover, folder).dispersion;
}

std::vector<glass::IonPair> exchanged_pairs(const glass::Glass& glass,
                                            const std::vector<exchange::RecipeStep>& recipe) {
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

std::string record_texts(const Case& c) {
    std::string all;
    const auto add = [&](RecordKind kind, const std::string& name) {
        if (name.empty() || name == "none" || as_number(name)) return;
        const std::string text = record_text(kind, name, c.folder);
        all += text + '\0';
        if (kind == RecordKind::glasses && is_record_path(name) && !is_refractive_index_file(name))
            all += index_file_text(name, text, (c.folder / name).parent_path()) + '\0';
    };
    const auto add_port = [&](const PortConfig& port) {
        add(RecordKind::chips, port.chip);
        add(RecordKind::fibers, port.fiber);
        if (!port.fiber.empty())
            add(RecordKind::glasses, load(RecordKind::fibers, port.fiber, c.folder, fiber_schema()).cladding);
    };
    if (c.glass) add(RecordKind::glasses, c.glass->name);
    if (!c.section.slab) add(RecordKind::glasses, c.section.cover);
    if (c.index)
        for (const BoxConfig& box : c.index->boxes) add(RecordKind::glasses, box.index);
    if (c.propagation)
        for (const LaunchConfig* part : c.propagation->launch.parts()) {
            add_port(part->port);
            if (!part->file.empty()) all += sha256_of_file(c.folder / part->file) + '\0';
        }
    for (const CouplingConfig& coupling : c.coupling) add_port(coupling.to);
    return all;
}

void check_materials(const Case& c, const io::ConfigNode& root, io::Diagnostics& d) {
    // A name that the library does not have; a record by path is read here, so that its own errors come now.
    const auto known = [&](RecordKind kind, const std::string& name, const io::ConfigNode* node,
                           const std::string& where) {
        if (name.empty() || node == nullptr) return false;
        const auto names = record_names(kind);
        if (is_record_path(name) || std::find(names.begin(), names.end(), name) != names.end()) return true;
        const std::string near = io::nearest_word(name, names);
        d.error(node->span, fmt::format("{} = \"{}\" is no known {}", where, name, singular[static_cast<int>(kind)]),
                fmt::format("{}`vitral materials {}` lists them",
                            near.empty() ? "" : fmt::format("did you mean \"{}\"? ", near),
                            folders[static_cast<int>(kind)]));
        return false;
    };
    const auto check_range = [&](const glass::Dispersion& dispersion, const std::string& what) {
        for (const double w : c.wavelengths)
            if (!dispersion.covers(w))
                d.error(root.find("wavelength")->span,
                        fmt::format("wavelength {:g} nm lies outside the record of {}, {:g} to {:g} nm", w * 1e9, what,
                                    dispersion.shortest_wavelength * 1e9, dispersion.longest_wavelength * 1e9));
    };

    const io::ConfigNode* section = root.find("section");
    if (const auto index = as_number(c.section.cover); index && !(*index >= 1.0 && *index <= 4.0)) {
        d.error(section->find("cover")->span, fmt::format("[section] cover = {:g} must lie between 1 and 4", *index));
        return;
    }
    if (const io::ConfigNode* cover = section->find("cover"); c.section.cover != "none" && !as_number(c.section.cover))
        if (cover == nullptr || known(RecordKind::glasses, c.section.cover, cover, "[section] cover"))
            check_range(load_cover(c.section.cover, c.folder), c.section.cover);
    if (c.index)
        for (std::size_t i = 0; i < c.index->boxes.size(); ++i) {
            const std::string& name = c.index->boxes[i].index;
            const io::ConfigNode* node = root.find("index")->find("box")->items[i].find("index");
            if (!as_number(name) && known(RecordKind::glasses, name, node, "[[index.box]] index"))
                check_range(load_cover(name, c.folder), name);
        }

    const auto check_port = [&](const PortConfig& port, const io::ConfigNode* node) {
        if (node == nullptr) return;
        if (!port.fiber.empty() && known(RecordKind::fibers, port.fiber, node->find("fiber"), "fiber"))
            check_range(load_fiber(port.fiber, c.folder).cladding, port.fiber);
        if (!port.chip.empty() && known(RecordKind::chips, port.chip, node->find("chip"), "chip"))
            (void)load_chip(port.chip, c.folder);
    };
    if (c.propagation) {
        const io::ConfigNode* launch = root.find("propagation")->find("launch");
        const LaunchConfig& light = c.propagation->launch;
        check_port(light.port, launch);
        for (std::size_t i = 0; i < light.superposition.size(); ++i)
            check_port(light.superposition[i].light.port, &launch->find("superposition")->items[i]);
        for (const LaunchConfig* part : light.parts())
            if (!part->file.empty())
                (void)sha256_of_file(c.folder / part->file);  // readable, before anything is computed
    }
    if (const io::ConfigNode* coupling = root.find("coupling"))
        for (std::size_t i = 0; i < c.coupling.size(); ++i) check_port(c.coupling[i].to, coupling->items[i].find("to"));

    if (!c.glass || !known(RecordKind::glasses, c.glass->name, root.find("glass")->find("name"), "[glass] name"))
        return;
    const glass::Glass glass = load_glass(c.glass->name, c.folder);
    check_range(glass.dispersion, c.glass->name);
    if (glass.pairs.empty()) {
        d.error(root.find("glass")->find("name")->span,
                fmt::format("[glass] name = \"{}\" cannot be exchanged: its record has no ions", c.glass->name));
        return;
    }
    check_recipe(c, glass, *root.find("process"), root, d);
}

}  // namespace vitral::app
