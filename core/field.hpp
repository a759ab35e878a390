#pragma once
#include <complex>
#include <vector>

#include "core/grid.hpp"

namespace vitral {

using Complex = std::complex<double>;

/// Numbers at the points of a grid. Point values, at cell centres; never cell averages.
template <typename T>
struct Field {
    Grid grid;
    std::vector<T> values;

    Field() = default;
    explicit Field(const Grid& g, T value = T{}) : grid(g), values(g.size(), value) {}

    [[nodiscard]] T& operator()(int ix, int iy) { return values[grid.index(ix, iy)]; }
    [[nodiscard]] const T& operator()(int ix, int iy) const { return values[grid.index(ix, iy)]; }
};

/// Samples a function f(x, y) at every point of the grid.
template <typename F>
[[nodiscard]] auto sample(const Grid& grid, F&& f) {
    Field<decltype(f(0.0, 0.0))> field(grid);
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix) field(ix, iy) = f(grid.x.at(ix), grid.y.at(iy));
    return field;
}

}  // namespace vitral
