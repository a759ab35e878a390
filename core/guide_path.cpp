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

double GuidePath::curvature(double z) const {
    double z_end = 0.0;
    for (const PathSegment& s : segments_) {
        z_end += s.length;
        if (z < z_end - 1e-12 * s.length) return z >= 0.0 ? s.curvature : 0.0;
    }
    return 0.0;
}

bool GuidePath::has_arc() const {
    return std::any_of(segments_.begin(), segments_.end(), [](const PathSegment& s) { return s.curvature != 0.0; });
}

double GuidePath::next_arc_end(double z) const {
    double z_start = 0.0, before = 0.0;
    for (const PathSegment& s : segments_) {
        if (s.curvature != before && z_start > z + 1e-12 * s.length) return z_start;
        before = s.curvature;
        z_start += s.length;
    }
    return before != 0.0 && z_start > z ? z_start : std::numeric_limits<double>::infinity();
}

GuidePath GuidePath::uncurved() const {
    GuidePath out = *this;
    for (PathSegment& s : out.segments_) s.curvature = 0.0;
    return out;
}

double GuidePath::constant_until(double z) const {
    double z_start = 0.0;
    const double here = curvature(z);
    for (const PathSegment& s : segments_) {
        const double z_end = z_start + s.length;
        if (z < z_end && (s.displacement != 0.0 || s.curvature != here)) return std::max(z, z_start);
        z_start = z_end;
    }
    return here != 0.0 ? std::max(z, z_start) : std::numeric_limits<double>::infinity();
}

double GuidePath::length() const {
    double total = 0.0;
    for (const PathSegment& s : segments_) total += s.length;
    return total;
}

GuidePath::Reach GuidePath::reach() const {
    Reach reach{x_start_, x_start_};
    double x = x_start_;
    for (const PathSegment& s : segments_) {  // each goes from end to end without turning back
        x += s.displacement;
        reach = {std::min(reach.from, x), std::max(reach.to, x)};
    }
    return reach;
}

double GuidePath::steepest_slope() const {
    double slope = 0.0;
    for (const PathSegment& s : segments_) slope = std::max(slope, 0.5 * pi * std::abs(s.displacement) / s.length);
    return slope;
}

double GuidePath::smallest_radius() const {
    double curvature = 0.0;
    for (const PathSegment& s : segments_)
        curvature = std::max(
            {curvature, std::abs(s.curvature), 0.5 * std::abs(s.displacement) * (pi / s.length) * (pi / s.length)});
    return curvature > 0.0 ? 1.0 / curvature : std::numeric_limits<double>::infinity();
}

}  // namespace vitral
