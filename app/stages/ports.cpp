#include "app/stages/ports.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

#include "app/records/library.hpp"
#include "app/stages/wire_port.hpp"
#include "core/beam.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "solver/coupling/spread.hpp"
#include "solver/kernels/cubic_stencil.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::stages {
namespace {

using coupling::PortShape;

/// What light goes through on its way from the port's facet.
struct Way {
    double gap = 0.0, k_gap = 0.0;  ///< [m], [1/m]
    double focus = 0.0, k_glass = 0.0;
};

/// A round field by its values at r = 0, h, 2h, ...
PortShape round_field(const std::vector<Complex>& values, double h) {
    std::vector<double> r, re, im;
    bool is_real = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        r.push_back(static_cast<double>(i) * h);
        re.push_back(values[i].real()), im.push_back(values[i].imag());
        is_real = is_real && values[i].imag() == 0.0;
    }
    const double end = r.back();
    if (is_real)
        return [spline = std::make_shared<const kernels::CubicSpline>(r, re), end](double x, double y) {
            const double distance = std::sqrt(x * x + y * y);
            return Complex(distance < end ? (*spline)(distance) : 0.0);
        };
    struct Splines {
        kernels::CubicSpline re, im;
    };
    const auto splines = std::make_shared<const Splines>(kernels::CubicSpline(r, re), kernels::CubicSpline(r, im));
    return [splines, end](double x, double y) {
        const double distance = std::sqrt(x * x + y * y);
        return distance < end ? Complex(splines->re(distance), splines->im(distance)) : Complex();
    };
}

constexpr int fiber_cores = 12;  // radii of the core beyond which there is nothing

/// How far from its axis a fiber's light gets: with what leaves at three times the angle of the mode.
double fiber_reach(double core_radius, const Way& way) {
    const double angle = way.gap > 0.0 ? 3.0 * 2.0 / (way.k_gap * core_radius) : 0.0;
    return fiber_cores * core_radius + angle * way.gap;
}

/// The fiber's exact mode, tabulated along its radius: Bessel functions are far too slow to sit in an overlap.
PortShape fiber_field(const modes::FiberMode& mode, double core_radius, const Way& way) {
    const int per_core = way.gap > 0.0 ? 50 : 200;
    const double h = core_radius / per_core;
    std::vector<double> psi;
    for (int i = 0; i <= per_core * fiber_cores; ++i) psi.push_back(mode(h * i));
    if (way.gap == 0.0) return round_field({psi.begin(), psi.end()}, h);
    const auto count = static_cast<std::size_t>(fiber_reach(core_radius, way) / h);
    return round_field(coupling::spread(psi, h, way.k_gap, way.gap, count), h);
}

/// What a distance `gap` behind the waist w in a medium of wave number k_gap, and `focus` before it in the glass, make of a Gaussian:
///     q = 1 + 2i gap/(k_gap w²) - 2i focus/(k w²).
Complex spread_of(double w, const Way& way) {
    const double behind = way.gap > 0.0 ? way.gap / way.k_gap : 0.0;
    return {1.0, 2.0 * (behind - way.focus / way.k_glass) / (w * w)};
}

/// One direction of it, of unit power: (2/π w²)^¼ q^-½ exp(-u²/(w² q)). Its 1/e field radius is w |q|.
Complex gaussian(double u, double w, const Way& way) {
    const Complex q = spread_of(w, way);
    return std::sqrt(std::sqrt(2.0 / pi) / w) / std::sqrt(q) * std::exp(-u * u / (w * w * q));
}

Port make(const GaussianPort& g, const FacetParams&, const Way& way) {
    Port port;
    port.name = g.name;
    const double wx = 0.5 * g.mfd_x, wy = 0.5 * g.mfd_y;
    const GaussianBeam beam{wx, wy};
    port.shape = [beam](double x, double y) { return Complex(beam(x, y)); };
    port.at_guide = way.gap == 0.0 && way.focus == 0.0 ? port.shape : [=](double x, double y) {
        return gaussian(x, wx, way) * gaussian(y, wy, way);
    };
    port.index = g.index;
    constexpr double radii = 7.0;  // exp(-49)
    port.reach = radii * std::max(wx * std::abs(spread_of(wx, way)), wy * std::abs(spread_of(wy, way)));
    port.radius = 0.25 * (g.mfd_x + g.mfd_y);
    return port;
}

Port make(const FiberPort& p, const FacetParams& facet, const Way& way) {
    const double wavelength = facet.wavelength;
    const records::FiberRecord& fiber = p.fiber;
    const modes::FiberMode mode = [&] {
        try {
            return modes::FiberMode(fiber.at(wavelength), wavelength);
        } catch (const std::domain_error& failure) {
            throw Error(Failure::input_file, failure.what(), fiber.name);
        }
    }();
    Port port;
    port.name = fiber.name;
    port.shape = fiber_field(mode, fiber.core_radius, {});
    port.at_guide = way.gap == 0.0 ? port.shape : fiber_field(mode, fiber.core_radius, way);
    port.index = mode.n_eff();
    port.reach = fiber_reach(fiber.core_radius, way);
    port.mfd = mode.mode_field_diameter();
    port.radius = 0.5 * mode.mode_field_diameter();
    constexpr double same = 1e-3;  // a data sheet's 1310 nm stand for what a user calls 1310 nm
    for (const auto& sheet : fiber.data_sheet)
        if (std::abs(sheet.wavelength / wavelength - 1.0) < same) {
            port.data_sheet_mfd = sheet.mode_field_diameter;
            port.data_sheet_tolerance = sheet.tolerance;
        }
    return port;
}

Port make(const WirePort& wire, const FacetParams& facet, const Way&) {
    Port port;
    port.name = "wire";
    WireModes own;
    port.wire = (facet.wires ? *facet.wires : own).at(wire, facet.wavelength, facet.field);
    const bool tm = *port.wire->figures.te_fraction < 0.5;
    ModePoints points = port.wire->points(1e300);
    const ModeFields fields = port.wire->fields(points.x, points.y);
    port.seen_wire = std::make_shared<const coupling::SeenMode>(
        coupling::seen_mode(fields, std::move(points), tm ? coupling::PortField::along_y : coupling::PortField::along_x,
                            port.wire->n_eff.real()));
    port.radius = 0.25 * (port.wire->figures.mfd_gauss_x + port.wire->figures.mfd_gauss_y);
    port.index = port.wire->n_eff.real();
    port.mfd = port.wire->figures.mfd_gauss_x;
    return port;
}

/// A field on a grid at any place: cubic between its points, in a dark cover with its tail, zero beyond the window.
PortShape between_points(const Field<Complex>& psi, coupling::Tail tail) {
    return [&psi, tail](double x, double y) {
        const Grid& g = psi.grid;
        if (x < g.x.lower || x > g.x.upper() || y < g.y.lower) return Complex();
        const bool in_cover = tail.length > 0.0 ? y > 0.0 : y > g.y.upper();
        if (in_cover && tail.length == 0.0) return Complex();
        const kernels::CubicStencil sx(x, g.x.at(0), g.x.spacing, g.x.count),
            sy(in_cover ? 0.0 : y, g.y.at(0), g.y.spacing, g.y.count);
        const Complex sum = kernels::interpolated(sx, sy, psi.values.data(), static_cast<std::size_t>(g.x.count));
        return in_cover ? sum * std::exp(-y / tail.length) : sum;
    };
}

/// What an overlap refers to, kept with it.
template <typename Kept>
coupling::OverlapAt keeping(std::shared_ptr<const Kept> kept, coupling::OverlapAt overlap) {
    return [kept = std::move(kept), overlap = std::move(overlap)](double x, double y) { return overlap(x, y); };
}

/// The overlaps of a field on a grid with a wire's mode, taken where that lies. Tilted, the light's fronts turn about the wire.
coupling::OverlapAt with_wire(std::shared_ptr<const Field<Complex>> psi, coupling::Tail tail,
                              std::shared_ptr<const coupling::SeenMode> seen, double k_x, double k_y) {
    const double scale = 1.0 / std::sqrt(coupling::power_of({*psi, tail}));
    const PortShape light = between_points(*psi, tail);
    return [psi = std::move(psi), seen = std::move(seen), light, scale, k_x, k_y](double x0, double y0) {
        const PortShape about = [&](double x, double y) {  // seen from the wire's axis
            return light(x + x0, y + y0) * std::polar(1.0, -k_x * x - k_y * y);
        };
        return scale * std::conj(coupling::overlap_of(*seen, about, 1e300)(0.0, 0.0));
    };
}

/// The overlaps of a guide's mode with the fields of ports.
class ModeAtFacet {
public:
    ModeAtFacet(const GuidedMode& mode, coupling::Tail tail)
        : psi_(std::make_shared<const Field<Complex>>(as_complex(mode.psi))), tail_(tail) {}
    ModeAtFacet(const GuidedMode& mode, const Port& port, double moved) {
        // In the mode's own index, so that the overlap is of the shapes alone: what the facet reflects counts apart.
        const double index = mode.n_eff.real();
        constexpr double pieces = 3.0;  // of radii, with eight points or more: a Gaussian is integrated to 1e-8
        reach_ = port.reach;
        ModePoints points = mode.points(pieces * port.radius);
        const ModeFields fields = mode.fields(points.x, points.y);
        const bool tm = mode.figures.te_fraction.value_or(1.0) < 0.5;
        seen_ = std::make_shared<const coupling::SeenMode>(coupling::seen_mode(
            fields, std::move(points), tm ? coupling::PortField::along_y : coupling::PortField::along_x, index));
        moved_ = moved;
    }
    /// With the port at the facet of the guide, tilted further by a transverse wave number; and in contact, without any tilt.
    [[nodiscard]] coupling::OverlapAt at_guide(const Port& port, double k_x = 0.0, double k_y = 0.0) const {
        if (port.wire) return with_wire(psi_, tail_, port.seen_wire, port.k_x + k_x, port.k_y + k_y);
        if (k_x == 0.0 && k_y == 0.0) return with(port.at_guide);
        return with([shape = port.at_guide, k_x, k_y](double x, double y) {
            return shape(x, y) * std::polar(1.0, k_x * x + k_y * y);
        });
    }
    [[nodiscard]] coupling::OverlapAt in_contact(const Port& port) const {
        return port.wire ? with_wire(psi_, tail_, port.seen_wire, 0.0, 0.0) : with(port.shape);
    }

private:
    [[nodiscard]] coupling::OverlapAt with(const PortShape& port) const {
        if (psi_) return keeping(psi_, coupling::overlap_of(coupling::Light{*psi_, tail_}, port));
        const coupling::OverlapAt own = keeping(seen_, coupling::overlap_of(*seen_, port, reach_));
        return [own, moved = moved_](double x, double y) { return own(x - moved, y); };
    }

    std::shared_ptr<const Field<Complex>> psi_;
    std::shared_ptr<const coupling::SeenMode> seen_;
    coupling::Tail tail_;
    double moved_ = 0.0, reach_ = 0.0;
};

/// Puts the port where its offset says, or where it is best.
void align(PortAtGuide& p, const OffsetParams& offset, const ModeAtFacet& mode, double peak_x) {
    using coupling::FreeAxes;
    const double x = offset.x.sought ? peak_x : p.axis_x + offset.x.value,
                 y = offset.y.sought ? p.mode->figures.peak_y : offset.y.value;
    const FreeAxes free = offset.x.sought ? (offset.y.sought ? FreeAxes::both : FreeAxes::x)
                                          : (offset.y.sought ? FreeAxes::y : FreeAxes::none);
    p.overlap = mode.at_guide(p.port);
    p.at = coupling::align(p.overlap, x, y, free, p.port.radius);
    p.in_contact = mode.in_contact(p.port);
    p.tilted = [mode, port = p.port, at = p.at](double k_x, double k_y) {
        return mode.at_guide(port, k_x, k_y)(at.x, at.y);
    };
}

}  // namespace

Port make_port(const PortParams& params, const PlacementParams& placement, const FacetParams& facet) {
    const double k0 = 2.0 * pi / facet.wavelength;
    const std::optional<double> gap_index =
        placement.medium ? std::optional(placement.medium->index(facet.wavelength).real()) : std::nullopt;
    const Way way{placement.gap, k0 * gap_index.value_or(1.0), placement.focus, k0 * facet.n_eff};
    Port port = std::visit([&](const auto& p) { return make(p, facet, way); }, params);
    port.gap_index = gap_index;
    // Light that is received comes from the guide: its fronts are those of the port's light on its way back.
    if (facet.end == End::output && (placement.gap > 0.0 || placement.focus != 0.0))
        port.at_guide = [shape = port.at_guide](double x, double y) { return std::conj(shape(x, y)); };
    const double k = k0 * gap_index.value_or(facet.n_eff);
    port.k_x = k * std::sin(placement.tilt_x), port.k_y = k * std::sin(placement.tilt_y);
    if (!port.wire && (port.k_x != 0.0 || port.k_y != 0.0))
        port.at_guide = [shape = port.at_guide, k_x = port.k_x, k_y = port.k_y](double x, double y) {
            return shape(x, y) * std::polar(1.0, k_x * x + k_y * y);
        };
    return port;
}

PortAtGuide place_port(const PortParams& port, const PlacementParams& placement, const EndOfGuide& end) {
    PortAtGuide p;
    const OwnMode* own = end.guides.at(placement.guide_x);
    p.is_guided = own != nullptr;
    p.mode = own ? &own->mode : &end.modes[0];
    p.found = own ? own->found : "";
    const double n_eff = p.mode->n_eff.real();
    p.axis_x = placement.axis_x.value_or(own ? own->axis_x : p.mode->figures.center_x);
    p.port = make_port(port, placement, {end.end, end.light.wavelength(), n_eff, end.light.params().field, end.wires});
    align(p, placement.offset, ModeAtFacet(*p.mode, end.light.tail(n_eff)), p.mode->figures.peak_x);
    return p;
}

PortAtGuide place_port(const PortParams& port, const PlacementParams& placement, const EndOfGuide& end,
                       const GuidedMode& mode, double moved) {
    PortAtGuide p;
    p.mode = &mode;
    p.found = "section";
    p.axis_x = placement.axis_x.value_or(mode.figures.center_x + moved);
    p.port = make_port(port, placement,
                       {end.end, end.light.wavelength(), mode.n_eff.real(), end.light.params().field, end.wires});
    align(p, placement.offset, ModeAtFacet(mode, p.port, moved), mode.figures.peak_x + moved);
    return p;
}

coupling::OverlapAt overlap_with(const Field<Complex>& psi, coupling::Tail tail, const Port& port) {
    if (!port.wire) return coupling::overlap_of(coupling::Light{psi, tail}, port.at_guide);
    const std::shared_ptr<const Field<Complex>> lent(&psi, [](const Field<Complex>*) {});
    return with_wire(lent, tail, port.seen_wire, port.k_x, port.k_y);
}

Field<Complex> as_complex(const Field<double>& psi) {
    Field<Complex> out(psi.grid);
    std::copy(psi.values.begin(), psi.values.end(), out.values.begin());
    return out;
}

}  // namespace vitral::stages
