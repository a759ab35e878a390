#include "app/ports.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

#include "app/materials.hpp"
#include "core/beam.hpp"
#include "core/errors.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::app {
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

}  // namespace

Port make_port(const PortConfig& config, double wavelength, const std::filesystem::path& folder) {
    if (config.gaussian) {
        const GaussianConfig& g = *config.gaussian;
        return gaussian_port("gaussian", g.mfd_x, g.mfd_y.value_or(g.mfd_x), g.index);
    }
    if (!config.chip.empty()) {
        const ChipRecord chip = load_chip(config.chip, folder);
        Port port = gaussian_port(chip.name, chip.mfd_x, chip.mfd_y, chip.index);
        port.placeholders = chip.placeholders;
        return port;
    }
    const FiberRecord fiber = load_fiber(config.fiber, folder);
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
    for (const auto& sheet : fiber.data_sheet)
        if (std::abs(sheet.wavelength - wavelength) < 0.5e-9) {
            port.data_sheet_mfd = sheet.mode_field_diameter;
            port.data_sheet_tolerance = sheet.tolerance;
        }
    return port;
}

bool same_port(const PortConfig& a, const PortConfig& b) {
    const auto key = [](const PortConfig& p) {
        return std::make_tuple(p.fiber, p.chip, p.gaussian ? p.gaussian->mfd_x : 0.0,
                               p.gaussian ? p.gaussian->mfd_y.value_or(p.gaussian->mfd_x) : 0.0);
    };
    return key(a) == key(b);
}

}  // namespace vitral::app
