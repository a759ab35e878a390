#include "app/results/rows.hpp"
#include "solver/coupling/overlap.hpp"
#include "solver/propagation/capabilities.hpp"

namespace vitral::results {
namespace {

using stages::PropagationRecords;
using stages::PropagationResult;
using stages::WavelengthResult;

/// The propagation with the grid that its arrays lie on.
struct Item {
    const PropagationResult* p;
    [[nodiscard]] bool slab() const { return p->grid.is_slab(); }
};

Value last_of(const std::vector<double>& list) { return list.empty() ? Value() : Value(list.back()); }

std::vector<double> joined(const std::vector<std::vector<double>>& lists) {
    std::vector<double> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

RowOf<Item> number(std::string name, std::string unit, double PropagationResult::*member, std::string words,
                   std::string shown = {}) {
    return {{std::move(name), std::move(unit), {}, std::move(words), "", std::move(shown)},
            [member](const Item& i) { return Value(i.p->*member); }};
}
RowOf<Item> removed(const char* name, double propagation::RemovedPower::*member, double propagation::Edges::*width,
                    std::string words) {
    return {{std::string("removed.") + name, "1", {}, std::move(words), width ? "That edge is open." : ""},
            [member, width](const Item& i) {
                return width == nullptr || i.p->edges.*width > 0.0 ? Value(i.p->removed.*member) : Value();
            }};
}
RowOf<Item> along(std::string name, std::string unit, std::vector<double> PropagationRecords::*member, std::string words,
                  std::string when = {}) {
    return {{std::move(name), std::move(unit), {"z"}, std::move(words), std::move(when)},
            [member](const Item& i) {
                return view_value(i.p->along.*member);
            }};
}
RowOf<Item> at_end(std::string name, std::vector<double> PropagationRecords::*member, std::string words,
                   std::string when = {}) {
    return {{std::move(name), "m", {}, std::move(words), std::move(when)},
            [member](const Item& i) { return last_of(i.p->along.*member); }};
}

void add(std::vector<RowOf<Item>>& to, std::vector<RowOf<Item>> rows) {
    for (auto& row : rows) to.push_back(std::move(row));
}

std::vector<RowOf<Item>> answer_rows() {
    const std::string excited = "The launch excites the mode, and the guide has it at its end.";
    return {
        number("length", "m", &PropagationResult::length, "Length along z.", "length"),
        {{"transmission", "1", {}, "Power of the launched mode at the end over its power at z = 0.", excited, "transmission"},
         [](const Item& i) { return optional_value(i.p->transmission); }},
        {{"loss_dB", "dB", {}, "The same as a loss.", excited, "propagation loss", 3},
         [](const Item& i) {
             return i.p->transmission ? finite_value(coupling::loss_dB(*i.p->transmission)) : Value();
         }},
        {{"launched_mode", "1", {}, "Number of that mode; the fundamental one where a port or a file launches.", "", "of mode"},
         [](const Item& i) { return Value(static_cast<std::int64_t>(i.p->launched_mode)); }},
        {{"mode_power", "1", {"mode"}, "Power in the guided modes of the end."},
         [](const Item& i) {
             std::vector<double> powers;
             for (const auto& power : i.p->along.mode_power) powers.push_back(power.back());
             return Value(powers);
         }},
        {{"watch", "1", {"watched"}, "Power in the watched modes at the end.", "propagation.watch names modes.", "power in", 5},
         [](const Item& i) {
             NamedNumbers powers;
             for (std::size_t k = 0; k < i.p->watch.size(); ++k)
                 powers.emplace_back(i.p->watch[k], i.p->along.watch_power[k].back());
             return Value(powers);
         }},
        at_end("center_x", &PropagationRecords::center_x, "Centroid of |ψ|² along x at the end."),
        at_end("center_y", &PropagationRecords::center_y, "The same along y.", "It is no slab."),
        at_end("width_4sigma_x", &PropagationRecords::width_x, "Four standard deviations of |ψ|² along x at the end."),
        at_end("width_4sigma_y", &PropagationRecords::width_y, "The same along y.", "It is no slab.")};
}

std::vector<RowOf<Item>> balance_rows() {
    using propagation::Edges;
    using propagation::RemovedPower;
    return {
        number("launched_power", "1", &PropagationResult::launched, "Power at z = 0.", "launched power"),
        number("transmitted_power", "1", &PropagationResult::transmitted, "Power in the window at the end.", "transmitted"),
        {{"removed_power", "1", {}, "Power that has left the field on the way.", "", "removed"},
         [](const Item& i) { return Value(i.p->removed.total() + i.p->radiated); }},
        removed("left", &RemovedPower::left, &Edges::sides, "Of it, through the left edge."),
        removed("right", &RemovedPower::right, &Edges::sides, "Of it, through the right edge."),
        removed("bottom", &RemovedPower::bottom, &Edges::bottom, "Of it, through the bottom."),
        removed("top", &RemovedPower::top, &Edges::top, "Of it, through the top."),
        removed("absorbed", &RemovedPower::absorbed, nullptr, "Of it, absorbed in the glass."),
        removed("grid_waves", &RemovedPower::grid_waves, nullptr, "Of it, in waves too fine to propagate."),
        {{"removed.radiated", "1", {}, "Of it, beside the guided modes of a straight stretch and left there."},
         [](const Item& i) { return Value(i.p->radiated); }},
        {{"balance", "1", {}, "Largest |power + removed - launched| over the launched power at any record.", "", "balance", 2},
         [](const Item& i) { return Value(i.p->along.balance); }},
        {{"edges", "", {}, "How light leaves the window, in the config's word."},
         [](const Item& i) { return Value(std::string(propagation::word_of(i.p->edges.kind))); }},
        {{"edge_return", "1", {}, "Estimated share of the power that comes back from an edge, of light between the mode and the glass beside it.",
          "The edges are absorbing or matched layers."},
         [](const Item& i) { return optional_value(i.p->edge_return); }}};
}

std::vector<RowOf<Item>> march_rows() {
    return {
        {{"engine", "", {}, "Method, operator and order of the step.", "", "engine"},
         [](const Item& i) { return Value(i.p->engine); }},
        {{"points", "1", {"direction"}, "Points of the march's grid along x and y."},
         [](const Item& i) {
             return Value(std::vector<double>{static_cast<double>(i.p->grid.x.count),
                                              static_cast<double>(i.p->grid.y.count)});
         }},
        {{"graded", "1", {}, "Whether points lie farther apart away from the light."},
         [](const Item& i) { return Value(!i.p->grid.is_uniform()); }},
        {{"steps", "1", {}, "Steps taken.", "", "steps"},
         [](const Item& i) { return Value(static_cast<std::int64_t>(i.p->steps)); }},
        number("step", "m", &PropagationResult::dz, "The last step.", "the last of"),
        {{"step_error", "1", {}, "Estimated error of the watched powers by the step, share of the launched power.",
          "The step was chosen by the program.", "error of the powers by the step", 2},
         [](const Item& i) { return optional_value(i.p->step_error); }},
        {{"paraxial_error", "1", {}, "Estimated error of the paraxial operator on this path, share of the launched power.",
          "The slopes that light has to follow are known.", "error of a paraxial operator", 2},
         [](const Item& i) { return optional_value(i.p->paraxial_error); }},
        number("reference_index", "1", &PropagationResult::n_ref, "Reference index of the operator.")};
}

std::vector<RowOf<Item>> record_rows() {
    return {
        along("power", "1", &PropagationRecords::power, "Power in the window along z."),
        along("removed_along_z", "1", &PropagationRecords::removed, "Power that has left the field since the launch, along z."),
        along("center_x_along_z", "m", &PropagationRecords::center_x, "Centroid of |ψ|² along x, along z."),
        along("center_y_along_z", "m", &PropagationRecords::center_y, "The same along y.", "It is no slab."),
        along("width_4sigma_x_along_z", "m", &PropagationRecords::width_x, "Four standard deviations of |ψ|² along x, along z."),
        along("width_4sigma_y_along_z", "m", &PropagationRecords::width_y, "The same along y.", "It is no slab."),
        {{"mode_power_along_z", "1", {"mode", "z"}, "Power in the local guided modes along z."},
         [](const Item& i) { return Value(joined(i.p->along.mode_power)); }},
        {{"watch_along_z", "1", {"watched", "z"}, "Power in the watched modes along z.", "propagation.watch names modes."},
         [](const Item& i) { return i.p->watch.empty() ? Value() : Value(joined(i.p->along.watch_power)); }},
        {{"intensity_xz", "1/m^2", {"z", "x"}, "|ψ|² along x at the height intensity_y, along z; in a slab in 1/m."},
         [](const Item& i) { return view_value(i.p->along.intensity_xz); }},
        {{"intensity_y", "m", {}, "Height of intensity_xz.", "It is no slab."},
         [](const Item& i) { return i.slab() ? Value() : Value(i.p->intensity_y); }},
        {{"field", "1/m", {"y", "x"}, "ψ at the end, its carrier exp(i k0 n_ref z) removed; in a slab in m^-1/2."},
         [](const Item& i) { return view_value(i.p->field.values); }}};
}

std::vector<AxisInfo> axes(const WavelengthResult& w) {
    const PropagationResult& p = *w.propagation;
    const Grid& g = p.field.grid;
    std::vector<double> modes;
    for (std::size_t m = 0; m < p.along.mode_power.size(); ++m) modes.push_back(static_cast<double>(m));
    std::vector<AxisInfo> list = {{"z", "m", "position along the guide", p.along.z},
                                  {"mode", "1", "number of the mode", modes},
                                  {"y", "m", "height above the glass surface", positions(g.y)},
                                  {"x", "m", "lateral position", positions(g.x)},
                                  {"direction", "", "direction across the guide", {}, {"x", "y"}}};
    if (!p.watch.empty()) list.push_back({"watched", "", "name of the watched mode", {}, p.watch});
    return list;
}

}  // namespace

std::vector<Group> propagation_groups() {
    std::vector<RowOf<Item>> rows = answer_rows();
    add(rows, balance_rows());
    add(rows, march_rows());
    add(rows, record_rows());
    std::vector<Group> list;
    list.push_back(make_group<Item>(
        {.name = "propagation", .item = "", .words = "Light along the guide.", .rows = {}, .fill = {}}, std::move(rows),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<Item>> {
            if (!w.propagation) return {};
            return std::vector<Item>{{&*w.propagation}};
        },
        axes));
    return list;
}

}  // namespace vitral::results
