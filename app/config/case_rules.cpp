#include "app/config/case_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace vitral::config {

namespace {

/// Which tables go together.
void check_tables(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const bool has_index = root.find("index"), has_glass = root.find("glass");
    if (has_index && (has_glass || root.find("process") || root.find("mask")))
        d.error(at(root, "index"), "[index] stands in place of [glass], [mask] and [[process]]: give one or the other");
    if (!has_index && !has_glass)
        d.error(root.span, "either [index], or [glass] with [[process]], is missing",
                "see `vitral schema` and the examples");
    if (has_glass && !root.find("process")) d.error(at(root, "glass"), "[glass] without a [[process]] guides nothing");
    if (c.section.slab && has_glass)
        d.error(at(root, "section"), "[section] slab = true goes with [index] only: a process has a depth");
    if (c.section.slab && root.find("coupling"))
        d.error(at(root, "coupling"), "[[coupling]] needs the whole section, not a slab");
    if (c.section.cover == "none" && has_glass)
        d.error(at(root, "section"), "[section] cover = \"none\" goes with [index] only: a glass has a surface");
    if (has_glass && c.glass && !root.find("glass")->find("thickness") &&
        (std::any_of(c.process.begin(), c.process.end(), [](const auto& step) { return step.has_field(); }) ||
         (c.mask && c.mask->potential != 0.0)))
        d.error(at(root, "glass"), "[glass] the key \"thickness\" is missing: a field falls over all of the glass");
    if (c.mask && c.mask->material == MaskMaterial::metal)
        for (std::size_t i = 0; i < c.process.size(); ++i)
            if (c.process[i].mask == MaskUse::keep &&
                (c.process[i].current.is_set() || c.process[i].current_density.is_set() ||
                 c.process[i].kind == StepKind::film))
                d.error(root.find("process")->items[i].span,
                        "[[process]] under a metal mask a melt with a voltage is known only: the mask takes part in "
                        "the field");
    if (c.glass && c.section.depth.value_or(0.0) > c.glass->thickness)
        d.error(at(root, "glass"), "[glass] thickness is less than the depth of the section");
}

/// Half the width of the window; no limit where it is left open.
double half_of(const SectionConfig& s) { return s.width ? 0.5 * *s.width : 1e300; }

/// Boxes lie in the window, have a name of their own, and are for the solver on elements.
void check_boxes(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.index) return;
    for (std::size_t i = 0; i < c.index->boxes.size(); ++i) {
        const BoxConfig& box = c.index->boxes[i];
        const ConfigNode& node = root.find("index")->find("box")->items[i];
        if (!c.section.slab)
            for (const char* key : {"bottom", "height"})
                if (!node.find(key))
                    d.error(node.span, fmt::format("[[index.box]] the key \"{}\" is missing", key),
                            "only a slab has none");
        if (std::abs(box.x) - 0.5 * box.width > half_of(c.section))
            d.error(node.span, fmt::format("[[index.box]] \"{}\" lies outside the window of [section]", box.name));
        for (std::size_t k = 0; k < i; ++k)
            if (c.index->boxes[k].name == box.name)
                d.error(at(node, "name"), fmt::format("[[index.box]] two boxes are called \"{}\"", box.name));
    }
}

/// Keys of [modes] that only the solver on elements understands.
void check_modes(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const ConfigNode* node = root.find("modes");
    if (node != nullptr && !c.modes_on_elements())
        for (const char* key : {"accuracy", "near", "bend_radius", "dispersion", "sensitivities"})
            if (const ConfigNode* value = node->find(key);
                value && !(value->type == ConfigNode::Type::boolean && !value->boolean))
                d.error(at(*node, key),
                        fmt::format("[modes] {} goes with solver = \"full-vector\" or \"scalar-elements\"", key));
    if (c.modes.dispersion && (c.modes.near || c.modes.bend_radius))
        d.error(at(*node, "dispersion"),
                "[modes] dispersion is known of straight, guided modes: not with near or bend_radius");
    if (c.modes_on_elements() && c.polarization != LightPolarization::scalar && !c.section.slab &&
        c.mode_solver() == ModeSolver::scalar_elements)
        d.error(at(root, "polarization"),
                "polarised light on elements is solver = \"full-vector\": its modes say how they are polarised");
}

double length_of(const std::vector<SegmentConfig>& segments) {
    double sum = 0.0;
    for (const SegmentConfig& s : segments) sum += s.length();
    return sum;
}

/// What is shared out over the width of the section needs one.
void check_width(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (c.section.width || !c.glass) return;
    const ConfigNode* nodes = root.find("process");
    for (std::size_t i = 0; nodes && i < c.process.size() && i < nodes->items.size(); ++i) {
        const RecipeStep& step = c.process[i];
        const bool masked = c.mask || step.openings;
        const char* key = step.melt_depth && masked ? "melt_depth" : step.current.is_set() ? "current" : nullptr;
        if (key != nullptr && (step.melt_depth || step.mask == MaskUse::none || !masked))
            d.error(at(nodes->items[i], key),
                    fmt::format("[[process]] {} applies to the whole width of the section, which is not given", key),
                    "set [section] width");
    }
}

/// The path of a formula: a second way to move with z, and it stays in the section.
void check_index_path(const Case& c, const ConfigNode& root, Diagnostics& d) {
    if (!c.index || c.index->segments.empty()) return;
    const ConfigNode& node = *root.find("index");
    for (const SegmentConfig& s : c.index->segments)
        if (s.to_x && std::abs(*s.to_x) > 2.0 * half_of(c.section))
            d.error(at(node, "segments"), "[index] the path leaves the section: a wider section is needed");
}

void check_mask(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const ConfigNode* nodes = root.find("mask") ? root.find("mask")->find("guide") : nullptr;
    if (!c.mask || !nodes || nodes->type != ConfigNode::Type::array) return;
    const auto& guides = c.mask->guides;
    if (guides.empty()) d.error(at(root, "mask"), "[mask] has no guide: leave the mask out for an open surface");
    const double half = half_of(c.section);
    for (std::size_t i = 0; i < guides.size(); ++i) {
        const GuideConfig& g = guides[i];
        const auto error = [&](std::string message) { d.error(nodes->items[i].span, "[[mask.guide]] " + message); };
        if (std::abs(g.x) + 0.5 * g.width > half) error("the opening is wider than the section, or reaches out of it");
        for (std::size_t j = 0; j < i; ++j)
            if (std::abs(g.x - guides[j].x) < 0.5 * (g.width + guides[j].width)) error("overlaps another opening");
        for (const SegmentConfig& s : g.segments)
            if (s.to_x && g.width < 2.0 * half && std::abs(*s.to_x) + 0.5 * g.width > half)
                error("the path leaves the section: a wider section is needed");
        if (std::abs(length_of(g.segments) - length_of(guides[0].segments)) > 1e-9 * length_of(g.segments))
            error("is not as long as the first guide");
        for (const SegmentConfig& s : g.segments)
            if (guides.size() > 1 && (s.s_bend || s.arc)) error("bends are known for a single guide only");
    }
}

/// Guides are known by their names.
void check_guides(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const std::vector<Case::NamedGuide> guides = c.guides();
    std::vector<std::string> names;
    for (const auto& guide : guides) {
        if (std::find(names.begin(), names.end(), guide.name) != names.end())
            d.error(at(root, c.mask ? "mask" : "index"), fmt::format("two guides are called \"{}\"", guide.name));
        names.push_back(guide.name);
    }
    const auto check = [&](const std::string& name, const ConfigNode& table, const char* where) {
        if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
        const std::string near = nearest_word(name, names);
        d.error(at(table, "guide"), fmt::format("{} guide = \"{}\" is no guide of this config", where, name),
                names.empty()  ? "[[mask.guide]] and [[index.guide]] give guides their names"
                : near.empty() ? ""
                               : fmt::format("did you mean \"{}\"?", near));
    };
    if (const ConfigNode* nodes = root.find("coupling"); nodes && nodes->items.size() == c.coupling.size())
        for (std::size_t i = 0; i < c.coupling.size(); ++i) check(c.coupling[i].guide, nodes->items[i], "[[coupling]]");
    if (!c.propagation) return;
    const ConfigNode& propagation = *root.find("propagation");
    if (const ConfigNode* launch = propagation.find("launch")) {
        check(c.propagation->launch.guide, *launch, "launch");
        const ConfigNode* terms = launch->find("superposition");
        const auto& sum = c.propagation->launch.superposition;
        for (std::size_t i = 0; terms && i < std::min(sum.size(), terms->items.size()); ++i)
            check(sum[i].light.guide, terms->items[i], "launch");
    }
    const ConfigNode* watch = propagation.find("watch");
    for (std::size_t i = 0; watch && i < std::min(watch->items.size(), c.propagation->watch.size()); ++i)
        check(c.propagation->watch[i].guide, watch->items[i], "watch");
}

/// A wire lies at the facet.
void check_wires(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const ConfigNode* nodes = root.find("coupling");
    for (std::size_t i = 0; nodes && i < std::min(nodes->items.size(), c.coupling.size()); ++i)
        if (c.coupling[i].to.wire && c.coupling[i].gap > 0.0)
            d.error(at(nodes->items[i], "gap"), "[[coupling]] gap: a wire is in contact with the guide's facet");
}

/// A gap that scatters is one.
void check_yield(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const ConfigNode* nodes = root.find("coupling");
    for (std::size_t i = 0; nodes && i < std::min(nodes->items.size(), c.coupling.size()); ++i)
        if (const auto& y = c.coupling[i].yield; y && y->gap > 0.0 && c.coupling[i].gap == 0.0)
            d.error(at(*nodes->items[i].find("yield"), "gap"),
                    "yield: the ports are in contact: set the gap that scatters", "[[coupling]] gap");
}

/// Masks that come with a step lie in the section and do not overlap.
void check_step_masks(const Case& c, const ConfigNode& root, Diagnostics& d) {
    for (std::size_t i = 0; i < c.process.size(); ++i) {
        if (!c.process[i].openings) continue;
        const auto& openings = *c.process[i].openings;
        const auto& span = root.find("process")->items[i].span;
        for (std::size_t j = 0; j < openings.size(); ++j) {
            if (std::abs(openings[j].center) + 0.5 * openings[j].width > half_of(c.section))
                d.error(span, "[[process]] openings: one is wider than the section, or reaches out of it");
            for (std::size_t k = 0; k < j; ++k)
                if (std::abs(openings[j].center - openings[k].center) < 0.5 * (openings[j].width + openings[k].width))
                    d.error(span, "[[process]] openings: two overlap");
        }
    }
}

void check_launch(const Case& c, const ConfigNode& propagation, Diagnostics& d) {
    const auto error = [&](std::string message) { d.error(at(propagation, "launch"), std::move(message)); };
    for (const LaunchConfig* part : c.propagation->launch.parts()) {
        const LaunchConfig& launch = *part;
        if (c.section.slab && port_count(launch.port) && !launch.port.gaussian)
            error("launch: a slab takes a gaussian, a mode or a field of a slab");
        const bool height_given = launch.offset && !launch.offset->y.is_optimal();
        const bool x_sought = launch.offset && launch.offset->x.is_optimal();
        if (c.section.slab && launch.port.gaussian && (launch.port.gaussian->mfd_y || height_given || x_sought))
            error("launch: in a slab a gaussian has mfd_x, and at most an offset x that is a length");
        if (launch.mode && launch.formula.empty() && *launch.mode >= c.modes.count)
            error(fmt::format("launch mode {:g} is not among the modes that are looked for: modes.count is {}",
                              *launch.mode, c.modes.count));
    }
}

void check_propagation(const Case& c, const ConfigNode& root, Diagnostics& d) {
    const ConfigNode* node = root.find("propagation");
    if (!node || !c.propagation) return;
    const PropagationConfig& p = *c.propagation;
    const bool has_path = (c.mask && !c.mask->guides.empty() && !c.mask->guides[0].segments.empty()) ||
                          (c.index && !c.index->segments.empty());
    if (!node->find("length") && !has_path)
        d.error(node->span, "[propagation] the key \"length\" is missing",
                "a guide without segments has no length of its own");
    if (p.length && has_path)
        d.error(at(*node, "length"), "[propagation] length is already given by the segments of the path");
    if (p.step && c.length() > 1e8 * *p.step)
        d.error(at(*node, "step"), "[propagation] step is too short: more than 1e8 steps");
    if (p.edges == "transparent" && p.absorber)
        d.error(at(*node, "absorber"), "[propagation] a transparent boundary has no width");
    check_launch(c, *node, d);

    for (std::size_t i = 0; i < p.watch.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (p.watch[i].name == p.watch[j].name)
                d.error(at(*node, "watch"), fmt::format("[propagation] watch: two are called \"{}\"", p.watch[i].name));
}

}  // namespace

SourceSpan at(const ConfigNode& table, std::string_view key) {
    const ConfigNode::Member* member = table.find_member(key);
    return member ? member->key_span : table.span;
}

int port_count(const PortConfig& port) {
    return !port.fiber.empty() + !port.chip.empty() + port.gaussian.has_value() + port.step_index.has_value() +
           port.wire.has_value();
}

void check_case(const Case& c, const ConfigNode& root, Diagnostics& d) {
    check_tables(c, root, d);
    check_width(c, root, d);
    check_index_path(c, root, d);
    check_boxes(c, root, d);
    check_modes(c, root, d);
    check_mask(c, root, d);
    check_guides(c, root, d);
    check_yield(c, root, d);
    check_wires(c, root, d);
    check_step_masks(c, root, d);
    check_propagation(c, root, d);
}

}  // namespace vitral::config
