#include "diffusion/exchange/remap.hpp"

#include <algorithm>

#include "solver/kernels/spline.hpp"

namespace vitral::exchange {
namespace {

struct Range {
    double least, most;
};

/// What a smooth extremum between cells may exceed the averages by; nothing on the shoulder of a plateau.
double rounded_top(const std::vector<double>& v, std::size_t i, double sign) {
    if (i == 0 || i + 1 == v.size()) return 0.0;
    const double left = sign * (v[i] - v[i - 1]), right = sign * (v[i] - v[i + 1]);
    return std::min(left, right) > 0.1 * std::max(left, right) ? 0.25 * std::max(left, right) : 0.0;
}

/// Of the averages in the cells from..to, with what a rounded top may add; fractions stay between 0 and 1.
Range range_of(const std::vector<double>& v, std::size_t from, std::size_t to) {
    const auto begin = v.begin() + static_cast<std::ptrdiff_t>(from),
               end = v.begin() + static_cast<std::ptrdiff_t>(to) + 1;
    const auto [low, high] = std::minmax_element(begin, end);
    const double least = *low - rounded_top(v, static_cast<std::size_t>(low - v.begin()), -1.0),
                 most = *high + rounded_top(v, static_cast<std::size_t>(high - v.begin()), 1.0);
    return {std::max(least, std::min(*low, 0.0)), std::min(most, std::max(*high, 1.0))};
}

/// The integral of one field up to the new faces, smooth and by constant cells.
struct Integral {
    std::vector<double> high, low;
    std::vector<Range> ranges;
};

Integral integrate(std::span<const double> old_faces, const std::vector<double>& averages,
                   std::span<const double> new_faces) {
    const std::size_t old_count = averages.size(), count = new_faces.size() - 1;
    std::vector<double> up_to(old_count + 1, 0.0);
    for (std::size_t i = 0; i < old_count; ++i)
        up_to[i + 1] = up_to[i] + averages[i] * (old_faces[i + 1] - old_faces[i]);
    const kernels::CubicSpline smooth(old_faces, up_to);
    Integral integral{std::vector<double>(count + 1), std::vector<double>(count + 1), std::vector<Range>(count)};
    std::size_t cell = 0;
    for (std::size_t k = 0; k <= count; ++k) {
        const double x = std::clamp(new_faces[k], old_faces.front(), old_faces.back());
        const std::size_t before = cell;
        while (cell + 1 < old_count && old_faces[cell + 1] < x) ++cell;
        integral.low[k] = up_to[cell] + averages[cell] * (x - old_faces[cell]);
        integral.high[k] = smooth(x);
        if (k > 0)
            integral.ranges[k - 1] =
                range_of(averages, before == 0 ? 0 : before - 1, std::min(old_count - 1, cell + 1));
    }
    integral.high.front() = integral.low.front() = 0.0;
    integral.high.back() = integral.low.back() = up_to.back();
    return integral;
}

}  // namespace

Lines remap_lines(std::span<const double> old_faces, const Lines& averages, std::span<const double> new_faces) {
    const std::size_t count = new_faces.size() - 1;
    std::vector<Integral> integrals;
    for (const auto& line : averages) integrals.push_back(integrate(old_faces, line, new_faces));
    std::vector<bool> constant(count + 1, false);  // faces at which cells are taken as constant
    constant.front() = constant.back() = true;
    Lines result(averages.size(), std::vector<double>(count));
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t field = 0; field < integrals.size(); ++field) {
                const Integral& I = integrals[field];
                const auto at = [&](std::size_t face) { return constant[face] ? I.low[face] : I.high[face]; };
                result[field][k] = (at(k + 1) - at(k)) / (new_faces[k + 1] - new_faces[k]);
                if (constant[k] && constant[k + 1]) continue;
                if (result[field][k] >= I.ranges[k].least && result[field][k] <= I.ranges[k].most) continue;
                constant[k] = constant[k + 1] = true;
                changed = true;
            }
    }
    return result;
}

std::vector<double> remap(const SectionMesh& from, const SectionMesh& to, std::span<const double> values) {
    const std::size_t fields = values.size() / from.size();
    const auto old_nx = static_cast<std::size_t>(from.nx()), old_ny = static_cast<std::size_t>(from.ny()),
               nx = static_cast<std::size_t>(to.nx()), ny = static_cast<std::size_t>(to.ny());
    // Of several fields their sum goes along as one more, so that it keeps its range, and is dropped in the end.
    const auto with_sum = [&](Lines lines) {
        if (fields == 1) return lines;
        std::vector<double> sum(lines[0].size(), 0.0);
        for (const auto& line : lines)
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += line[i];
        lines.push_back(std::move(sum));
        return lines;
    };
    std::vector<double> rows(fields * ny * old_nx), result(fields * to.size());
    for (std::size_t ix = 0; ix < old_nx; ++ix) {
        Lines lines(fields, std::vector<double>(old_ny));
        for (std::size_t f = 0; f < fields; ++f)
            for (std::size_t iy = 0; iy < old_ny; ++iy) lines[f][iy] = values[f * from.size() + iy * old_nx + ix];
        const Lines columns = remap_lines(from.y_faces(), with_sum(std::move(lines)), to.y_faces());
        for (std::size_t f = 0; f < fields; ++f)
            for (std::size_t iy = 0; iy < ny; ++iy) rows[(f * ny + iy) * old_nx + ix] = columns[f][iy];
    }
    for (std::size_t iy = 0; iy < ny; ++iy) {
        Lines lines;
        for (std::size_t f = 0; f < fields; ++f) {
            const auto begin = rows.begin() + static_cast<std::ptrdiff_t>((f * ny + iy) * old_nx);
            lines.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(old_nx));
        }
        const Lines new_rows = remap_lines(from.x_faces(), with_sum(std::move(lines)), to.x_faces());
        for (std::size_t f = 0; f < fields; ++f)
            std::copy(new_rows[f].begin(), new_rows[f].end(),
                      result.begin() + static_cast<std::ptrdiff_t>(f * to.size() + iy * nx));
    }
    return result;
}

}  // namespace vitral::exchange
