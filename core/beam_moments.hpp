#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/field.hpp"
#include "core/parallel.hpp"

namespace vitral {

/// Power, centre and size of a field: moments of |ψ|², the sizes 4σ (ISO 11146); in a slab y means nothing.
struct BeamMoments {
    double power = 0.0, center_x = 0.0, center_y = 0.0, width_x = 0.0, width_y = 0.0;
};

/// One pass over the field; the same bits for any number of threads. A field of no power lies nowhere: zeros.
template <typename T>
[[nodiscard]] BeamMoments beam_moments(const Field<T>& psi) {
    const Grid& g = psi.grid;
    struct Row {
        double sum = 0.0, x = 0.0, xx = 0.0;  // about the middle of the window, in points
    };
    std::vector<Row> rows(static_cast<std::size_t>(g.y.count));
    const double middle = 0.5 * (g.x.count - 1);
    parallel_for(g.y.count, static_cast<std::size_t>(g.x.count), [&](std::ptrdiff_t iy) {
        constexpr int lanes = 8;
        double sum[lanes] = {}, x[lanes] = {}, xx[lanes] = {};
        const T* line = &psi.values[g.index(0, static_cast<int>(iy))];
        const auto add = [&](int ix, int l) {
            const double p = std::norm(line[ix]), u = ix - middle;
            sum[l] += p;
            x[l] += p * u;
            xx[l] += p * u * u;
        };
        int ix = 0;
        for (; ix + lanes <= g.x.count; ix += lanes)
            for (int l = 0; l < lanes; ++l) add(ix + l, l);
        for (int l = 0; ix < g.x.count; ++ix, ++l) add(ix, l);
        Row& r = rows[static_cast<std::size_t>(iy)];
        for (int l = 0; l < lanes; ++l) r.sum += sum[l], r.x += x[l], r.xx += xx[l];
    });
    double sum = 0.0, x = 0.0, xx = 0.0, y = 0.0, yy = 0.0;
    for (int iy = 0; iy < g.y.count; ++iy) {
        const Row& r = rows[static_cast<std::size_t>(iy)];
        const double v = iy - 0.5 * (g.y.count - 1);
        sum += r.sum, x += r.x, xx += r.xx;
        y += r.sum * v, yy += r.sum * v * v;
    }
    BeamMoments m;
    m.power = sum * g.cell_area();
    if (!(sum > 0.0)) return m;
    x /= sum, y /= sum;
    m.center_x = g.x.at(0) + (middle + x) * g.x.spacing;
    m.center_y = g.y.at(0) + (0.5 * (g.y.count - 1) + y) * g.y.spacing;
    m.width_x = 4.0 * g.x.spacing * std::sqrt(std::max(0.0, xx / sum - x * x));
    m.width_y = 4.0 * g.y.spacing * std::sqrt(std::max(0.0, yy / sum - y * y));
    return m;
}

}  // namespace vitral
