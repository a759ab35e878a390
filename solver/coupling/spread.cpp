#include "solver/coupling/spread.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"

namespace vitral::coupling {

namespace {

/// The m-th zero of J0, m = 1, 2, ...: McMahon's expansion, then Newton.
double zero_of_J0(int m) {
    const double b = (m - 0.25) * pi;
    double x = b + 1.0 / (8.0 * b);
    for (int i = 0; i < 3; ++i) x += std::cyl_bessel_j(0.0, x) / std::cyl_bessel_j(1.0, x);
    return x;
}

}  // namespace

std::vector<Complex> spread(std::span<const double> psi, double h, double k, double distance, std::size_t count) {
    const double R = h * static_cast<double>(std::max(psi.size(), count));
    constexpr double died_out = 1e-9;
    const double bend = 2.0 * (psi[1] - psi[0]) / (h * h);  // ψ'' of an even function
    std::vector<Complex> out(count);
    double largest = 0.0, recent = 0.0;
    for (int m = 1;; ++m) {
        const double zero = zero_of_J0(m), kappa = zero / R;
        if (kappa >= k) break;
        // Euler-Maclaurin at r = 0, of f = ψ J0 r: h²/12 f' - h⁴/720 f''', with f''' = 3 ψ'' - 3/2 κ² ψ.
        double sum = h / 12.0 * psi[0] - std::pow(h, 3) / 720.0 * (3.0 * bend - 1.5 * kappa * kappa * psi[0]);
        for (std::size_t j = 1; j < psi.size(); ++j) {
            const double r = static_cast<double>(j) * h;
            sum += psi[j] * std::cyl_bessel_j(0.0, kappa * r) * r;
        }
        largest = std::max(largest, std::abs(sum));
        // Its zeros do not end it: a whole lobe must have died out.
        recent = std::max(0.9 * recent, std::abs(sum));
        if (recent < died_out * largest) break;
        const Complex c = 2.0 * h * sum / std::pow(R * std::cyl_bessel_j(1.0, zero), 2) *
                          std::polar(1.0, (std::sqrt(k * k - kappa * kappa) - k) * distance);
        for (std::size_t j = 0; j < count; ++j)
            out[j] += c * std::cyl_bessel_j(0.0, kappa * h * static_cast<double>(j));
    }
    return out;
}

}  // namespace vitral::coupling
