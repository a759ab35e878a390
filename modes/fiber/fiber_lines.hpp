#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "modes/fiber/fiber_mode.hpp"

namespace vitral::modes {

/// A mode of a fiber by its name: LP01, HE11, TE01, ... (azimuthal order, then radial order from 1; LP11,2 with two digits).
struct FiberLine {
    std::string name;
    int azimuthal = 0, radial = 1;
    double n_eff = 0.0;
};

/// All LP modes of a step fiber, n_eff descending: u J_l+1(u) K_l(w) = w K_l+1(w) J_l(u), u² + w² = V²
/// (Gloge, Appl. Opt. 10, 2252 (1971)).
[[nodiscard]] std::vector<FiberLine> lp_modes(const StepFiber& fiber, double wavelength);

/// All vector modes of a step fiber, n_eff descending (Snitzer, J. Opt. Soc. Am. 51, 491 (1961)). With X = J_m'/(u J_m) and
/// k = K_m'/(w K_m) the hybrid ones solve
///     (X + k) (n1² X + n2² k) = m² n_eff² (1/u² + 1/w²)²,
/// EH on the upper and HE on the lower branch of the quadratic in X; TE and TM are its factors at m = 0.
[[nodiscard]] std::vector<FiberLine> vector_modes(const StepFiber& fiber, double wavelength);

/// LP modes of a fiber whose index depends on the radius: `n(r)` for all r, constant beyond `outer` and smooth but for jumps at
/// `steps`. Elements of degree 10 in r, closed where light has died out.
[[nodiscard]] std::vector<FiberLine> graded_lp_modes(const std::function<double(double)>& n, double outer,
                                                     const std::vector<double>& steps, double wavelength,
                                                     int azimuthal = 0);

/// Group indices n_eff - λ dn_eff/dλ of all lines of a fiber, in their order, from the same lines at neighbouring wavelengths;
/// the dispersion of its glasses counts where `lines_at` knows it. Nothing for a mode that is cut off beside the wavelength.
/// Fourth-order differences: 1e-9.
using LinesAt = std::function<std::vector<FiberLine>(double wavelength)>;
[[nodiscard]] std::vector<std::optional<double>> group_indices(const LinesAt& lines_at, double wavelength);

}  // namespace vitral::modes
