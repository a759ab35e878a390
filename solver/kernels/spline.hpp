#pragma once
#include <span>
#include <vector>

namespace vitral::kernels {

/// Cubic spline through (x_i, y_i), x ascending, with not-a-knot ends: twice continuously differentiable and exact
/// for cubics. Beyond the ends the end value is kept. Fewer than four points: linear.
class CubicSpline {
public:
    CubicSpline() = default;
    CubicSpline(std::span<const double> x, std::span<const double> y);
    [[nodiscard]] double operator()(double x) const;
    /// Second derivatives at the points.
    [[nodiscard]] const std::vector<double>& second() const noexcept { return second_; }

private:
    std::vector<double> x_, y_, second_;
};

}  // namespace vitral::kernels
