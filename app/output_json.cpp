#include "app/output_json.hpp"

#include <fmt/core.h>

#include <cmath>

#include "app/case_schema.hpp"
#include "app/element_output.hpp"
#include "app/io/quantity.hpp"
#include "app/mode_shape_json.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::app {
namespace {

using Json = nlohmann::ordered_json;

Json optional(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
/// Infinite decibels (no light at all) are no JSON number.
Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json decibels(double reflection) { return reflection > 0.0 ? Json(-10.0 * std::log10(reflection)) : Json(); }

Json step_json(const exchange::StepReport& step, const std::vector<std::string>& ions) {
    const bool has_field = step.account.largest_current > 0.0;
    Json doses = Json::object();
    for (std::size_t i = 0; i < ions.size(); ++i) doses[ions[i]] = step.dose[i];
    const auto with_field = [&](double value) { return has_field ? Json(value) : Json(); };
    Json heating;
    if (step.heating)
        heating = {{"power_density", step.heating->power_density},
                   {"temperature_rise", step.heating->temperature_rise},
                   {"runaway_parameter", step.heating->runaway},
                   {"runaway_limit", exchange::runaway_limit}};
    return {{"dose", step.dose[0]},
            {"doses", std::move(doses)},
            {"peak_concentration", step.peak},
            {"peak_depth", step.peak_depth},
            {"mass_imbalance", step.mass_imbalance},
            {"charge_imbalance", with_field(step.account.charge_imbalance)},
            {"lowest_concentration", step.account.lowest},
            {"highest_concentration", step.account.highest},
            {"largest_voltage", with_field(step.account.largest_voltage)},
            {"charge_per_length", has_field && step.charge_per_length > 0.0 ? Json(step.charge_per_length) : Json()},
            {"opening_conductances", has_field ? Json(step.conductances) : Json()},
            {"joule_heating", std::move(heating)},
            {"film_used_up_at", step.account.film_end >= 0.0 ? Json(step.account.film_end) : Json()},
            {"melt_fraction_at_end", optional(step.melt_fraction_end)},
            {"cells", step.cells},
            {"meshes", step.account.meshes},
            {"time_steps", step.account.steps},
            {"rejected_steps", step.account.rejected}};
}

/// Largest n_y - n_x of the section, by size.
Json birefringence(const WavelengthResult& light) {
    if (!light.index_x || !light.index_y) return {};
    double largest = 0.0;
    for (std::size_t i = 0; i < light.index_x->values.size(); ++i)
        if (const double b = light.index_y->values[i] - light.index_x->values[i]; std::abs(b) > std::abs(largest))
            largest = b;
    return largest;
}

Json process_json(const RunResult& result, const WavelengthResult& light) {
    if (!result.process) return {};
    const auto& process = *result.process;
    const auto& last = process.steps.back();
    Json list = Json::array();
    for (const auto& step : process.steps) list.push_back(step_json(step, process.ions));
    double ions = 0.0;
    for (const double dose : last.dose) ions += dose;
    return {{"surface_index_change", optional(light.surface_index_change)},
            {"peak_index_change", optional(light.peak_index_change)},
            {"largest_birefringence", birefringence(light)},
            {"peak_depth", last.peak_depth},
            {"peak_concentration", last.peak},
            {"dose", last.dose[0]},
            {"ions", process.ions},
            {"exchanged_ions_per_area", result.cation_density && process.mesh.nx() == 1
                                            ? Json(ions * *result.cation_density / result.section_width)
                                            : Json()},
            {"exchanged_ions_per_length", result.cation_density ? Json(ions * *result.cation_density) : Json()},
            {"haven", result.haven ? Json(*result.haven) : Json()},
            {"concentration_at_section_edge", process.far_edge},
            {"steps", std::move(list)}};
}

Json modes_json(const WavelengthResult& light, const std::string& polarization) {
    if (!light.modes_computed) return {};
    Json list = Json::array();
    for (const ModeResult& m : light.modes) {
        Json mode = {{"n_eff", m.n_eff},
                     {"n_eff_imag", nullptr},
                     {"n_group", m.n_group},
                     {"polarization", polarization},
                     {"te_fraction", nullptr}};
        add_shape(mode, m.figures, light.index.grid.is_slab());
        mode["loss_dB_per_cm"] = nullptr;
        mode["absorption_dB_per_cm"] = m.absorption ? Json(*m.absorption * 0.1 / std::log(10.0)) : Json();
        mode["residual"] = m.residual;
        list.push_back(std::move(mode));
    }
    return list;
}

Json propagation_json(const WavelengthResult& light) {
    if (!light.propagation) return {};
    const PropagationResult& p = *light.propagation;
    Json mode_power = Json::array();
    for (const auto& power : p.along.mode_power) mode_power.push_back(power.back());
    const auto if_open = [](double width, double power) { return width > 0.0 ? Json(power) : Json(); };
    Json watch = Json::object();
    for (std::size_t k = 0; k < p.watch.size(); ++k) watch[p.watch[k]] = p.along.watch_power[k].back();
    return {{"length", p.length},
            {"transmission", optional(p.transmission)},
            {"loss_dB", p.transmission ? finite(coupling::loss_dB(*p.transmission)) : Json()},
            {"launched_mode", p.launched_mode},
            {"mode_power", std::move(mode_power)},
            {"watch", std::move(watch)},
            {"center_x", p.along.center_x.back()},
            {"center_y", p.along.center_y.empty() ? Json() : Json(p.along.center_y.back())},
            {"width_4sigma_x", p.along.width_x.back()},
            {"width_4sigma_y", p.along.width_y.empty() ? Json() : Json(p.along.width_y.back())},
            {"launched_power", p.launched},
            {"transmitted_power", p.transmitted},
            {"removed_power", p.removed.total() + p.radiated},
            {"removed",
             {{"left", if_open(p.edges.sides, p.removed.left)},
              {"right", if_open(p.edges.sides, p.removed.right)},
              {"bottom", if_open(p.edges.bottom, p.removed.bottom)},
              {"top", if_open(p.edges.top, p.removed.top)},
              {"absorbed", p.removed.absorbed},
              {"grid_waves", p.removed.grid_waves},
              {"radiated", p.radiated}}},
            {"balance", p.along.balance},
            {"edges", word_of(p.edges.kind)},
            {"edge_return", optional(p.edge_return)},
            {"engine", p.engine},
            {"points", {p.grid.x.count, p.grid.y.count}},
            {"graded", !p.grid.is_uniform()},
            {"steps", p.steps},
            {"step", p.dz},
            {"step_error", optional(p.step_error)},
            {"paraxial_error", optional(p.paraxial_error)},
            {"reference_index", p.n_ref}};
}

Json misalignment_json(const CouplingResult& r) {
    if (!r.misalignment) return {};
    const MisalignmentResult& map = *r.misalignment;
    const auto rows = [&](const std::vector<double>& values) {
        Json list = Json::array();
        for (std::size_t j = 0; j * map.x.size() < values.size(); ++j)
            list.push_back(std::vector(values.begin() + static_cast<std::ptrdiff_t>(j * map.x.size()),
                                       values.begin() + static_cast<std::ptrdiff_t>((j + 1) * map.x.size())));
        return list;
    };
    return {{"x", map.x},
            {"y", map.y},
            {"efficiency", rows(map.efficiency)},
            {"transmission", map.transmission.empty() ? Json() : rows(map.transmission)}};
}

Json coupling_json(const WavelengthResult& light) {
    Json list = Json::array();
    for (const CouplingResult& r : light.coupling)
        list.push_back({{"at", r.at},
                        {"to", r.to},
                        {"efficiency", r.efficiency},
                        {"loss_dB", finite(r.loss_dB)},
                        {"reflection_dB", decibels(r.reflection)},
                        {"offset_x", r.offset_x},
                        {"offset_y", r.offset_y},
                        {"tolerance_1dB_x", optional(r.tolerance_1dB_x)},
                        {"tolerance_1dB_y", optional(r.tolerance_1dB_y)},
                        {"port_mfd", optional(r.port_mfd)},
                        {"misalignment", misalignment_json(r)},
                        {"data_sheet_mfd", optional(r.data_sheet_mfd)},
                        {"data_sheet_mfd_tolerance", optional(r.data_sheet_tolerance)}});
    return list;
}

Json link_json(const WavelengthResult& light) {
    if (!light.link) return {};
    Json budget = Json::array();
    for (const auto& [name, loss] : light.link->budget) budget.push_back({name, finite(loss)});
    return {{"loss_dB", finite(light.link->loss_dB)},
            {"budget", std::move(budget)},
            {"full_field_loss_dB", optional(light.link->full_field_loss_dB)}};
}

}  // namespace

Json results_json(const RunResult& result, const Provenance& p) {
    Json wavelengths = Json::array();
    for (const WavelengthResult& light : result.wavelengths)
        wavelengths.push_back(
            {{"wavelength", light.wavelength},
             {"process", process_json(result, light)},
             {"boundary_index", light.element_modes    ? Json(light.element_modes->boundary_index)
                                : light.modes_computed ? Json(light.boundary_index)
                                                       : Json()},
             {"modes", light.element_modes ? element_modes_json(*light.element_modes, light.wavelength, result.slab)
                                           : modes_json(light, result.polarization)},
             {"mode_solver", light.element_modes    ? mode_solver_json(*light.element_modes, result.mode_solver)
                             : light.modes_computed ? Json{{"solver", result.mode_solver},
                                                           {"eigensolver", "Davidson, inverse in sine space"},
                                                           {"leakage", "not computed: closed boundary"}}
                                                    : Json()},
             {"planar_modes", light.planar_modes ? planar_modes_json(*light.planar_modes) : Json()},
             {"propagation", propagation_json(light)},
             {"coupling", coupling_json(light)},
             {"link", link_json(light)}});
    Json provenance = {{"version", p.version},
                       {"git_hash", p.git_hash},
                       {"config_sha256", p.config_sha256},
                       {"inputs_sha256", p.inputs_sha256},
                       {"program_id", p.program_id},
                       {"wisdom_sha256", p.wisdom_sha256},
                       {"stages_sha256", result.stage_hashes},
                       {"host", p.host},
                       {"started", p.started},
                       {"threads", p.threads},
                       {"compiler", p.compiler},
                       {"flags", p.flags},
                       {"libraries", p.libraries},
                       {"command_line", p.command_line},
                       {"seconds", result.seconds}};
    return {{"title", result.title},
            {"wavelengths", std::move(wavelengths)},
            {"warnings", result.warnings},
            {"provenance", std::move(provenance)}};
}

std::string results_text(const RunResult& result) {
    using io::Dimension;
    const auto um = [](double value) { return fmt::format("{:.2f} um", value * 1e6); };
    std::string out;
    const auto line = [&](const std::string& text) { out += text + "\n"; };
    if (!result.title.empty()) line(result.title);
    for (const WavelengthResult& light : result.wavelengths) {
        line(fmt::format("\nwavelength {:.6g} nm", light.wavelength * 1e9));
        if (result.process) {
            const auto& last = result.process->steps.back();
            double mass = 0.0, low = 1.0, high = 0.0;
            for (const auto& s : result.process->steps) {
                mass = std::max(mass, s.mass_imbalance);
                low = std::min(low, s.account.lowest);
                high = std::max(high, s.account.highest);
            }
            line(fmt::format(
                "  process      peak index change {:.5f} at depth {}; mass balance {:.1e}; {:.3g} <= C <= {:.4f}",
                *light.peak_index_change, um(last.peak_depth), mass, low, high));
        }
        if (light.planar_modes)
            for (const std::string& text : planar_modes_text(*light.planar_modes)) line(text);
        if (light.element_modes)
            for (const std::string& text : element_modes_text(*light.element_modes, result.slab)) line(text);
        for (std::size_t m = 0; m < (light.element_modes ? 0 : light.modes.size()); ++m) {
            const auto& f = light.modes[m].figures;
            line(light.index.grid.is_slab() ? fmt::format("  mode {:<8}n_eff {:.7f}  n_group {:.5f}  1/e2 width {}", m,
                                                          light.modes[m].n_eff, light.modes[m].n_group, um(f.mfd_1e2_x))
                                            : fmt::format("  mode {:<8}n_eff {:.7f}  n_group {:.5f}  mode-field "
                                                          "diameter (best Gaussian) {} x {}  centre y {}",
                                                          m, light.modes[m].n_eff, light.modes[m].n_group,
                                                          um(f.mfd_gauss_x), um(f.mfd_gauss_y), um(f.center_y)));
        }
        if (const auto& p = light.propagation) {
            line(fmt::format("  propagation  {}: {} of the power of mode {} arrives",
                             io::format_quantity(p->length, Dimension::length),
                             p->transmission ? fmt::format("{:.5f}", *p->transmission) : std::string("(not computed)"),
                             p->launched_mode));
            line(fmt::format(
                "               {}; {} steps, the last of {}{}", p->engine, p->steps,
                io::format_quantity(p->dz, Dimension::length),
                p->step_error ? fmt::format(", error of the powers about {:.1g}", *p->step_error) : std::string()));
            line(fmt::format("               the paraxial operator would err by {}",
                             p->paraxial_error ? fmt::format("about {:.1g} of the power", *p->paraxial_error)
                                               : std::string("(not computed: nothing rises in the index formula)")));
            line(fmt::format("               launched {:.6f} = transmitted {:.6f} + removed {:.6f} (balance {:.1e})",
                             p->launched, p->transmitted, p->removed.total() + p->radiated, p->along.balance));
            for (std::size_t k = 0; k < p->watch.size(); ++k)
                line(fmt::format("               power in {}: {:.5f}", p->watch[k], p->along.watch_power[k].back()));
        }
        for (const CouplingResult& r : light.coupling) {
            line(
                fmt::format("  {:<12} {}: efficiency {:.5f}, {:.3f} dB with the facet; axis at x {}, y {}; 1 dB lost "
                            "at +-{} / +-{}",
                            r.at, r.to, r.efficiency, r.loss_dB, um(r.offset_x), um(r.offset_y),
                            um(r.tolerance_1dB_x.value_or(NAN)), um(r.tolerance_1dB_y.value_or(NAN))));
            if (r.port_mfd)
                line(fmt::format("               mode-field diameter of {} computed {}{}", r.to, um(*r.port_mfd),
                                 r.data_sheet_mfd ? fmt::format(", data sheet {:.1f} +- {:.1f} um",
                                                                *r.data_sheet_mfd * 1e6, *r.data_sheet_tolerance * 1e6)
                                                  : std::string()));
        }
        if (light.link) {
            line("  link budget");
            for (const auto& [name, loss] : light.link->budget) line(fmt::format("    {:<20} {:8.3f} dB", name, loss));
            line(fmt::format("    {:<20} {:8.3f} dB", "total", light.link->loss_dB));
            if (light.link->full_field_loss_dB)
                line(fmt::format("    {:<20} {:8.3f} dB  (all modes and radiation, interfering)", "whole field",
                                 *light.link->full_field_loss_dB));
        }
    }
    if (!result.warnings.empty()) line("");
    for (const std::string& warning : result.warnings) line("warning: " + warning);
    return out;
}

}  // namespace vitral::app
