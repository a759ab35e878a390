#pragma once
#include <algorithm>
#include <array>

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

}  // namespace vitral::kernels
