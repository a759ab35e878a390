#pragma once
#include <optional>

#include "app/stages/launch.hpp"

/// What the paraxial operator errs by, as a share of the launched power, estimated before the march.
namespace vitral::stages {

/// Along a path: the guide is reduced to a slab (n²(x) = ∫ n² φ² dy - ∫ φ'² dy/k0², φ the fundamental mode along y through its
/// peak), in which its mode is marched along the path by the paraxial and by the wide-angle operator. The estimate is the
/// difference of what the mode receives at the end, or ten times by how much the two fields there are unlike (1 - |<a|b>|²),
/// since the difference may vanish by chance: 1 to 5 times the true error on S-bends that lose 0.3 to 12 dB. `tilt` is a
/// launch's, towards x [rad]; `edge` the width of the layers at the sides [m]. Nothing where the slab holds no mode or the index
/// changes by more than 0.3: the march of the slab would be as hard as the section's.
[[nodiscard]] std::optional<double> path_error(const LightSection& light, const GuidedMode& mode, const Motion& motion,
                                               double length, double tilt, double edge);

/// Along slopes s(z) of a medium that changes along z, of a mode of radius w: (∫ |s|³ dz / 2w)². An upper bound: a slope turns
/// T by k s q, q ~ 1/w the mode's own transverse wave numbers, and the term T²/8k³ that the operator lacks then spreads by
/// k s³ q/2k. Nothing where nothing is known of the slopes.
[[nodiscard]] std::optional<double> slope_error(const PropagationParams& params, const Medium& medium,
                                                double mode_radius);

/// Light in several modes turns by wrong phases, k0 (n_m - n_ref)² L/2 n_ref of mode m, and light beside the modes goes its way at
/// wrong angles: 2 Σ sqrt(p_0 p_m) |sin((φ_m - φ_0)/2)| + p_beside θ², p_0 the strongest mode's power, θ the rms angle of the launch.
/// The first sum is over `length`, 0 where the modes are turned by their exact phases.
[[nodiscard]] double spread_error(const Launch& launch, const ModesResult& modes, double wavelength, double n_ref,
                                  double length);

}  // namespace vitral::stages
