#include "app/stages/coupling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/stages/modes.hpp"
#include "core/constants.hpp"
#include "core/inner_product.hpp"
#include "solver/coupling/misalignment.hpp"
#include "solver/coupling/overlap.hpp"
#include "solver/kernels/cubic_stencil.hpp"

namespace vitral::stages {
namespace {

/// Whether all misalignments can be computed at once; modes on elements and wires have no lattice.
bool is_on_lattice(const PortAtGuide& port) { return !port.mode->psi.values.empty() && !port.port.wire; }

/// From -range to range in an odd number of steps; one place where there is no range.
std::vector<double> about_zero(double range, int steps) {
    if (range == 0.0) return {0.0};
    std::vector<double> places;
    for (int i = -steps; i <= steps; ++i) places.push_back(range * i / steps);
    return places;
}

/// The power fractions of an overlap at all places: it is as smooth as the mode of the guide is wide, turns with the tilt of the port, and
/// is cubic between places close enough for both.
std::vector<double> interpolated_map(const coupling::OverlapAt& overlap, const PortAtGuide& port,
                                     const std::vector<double>& x, const std::vector<double>& y) {
    const double range = std::max(x.back() - x.front(), y.back() - y.front()),
                 across = std::min(port.mode->figures.mfd_4sigma_x, port.mode->figures.mfd_4sigma_y),
                 turn = std::hypot(port.port.k_x, port.port.k_y);
    const double step = std::min(0.08 * across, 0.3 / std::max(turn, 1e-300));
    const int count = std::clamp(static_cast<int>(std::ceil(range / step)) + 1, 13, 81);
    const double step_x = (x.back() - x.front()) / (count - 1), step_y = (y.back() - y.front()) / (count - 1);
    std::vector<Complex> found;
    for (int j = 0; j < count; ++j)
        for (int i = 0; i < count; ++i) found.push_back(overlap(x.front() + i * step_x, y.front() + j * step_y));
    std::vector<double> map;
    for (const double y0 : y)
        for (const double x0 : x) {
            const kernels::CubicStencil sx(x0, x.front(), step_x, count), sy(y0, y.front(), step_y, count);
            map.push_back(std::norm(kernels::interpolated(sx, sy, found.data(), static_cast<std::size_t>(count))));
        }
    return map;
}

/// The coupling at 41 x 41 places about the port's, and 9 x 9 tilts: into the mode, and into what `receiver` stands for.
MisalignmentResult misalignment_map(const MapParams& range, const PortAtGuide& port, double wavelength,
                                    const Field<Complex>* receiver, coupling::Tail tail) {
    constexpr int places = 20, tilts = 4;  // to either side
    MisalignmentResult map{about_zero(range.x, places),
                           about_zero(range.y, places),
                           about_zero(range.tilt_x, tilts),
                           about_zero(range.tilt_y, tilts),
                           {}};
    coupling::MisalignmentAxes axes{map.x, map.y, {0.0}, {0.0}};
    for (double& x : axes.x) x += port.at.x;
    for (double& y : axes.y) y += port.at.y;
    if (!is_on_lattice(port)) {
        map.efficiency = interpolated_map(port.overlap, port, axes.x, axes.y);
        map.tilt_x = map.tilt_y = {0.0};
        if (receiver == nullptr) return map;
        map.transmission = interpolated_map(overlap_with(*receiver, tail, port.port), port, axes.x, axes.y);
        for (double& value : map.transmission) value *= power(*receiver);
        return map;
    }
    const auto through = [&](const Field<Complex>& psi) {
        return coupling::misalignment({psi, tail}, port.port.at_guide, port.port.reach, axes);
    };
    const Field<Complex> psi = as_complex(port.mode->psi);
    map.efficiency = through(psi);
    if (receiver != nullptr) {
        map.transmission = through(*receiver);
        for (double& value : map.transmission) value *= power(*receiver);
    }
    if (map.tilt_x.size() == 1 && map.tilt_y.size() == 1) return map;
    const double k = 2.0 * pi / wavelength * port.port.gap_index.value_or(port.mode->n_eff.real());
    const auto wave_numbers = [k](std::vector<double> angles) {
        for (double& angle : angles) angle = k * std::sin(angle);
        return angles;
    };
    axes.k_x = wave_numbers(map.tilt_x), axes.k_y = wave_numbers(map.tilt_y);
    map.tilted = through(psi);
    return map;
}

/// The efficiency about a port's place, as far as six standard deviations go.
coupling::EfficiencySurface surface_of(const PortAtGuide& port, const coupling::ArraySpread& s, coupling::Tail tail) {
    const bool on_lattice = is_on_lattice(port);
    constexpr int count = 81;
    const double ends = 0.5 * (s.channels - 1) * s.pitch * s.rotation;
    const auto half = [](double sum_of_squares) { return std::max(6.0 * std::sqrt(sum_of_squares), 0.1e-6); };
    const double half_x = half(s.placement_x * s.placement_x + s.pitch_error * s.pitch_error + s.core * s.core),
                 half_y = half(s.placement_y * s.placement_y + s.core * s.core + ends * ends);
    coupling::EfficiencySurface surface{
        -half_x, 2.0 * half_x / (count - 1), -half_y, 2.0 * half_y / (count - 1), count, count, {0.0}, {}};
    coupling::MisalignmentAxes axes{{}, {}, {0.0}, {0.0}};
    for (int i = 0; i < count; ++i) {
        axes.x.push_back(port.at.x + surface.x0 + i * surface.dx);
        axes.y.push_back(port.at.y + surface.y0 + i * surface.dy);
    }
    if (!on_lattice) {
        surface.values = interpolated_map(port.overlap, port, axes.x, axes.y);
        return surface;
    }
    const Field<Complex> psi = as_complex(port.mode->psi);
    surface.values = coupling::misalignment({psi, tail}, port.port.at_guide, port.port.reach, axes);
    return surface;
}

class Coupler {
public:
    Coupler(const CouplingParams& params, const CouplingInputs& inputs, std::vector<std::string>& warnings)
        : params_(params), inputs_(inputs), warnings_(warnings) {}

    /// Nothing where there is no mode to couple to.
    std::optional<CouplingResult> couple(const PortCoupling& wish) {
        const EndOfGuide& end = wish.at == End::input ? inputs_.input : inputs_.output;
        const bool is_wire = std::holds_alternative<WirePort>(wish.to);
        if (is_wire && !inputs_.modes.is_of_grid)
            warnings_.push_back("a wire is coupled to the scalar mode of the guide on the grid");
        const GuidedMode* listed = is_wire ? nullptr : listed_mode(wish.at);
        if (listed == nullptr && end.modes.empty()) {
            warnings_.push_back(fmt::format("the guide has no mode at its {}: the coupling there is not computed",
                                            wish.at == End::input ? "input" : "output"));
            return {};
        }
        const PortAtGuide port = listed ? place_port(wish.to, wish.placement, end, *listed, moved(wish.at))
                                        : place_port(wish.to, wish.placement, end);
        if (!port.is_guided) {
            warnings_.push_back(
                fmt::format("the guide at x = {:g} um leads no light: the coupling there is not computed",
                            wish.placement.guide_x.value_or(0.0) * 1e6));
            return {};
        }
        const double apart = std::abs(port.mode->figures.center_x + (listed ? moved(wish.at) : 0.0) -
                                      wish.placement.guide_x.value_or(port.axis_x));
        if (!wish.placement.guide.empty() && apart > port.mode->figures.mfd_4sigma_x)
            warnings_.push_back(
                fmt::format("no guide lies where \"{}\" is said to be: the nearest one is {:.3g} um away",
                            wish.placement.guide, apart * 1e6));
        CouplingResult r;
        r.at = wish.at == End::input ? "input" : "output";
        r.to = port.port.name;
        r.kind = wish.kind;
        r.guide = wish.placement.guide;
        r.channel = wish.channel;
        r.mode_of = listed ? "modes" : port.found;
        r.overlap = port.port.wire || (listed && listed->figures.te_fraction) ? "full-vector" : "scalar";
        if (port.port.wire) r.port_n_eff = port.port.wire->n_eff.real();
        r.n_eff = port.mode->n_eff.real();
        r.absorption = port.mode->absorption;
        if (!r.absorption && wish.at == End::input && !port.mode->psi.values.empty()) {
            GuidedMode own = *port.mode;  // of one guide of several
            add_absorption(own, end.light);
            r.absorption = own.absorption;
        }
        r.is_launched = wish.is_launched;
        take_losses(port, r);
        r.offset_x = port.at.x - port.axis_x;
        r.offset_y = port.at.y;
        r.k = 2.0 * pi / end.light.wavelength() * port.port.gap_index.value_or(r.n_eff);
        r.tolerance_1dB = coupling::tolerance(port.overlap, port.tilted, port.at, 1.0, port.port.radius);
        r.tolerance_half_dB = coupling::tolerance(port.overlap, port.tilted, port.at, 0.5, port.port.radius);
        r.port_mfd = port.port.mfd;
        r.data_sheet_mfd = port.port.data_sheet_mfd;
        r.data_sheet_tolerance = port.port.data_sheet_tolerance;
        if (wish.map) {
            const bool through = wish.at == End::input && inputs_.propagation && inputs_.propagation->receiver &&
                                 (wish.is_launched || !end.guides.has_several());
            r.misalignment =
                misalignment_map(*wish.map, port, end.light.wavelength(),
                                 through ? &*inputs_.propagation->receiver : nullptr, end.light.tail(r.n_eff));
        }
        if (wish.yield) r.yield = yield(wish, port, end, r);
        if (wish.at == End::output && inputs_.propagation != nullptr)
            take_arrival(port, end.guides.at(wish.placement.guide_x), end, r);
        if (wish.yield && wish.yield->spread.gap > 0.0 && !is_on_lattice(port))
            warnings_.push_back("yield: the gap of a port beside a mode on elements does not scatter");
        return r;
    }

private:
    [[nodiscard]] double moved(End end) const {
        const GuidePath& path = params_.motion.path;
        return end == End::input ? 0.0 : path.center(params_.length) - path.center(0.0);
    }

    /// The mode that [modes] lists for this light, where it is not one on the light's grid.
    [[nodiscard]] const GuidedMode* listed_mode(End end) {
        if (inputs_.modes.is_of_grid) return nullptr;
        const EndOfGuide& at = end == End::input ? inputs_.input : inputs_.output;
        if (at.guides.has_several() || (end == End::output && !at.light.is_same_along_z())) {
            warnings_.push_back(
                "ports are coupled by scalar modes on the grid: the solver of [modes] knows no single guide of "
                "several, "
                "and none at the end of a guide that changes along z");
            return nullptr;
        }
        const Polarization field = at.light.params().field;
        for (const GuidedMode& mode : inputs_.modes.modes) {
            const std::optional<double> te = mode.figures.te_fraction;
            const bool fits = !te || field == Polarization::scalar || (*te >= 0.5) == (field == Polarization::along_x);
            if (fits && mode.points) return &mode;
        }
        return nullptr;
    }

    /// What of the port's light enters the mode: by the shapes of both, by where the port stands, through the facets.
    static void take_losses(const PortAtGuide& port, CouplingResult& r) {
        const coupling::Alignment best =
            coupling::align(port.in_contact, port.at.x, port.at.y, coupling::FreeAxes::both, port.port.radius);
        r.efficiency = port.at.efficiency;
        r.best_efficiency = std::max(best.efficiency, port.at.efficiency);
        r.best_offset_x = best.x - port.axis_x;
        r.best_offset_y = best.y;
        if (port.port.gap_index) {
            const auto passed = coupling::gap_transmission(r.n_eff, *port.port.gap_index,
                                                           port.port.index.value_or(*port.port.gap_index));
            r.facet = FacetRange{passed.mean, passed.lowest, passed.highest};
        } else if (port.port.index) {
            const double passed = 1.0 - coupling::facet_reflection(r.n_eff, *port.port.index);
            r.facet = FacetRange{passed, passed, passed};
        }
        r.reflection = r.facet ? 1.0 - r.facet->mean : 0.0;
        r.loss_dB = coupling::loss_dB(r.efficiency * (1.0 - r.reflection));
    }

    /// Of all channels, with this port's mode and place for each of them.
    [[nodiscard]] static coupling::ArrayYield yield(const PortCoupling& wish, const PortAtGuide& port,
                                                    const EndOfGuide& end, const CouplingResult& r) {
        const coupling::ArraySpread& spread = wish.yield->spread;
        coupling::EfficiencySurface surface = surface_of(port, spread, end.light.tail(r.n_eff));
        if (spread.gap > 0.0 && is_on_lattice(port)) {
            // Three gaps, as far apart as five standard deviations and a positive gap let them be.
            PlacementParams at = wish.placement;
            const double step = std::min(5.0 * spread.gap, wish.placement.gap);
            surface.gaps = {-step, 0.0, step};
            surface.values.clear();
            for (const double further : surface.gaps) {
                at.gap = wish.placement.gap + further;
                PortAtGuide apart = port;
                apart.port = make_port(wish.to, at, {end.end, end.light.wavelength(), r.n_eff});
                const auto values = surface_of(apart, spread, end.light.tail(r.n_eff)).values;
                surface.values.insert(surface.values.end(), values.begin(), values.end());
            }
        }
        coupling::YieldParams params = wish.yield->params;
        params.fixed_dB = coupling::loss_dB(1.0 - r.reflection);
        return coupling::array_yield(surface, spread, params);
    }

    /// What of the propagated light arrives in the port's guide, and in the port.
    void take_arrival(const PortAtGuide& port, const OwnMode* own, const EndOfGuide& end, CouplingResult& r) const {
        const PropagationResult& p = *inputs_.propagation;
        if (own != nullptr && p.sent > 1e-3 * p.launched)
            r.arrived = std::norm(inner_product(own->mode.psi, p.field)) / p.sent;
        // On the whole field the light is scalar.
        const coupling::OverlapAt overlap = overlap_with(p.field, end.light.tail(r.n_eff), port.port);
        r.received = std::norm(overlap(port.at.x, port.at.y)) * power(p.field) * (1.0 - r.reflection);
    }

    const CouplingParams& params_;
    const CouplingInputs& inputs_;
    std::vector<std::string>& warnings_;
};

}  // namespace

std::vector<CouplingResult> find_coupling(const CouplingParams& params, const CouplingInputs& inputs,
                                          std::vector<std::string>& warnings) {
    std::vector<CouplingResult> ports;
    Coupler coupler(params, inputs, warnings);
    for (const PortCoupling& wish : params.ports)
        if (auto result = coupler.couple(wish)) ports.push_back(std::move(*result));
    return ports;
}

}  // namespace vitral::stages
