#include "core/guide_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/constants.hpp"

namespace vitral {

double GuidePath::center(double z) const {
    double x = x_start_, z_start = 0.0;
    for (const PathSegment& s : segments_) {
        if (z <= z_start) return x;
        if (z < z_start + s.length) return x + 0.5 * s.displacement * (1.0 - std::cos(pi * (z - z_start) / s.length));
        x += s.displacement;
        z_start += s.length;
    }
    return x;
}

double GuidePath::slope(double z) const {
    double z_start = 0.0;
    for (const PathSegment& s : segments_) {
        if (z >= z_start && z < z_start + s.length)
            return 0.5 * s.displacement * pi / s.length * std::sin(pi * (z - z_start) / s.length);
        z_start += s.length;
    }
    return 0.0;
}

double GuidePath::constant_until(double z) const {
    double z_start = 0.0;
    for (const PathSegment& s : segments_) {
        const double z_end = z_start + s.length;
        if (s.displacement != 0.0 && z < z_end) return std::max(z, z_start);
        z_start = z_end;
    }
    return std::numeric_limits<double>::infinity();
}

double GuidePath::length() const {
    double total = 0.0;
    for (const PathSegment& s : segments_) total += s.length;
    return total;
}

double GuidePath::steepest_slope() const {
    double slope = 0.0;
    for (const PathSegment& s : segments_) slope = std::max(slope, 0.5 * pi * std::abs(s.displacement) / s.length);
    return slope;
}

double GuidePath::smallest_radius() const {
    double curvature = 0.0;
    for (const PathSegment& s : segments_)
        curvature = std::max(curvature, 0.5 * std::abs(s.displacement) * (pi / s.length) * (pi / s.length));
    return curvature > 0.0 ? 1.0 / curvature : std::numeric_limits<double>::infinity();
}

}  // namespace vitral
