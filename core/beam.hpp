#pragma once
#include <cmath>

#include "core/constants.hpp"

namespace vitral {

/// An elliptical Gaussian at its waist, psi = exp(-(x-x0)²/wx² - (y-y0)²/wy²), of unit power over the plane.
/// wx, wy are 1/e field radii; the 1/e² intensity diameter (mode-field diameter) is twice that.
struct GaussianBeam {
    double wx, wy;
    double x0 = 0.0, y0 = 0.0;
    [[nodiscard]] double operator()(double x, double y) const noexcept {
        const double u = (x - x0) / wx, v = (y - y0) / wy;
        return std::sqrt(2.0 / (pi * wx * wy)) * std::exp(-u * u - v * v);
    }
};

/// A Gaussian of x alone, for slabs: unit power per metre of height.
struct GaussianSheet {
    double wx;
    double x0 = 0.0;
    [[nodiscard]] double operator()(double x) const noexcept {
        const double u = (x - x0) / wx;
        return std::sqrt(std::sqrt(2.0 / pi) / wx) * std::exp(-u * u);
    }
};

}  // namespace vitral
