#include "modes/elements/mode_fields.hpp"

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

/// Σ_k u[k] c[k, j]: a field along the line x = const of an element.
void line_of(const Complex* c, const std::vector<double>& u, std::size_t nv, std::vector<Complex>& line) {
    line.assign(nv, 0.0);
    for (std::size_t k = 0; k < u.size(); ++k)
        for (std::size_t j = 0; j < nv; ++j) line[j] += u[k] * c[k * nv + j];
}
Complex at(const std::vector<Complex>& line, const std::vector<double>& v) {
    Complex sum = 0.0;
    for (std::size_t j = 0; j < v.size(); ++j) sum += line[j] * v[j];
    return sum;
}

/// The points of a line in groups of one element.
std::vector<std::vector<std::size_t>> by_element(const std::vector<LinePoint>& points, int elements) {
    std::vector<std::vector<std::size_t>> groups(static_cast<std::size_t>(elements));
    for (std::size_t i = 0; i < points.size(); ++i) groups[static_cast<std::size_t>(points[i].element)].push_back(i);
    return groups;
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
    const auto groups_x = by_element(in_x, elements.nx()), groups_y = by_element(in_y, elements.ny());
    const auto vy = static_cast<std::size_t>(elements.y().degree()) + 1, wy = vy - 1;
    std::vector<Complex> c(elements.local().size()), psi, l_fx, l_fy, l_fy_slope, l_zeta, l_zeta_slope;
    for (int ex = 0; ex < elements.nx(); ++ex)
        for (int ey = 0; ey < elements.ny(); ++ey) {
            const auto &places_x = groups_x[static_cast<std::size_t>(ex)],
                       &places_y = groups_y[static_cast<std::size_t>(ey)];
            if (places_x.empty() || places_y.empty()) continue;
            const int* numbers = elements.numbers(ex, ey);
            for (std::size_t l = 0; l < c.size(); ++l)
                c[l] = numbers[l] < 0 ? 0.0 : unknowns[static_cast<std::size_t>(numbers[l])];
            for (const std::size_t i : places_x) {
                const LinePoint& u = in_x[i];
                if (scalar) {
                    line_of(c.data(), u.continuous, vy, psi);
                } else {
                    const Complex *f_x = c.data(), *f_y = f_x + elements.local_begin(1),
                                  *zeta = f_x + elements.local_begin(2);
                    line_of(f_x, u.broken, vy, l_fx);
                    line_of(f_y, u.continuous, wy, l_fy);
                    line_of(f_y, u.slope, wy, l_fy_slope);
                    line_of(zeta, u.continuous, vy, l_zeta);
                    line_of(zeta, u.slope, vy, l_zeta_slope);
                }
                for (const std::size_t j : places_y) {
                    const LinePoint& v = in_y[j];
                    const std::size_t k = j * x.size() + i;
                    // Across the plane x = x0, E_x and H_y, H_z go with -closed, E_y, E_z and H_x with closed; likewise in y.
                    const double tx = u.image ? closed_x : 1.0, nx = u.image ? -closed_x : 1.0,
                                 ty = v.image ? closed_y : 1.0, ny = v.image ? -closed_y : 1.0;
                    if (scalar) {
                        f.e_x[k] = tx * ty * at(psi, v.continuous);
                        continue;
                    }
                    const Complex shrink = s.problem.curvature == 0.0 ? 1.0 : 1.0 / stretch_at(s.problem, x[i], y[j]).z;
                    const Complex fx = nx * ty * at(l_fx, v.continuous), fy = tx * ny * at(l_fy, v.broken),
                                  curl = nx * ny * (at(l_fy_slope, v.broken) - at(l_fx, v.slope));
                    f.e_x[k] = fx - nx * ty * at(l_zeta_slope, v.continuous);
                    f.e_y[k] = fy - tx * ny * at(l_zeta, v.slope);
                    f.e_z[k] = Complex(0.0, -1.0) * n_eff * tx * ty * at(l_zeta, v.continuous) * shrink;
                    f.h_x[k] = -n_eff * fy * shrink;
                    f.h_y[k] = n_eff * fx * shrink;
                    f.h_z[k] = Complex(0.0, -1.0) * curl;
                }
            }
        }
    f.x = std::move(x);
    f.y = std::move(y);
    return f;
}

SectionQuadrature quadrature(const SolvedSection& s, Images images, double longest) {
    SectionQuadrature q;
    const auto line = [longest](const PiecewisePolynomials& p, bool mirrored, double from, double to,
                                std::vector<double>& place, std::vector<double>& weight) {
        const kernels::GaussRule rule = element_rule(p.degree());
        for (int e = 0; e < p.elements(); ++e) {
            if (p.place(e, 0.0) < from || p.place(e, 0.0) > to) continue;  // a matched layer
            const int pieces = std::max(1, static_cast<int>(std::ceil(p.length(e) / longest)));
            for (int piece = 0; piece < pieces; ++piece)
                for (std::size_t i = 0; i < rule.point.size(); ++i) {
                    place.push_back(p.place(e, (2.0 * piece + 1.0 + rule.point[i]) / pieces - 1.0));
                    weight.push_back(0.5 * p.length(e) * rule.weight[i] / pieces);
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
    line(p.x, images == Images::included && s.mirrored_x, p.x.lower() + p.layers.left, p.x.upper() - p.layers.right,
         q.x, q.weight_x);
    line(p.y, images == Images::included && s.mirrored_y, p.y.lower() + p.layers.bottom, p.y.upper() - p.layers.top,
         q.y, q.weight_y);
    return q;
}

void normalize(SectionMode& mode) {
    // An image carries as much as what it is the image of.
    const SectionQuadrature q = quadrature(*mode.on, Images::left_out);
    const double images = (mode.on->mirrored_x ? 2.0 : 1.0) * (mode.on->mirrored_y ? 2.0 : 1.0);
    const ModeFields f = mode.fields(q.x, q.y);
    double power = 0.0, in_x = 0.0, in_y = 0.0;
    Complex peak_x = 0.0, peak_y = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) {
            const std::size_t at = j * q.x.size() + i;
            const double area = images * q.weight_x[i] * q.weight_y[j];
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
