#pragma once
#include <vector>

namespace vitral {

/// A piece of a guide's centre line along z. A straight piece has displacement 0.
struct PathSegment {
    double length = 0.0;        ///< along z [m]
    double displacement = 0.0;  ///< change of x over the piece [m]; not 0: a cosine S-bend
    bool operator==(const PathSegment&) const = default;
};

/// The centre line x_c(z) of a guide.  S-bend of height h over length L:  x_c = (h/2) (1 - cos(pi z/L)).
/// Before its beginning and beyond its end the path goes on straight.
class GuidePath {
public:
    GuidePath() = default;
    GuidePath(double x_start, std::vector<PathSegment> segments) : x_start_(x_start), segments_(std::move(segments)) {}
    [[nodiscard]] double center(double z) const;  ///< x_c(z) [m]
    [[nodiscard]] double slope(double z) const;   ///< dx_c/dz
    [[nodiscard]] double constant_until(
        double z) const;                  ///< largest z' with x_c constant on [z, z']; infinity beyond the last bend
    [[nodiscard]] double length() const;  ///< [m]
    [[nodiscard]] double steepest_slope() const;   ///< max |dx_c/dz|
    [[nodiscard]] double smallest_radius() const;  ///< smallest bend radius [m], 1/|x_c''|; infinity if straight

private:
    double x_start_ = 0.0;
    std::vector<PathSegment> segments_;
};

}  // namespace vitral
