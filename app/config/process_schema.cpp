#include "app/config/process_schema.hpp"

#include <algorithm>

#include "app/config/case_rules.hpp"
#include "core/units.hpp"

namespace vitral::config {
namespace {

/// A quantity, or its course in time: [["0 min", "280 degC"], ["10 min", "250 degC"]], linear in between.
Row<RecipeStep> schedule(std::string key, Schedule RecipeStep::*member, Dimension dimension, Bounds bounds,
                         std::string help) {
    return {std::move(key),
            std::move(help) +
                " Either a single value, or a list of [time, value] pairs with linear interpolation; the "
                "time counts from the start of the step.",
            false,
            {{"oneOf", {rows::quantity_type(dimension), {{"type", "array"}, {"items", {{"type", "array"}}}}}}},
            [=](const ConfigNode& node, RecipeStep& step, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::array) {
                    if (const auto value = rows::read_quantity(node, dimension, bounds, d, where))
                        step.*member = Schedule(*value);
                    return;
                }
                std::vector<std::pair<double, double>> points;
                for (const ConfigNode& item : node.items) {
                    if (item.type != ConfigNode::Type::array || item.items.size() != 2)
                        return d.error(item.span, where + ": a point of a schedule is [time, value]");
                    const auto time = rows::read_quantity(item.items[0], Dimension::time, between(0.0, 1e9), d, where);
                    const auto value = rows::read_quantity(item.items[1], dimension, bounds, d, where);
                    if (!time || !value) return;
                    if (!points.empty() && *time <= points.back().first)
                        return d.error(item.span, where + ": the times of a schedule must ascend");
                    points.emplace_back(*time, *value);
                }
                if (points.empty()) return d.error(node.span, where + " is an empty list");
                step.*member = Schedule(std::move(points));
            },
            [=](const RecipeStep& step) {
                const auto& points = (step.*member).points;
                if (points.empty()) return Json();
                if (points.size() == 1) return rows::si_text(points[0].second, dimension);
                Json list = Json::array();
                for (const auto& [time, value] : points)
                    list.push_back({rows::si_text(time, Dimension::time), rows::si_text(value, dimension)});
                return list;
            }};
}

/// Another mask from this step on.
Row<RecipeStep> openings_row() {
    static const Schema<Opening> opening(
        "openings",
        {quantity("x", &Opening::center, Dimension::length, {}, "x of the centre of the opening.").require(),
         quantity("width", &Opening::width, Dimension::length, between(1e-8, 0.01), "Width of the opening.")
             .require()});
    return {"openings",
            "Openings of a new mask that replaces the previous one from this step on: a list of { x, width }. By "
            "default the mask stays the same.",
            false,
            {{"type", "array"}, {"items", opening.json_schema()}},
            [](const ConfigNode& node, RecipeStep& step, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::array) return rows::wrong_type(node, d, where, "a list of tables");
                if (node.items.empty())
                    return d.error(node.span, where + " is empty: mask = \"none\" takes the mask off");
                step.openings.emplace();
                for (const auto& item : node.items) opening.read(item, step.openings->emplace_back(), d);
            },
            [](const RecipeStep& step) {
                if (!step.openings) return Json();
                Json list = Json::array();
                for (const Opening& o : *step.openings) list.push_back(opening.resolved(o));
                return list;
            }};
}

const char* const drives[] = {"voltage", "current", "current_density"};

void check_keys(const RecipeStep& s, const ConfigNode& t, Diagnostics& d) {
    const auto needs = [&](const char* key) {
        if (!t.find(key)) d.error(t.span, fmt::format("[[process]] the key \"{}\" is missing in this step", key));
    };
    const auto forbids = [&](const char* key, const char* why) {
        if (t.find(key)) d.error(at(t, key), fmt::format("[[process]] {} does not belong to this step: {}", key, why));
    };
    if (!t.find("step")) return;
    if (s.kind == StepKind::anneal) {
        for (const char* key : {"ion", "melt", "surface_fraction", "melt_fraction", "melt_depth", "surface_rate",
                                "film_thickness", "voltage", "current", "current_density"})
            forbids(key, "an anneal is dry, nothing touches the surface");
        return;
    }
    needs("ion");
    if (s.kind == StepKind::exchange)
        for (const char* key : drives)
            forbids(key, key == drives[0] ? "with a voltage it is \"field-assisted\""
                                          : "with a current it is \"field-assisted\"");
    if (s.kind == StepKind::film) {
        needs("film_thickness");
        for (const char* key : {"melt", "surface_fraction", "melt_fraction", "melt_depth", "surface_rate"})
            forbids(key, "a film is no melt");
    } else {
        forbids("film_thickness", "it belongs to a \"film\"");
    }
    if (s.kind == StepKind::field_assisted || s.kind == StepKind::film) {
        int given = 0;
        for (const char* key : drives) given += t.find(key) != nullptr;
        if (given == 0)
            d.error(t.span, "[[process]] the key \"voltage\" is missing in this step",
                    "or current, or current_density");
        if (given > 1)
            d.error(t.span, "[[process]] a field takes one of voltage, current and current_density, not several");
        const Schedule* const values[] = {&s.voltage, &s.current, &s.current_density};
        for (std::size_t i = 0; i < 3; ++i)
            if (values[i]->is_set() && values[i]->largest() == 0.0)
                d.error(at(t, drives[i]),
                        fmt::format("[[process]] {} is 0: without field the step is an \"exchange\"", drives[i]));
    }
    if (s.kind == StepKind::film && std::any_of(s.voltage.points.begin(), s.voltage.points.end(),
                                                [](const auto& point) { return point.second < 0.0; }))
        d.error(at(t, "voltage"), "[[process]] a film is driven in by a positive voltage");
    if (t.find("surface_fraction") && t.find("melt_fraction"))
        d.error(at(t, "melt_fraction"), "[[process]] surface_fraction already says what the melt holds the surface at");
    if (t.find("melt_depth") && !t.find("melt_fraction"))
        d.error(at(t, "melt_depth"), "[[process]] melt_depth needs melt_fraction: only then is the melt used up");
    if (t.find("openings") && s.mask == MaskUse::none)
        d.error(at(t, "openings"), "[[process]] openings and mask = \"none\" exclude each other");
    for (const Schedule* schedule_of : {&s.temperature, &s.voltage, &s.current, &s.current_density})
        if (schedule_of->points.size() > 1 && schedule_of->points.back().first > s.duration * (1.0 + 1e-9) &&
            s.duration > 0.0)
            d.error(t.span, "[[process]] a schedule goes on after the end of the step");
}

}  // namespace

const Schema<RecipeStep>& process_schema() {
    static const Schema<RecipeStep> schema =
        Schema<RecipeStep>(
            "[[process]]",
            {choice("step", &RecipeStep::kind,
                    {{"exchange", StepKind::exchange},
                     {"field-assisted", StepKind::field_assisted},
                     {"film", StepKind::film},
                     {"anneal", StepKind::anneal}},
                    "Kind of step: exchange in a melt without a field, field-assisted exchange in a melt, a metal "
                    "film driven in by a field, or an anneal with nothing on the surface.")
                 .require(),
             text(
                 "ion", &RecipeStep::ion,
                 "Chemical symbol of the ion that the melt or the film supplies: an incoming ion of the glass's "
                 "record, such "
                 "as \"Ag\" or \"K\", or the glass's own ion, \"Na\", to bury a guide. Required, except in an anneal."),
             text("melt", &RecipeStep::melt,
                  "Description of the melt, for documentation only. The calculation uses surface_fraction or "
                  "melt_fraction."),
             number("surface_fraction", &RecipeStep::surface_fraction, between(0.0, 1.0),
                    "Fraction of the exchangeable sites at the open surface that the incoming ion occupies. A melt "
                    "with an "
                    "incoming ion needs either this key or melt_fraction."),
             number("melt_fraction", &RecipeStep::melt_fraction, between(0.0, 1.0),
                    "Cation fraction of the ion in the melt. The fraction at the glass surface follows from the "
                    "equilibrium given in the glass's record."),
             quantity("melt_depth", &RecipeStep::melt_depth, Dimension::length, positive(),
                      "Depth of the melt above the section, for a melt that is depleted by the exchange. Default: the "
                      "composition of the melt does not change."),
             quantity("surface_rate", &RecipeStep::surface_rate, Dimension::velocity, positive(),
                      "Rate constant k_s of the surface reaction: the flux into the glass is k_s (C_eq - C), C being "
                      "the fraction at the surface and C_eq its equilibrium value. Default: the surface is always in "
                      "equilibrium with the melt."),
             schedule("temperature", &RecipeStep::temperature, Dimension::temperature,
                      between(celsius(0.0), celsius(1000.0)),
                      "Temperature of the melt or the oven (degC, K), which determines the diffusivities by the "
                      "Arrhenius law. Here "
                      "and for voltage and current: one value, or a list of [time, value] pairs.")
                 .require(),
             quantity("duration", &RecipeStep::duration, Dimension::time, positive(), "Duration of the step.")
                 .require(),
             schedule("voltage", &RecipeStep::voltage, Dimension::voltage, between(-1e5, 1e5),
                      "Potential (V, mV, kV) of the surface minus that of the back of the glass; a positive voltage "
                      "drives the "
                      "ions into the glass."),
             schedule("current", &RecipeStep::current, Dimension::current_per_length, between(0.0, 1e6),
                      "Current into the glass per length of guide (A/m, mA/mm, uA/cm), summed over all openings of the "
                      "section."),
             schedule("current_density", &RecipeStep::current_density, Dimension::current_density, between(0.0, 1e9),
                      "Current into the glass per area of the openings (A/m^2, mA/cm^2, uA/mm^2): the current per "
                      "length divided by the total "
                      "width of all openings."),
             quantity("film_thickness", &RecipeStep::film_thickness, Dimension::length, positive(),
                      "Thickness of the metal film; required in a film step. The field drives its ions into the glass "
                      "until the film is used "
                      "up."),
             choice("mask", &RecipeStep::mask, {{"keep", MaskUse::keep}, {"none", MaskUse::none}},
                    "Whether the mask is on the glass during this step (\"keep\") or not (\"none\")."),
             openings_row()})
            .check(check_keys);
    return schema;
}

}  // namespace vitral::config
