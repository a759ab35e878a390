#pragma once
#include <vector>

namespace vitral {

/// A piece of a guide's centre line along z. A straight piece has displacement 0 and curvature 0. In an arc z runs along
/// the centre line, and x across it.
struct PathSegment {
    double length = 0.0;        ///< along z [m]
    double displacement = 0.0;  ///< change of x over the piece [m]; not 0: a cosine S-bend
    double curvature =
        0.0;  ///< 1/R of an arc [1/m]; positive: the centre lies at negative x, the outer side at positive x
    bool operator==(const PathSegment&) const = default;
};

/// The centre line x_c(z) of a guide.  S-bend of height h over length L:  x_c = (h/2) (1 - cos(pi z/L)).
/// Before its beginning and beyond its end the path goes on straight.
class GuidePath {
public:
    GuidePath() = default;
    GuidePath(double x_start, std::vector<PathSegment> segments) : x_start_(x_start), segments_(std::move(segments)) {}
    [[nodiscard]] const std::vector<PathSegment>& segments() const noexcept { return segments_; }
    [[nodiscard]] double start() const noexcept { return x_start_; }
    [[nodiscard]] double center(double z) const;  ///< x_c(z) [m]
    [[nodiscard]] double slope(double z) const;   ///< dx_c/dz
    [[nodiscard]] double curvature(
        double z) const;  ///< of the arc at z [1/m], 0 elsewhere; of the piece that begins at z
    [[nodiscard]] bool has_arc() const;
    [[nodiscard]] double next_arc_end(
        double z) const;                       ///< the next z' > z at which the curvature jumps; infinity if none
    [[nodiscard]] GuidePath uncurved() const;  ///< the same x_c(z), its arcs straight
    /// Largest z' with x_c and the curvature constant on [z, z'); infinity beyond the last bend.
    [[nodiscard]] double constant_until(double z) const;
    [[nodiscard]] double length() const;  ///< [m]
    /// Smallest and largest x_c [m].
    struct Reach {
        double from, to;
    };
    [[nodiscard]] Reach reach() const;
    [[nodiscard]] double steepest_slope() const;  ///< max |dx_c/dz|
    [[nodiscard]] double smallest_radius()
        const;  ///< smallest bend radius of S-bends and arcs [m]; infinity if straight

private:
    double x_start_ = 0.0;
    std::vector<PathSegment> segments_;
};

/// How an arc of radius R, x = r - R across it, is straightened (Heiblum and Harris, IEEE J. Quantum Electron. 11, 75 (1975)):
///   conformal   n(x) exp(u/R) at u = R ln(1 + x/R): exact for a slab, and for a section but for ∂²/∂y² (1 + 2x/R)
///   linear      n(x) (1 + x/R) at x
/// Glass that is bent, not drawn bent, changes its index by its strain: R is then R times `elasto_optic`, about 1.28 for
/// silica, 1/(1 - n²/2 (p12 - ν (p11 + p12))); 1 for a guide that is drawn bent.
struct BendMap {
    enum class Kind { conformal, linear } kind = Kind::conformal;
    double elasto_optic = 1.0;
};

/// The path along which a section is moved.
struct Motion {
    GuidePath path;
    BendMap bend = {};
    [[nodiscard]] bool moves() const { return path.steepest_slope() > 0.0 || path.has_arc(); }
};

}  // namespace vitral
