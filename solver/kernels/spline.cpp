#include "solver/kernels/spline.hpp"

#include <algorithm>

namespace vitral::kernels {

CubicSpline::CubicSpline(std::span<const double> x, std::span<const double> y)
    : x_(x.begin(), x.end()), y_(y.begin(), y.end()), second_(x.size(), 0.0) {
    const std::size_t n = x_.size();
    if (n < 4) return;
    // Continuity of the first derivative:  h[i-1] s[i-1] + 2 (h[i-1] + h[i]) s[i] + h[i] s[i+1] = 6 (slope[i] - slope[i-1]).
    // Not-a-knot:  s[0] = s[1] - (h0/h1) (s[2] - s[1]),  and its mirror image, eliminated from the first and last rows.
    std::vector<double> h(n - 1), lower(n, 0.0), diagonal(n, 0.0), upper(n, 0.0), rhs(n, 0.0);
    for (std::size_t i = 0; i + 1 < n; ++i) h[i] = x_[i + 1] - x_[i];
    for (std::size_t i = 1; i + 1 < n; ++i) {
        lower[i] = h[i - 1];
        diagonal[i] = 2.0 * (h[i - 1] + h[i]);
        upper[i] = h[i];
        rhs[i] = 6.0 * ((y_[i + 1] - y_[i]) / h[i] - (y_[i] - y_[i - 1]) / h[i - 1]);
    }
    const double first = h[0] / h[1], last = h[n - 2] / h[n - 3];
    diagonal[1] += lower[1] * (1.0 + first);
    upper[1] -= lower[1] * first;
    diagonal[n - 2] += upper[n - 2] * (1.0 + last);
    lower[n - 2] -= upper[n - 2] * last;
    for (std::size_t i = 2; i + 1 < n; ++i) {
        const double factor = lower[i] / diagonal[i - 1];
        diagonal[i] -= factor * upper[i - 1];
        rhs[i] -= factor * rhs[i - 1];
    }
    second_[n - 2] = rhs[n - 2] / diagonal[n - 2];
    for (std::size_t i = n - 2; i-- > 1;) second_[i] = (rhs[i] - upper[i] * second_[i + 1]) / diagonal[i];
    second_[0] = second_[1] - first * (second_[2] - second_[1]);
    second_[n - 1] = second_[n - 2] + last * (second_[n - 2] - second_[n - 3]);
}

double CubicSpline::operator()(double x) const {
    if (x <= x_.front()) return y_.front();
    if (x >= x_.back()) return y_.back();
    const auto i = static_cast<std::size_t>(std::upper_bound(x_.begin(), x_.end(), x) - x_.begin()) - 1;
    const double h = x_[i + 1] - x_[i], b = (x - x_[i]) / h, a = 1.0 - b;
    return a * y_[i] + b * y_[i + 1] + ((a * a * a - a) * second_[i] + (b * b * b - b) * second_[i + 1]) * h * h / 6.0;
}

}  // namespace vitral::kernels
