#include "app/light_stages.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/ports.hpp"
#include "core/beam.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/layout/moved_section.hpp"
#include "solver/propagation/propagate.hpp"

namespace vitral::app {
namespace {

modes::ModeSet solve(const SectionIndex& index, const IndexMap& n, double wavelength, int count) {
    modes::ModeSet set = modes::scalar_modes(
        n, wavelength,
        {.count = count, .top = index.has_dark_cover() ? modes::TopWall::dark_cover : modes::TopWall::open});
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
coupling::Alignment place(const Case& c, const Field<Complex>& mode, const modes::ModeFigures& figures,
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

/// The offset of the launch: its own, or that of the coupling to the same port at the input.
OffsetConfig launch_offset(const Case& c) {
    const LaunchConfig& launch = c.propagation->launch;
    if (launch.offset) return *launch.offset;
    for (const CouplingConfig& coupling : c.coupling)
        if (coupling.at == End::input && same_port(coupling.to, launch.port)) return coupling.offset;
    return {};
}

/// What is sent in, and the index that makes the propagation of its mode exact.
struct Launch {
    Field<Complex> psi;
    double n_eff;
    int mode;  ///< the section's own mode whose transmission is asked for
};

Launch make_launch(const Case& c, const SectionIndex& index, const WavelengthResult& light) {
    const LaunchConfig& launch = c.propagation->launch;
    if (launch.mode) {
        const auto number = static_cast<std::size_t>(*launch.mode);
        const bool own_formula = !launch.formula.empty();
        const auto modes = own_formula ? solve(index, index.section_of(launch.formula, launch.constants),
                                               light.wavelength, static_cast<int>(number) + 1)
                                             .modes
                                       : light.mode_fields;
        if (number >= modes.size())
            throw Error(Failure::input_file,
                        fmt::format("launch mode {}: the section guides {} modes only", number, modes.size()),
                        "propagation");
        return {as_complex(modes[number].psi), modes[number].n_eff, own_formula ? 0 : static_cast<int>(number)};
    }
    const double n_eff = light.modes[0].n_eff;
    const Port port = make_port(launch.port, light.wavelength, c.folder);
    if (c.section.slab) {
        const GaussianSheet beam{0.5 * launch.port.gaussian->mfd_x,
                                 axis_x(c, End::input) + launch.offset.value_or(OffsetConfig{}).x.value};
        return {sample(index.grid(), [&](double x, double) { return Complex(beam(x)); }), n_eff, 0};
    }
    const auto at =
        place(c, as_complex(light.mode_fields[0].psi), light.modes[0].figures, port, launch_offset(c), End::input);
    return {coupling::port_field(index.grid(), port.shape, axis_x(c, End::input) + at.x, at.y), n_eff, 0};
}

/// Centroid along x of what rises above `floor` in an index map: it moves with a section that is moved.
double centroid(const IndexMap& n, double floor) {
    double sum = 0.0, moment = 0.0;
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix) {
            const double rise = std::max(0.0, n(ix, iy) - floor);
            sum += rise;
            moment += rise * n.grid.x.at(ix);
        }
    return sum > 0.0 ? moment / sum : 0.0;
}

/// The guided modes at any z, for the powers recorded along the way. Where the guide has a slope, the mode that travels
/// along it carries the phase of the tilted wave front, exp(i k0 n_ref (dx_c/dz) x). The slope is the path's; of an index
/// formula of z it is that of the index's centroid.
class LocalModes {
public:
    LocalModes(const Case& c, const SectionIndex& index, const WavelengthResult& light, double n_ref)
        : index_(index),
          light_(light),
          path_(c.path()),
          k_(2.0 * pi * n_ref / light.wavelength),
          probe_(1e-3 * c.length()) {
        if (!index.is_moved_section()) {
            along_ = index.along_z();
        } else if (c.follows_path()) {
            for (const auto& mode : light.mode_fields)
                moved_.push_back(std::make_unique<layout::MovedSection>(mode.psi, c.path()));
        }
    }

    /// |<mode|ψ>|² of each mode at z, with the number of modes of z = 0; 0 for a mode that is not guided there.
    std::vector<double> powers(double z, const Field<Complex>& psi) const {
        std::vector<double> out(light_.mode_fields.size(), 0.0);
        std::vector<modes::Mode> solved;
        double slope = path_.slope(z);
        if (along_) {
            IndexMap map(psi.grid);
            along_->at(z + probe_, map);
            const double ahead = centroid(map, light_.boundary_index);
            along_->at(std::max(0.0, z - probe_), map);
            slope = (ahead - centroid(map, light_.boundary_index)) / (probe_ + std::min(z, probe_));
            along_->at(z, map);
            solved = solve(index_, map, light_.wavelength, static_cast<int>(out.size())).modes;
        }
        Field<Complex> turned;
        if (slope != 0.0) {
            turned = psi;
            for (int iy = 0; iy < psi.grid.y.count; ++iy)
                for (int ix = 0; ix < psi.grid.x.count; ++ix)
                    turned(ix, iy) *= std::polar(1.0, -k_ * slope * psi.grid.x.at(ix));
        }
        const Field<Complex>& straightened = slope != 0.0 ? turned : psi;
        Field<double> local = moved_.empty() ? Field<double>() : Field<double>(psi.grid);
        for (std::size_t m = 0; m < out.size(); ++m) {
            if (along_) {
                if (m < solved.size()) out[m] = std::norm(inner_product(solved[m].psi, straightened));
            } else if (!moved_.empty()) {
                moved_[m]->at(z, local);
                out[m] = std::norm(inner_product(local, straightened)) / power(local);
            } else {
                out[m] = std::norm(inner_product(light_.mode_fields[m].psi, straightened));
            }
        }
        return out;
    }

private:
    const SectionIndex& index_;
    const WavelengthResult& light_;
    GuidePath path_;
    double k_, probe_;
    std::unique_ptr<IndexAlongZ> along_;
    std::vector<std::unique_ptr<layout::MovedSection>> moved_;
};

propagation::Absorber absorber_of(const Case& c, const SectionIndex& index) {
    const Grid& g = index.grid();
    const auto& wish = c.propagation->absorber;
    propagation::Absorber a;
    a.sides = std::min(wish.value_or(0.1 * g.x.length()), 0.4 * g.x.length());
    if (g.is_slab()) return a;
    a.bottom = std::min(wish.value_or(0.1 * g.y.length()), 0.4 * g.y.length());
    if (!index.has_dark_cover()) a.top = std::min(wish.value_or(0.1 * g.y.length()), 0.5 * g.y.upper());
    return a;
}

}  // namespace

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
        const modes::ModeSet coarse = solve(index, index.section(), light.wavelength, 1);
        index.set_grid(coarse.modes.empty() ? index.bulk_index() : coarse.modes[0].n_eff, c.section.resolution);
        light.index = index.section();
    }
    modes::ModeSet set = solve(index, light.index, light.wavelength, c.modes.count);
    light.boundary_index = set.boundary_index;
    light.modes_computed = true;
    const Field<double> slope = index.dispersion();
    light.absorption = index.absorption();
    for (const modes::Mode& mode : set.modes) {
        ModeResult& result = light.modes.emplace_back();
        result.n_eff = mode.n_eff;
        result.n_group = modes::group_index(mode, light.index, slope, light.wavelength, index.dark_cover_index());
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
    return solve(index, map, light.wavelength, static_cast<int>(light.mode_fields.size())).modes;
}

PropagationResult run_propagation(const Case& c, const SectionIndex& index, const WavelengthResult& light,
                                  const std::vector<modes::Mode>& end_modes, const ProgressObserver& progress,
                                  std::vector<std::string>& warnings) {
    const PropagationConfig& wish = *c.propagation;
    PropagationResult r;
    r.length = c.length();
    Launch launch = make_launch(c, index, light);
    r.n_ref = wish.reference_index.value_or(launch.n_eff);
    r.launched_mode = launch.mode;

    std::vector<modes::Mode> watched;
    for (const WatchConfig& watch : wish.watch) {
        const auto set =
            solve(index, index.section_of(watch.formula, watch.constants), light.wavelength, watch.mode + 1).modes;
        if (static_cast<std::size_t>(watch.mode) >= set.size())
            throw Error(Failure::input_file,
                        fmt::format("watch \"{}\": its formula guides {} modes only", watch.name, set.size()),
                        "propagation");
        watched.push_back(set[static_cast<std::size_t>(watch.mode)]);
        r.watch.push_back({watch.name, {}});
    }

    const LocalModes local(c, index, light, r.n_ref);
    r.mode_power.resize(light.mode_fields.size());
    const Grid& grid = index.grid();
    int row = 0;
    if (!grid.is_slab())
        row = std::clamp(static_cast<int>(std::floor((light.modes[0].figures.peak_y - grid.y.lower) / grid.y.spacing)),
                         0, grid.y.count - 1);
    r.intensity_y = grid.is_slab() ? 0.0 : grid.y.at(row);

    const auto watch = [&](double z, const Field<Complex>& psi, double removed) {
        r.z.push_back(z);
        r.power.push_back(power(psi));
        r.removed_along_z.push_back(removed);
        r.balance = std::max(r.balance, std::abs(r.power.back() + removed - r.power.front()) / r.power.front());
        const auto powers = local.powers(z, psi);
        for (std::size_t m = 0; m < powers.size(); ++m) r.mode_power[m].push_back(powers[m]);
        for (std::size_t k = 0; k < watched.size(); ++k)
            r.watch[k].power.push_back(std::norm(inner_product(watched[k].psi, psi)));
        for (int ix = 0; ix < grid.x.count; ++ix) r.intensity_xz.push_back(std::norm(psi(ix, row)));
    };
    const propagation::PropagationParams params{.method = wish.method,
                                                .wavelength = light.wavelength,
                                                .n_ref = r.n_ref,
                                                .length = r.length,
                                                .dz_target = wish.step,
                                                .records = wish.records,
                                                .absorber = absorber_of(c, index)};
    propagation::Propagation done =
        propagation::propagate(std::move(launch.psi), *index.along_z(), params, watch, progress);
    r.dz = done.dz;
    r.steps = done.steps;
    r.launched = done.launched;
    r.removed = done.removed;
    r.transmitted = r.power.back();
    if (r.balance > 1e-9)
        throw Error(Failure::numerical,
                    fmt::format("the power balance is broken by {:.2g} of the launched power", r.balance),
                    "propagation");
    const auto number = static_cast<std::size_t>(launch.mode);
    const double at_start = r.mode_power[number].front();
    if (at_start < 1e-3 * r.launched) {
        warnings.push_back(fmt::format("the launch hardly excites mode {}: its transmission is not computed", number));
    } else if (number < end_modes.size()) {
        r.transmission = std::norm(inner_product(end_modes[number].psi, done.psi)) / at_start;
        if (*r.transmission > 1.0 + 1e-4)
            warnings.push_back(fmt::format(
                "the transmission is {:.5f}: light beside the mode beats with it, or propagation.step is too long",
                *r.transmission));
    }
    r.field = std::move(done.psi);
    return r;
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
        const auto at =
            place(c, psi, input ? light.modes[0].figures : modes::mode_figures(mode.psi), port, wish.offset, wish.at);
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
    if (full_field_output && !c.propagation->launch.mode &&
        same_port(c.propagation->launch.port, config(End::input)->to))
        link.full_field_loss_dB = coupling::loss_dB(*full_field_output * (1.0 - in->reflection));
    light.link = std::move(link);
}

}  // namespace vitral::app
