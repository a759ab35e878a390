#pragma once
#include "core/grid.hpp"
#include "core/medium.hpp"

namespace vitral::modes {

/// The grid of a section in a window: spacing at most `resolution` [m], counts that transform fast.
[[nodiscard]] Grid section_grid(const Window& window, double resolution);
/// The grid of a slab, n(x, z).
[[nodiscard]] Grid slab_grid(const Window& window, double resolution);

}  // namespace vitral::modes
