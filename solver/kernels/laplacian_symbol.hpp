#pragma once
#include <cmath>

#include "core/constants.hpp"

namespace vitral::kernels {

/// Eigenvalue of d²/dx² between hard walls for the sine of mode number m = 0, 1, ... on n points spaced h:
/// exactly -k² with k = pi (m+1)/(n h), as the spectral engine takes it.
[[nodiscard]] inline double spectral_symbol(int m, int n, double h) {
    const double k = pi * (m + 1) / (n * h);
    return -k * k;
}

/// The same for the fourth-order compact stencil (1 + δ²/12)⁻¹ δ²/h², where δ² has the eigenvalue -4 sin²(k h/2):
/// the exact -k² plus k² (k h)⁴/240. Collatz, The Numerical Treatment of Differential Equations (1960), "Mehrstellenverfahren".
[[nodiscard]] inline double compact_symbol(int m, int n, double h) {
    const double s = std::sin(0.5 * pi * (m + 1) / n);
    const double delta2 = -4.0 * s * s;
    return delta2 / (1.0 + delta2 / 12.0) / (h * h);
}

}  // namespace vitral::kernels
