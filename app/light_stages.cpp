#include "app/light_stages.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/case_rules.hpp"
#include "app/ports.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/layout/moved_section.hpp"

namespace vitral::app {

modes::ModeSet solve_modes(const SectionIndex& index, const IndexMap& n, double wavelength, int count,
                           std::vector<Field<double>> start) {
    modes::ModeSet set =
        modes::scalar_modes(n, wavelength,
                            {.count = count,
                             .top = index.has_dark_cover() ? modes::TopWall::dark_cover : modes::TopWall::open,
                             .start = std::move(start),
                             .polarization = index.stepped()});
    if (!set.report)
        throw Error(Failure::numerical,
                    fmt::format("the mode solver has not converged after {} iterations: residual {:.2g}",
                                set.report.iterations, set.report.residual),
                    "modes");
    return set;
}

Field<Complex> as_complex(const Field<double>& psi) {
    Field<Complex> out(psi.grid);
    std::copy(psi.values.begin(), psi.values.end(), out.values.begin());
    return out;
}

/// x of the guide's axis at one end.
double axis_x(const Case& c, End end) {
    const double start = c.mask && c.mask->guides.size() == 1 ? c.mask->guides[0].x : 0.0;
    return start + c.path().center(end == End::input ? 0.0 : c.path().length());
}

/// The port at its place, best where the config leaves it open.
coupling::Alignment place_port(const Case& c, const Field<Complex>& mode, const modes::ModeFigures& figures,
                               const Port& port, const OffsetConfig& offset, End end) {
    const double x_axis = axis_x(c, end);
    const double x = x_axis + offset.x.value, y = offset.y.optimal ? figures.peak_y : offset.y.value;
    using coupling::FreeAxes;
    const FreeAxes free = offset.x.optimal ? (offset.y.optimal ? FreeAxes::both : FreeAxes::x)
                                           : (offset.y.optimal ? FreeAxes::y : FreeAxes::none);
    coupling::Alignment best =
        coupling::align(mode, port.shape, offset.x.optimal ? figures.peak_x : x, y, free, port.radius);
    best.x -= x_axis;
    return best;
}

/// Power attenuation of a mode by weak absorption α(x, y):  ∬ α n |ψ|² dA / (n_eff ∬ |ψ|² dA)  [1/m].
static double absorption_of(const modes::Mode& mode, const IndexMap& n, const Field<double>& absorption) {
    double sum = 0.0, power = 0.0;
    for (std::size_t i = 0; i < mode.psi.values.size(); ++i) {
        const double p = mode.psi.values[i] * mode.psi.values[i];
        sum += absorption.values[i] * n.values[i] * p;
        power += p;
    }
    return sum / (mode.n_eff * power);
}

void compute_modes(const Case& c, SectionIndex& index, WavelengthResult& light) {
    if (index.is_planar()) {  // a planar guide has no mode of finite width
        light.modes_computed = true;
        light.boundary_index = *std::max_element(light.index.values.begin(), light.index.values.end());
        light.absorption = index.absorption();
        return;
    }
    if (index.has_dark_cover()) {
        index.set_grid(index.bulk_index(), 2.0 * c.section.resolution);
        const modes::ModeSet coarse = solve_modes(index, index.section(), light.wavelength, 1);
        index.set_grid(coarse.modes.empty() ? index.bulk_index() : coarse.modes[0].n_eff, c.section.resolution);
        light.index = index.section();
    }
    modes::ModeSet set = solve_modes(index, index.seen_section(), light.wavelength, c.modes.count);
    light.boundary_index = set.boundary_index;
    light.modes_computed = true;
    const Field<double> slope = index.dispersion();
    light.absorption = index.absorption();
    for (const modes::Mode& mode : set.modes) {
        ModeResult& result = light.modes.emplace_back();
        result.n_eff = mode.n_eff;
        result.n_group =
            modes::group_index(mode, light.index, slope, light.wavelength, index.dark_cover_index(), c.field_axis());
        result.residual = mode.residual;
        if (light.absorption) result.absorption = absorption_of(mode, light.index, *light.absorption);
        result.figures = modes::mode_figures(mode.psi);
    }
    light.mode_fields = std::move(set.modes);
}

std::vector<modes::Mode> output_modes(const Case& c, const SectionIndex& index, const WavelengthResult& light) {
    if (index.is_moved_section() && !c.follows_path()) return light.mode_fields;
    IndexMap map(index.grid());
    index.along_z()->at(c.length(), map);
    std::vector<Field<double>> start;
    if (index.is_moved_section())
        for (const modes::Mode& mode : light.mode_fields) {
            start.emplace_back(mode.psi.grid);
            layout::MovedSection(mode.psi, c.path().uncurved()).at(c.length(), start.back());
        }
    return solve_modes(index, map, light.wavelength, static_cast<int>(light.mode_fields.size()), std::move(start))
        .modes;
}

/// The coupling at 21 x 21 places about (x0, y0): into the mode ψ, and into what `receiver` stands for.
static MisalignmentResult misalignment_map(const ToleranceConfig& range, const Field<Complex>& psi,
                                           const coupling::PortShape& port, double x0, double y0,
                                           const Field<Complex>* receiver) {
    constexpr int steps = 10;  // to either side
    MisalignmentResult map;
    std::vector<double> x, y;
    for (int i = -steps; i <= steps; ++i) {
        map.x.push_back(range.x * i / steps);
        map.y.push_back(range.y * i / steps);
        x.push_back(x0 + map.x.back());
        y.push_back(y0 + map.y.back());
    }
    map.efficiency = coupling::efficiency_map(psi, port, x, y);
    if (receiver != nullptr) {
        map.transmission = coupling::efficiency_map(*receiver, port, x, y);
        for (double& value : map.transmission) value *= power(*receiver);
    }
    return map;
}

void compute_coupling(const Case& c, WavelengthResult& light, const std::vector<modes::Mode>& end_modes,
                      std::vector<std::string>& warnings) {
    std::optional<double> full_field_output;  // of the propagated field into the receiving port, with its facet
    for (const CouplingConfig& wish : c.coupling) {
        const bool input = wish.at == End::input;
        if (!input && end_modes.empty()) {
            warnings.push_back("the guide has no mode at its output: the coupling there is not computed");
            continue;
        }
        const modes::Mode& mode = input ? light.mode_fields[0] : end_modes[0];
        const Port port = make_port(wish.to, light.wavelength, c.folder);
        for (const std::string& name : port.placeholders)
            warnings.push_back(fmt::format("{} of {}: placeholders, estimates without a source", name, port.name));
        const Field<Complex> psi = as_complex(mode.psi);
        const auto at = place_port(c, psi, input ? light.modes[0].figures : modes::mode_figures(mode.psi), port,
                                   wish.offset, wish.at);
        CouplingResult r;
        r.at = input ? "input" : "output";
        r.to = port.name;
        r.efficiency = at.efficiency;
        r.reflection = port.index ? coupling::facet_reflection(mode.n_eff, *port.index) : 0.0;
        r.loss_dB = coupling::loss_dB(at.efficiency * (1.0 - r.reflection));
        r.offset_x = at.x;
        r.offset_y = at.y;
        r.tolerance_1dB_x = at.tolerance_1dB_x;
        r.tolerance_1dB_y = at.tolerance_1dB_y;
        r.port_mfd = port.mfd;
        r.data_sheet_mfd = port.data_sheet_mfd;
        r.data_sheet_tolerance = port.data_sheet_tolerance;
        if (wish.tolerance) {
            const auto receiver = input && light.propagation ? light.propagation->receiver : std::nullopt;
            r.misalignment = misalignment_map(*wish.tolerance, psi, port.shape, axis_x(c, wish.at) + at.x, at.y,
                                              receiver ? &*receiver : nullptr);
        }
        if (!input && light.propagation && !full_field_output) {  // of the output that the budget follows, the first
            const auto& field = light.propagation->field;
            full_field_output = coupling::efficiency(field, port.shape, axis_x(c, End::output) + at.x, at.y) *
                                power(field) * (1.0 - r.reflection);
        }
        light.coupling.push_back(std::move(r));
    }

    // The budget follows the fundamental mode: into it, along it, out of it.
    const auto first = [&](const char* end) {
        return std::find_if(light.coupling.begin(), light.coupling.end(), [&](const auto& r) { return r.at == end; });
    };
    const auto in = first("input"), out = first("output");
    if (in == light.coupling.end() || out == light.coupling.end()) return;
    const auto kind = [](const PortConfig& p) {
        return !p.fiber.empty() ? "fiber" : !p.chip.empty() ? "chip" : "gaussian";
    };
    const auto config = [&](End end) {
        return std::find_if(c.coupling.begin(), c.coupling.end(), [&](const auto& w) { return w.at == end; });
    };
    LinkResult link;
    link.budget.emplace_back(fmt::format("{} to glass", kind(config(End::input)->to)), in->loss_dB);
    if (light.propagation) {
        if (!light.propagation->transmission || light.propagation->launched_mode != 0)
            return;  // no budget of the fundamental mode
        link.budget.emplace_back("propagation", coupling::loss_dB(*light.propagation->transmission));
    }
    link.budget.emplace_back(fmt::format("glass to {}", kind(config(End::output)->to)), out->loss_dB);
    for (const auto& [unused, loss] : link.budget) link.loss_dB += loss;
    if (full_field_output && port_count(c.propagation->launch.port) == 1 &&
        same_port(c.propagation->launch.port, config(End::input)->to))
        link.full_field_loss_dB = coupling::loss_dB(*full_field_output * (1.0 - in->reflection));
    light.link = std::move(link);
}

}  // namespace vitral::app
