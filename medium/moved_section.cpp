#include "medium/moved_section.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::medium {

MovedSection::MovedSection(IndexMap section, GuidePath path, BendMap bend, std::optional<Axis> onto_x)
    : section_(std::move(section)),
      grid_{onto_x.value_or(section_.grid.x), section_.grid.y},
      second_(section_.grid),
      path_(std::move(path)),
      bend_(bend) {
    const Axis& axis = section_.grid.x;
    std::vector<double> x;
    for (int ix = 0; ix < axis.count; ++ix) x.push_back(axis.at(ix));
    for (int iy = 0; iy < section_.grid.y.count; ++iy) {
        const std::span row(section_.values.data() + section_.grid.index(0, iy), x.size());
        const kernels::CubicSpline spline(x, row);
        std::copy(spline.second().begin(), spline.second().end(),
                  second_.values.begin() + static_cast<std::ptrdiff_t>(section_.grid.index(0, iy)));
    }
    const int nx = axis.count;
    double largest = 0.0;
    for (const double n : section_.values) largest = std::max(largest, std::abs(n));
    const double negligible = 1e-9 * largest;
    support_ = {nx - 1, 0};
    for (int iy = 0; iy < section_.grid.y.count; ++iy) {
        const double* n = section_.values.data() + section_.grid.index(0, iy);
        for (int i = 0; i < support_.begin; ++i)
            if (std::abs(n[i] - n[0]) > negligible) support_.begin = i;
        for (int i = nx - 1; i >= support_.end; --i)
            if (std::abs(n[i] - n[nx - 1]) > negligible) support_.end = i + 1;
    }
}

MovedSection::MovedSection(IndexMap section, const Field<double>& extinction, const GuidePath& path, BendMap bend,
                           std::optional<Axis> onto_x)
    : MovedSection(std::move(section), path, bend, onto_x) {
    extinction_ = std::make_unique<const MovedSection>(extinction, path, bend, onto_x);
}

/// Columns of the map at z that lie on the support: on the section's own axis between its columns i and i + 1, i = ix + whole.
ColumnRange MovedSection::support_at(double z) const {
    const Axis& axis = section_.grid.x;
    if (grid_.x != axis) {
        const double center = path_.center(z), from = axis.at(std::max(support_.begin - 1, 0)) + center,
                     to = axis.at(std::min(support_.end, axis.count - 1)) + center;
        ColumnRange range{0, grid_.x.count};
        while (range.begin < range.end && grid_.x.at(range.begin) < from) ++range.begin;
        while (range.end > range.begin && grid_.x.at(range.end - 1) > to) --range.end;
        return range;
    }
    const int whole = static_cast<int>(std::floor(-path_.center(z) / axis.spacing));
    const int begin = std::clamp(std::max(support_.begin - 1, 0) - whole, 0, axis.count);
    return {begin, std::clamp(std::min(support_.end, axis.count - 1) - whole, begin, axis.count)};
}

ColumnRange MovedSection::changed_columns(double z0, double z1) const {
    if (path_.curvature(z0) != 0.0 || path_.curvature(z1) != 0.0) return {0, grid_.x.count};
    const ColumnRange a = support_at(z0), b = support_at(z1);
    return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

double MovedSection::constant_until(double z) const {
    // Where an arc begins or ends the index there is already the next one.
    const double until = path_.constant_until(z), jump = path_.next_arc_end(z);
    return std::isinf(jump) ? until : std::min(until, std::nextafter(jump, z));
}

void MovedSection::at(double z, IndexMap& map) const {
    const double curvature = path_.curvature(z);
    if (curvature != 0.0 || grid_.x != section_.grid.x) return interpolate(z, curvature, map);
    // Every point moves by the same distance: `whole` cells and the fraction b of one.
    const Axis& axis = section_.grid.x;
    const double cells = -path_.center(z) / axis.spacing, floor_cells = std::floor(cells);
    const double b = cells - floor_cells, a = 1.0 - b;
    const double sixth = axis.spacing * axis.spacing / 6.0;
    const double wa = (a * a * a - a) * sixth, wb = (b * b * b - b) * sixth;
    const int whole = static_cast<int>(floor_cells), last = axis.count - 1;
    const ColumnRange moved = support_at(z);
    parallel_for(section_.grid.y.count, static_cast<std::size_t>(axis.count), [&](std::ptrdiff_t iy) {
        const std::size_t row = section_.grid.index(0, static_cast<int>(iy));
        const double *n = section_.values.data() + row, *s = second_.values.data() + row;
        double* out = map.values.data() + row;
        for (int ix = 0; ix < moved.begin; ++ix) out[ix] = n[0];
        for (int ix = moved.begin; ix < moved.end; ++ix) {
            const int i = ix + whole;
            out[ix] = a * n[i] + b * n[i + 1] + wa * s[i] + wb * s[i + 1];
        }
        for (int ix = moved.end; ix < axis.count; ++ix) out[ix] = n[last];
    });
}

void MovedSection::interpolate(double z, double curvature, IndexMap& map) const {
    const Axis& axis = section_.grid.x;
    const double center = path_.center(z), bent = curvature / bend_.elasto_optic,
                 sixth = axis.spacing * axis.spacing / 6.0;
    const bool conformal = bend_.kind == BendMap::Kind::conformal && curvature != 0.0;
    const ColumnRange support = curvature != 0.0 ? ColumnRange{0, grid_.x.count} : support_at(z);
    /// factor (a n_i + b n_{i+1}), and what the spline adds
    struct Column {
        int i;
        double a, b, wa, wb;
    };
    std::vector<Column> columns;
    for (int ix = 0; ix < grid_.x.count; ++ix) {
        const double u = grid_.x.at(ix) - center;
        const double x = conformal ? std::expm1(u * curvature) / curvature : u;
        const double factor = conformal ? std::exp(u * bent) : 1.0 + u * bent;
        const double cells = ix < support.begin  ? 0.0
                             : ix >= support.end ? axis.count
                                                 : (x - axis.lower) / axis.spacing - 0.5;
        const int i = std::clamp(static_cast<int>(std::floor(cells)), 0, axis.count - 2);
        const double b = std::clamp(cells - i, 0.0, 1.0), a = 1.0 - b;
        columns.push_back(
            {i, factor * a, factor * b, factor * sixth * (a * a * a - a), factor * sixth * (b * b * b - b)});
    }
    parallel_for(grid_.y.count, static_cast<std::size_t>(grid_.x.count), [&](std::ptrdiff_t iy) {
        const std::size_t row = section_.grid.index(0, static_cast<int>(iy));
        const double *n = section_.values.data() + row, *s = second_.values.data() + row;
        double* out = map.values.data() + grid_.index(0, static_cast<int>(iy));
        for (const Column& c : columns) *out++ = c.a * n[c.i] + c.b * n[c.i + 1] + c.wa * s[c.i] + c.wb * s[c.i + 1];
    });
}

}  // namespace vitral::medium
