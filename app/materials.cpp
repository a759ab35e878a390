#include "app/materials.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "app/embedded_records.hpp"
#include "app/schema.hpp"
#include "core/errors.hpp"
#include "core/units.hpp"

namespace vitral::app {
namespace {

using glass::Confidence;
using glass::DispersionFormula;
using io::Dimension;

constexpr const char* folders[] = {"glasses", "fibers", "chips"};
constexpr const char* singular[] = {"glass", "fiber", "chip port"};

/// Every value of a record says where it comes from and how well it is known.
struct Origin {
    std::string source;
    Confidence confidence = Confidence::measured;
};
const std::vector<std::pair<std::string, Confidence>> confidence_words = {
    {"measured", Confidence::measured}, {"derived", Confidence::derived}, {"placeholder", Confidence::placeholder}};

template <typename T>
std::vector<Row<T>> with_origin(std::vector<Row<T>> rows) {
    rows.push_back(text<T>("source", &T::source, "Where the value comes from.").require());
    rows.push_back(choice<T, Confidence>("confidence", &T::confidence, confidence_words,
                                         "measured, derived, or placeholder (an estimate without a source).")
                       .require());
    return rows;
}

struct IndexRecord : Origin {
    DispersionFormula formula = DispersionFormula::constant;
    std::vector<double> coefficients, range;
};
struct ValueRecord : Origin {
    double value = 0.0;
};
struct TemperatureRecord : Origin {
    double value = 0.0;
};
struct DiffusivityRecord : Origin {
    double prefactor = 0.0, activation_energy = 0.0;
    std::vector<double> range;
};
struct IndexChangeRecord : Origin {
    std::vector<double> wavelengths, values;
};
struct PairRecord {
    std::string ion;
    DiffusivityRecord diffusivity;
    ValueRecord mobility_ratio, haven;
    IndexChangeRecord index_change;
};
struct GlassRecord {
    std::string name, description;
    IndexRecord index;
    std::optional<TemperatureRecord> transition_temperature;
    std::vector<PairRecord> exchange;
};
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

const Schema<IndexRecord>& index_record_schema() {
    static const Schema<IndexRecord> schema =
        Schema<IndexRecord>(
            "[index]", with_origin<IndexRecord>({choice("formula", &IndexRecord::formula,
                                                        {{"constant", DispersionFormula::constant},
                                                         {"sellmeier", DispersionFormula::sellmeier},
                                                         {"sellmeier-squared", DispersionFormula::sellmeier_squared},
                                                         {"polynomial", DispersionFormula::polynomial}},
                                                        "Dispersion law, numbered 1 (sellmeier), 2 "
                                                        "(sellmeier-squared), 5 (polynomial) by refractiveindex.info.")
                                                     .require(),
                                                 numbers("coefficients", &IndexRecord::coefficients,
                                                         "Its coefficients, wavelength in micrometres.")
                                                     .require(),
                                                 quantities("range", &IndexRecord::range, Dimension::length, positive(),
                                                            "Shortest and longest wavelength.")
                                                     .require()}))
            .check([](const IndexRecord& r, const io::ConfigNode& node, io::Diagnostics& d) {
                if (r.range.size() != 2 || !(r.range[0] < r.range[1]))
                    d.error(node.span, "[index] range takes the shortest and the longest wavelength");
                if (r.coefficients.size() % 2 != 1) d.error(node.span, "[index] coefficients: one, and then pairs");
            });
    return schema;
}

const Schema<GlassRecord>& glass_schema() {
    static const Schema<ValueRecord> value(
        "value", with_origin<ValueRecord>({number("value", &ValueRecord::value, positive(), "The number.").require()}));
    static const Schema<TemperatureRecord> temperature(
        "transition_temperature",
        with_origin<TemperatureRecord>(
            {quantity("value", &TemperatureRecord::value, Dimension::temperature, positive(), "Glass transition.")
                 .require()}));
    static const Schema<DiffusivityRecord> diffusivity(
        "diffusivity",
        with_origin<DiffusivityRecord>({quantity("prefactor", &DiffusivityRecord::prefactor, Dimension::diffusivity,
                                                 positive(), "D_0 of D_A = D_0 exp(-Ea/RT).")
                                            .require(),
                                        quantity("activation_energy", &DiffusivityRecord::activation_energy,
                                                 Dimension::molar_energy, between(0.0, 1e7), "Ea.")
                                            .require(),
                                        quantities("range", &DiffusivityRecord::range, Dimension::temperature,
                                                   positive(), "Lowest and highest temperature of the measurement.")
                                            .require()}));
    static const Schema<IndexChangeRecord> change =
        Schema<IndexChangeRecord>(
            "index_change",
            with_origin<IndexChangeRecord>(
                {quantities("wavelengths", &IndexChangeRecord::wavelengths, Dimension::length, positive(),
                            "Wavelengths, ascending.")
                     .require(),
                 numbers("values", &IndexChangeRecord::values, "Index change at full exchange.").require()}))
            .check([](const IndexChangeRecord& r, const io::ConfigNode& node, io::Diagnostics& d) {
                if (r.wavelengths.size() != r.values.size() || r.wavelengths.empty() ||
                    !std::is_sorted(r.wavelengths.begin(), r.wavelengths.end()))
                    d.error(node.span, "index_change: as many values as ascending wavelengths are expected");
            });
    static const Schema<PairRecord> pair(
        "[[exchange]]",
        {text("ion", &PairRecord::ion, "Incoming ion.").require(),
         table("diffusivity", &PairRecord::diffusivity, diffusivity, "Self-diffusion of the incoming ion.").require(),
         table("mobility_ratio", &PairRecord::mobility_ratio, value, "M = D_A/D_B.").require(),
         table("haven", &PairRecord::haven, value, "Haven factor.").require(),
         table("index_change", &PairRecord::index_change, change, "Index change at full exchange.").require()});
    static const Schema<GlassRecord> schema(
        "glass",
        {text("name", &GlassRecord::name, "Name.").require(),
         text("description", &GlassRecord::description, "In words."),
         table("index", &GlassRecord::index, index_record_schema(), "Dispersion.").require(),
         table("transition_temperature", &GlassRecord::transition_temperature, temperature, "Glass transition."),
         tables("exchange", &GlassRecord::exchange, pair, "Ions that can be exchanged into it.")});
    return schema;
}

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

glass::Dispersion dispersion_of(const IndexRecord& r) { return {r.formula, r.coefficients, r.range[0], r.range[1]}; }

glass::IonPair pair_of(const PairRecord& r) {
    glass::IonPair pair;
    pair.ion = r.ion;
    pair.D_A0 = r.diffusivity.prefactor;
    pair.activation_energy = r.diffusivity.activation_energy;
    pair.M = r.mobility_ratio.value;
    pair.haven = r.haven.value;
    if (r.diffusivity.range.size() == 2) {
        pair.lowest_temperature = r.diffusivity.range[0];
        pair.highest_temperature = r.diffusivity.range[1];
    }
    pair.wavelengths = r.index_change.wavelengths;
    pair.index_changes = r.index_change.values;
    const std::pair<const char*, Confidence> values[] = {{"diffusivity", r.diffusivity.confidence},
                                                         {"mobility_ratio", r.mobility_ratio.confidence},
                                                         {"haven", r.haven.confidence},
                                                         {"index_change", r.index_change.confidence}};
    for (const auto& [name, confidence] : values)
        if (confidence == Confidence::placeholder) pair.placeholders.emplace_back(name);
    return pair;
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

bool is_record_path(const std::string& name) { return name.find('/') != std::string::npos || name.ends_with(".toml"); }

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
    const auto record = load(RecordKind::glasses, name, folder, glass_schema());
    glass::Glass out{record.name, dispersion_of(record.index), {}, {}};
    if (record.transition_temperature) out.transition_temperature = record.transition_temperature->value;
    for (const PairRecord& pair : record.exchange) out.pairs.push_back(pair_of(pair));
    return out;
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

const glass::IonPair& exchanged_pair(const glass::Glass& glass, const std::vector<exchange::RecipeStep>& recipe) {
    for (const auto& step : recipe)
        if (const glass::IonPair* pair = glass.pair(step.ion)) return *pair;
    throw Error(Failure::input_file, "the recipe brings no ion into the glass", glass.name);
}

std::string record_texts(const Case& c) {
    std::string all;
    const auto add = [&](RecordKind kind, const std::string& name) {
        if (!name.empty() && name != "none" && !as_number(name)) all += record_text(kind, name, c.folder) + '\0';
    };
    const auto add_port = [&](const PortConfig& port) {
        add(RecordKind::chips, port.chip);
        add(RecordKind::fibers, port.fiber);
        if (!port.fiber.empty())
            add(RecordKind::glasses, load(RecordKind::fibers, port.fiber, c.folder, fiber_schema()).cladding);
    };
    if (c.glass) add(RecordKind::glasses, c.glass->name);
    if (!c.section.slab) add(RecordKind::glasses, c.section.cover);
    if (c.propagation) add_port(c.propagation->launch.port);
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

    const auto check_port = [&](const PortConfig& port, const io::ConfigNode* node) {
        if (node == nullptr) return;
        if (!port.fiber.empty() && known(RecordKind::fibers, port.fiber, node->find("fiber"), "fiber"))
            check_range(load_fiber(port.fiber, c.folder).cladding, port.fiber);
        if (!port.chip.empty() && known(RecordKind::chips, port.chip, node->find("chip"), "chip"))
            (void)load_chip(port.chip, c.folder);
    };
    if (c.propagation) check_port(c.propagation->launch.port, root.find("propagation")->find("launch"));
    if (const io::ConfigNode* coupling = root.find("coupling"))
        for (std::size_t i = 0; i < c.coupling.size(); ++i) check_port(c.coupling[i].to, coupling->items[i].find("to"));

    if (!c.glass || !known(RecordKind::glasses, c.glass->name, root.find("glass")->find("name"), "[glass] name"))
        return;
    const glass::Glass glass = load_glass(c.glass->name, c.folder);
    check_range(glass.dispersion, c.glass->name);
    const io::ConfigNode* steps = root.find("process");
    if (glass.pairs.empty()) {
        d.error(root.find("glass")->find("name")->span,
                fmt::format("[glass] name = \"{}\" cannot be exchanged: its record has no ions", c.glass->name));
        return;
    }
    std::set<std::string> incoming;
    std::vector<std::string> ions = {"Na"};
    for (const auto& pair : glass.pairs) ions.push_back(pair.ion);
    for (std::size_t i = 0; i < c.process.size(); ++i) {
        const auto& step = c.process[i];
        const io::ConfigNode& node = steps->items[i];
        if (glass.transition_temperature && step.temperature > *glass.transition_temperature)
            d.error(
                node.find("temperature")->span,
                fmt::format("[[process]] temperature = {:g} degC lies above the glass transition of {}, {:g} degC",
                            step.temperature - celsius(0.0), glass.name, *glass.transition_temperature - celsius(0.0)));
        if (step.kind == exchange::StepKind::anneal || step.ion.empty()) continue;
        if (glass.pair(step.ion) != nullptr) {
            incoming.insert(step.ion);
            if (!node.find("surface_fraction"))
                d.error(node.span, "[[process]] the key \"surface_fraction\" is missing in this step",
                        "the melt's equilibrium is not computed: state what it holds the surface at");
        } else if (step.ion == "Na") {
            if (step.surface_fraction != 0.0)
                d.error(node.find("surface_fraction")->span,
                        "[[process]] surface_fraction of a sodium melt is 0: it holds no incoming ion");
        } else {
            const std::string near = io::nearest_word(step.ion, ions);
            d.error(node.find("ion")->span,
                    fmt::format("[[process]] ion = \"{}\" has no data in the record of {}", step.ion, glass.name),
                    near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
        }
    }
    if (incoming.size() > 1) d.error(steps->span, "[[process]] one incoming ion at a time: the exchange is binary");
    if (incoming.empty() && d.empty()) d.error(steps->span, "[[process]] no step brings an ion into the glass");
    for (const std::string& ion : incoming)
        for (const double w : c.wavelengths)
            if (const auto& table = glass.pair(ion)->wavelengths; w < table.front() || w > table.back())
                d.error(root.find("wavelength")->span,
                        fmt::format("wavelength {:g} nm: the index change of {} in {} is known from {:g} to {:g} nm",
                                    w * 1e9, ion, glass.name, table.front() * 1e9, table.back() * 1e9));
}

}  // namespace vitral::app
