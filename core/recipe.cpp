#include "core/recipe.hpp"

#include <algorithm>
#include <cmath>

namespace vitral {

double Schedule::operator()(double time) const {
    if (points.empty()) return 0.0;
    if (time <= points.front().first) return points.front().second;
    for (std::size_t i = 1; i < points.size(); ++i)
        if (time <= points[i].first) {
            const double t = (time - points[i - 1].first) / (points[i].first - points[i - 1].first);
            return (1.0 - t) * points[i - 1].second + t * points[i].second;
        }
    return points.back().second;
}

double Schedule::largest() const {
    double value = 0.0;
    for (const auto& point : points)
        if (std::abs(point.second) > std::abs(value)) value = point.second;
    return value;
}

}  // namespace vitral
