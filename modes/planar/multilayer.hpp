#pragma once
#include <vector>

#include "core/field.hpp"

namespace vitral::modes {

/// A stack of homogeneous layers between two half spaces.
struct Multilayer {
    struct Layer {
        Complex n;
        double thickness;  ///< [m]
    };
    Complex substrate;          ///< index of the half space below
    std::vector<Layer> layers;  ///< from the substrate up
    Complex cover;              ///< index of the half space above
};

enum class LayerPolarization { te, tm };

/// n_eff of all guided modes of lossless layers, descending, to rounding: the m-th mode is where the field that decays into the
/// substrate has its (m+1)-th zero at infinity, so that the number of its zeros, counted in closed form layer by layer, says
/// how many modes lie above any n_eff (Sturm); bisection needs no starting guess and misses none. TE: u = E_y, TM: u = H_y with
/// u'/n² continuous. Throws std::invalid_argument for complex indices.
[[nodiscard]] std::vector<double> guided_modes(const Multilayer& stack, double wavelength,
                                               LayerPolarization polarization);

/// The complex n_eff near `start` of a leaky or lossy mode: the root of
///     D = u' / p + γ_c u / p_c    at the cover,      γ = √(n_eff² - n²) k0,     p = 1 (TE), n² (TM),
/// by the secant method; waves leave where Re n exceeds Re n_eff (Im n_eff > 0 is loss). Throws std::runtime_error where it does
/// not converge.
[[nodiscard]] Complex leaky_mode(const Multilayer& stack, double wavelength, LayerPolarization polarization,
                                 Complex start);

}  // namespace vitral::modes
