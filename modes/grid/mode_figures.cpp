#include "modes/grid/mode_figures.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/beam.hpp"
#include "core/inner_product.hpp"
#include "solver/kernels/maximize.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::modes {
namespace {

/// |ψ|² along one line of the grid with its walls, as a spline of ψ.
struct Cut {
    std::vector<double> position, psi;
    kernels::CubicSpline spline;
    double peak_position = 0.0, peak = 0.0;

    Cut(const Axis& axis, std::vector<double> values) {
        position.push_back(axis.lower);
        for (int i = 0; i < axis.count; ++i) position.push_back(axis.at(i));
        position.push_back(axis.upper());
        psi.push_back(0.0);
        psi.insert(psi.end(), values.begin(), values.end());
        psi.push_back(0.0);
        spline = kernels::CubicSpline(position, psi);
        const auto largest =
            std::max_element(psi.begin(), psi.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
        peak_position = position[static_cast<std::size_t>(largest - psi.begin())];
        const double h = axis.spacing;
        const auto top = kernels::maximize([&](std::span<const double> s) { return std::abs(spline(s[0])); },
                                           {peak_position}, std::array{0.5 * h});
        peak_position = top.position[0];
        peak = top.value;
    }

    /// Full width at 1/e² of the peak of |ψ|², the outermost crossings.
    [[nodiscard]] double width_1e2() const {
        const double level = peak * std::exp(-1.0);
        const auto above = [&](double s) { return std::abs(spline(s)) - level; };
        std::size_t first = 0, last = position.size() - 1;
        while (std::abs(psi[first]) < level && position[first] < peak_position) ++first;
        while (std::abs(psi[last]) < level && position[last] > peak_position) --last;
        return kernels::bisect(above, position[last], position[last + 1]) -
               kernels::bisect(above, position[first - 1], position[first]);
    }
};

}  // namespace

ModeFigures mode_figures(const Field<double>& psi) {
    const Grid& g = psi.grid;
    ModeFigures f;
    double sum = 0.0, x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0, fourth = 0.0;
    int peak_ix = 0, peak_iy = 0;
    const double strip_x = 0.05 * g.x.length(), strip_y = 0.05 * g.y.length();
    for (int iy = 0; iy < g.y.count; ++iy)
        for (int ix = 0; ix < g.x.count; ++ix) {
            const double intensity = psi(ix, iy) * psi(ix, iy), x = g.x.at(ix), y = g.y.at(iy);
            sum += intensity;
            x1 += intensity * x;
            x2 += intensity * x * x;
            y1 += intensity * y;
            y2 += intensity * y * y;
            fourth += intensity * intensity;
            if (x - g.x.lower < strip_x) f.near_left += intensity;
            if (g.x.upper() - x < strip_x) f.near_right += intensity;
            if (y - g.y.lower < strip_y) f.near_bottom += intensity;
            if (g.y.upper() - y < strip_y) f.near_top += intensity;
            if (std::abs(psi(ix, iy)) > std::abs(psi(peak_ix, peak_iy))) {
                peak_ix = ix;
                peak_iy = iy;
            }
        }
    for (double* near : {&f.near_left, &f.near_right, &f.near_bottom, &f.near_top}) *near /= sum;
    f.center_x = x1 / sum;
    f.mfd_4sigma_x = 4.0 * std::sqrt(x2 / sum - f.center_x * f.center_x);
    f.effective_area = sum * sum / fourth * g.cell_area();

    std::vector<double> row(static_cast<std::size_t>(g.x.count)), column(static_cast<std::size_t>(g.y.count));
    for (int ix = 0; ix < g.x.count; ++ix) row[static_cast<std::size_t>(ix)] = psi(ix, peak_iy);
    const Cut along_x(g.x, row);
    f.mfd_1e2_x = along_x.width_1e2();
    f.peak_x = along_x.peak_position;

    const double norm = std::sqrt(power(psi));
    if (g.is_slab()) {
        f.near_bottom = f.near_top = 0.0;
        const auto log_overlap = [&](std::span<const double> p) {
            const GaussianSheet beam{std::exp(p[1]), p[0]};
            return std::log(std::abs(inner_product(psi, sample(g, [&](double x, double) { return beam(x); }))) / norm);
        };
        const auto best = kernels::maximize(log_overlap, {f.peak_x, std::log(0.5 * f.mfd_4sigma_x)},
                                            std::array{0.25 * f.mfd_4sigma_x, 0.3});
        f.mfd_gauss_x = 2.0 * std::exp(best.position[1]);
        f.gauss_overlap = std::exp(2.0 * best.value);
        return f;
    }
    f.center_y = y1 / sum;
    f.mfd_4sigma_y = 4.0 * std::sqrt(y2 / sum - f.center_y * f.center_y);
    for (int iy = 0; iy < g.y.count; ++iy) column[static_cast<std::size_t>(iy)] = psi(peak_ix, iy);
    const Cut along_y(g.y, column);
    f.mfd_1e2_y = along_y.width_1e2();
    f.peak_y = along_y.peak_position;

    // The Gaussian is separable: its overlap is a row of sums over the columns, times a Gaussian along x.
    std::vector<double> sums(static_cast<std::size_t>(g.x.count));
    const auto log_overlap = [&](std::span<const double> p) {
        const GaussianSheet bx{std::exp(p[2]), p[0]}, by{std::exp(p[3]), p[1]};
        std::fill(sums.begin(), sums.end(), 0.0);
        for (int iy = 0; iy < g.y.count; ++iy) {
            const double weight = by(g.y.at(iy)), *line = &psi(0, iy);
#pragma omp simd
            for (std::size_t ix = 0; ix < sums.size(); ++ix) sums[ix] += weight * line[ix];
        }
        double total = 0.0;
        for (int ix = 0; ix < g.x.count; ++ix) total += bx(g.x.at(ix)) * sums[static_cast<std::size_t>(ix)];
        return std::log(std::abs(total) * g.cell_area() / norm);
    };
    const auto best = kernels::maximize(
        log_overlap, {f.peak_x, f.peak_y, std::log(0.5 * f.mfd_4sigma_x), std::log(0.5 * f.mfd_4sigma_y)},
        std::array{0.25 * f.mfd_4sigma_x, 0.25 * f.mfd_4sigma_y, 0.3, 0.3});
    f.mfd_gauss_x = 2.0 * std::exp(best.position[2]);
    f.mfd_gauss_y = 2.0 * std::exp(best.position[3]);
    f.gauss_overlap = std::exp(2.0 * best.value);
    return f;
}

}  // namespace vitral::modes
