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

RowOf<Item> number(std::string name, std::string unit, double PropagationResult::*member, std::string words,
                   std::string shown = {}) {
    return {{std::move(name), std::move(unit), {}, std::move(words), "", std::move(shown)},
            [member](const Item& i) { return Value(i.p->*member); }};
}
RowOf<Item> removed(const char* name, double propagation::RemovedPower::*member, double propagation::Edges::*width,
                    std::string words) {
    return {{std::string("removed.") + name,
             "1",
             {},
             std::move(words),
             width ? "This edge of the window lets light out." : ""},
            [member, width](const Item& i) {
                return width == nullptr || i.p->edges.*width > 0.0 ? Value(i.p->removed.*member) : Value();
            }};
}
RowOf<Item> along(std::string name, std::string unit, std::vector<double> PropagationRecords::*member,
                  std::string words, std::string when = {}) {
    return {{std::move(name), std::move(unit), {"z"}, std::move(words), std::move(when)},
            [member](const Item& i) { return view_value(i.p->along.*member); }};
}
RowOf<Item> at_end(std::string name, std::vector<double> PropagationRecords::*member, std::string words,
                   std::string when = {}) {
    return {{std::move(name), "m", {}, std::move(words), std::move(when)},
            [member](const Item& i) { return last_of(i.p->along.*member); }};
}

std::vector<RowOf<Item>> answer_rows() {
    const std::string excited = "The launch excites the mode, and the guide still has this mode at its end.";
    return {
        number("length", "m", &PropagationResult::length, "Length along z.", "length"),
        {{"transmission",
          "1",
          {},
          "Power of the launched mode at the end over its power at z = 0.",
          excited,
          "transmission"},
         [](const Item& i) { return optional_value(i.p->transmission); }},
        {{"loss_dB",
          "dB",
          {},
          "Propagation loss of this mode, -10 log10 of the transmission.",
          excited,
          "propagation loss",
          3},
         [](const Item& i) {
             return i.p->transmission ? finite_value(coupling::loss_dB(*i.p->transmission)) : Value();
         }},
        {{"loss_dB_error",
          "dB",
          {},
          "Error bar of the propagation loss: grid, exchange, step and operator.",
          "numerics.error_bars = true, and the loss is computed.",
          "+-",
          1},
         [](const Item& i) { return optional_value(i.p->loss_dB_error); }},
        {{"launched_mode",
          "1",
          {},
          "Number of the launched mode; if a port or a field from a file is launched, that "
          "of the fundamental mode.",
          "",
          "launched mode"},
         [](const Item& i) { return Value(static_cast<std::int64_t>(i.p->launched_mode)); }},
        {{"mode_power", "1", {"mode"}, "Power in each guided mode at the end."},
         [](const Item& i) {
             std::vector<double> powers;
             for (const auto& power : i.p->along.mode_power) powers.push_back(power.back());
             return Value(powers);
         }},
        {{"watch",
          "1",
          {"watched"},
          "Power in each watched mode at the end.",
          "propagation.watch lists modes.",
          "power in",
          5},
         [](const Item& i) {
             NamedNumbers powers;
             for (std::size_t k = 0; k < i.p->watch.size(); ++k)
                 powers.emplace_back(i.p->watch[k], i.p->along.watch_power[k].back());
             return Value(powers);
         }},
        at_end("center_x", &PropagationRecords::center_x, "Centroid of |ψ|² along x at the end."),
        at_end("center_y", &PropagationRecords::center_y, "The same along y.", "The section is not a slab."),
        at_end("width_4sigma_x", &PropagationRecords::width_x, "Four standard deviations of |ψ|² along x at the end."),
        at_end("width_4sigma_y", &PropagationRecords::width_y, "The same along y.", "The section is not a slab.")};
}

std::vector<RowOf<Item>> balance_rows() {
    using propagation::Edges;
    using propagation::RemovedPower;
    return {
        number("launched_power", "1", &PropagationResult::launched, "Power at z = 0.", "launched power"),
        number("transmitted_power", "1", &PropagationResult::transmitted, "Power in the window at the end.",
               "power at the end"),
        {{"removed_power",
          "1",
          {},
          "Power lost on the way: the sum of the contributions that follow.",
          "",
          "power lost on the way"},
         [](const Item& i) { return Value(i.p->removed.total() + i.p->radiated); }},
        removed("left", &RemovedPower::left, &Edges::sides, "Power lost through the left edge of the window."),
        removed("right", &RemovedPower::right, &Edges::sides, "Power lost through the right edge of the window."),
        removed("bottom", &RemovedPower::bottom, &Edges::bottom, "Power lost through the bottom of the window."),
        removed("top", &RemovedPower::top, &Edges::top, "Power lost through the top of the window."),
        removed("absorbed", &RemovedPower::absorbed, nullptr, "Power absorbed in the glass."),
        removed(
            "grid_waves", &RemovedPower::grid_waves, nullptr,
            "Power lost in evanescent waves, whose transverse wavenumber exceeds k = k0 n_ref: the wide-angle operator "
            "lets them decay."),
        {{"removed.radiated",
          "1",
          {},
          "Power of the weak radiation beside the guided modes of a straight guide, which was not propagated any "
          "further."},
         [](const Item& i) { return Value(i.p->radiated); }},
        {{"balance",
          "1",
          {},
          "Error of the power balance: the largest |power + lost power - launched power| "
          "of all records, divided by the launched power.",
          "",
          "power balance error",
          2},
         [](const Item& i) { return Value(i.p->along.balance); }},
        {{"edges", "", {}, "How light leaves the window, as named by propagation.edges in the config."},
         [](const Item& i) { return Value(std::string(propagation::word_of(i.p->edges.kind))); }},
        {{"edge_return",
          "1",
          {},
          "Estimated fraction of the power that an edge reflects, for light of transverse "
          "wavenumber k0 sqrt(n_eff² - n_b²), n_b being the index at the boundary of the window.",
          "The edges are absorbers or matched layers."},
         [](const Item& i) { return optional_value(i.p->edge_return); }}};
}

std::vector<RowOf<Item>> march_rows() {
    return {{{"engine", "", {}, "Method, operator and order of the propagation.", "", "method"},
             [](const Item& i) { return Value(i.p->engine); }},
            {{"points", "1", {"direction"}, "Number of grid points of the propagation along x and y."},
             [](const Item& i) {
                 return Value(std::vector<double>{static_cast<double>(i.p->grid.x.count),
                                                  static_cast<double>(i.p->grid.y.count)});
             }},
            {{"graded",
              "1",
              {},
              "Whether the grid of the propagation is coarser far from the light "
              "(propagation.grading)."},
             [](const Item& i) { return Value(!i.p->grid.is_uniform()); }},
            {{"steps", "1", {}, "Number of steps along z.", "", "steps"},
             [](const Item& i) { return Value(static_cast<std::int64_t>(i.p->steps)); }},
            number("step", "m", &PropagationResult::dz, "Size of the last step.", "last step"),
            {{"step_error",
              "1",
              {},
              "Estimated error of the recorded mode powers due to the step size, as a fraction of the launched power.",
              "The program chose the step.",
              "power error from the step size",
              2},
             [](const Item& i) { return optional_value(i.p->step_error); }},
            {{"paraxial_error",
              "1",
              {},
              "Estimated error that the paraxial operator makes (or would make) on this path, "
              "as a fraction of the launched power.",
              "The slopes of the guide along z are known.",
              "error of the paraxial operator",
              2},
             [](const Item& i) { return optional_value(i.p->paraxial_error); }},
            number("reference_index", "1", &PropagationResult::n_ref, "Reference index of the operator.")};
}

std::vector<RowOf<Item>> record_rows() {
    return {
        along("power", "1", &PropagationRecords::power, "Power in the window along z."),
        along("removed_along_z", "1", &PropagationRecords::removed, "Power lost since the launch, as a function of z."),
        along("center_x_along_z", "m", &PropagationRecords::center_x, "x of the centroid of |ψ|², as a function of z."),
        along("center_y_along_z", "m", &PropagationRecords::center_y, "y of the centroid of |ψ|², as a function of z.",
              "The section is not a slab."),
        along("width_4sigma_x_along_z", "m", &PropagationRecords::width_x,
              "Width 4σ of |ψ|² along x (four standard deviations), as a function of z."),
        along("width_4sigma_y_along_z", "m", &PropagationRecords::width_y, "The same width along y.",
              "The section is not a slab."),
        {{"mode_power_along_z",
          "1",
          {"mode", "z"},
          "Power in the guided modes of the local section, as a function of z."},
         [](const Item& i) { return Value(joined(i.p->along.mode_power)); }},
        {{"watch_along_z",
          "1",
          {"watched", "z"},
          "Power in each watched mode, as a function of z.",
          "propagation.watch lists modes."},
         [](const Item& i) { return i.p->watch.empty() ? Value() : Value(joined(i.p->along.watch_power)); }},
        {{"intensity_xz",
          "1/m^2",
          {"z", "x"},
          "|ψ|² as a function of z and x, at the height y = intensity_y. In a slab its "
          "unit is 1/m."},
         [](const Item& i) { return view_value(i.p->along.intensity_xz); }},
        {{"intensity_y", "m", {}, "Height y at which intensity_xz was recorded.", "The section is not a slab."},
         [](const Item& i) { return i.slab() ? Value() : Value(i.p->intensity_y); }},
        {{"field",
          "1/m",
          {"y", "x"},
          "Field ψ at the end, without the carrier exp(i k0 n_ref z). In a slab its unit "
          "is m^-1/2."},
         [](const Item& i) { return view_value(i.p->field.values); }}};
}

/// The same light by local modes.
std::vector<RowOf<Item>> local_modes_rows() {
    const std::string wanted = "propagation.local_modes is given, and the index is a formula of z.",
                      scanned = wanted + " It lists lengths.";
    using Result = stages::LocalModesResult;
    const auto of = [](auto read) {
        return [read](const Item& i) { return i.p->local_modes ? Value(read(*i.p->local_modes)) : Value(); };
    };
    const auto array = [](std::vector<double> Result::*member) {
        return [member](const Item& i) {
            return i.p->local_modes && !((*i.p->local_modes).*member).empty() ? Value((*i.p->local_modes).*member)
                                                                              : Value();
        };
    };
    return {
        {{"local_modes.power", "1", {"local_mode"}, "Power in each local mode at the end.", wanted},
         array(&Result::power)},
        {{"local_modes.stations", "1", {}, "Sections whose modes were found.", wanted},
         of([](const Result& r) { return std::int64_t{r.stations}; })},
        {{"local_modes.error", "1", {}, "Estimated error of an amplitude, by the distance of the stations.", wanted},
         of([](const Result& r) { return r.error; })},
        {{"local_modes.beside",
          "1",
          {},
          "Share of the power that the modes of one station do not pass on to those of the next, summed: what may have "
          "been radiated, and is not lost in these figures.",
          wanted},
         of([](const Result& r) { return r.beside; })},
        {{"local_modes.transfer",
          "1",
          {"local_mode", "device_length"},
          "Power in each local mode at the end of a device of each length.",
          scanned},
         array(&Result::transfer)},
        {{"local_modes.length_for_0_1_dB",
          "m",
          {},
          "Length from which on the launched mode loses less than 0.1 dB.",
          scanned + " The longest one loses less.",
          "length for 0.1 dB",
          4},
         [](const Item& i) { return i.p->local_modes ? optional_value(i.p->local_modes->length_01_dB) : Value(); }}};
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
    if (p.local_modes) {
        std::vector<double> local;
        for (std::size_t m = 0; m < p.local_modes->power.size(); ++m) local.push_back(static_cast<double>(m));
        list.push_back({"local_mode", "1", "number of the local mode", local});
        list.push_back({"device_length", "m", "length of the device", p.local_modes->lengths});
    }
    if (!p.watch.empty()) list.push_back({"watched", "", "name of the watched mode", {}, p.watch});
    return list;
}

}  // namespace

std::vector<Group> propagation_groups() {
    std::vector<Group> list;
    list.push_back(make_group<Item>(
        {.name = "propagation", .item = "", .words = "Light along the guide.", .rows = {}, .fill = {}},
        joined<RowOf<Item>>({answer_rows(), balance_rows(), march_rows(), record_rows(), local_modes_rows()}),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<Item>> {
            if (!w.propagation) return {};
            return std::vector<Item>{{&*w.propagation}};
        },
        axes));
    return list;
}

}  // namespace vitral::results
