#pragma once
#include <vector>

#include "core/mode_figures.hpp"
#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

/// The figures of a mode on elements, integrals by the quadrature that it was computed with. Widths at 1/e² are those of S
/// through its centroid, of its value there; where the centroid is dark, through its peak and of its value at the peak.
[[nodiscard]] ModeFigures section_figures(const SectionMode& mode, const std::vector<Region>& regions = {});

}  // namespace vitral::modes
