#include <algorithm>
#include <cmath>

#include "app/results/rows.hpp"

namespace vitral::results {
namespace {

using exchange::Exchange;
using exchange::StepReport;
using stages::ProcessView;
using stages::WavelengthResult;

/// The cells whose centres lie in the section; a half that was computed is shown whole.
struct ShownCells {
    std::vector<double> x, y;
    std::vector<std::size_t> columns;  ///< of the mesh, in the order of x
    std::size_t first_row = 0;
    explicit ShownCells(const ProcessView& view) {
        const Exchange& e = *view.exchange;
        const auto &all_x = e.mesh.x_centers(), &all_y = e.mesh.y_centers();
        const Window& w = view.section;
        if (e.mirrored)
            for (std::size_t i = all_x.size(); i-- > 0;)
                if (-all_x[i] >= w.left) {
                    x.push_back(-all_x[i]);
                    columns.push_back(i);
                }
        for (std::size_t i = 0; i < all_x.size(); ++i)
            if (all_x[i] >= w.left && all_x[i] <= w.right) {
                x.push_back(all_x[i]);
                columns.push_back(i);
            }
        while (first_row + 1 < all_y.size() && all_y[first_row] < w.bottom) ++first_row;
        y.assign(all_y.begin() + static_cast<std::ptrdiff_t>(first_row), all_y.end());
    }
};

/// What the exchange is with the section that it is shown in.
struct Sample {
    const ProcessView* view;
    const Exchange* e;
    bool named;  ///< whether its arrays are named only
    [[nodiscard]] const StepReport& last() const { return e->steps.back(); }
};

Value concentration(const Sample& s) {
    if (s.named) return InFile{};
    const ShownCells shown(*s.view);
    const auto nx = static_cast<std::size_t>(s.e->mesh.nx()), ny = static_cast<std::size_t>(s.e->mesh.ny());
    std::vector<double> c;
    for (std::size_t ion = 0; ion < s.e->ions.size(); ++ion)
        for (std::size_t iy = shown.first_row; iy < ny; ++iy)
            for (const std::size_t ix : shown.columns) c.push_back(s.e->c[ion * s.e->mesh.size() + iy * nx + ix]);
    return c;
}

Value surface_concentration(const Sample& s) {
    if (s.named) return InFile{};
    const ShownCells shown(*s.view);
    const auto nx = static_cast<std::size_t>(s.e->mesh.nx());
    std::vector<double> wall;
    for (std::size_t ion = 0; ion < s.e->ions.size(); ++ion)
        for (const std::size_t ix : shown.columns) wall.push_back(s.e->wall[ion * nx + ix]);
    return wall;
}

double all_ions(const Sample& s) {
    double ions = 0.0;
    for (const double dose : s.last().dose) ions += dose;
    return ions;
}

std::vector<RowOf<Sample>> sample_rows() {
    return {
        {{"ions", "", {"ion"}, "Incoming ions, in the order of the recipe."},
         [](const Sample& s) { return Value(s.e->ions); }},
        {{"peak_concentration",
          "1",
          {},
          "Largest concentration of the first ion after the last step, as a fraction of "
          "the exchangeable sites."},
         [](const Sample& s) { return Value(s.last().peak); }},
        {{"peak_depth", "m", {}, "Depth of that peak below the surface.", "", "peak depth"},
         [](const Sample& s) { return Value(s.last().peak_depth); }},
        {{"dose", "m^2", {}, "Integral of the first ion's concentration over the cross-section, after the last step."},
         [](const Sample& s) { return Value(s.last().dose[0]); }},
        {{"exchanged_ions_per_length",
          "1/m",
          {},
          "Number of exchanged ions per length of guide.",
          "The glass's record states its cation density."},
         [](const Sample& s) {
             return s.view->cation_density ? Value(all_ions(s) * *s.view->cation_density) : Value();
         }},
        {{"exchanged_ions_per_area",
          "1/m^2",
          {},
          "Number of exchanged ions per area of the surface.",
          "There is no mask, and the glass's record states its cation density."},
         [](const Sample& s) {
             return s.view->cation_density && s.e->mesh.nx() == 1
                        ? Value(all_ions(s) * *s.view->cation_density / s.e->mesh.dx(0))
                        : Value();
         }},
        {{"haven",
          "1",
          {},
          "Haven factor of the first ion. The current that flows under a given voltage is "
          "inversely proportional to it.",
          "At least one step prescribes a voltage."},
         [](const Sample& s) { return optional_value(s.view->haven); }},
        {{"concentration_at_section_edge",
          "1",
          {},
          "Largest concentration on the sides and the bottom of the section, relative to the peak."},
         [](const Sample& s) { return Value(s.e->far_edge); }},
        {{"concentration",
          "1",
          {"ion", "y", "x"},
          "Concentration of every ion after the last step, as a fraction of the "
          "exchangeable sites."},
         concentration},
        {{"surface_concentration", "1", {"ion", "x"}, "The same concentration at the surface y = 0."},
         surface_concentration}};
}

struct Step {
    const StepReport* report;
    const Exchange* e;
    [[nodiscard]] bool has_field() const { return report->account.largest_current > 0.0; }
    [[nodiscard]] Value with_field(double value) const { return has_field() ? Value(value) : Value(); }
    template <typename Member>
    [[nodiscard]] Value heating(Member member) const {
        return report->heating ? Value((*report->heating).*member) : Value();
    }
};

const char* const with_a_field = "A field is applied in the step.";

/// Doses, balances and what the field did.
std::vector<RowOf<Step>> balance_rows() {
    return {
        {{"dose", "m^2", {}, "Integral of the first ion's concentration over the cross-section, after the step."},
         [](const Step& s) { return Value(s.report->dose[0]); }},
        {{"doses", "m^2", {"ion"}, "The same of every ion."},
         [](const Step& s) {
             NamedNumbers doses;
             for (std::size_t i = 0; i < s.e->ions.size(); ++i) doses.emplace_back(s.e->ions[i], s.report->dose[i]);
             return Value(doses);
         }},
        {{"peak_concentration",
          "1",
          {},
          "Largest concentration at the end of the step, of the first ion of the recipe that is in the glass by then."},
         [](const Step& s) { return Value(s.report->peak); }},
        {{"peak_depth", "m", {}, "Depth of that peak below the surface."},
         [](const Step& s) { return Value(s.report->peak_depth); }},
        {{"mass_imbalance",
          "1",
          {},
          "Error of the mass balance. For every ion the change of its dose is compared with the amount that entered "
          "through the boundary; the value is the largest difference of all ions, divided by the largest dose.",
          "",
          "mass balance error",
          2},
         [](const Step& s) { return Value(s.report->mass_imbalance); }},
        {{"charge_imbalance",
          "1",
          {},
          "Error of the charge balance: difference between the currents into and out of "
          "the glass, relative to the current.",
          with_a_field},
         [](const Step& s) { return s.with_field(s.report->account.charge_imbalance); }},
        {{"lowest_concentration", "1", {}, "Lowest concentration during the step.", "", "lowest concentration", 3},
         [](const Step& s) { return Value(s.report->account.lowest); }},
        {{"highest_concentration", "1", {}, "Highest concentration during the step.", "", "highest concentration", 4},
         [](const Step& s) { return Value(s.report->account.highest); }},
        {{"largest_voltage", "V", {}, "Largest voltage over the glass during the step.", with_a_field},
         [](const Step& s) { return s.with_field(s.report->account.largest_voltage); }},
        {{"charge_per_length",
          "C/m",
          {},
          "Charge that has passed through the glass, per length of guide.",
          "A field is applied in the step, and the glass's record states its cation density."},
         [](const Step& s) {
             return s.has_field() && s.report->charge_per_length > 0.0 ? Value(s.report->charge_per_length) : Value();
         }},
        {{"opening_conductances",
          "1",
          {"opening"},
          "Conductance of each opening per length of guide, at the end of the step: its current divided by the voltage "
          "and "
          "by the conductivity of the fresh glass.",
          with_a_field},
         [](const Step& s) { return s.has_field() ? Value(s.report->conductances) : Value(); }}};
}

/// The Joule heat of the step, for a slab of the glass.
std::vector<RowOf<Step>> heating_rows() {
    const std::string heat =
        "A field is applied in the step, and the glass's record states the cation density and the thermal "
        "conductivity.";
    return {{{"joule_heating.power_density",
              "W/m^3",
              {},
              "Joule heat per volume, estimated for a slab of the glass whose whole surface is "
              "open.",
              heat},
             [](const Step& s) { return s.heating(&exchange::JouleHeating::power_density); }},
            {{"joule_heating.temperature_rise",
              "K",
              {},
              "Temperature in the middle of this slab above that of its faces.",
              heat},
             [](const Step& s) { return s.heating(&exchange::JouleHeating::temperature_rise); }},
            {{"joule_heating.runaway_parameter",
              "1",
              {},
              "Frank-Kamenetskii parameter of this slab, which tells how close it is to "
              "thermal runaway.",
              heat},
             [](const Step& s) { return s.heating(&exchange::JouleHeating::runaway); }},
            {{"joule_heating.runaway_limit",
              "1",
              {},
              "Value of the Frank-Kamenetskii parameter above which the temperature of the "
              "slab runs away.",
              heat},
             [](const Step& s) { return s.report->heating ? Value(exchange::runaway_limit) : Value(); }}};
}

/// The film, the melt and the numerics of the step.
std::vector<RowOf<Step>> course_rows() {
    return {
        {{"film_used_up_at",
          "s",
          {},
          "Time after the start of the step at which the film was used up.",
          "The step has a film, and the film was used up."},
         [](const Step& s) { return s.report->account.film_end >= 0.0 ? Value(s.report->account.film_end) : Value(); }},
        {{"melt_fraction_at_end",
          "1",
          {},
          "Cation fraction of the ion in the melt at the end of the step.",
          "The exchange depletes the melt (`melt_depth`)."},
         [](const Step& s) { return optional_value(s.report->melt_fraction_end); }},
        {{"cells", "1", {}, "Number of cells of the last mesh of the step."},
         [](const Step& s) { return Value(static_cast<std::int64_t>(s.report->cells)); }},
        {{"meshes", "1", {}, "Number of meshes that the step used, one after the other."},
         [](const Step& s) { return Value(static_cast<std::int64_t>(s.report->account.meshes)); }},
        {{"time_steps", "1", {}, "Number of time steps."},
         [](const Step& s) { return Value(static_cast<std::int64_t>(s.report->account.steps)); }},
        {{"rejected_steps", "1", {}, "Number of time steps that were rejected and repeated with a smaller step."},
         [](const Step& s) { return Value(static_cast<std::int64_t>(s.report->account.rejected)); }}};
}

std::vector<RowOf<Step>> step_rows() { return joined<RowOf<Step>>({balance_rows(), heating_rows(), course_rows()}); }

std::vector<RowOf<ProcessView>> view_rows() {
    return {{{"surface_index_change", "1", {}, "Largest rise of the index at the surface, for scalar light."},
             [](const ProcessView& v) { return Value(v.surface_index_change); }},
            {{"peak_index_change",
              "1",
              {},
              "Largest rise of the index in all of the section, for scalar light.",
              "",
              "largest",
              5},
             [](const ProcessView& v) { return Value(v.peak_index_change); }},
            {{"largest_birefringence",
              "1",
              {},
              "Birefringence n_y - n_x of largest magnitude in the section, n_x and n_y being "
              "the indices for light polarised along x and along y.",
              "An incoming ion causes stress, and the index was computed."},
             [](const ProcessView& v) { return optional_value(v.largest_birefringence); }}};
}

template <typename T>
using Items = std::optional<std::vector<T>>;

std::vector<AxisInfo> sample_axes(const WavelengthResult& w) {
    const ShownCells shown(*w.process);
    const Exchange& e = *w.process->exchange;
    return {{"ion", "", "incoming ion", {}, e.ions},
            {"y", "m", "height of the cell centres; the surface is y = 0", shown.y},
            {"x", "m", "lateral position of the cell centres", shown.x}};
}

std::vector<AxisInfo> step_axes(const WavelengthResult& w) {
    const Exchange& e = *w.process->exchange;
    std::size_t most = 0;
    for (const StepReport& step : e.steps) most = std::max(most, step.conductances.size());
    std::vector<double> openings;
    for (std::size_t i = 0; i < most; ++i) openings.push_back(static_cast<double>(i));
    return {{"ion", "", "incoming ion", {}, e.ions}, {"opening", "1", "number of the opening", openings}};
}

}  // namespace

std::vector<Group> process_groups() {
    std::vector<Group> list;
    list.push_back(make_group<Sample>(
        {.name = "process",
         .item = "",
         .words = "The glass after the recipe.",
         .of_wavelength = false,
         .rows = {},
         .fill = {}},
        sample_rows(),
        [](const WavelengthResult& w, Fields fields) -> Items<Sample> {
            if (!w.process) return {};
            return std::vector<Sample>{{&*w.process, w.process->exchange.get(), fields == Fields::named}};
        },
        sample_axes));
    list.push_back(make_group<Step>(
        {.name = "process.steps",
         .item = "step",
         .words = "The recipe step by step.",
         .of_wavelength = false,
         .rows = {},
         .fill = {}},
        step_rows(),
        [](const WavelengthResult& w, Fields) -> Items<Step> {
            if (!w.process) return {};
            std::vector<Step> steps;
            for (const StepReport& step : w.process->exchange->steps)
                steps.push_back({&step, w.process->exchange.get()});
            return steps;
        },
        step_axes));
    list.push_back(make_group<ProcessView>({.name = "process",
                                            .title = "index change",
                                            .item = "",
                                            .words = "Index change of the exchanged glass at this wavelength.",
                                            .rows = {},
                                            .fill = {}},
                                           view_rows(), [](const WavelengthResult& w, Fields) -> Items<ProcessView> {
                                               if (!w.process) return {};
                                               return std::vector<ProcessView>{*w.process};
                                           }));
    return list;
}

}  // namespace vitral::results
