#pragma once
#include <algorithm>
#include <cmath>

/// The terms of binary exchange, one function a term. ĉ is the normalised concentration of the incoming ion,
/// D_A its self-diffusion coefficient in dilute limit, M = D_A/D_B. Nernst-Planck with charge neutrality:
///     dĉ/dt = div( D̃(ĉ) grad ĉ ) - div( f(ĉ) u ),      div u = 0,      u = J/(e C_0)
/// where u [m/s] is the total ionic current in units of the exchangeable charge. docs/methods/exchange.md (1)-(4).
namespace vitral::exchange {

/// Interdiffusion coefficient  D̃(ĉ) = D_A / (1 - (1-M) ĉ)   [m²/s];  D_A at ĉ = 0, D_B at ĉ = 1.
[[nodiscard]] inline double interdiffusivity(double c_hat, double D_A, double M) noexcept {
    return D_A / (1.0 - (1.0 - M) * c_hat);
}

/// Transport number of the incoming ion, its share of the current:  f(ĉ) = M ĉ / (1 - (1-M) ĉ)   [-];  f(0) = 0, f(1) = 1.
[[nodiscard]] inline double transport_number(double c_hat, double M) noexcept {
    return M * c_hat / (1.0 - (1.0 - M) * c_hat);
}

/// df/dĉ = M / (1 - (1-M) ĉ)².
[[nodiscard]] inline double transport_number_slope(double c_hat, double M) noexcept {
    const double s = 1.0 - (1.0 - M) * c_hat;
    return M / (s * s);
}

/// Conductivity relative to the unexchanged glass, σ/σ_B = 1 - (1-M) ĉ.
[[nodiscard]] inline double relative_conductivity(double c_hat, double M) noexcept { return 1.0 - (1.0 - M) * c_hat; }

/// Logarithmic mean (a-b)/ln(a/b) of two positive numbers, by its series where a and b are close.
[[nodiscard]] inline double logarithmic_mean(double a, double b) noexcept {
    const double mean = 0.5 * (a + b), r = 0.5 * (a - b) / mean, r2 = r * r;
    // (a-b)/ln(a/b) = mean r/atanh(r);  atanh(r)/r = 1 + r²/3 + r⁴/5 + ...; the first term left out is below 1e-16
    if (r2 < 2.5e-3) return mean / (1.0 + r2 * (1.0 / 3 + r2 * (1.0 / 5 + r2 * (1.0 / 7 + r2 * (1.0 / 9 + r2 / 11)))));
    return mean * r / std::atanh(r);
}

/// Weight of the diffusive exchange between two cells at the Péclet number p of their drift: central differences,
/// 1 - p/2, as long as that is positive both ways (|p| < 2), upwind beyond. W(-p) = W(p) + p, never negative. S. V.
/// Patankar, Numerical Heat Transfer and Fluid Flow (1980), hybrid scheme. Unlike Scharfetter-Gummel's p/(e^p - 1) it
/// adds no diffusion below |p| = 2 (that one adds p²/12 of D).
[[nodiscard]] inline double drift_weight(double p) noexcept { return std::max({0.0, 1.0 - 0.5 * p, -p}); }

/// Flux of the incoming ion from point a to point b, a distance h apart, with the current u from a to b:
///     F = u f(c_a) + (D̄/h) W(Pe) (c_a - c_b),     Pe = u s h / D̄,   s = (f(c_b) - f(c_a))/(c_b - c_a),
/// with the exact mean diffusivity D̄ and the exact mean slope s. For a current without sources the balance of a cell
/// is Σ (D̄/h) W(Pe) (c_j - c_i) with weights that are never negative, so concentrations stay within the bounds of
/// their neighbours at any Péclet number.
struct FaceFlux {
    double value;     ///< [m/s]
    double d_a, d_b;  ///< its derivatives with respect to c_a and c_b, for Newton's method
};
[[nodiscard]] inline FaceFlux face_flux(double c_a, double c_b, double h, double u, double D_A, double M) noexcept {
    const double a = relative_conductivity(c_a, M), b = relative_conductivity(c_b, M);
    const double D_mean = D_A / logarithmic_mean(a, b);
    const double Pe = u * M / (a * b) * h / D_mean;
    const double value = u * transport_number(c_a, M) + D_mean / h * drift_weight(Pe) * (c_a - c_b);
    if (Pe >= 2.0) return {value, u * transport_number_slope(c_a, M), 0.0};   // upwind from a: F = u f(c_a)
    if (Pe <= -2.0) return {value, 0.0, u * transport_number_slope(c_b, M)};  // upwind from b: F = u f(c_b)
    return {value, 0.5 * u * transport_number_slope(c_a, M) + D_A / (a * h),
            0.5 * u * transport_number_slope(c_b, M) - D_A / (b * h)};
}

}  // namespace vitral::exchange
