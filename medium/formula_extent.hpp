#pragma once
#include <optional>
#include <vector>

#include "core/medium.hpp"
#include "medium/formula.hpp"

namespace vitral::medium {

/// How far a formula's guides are looked for.
struct ExtentSearch {
    bool slab = false;                                               ///< the formula is that of a slab, n(x, z)
    bool above = false;                                              ///< it holds above y = 0, too
    std::vector<double> z;                                           ///< where along z it is looked at [m]
    std::optional<double> half_width = {}, depth = {}, height = {};  ///< where the window is given [m]
};

/// The box outside of which a formula's index is what it is far away, within 1e-3 of its rise over the section: sideways as at the
/// far side at the same height, downwards as far below. It is looked for in windows of ±20 um, ±60 um, ... until the index no longer
/// changes over the outer fifth; guides are found that lie up to 0.54 mm from the others at the same depth. A box with
/// left > right: the formula changes nowhere. Nothing: it does not settle within 1.6 mm.
[[nodiscard]] std::optional<Window> formula_extent(const Formula& n, const ExtentSearch& search);

}  // namespace vitral::medium
