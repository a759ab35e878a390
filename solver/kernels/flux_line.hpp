#pragma once
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace vitral::kernels {

/// The matrix of h² ∂ (1/c) ∂ c on a line of cells between walls at which the solution is odd, in the symmetric form for
/// the unknown sqrt(c) u:  beside_i = sqrt(c_i c_i+1)/c̄_i+½ joins i and i + 1, own_i = -c_i (1/c̄_i-½ + 1/c̄_i+½), c̄ the mean of
/// neighbours. The flux (1/c) ∂(cu) between cells is continuous, also where c jumps; second order.
struct FluxLine {
    std::vector<double> beside, own;

    FluxLine() = default;
    explicit FluxLine(std::span<const double> c) : beside(c.size(), 0.0), own(c.size()) {
        const std::size_t n = c.size();
        for (std::size_t i = 0; i < n; ++i) {
            const double before = i > 0 ? c[i - 1] : c[i], after = i + 1 < n ? c[i + 1] : c[i],
                         walls = (i == 0) + (i + 1 == n);
            own[i] = -2.0 * c[i] * (1.0 / (c[i] + before) + 1.0 / (c[i] + after)) - walls;
            if (i + 1 < n) beside[i] = 2.0 * std::sqrt(c[i] * after) / (c[i] + after);
        }
    }
};

}  // namespace vitral::kernels
