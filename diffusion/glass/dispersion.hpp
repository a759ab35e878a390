#pragma once
#include <string>
#include <vector>

namespace vitral::glass {

/// The dispersion laws of the refractiveindex.info database that our records use, with its numbering; λ in µm there:
///   sellmeier          (1)  n² = 1 + c0 + Σ B_i λ² / (λ² - L_i²)      coefficients c0, B1, L1, B2, L2, ...
///   sellmeier_squared  (2)  n² = 1 + c0 + Σ B_i λ² / (λ² - L_i)       coefficients c0, B1, L1, ...
///   polynomial         (5)  n  = c0 + Σ c_i λ^p_i                     coefficients c0, c1, p1, c2, p2, ...
///   constant                n  = c0                                   (a single number, e.g. air)
enum class DispersionFormula { constant, sellmeier, sellmeier_squared, polynomial };

/// n(λ) of an isotropic material within the range in which it was measured.
struct Dispersion {
    DispersionFormula formula = DispersionFormula::constant;
    std::vector<double> coefficients = {1.0};
    double shortest_wavelength = 0.0;  ///< [m]
    double longest_wavelength = 1.0;   ///< [m]

    /// n at the vacuum wavelength [m]; throws Error (input_file) outside the record's range: nothing is extrapolated.
    [[nodiscard]] double index(double wavelength) const;
    [[nodiscard]] bool covers(double wavelength) const noexcept {
        return wavelength >= shortest_wavelength && wavelength <= longest_wavelength;
    }
};

}  // namespace vitral::glass
