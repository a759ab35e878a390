#include "modes/mode_fields.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"

namespace vitral::modes {
namespace {

using kernels::PiecewisePolynomials;
using kernels::Space;

/// The functions of one line that differ from 0 at a point.
struct LinePoint {
    int element = 0;
    bool image = false;  ///< the point lies in the mirror image
    std::vector<double> continuous, broken, slope;
};

LinePoint line_point(const PiecewisePolynomials& line, double scale, double place, bool mirrored) {
    LinePoint p;
    const int degree = line.degree();
    double x = place * scale;
    if (mirrored && x < line.lower()) {
        x = 2.0 * line.lower() - x;
        p.image = true;
    }
    p.element = line.element_at(x);
    const double h = line.length(p.element),
                 xi = 2.0 * (x - line.breaks()[static_cast<std::size_t>(p.element)]) / h - 1.0;
    p.continuous.assign(static_cast<std::size_t>(degree) + 1, 0.0);
    p.broken.assign(static_cast<std::size_t>(degree), 0.0);
    p.slope.assign(static_cast<std::size_t>(degree) + 1, 0.0);
    if (std::abs(xi) > 1.0 + 1e-9) return p;  // beyond the window there is no light
    PiecewisePolynomials::continuous_at(xi, degree, p.continuous.data());
    PiecewisePolynomials::broken_at(xi, degree, p.broken.data());
    for (double& value : p.broken) value /= std::sqrt(h);
    for (int k = 0; k <= degree; ++k) {
        const int a = k < 2 ? 0 : k - 1;
        p.slope[static_cast<std::size_t>(k)] = line.derivative(p.element, a, k) * p.broken[static_cast<std::size_t>(a)];
    }
    return p;
}

/// Σ c[kx, ky] u[kx] v[ky]
Complex product(const Complex* c, const std::vector<double>& u, const std::vector<double>& v) {
    Complex sum = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        Complex line = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) line += c[i * v.size() + j] * v[j];
        sum += u[i] * line;
    }
    return sum;
}

}  // namespace

ModeFields SectionMode::fields(std::vector<double> x, std::vector<double> y) const {
    const SolvedSection& s = *on;
    const kernels::TensorElements& elements = *s.elements;
    const double k0 = 2.0 * pi / s.problem.wavelength;
    std::vector<LinePoint> in_x, in_y;
    for (const double place : x) in_x.push_back(line_point(elements.x(), k0, place, s.mirrored_x));
    for (const double place : y) in_y.push_back(line_point(elements.y(), k0, place, s.mirrored_y));

    const bool scalar = s.problem.equation == WaveEquation::scalar;
    ModeFields f;
    const std::size_t size = x.size() * y.size();
    f.e_x.assign(size, 0.0);
    if (!scalar)
        for (auto* part : {&f.e_y, &f.e_z, &f.h_x, &f.h_y, &f.h_z}) part->assign(size, 0.0);

    // What is odd about a plane of symmetry: across a closed (electric) wall E_t, there ψ; across an open one the rest.
    const double closed_x = s.problem.walls.left ? -1.0 : 1.0, closed_y = s.problem.walls.bottom ? -1.0 : 1.0;
    std::vector<Complex> c(elements.local().size());
    int loaded = -1;
    // Element by element: points are visited in an order that changes elements seldom.
    std::vector<std::size_t> order_x(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) order_x[i] = i;
    std::stable_sort(order_x.begin(), order_x.end(),
                     [&](std::size_t a, std::size_t b) { return in_x[a].element < in_x[b].element; });
    std::vector<std::size_t> order_y(y.size());
    for (std::size_t j = 0; j < y.size(); ++j) order_y[j] = j;
    std::stable_sort(order_y.begin(), order_y.end(),
                     [&](std::size_t a, std::size_t b) { return in_y[a].element < in_y[b].element; });

    for (std::size_t begin = 0; begin < order_x.size();) {
        std::size_t end = begin;
        while (end < order_x.size() && in_x[order_x[end]].element == in_x[order_x[begin]].element) ++end;
        for (const std::size_t j : order_y) {
            const LinePoint& v = in_y[j];
            const int ex = in_x[order_x[begin]].element;
            if (const int element = ex * elements.ny() + v.element; element != loaded) {
                loaded = element;
                for (std::size_t l = 0; l < c.size(); ++l) {
                    const int g = elements.global(ex, v.element, static_cast<int>(l));
                    c[l] = g < 0 ? 0.0 : unknowns[static_cast<std::size_t>(g)];
                }
            }
            for (std::size_t i = begin; i < end; ++i) {
                const LinePoint& u = in_x[order_x[i]];
                const std::size_t at = j * x.size() + order_x[i];
                if (scalar) {
                    f.e_x[at] = product(c.data(), u.continuous, v.continuous) * (u.image ? closed_x : 1.0) *
                                (v.image ? closed_y : 1.0);
                    continue;
                }
                const Complex* f_x = c.data();
                const Complex* f_y = c.data() + elements.local_begin(1);
                const Complex* zeta = c.data() + elements.local_begin(2);
                // Across the plane x = x0, E_x and H_y, H_z go with -closed, E_y, E_z and H_x with closed; likewise in y.
                const double tx = u.image ? closed_x : 1.0, nx = u.image ? -closed_x : 1.0,
                             ty = v.image ? closed_y : 1.0, ny = v.image ? -closed_y : 1.0;
                const Complex stretch = s.problem.curvature == 0.0 ? 1.0 : stretch_at(s.problem, x[order_x[i]], y[j]).z;
                const Complex fx = nx * ty * product(f_x, u.broken, v.continuous),
                              fy = tx * ny * product(f_y, u.continuous, v.broken),
                              zx = nx * ty * product(zeta, u.slope, v.continuous),
                              zy = tx * ny * product(zeta, u.continuous, v.slope),
                              z = tx * ty * product(zeta, u.continuous, v.continuous);
                Complex curl = 0.0;
                for (std::size_t k = 0; k < u.slope.size(); ++k)
                    for (std::size_t b = 0; b < v.broken.size(); ++b)
                        curl += u.slope[k] * v.broken[b] * f_y[k * v.broken.size() + b];
                curl -= product(f_x, u.broken, v.slope);
                f.e_x[at] = fx - zx;
                f.e_y[at] = fy - zy;
                f.e_z[at] = Complex(0.0, -1.0) * n_eff * z / stretch;
                f.h_x[at] = -n_eff * fy / stretch;
                f.h_y[at] = n_eff * fx / stretch;
                f.h_z[at] = Complex(0.0, -1.0) * nx * ny * curl;
            }
        }
        begin = end;
    }
    f.x = std::move(x);
    f.y = std::move(y);
    return f;
}

SectionQuadrature quadrature(const SolvedSection& s) {
    SectionQuadrature q;
    const auto line = [](const PiecewisePolynomials& p, bool mirrored, double from, double to,
                         std::vector<double>& place, std::vector<double>& weight) {
        const kernels::GaussRule rule = kernels::gauss_legendre(p.degree() + 3);
        for (int e = 0; e < p.elements(); ++e) {
            if (p.place(e, 0.0) < from || p.place(e, 0.0) > to) continue;  // a matched layer
            for (std::size_t i = 0; i < rule.point.size(); ++i) {
                place.push_back(p.place(e, rule.point[i]));
                weight.push_back(0.5 * p.length(e) * rule.weight[i]);
            }
        }
        if (!mirrored) return;
        const std::size_t half = place.size();
        std::vector<double> all_places, all_weights;
        for (std::size_t i = half; i-- > 0;) {
            all_places.push_back(2.0 * p.lower() - place[i]);
            all_weights.push_back(weight[i]);
        }
        all_places.insert(all_places.end(), place.begin(), place.end());
        all_weights.insert(all_weights.end(), weight.begin(), weight.end());
        place = std::move(all_places);
        weight = std::move(all_weights);
    };
    const auto& p = s.problem;
    line(p.x, s.mirrored_x, p.x.lower() + p.layers.left, p.x.upper() - p.layers.right, q.x, q.weight_x);
    line(p.y, s.mirrored_y, p.y.lower() + p.layers.bottom, p.y.upper() - p.layers.top, q.y, q.weight_y);
    return q;
}

void normalize(SectionMode& mode) {
    const SectionQuadrature q = quadrature(*mode.on);
    const ModeFields f = mode.fields(q.x, q.y);
    double power = 0.0, in_x = 0.0, in_y = 0.0;
    Complex peak_x = 0.0, peak_y = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) {
            const std::size_t at = j * q.x.size() + i;
            const double area = q.weight_x[i] * q.weight_y[j];
            if (f.e_y.empty()) {
                power += std::norm(f.e_x[at]) * area;
            } else {
                power += (f.e_x[at] * std::conj(f.h_y[at]) - f.e_y[at] * std::conj(f.h_x[at])).real() * area;
                in_y += std::norm(f.e_y[at]) * area;
                if (std::abs(f.e_y[at]) > std::abs(peak_y)) peak_y = f.e_y[at];
            }
            in_x += std::norm(f.e_x[at]) * area;
            if (std::abs(f.e_x[at]) > std::abs(peak_x)) peak_x = f.e_x[at];
        }
    const Complex peak = in_x >= in_y ? peak_x : peak_y;
    if (!(power > 0.0) || std::abs(peak) == 0.0) return;
    const Complex factor = std::conj(peak) / (std::abs(peak) * std::sqrt(power));
    for (Complex& value : mode.unknowns) value *= factor;
}

}  // namespace vitral::modes
