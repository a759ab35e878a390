#pragma once
#include <string>
#include <vector>

#include "modes/section_modes.hpp"

namespace vitral::modes {

/// A rectangle in which the share of the power is asked for.
struct Region {
    std::string name;
    double left, right, bottom, top;  ///< [m]
};

/// What one asks of a mode on elements; integrals by the quadrature that the mode was computed with. S is the power density
/// Re(E x H*)·ẑ, of a scalar mode ψ². In a slab the y figures are 0 and the area is a width [m].
struct SectionFigures {
    double center_x = 0.0, center_y = 0.0;          ///< centroid of S [m]
    double peak_x = 0.0, peak_y = 0.0;              ///< of the larger transverse component of E [m]
    double mfd_4sigma_x = 0.0, mfd_4sigma_y = 0.0;  ///< 4 standard deviations of S [m]
    double mfd_1e2_x = 0.0, mfd_1e2_y = 0.0;  ///< full width at 1/e² of S through its centroid, of its value there;
                                              ///< through and of its peak where the centroid is dark [m]
    double mfd_gauss_x = 0.0,
           mfd_gauss_y = 0.0;             ///< 1/e² diameters of the Gaussian that overlaps best with that component
    double gauss_x = 0.0, gauss_y = 0.0;  ///< its centre [m]
    double gauss_overlap = 0.0;
    double mfd_petermann_x = 0.0, mfd_petermann_y = 0.0;  ///< 2 √(∬φ² / ∬(∂φ)²), φ the larger component of H (ψ) [m]
    double effective_area = 0.0;                          ///< (∬S)² / ∬S² [m²]
    double x_fraction = 0.0;                              ///< ∬|E_x|² / ∬(|E_x|² + |E_y|²); 1 for scalar modes
    double transverse_fraction = 0.0;                     ///< ∬|E_t|² / ∬|E|²
    std::vector<double> confinement;                      ///< power in each region, share of all
    double near_left = 0.0, near_right = 0.0, near_bottom = 0.0,
           near_top = 0.0;  ///< power within 5 % of the window of a wall
};
[[nodiscard]] SectionFigures section_figures(const SectionMode& mode, const std::vector<Region>& regions = {});

}  // namespace vitral::modes
