#pragma once
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/constants.hpp"
#include "core/polarization.hpp"

namespace vitral {

/// A cover is dark when light of the guide dies out in it within a fraction of a micrometre: n_glass² - n_cover² > 0.3.
[[nodiscard]] inline bool is_dark(double n_glass, double n_cover) noexcept {
    return n_glass * n_glass - n_cover * n_cover > 0.3;
}

/// 1/e length of a field of this effective index in the cover, 1/γ = 1/(k0 sqrt(n_eff² - n_cover²)) [m].
[[nodiscard]] inline double dark_tail(double n_eff, double n_cover, double wavelength) noexcept {
    return wavelength / (2.0 * pi * std::sqrt(n_eff * n_eff - n_cover * n_cover));
}

/// On the light's grid a dark cover is replaced by a hard wall above the surface, at the height at which the field of the glass,
/// continued, vanishes where it leaves the surface with the slope that the cover asks for, -γ; (n_eff/n_cover)² times that for a
/// field normal to the surface, which jumps:
///     y_wall = atan(κ/γ)/κ,      κ = k0 sqrt(n_surface² - n_eff²),
/// n_surface being the index that the light has right under the surface (atanh and |κ| where it is below n_eff; 1/γ where it is
/// not given). It keeps the jump of the index out of the light's equation.
[[nodiscard]] inline double dark_wall(double n_eff, double n_cover, double wavelength,
                                      Polarization polarization = Polarization::scalar,
                                      std::optional<double> n_surface = {}) noexcept {
    const double jump = polarization == Polarization::along_y ? n_cover * n_cover / (n_eff * n_eff) : 1.0;
    const double wall = jump * dark_tail(n_eff, n_cover, wavelength);
    if (!n_surface) return wall;
    const double k0 = 2.0 * pi / wavelength, square = (*n_surface * *n_surface - n_eff * n_eff) * k0 * k0;
    const double s = square * wall * wall;  // (κ/γ)²
    if (std::abs(s) < 1e-4) return wall * (1.0 - s / 3.0 + s * s / 5.0);
    const double root = std::sqrt(std::abs(s));
    return s > 0.0 ? wall * std::atan(root) / root : wall * std::atanh(std::min(root, 0.99)) / root;
}

}  // namespace vitral
