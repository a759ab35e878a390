#pragma once
#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

/// Points and weights [m] of the Gauss quadrature that a mode was computed on, without matched layers; with the mirror
/// images of what was solved, if they are wanted.
struct SectionQuadrature {
    std::vector<double> x, weight_x, y, weight_y;
};
[[nodiscard]] SectionQuadrature quadrature(const SolvedSection& section, bool images = true);

/// Scales a mode to unit power (scalar: ∬ψ² = 1), its larger transverse component real and positive at its peak.
void normalize(SectionMode& mode);

}  // namespace vitral::modes
