#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "app/stages/light_section.hpp"
#include "app/stages/results.hpp"
#include "core/kept_near.hpp"
#include "medium/moved_section.hpp"

namespace vitral::stages {

/// The guided modes at any z, for the powers recorded along the way. Where a mode moves along x, its wave front is that of light that
/// goes with it, exp(i k0 n_ref φ(x)): along a path φ = x dx_c/dz; in a medium that changes along z, φ = ∫ v dx with the velocity
/// v(x) at which the mode's own power ρ(x) = ∫ψ² dy flows,
///     ∂ρ/∂z + ∂(ρ v)/∂x = 0,
/// so that each arm of a branch has its own tilt, a taper's front is curved, and a mode that stays where it is has none, whatever
/// changes beside it. In such a medium modes are found at 25 places along z, and between them they are the cubics through those of
/// four places, as long as neighbouring places have like modes.
class LocalModes {
public:
    /// Found on the grid of `light`, given on that of the march. All references must outlive it.
    LocalModes(const PropagationParams& params, const LightSection& light, const ModesResult& modes, double n_ref,
               const Grid& grid);
    /// |<mode|ψ>|² of each mode at z, with the number of modes of z = 0; 0 for a mode that is not guided there.
    [[nodiscard]] std::vector<double> powers(double z, const Field<Complex>& psi);
    /// The section's guided modes at z, for what is stepped in one stride: all that there are, or none.
    [[nodiscard]] std::vector<GuidedMode> all_guided(double z) const;

private:
    void prepare(double z);
    /// The modes at z, on the grid of the light, and their fronts there.
    void find(double z);
    /// The modes of a medium that changes along z with their fronts, from the medium itself or between places.
    struct Found {
        std::vector<Field<double>> modes;
        std::vector<std::vector<double>> fronts;
    };
    [[nodiscard]] Found find_anew(double z) const;
    [[nodiscard]] std::shared_ptr<const Found> at_place(int number);
    [[nodiscard]] std::optional<Found> between_places(double place);
    /// φ of a mode that becomes `later` after a distance dz, along x.
    [[nodiscard]] std::vector<double> front_of(const Field<double>& mode, const Field<double>& later, double dz) const;

    const LightSection& light_;
    const ModesResult& modes_;
    Grid grid_;
    GuidePath path_;
    double k_, probe_, end_, z_ = -1.0;
    std::unique_ptr<SampledMedium> along_;
    std::vector<std::unique_ptr<medium::MovedSection>> moved_;
    std::vector<Field<double>> local_;         ///< the modes at z_
    std::vector<std::vector<double>> fronts_;  ///< φ of each along the light's x axis [m]; empty: flat
    KeptNear<Found, 8> places_;
};

}  // namespace vitral::stages
