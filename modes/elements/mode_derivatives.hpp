#pragma once
#include <memory>

#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

class SolvedFields;

/// Derivatives of n_eff from the mode alone (Hellmann-Feynman): nothing is solved again, and on the mesh they are exact.
class ModeDerivatives {
public:
    explicit ModeDerivatives(const SectionMode& mode);
    ~ModeDerivatives();

    /// dn_eff for a small change δε of the permittivity,
    ///     δν = ∬ (δε_x E_x² + δε_y E_y² - δε_z E_z²) / ∬ (f² - ε_z ζ²),      ν = n_eff²
    [[nodiscard]] Complex index_shift(const PermittivityAt& change) const;

    /// Group index n_eff - λ dn_eff/dλ; `slope` is ∂ε/∂λ [1/m].
    [[nodiscard]] double group_index(const PermittivityAt& slope) const;

    /// dn_eff/da [1/m] of a step of the index at x = a or y = a, across that axis: the section between `below` and `above` is
    /// stretched along with it, which is exact where the permittivity there does not depend on that coordinate but for the
    /// step. Throws std::invalid_argument for bends.
    [[nodiscard]] Complex step_shift(Direction across, double at, double below, double above) const;

private:
    std::unique_ptr<const SolvedFields> solved_;
    Complex n_eff_, b_norm_;
    bool mirrored_x_, mirrored_y_;
};

}  // namespace vitral::modes
