#include "app/config/case_schema.hpp"

#include <algorithm>
#include <cmath>

#include "app/config/case_rules.hpp"
#include "app/config/process_schema.hpp"
#include "core/units.hpp"

namespace vitral::config {
namespace {


template <typename E>
using Words = std::vector<std::pair<std::string, E>>;

const Words<ModeSolver>& mode_solver_words() {
    using enum ModeSolver;
    static const Words<ModeSolver> words = {
        {"scalar", scalar}, {"scalar-elements", scalar_elements}, {"full-vector", full_vector}};
    return words;
}

const Words<LightPolarization>& polarization_words() {
    using enum LightPolarization;
    static const Words<LightPolarization> words = {{"scalar", scalar}, {"TE", te}, {"TM", tm}};
    return words;
}

template <typename E>
std::string word_among(const Words<E>& words, E value) {
    return std::find_if(words.begin(), words.end(), [&](const auto& w) { return w.second == value; })->first;
}

/// Wavelengths: one, a list, or a range.
Row<Case> wavelength_row() {
    const Bounds bounds = between(200e-9, 5e-6);
    return {"wavelength",
            "Vacuum wavelength: one, a list, or { from, to, count }.",
            true,
            {{"oneOf",
              {rows::quantity_type(Dimension::length),
               {{"type", "array"}, {"items", rows::quantity_type(Dimension::length)}},
               {{"type", "object"}, {"required", {"from", "to", "count"}}}}}},
            [=](const ConfigNode& node, Case& c, Diagnostics& d, const std::string& where) {
                if (node.type == ConfigNode::Type::array) {
                    if (node.items.empty()) d.error(node.span, where + " is an empty list");
                    for (const auto& item : node.items)
                        if (const auto value = rows::read_quantity(item, Dimension::length, bounds, d, where))
                            c.wavelengths.push_back(*value);
                    return;
                }
                if (node.type != ConfigNode::Type::table) {
                    if (const auto value = rows::read_quantity(node, Dimension::length, bounds, d, where))
                        c.wavelengths = {*value};
                    return;
                }
                struct Range {
                    double from = 0.0, to = 0.0;
                    int count = 0;
                } range;
                static const Schema<Range> schema(
                    "wavelength",
                    {quantity("from", &Range::from, Dimension::length, between(200e-9, 5e-6), "First wavelength.")
                         .require(),
                     quantity("to", &Range::to, Dimension::length, between(200e-9, 5e-6), "Last wavelength.").require(),
                     integer("count", &Range::count, 2, 1001, "How many.").require()});
                schema.read(node, range, d);
                for (int i = 0; i < range.count; ++i)
                    c.wavelengths.push_back(range.from + (range.to - range.from) * i / (range.count - 1));
            },
            [](const Case& c) {
                Json list = Json::array();
                for (const double w : c.wavelengths) list.push_back(rows::si_text(w, Dimension::length));
                return list;
            }};
}

/// The cover: a word, or an index as a plain number.
/// A material by its name, or an index as a number; kept as text.
template <typename P>
Row<P> material(std::string key, std::string P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"oneOf", {{{"type", "string"}}, {{"type", "number"}}}}},
            [member](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type == ConfigNode::Type::text) {
                    p.*member = node.text;
                } else if (const auto value = rows::read_number(node, between(1.0, 4.0), d, where)) {
                    p.*member = fmt::format("{:.17g}", *value);
                }
            },
            [member](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> place(std::string key, PlaceConfig P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "string"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type == ConfigNode::Type::text && node.text == "optimal") {
                    p.*member = {0.0, true};
                } else if (const auto value = rows::read_quantity(node, Dimension::length, {}, d, where)) {
                    p.*member = {*value, false};
                }
            },
            [=](const P& p) {
                return (p.*member).optimal ? Json("optimal") : rows::si_text((p.*member).value, Dimension::length);
            }};
}

const Schema<OffsetConfig>& offset_schema() {
    static const Schema<OffsetConfig> schema(
        "offset",
        {place("x", &OffsetConfig::x,
               "From the guide's axis (from x = 0 where the mask has several guides): a length, or \"optimal\"."),
         place("y", &OffsetConfig::y,
               "From the glass surface, upwards (in the glass it is negative): a length, or \"optimal\".")});
    return schema;
}

const Schema<GaussianConfig>& gaussian_schema() {
    static const Schema<GaussianConfig> schema(
        "gaussian",
        {quantity("mfd_x", &GaussianConfig::mfd_x, Dimension::length, positive(), "1/e² intensity diameter along x.")
             .require(),
         quantity("mfd_y", &GaussianConfig::mfd_y, Dimension::length, positive(),
                  "1/e² intensity diameter along y; left out: as mfd_x."),
         number("index", &GaussianConfig::index, between(1.0, 4.0),
                "Index of the port's mode, for the facet's reflection; left out: no reflection.")});
    return schema;
}

/// The ways to name a port.
std::vector<Row<PortConfig>> port_rows() {
    return {text("fiber", &PortConfig::fiber, "A fiber of the library, or a path to a record."),
            text("chip", &PortConfig::chip, "A chip port of the library, or a path to a record."),
            table("gaussian", &PortConfig::gaussian, gaussian_schema(), "An elliptical Gaussian.")};
}

/// A row of a member, beside the rows of the struct that holds it.
template <typename P, typename S>
Row<P> row_of_member(S P::*member, Row<S> row) {
    return {row.key,
            row.help,
            row.required,
            row.type,
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                row.read(node, p.*member, d, where);
            },
            [=](const P& p) { return row.resolved(p.*member); },
            row.nested};
}

const Schema<PortConfig>& port_schema() {
    static const Schema<PortConfig> schema =
        Schema<PortConfig>("to", port_rows()).check([](const PortConfig&, const ConfigNode& node, Diagnostics& d) {
            if (!node.find("fiber") + !node.find("chip") + !node.find("gaussian") != 2)
                d.error(node.span, "to: exactly one of fiber, chip and gaussian is expected");
        });
    return schema;
}

const Schema<GlassConfig>& glass_schema() {
    static const Schema<GlassConfig> schema(
        "[glass]",
        {text("name", &GlassConfig::name, "A glass of the library (`vitral materials glasses`), or a path to a record.")
             .require(),
         quantity("thickness", &GlassConfig::thickness, Dimension::length, between(1e-6, 0.1),
                  "Thickness of the sample; a voltage falls over all of it.")});
    return schema;
}

const Schema<SectionConfig>& section_schema() {
    static const Schema<SectionConfig> schema =
        Schema<SectionConfig>(
            "[section]", {quantity("width", &SectionConfig::width, Dimension::length, between(1e-6, 0.1),
                                   "Width of the window, centred on x = 0.")
                              .require(),
                          quantity("depth", &SectionConfig::depth, Dimension::length, between(1e-6, 0.01),
                                   "Depth of the window below the surface y = 0."),
                          quantity("height", &SectionConfig::height, Dimension::length, between(1e-7, 0.01),
                                   "Height of the window above y = 0, used where the cover is not dark."),
                          material("cover", &SectionConfig::cover,
                                   "What lies on the glass: \"air\", a material's name, its index as a number, or "
                                   "\"none\" (a formula holds in all of the plane)."),
                          quantity("resolution", &SectionConfig::resolution, Dimension::length, between(1e-9, 1e-4),
                                   "Largest distance of grid points."),
                          flag("slab", &SectionConfig::slab, "Drops y: the index is n(x, z).")})
            .check([](const SectionConfig& s, const ConfigNode& table, Diagnostics& d) {
                if (!s.slab && !table.find("depth"))
                    d.error(table.span, "[section] the key \"depth\" is missing", "only a slab has none");
                if (s.width > 0.0 && s.resolution > 0.25 * s.width && s.width >= 1e-6)
                    d.error(at(table, "resolution"), "[section] resolution is coarser than a quarter of the width");
            });
    return schema;
}

const Schema<SegmentConfig>& segment_schema() {
    static const Schema<SegmentConfig> schema =
        Schema<SegmentConfig>("segments",
                              {quantity("straight", &SegmentConfig::straight, Dimension::length, positive(),
                                        "A straight piece of this length."),
                               quantity("s_bend", &SegmentConfig::s_bend, Dimension::length, positive(),
                                        "A cosine S-bend of this length."),
                               quantity("to_x", &SegmentConfig::to_x, Dimension::length, {}, "Where the S-bend ends."),
                               quantity("arc", &SegmentConfig::arc, Dimension::length, positive(),
                                        "An arc of this length along the guide; x then runs across it."),
                               quantity("radius", &SegmentConfig::radius, Dimension::length, {},
                                        "Of the arc; positive: the outer side lies at positive x.")})
            .check([](const SegmentConfig& s, const ConfigNode& table, Diagnostics& d) {
                const auto has = [&](const char* key) { return table.find(key) != nullptr; };
                if (has("straight") + has("s_bend") + has("arc") != 1)
                    d.error(table.span, "segments: exactly one of straight, s_bend and arc is expected");
                if (has("arc") != has("radius")) d.error(table.span, "segments: arc and radius belong together");
                if (s.radius && std::abs(*s.radius) < 1e-6)
                    d.error(at(table, "radius"), "segments: the radius is less than a micrometre");
                if (!table.find("s_bend") != !table.find("to_x"))
                    d.error(table.span, "segments: s_bend and to_x belong together");
            });
    return schema;
}

const Schema<MaskConfig>& mask_schema() {
    static const Schema<GuideConfig> guide(
        "[[mask.guide]]",
        {quantity("x", &GuideConfig::x, Dimension::length, {}, "Centre of the opening at the input."),
         quantity("width", &GuideConfig::width, Dimension::length, between(1e-8, 0.01), "Width of the opening.")
             .require(),
         tables("segments", &GuideConfig::segments, segment_schema(), "The pieces of the path along z.")});
    static const Schema<MaskConfig> schema =
        Schema<MaskConfig>(
            "[mask]",
            {tables("guide", &MaskConfig::guides, guide, "The mask's openings, seen from above.").require(),
             choice("material", &MaskConfig::material,
                    {{"dielectric", MaskMaterial::dielectric}, {"metal", MaskMaterial::metal}},
                    "A dielectric carries no current; through a metal current can leave the glass."),
             quantity("potential", &MaskConfig::potential, Dimension::voltage, between(-1e5, 1e5),
                      "Of a metal mask against the melt; left out: the melt's."),
             quantity("contact_resistance", &MaskConfig::contact_resistance, Dimension::area_resistance,
                      between(0.0, 1e12), "Between a metal mask and the glass; left out: an ideal electrode.")})
            .check([](const MaskConfig& m, const ConfigNode& table, Diagnostics& d) {
                for (const char* key : {"potential", "contact_resistance"})
                    if (table.find(key) && m.material != MaskMaterial::metal)
                        d.error(at(table, key), fmt::format("[mask] {} belongs to a metal mask", key));
            });
    return schema;
}

const Schema<IndexConfig>& index_schema() {
    static const Schema<BoxConfig> box(
        "[[index.box]]",
        {text("name", &BoxConfig::name, "What it is called in the results.").require(),
         quantity("x", &BoxConfig::x, Dimension::length, {}, "Where its middle is."),
         quantity("width", &BoxConfig::width, Dimension::length, positive(),
                  "Its width; what reaches the window's edge reaches beyond it.")
             .require(),
         quantity("bottom", &BoxConfig::bottom, Dimension::length, {}, "Height of its lower side over y = 0."),
         quantity("height", &BoxConfig::height, Dimension::length, positive(), "How high it is."),
         material("index", &BoxConfig::index, "A material's name, or an index as a number.").require()});
    static const Schema<IndexConfig> schema(
            "[index]",
            {text("formula", &IndexConfig::formula,
                  "n as a formula of x, y, z in micrometres (muParser syntax) for y < 0; above lies the cover.")
                 .require(),
             named_numbers("constants", &IndexConfig::constants, "Names that the formula may use."),
             tables("box", &IndexConfig::boxes, box,
                    "Rectangles of other materials over the formula and the cover, the later over the earlier."),
             tables("segments", &IndexConfig::segments, segment_schema(),
                    "The pieces of a path along z; the section of the formula is moved along it, from where it is.")});
    return schema;
}

const Schema<ModesConfig>& modes_schema() {
    static const Schema<ModesConfig> schema =
        Schema<ModesConfig>(
            "[modes]",
            {integer("count", &ModesConfig::count, 1, 40,
                     "How many modes are looked for, from the highest effective index down."),
             choice("solver", &ModesConfig::solver, mode_solver_words(),
                    "The equation and how it is solved: scalar on the light's own grid; scalar or full-vector on "
                    "elements that follow the index, with an error bar; left out: full-vector where boxes are drawn, "
                    "else scalar."),
             number("accuracy", &ModesConfig::accuracy, between(1e-12, 1e-3),
                    "Wanted error of the effective index on elements; left out: 1e-8."),
             number("near", &ModesConfig::near, between(1.0, 10.0),
                    "Leaky modes are sought about this effective index; the window's walls then let light out."),
             quantity(
                 "bend_radius", &ModesConfig::bend_radius, Dimension::length, {},
                 "Modes of the guide bent to this radius, by the exact conformal map; positive: the outer side lies "
                 "at positive x."),
             flag("dispersion", &ModesConfig::dispersion,
                  "Dispersion parameter of every mode, the materials' included: its group index half a percent of the "
                  "wavelength to either side."),
             flag("sensitivities", &ModesConfig::sensitivities,
                  "Derivatives of the effective index by wavelength, constants of the formula and boxes.")})
            .check([](const ModesConfig& m, const ConfigNode& table, Diagnostics& d) {
                if (m.bend_radius && std::abs(*m.bend_radius) < 1e-6)
                    d.error(at(table, "bend_radius"), "[modes] the radius is less than a micrometre");
            });
    return schema;
}

/// The keys of one light.
std::vector<Row<LaunchConfig>> light_rows() {
    std::vector<Row<LaunchConfig>> list;
    for (Row<PortConfig>& row : port_rows()) list.push_back(row_of_member(&LaunchConfig::port, std::move(row)));
    list.push_back(table("offset", &LaunchConfig::offset, offset_schema(),
                         "Where the port's axis is; left out: where the input coupling to the same port is, or at "
                         "the best height."));
    list.push_back(quantity("tilt_x", &LaunchConfig::tilt_x, Dimension::angle, between(-0.8, 0.8),
                            "Direction of the port's light in the glass, towards positive x."));
    list.push_back(quantity("tilt_y", &LaunchConfig::tilt_y, Dimension::angle, between(-0.8, 0.8),
                            "The same towards positive y."));
    list.push_back(quantity("focus", &LaunchConfig::focus, Dimension::length, between(-0.1, 0.1),
                            "Of a gaussian: how far behind the input, in the glass, its waist lies."));
    list.push_back(number("mode", &LaunchConfig::mode, between(0, 39), "A mode of the guide, numbered from 0."));
    list.push_back(
        text("formula", &LaunchConfig::formula,
             "The index whose mode is launched, where it is not the section's own (one guide of a coupler)."));
    list.push_back(named_numbers("constants", &LaunchConfig::constants,
                                 "Names that this formula may use besides those of [index]."));
    list.push_back(text("file", &LaunchConfig::file,
                        "An HDF5 file with the field that is launched: a results file, or another with its axes as "
                        "dimension scales in metres."));
    list.push_back(text("dataset", &LaunchConfig::dataset,
                        "Where in the file; left out: /propagation/wN/field, the end of an earlier run."));
    return list;
}

/// What goes together in one light, or in a sum of lights.
void check_light(const LaunchConfig& l, const ConfigNode& table, Diagnostics& d) {
    const bool broken = (table.find("gaussian") && !l.port.gaussian) || (table.find("mode") && !l.mode) ||
                        (table.find("superposition") && l.superposition.empty());
    if (!broken && port_count(l.port) + l.mode.has_value() + !l.file.empty() + !l.superposition.empty() != 1)
        d.error(table.span, "launch: exactly one of fiber, chip, gaussian, mode, file and superposition is expected");
    if (l.mode && *l.mode != std::floor(*l.mode)) d.error(at(table, "mode"), "launch mode must be an integer");
    for (const char* key : {"tilt_x", "tilt_y"})
        if ((l.mode || !l.superposition.empty()) && table.find(key))
            d.error(at(table, key), fmt::format("launch: {} has its direction, and takes no {}",
                                                l.mode ? "a mode" : "each part of a superposition", key));
    if (l.focus != 0.0 && !l.port.gaussian) d.error(at(table, "focus"), "launch: focus goes with a gaussian");
    if (!l.formula.empty() && !l.mode) d.error(at(table, "formula"), "launch: a formula needs the number of its mode");
    if (!l.dataset.empty() && l.file.empty()) d.error(at(table, "dataset"), "launch: a dataset lies in a file");
    if (l.offset && port_count(l.port) == 0) d.error(at(table, "offset"), "launch: only a port takes an offset");
}

const Schema<LaunchConfig>& launch_schema() {
    static const Schema<LaunchConfig> schema = [] {
        std::vector<Row<LaunchTerm>> term_rows;
        for (Row<LaunchConfig>& row : light_rows())
            term_rows.push_back(row_of_member(&LaunchTerm::light, std::move(row)));
        term_rows.push_back(number("amplitude", &LaunchTerm::amplitude, between(0.0, 1e3), "Factor of its field."));
        term_rows.push_back(
            quantity("phase", &LaunchTerm::phase, Dimension::angle, between(-7.0, 7.0), "Of its field at the input."));
        const Schema<LaunchTerm> term = Schema<LaunchTerm>("superposition", term_rows)
                                            .check([](const LaunchTerm& t, const ConfigNode& table, Diagnostics& d) {
                                                check_light(t.light, table, d);
                                            });
        std::vector<Row<LaunchConfig>> rows = light_rows();
        rows.push_back(
            tables("superposition", &LaunchConfig::superposition, term,
                   "Lights that are added: each as a launch, with amplitude and phase. The first one's n_eff is "
                   "the reference index, and its mode the one whose transmission is stated."));
        return Schema<LaunchConfig>("launch", rows).check(check_light);
    }();
    return schema;
}

Schema<PropagationConfig> propagation_schema(const Vocabulary& words) {
    static const Schema<WatchConfig> watch(
        "watch", {text("name", &WatchConfig::name, "What the mode is called in the results.").require(),
                  text("formula", &WatchConfig::formula, "The index whose mode is watched.").require(),
                  named_numbers("constants", &WatchConfig::constants,
                                "Names that this formula may use besides those of [index]."),
                  integer("mode", &WatchConfig::mode, 0, 39, "Number of its mode, from 0.")});
    std::vector<std::string> orders = {automatic_order};
    orders.insert(orders.end(), words.orders.begin(), words.orders.end());
    return Schema<PropagationConfig>(
        "[propagation]",
        {word("method", &PropagationConfig::method, words.methods, "The engine."),
         word("order", &PropagationConfig::order, orders,
                "The operator; auto takes the paraxial one where its estimated error is below the tolerance, else "
                "wide-angle, "
                "which with finite-difference is pade-1-1."),
         word("splitting", &PropagationConfig::splitting, words.splittings,
                "How a step is split; left out: fourth-order with split-step, strang with finite-difference."),
         word("precision", &PropagationConfig::precision, words.precisions,
                "Of the field while it is marched."),
         quantity("length", &PropagationConfig::length, Dimension::length, positive(),
                  "How far; left out: the length of the path."),
         quantity("step", &PropagationConfig::step, Dimension::length, positive(),
                  "Largest step along z; left out: chosen for the tolerance."),
         quantity("tolerance", &PropagationConfig::tolerance, Dimension::level, between(1e-6, 3.0),
                  "Error that the step may cause in any recorded power, as a loss of the launched power."),
         number("reference_index", &PropagationConfig::reference_index, between(1.0, 4.0),
                "Reference index of the operator; left out: the n_eff of the launched mode."),
         row_of_member(
             &PropagationConfig::bend,
             choice("bend", &BendMap::kind,
                    {{"conformal", BendMap::Kind::conformal}, {"linear", BendMap::Kind::linear}},
                    "How arcs are straightened: the conformal map, or the index times 1 + x/R.")),
         row_of_member(&PropagationConfig::bend,
                       number("elasto_optic", &BendMap::elasto_optic, between(0.5, 3.0),
                              "Ratio of the optical to the drawn radius in glass that is bent: 1.28 in silica.")),
         word("edges", &PropagationConfig::edges, words.edges,
                "How light leaves the window: absorbed, through perfectly matched layers or through a transparent "
                "boundary, "
                "which goes with finite-difference and order = \"paraxial\"."),
         quantity("absorber", &PropagationConfig::absorber, Dimension::length, between(0.0, 1.0),
                  "Width of an absorber or of matched layers; left out: a tenth of the window. 0: hard walls."),
         number("grading", &PropagationConfig::grading, between(1.0, 8.0),
                "How many times farther apart than section.resolution the points of the march may lie away from the "
                "light; more than 1 goes with finite-difference and order = \"paraxial\"."),
         integer("records", &PropagationConfig::records, 1, 100000,
                 "How many times along z the powers and the picture are recorded."),
         table("launch", &PropagationConfig::launch, launch_schema(), "What is sent in.").require(),
         tables("watch", &PropagationConfig::watch, watch, "Further modes whose power is recorded along z.")});
}

const Schema<CouplingConfig>& coupling_schema() {
    static const Schema<CouplingConfig> schema(
        "[[coupling]]",
        {choice("at", &CouplingConfig::at, {{"input", End::input}, {"output", End::output}}, "Which end of the guide.")
             .require(),
         table("to", &CouplingConfig::to, port_schema(), "What it is coupled to.").require(),
         table("offset", &CouplingConfig::offset, offset_schema(), "Where the port's axis is."),
         table("tolerance", &CouplingConfig::tolerance,
               Schema<ToleranceConfig>(
                   "tolerance",
                   {quantity("x", &ToleranceConfig::x, Dimension::length, positive(), "Largest misalignment along x.")
                        .require(),
                    quantity("y", &ToleranceConfig::y, Dimension::length, positive(), "Largest misalignment along y.")
                        .require()}),
               "The misalignments of a map of 21 x 21 places about the port's: the coupling into the guide's mode, and "
               "at "
               "the input of a propagation also through it, from one run backwards.")});
    return schema;
}

Row<Case> sweep_row() {
    return {"sweep",
            "Keys with lists of values; every combination is a point.",
            false,
            {{"type", "object"}, {"additionalProperties", {{"type", "array"}}}},
            [](const ConfigNode& node, Case& c, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::table) return rows::wrong_type(node, d, where, "a table");
                const auto collect = [&](auto&& self, const ConfigNode& table, const std::string& prefix) -> void {
                    for (const auto& member : table.members) {
                        const std::string key = prefix.empty() ? member.key : prefix + "." + member.key;
                        if (member.value.type == ConfigNode::Type::table) {
                            self(self, member.value, key);
                        } else if (member.value.type != ConfigNode::Type::array || member.value.items.empty()) {
                            d.error(member.value.span,
                                    fmt::format("[sweep] {} is {}{}, a list of values is expected", key,
                                                name_of(member.value.type),
                                                member.value.type == ConfigNode::Type::array ? " without any" : ""));
                        } else {
                            for (const auto& item : member.value.items)
                                if (item.type == ConfigNode::Type::array || item.type == ConfigNode::Type::table ||
                                    item.type == ConfigNode::Type::other)
                                    d.error(
                                        item.span,
                                        fmt::format(
                                            "[sweep] {}: a value is {}; texts, numbers, true and false can be swept",
                                            key, name_of(item.type)));
                            c.sweep.emplace_back(key, member.value.items);
                        }
                    }
                };
                collect(collect, node, "");
            },
            [](const Case&) { return Json(); }};  // a point of a sweep is a case without sweep
}

}  // namespace

Schema<Case> make_case_schema(const Vocabulary& words) {
    return Schema<Case>(
            "config",
            {text("title", &Case::title, "A line about the case."), wavelength_row(),
             choice(
                 "polarization", &Case::polarization, polarization_words(),
                 "The field that is computed: its direction not told apart; along the surface; normal to it. In a slab "
                 "TE lies across the plane of the slab, TM in it."),
             table("glass", &Case::glass, glass_schema(), "The sample."),
             table("section", &Case::section, section_schema(), "The window that every stage shares.").require(),
             table("mask", &Case::mask, mask_schema(), "The mask; left out with a glass: the whole surface is open."),
             tables("process", &Case::process, process_schema(), "The recipe, step by step."),
             table(
                 "numerics", &Case::numerics,
                 Schema<NumericsConfig>(
                     "[numerics]",
                     {number("process_tolerance", &NumericsConfig::process_tolerance, between(4e-7, 0.05),
                             "Wanted accuracy of the concentration; cells and time steps of the exchange follow it.")}),
                 "Accuracy of the numerical methods."),
             table("index", &Case::index, index_schema(), "The index by a formula, in place of glass and process."),
             table("modes", &Case::modes, modes_schema(), "Guided modes."),
             table("propagation", &Case::propagation, propagation_schema(words), "Light along the guide."),
             tables("coupling", &Case::coupling, coupling_schema(), "What is joined to the ends."), sweep_row()})
            .check(check_case);
}

std::string word_of(ModeSolver solver) { return word_among(mode_solver_words(), solver); }
std::string word_of(LightPolarization polarization) { return word_among(polarization_words(), polarization); }

}  // namespace vitral::config
