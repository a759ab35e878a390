#include "app/setup_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "app/config/case_rules.hpp"
#include "app/setup_engine.hpp"
#include "app/stages/resolution.hpp"
#include "core/units.hpp"
#include "medium/formula.hpp"
#include "medium/formula_extent.hpp"

namespace vitral::app {
namespace {

using namespace config;
using medium::Formula;
using medium::formula_error;
using Constants = std::map<std::string, double>;

/// Where a formula is tried: the window as far as it is given.
Window looked_at(const SectionConfig& s) {
    constexpr double usual = 40e-6;
    const double half = s.width ? 0.5 * *s.width : usual;
    return {-half, half, s.slab ? 0.0 : -s.depth.value_or(usual), 0.0};
}

/// A formula whose window is left open has guides, and settles to a constant away from them.
void check_extent(const Case& c, const Formula& n, const SourceSpan& span, Diagnostics& d) {
    const SectionConfig& s = c.section;
    const bool is_open = !s.width || (!s.slab && !s.depth);
    if (!is_open || !c.index->boxes.empty()) return;
    const auto box = medium::formula_extent(
        n,
        {s.slab, s.cover == "none", {0.0}, s.width ? std::optional(0.5 * *s.width) : std::nullopt, s.depth, s.height});
    const std::string asked = fmt::format("set [section] {}", s.slab || s.depth ? "width"
                                                              : s.width         ? "depth"
                                                                                : "width and depth");
    if (!box)
        d.error(
            span,
            "[index] formula: the index does not become constant away from the guides, so the window cannot be sized",
            asked);
    else if (box->left > box->right)
        d.error(span, "[index] formula: nothing guides light at z = 0, so the window cannot be sized", asked);
}

/// A formula must be one, give an index everywhere in the window, as far as samples tell, and move along z in one way.
void check_formula(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.index || c.index->formula.empty()) return;
    const ConfigNode& node = *root.find("index");
    const auto& span = node.find("formula")->span;
    const ConfigNode* constants = node.find("constants");
    if (constants && constants->members.size() != c.index->constants.size()) return;  // their own errors say enough
    if (const auto failure = formula_error(c.index->formula, c.index->constants))
        return d.error(span, "[index] formula: " + *failure);
    const Formula n(c.index->formula, c.index->constants);
    const Window w = looked_at(c.section);
    const int sections = n.uses_z() && c.propagation ? 129 : 1;
    for (int k = 0; k < sections; ++k) {
        const double z = sections > 1 ? c.length() * k / (sections - 1) : 0.0;
        for (const double x : {-0.5, -0.26, -0.11, 0.0, 0.13, 0.27, 0.5})
            for (const double y : {1.0, 0.5, 0.2, 0.01})
                if (const double value = n(x * w.width(), y * w.bottom, z); !(value >= 1.0 && value < 10.0))
                    return d.error(span,
                                   fmt::format("[index] formula gives {:g} at x = {:g} um, y = {:g} um, z = {:g} um: "
                                               "an index lies between 1 and 10",
                                               value, x * w.width() * 1e6, y * w.bottom * 1e6, z * 1e6));
    }
    if (!c.index->segments.empty() && n.uses_z())
        d.error(at(node, "segments"), "[index] segments move the formula's section; it uses z already");
    check_extent(c, n, span, d);
}

void check_further_formulas(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.propagation) return;
    const ConfigNode& node = *root.find("propagation");
    const Constants shared = c.index ? c.index->constants : Constants{};
    const auto check = [&](const std::string& formula, Constants constants, const SourceSpan& span) {
        constants.insert(shared.begin(), shared.end());
        if (formula.empty()) return;
        if (const auto failure = formula_error(formula, constants)) d.error(span, "formula: " + *failure);
    };
    if (const ConfigNode* launch = node.find("launch"))
        for (const LaunchConfig* part : c.propagation->launch.parts())
            check(part->formula, part->constants, launch->span);
    const auto& watch = c.propagation->watch;
    if (const ConfigNode* nodes = node.find("watch"); nodes && nodes->items.size() == watch.size())
        for (std::size_t i = 0; i < watch.size(); ++i)
            check(watch[i].formula, watch[i].constants, nodes->items[i].span);
}

/// Light must be launched into the window.
void check_launch_place(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.propagation) return;
    const ConfigNode* node = root.find("propagation")->find("launch");
    if (node == nullptr) return;
    for (const LaunchConfig* part : c.propagation->launch.parts()) {
        if (!part->offset) continue;
        double axis = c.mask && c.mask->guides.size() == 1 ? c.mask->guides[0].x : 0.0;
        for (const Case::NamedGuide& guide : c.guides())
            if (guide.name == part->guide) axis = guide.x;
        const auto& [x, y] = *part->offset;
        if (!x.is_optimal() && c.section.width && std::abs(axis + x.value) > 0.5 * *c.section.width)
            d.error(at(*node, "offset"),
                    fmt::format("[propagation] launch: x = {:g} um lies outside the window of [section], "
                                "{:g} um wide",
                                (axis + x.value) * 1e6, *c.section.width * 1e6));
        if (!c.section.slab && !y.is_optimal() &&
            ((c.section.depth && y.value < -*c.section.depth) ||
             y.value > std::max(c.section.height.value_or(0.0), 20e-6)))
            d.error(
                at(*node, "offset"),
                fmt::format("[propagation] launch: y = {:g} um lies outside the window of [section]", y.value * 1e6));
    }
}

/// Where a formula's index is highest at the input, along x: its guide; nothing where boxes are the guides, or x changes nothing.
std::optional<double> brightest_x(const Case& c) {
    if (!c.index->boxes.empty()) return {};
    const Formula n(c.index->formula, c.index->constants);
    const Window w = looked_at(c.section);
    double highest = 0.0, at_left = 0.0, place = 0.0;
    constexpr int columns = 200, rows = 20;
    for (int i = 0; i <= columns; ++i)
        for (int j = 1; j < (c.section.slab ? 2 : rows); ++j) {
            const double x = (static_cast<double>(i) / columns - 0.5) * w.width(),
                         value = n(x, w.bottom * j / rows, 0.0);
            if (i == 0) at_left = std::max(at_left, value);
            if (value > highest) highest = value, place = x;
        }
    if (!(highest > at_left + 1e-9)) return {};
    return place;
}

/// A path must stay in the window, and be no steeper than light that is propagated along z can follow.
void check_path(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const bool has_guides = c.mask && !c.mask->guides.empty();
    if (!c.propagation || (!has_guides && (!c.index || c.index->segments.empty()))) return;
    const ConfigNode* owner = has_guides ? &root.find("mask")->find("guide")->items[0] : root.find("index");
    const ConfigNode* node = owner->find("segments");
    if (node == nullptr) return;
    const std::string where = has_guides ? "[[mask.guide]]" : "[index]";
    const GuidePath path = c.path();
    constexpr double steepest = 1.0;
    if (path.steepest_slope() > steepest)
        return d.error(node->span,
                       fmt::format("{} segments reach a slope dx/dz of {:.3g}: beam propagation along z follows none "
                                   "above {:g}",
                                   where, path.steepest_slope(), steepest));
    const double half = c.section.width ? 0.5 * *c.section.width : 1e300;
    if (const auto start = has_guides ? std::nullopt : brightest_x(c))  // openings of a mask know their window
        for (const double x : {*start + path.reach().from, *start + path.reach().to})
            if (std::abs(x) > half)
                return d.error(node->span,
                               fmt::format("{} segments lead the guide to x = {:g} um, out of the window of [section], "
                                           "which ends at {:g} um",
                                           where, x * 1e6, std::copysign(half, x) * 1e6));
    constexpr double furthest = 4e-6;  // about the radius of a mode
    if (const auto step = c.propagation->step; step && *step * path.steepest_slope() > furthest)
        d.error(at(*root.find("propagation"), "step"),
                fmt::format("[propagation] step = {:g} um moves the guide by up to {:.3g} um sideways at once; light "
                            "follows steps of up to {:g} um",
                            *step * 1e6, *step * path.steepest_slope() * 1e6, furthest * 1e6),
                "without the key, the step follows the tolerance");
}

/// Layers at the edges hold points of the grid.
void check_layers(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.propagation || !c.propagation->absorber) return;
    const double width = *c.propagation->absorber, spacing = c.section.resolution.value_or(stages::usual_resolution);
    if (width > 0.0 && width < 2.0 * spacing)
        d.error(
            at(*root.find("propagation"), "absorber"),
            fmt::format(
                "[propagation] absorber = {:g} um is thinner than two points of the grid, {:g} um each: light would be "
                "thrown back",
                width * 1e6, spacing * 1e6));
}

/// What no engine can do together.
void check_engine(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.propagation) return;
    const ConfigNode& node = *root.find("propagation");
    for (const propagation::Conflict& conflict : propagation::conflicts(engine_wishes(*c.propagation))) {
        std::string others;
        for (const std::string& word : conflict.goes_with)
            others += fmt::format("{}\"{}\"", others.empty() ? "" : " or ", word);
        const std::string wish = conflict.key == "grading" ? std::string("grading")
                                                           : fmt::format("{} = \"{}\"", conflict.key, conflict.word);
        d.error(at(node, conflict.key),
                fmt::format("[propagation] {} goes with {} = {}", wish, conflict.other, others));
    }
}

/// Names of records, and the wavelengths that they reach.
class RecordRules {
public:
    RecordRules(const Case& c, const ConfigNode& root, records::Library& library, Diagnostics& d)
        : c_(c), root_(root), library_(library), d_(d) {}

    void check() {
        check_cover();
        check_boxes();
        check_ports();
        check_glass();
    }

private:
    /// Whether the library has a name; a record by path is read here, so that its own errors come now.
    bool known(records::Kind kind, const std::string& name, const ConfigNode* node, const std::string& where) {
        if (name.empty() || node == nullptr) return false;
        const auto names = records::names(kind);
        if (records::is_path(name) || std::find(names.begin(), names.end(), name) != names.end()) return true;
        const std::string near = nearest_word(name, names);
        d_.error(node->span, fmt::format("{} = \"{}\" is no known {}", where, name, records::singular_of(kind)),
                 fmt::format("{}`vitral materials {}` lists them",
                             near.empty() ? "" : fmt::format("did you mean \"{}\"? ", near), records::folder_of(kind)));
        return false;
    }

    void check_range(const glass::Dispersion& dispersion, const std::string& what) {
        for (const double w : c_.wavelengths)
            if (!dispersion.covers(w))
                d_.error(root_.find("wavelength")->span,
                         fmt::format("wavelength {:g} nm lies outside the record of {}, {:g} to {:g} nm", w * 1e9, what,
                                     dispersion.shortest_wavelength * 1e9, dispersion.longest_wavelength * 1e9));
    }

    void check_cover() {
        const std::string& cover = c_.section.cover;
        const ConfigNode* section = root_.find("section");
        const ConfigNode* node = section ? section->find("cover") : nullptr;
        if (const auto index = records::as_number(cover)) {
            if (!(*index >= 1.0 && *index <= 4.0))
                d_.error(node->span, fmt::format("[section] cover = {:g} must lie between 1 and 4", *index));
        } else if (cover != "none" &&
                   (node == nullptr || known(records::Kind::glasses, cover, node, "[section] cover"))) {
            check_range(library_.material(cover).dispersion, cover);
        }
    }

    void check_boxes() {
        if (!c_.index) return;
        for (std::size_t i = 0; i < c_.index->boxes.size(); ++i) {
            const std::string& name = c_.index->boxes[i].index;
            const ConfigNode& box = root_.find("index")->find("box")->items[i];
            if (records::as_number(name) ||
                !known(records::Kind::glasses, name, box.find("index"), "[[index.box]] index"))
                continue;
            const glass::Material material = library_.material(name);
            check_range(material.dispersion, name);
            check_metal(material, box, name);
        }
    }

    /// Metals, Re ε < 0, are for the full-vector solver: a scalar equation knows nothing of the waves at their surface.
    void check_metal(const glass::Material& material, const ConfigNode& box, const std::string& name) {
        for (const double w : c_.wavelengths) {
            if (!material.dispersion.covers(w)) continue;
            const Complex n = material.index(w);
            if ((n * n).real() > 0.0) continue;
            const std::string what = fmt::format("[[index.box]] index = \"{}\" is a metal at {:g} nm", name, w * 1e9);
            const auto& span = box.find("index")->span;
            if (c_.mode_solver() != ModeSolver::full_vector)
                d_.error(span, what + ": only the full-vector modes know it", "modes.solver = \"full-vector\"");
            else if (c_.propagation || !c_.coupling.empty())
                d_.error(span, what + ": [propagation] and [[coupling]] are scalar and do not know it");
            return;
        }
    }

    void check_port(const PortConfig& port, const ConfigNode* node) {
        if (node == nullptr) return;
        if (!port.fiber.empty() && known(records::Kind::fibers, port.fiber, node->find("fiber"), "fiber"))
            check_range(library_.fiber(port.fiber).cladding, port.fiber);
        if (port.wire && node->find("wire"))
            for (const char* key : {"core", "cladding", "below"}) {
                const std::string& name = *key == 'b'     ? port.wire->below
                                          : key[1] == 'o' ? port.wire->core
                                                          : port.wire->cladding;
                if (!name.empty() && !records::as_number(name) &&
                    known(records::Kind::glasses, name, node->find("wire")->find(key), std::string("wire ") + key))
                    check_range(library_.material(name).dispersion, name);
            }
        if (!port.chip.empty() && known(records::Kind::chips, port.chip, node->find("chip"), "chip"))
            (void)library_.chip(port.chip);
    }

    void check_ports() {
        if (c_.propagation) {
            const ConfigNode* launch = root_.find("propagation")->find("launch");
            const LaunchConfig& light = c_.propagation->launch;
            check_port(light.port, launch);
            for (std::size_t i = 0; i < light.superposition.size(); ++i)
                check_port(light.superposition[i].light.port, &launch->find("superposition")->items[i]);
        }
        if (const ConfigNode* coupling = root_.find("coupling"))
            for (std::size_t i = 0; i < c_.coupling.size(); ++i)
                check_port(c_.coupling[i].to, coupling->items[i].find("to"));
    }

    void check_glass() {
        const ConfigNode* node = root_.find("glass");
        if (!c_.glass || !known(records::Kind::glasses, c_.glass->name, node->find("name"), "[glass] name")) return;
        const glass::Glass& glass = library_.glass(c_.glass->name);
        check_range(glass.dispersion, c_.glass->name);
        if (glass.pairs.empty()) {
            d_.error(node->find("name")->span,
                     fmt::format("[glass] name = \"{}\" cannot be exchanged: its record has no ions", c_.glass->name));
            return;
        }
        check_recipe(glass);
    }

    void check_recipe(const glass::Glass& glass) {
        std::set<std::string> incoming;
        const ConfigNode& steps = *root_.find("process");
        for (std::size_t i = 0; i < c_.process.size(); ++i)
            if (check_step(c_.process[i], steps.items[i], glass)) incoming.insert(c_.process[i].ion);
        if (c_.mask && c_.mask->contact_resistance > 0.0 && !glass.cation_density)
            d_.error(
                at(*root_.find("mask"), "contact_resistance"),
                fmt::format("[mask] contact_resistance needs the cation_density of {}, which its record does not know",
                            glass.name));
        check_ions(incoming, steps, glass);
    }

    /// Whether the step brings an ion that the glass's record knows.
    bool check_step(const RecipeStep& step, const ConfigNode& node, const glass::Glass& glass) {
        for (const auto& [time, temperature] : step.temperature.points)
            if (glass.transition_temperature && temperature > *glass.transition_temperature) {
                d_.error(
                    node.find("temperature")->span,
                    fmt::format("[[process]] temperature = {:g} degC lies above the glass transition of {}, {:g} degC",
                                temperature - celsius(0.0), glass.name, *glass.transition_temperature - celsius(0.0)));
                break;
            }
        for (const char* key : {"current", "current_density", "film_thickness", "melt_depth"})
            if (node.find(key) && !glass.cation_density)
                d_.error(at(node, key), fmt::format("[[process]] {} needs the cation_density of {}, which its record "
                                                    "does not know",
                                                    key, glass.name));
        if (step.kind == StepKind::anneal || step.ion.empty()) return false;
        if (const glass::IonPair* pair = glass.pair(step.ion)) {
            if (step.kind != StepKind::film) check_surface(step, node, glass, *pair);
            return true;
        }
        if (step.ion == "Na")
            check_sodium(step, node);
        else
            check_unknown_ion(step, node, glass);
        return false;
    }

    void check_surface(const RecipeStep& step, const ConfigNode& node, const glass::Glass& glass,
                       const glass::IonPair& pair) {
        if (!node.find("surface_fraction") && !node.find("melt_fraction"))
            d_.error(node.span, "[[process]] the key \"surface_fraction\" is missing in this step",
                     "or melt_fraction, where the record knows the melt's equilibrium");
        if (node.find("melt_fraction") && !pair.equilibrium_constant)
            d_.error(at(node, "melt_fraction"),
                     fmt::format("[[process]] melt_fraction needs the equilibrium of {} with the melt, which the "
                                 "record of {} does not know",
                                 step.ion, glass.name),
                     "state surface_fraction");
    }

    void check_sodium(const RecipeStep& step, const ConfigNode& node) {
        if (step.kind == StepKind::film)
            d_.error(node.find("ion")->span, "[[process]] a film brings an incoming ion, not the glass's own");
        if (node.find("melt_depth"))
            d_.error(at(node, "melt_depth"), "[[process]] melt_depth: a sodium melt is not used up");
        for (const char* key : {"surface_fraction", "melt_fraction"})
            if (const ConfigNode* value = node.find(key); value && value->number != 0.0)
                d_.error(value->span,
                         fmt::format("[[process]] {} of a sodium melt is 0: it holds no incoming ion", key));
    }

    /// The ions that the record has; only a misspelled one is worth a guess.
    void check_unknown_ion(const RecipeStep& step, const ConfigNode& node, const glass::Glass& glass) {
        std::vector<std::string> ions;
        for (const auto& pair : glass.pairs) ions.push_back(pair.ion);
        ions.emplace_back("Na");
        std::string list;
        for (std::size_t i = 0; i < ions.size(); ++i)
            list += (i == 0 ? "" : i + 1 == ions.size() ? " and " : ", ") + ions[i];
        d_.error(node.find("ion")->span,
                 fmt::format("[[process]] ion = \"{}\" has no data in the record of {}", step.ion, glass.name),
                 fmt::format("it has data of {}", list));
    }

    void check_ions(const std::set<std::string>& incoming, const ConfigNode& steps, const glass::Glass& glass) {
        if (incoming.size() > 2)
            d_.error(steps.span, "[[process]] at most two incoming ions are followed, beside the glass's own");
        for (const std::string& ion : incoming) {
            const glass::IonPair& pair = *glass.pair(ion);
            if (incoming.size() == 2 &&
                (pair.composition.law != glass::CompositionLaw::constant || pair.thermodynamic_factor != 1.0))
                d_.error(steps.span, fmt::format("[[process]] two incoming ions: the record's dependence of D on the "
                                                 "composition of {} is known for one incoming ion only",
                                                 ion));
            for (const double w : c_.wavelengths)
                if (!glass::is_within(w, pair.wavelengths.front(), pair.wavelengths.back()))
                    d_.error(
                        root_.find("wavelength")->span,
                        fmt::format("wavelength {:g} nm: the index change of {} in {} is known from {:g} to {:g} nm",
                                    w * 1e9, ion, glass.name, pair.wavelengths.front() * 1e9,
                                    pair.wavelengths.back() * 1e9));
        }
        if (incoming.empty() && d_.empty()) d_.error(steps.span, "[[process]] no step brings an ion into the glass");
    }

    const Case& c_;
    const ConfigNode& root_;
    records::Library& library_;
    Diagnostics& d_;
};

}  // namespace

void check_setup(const Case& c, const ConfigNode& root, records::Library& library, Diagnostics& d) {
    check_formula(c, root, d);
    check_further_formulas(c, root, d);
    check_launch_place(c, root, d);
    check_engine(c, root, d);
    if (d.empty()) {  // the path and the layers are looked at in a section that is right
        check_path(c, root, d);
        check_layers(c, root, d);
    }
    if (d.empty()) RecordRules(c, root, library, d).check();
}

}  // namespace vitral::app
