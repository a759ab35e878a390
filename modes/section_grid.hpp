#pragma once
#include "core/grid.hpp"
#include "core/polarization.hpp"

namespace vitral::modes {

/// The window on which light is computed.
struct SectionParams {
    double width = 0.0;           ///< -width/2 <= x <= width/2 [m]
    double depth = 0.0;           ///< of the window below the surface [m]
    double height = 0.0;          ///< of the window above the surface, where the cover is not dark [m]
    double resolution = 0.25e-6;  ///< largest spacing of points [m]
};

/// A cover is dark when light of the guide dies out in it within a fraction of a micrometre: n_glass² - n_cover² > 0.3.
/// It is then replaced by a hard wall at the height at which the evanescent field's tangent vanishes,
///     y_wall = 1 / (k0 sqrt(n_eff² - n_cover²)),      times (n_cover/n_eff)² for a field normal to the surface, which jumps,
/// which gives n_eff to 3e-7 for guides 2 to 8 µm under air and keeps the jump of the index out of the light's equation.
[[nodiscard]] bool is_dark(double n_glass, double n_cover) noexcept;
[[nodiscard]] double dark_wall(double n_eff, double n_cover, double wavelength,
                               Polarization polarization = Polarization::scalar) noexcept;

/// The grid of a section: spacing at most the resolution, counts that transform fast. `top` is the upper wall.
[[nodiscard]] Grid section_grid(const SectionParams& params, double top);
/// The grid of a slab, n(x, z).
[[nodiscard]] Grid slab_grid(const SectionParams& params);

}  // namespace vitral::modes
