#pragma once
#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

/// Of a section with a plane of symmetry one half is solved; its mirror image belongs to what is seen.
enum class Images { included, left_out };

/// Points and weights [m] of the Gauss quadrature that a mode was computed on, without matched layers.
struct SectionQuadrature {
    std::vector<double> x, weight_x, y, weight_y;
};
/// Elements longer than `longest` are taken in pieces [m]: for integrals with a field that varies faster than the mode.
[[nodiscard]] SectionQuadrature quadrature(const SolvedSection& section, Images images = Images::included,
                                           double longest = 1e300);

/// Scales a mode to unit power (scalar: ∬ψ² = 1), its larger transverse component real and positive at its peak.
void normalize(SectionMode& mode);

}  // namespace vitral::modes
