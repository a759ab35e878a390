#pragma once
#include <memory>
#include <vector>

#include "modes/elements/section_modes.hpp"

namespace vitral::modes {

/// Follows modes along a slowly changing section: wavelength after wavelength, width after width.
///
/// On the elements of the first solution a mode's vector is extrapolated from the last points, and put right by its residual
/// through a factorisation that is kept from an earlier point,
///     r = (A + νB) u,   u <- u - (A' + σB')⁻¹ r,   ν = -uᵀAu / uᵀBu,
/// until what the next correction would change in n_eff, |rᵀe / uᵀBu| / 2n, is below a hundredth of the wanted accuracy; the
/// quotient has the error of the vector squared. A mode is what continues it: crossings do not swap.
class ModeContinuation {
public:
    /// `set` as section_modes() answered for `section` and `params`. All of its modes are followed.
    ModeContinuation(const SectionModeSet& set, const SectionModesParams& params);
    ~ModeContinuation();

    struct Point {
        SectionModeSet set;            ///< the same modes in the same order
        std::vector<double> overlaps;  ///< |uᵀBu'|² / (uᵀBu u'ᵀBu') with the point before; B has a negative
                                       ///< part (E_z), so that it may pass 1 in the last digits
        int corrections = 0;           ///< of all modes
    };
    /// The modes of a neighbouring section. Nothing where a mode is lost (it does not converge, or is no longer guided) or where
    /// the window no longer suits it: then section_modes() must look again. Steps must lie where they lay, or nothing is right:
    /// what changes is the permittivity between them, or the wavelength.
    [[nodiscard]] std::optional<Point> next(const Section& section, double wavelength);

private:
    /// Follows mode m to another problem on its elements, above ν = `bound`; false where it is lost.
    bool follow(std::size_t m, const SectionProblem& problem, double bound, Point& point);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vitral::modes
