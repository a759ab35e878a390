#pragma once
#include <memory>
#include <vector>

#include "app/stages/light_section.hpp"
#include "app/stages/results.hpp"
#include "medium/moved_section.hpp"

namespace vitral::stages {

/// The guided modes at any z, for the powers recorded along the way. Where the guide has a slope, the mode that travels
/// along it carries the phase of the tilted wave front, exp(i k0 n_ref (dx_c/dz) x). The slope is the path's; of a medium that
/// changes along z it is that of its centroid.
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
    /// The modes at z, on the grid of the light, and the slope there.
    void find(double z);
    void find_anew(double z);

    const LightSection& light_;
    const ModesResult& modes_;
    Grid grid_;
    GuidePath path_;
    double k_, probe_, z_ = -1.0, slope_ = 0.0;
    std::unique_ptr<SampledMedium> along_;
    std::vector<std::unique_ptr<medium::MovedSection>> moved_;
    std::vector<Field<double>> local_;  ///< the modes at z_
};

}  // namespace vitral::stages
