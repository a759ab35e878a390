#include "modes/grid/section_grid.hpp"

#include <cmath>

#include "solver/kernels/sine_transform.hpp"

namespace vitral::modes {
namespace {

Axis axis(double lower, double upper, double resolution) {
    const int count =
        kernels::fast_count(std::max(8, static_cast<int>(std::ceil((upper - lower) / resolution - 1e-9))));
    return {lower, (upper - lower) / count, count};
}

}  // namespace

Grid section_grid(const Window& window, double resolution) {
    return {axis(window.left, window.right, resolution), axis(window.bottom, window.top, resolution)};
}

Grid slab_grid(const Window& window, double resolution) {
    return {axis(window.left, window.right, resolution), slab_axis()};
}

}  // namespace vitral::modes
