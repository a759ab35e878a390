#pragma once
#include <vector>

namespace vitral::glass {

/// The dispersion laws of the refractiveindex.info database, with its numbering; λ in µm, c_0, c_1, ... the coefficients:
///   constant                  n  = c0                                        (a single number, e.g. air)
///   sellmeier             (1) n² = 1 + c0 + Σ c_i λ²/(λ² - c_{i+1}²)         i = 1, 3, 5, ...
///   sellmeier_squared     (2) n² = 1 + c0 + Σ c_i λ²/(λ² - c_{i+1})
///   polynomial_squared    (3) n² = c0 + Σ c_i λ^c_{i+1}
///   two_resonances        (4) n² = c0 + c1 λ^c2/(λ² - c3^c4) + c5 λ^c6/(λ² - c7^c8) + Σ c_i λ^c_{i+1}, i = 9, 11, ...
///   polynomial            (5) n  = c0 + Σ c_i λ^c_{i+1}
///   gases                 (6) n  = 1 + c0 + Σ c_i/(c_{i+1} - λ⁻²)
///   herzberger            (7) n  = c0 + c1/(λ² - 0.028) + c2/(λ² - 0.028)² + c3 λ² + c4 λ⁴ + c5 λ⁶
///   retro                 (8) (n²-1)/(n²+2) = c0 + c1 λ²/(λ² - c2) + c3 λ²
///   exotic                (9) n² = c0 + c1/(λ² - c2) + c3 (λ - c4)/((λ - c4)² + c5)
///   table                     n by cubic interpolation in λ_0, n_0, λ_1, n_1, ...
enum class DispersionFormula {
    constant,
    sellmeier,
    sellmeier_squared,
    polynomial_squared,
    two_resonances,
    polynomial,
    gases,
    herzberger,
    retro,
    exotic,
    table
};

/// low <= x <= high but for rounding: 1450 * 1e-9 and 1.45 * 1e-6 are the same wavelength.
[[nodiscard]] constexpr bool is_within(double x, double low, double high) noexcept {
    constexpr double rounding = 1e-12;
    return x >= low * (1.0 - rounding) && x <= high * (1.0 + rounding);
}

/// n(λ) of an isotropic material within the range in which it was measured.
struct Dispersion {
    DispersionFormula formula = DispersionFormula::constant;
    std::vector<double> coefficients = {1.0};
    double shortest_wavelength = 0.0;  ///< [m]
    double longest_wavelength = 1.0;   ///< [m]

    /// n at the vacuum wavelength [m]; throws Error (input_file) outside the record's range: nothing is extrapolated.
    [[nodiscard]] double index(double wavelength) const;
    [[nodiscard]] bool covers(double wavelength) const noexcept {
        return is_within(wavelength, shortest_wavelength, longest_wavelength);
    }
};

}  // namespace vitral::glass
