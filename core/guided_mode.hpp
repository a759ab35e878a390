#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/field.hpp"
#include "core/mode_figures.hpp"

namespace vitral {

/// Fields on a tensor of points, x fastest. E in units such that ∬ Re(E x H*)·ẑ dA = 1 with H times the impedance of vacuum;
/// scalar modes: e_x holds ψ, ∬ψ² dA = 1, the rest is empty. [1/m]
struct ModeFields {
    std::vector<double> x, y;
    std::vector<Complex> e_x, e_y, e_z, h_x, h_y, h_z;
};

/// Points of a quadrature along both axes, with their weights [m].
struct ModePoints {
    std::vector<double> x, weight_x, y, weight_y;
};

/// A derivative of n_eff.
struct Sensitivity {
    std::string parameter, unit;
    double value = 0.0;
};

/// A guided mode, whichever solver found it: what coupling, launch, watch and results take.
struct GuidedMode {
    int number = 0;  ///< from the highest n_eff down; kept from wavelength to wavelength where modes are followed
    Complex n_eff;   ///< Im n_eff > 0: lost by absorption or leakage, as far as they were computed
    std::optional<double> error = {};       ///< bar of Re n_eff
    std::optional<double> error_imag = {};  ///< bar of Im n_eff, where it was computed
    std::optional<double> n_group = {};
    std::optional<double> dispersion = {};  ///< D = (1/c) dn_group/dλ [s/m²]; 1 ps/(nm km) = 1e-6 s/m²
    std::optional<double> absorption = {};  ///< power attenuation by the material [1/m]
    std::optional<double> loss = {};      ///< power attenuation from Im n_eff, where that is part of the solution [1/m]
    std::string polarization = "scalar";  ///< scalar, TE, TM, TE-like, TM-like, HE11, ...
    ModeFigures figures = {};
    double residual = 0.0;                         ///< of its equation, relative to n_eff
    std::optional<double> overlap_with_last = {};  ///< with the same mode at the wavelength before
    std::vector<Sensitivity> sensitivities = {};
    /// ψ on the light's grid, unit power; empty where only `fields` know it.
    Field<double> psi = {};
    /// Its fields at any points; empty where only `psi` knows them.
    std::function<ModeFields(std::vector<double> x, std::vector<double> y)> fields = {};
    /// A quadrature for integrals of `fields` with a field that varies over `scale` [m]; empty where only `psi` is known.
    std::function<ModePoints(double scale)> points = {};
};

}  // namespace vitral
