#include "modes/elements/section_figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/elements/solved_fields.hpp"
#include "solver/kernels/maximize.hpp"

namespace vitral::modes {
namespace {

/// S and the transverse field that the figures are about, on the quadrature of the whole section.
struct Sampled {
    SectionQuadrature q;
    std::vector<double> power;
    std::vector<double> field;  ///< real part of the larger component of E_t
    double x_power = 0.0, y_power = 0.0, z_power = 0.0;
    [[nodiscard]] double area(std::size_t i, std::size_t j) const { return q.weight_x[i] * q.weight_y[j]; }
    [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const { return j * q.x.size() + i; }
};

std::vector<double> power_density(const ModeFields& f) {
    std::vector<double> s(f.e_x.size());
    for (std::size_t k = 0; k < s.size(); ++k)
        s[k] = f.e_y.empty() ? std::norm(f.e_x[k])
                             : (f.e_x[k] * std::conj(f.h_y[k]) - f.e_y[k] * std::conj(f.h_x[k])).real();
    return s;
}

Sampled sampled(const SectionMode& mode) {
    Sampled s;
    s.q = quadrature(*mode.on);
    const ModeFields f = mode.fields(s.q.x, s.q.y);
    s.power = power_density(f);
    for (std::size_t j = 0; j < s.q.y.size(); ++j)
        for (std::size_t i = 0; i < s.q.x.size(); ++i) {
            const std::size_t k = s.at(i, j);
            s.x_power += std::norm(f.e_x[k]) * s.area(i, j);
            if (f.e_y.empty()) continue;
            s.y_power += std::norm(f.e_y[k]) * s.area(i, j);
            s.z_power += std::norm(f.e_z[k]) * s.area(i, j);
        }
    for (const Complex value : s.x_power >= s.y_power ? f.e_x : f.e_y) s.field.push_back(value.real());
    return s;
}

/// Full width of S along a line through (x, y): the outermost places where it falls to 1/e² of `level`.
double width_1e2(const SectionMode& mode, Direction along, double fixed, const std::vector<double>& places,
                 double level) {
    const auto on_line = [&](std::vector<double> u) {
        return power_density(along == Direction::x ? mode.fields(std::move(u), {fixed})
                                                   : mode.fields({fixed}, std::move(u)));
    };
    const std::vector<double> s = on_line(places);
    const double edge = level * std::exp(-2.0);
    std::size_t first = 0, last = s.size() - 1;
    while (first < last && s[first] < edge) ++first;
    while (last > first && s[last] < edge) --last;
    const auto above = [&](double u) { return on_line({u})[0] - edge; };
    const auto crossing = [&](std::size_t in, std::size_t out) {
        return s[out] < edge ? kernels::bisect(above, places[in], places[out]) : places[in];
    };
    return crossing(last, std::min(last + 1, s.size() - 1)) - crossing(first, first > 0 ? first - 1 : 0);
}

bool is_slab(const SectionMode& mode) { return mode.on->problem.y.elements() == 1 && mode.on->problem.y.degree() == 1; }

/// Of a slab's one element, along which nothing varies.
double slab_height(const SectionQuadrature& q) {
    double height = 0.0;
    for (const double w : q.weight_y) height += w;
    return height;
}

/// Centroid, widths 4σ, area, peak, and the shares of the power near the walls and in regions; returns ∬S² / ∬S.
double add_moments(const Sampled& s, bool slab, const std::vector<Region>& regions, ModeFigures& f) {
    const auto& q = s.q;
    f.confinement.assign(regions.size(), 0.0);
    double sum = 0.0, x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0, squares = 0.0;
    std::size_t peak = 0, peak_i = 0, peak_j = 0;
    const double wide = q.x.back() - q.x.front(), high = q.y.back() - q.y.front();
    const double middle_x = 0.5 * (q.x.back() + q.x.front()), middle_y = 0.5 * (q.y.back() + q.y.front());
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) {
            const std::size_t k = s.at(i, j);
            const double p = s.power[k] * s.area(i, j), x = q.x[i] - middle_x, y = q.y[j] - middle_y;
            sum += p;
            x1 += p * x;
            x2 += p * x * x;
            y1 += p * y;
            y2 += p * y * y;
            squares += s.power[k] * p;
            if (q.x[i] < q.x.front() + 0.05 * wide) f.near_left += p;
            if (q.x[i] > q.x.back() - 0.05 * wide) f.near_right += p;
            if (q.y[j] < q.y.front() + 0.05 * high) f.near_bottom += p;
            if (q.y[j] > q.y.back() - 0.05 * high) f.near_top += p;
            for (std::size_t r = 0; r < regions.size(); ++r)
                if (q.x[i] > regions[r].left && q.x[i] < regions[r].right &&
                    (slab || (q.y[j] > regions[r].bottom && q.y[j] < regions[r].top)))
                    f.confinement[r] += p;
            if (std::abs(s.field[k]) > std::abs(s.field[peak])) peak = k, peak_i = i, peak_j = j;
        }
    for (double* share : {&f.near_left, &f.near_right, &f.near_bottom, &f.near_top}) *share /= sum;
    for (double& share : f.confinement) share /= sum;
    f.center_x = middle_x + x1 / sum;
    f.mfd_4sigma_x = 4.0 * std::sqrt(std::max(0.0, x2 / sum - std::pow(x1 / sum, 2)));
    f.effective_area = sum * sum / squares;
    f.peak_x = q.x[peak_i];
    if (slab) {
        f.near_bottom = f.near_top = 0.0;
        f.effective_area /= slab_height(q);
    } else {
        f.center_y = middle_y + y1 / sum;
        f.mfd_4sigma_y = 4.0 * std::sqrt(std::max(0.0, y2 / sum - std::pow(y1 / sum, 2)));
        f.peak_y = q.y[peak_j];
    }
    return squares / sum;
}

/// Petermann II, from the slopes of the larger component of H on the solved part: the ratio is that of the whole.
void add_petermann(const SectionMode& mode, const Sampled& s, bool slab, ModeFigures& f) {
    const SolvedFields solved(mode);
    const auto& phi = solved.f.h_y.empty() ? solved.f.e_x : s.x_power >= s.y_power ? solved.f.h_y : solved.f.h_x;
    const auto along_x = solved.slope(phi, Direction::x), along_y = solved.slope(phi, Direction::y);
    const auto norm = [&](const std::vector<Complex>& v) {
        return solved.integral([&](std::size_t k, std::size_t, std::size_t) { return Complex(std::norm(v[k])); })
            .real();
    };
    const double whole = norm(phi);
    f.mfd_petermann_x = 2.0 * std::sqrt(whole / norm(along_x));
    if (!slab) f.mfd_petermann_y = 2.0 * std::sqrt(whole / norm(along_y));
}

/// 1/e² about the centroid, or about the peak where the centroid is dark; `mean` is the mean of S, weighted with S: its peak may
/// be a corner's, which has no bound.
void add_widths(const SectionMode& mode, const Sampled& s, bool slab, double mean, ModeFigures& f) {
    const auto& q = s.q;
    const std::size_t top =
        static_cast<std::size_t>(std::max_element(s.power.begin(), s.power.end()) - s.power.begin());
    const double cy = slab ? q.y.front() : f.center_y;
    double level = power_density(mode.fields({f.center_x}, {cy}))[0];
    double at_x = f.center_x, at_y = cy;
    if (level < 0.1 * mean) {
        at_x = q.x[top % q.x.size()], at_y = q.y[top / q.x.size()];
        level = s.power[top];
    }
    f.mfd_1e2_x = width_1e2(mode, Direction::x, at_y, q.x, level);
    if (!slab) f.mfd_1e2_y = width_1e2(mode, Direction::y, at_x, q.y, level);
}

/// The Gaussian of best overlap. It is separable: its overlap is a row sum of column sums.
void add_gaussian(const Sampled& s, bool slab, ModeFigures& f) {
    const auto& q = s.q;
    double norm = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) norm += std::pow(s.field[s.at(i, j)], 2) * s.area(i, j);
    const double whole = std::sqrt(slab ? norm * slab_height(q) : norm);
    std::vector<double> gx(q.x.size());
    const auto log_overlap = [&](std::span<const double> p) {
        const GaussianSheet bx{std::exp(p[1]), p[0]};
        for (std::size_t i = 0; i < q.x.size(); ++i) gx[i] = bx(q.x[i]) * q.weight_x[i];
        double total = 0.0;
        for (std::size_t j = 0; j < q.y.size(); ++j) {
            // Eight sums side by side: one alone waits for itself.
            constexpr std::size_t lanes = 8;
            std::array<double, lanes> line{};
            const double* row = s.field.data() + s.at(0, j);
            std::size_t i = 0;
            for (; i + lanes <= q.x.size(); i += lanes)
                for (std::size_t l = 0; l < lanes; ++l) line[l] += gx[i + l] * row[i + l];
            double rest = 0.0;
            for (; i < q.x.size(); ++i) rest += gx[i] * row[i];
            for (const double sum_of_lane : line) rest += sum_of_lane;
            total += rest * q.weight_y[j] * (slab ? 1.0 : GaussianSheet{std::exp(p[3]), p[2]}(q.y[j]));
        }
        return std::log(std::abs(total) / whole);
    };
    std::vector<double> start = {f.peak_x, std::log(0.5 * f.mfd_4sigma_x)}, scale = {0.25 * f.mfd_4sigma_x, 0.3};
    if (!slab) {
        start.insert(start.end(), {f.peak_y, std::log(0.5 * f.mfd_4sigma_y)});
        scale.insert(scale.end(), {0.25 * f.mfd_4sigma_y, 0.3});
    }
    const auto best = kernels::maximize(log_overlap, start, scale);
    f.gauss_x = best.position[0];
    f.mfd_gauss_x = 2.0 * std::exp(best.position[1]);
    f.gauss_overlap = std::exp(2.0 * best.value);
    if (slab) return;
    f.gauss_y = best.position[2];
    f.mfd_gauss_y = 2.0 * std::exp(best.position[3]);
}

}  // namespace

ModeFigures section_figures(const SectionMode& mode, const std::vector<Region>& regions) {
    const Sampled s = sampled(mode);
    const bool slab = is_slab(mode);
    ModeFigures f;
    const double mean = add_moments(s, slab, regions, f);
    if (mode.on->problem.equation == WaveEquation::full_vector) {
        f.te_fraction = s.x_power / (s.x_power + s.y_power);
        f.transverse_fraction = (s.x_power + s.y_power) / (s.x_power + s.y_power + s.z_power);
    }
    add_petermann(mode, s, slab, f);
    add_widths(mode, s, slab, mean, f);
    add_gaussian(s, slab, f);
    return f;
}

}  // namespace vitral::modes
