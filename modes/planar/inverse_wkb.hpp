#pragma once
#include <optional>
#include <vector>

namespace vitral::modes {

/// A profile that measured mode indices stand for.
struct MeasuredProfile {
    double surface_index = 0.0;
    std::vector<double> depth;  ///< turning points of the modes [m], ascending
    std::vector<double> index;  ///< n there: the measured n_eff
};

/// Depth profile of a planar graded guide from the TE mode indices that a prism coupler measures, n_0 > n_1 > ... : turning
/// points x_m from
///     k0 ∫_0^{x_m} √(n²(x) - n_m²) dx = (m + 1/4) π + atan √((n_m² - n_cover²)/(n_s² - n_m²)),
/// n² linear between them (White and Heidrich, Appl. Opt. 15, 151 (1976), there with n linear and the last term π/2). The
/// surface index, if it is not given, is the one that makes the profile's third differences least (its second, of two modes). At least two modes; throws
/// std::invalid_argument where they do not descend.
[[nodiscard]] MeasuredProfile inverse_wkb(const std::vector<double>& n_eff, double wavelength, double n_cover = 1.0,
                                          std::optional<double> surface_index = {});

}  // namespace vitral::modes
