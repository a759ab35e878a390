#include "app/config/case_schema.hpp"

#include <algorithm>
#include <cmath>

#include "app/config/case_rules.hpp"
#include "app/config/port_schema.hpp"
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
            "Vacuum wavelength: a single value, a list of values, or { from, to, count }.",
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
                     integer("count", &Range::count, 2, 1001, "Number of wavelengths, equally spaced.").require()});
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

const Schema<GlassConfig>& glass_schema() {
    static const Schema<GlassConfig> schema(
        "[glass]",
        {text("name", &GlassConfig::name, "A glass of the library (`vitral materials glasses`), or a path to a record.")
             .require(),
         quantity("thickness", &GlassConfig::thickness, Dimension::length, between(1e-6, 0.1),
                  "Thickness of the sample, across the whole of which an applied voltage drops. Required if a step "
                  "applies a voltage or a current.")});
    return schema;
}

const Schema<SectionConfig>& section_schema() {
    static const Schema<SectionConfig> schema =
        Schema<SectionConfig>(
            "[section]",
            {quantity("width", &SectionConfig::width, Dimension::length, between(1e-6, 0.1),
                      "Width of the window, centred on x = 0. Without it, the program sizes both sides of the window "
                      "for the guides, their path, the evanescent tails of the modes and the port fields."),
             quantity("depth", &SectionConfig::depth, Dimension::length, between(1e-6, 0.01),
                      "Depth of the window below the surface y = 0. Without it, the bottom follows the light as the "
                      "sides do."),
             quantity("height", &SectionConfig::height, Dimension::length, between(1e-7, 0.01),
                      "Height of the window above the surface y = 0. Without it, the top follows the light as the "
                      "sides do. It matters only if the cover belongs to the window: a cover of much lower index, "
                      "n_glass² - n_cover² > 0.3 (air, water), is replaced by a wall close above the surface."),
             material("cover", &SectionConfig::cover,
                      "Material above the glass: \"air\", the name of a material, its index as a number, "
                      "or \"none\" (an index formula then holds above y = 0 as well)."),
             quantity(
                 "resolution", &SectionConfig::resolution, Dimension::length, between(1e-9, 1e-4),
                 "Largest spacing of the grid on which modes and propagation are computed. Without it, the program "
                 "takes the coarsest of 1 um, 0.71 um, 0.5 um, ... 0.0625 um (0.25 um for exchanged guides) on which "
                 "n_eff "
                 "has converged and which resolves the port fields and the slopes of the path; 0.25 um with finite "
                 "differences, in slabs, for drawn boxes and for fields from files. A warning says where the index has "
                 "steps that no grid resolves."),
             flag("slab", &SectionConfig::slab,
                  "Two-dimensional calculation: the index is n(x, z) and nothing depends on y.")})
            .check([](const SectionConfig& s, const ConfigNode& table, Diagnostics& d) {
                if (s.width && s.resolution.value_or(0.0) > 0.25 * *s.width)
                    d.error(at(table, "resolution"), "[section] resolution is coarser than a quarter of the width");
            });
    return schema;
}

const Schema<SegmentConfig>& segment_schema() {
    static const Schema<SegmentConfig> schema =
        Schema<SegmentConfig>(
            "segments",
            {quantity("straight", &SegmentConfig::straight, Dimension::length, positive(),
                      "Length of a straight piece."),
             quantity("s_bend", &SegmentConfig::s_bend, Dimension::length, positive(),
                      "Length along z of a cosine-shaped S-bend."),
             quantity("to_x", &SegmentConfig::to_x, Dimension::length, {}, "x of the guide at the end of the S-bend."),
             quantity("arc", &SegmentConfig::arc, Dimension::length, positive(),
                      "Length of an arc, measured along the guide. Within the arc, z follows the "
                      "guide and x runs across it."),
             quantity("radius", &SegmentConfig::radius, Dimension::length, {},
                      "Radius of the arc; positive if the outer side of the bend is "
                      "at positive x.")})
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
        {text("name", &GuideConfig::name,
              "Name of the guide, by which `guide` in [[coupling]], launch and watch speaks of it. Default: \"guide "
              "1\", \"guide 2\", ... in order."),
         quantity("x", &GuideConfig::x, Dimension::length, {}, "x of the centre of the opening at the input."),
         quantity("width", &GuideConfig::width, Dimension::length, between(1e-8, 0.01), "Width of the opening.")
             .require(),
         tables("segments", &GuideConfig::segments, segment_schema(),
                "The pieces of the guide's path, in order along z.")});
    static const Schema<MaskConfig> schema =
        Schema<MaskConfig>(
            "[mask]",
            {tables("guide", &MaskConfig::guides, guide, "The mask's openings, seen from above.").require(),
             choice("material", &MaskConfig::material,
                    {{"dielectric", MaskMaterial::dielectric}, {"metal", MaskMaterial::metal}},
                    "Kind of mask: a dielectric carries no current; through a metal, current can leave the glass."),
             quantity("potential", &MaskConfig::potential, Dimension::voltage, between(-1e5, 1e5),
                      "Potential of a metal mask relative to the melt. Default: the potential of the melt."),
             quantity("contact_resistance", &MaskConfig::contact_resistance, Dimension::area_resistance,
                      between(0.0, 1e12),
                      "Contact resistance between a metal mask and the glass, times the area. Default: none, the mask "
                      "is an ideal electrode.")})
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
        {text("name", &BoxConfig::name, "Name of the box in the results.").require(),
         quantity("x", &BoxConfig::x, Dimension::length, {}, "x of the centre of the box."),
         quantity("width", &BoxConfig::width, Dimension::length, positive(),
                  "Width of the box. A box that reaches the edge of the window continues beyond it.")
             .require(),
         quantity("bottom", &BoxConfig::bottom, Dimension::length, {},
                  "Height y of the lower side of the box; the surface is y = 0."),
         quantity("height", &BoxConfig::height, Dimension::length, positive(), "Height of the box from bottom to top."),
         material("index", &BoxConfig::index, "A material's name, or an index as a number.").require()});
    static const Schema<GuidePlaceConfig> guide(
        "[[index.guide]]",
        {text("name", &GuidePlaceConfig::name,
              "Name of the guide, by which `guide` in [[coupling]], launch and watch speaks of it.")
             .require(),
         quantity("x", &GuidePlaceConfig::x, Dimension::length, {}, "x of the guide's axis at the input."),
         quantity("end_x", &GuidePlaceConfig::end_x, Dimension::length, {},
                  "x of the guide's axis at the output. Default: x, moved along the segments.")});
    static const Schema<IndexConfig> schema(
        "[index]",
        {text("formula", &IndexConfig::formula,
              "Refractive index n as a formula of x, y and z in micrometres (muParser syntax). It holds below the "
              "surface, y < 0; the cover lies above.")
             .require(),
         named_numbers("constants", &IndexConfig::constants, "Named constants that the formula may use."),
         tables("box", &IndexConfig::boxes, box,
                "Rectangles of other materials, drawn over the formula and the cover. Where boxes overlap, the "
                "later one counts."),
         tables("segments", &IndexConfig::segments, segment_schema(),
                "The pieces of a path, in order along z. The cross-section that the formula describes is shifted "
                "along this path; to_x is then the shift from its original position."),
         tables("guide", &IndexConfig::guides, guide,
                "Names for the guides that the formula describes, so that ports can be placed at them.")});
    return schema;
}

const Schema<ModesConfig>& modes_schema() {
    static const Schema<ModesConfig> schema =
        Schema<ModesConfig>(
            "[modes]",
            {integer("count", &ModesConfig::count, 1, 40,
                     "Number of modes to search for, starting from the highest effective index."),
             choice("solver", &ModesConfig::solver, mode_solver_words(),
                    "Mode solver: \"scalar\" works on the grid of the propagation; \"scalar-elements\" and "
                    "\"full-vector\" work on finite elements that adapt to the index, and give an error bar. Default: "
                    "\"full-vector\" if there are boxes ([[index.box]]), otherwise \"scalar\"."),
             number("accuracy", &ModesConfig::accuracy, between(1e-12, 1e-3),
                    "Largest error of the effective index that the solvers on elements may leave. Default: 1e-8."),
             number("near", &ModesConfig::near, between(1.0, 10.0),
                    "Searches for leaky modes near this effective index; the walls of the window then let light out."),
             quantity(
                 "bend_radius", &ModesConfig::bend_radius, Dimension::length, {},
                 "Computes the modes of the guide bent to this radius, by the exact conformal map. A positive radius "
                 "puts the outer side of the bend at positive x."),
             flag("dispersion", &ModesConfig::dispersion,
                  "Also computes the dispersion parameter of every mode, material dispersion included, from its group "
                  "indices at wavelengths half a percent shorter and longer."),
             flag("sensitivities", &ModesConfig::sensitivities,
                  "Also computes the derivatives of the effective index with respect to the wavelength, the constants "
                  "of the formula, and the index, width and height of every box.")})
            .check([](const ModesConfig& m, const ConfigNode& table, Diagnostics& d) {
                if (m.bend_radius && std::abs(*m.bend_radius) < 1e-6)
                    d.error(at(table, "bend_radius"), "[modes] the radius is less than a micrometre");
            });
    return schema;
}

const Schema<LocalModesConfig>& local_modes_schema() {
    static const Schema<LocalModesConfig> schema =
        Schema<LocalModesConfig>(
            "local_modes",
            {quantity("from", &LocalModesConfig::from, Dimension::length, positive(),
                      "Shortest length of the device, as which it is stretched along z."),
             quantity("to", &LocalModesConfig::to, Dimension::length, positive(), "Longest such length."),
             integer("count", &LocalModesConfig::count, 2, 10000, "Number of lengths, equally spaced.")})
            .check([](const LocalModesConfig& m, const ConfigNode& table, Diagnostics& d) {
                if (m.from.has_value() != m.to.has_value() || (m.from && *m.from >= *m.to))
                    d.error(table.span, "local_modes: from and to belong together, and from is the smaller one");
            });
    return schema;
}

Schema<PropagationConfig> propagation_schema(const Vocabulary& words) {
    static const Schema<WatchConfig> watch =
        Schema<WatchConfig>(
            "watch", {text("name", &WatchConfig::name, "Name of the mode in the results.").require(),
                      text("guide", &WatchConfig::guide,
                           "Name of the guide whose own mode at the output is watched, in place of that of a formula."),
                      text("formula", &WatchConfig::formula, "Index formula whose mode is watched."),
                      named_numbers("constants", &WatchConfig::constants,
                                    "Named constants of this formula, in addition to those of [index]."),
                      integer("mode", &WatchConfig::mode, 0, 39, "Number of the watched mode, counted from 0.")})
            .check([](const WatchConfig& w, const ConfigNode& table, Diagnostics& d) {
                if (!table.find("guide") == !table.find("formula"))
                    d.error(table.span, "watch: exactly one of guide and formula is expected");
                if (!w.guide.empty() && w.mode != 0)
                    d.error(at(table, "mode"), "watch: of a guide the fundamental mode is watched");
            });
    std::vector<std::string> methods = {automatic}, orders = {automatic};
    methods.insert(methods.end(), words.methods.begin(), words.methods.end());
    orders.insert(orders.end(), words.orders.begin(), words.orders.end());
    return Schema<PropagationConfig>(
        "[propagation]",
        {word("method", &PropagationConfig::method, methods,
              "Numerical method of the beam propagation. \"auto\" takes split-step, or finite-difference where other "
              "keys ask for it or a guide with steps of the index moves sideways."),
         word("order", &PropagationConfig::order, orders,
              "Operator of the propagation. \"auto\" chooses the paraxial operator if its estimated error is below "
              "the tolerance, and otherwise the wide-angle operator, which is pade-1-1 with finite-difference."),
         word("splitting", &PropagationConfig::splitting, words.splittings,
              "Splitting of each step into diffraction and phase factors. Default: \"fourth-order\" with "
              "split-step, \"strang\" (second order) with finite-difference."),
         word("precision", &PropagationConfig::precision, words.precisions,
              "Floating-point precision of the field during the propagation."),
         quantity("length", &PropagationConfig::length, Dimension::length, positive(),
                  "Length of the propagation. Default: the length of the path that the segments describe."),
         quantity("step", &PropagationConfig::step, Dimension::length, positive(),
                  "Largest step along z. Default: the program chooses the step so that the tolerance is met."),
         quantity("tolerance", &PropagationConfig::tolerance, Dimension::level, between(1e-6, 3.0),
                  "Largest error of any recorded power that the step size may cause, relative to the launched power "
                  "and expressed as a loss. Default: the accuracy."),
         number("reference_index", &PropagationConfig::reference_index, between(1.0, 4.0),
                "Reference index of the operator. Default: the effective index of the launched mode (of the "
                "fundamental mode if a port is launched)."),
         row_of_member(
             &PropagationConfig::bend,
             choice("bend", &BendMap::kind,
                    {{"conformal", BendMap::Kind::conformal}, {"linear", BendMap::Kind::linear}},
                    "How an arc of radius R is replaced by a straight guide: by the conformal map, or by multiplying "
                    "the index by 1 + x/R.")),
         row_of_member(&PropagationConfig::bend,
                       number("elasto_optic", &BendMap::elasto_optic, between(0.5, 3.0),
                              "Ratio of the effective optical bend radius to the geometric one, for a guide that is "
                              "bent mechanically and thus strained: about 1.28 for silica. 1 for a guide drawn as an "
                              "arc.")),
         word("edges", &PropagationConfig::edges, words.edges,
              "How light leaves the window: through an absorber, through perfectly matched layers (\"pml\") or "
              "through a transparent boundary. \"transparent\" requires finite-difference and order = "
              "\"paraxial\" or \"auto\", which then selects the paraxial operator."),
         quantity("absorber", &PropagationConfig::absorber, Dimension::length, between(0.0, 1.0),
                  "Width of the absorber or of the matched layers at each edge. Default: a tenth of the window. A "
                  "width of 0 gives hard walls."),
         number("grading", &PropagationConfig::grading, between(1.0, 8.0),
                "Largest grid spacing of the propagation far from the light, as a multiple of section.resolution. "
                "Values above 1 require finite-difference and order = \"paraxial\" or \"auto\", which then selects the "
                "paraxial operator."),
         integer("records", &PropagationConfig::records, 1, 100000,
                 "Number of positions along z at which the powers and the intensity picture are recorded."),
         quantity("loss", &PropagationConfig::loss, Dimension::attenuation, between(0.0, 1e5),
                  "Measured propagation loss of the straight guide: absorption and scattering together. It is added to "
                  "the link budget, in place of the absorption that the records know, for the length of the guide."),
         table("launch", &PropagationConfig::launch, launch_schema(), "The light launched at the input.").require(),
         tables("watch", &PropagationConfig::watch, watch, "Further modes whose power is recorded along z."),
         table("local_modes", &PropagationConfig::local_modes, local_modes_schema(),
               "Follows the launched light by the local modes of an index formula of z as well, independently of the "
               "march: a second opinion on a taper, and its transfer as a function of its length.")});
}

Row<Case> sweep_row() {
    return {
        "sweep",
        "Keys with lists of values, each written in full and in quotation marks: \"mask.guide[0].width\" = [\"2 um\", "
        "\"3 um\"]. Texts, numbers, true and false can be swept. A sweep computes every combination, the last key "
        "varying fastest; each combination is a point.",
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
                                d.error(item.span,
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
               {text("title", &Case::title, "Title of the case, which the results repeat."), wavelength_row(),
                choice(
                    "polarization", &Case::polarization, polarization_words(),
                    "Polarisation of the light. \"scalar\" does not distinguish polarisations. The electric field of "
                    "\"TE\" is parallel to the surface, along x; that of \"TM\" is normal to it, along y. In a slab, "
                    "the "
                    "field of TE is normal to the x-z plane of the calculation and that of TM lies in it."),
                quantity(
                    "accuracy", &Case::accuracy, Dimension::level, between(1e-4, 1.0),
                    "Target accuracy of every loss. The step and the operator of the propagation and the tolerance "
                    "of the exchange follow from it where their own keys leave them open. A warning names each "
                    "loss whose error bar exceeds twice the accuracy (1 % of a loss above 3 dB)."),
                table("glass", &Case::glass, glass_schema(), "The glass sample."),
                table("section", &Case::section, section_schema(),
                      "The window of the cross-section, which all stages share."),
                table("mask", &Case::mask, mask_schema(),
                      "The mask on the glass. Default: no mask, the whole surface is open."),
                tables("process", &Case::process, process_schema(), "The recipe: the process steps in order."),
                table(
                    "numerics", &Case::numerics,
                    Schema<NumericsConfig>(
                        "[numerics]",
                        {number("process_tolerance", &NumericsConfig::process_tolerance, between(4e-7, 0.05),
                                "Wanted accuracy of the concentrations, which are fractions between 0 and 1. The mesh "
                                "and the time steps of the exchange are chosen for it. Default: 5e-4 at an accuracy of "
                                "0.01 dB, and in proportion to that."),
                         flag("error_bars", &NumericsConfig::error_bars,
                              "Whether the errors of n_eff and of all losses are estimated, by runs on coarser grids "
                              "and of a rougher exchange. They take about half as long as the answer itself.")}),
                    "Accuracy of the numerical methods."),
                table("index", &Case::index, index_schema(),
                      "The refractive index as a formula, in place of [glass], [mask] and [[process]]."),
                table("modes", &Case::modes, modes_schema(), "The guided modes."),
                table("propagation", &Case::propagation, propagation_schema(words),
                      "Beam propagation along the guide."),
                tables("coupling", &Case::coupling, coupling_schema(),
                       "Ports at the ends of the guide, each coupled into the mode of the guide that it belongs to."),
                sweep_row()})
        .check(check_case);
}

std::string word_of(ModeSolver solver) { return word_among(mode_solver_words(), solver); }
std::string word_of(LightPolarization polarization) { return word_among(polarization_words(), polarization); }

}  // namespace vitral::config
