#pragma once
#include <cmath>

#include "core/constants.hpp"
#include "core/polarization.hpp"

namespace vitral {

/// A cover is dark when light of the guide dies out in it within a fraction of a micrometre: n_glass² - n_cover² > 0.3.
/// On the light's grid it is then replaced by a hard wall at the height at which the evanescent field's tangent vanishes,
///     y_wall = 1 / (k0 sqrt(n_eff² - n_cover²)),      times (n_cover/n_eff)² for a field normal to the surface, which jumps,
/// which gives n_eff to 3e-7 for guides 2 to 8 µm under air and keeps the jump of the index out of the light's equation.
[[nodiscard]] inline bool is_dark(double n_glass, double n_cover) noexcept {
    return n_glass * n_glass - n_cover * n_cover > 0.3;
}
[[nodiscard]] inline double dark_wall(double n_eff, double n_cover, double wavelength,
                                      Polarization polarization = Polarization::scalar) noexcept {
    const double jump = polarization == Polarization::along_y ? n_cover * n_cover / (n_eff * n_eff) : 1.0;
    return jump * wavelength / (2.0 * pi * std::sqrt(n_eff * n_eff - n_cover * n_cover));
}

}  // namespace vitral
