#pragma once
#include <cmath>

#include "core/dark_cover.hpp"
#include "core/field.hpp"
#include "modes/grid/section_grid.hpp"

namespace vitral::exact {

/// A buried guide with a Gaussian index, n = 1.5035 + 0.010 exp(-((x-x0)/4)² - ((y+8)/3)²) (µm), under air, λ = 1.31 µm.
/// Scalar; hp elements on independent meshes, n_eff to 2e-12.
struct BuriedGuide {
    static constexpr double wavelength = 1.31e-6, n_eff = 1.5077887996666, n_eff_second = 1.504133533033;
    static constexpr double n_substrate = 1.5035;
    double x0 = 0.0;
    [[nodiscard]] double rise(double x, double y) const {
        return 0.010 * std::exp(-std::pow((x - x0) / 4e-6, 2) - std::pow((y + 8e-6) / 3e-6, 2));
    }
    double operator()(double x, double y) const { return n_substrate + rise(x, y); }

    /// A grid for it: `width` x `depth` under a wall that stands for the air.
    static Grid grid(double width, double depth, double resolution) {
        return modes::section_grid({-0.5 * width, 0.5 * width, -depth, dark_wall(n_eff, 1.0, wavelength)}, resolution);
    }
};

/// A slab guide n² = n_s² + 2 n_s dn sech²(x/h), all of x: the modes are known exactly,
///     s (s+1) = 2 n_s dn (k0 h)²,   n_eff² = n_s² + ((s - m)/(k0 h))²,   ψ_0 = sech^s(x/h).
struct SechSlab {
    double n_s, dn, h, wavelength;
    [[nodiscard]] double k0() const { return 2.0 * 3.141592653589793238 / wavelength; }
    [[nodiscard]] double s() const { return 0.5 * (std::sqrt(1.0 + 8.0 * n_s * dn * std::pow(k0() * h, 2)) - 1.0); }
    [[nodiscard]] double n_eff(int m) const { return std::sqrt(n_s * n_s + std::pow((s() - m) / (k0() * h), 2)); }
    double operator()(double x, double) const {
        return std::sqrt(n_s * n_s + 2.0 * n_s * dn / std::pow(std::cosh(x / h), 2));
    }
};

}  // namespace vitral::exact
