#pragma once
#include "core/grid.hpp"

namespace vitral::modes {

/// The window on which light is computed.
struct SectionParams {
    double width = 0.0;           ///< -width/2 <= x <= width/2 [m]
    double depth = 0.0;           ///< of the window below the surface [m]
    double height = 0.0;          ///< of the window above the surface, where the cover is not dark [m]
    double resolution = 0.25e-6;  ///< largest spacing of points [m]
};

/// The grid of a section: spacing at most the resolution, counts that transform fast. `top` is the upper wall.
[[nodiscard]] Grid section_grid(const SectionParams& params, double top);
/// The grid of a slab, n(x, z).
[[nodiscard]] Grid slab_grid(const SectionParams& params);

}  // namespace vitral::modes
