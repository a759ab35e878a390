#pragma once
#include <algorithm>

namespace vitral::medium {

/// Derivative of f at x by central difference, one-sided where its range [low, high] ends; 0 for a range of one point.
template <typename F>
double slope_within(F&& f, double x, double low, double high) {
    const double a = std::max(x * (1.0 - 1e-3), low), b = std::min(x * (1.0 + 1e-3), high);
    return b > a ? (f(b) - f(a)) / (b - a) : 0.0;
}

}  // namespace vitral::medium
