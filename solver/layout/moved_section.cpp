#include "solver/layout/moved_section.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::layout {

MovedSection::MovedSection(IndexMap section, GuidePath path)
    : section_(std::move(section)), second_(section_.grid), path_(std::move(path)) {
    const Axis& axis = section_.grid.x;
    std::vector<double> x;
    for (int ix = 0; ix < axis.count; ++ix) x.push_back(axis.at(ix));
    for (int iy = 0; iy < section_.grid.y.count; ++iy) {
        const std::span row(section_.values.data() + section_.grid.index(0, iy), x.size());
        const kernels::CubicSpline spline(x, row);
        std::copy(spline.second().begin(), spline.second().end(),
                  second_.values.begin() + static_cast<std::ptrdiff_t>(section_.grid.index(0, iy)));
    }
}

void MovedSection::at(double z, IndexMap& map) const {
    // Every point moves by the same distance: `whole` cells and the fraction b of one.
    const Axis& axis = section_.grid.x;
    const double cells = -path_.center(z) / axis.spacing, floor_cells = std::floor(cells);
    const double b = cells - floor_cells, a = 1.0 - b;
    const double sixth = axis.spacing * axis.spacing / 6.0;
    const double wa = (a * a * a - a) * sixth, wb = (b * b * b - b) * sixth;
    const int whole = static_cast<int>(floor_cells), last = axis.count - 1;
    parallel_for(section_.grid.y.count, [&](std::ptrdiff_t iy) {
        const std::size_t row = section_.grid.index(0, static_cast<int>(iy));
        const double *n = section_.values.data() + row, *s = second_.values.data() + row;
        double* out = map.values.data() + row;
        const int begin = std::clamp(-whole, 0, axis.count), end = std::clamp(last - whole, begin, axis.count);
        for (int ix = 0; ix < begin; ++ix) out[ix] = n[0];
        for (int ix = begin; ix < end; ++ix) {
            const int i = ix + whole;
            out[ix] = a * n[i] + b * n[i + 1] + wa * s[i] + wb * s[i + 1];
        }
        for (int ix = end; ix < axis.count; ++ix) out[ix] = n[last];
    });
}

}  // namespace vitral::layout
