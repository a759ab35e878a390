#pragma once
#include <cstddef>

namespace vitral {

/// One of the two axes of the cross-section.
enum class Direction { x, y };

/// How the points of a graded axis thin out away from the light: in lattice coordinates ξ, which count equal steps, dx/dξ
/// is 1 where `from` <= x <= `to` and grows over `transition` beyond, four times continuously differentiable, to `ratio`.
struct Grading {
    double from = 0.0, to = 0.0;  ///< the fine part [m]
    double transition = 0.0;      ///< in ξ [m]
    double ratio = 1.0;           ///< 1: uniform
    double start = 0.0;           ///< ξ at `from`, from the lower wall [m]
    bool operator==(const Grading&) const = default;
};

/// A cell-centred axis between two walls: points at equal steps of ξ, ξ_i = (i + 1/2) spacing, i = 0 ... count-1, from the
/// lower wall. On a uniform axis x = lower + ξ. Light on a graded one is kept as ψ sqrt(dx/dξ): sums over it need no weights.
struct Axis {
    double lower = 0.0;    ///< position of the lower wall [m]
    double spacing = 0.0;  ///< of neighbouring points in ξ [m]
    int count = 0;         ///< number of points
    Grading grading = {};
    [[nodiscard]] bool is_uniform() const noexcept { return grading.ratio == 1.0; }
    [[nodiscard]] double at(int i) const noexcept {
        return is_uniform() ? lower + (i + 0.5) * spacing : position((i + 0.5) * spacing);
    }
    [[nodiscard]] double upper() const noexcept {
        return is_uniform() ? lower + count * spacing : position(count * spacing);
    }
    [[nodiscard]] double length() const noexcept { return upper() - lower; }
    /// J = dx/dξ at a point, with its first and second derivative by ξ.
    struct Jacobian {
        double value = 1.0, first = 0.0, second = 0.0;
    };
    [[nodiscard]] Jacobian jacobian(int i) const noexcept;
    bool operator==(const Axis&) const = default;

private:
    [[nodiscard]] double position(double xi) const noexcept;
};

/// A graded axis from wall to wall with steps of at most `spacing` in its fine part. Each wall must lie in the fine part, or
/// beyond the transition: at a distance of (1 + ratio)/2 transition from it. The grading's `start` is computed. Throws
/// std::invalid_argument otherwise.
[[nodiscard]] Axis graded_axis(double lower, double upper, double spacing, Grading grading);

/// The cross-section on which light lives. Points are indexed (ix, iy), x fastest.
/// A slab, n(x, z), is a grid with y.count == 1; then y.spacing = 1 m, and integrals are per metre of height.
struct Grid {
    Axis x, y;
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(x.count) * static_cast<std::size_t>(y.count);
    }
    [[nodiscard]] std::size_t index(int ix, int iy) const noexcept {
        return static_cast<std::size_t>(iy) * static_cast<std::size_t>(x.count) + static_cast<std::size_t>(ix);
    }
    [[nodiscard]] double cell_area() const noexcept { return x.spacing * y.spacing; }
    [[nodiscard]] bool is_slab() const noexcept { return y.count == 1; }
    [[nodiscard]] bool is_uniform() const noexcept { return x.is_uniform() && y.is_uniform(); }
    bool operator==(const Grid&) const = default;
};

/// The y axis of a slab.
[[nodiscard]] inline Axis slab_axis() noexcept { return {-0.5, 1.0, 1}; }

}  // namespace vitral
