#include "modes/section_figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "core/beam.hpp"
#include "core/constants.hpp"
#include "modes/mode_fields.hpp"
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
double width_1e2(const SectionMode& mode, bool along_x, double fixed, const std::vector<double>& places, double level) {
    const auto on_line = [&](std::vector<double> u) {
        return power_density(along_x ? mode.fields(std::move(u), {fixed}) : mode.fields({fixed}, std::move(u)));
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

/// Derivatives at Gauss points of the polynomial through the values there, [i][j] = L_j'(x_i) on [-1, 1].
std::vector<std::vector<double>> differentiation(const kernels::GaussRule& rule) {
    const std::size_t n = rule.point.size();
    std::vector<double> c(n, 1.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j != i) c[i] *= rule.point[i] - rule.point[j];
    std::vector<std::vector<double>> d(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j != i) {
                d[i][j] = c[i] / (c[j] * (rule.point[i] - rule.point[j]));
                d[i][i] -= d[i][j];
            }
    return d;
}

/// The elements that were solved, layers and all: points, weights, fields and, element by element, slopes.
struct Solved {
    std::vector<double> x, weight_x, y, weight_y;
    ModeFields f;
    const SectionProblem& problem;

    explicit Solved(const SectionMode& mode) : problem(mode.on->problem) {
        const auto line = [](const kernels::PiecewisePolynomials& p, std::vector<double>& place,
                             std::vector<double>& weight) {
            const kernels::GaussRule rule = kernels::gauss_legendre(p.degree() + 3);
            for (int e = 0; e < p.elements(); ++e)
                for (std::size_t i = 0; i < rule.point.size(); ++i) {
                    place.push_back(p.place(e, rule.point[i]));
                    weight.push_back(0.5 * p.length(e) * rule.weight[i]);
                }
        };
        line(problem.x, x, weight_x);
        line(problem.y, y, weight_y);
        f = mode.fields(x, y);
    }
    [[nodiscard]] std::vector<Complex> slope(const std::vector<Complex>& values, bool along_x) const {
        const kernels::PiecewisePolynomials& p = along_x ? problem.x : problem.y;
        const kernels::GaussRule rule = kernels::gauss_legendre(p.degree() + 3);
        const auto d = differentiation(rule);
        const std::size_t n = rule.point.size(), stride = along_x ? 1 : x.size(), lines = along_x ? y.size() : x.size(),
                          between = along_x ? x.size() : 1;
        std::vector<Complex> result(values.size());
        for (std::size_t l = 0; l < lines; ++l)
            for (int e = 0; e < p.elements(); ++e) {
                const std::size_t begin = l * between + static_cast<std::size_t>(e) * n * stride;
                for (std::size_t i = 0; i < n; ++i) {
                    Complex sum = 0.0;
                    for (std::size_t j = 0; j < n; ++j) sum += d[i][j] * values[begin + j * stride];
                    result[begin + i * stride] = 2.0 / p.length(e) * sum;
                }
            }
        return result;
    }
    /// Σ weights g(k, i, j): an integral over what was solved.
    template <typename G>
    [[nodiscard]] Complex integral(G&& g) const {
        Complex sum = 0.0;
        for (std::size_t j = 0; j < y.size(); ++j)
            for (std::size_t i = 0; i < x.size(); ++i) sum += weight_x[i] * weight_y[j] * g(j * x.size() + i, i, j);
        return sum;
    }
};

/// ∬ (f² - ε_z ζ²) with the stretches of bends and layers: uᵀBu.
Complex b_norm(const SectionMode& mode, const Solved& s) {
    const bool scalar = s.problem.equation == WaveEquation::scalar;
    return s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const Stretch t = stretch_at(s.problem, s.x[i], s.y[j]);
        if (scalar) return s.f.e_x[k] * s.f.e_x[k] * t.x * t.y / t.z;
        // E and H are physical components; f = H_t t_z/n and ζ = iE_z t_z/n.
        const Complex n = mode.n_eff, fx = s.f.h_y[k] * t.z / n, fy = s.f.h_x[k] * t.z / n,
                      zeta2 = -std::pow(s.f.e_z[k] * t.z / n, 2);
        const Permittivity eps = s.problem.permittivity(s.x[i], s.y[j]);
        return fx * fx * t.y / (t.x * t.z) + fy * fy * t.x / (t.y * t.z) - eps.z * t.x * t.y / t.z * zeta2;
    });
}

}  // namespace

SectionFigures section_figures(const SectionMode& mode, const std::vector<Region>& regions) {
    const Sampled s = sampled(mode);
    const auto& q = s.q;
    const bool slab = mode.on->problem.y.elements() == 1 && mode.on->problem.y.degree() == 1;
    double height = 0.0;  // of a slab's one element, along which nothing varies
    for (const double w : q.weight_y) height += w;
    SectionFigures f;
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
    f.x_fraction = s.x_power / (s.x_power + s.y_power);
    f.transverse_fraction = (s.x_power + s.y_power) / (s.x_power + s.y_power + s.z_power);
    f.peak_x = q.x[peak_i];
    if (slab) {
        f.near_bottom = f.near_top = 0.0;
        f.effective_area /= height;
    } else {
        f.center_y = middle_y + y1 / sum;
        f.mfd_4sigma_y = 4.0 * std::sqrt(std::max(0.0, y2 / sum - std::pow(y1 / sum, 2)));
        f.peak_y = q.y[peak_j];
    }

    // Slopes of the larger component of H, on the solved part: the ratio is that of the whole.
    {
        const Solved solved(mode);
        const auto& phi = solved.f.h_y.empty() ? solved.f.e_x : s.x_power >= s.y_power ? solved.f.h_y : solved.f.h_x;
        const auto along_x = solved.slope(phi, true), along_y = solved.slope(phi, false);
        const auto norm = [&](const std::vector<Complex>& v) {
            return solved.integral([&](std::size_t k, std::size_t, std::size_t) { return Complex(std::norm(v[k])); })
                .real();
        };
        const double whole = norm(phi);
        f.mfd_petermann_x = 2.0 * std::sqrt(whole / norm(along_x));
        if (!slab) f.mfd_petermann_y = 2.0 * std::sqrt(whole / norm(along_y));
    }

    // 1/e² about the centroid, or about the peak where the centroid is dark.
    {
        const std::size_t top =
            static_cast<std::size_t>(std::max_element(s.power.begin(), s.power.end()) - s.power.begin());
        const double cy = slab ? q.y.front() : f.center_y;
        double level = power_density(mode.fields({f.center_x}, {cy}))[0];
        double at_x = f.center_x, at_y = cy;
        if (level <
            0.1 * squares / sum) {  // the mean of S, weighed with S; its peak may be a corner's, which has no bound
            at_x = q.x[top % q.x.size()], at_y = q.y[top / q.x.size()];
            level = s.power[top];
        }
        f.mfd_1e2_x = width_1e2(mode, true, at_y, q.x, level);
        if (!slab) f.mfd_1e2_y = width_1e2(mode, false, at_x, q.y, level);
    }

    // The Gaussian is separable: its overlap is a row sum of column sums.
    double norm = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) norm += std::pow(s.field[s.at(i, j)], 2) * s.area(i, j);
    std::vector<double> gx(q.x.size());
    const auto log_overlap = [&](std::span<const double> p) {
        const GaussianSheet bx{std::exp(p[1]), p[0]};
        for (std::size_t i = 0; i < q.x.size(); ++i) gx[i] = bx(q.x[i]) * q.weight_x[i];
        double total = 0.0;
        for (std::size_t j = 0; j < q.y.size(); ++j) {
            double line = 0.0;
            for (std::size_t i = 0; i < q.x.size(); ++i) line += gx[i] * s.field[s.at(i, j)];
            total += line * q.weight_y[j] * (slab ? 1.0 : GaussianSheet{std::exp(p[3]), p[2]}(q.y[j]));
        }
        return std::log(std::abs(total) / std::sqrt(slab ? norm * height : norm));
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
    if (!slab) {
        f.gauss_y = best.position[2];
        f.mfd_gauss_y = 2.0 * std::exp(best.position[3]);
    }
    return f;
}

Complex index_shift(const SectionMode& mode, const PermittivityAt& change) {
    const Solved s(mode);
    const bool scalar = s.problem.equation == WaveEquation::scalar;
    const Complex raised = s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const Stretch t = stretch_at(s.problem, s.x[i], s.y[j]);
        const Permittivity d = change(s.x[i], s.y[j]);
        if (scalar) return d.x * s.f.e_x[k] * s.f.e_x[k] * t.x * t.y * t.z;
        return d.x * s.f.e_x[k] * s.f.e_x[k] * t.y * t.z / t.x + d.y * s.f.e_y[k] * s.f.e_y[k] * t.x * t.z / t.y -
               d.z * s.f.e_z[k] * s.f.e_z[k] * t.x * t.y * t.z;
    });
    return raised / b_norm(mode, s) / (2.0 * mode.n_eff);
}

double group_index(const SectionMode& mode, const PermittivityAt& slope) {
    // dν/dk0² k0² + ν with d(k0²ε)/dk0² = ε - (λ/2) ∂ε/∂λ: as if ε were raised by that much.
    const double half = 0.5 * mode.on->problem.wavelength;
    const PermittivityAt raised = [&](double x, double y) {
        const Permittivity e = mode.on->problem.permittivity(x, y), d = slope(x, y);
        return Permittivity{e.x - half * d.x, e.y - half * d.y, e.z - half * d.z};
    };
    // β² = k0²ν: n_g = dβ/dk0 = (1/n_eff) dβ²/d(k0²).
    return 2.0 * index_shift(mode, raised).real();
}

Complex step_shift(const SectionMode& mode, bool along_x, double at, double below, double above) {
    if (mode.on->problem.curvature != 0.0) throw std::invalid_argument("steps of a bent section are not moved");
    const Solved s(mode);
    const bool mirrored = along_x ? mode.on->mirrored_x : mode.on->mirrored_y;
    const kernels::PiecewisePolynomials& line = along_x ? s.problem.x : s.problem.y;
    double sign = 1.0;
    if (mirrored && at < line.lower()) {
        const double plane = 2.0 * line.lower();
        std::swap(below, above);
        at = plane - at, below = plane - below, above = plane - above;
        sign = -1.0;
    }
    // The ends of the motion on break points, so that its slope is constant within elements.
    const auto snapped = [&](double wish) {
        double best = line.lower();
        for (const double b : line.breaks())
            if (std::abs(b - wish) < std::abs(best - wish) && std::abs(b - at) > 0.02 * std::abs(wish - at)) best = b;
        return best;
    };
    below = snapped(std::max(below, line.lower()));
    above = snapped(std::min(above, line.upper()));
    const auto stretch = [&](double place) {
        return place > below && place < at   ? 1.0 / (at - below)
               : place > at && place < above ? -1.0 / (above - at)
                                             : 0.0;
    };
    const Complex nu = mode.n_eff * mode.n_eff;
    const double k0 = 2.0 * pi / s.problem.wavelength;
    const bool scalar = s.problem.equation == WaveEquation::scalar;
    std::vector<Complex> slope_x, slope_y;
    if (scalar) slope_x = s.slope(s.f.e_x, true), slope_y = s.slope(s.f.e_x, false);
    const double x_sign = along_x ? 1.0 : -1.0;
    const Complex change = s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const double d = stretch(along_x ? s.x[i] : s.y[j]);
        if (d == 0.0) return Complex(0.0);
        const Permittivity eps = s.problem.permittivity(s.x[i], s.y[j]);
        if (scalar)
            return d * ((slope_y[k] * slope_y[k] - slope_x[k] * slope_x[k]) * x_sign / (k0 * k0) +
                        (nu - eps.x) * s.f.e_x[k] * s.f.e_x[k]);
        const Complex curl2 = -s.f.h_z[k] * s.f.h_z[k], fx2 = s.f.h_y[k] * s.f.h_y[k], fy2 = s.f.h_x[k] * s.f.h_x[k],
                      zeta2_nu = -s.f.e_z[k] * s.f.e_z[k];
        return d * (-curl2 + x_sign * (fy2 - fx2 + eps.x * s.f.e_x[k] * s.f.e_x[k] - eps.y * s.f.e_y[k] * s.f.e_y[k]) -
                    eps.z * zeta2_nu);
    });
    // On a mirrored half the image of the step moves the other way: one step alone is half of that.
    return sign * (mirrored ? 0.5 : 1.0) * -change / b_norm(mode, s) / (2.0 * mode.n_eff);
}

}  // namespace vitral::modes
