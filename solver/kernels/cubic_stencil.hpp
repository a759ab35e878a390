#pragma once
#include <algorithm>
#include <array>
#include <cstddef>

namespace vitral::kernels {

/// Cubic interpolation on an axis of equally spaced points: the first of the four points about a place, and their weights (Lagrange).
/// A place beyond the ends is taken to be at the end. At least four points.
struct CubicStencil {
    int first;
    std::array<double, 4> weight;
    CubicStencil(double at, double from, double step, int count) {
        const double u = std::clamp((at - from) / step, 0.0, static_cast<double>(count - 1));
        first = std::clamp(static_cast<int>(u) - 1, 0, count - 4);
        const double t = u - first;
        weight = {-(t - 1.0) * (t - 2.0) * (t - 3.0) / 6.0, t * (t - 2.0) * (t - 3.0) / 2.0,
                  -t * (t - 1.0) * (t - 3.0) / 2.0, t * (t - 1.0) * (t - 2.0) / 6.0};
    }
};

/// Values on a lattice, x fastest, `row` of them along x, at the place of two stencils.
template <typename T>
[[nodiscard]] T interpolated(const CubicStencil& x, const CubicStencil& y, const T* values, std::size_t row) {
    values += static_cast<std::size_t>(y.first) * row + static_cast<std::size_t>(x.first);
    T sum{};
    for (std::size_t j = 0; j < 4; ++j, values += row)
        sum += y.weight[j] *
               (x.weight[0] * values[0] + x.weight[1] * values[1] + x.weight[2] * values[2] + x.weight[3] * values[3]);
    return sum;
}

}  // namespace vitral::kernels
