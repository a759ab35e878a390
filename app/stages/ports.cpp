#include "app/stages/ports.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

#include "app/records/library.hpp"
#include "core/beam.hpp"
#include "core/errors.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::stages {
namespace {

/// The fiber's exact mode, tabulated along its radius: Bessel functions are far too slow to sit in an overlap.
coupling::PortShape tabulated(const modes::FiberMode& mode, double core_radius) {
    constexpr int per_core = 200, cores = 12;
    std::vector<double> r, psi;
    for (int i = 0; i <= per_core * cores; ++i) {
        r.push_back(core_radius * i / per_core);
        psi.push_back(mode(r.back()));
    }
    const auto spline = std::make_shared<const kernels::CubicSpline>(r, psi);
    const double far = r.back();
    return [spline, far](double x, double y) {
        const double distance = std::sqrt(x * x + y * y);
        return distance < far ? (*spline)(distance) : 0.0;
    };
}

Port gaussian_port(std::string name, double mfd_x, double mfd_y, std::optional<double> index) {
    Port port;
    port.name = std::move(name);
    const GaussianBeam beam{0.5 * mfd_x, 0.5 * mfd_y};
    port.shape = [beam](double x, double y) { return beam(x, y); };
    port.index = index;
    port.radius = 0.25 * (mfd_x + mfd_y);
    return port;
}

Port make(const GaussianPort& g, double) {
    Port port = gaussian_port(g.name, g.mfd_x, g.mfd_y, g.index);
    port.placeholders = g.placeholders;
    return port;
}

Port make(const FiberPort& p, double wavelength) {
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
    port.shape = tabulated(mode, fiber.core_radius);
    port.index = mode.n_eff();
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

}  // namespace

Port make_port(const PortParams& params, double wavelength) {
    return std::visit([&](const auto& port) { return make(port, wavelength); }, params);
}

coupling::Alignment place_port(const GuidedMode& mode, const Port& port, const OffsetParams& offset, double axis_x,
                               coupling::Tail tail) {
    const double x = offset.x.sought ? mode.figures.peak_x : axis_x + offset.x.value,
                 y = offset.y.sought ? mode.figures.peak_y : offset.y.value;
    using coupling::FreeAxes;
    const FreeAxes free = offset.x.sought ? (offset.y.sought ? FreeAxes::both : FreeAxes::x)
                                          : (offset.y.sought ? FreeAxes::y : FreeAxes::none);
    const Field<Complex> psi = as_complex(mode.psi);
    coupling::Alignment best = coupling::align({psi, tail}, port.shape, x, y, free, port.radius);
    best.x -= axis_x;
    return best;
}

Field<Complex> as_complex(const Field<double>& psi) {
    Field<Complex> out(psi.grid);
    std::copy(psi.values.begin(), psi.values.end(), out.values.begin());
    return out;
}

}  // namespace vitral::stages
