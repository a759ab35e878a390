#pragma once
#include <cstddef>

namespace vitral {

/// A uniform, cell-centred axis between two walls: x_i = lower + (i + 1/2) spacing, i = 0 ... count-1.
struct Axis {
    double lower = 0.0;    ///< position of the lower wall [m]
    double spacing = 0.0;  ///< distance of neighbouring points [m]
    int count = 0;         ///< number of points
    [[nodiscard]] double at(int i) const noexcept { return lower + (i + 0.5) * spacing; }
    [[nodiscard]] double upper() const noexcept { return lower + count * spacing; }
    [[nodiscard]] double length() const noexcept { return count * spacing; }
    bool operator==(const Axis&) const = default;
};

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
    bool operator==(const Grid&) const = default;
};

/// The y axis of a slab.
[[nodiscard]] inline Axis slab_axis() noexcept { return {-0.5, 1.0, 1}; }

}  // namespace vitral
