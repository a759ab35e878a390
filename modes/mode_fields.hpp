#pragma once
#include "modes/section_modes.hpp"

namespace vitral::modes {

/// Points and weights [m] of the Gauss quadrature that a mode was computed on, with the mirror image where only a half was
/// solved, without matched layers.
struct SectionQuadrature {
    std::vector<double> x, weight_x, y, weight_y;
};
[[nodiscard]] SectionQuadrature quadrature(const SolvedSection& section);

/// Scales a mode to unit power (scalar: ∬ψ² = 1), its larger transverse component real and positive at its peak.
void normalize(SectionMode& mode);

}  // namespace vitral::modes
