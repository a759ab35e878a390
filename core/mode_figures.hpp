#pragma once
#include <optional>
#include <vector>

namespace vitral {

/// What one asks of a mode's shape. S is its power density: Re(E x H*)·ẑ, of scalar light |ψ|². In a slab what belongs to y
/// is 0, and the effective area is a width.
struct ModeFigures {
    double center_x = 0.0, center_y = 0.0;          ///< centroid of S [m]
    double peak_x = 0.0, peak_y = 0.0;              ///< of the larger transverse component [m]
    double mfd_4sigma_x = 0.0, mfd_4sigma_y = 0.0;  ///< 4 standard deviations of S [m]
    double mfd_1e2_x = 0.0, mfd_1e2_y = 0.0;        ///< full width at 1/e² of S [m]
    double mfd_gauss_x = 0.0, mfd_gauss_y = 0.0;    ///< 1/e² diameters of the elliptical Gaussian of best overlap [m]
    double gauss_x = 0.0, gauss_y = 0.0;            ///< its centre [m]
    double gauss_overlap = 0.0;                     ///< that overlap
    double effective_area = 0.0;                    ///< (∬S)² / ∬S² [m²]; a width [m] in a slab
    double near_left = 0.0, near_right = 0.0, near_bottom = 0.0,
           near_top = 0.0;  ///< share of the power within 5 % of the window of each wall
    // Known of modes on elements only.
    std::optional<double> mfd_petermann_x = {},
                          mfd_petermann_y = {};  ///< 2 √(∬φ² / ∬(∂φ)²), φ the larger component of H (ψ) [m]
    std::optional<double> te_fraction = {};      ///< ∬|E_x|² / ∬(|E_x|² + |E_y|²) of a vector mode
    std::optional<double> transverse_fraction = {};  ///< ∬|E_t|² / ∬|E|² of a vector mode
    std::vector<double> confinement = {};            ///< share of the power in each region
};

}  // namespace vitral
