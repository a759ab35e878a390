#pragma once
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/field.hpp"

namespace vitral::medium {

/// A field between the points of its uniform grid, by cubic Lagrange polynomials; beyond the outer points the nearest four.
class SmoothMap {
public:
    explicit SmoothMap(Field<double> field) : field_(std::move(field)) {}
    [[nodiscard]] double operator()(double x, double y) const {
        const auto [i, u] = place(field_.grid.x, x);
        const auto [j, v] = place(field_.grid.y, y);
        double sum = 0.0;
        for (int b = 0; b < 4; ++b) {
            double line = 0.0;
            for (int a = 0; a < 4; ++a) line += weight(a, u) * field_(i + a, j + b);
            sum += weight(b, v) * line;
        }
        return sum;
    }

private:
    static std::pair<int, double> place(const Axis& axis, double x) {
        const double cells = (x - axis.at(0)) / axis.spacing;
        const int first = std::clamp(static_cast<int>(std::floor(cells)) - 1, 0, axis.count - 4);
        return {first, std::clamp(cells, 0.0 - 0.5, axis.count - 0.5) - first};
    }
    /// Lagrange polynomial of point a of 0, 1, 2, 3 at u.
    static double weight(int a, double u) {
        double w = 1.0;
        for (int k = 0; k < 4; ++k)
            if (k != a) w *= (u - k) / (a - k);
        return w;
    }
    Field<double> field_;
};

}  // namespace vitral::medium
