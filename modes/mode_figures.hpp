#pragma once
#include "core/field.hpp"

namespace vitral::modes {

/// What one asks of a mode's shape. In a slab the y figures are 0.
struct ModeFigures {
    double center_x = 0.0, center_y = 0.0;          ///< centroid of |ψ|² [m]
    double peak_x = 0.0, peak_y = 0.0;              ///< place of the largest |ψ|² [m]
    double mfd_4sigma_x = 0.0, mfd_4sigma_y = 0.0;  ///< 4 standard deviations of |ψ|² [m]
    double mfd_1e2_x = 0.0, mfd_1e2_y = 0.0;        ///< full width at 1/e² of the peak of |ψ|², through the peak [m]
    double mfd_gauss_x = 0.0, mfd_gauss_y = 0.0;    ///< 1/e² diameters of the elliptical Gaussian of best overlap [m]
    double gauss_overlap = 0.0;                     ///< that overlap
    double effective_area = 0.0;                    ///< (∬|ψ|²)² / ∬|ψ|⁴ [m²]; a width [m] in a slab
    double near_left = 0.0, near_right = 0.0, near_bottom = 0.0,
           near_top = 0.0;  ///< power fraction within 5 % of the window of each wall
};

[[nodiscard]] ModeFigures mode_figures(const Field<double>& psi);

}  // namespace vitral::modes
