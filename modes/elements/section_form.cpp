#include "modes/elements/section_form.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"

namespace vitral::modes {
namespace {

using kernels::Space;

std::vector<kernels::TensorField> fields_of(WaveEquation equation) {
    if (equation == WaveEquation::scalar) return {{Space::continuous, Space::continuous}};
    return {
        {Space::broken, Space::continuous}, {Space::continuous, Space::broken}, {Space::continuous, Space::continuous}};
}

kernels::PiecewisePolynomials scaled(const kernels::PiecewisePolynomials& line, double k0) {
    std::vector<double> breaks;
    for (const double x : line.breaks()) breaks.push_back(k0 * x);
    return {std::move(breaks), line.degree()};
}

template <typename T>
typename SectionForm<T>::LineTable table_of(int degree) {
    typename SectionForm<T>::LineTable table{element_rule(degree), {}, {}};
    const std::size_t points = table.rule.point.size();
    table.continuous.assign(static_cast<std::size_t>(degree) + 1, std::vector<double>(points));
    table.broken.assign(static_cast<std::size_t>(degree), std::vector<double>(points));
    std::vector<double> values(static_cast<std::size_t>(degree) + 1);
    for (std::size_t q = 0; q < points; ++q) {
        kernels::PiecewisePolynomials::continuous_at(table.rule.point[q], degree, values.data());
        for (std::size_t k = 0; k <= static_cast<std::size_t>(degree); ++k) table.continuous[k][q] = values[k];
        kernels::PiecewisePolynomials::broken_at(table.rule.point[q], degree, values.data());
        for (std::size_t a = 0; a < static_cast<std::size_t>(degree); ++a) table.broken[a][q] = values[a];
    }
    return table;
}

/// dx̃/dx and x̃ - x of a coordinate with matched layers at both ends, s = 1 + iS (d/w)² at depth d of a layer.
struct LayerStretch {
    Complex slope, shift;
};
LayerStretch stretch_along(double x, double lower, double upper, double layer_lower, double layer_upper) {
    constexpr double strength = 10.0;
    const auto within = [&](double depth, double width) {
        const double t = std::max(0.0, depth) / width;
        return LayerStretch{Complex(1.0, strength * t * t), Complex(0.0, strength * width * t * t * t / 3.0)};
    };
    if (layer_lower > 0.0 && x < lower + layer_lower) {
        const LayerStretch s = within(lower + layer_lower - x, layer_lower);
        return {s.slope, -s.shift};
    }
    if (layer_upper > 0.0 && x > upper - layer_upper) return within(x - (upper - layer_upper), layer_upper);
    return {1.0, 0.0};
}

template <typename T>
T as(Complex value, double x, double y) {
    if (!std::isfinite(value.real()) || !std::isfinite(value.imag()))
        throw Error(Failure::numerical, "the permittivity of a section is not finite",
                    "x = " + std::to_string(x * 1e6) + " um, y = " + std::to_string(y * 1e6) + " um");
    if constexpr (std::is_same_v<T, double>) {
        if (value.imag() != 0.0)
            throw Error(Failure::numerical, "a section that looked lossless absorbs",
                        "x = " + std::to_string(x * 1e6) + " um, y = " + std::to_string(y * 1e6) + " um");
        return value.real();
    } else {
        return value;
    }
}

}  // namespace

kernels::GaussRule element_rule(int degree) { return kernels::gauss_legendre(degree + 3); }

Stretch stretch_at(const SectionProblem& p, double x, double y) {
    const LayerStretch in_x = stretch_along(x, p.x.lower(), p.x.upper(), p.layers.left, p.layers.right),
                       in_y = stretch_along(y, p.y.lower(), p.y.upper(), p.layers.bottom, p.layers.top);
    return {in_x.slope, in_y.slope, 1.0 + p.curvature * (x + in_x.shift)};
}

kernels::TensorElements elements_of(const SectionProblem& problem) {
    const double k0 = 2.0 * pi / problem.wavelength;
    return {fields_of(problem.equation), scaled(problem.x, k0), scaled(problem.y, k0), problem.walls};
}

template <typename T>
SectionForm<T>::SectionForm(const SectionProblem& problem)
    : problem_(problem),
      k0_(2.0 * pi / problem.wavelength),
      elements_(elements_of(problem)),
      along_x_(table_of<T>(problem.x.degree())),
      along_y_(table_of<T>(problem.y.degree())) {
    sample();
}

template <typename T>
void SectionForm<T>::sample() {
    const auto& px = problem_.x;
    const auto& py = problem_.y;
    weights_.resize(static_cast<std::size_t>(elements_.nx() * elements_.ny() * points_x() * points_y()));
    std::size_t at = 0;
    for (int ex = 0; ex < elements_.nx(); ++ex)
        for (int ey = 0; ey < elements_.ny(); ++ey)
            for (int qx = 0; qx < points_x(); ++qx)
                for (int qy = 0; qy < points_y(); ++qy) {
                    const double x = px.place(ex, along_x_.rule.point[static_cast<std::size_t>(qx)]),
                                 y = py.place(ey, along_y_.rule.point[static_cast<std::size_t>(qy)]);
                    const Permittivity eps = problem_.permittivity(x, y);
                    const auto [sx, sy, sz] = stretch_at(problem_, x, y);
                    const auto number = [&](Complex value) { return as<T>(value, x, y); };
                    Weights& w = weights_[at++];
                    if (problem_.equation == WaveEquation::scalar)
                        w = {T(0.0), number(sy * sz / sx), number(sx * sz / sy), number(eps.x * sx * sy * sz),
                             T(0.0), number(sx * sy / sz)};
                    else
                        w = {number(sz / (sx * sy)),       number(sy / (sx * sz)),       number(sx / (sy * sz)),
                             number(eps.x * sy * sz / sx), number(eps.y * sx * sz / sy), number(eps.z * sx * sy / sz)};
                }
}

template <typename T>
std::vector<T> SectionForm<T>::tensor(int ex, int ey, Coefficient c, Space in_x, Space in_y) const {
    const auto& ux = in_x == Space::continuous ? along_x_.continuous : along_x_.broken;
    const auto& vy = in_y == Space::continuous ? along_y_.continuous : along_y_.broken;
    const std::size_t nx = ux.size(), ny = vy.size();
    // ω = table / √h: the length of the element cancels for broken functions.
    const double hx = in_x == Space::continuous ? 0.5 * elements_.x().length(ex) : 0.5,
                 hy = in_y == Space::continuous ? 0.5 * elements_.y().length(ey) : 0.5;
    std::vector<T> result(nx * ny * nx * ny, T(0.0));
    std::vector<T> line(ny * ny);
    for (int qx = 0; qx < points_x(); ++qx) {
        std::fill(line.begin(), line.end(), T(0.0));
        for (int qy = 0; qy < points_y(); ++qy) {
            const T w = weights(ex, ey, qx, qy).*c * (hx * hy * along_x_.rule.weight[static_cast<std::size_t>(qx)] *
                                                      along_y_.rule.weight[static_cast<std::size_t>(qy)]);
            for (std::size_t j = 0; j < ny; ++j) {
                const T wj = w * vy[j][static_cast<std::size_t>(qy)];
                for (std::size_t k = 0; k <= j; ++k) line[j * ny + k] += wj * vy[k][static_cast<std::size_t>(qy)];
            }
        }
        for (std::size_t j = 0; j < ny; ++j)
            for (std::size_t k = 0; k < j; ++k) line[k * ny + j] = line[j * ny + k];
        for (std::size_t a = 0; a < nx; ++a)
            for (std::size_t b = 0; b <= a; ++b) {
                const double uu = ux[a][static_cast<std::size_t>(qx)] * ux[b][static_cast<std::size_t>(qx)];
                for (std::size_t j = 0; j < ny; ++j) {
                    T* row = result.data() + ((a * ny + j) * nx + b) * ny;
                    for (std::size_t k = 0; k < ny; ++k) row[k] += uu * line[j * ny + k];
                }
            }
    }
    for (std::size_t a = 0; a < nx; ++a)
        for (std::size_t b = 0; b < a; ++b)
            for (std::size_t j = 0; j < ny; ++j)
                for (std::size_t k = 0; k < ny; ++k)
                    result[((b * ny + k) * nx + a) * ny + j] = result[((a * ny + j) * nx + b) * ny + k];
    return result;
}

namespace {

/// ∂φ_k of a continuous function is a slope times the broken function of this number.
int broken_of(int k) { return k < 2 ? 0 : k - 1; }

/// Those slopes in element e.
class SlopesOf {
public:
    SlopesOf(const kernels::PiecewisePolynomials& line, int e) {
        for (int k = 0; k <= line.degree(); ++k) slopes_.push_back(line.derivative(e, broken_of(k), k));
    }
    double operator()(int k) const { return slopes_[static_cast<std::size_t>(k)]; }

private:
    std::vector<double> slopes_;
};

/// The entries of a square matrix, row by row.
template <typename T>
struct SquareOf {
    std::span<T> entries;
    std::size_t size;
    T& operator()(int r, int c) const {
        return entries[static_cast<std::size_t>(r) * size + static_cast<std::size_t>(c)];
    }
};

}  // namespace

template <typename T>
void SectionForm<T>::element_matrix(int ex, int ey, T nu, std::span<T> matrix) const {
    std::fill(matrix.begin(), matrix.end(), T(0.0));
    if (problem_.equation == WaveEquation::scalar)
        scalar_matrix(ex, ey, nu, matrix);
    else
        vector_matrix(ex, ey, nu, matrix);
}

template <typename T>
void SectionForm<T>::scalar_matrix(int ex, int ey, T nu, std::span<T> matrix) const {
    const int px = elements_.x().degree(), py = elements_.y().degree(), vx = px + 1, vy = py + 1;
    const SquareOf<T> at{matrix, elements_.local().size()};
    const auto row = broken_of;
    const SlopesOf slope_x(elements_.x(), ex), slope_y(elements_.y(), ey);
    const auto kx = tensor(ex, ey, &Weights::fx, Space::broken, Space::continuous),
               ky = tensor(ex, ey, &Weights::fy, Space::continuous, Space::broken),
               m = tensor(ex, ey, &Weights::ex, Space::continuous, Space::continuous),
               b = tensor(ex, ey, &Weights::ez, Space::continuous, Space::continuous);
    for (int i = 0; i < vx; ++i)
        for (int j = 0; j < vy; ++j)
            for (int k = 0; k < vx; ++k)
                for (int l = 0; l < vy; ++l) {
                    const auto same = static_cast<std::size_t>(((i * vy + j) * vx + k) * vy + l);
                    at(i * vy + j, k * vy + l) =
                        slope_x(i) * slope_x(k) *
                            kx[static_cast<std::size_t>(((row(i) * vy + j) * px + row(k)) * vy + l)] +
                        slope_y(j) * slope_y(l) *
                            ky[static_cast<std::size_t>(((i * py + row(j)) * vx + k) * py + row(l))] -
                        m[same] + nu * b[same];
                }
}

template <typename T>
void SectionForm<T>::vector_matrix(int ex, int ey, T nu, std::span<T> matrix) const {
    const int px = elements_.x().degree(), py = elements_.y().degree(), vx = px + 1, vy = py + 1;
    const SquareOf<T> at{matrix, elements_.local().size()};
    const auto row = broken_of;
    const SlopesOf slope_x(elements_.x(), ex), slope_y(elements_.y(), ey);
    const auto curl = tensor(ex, ey, &Weights::curl, Space::broken, Space::broken),
               bx = tensor(ex, ey, &Weights::fx, Space::broken, Space::continuous),
               by = tensor(ex, ey, &Weights::fy, Space::continuous, Space::broken),
               tx = tensor(ex, ey, &Weights::ex, Space::broken, Space::continuous),
               ty = tensor(ex, ey, &Weights::ey, Space::continuous, Space::broken),
               bz = tensor(ex, ey, &Weights::ez, Space::continuous, Space::continuous);
    const int begin_y = elements_.local_begin(1), begin_z = elements_.local_begin(2);
    const auto in_curl = [&](int a, int b, int c, int d) {
        return curl[static_cast<std::size_t>(((a * py + b) * px + c) * py + d)];
    };
    const auto in_x = [&](const std::vector<T>& m, int a, int j, int c, int l) {
        return m[static_cast<std::size_t>(((a * vy + j) * px + c) * vy + l)];
    };
    const auto in_y = [&](const std::vector<T>& m, int i, int b, int k, int d) {
        return m[static_cast<std::size_t>(((i * py + b) * vx + k) * py + d)];
    };
    for (int a = 0; a < px; ++a)
        for (int j = 0; j < vy; ++j) {
            const int r = a * vy + j;
            for (int c = 0; c < px; ++c)
                for (int l = 0; l < vy; ++l)
                    at(r, c * vy + l) = slope_y(j) * slope_y(l) * in_curl(a, row(j), c, row(l)) - in_x(tx, a, j, c, l) +
                                        nu * in_x(bx, a, j, c, l);
            for (int k = 0; k < vx; ++k)
                for (int d = 0; d < py; ++d) {
                    const int s = begin_y + k * py + d;
                    at(r, s) = at(s, r) = -slope_y(j) * slope_x(k) * in_curl(a, row(j), row(k), d);
                }
            for (int k = 0; k < vx; ++k)
                for (int l = 0; l < vy; ++l) {
                    const int s = begin_z + k * vy + l;
                    at(r, s) = at(s, r) = slope_x(k) * in_x(tx, a, j, row(k), l);
                }
        }
    for (int i = 0; i < vx; ++i)
        for (int b = 0; b < py; ++b) {
            const int r = begin_y + i * py + b;
            for (int k = 0; k < vx; ++k)
                for (int d = 0; d < py; ++d)
                    at(r, begin_y + k * py + d) = slope_x(i) * slope_x(k) * in_curl(row(i), b, row(k), d) -
                                                  in_y(ty, i, b, k, d) + nu * in_y(by, i, b, k, d);
            for (int k = 0; k < vx; ++k)
                for (int l = 0; l < vy; ++l) {
                    const int s = begin_z + k * vy + l;
                    at(r, s) = at(s, r) = slope_y(l) * in_y(ty, i, b, k, row(l));
                }
        }
    for (int i = 0; i < vx; ++i)
        for (int j = 0; j < vy; ++j)
            for (int k = 0; k < vx; ++k)
                for (int l = 0; l < vy; ++l)
                    at(begin_z + i * vy + j, begin_z + k * vy + l) =
                        -slope_x(i) * slope_x(k) * in_x(tx, row(i), j, row(k), l) -
                        slope_y(j) * slope_y(l) * in_y(ty, i, row(j), k, row(l)) -
                        nu * bz[static_cast<std::size_t>(((i * vy + j) * vx + k) * vy + l)];
}

namespace {

/// One field of an element: from its coefficients to its values at the points of quadrature, and the transpose.
struct Patch {
    const std::vector<std::vector<double>>& u;
    const std::vector<std::vector<double>>& v;
    double scale;  ///< of broken functions, 1/√h each

    template <typename T>
    void values(const T* c, T* at, std::vector<T>& work) const {
        const std::size_t nu = u.size(), nv = v.size(), qx = u[0].size(), qy = v[0].size();
        work.assign(nu * qy, T(0.0));
        for (std::size_t a = 0; a < nu; ++a)
            for (std::size_t j = 0; j < nv; ++j) {
                const T w = scale * c[a * nv + j];
                for (std::size_t q = 0; q < qy; ++q) work[a * qy + q] += w * v[j][q];
            }
        std::fill(at, at + qx * qy, T(0.0));
        for (std::size_t a = 0; a < nu; ++a)
            for (std::size_t p = 0; p < qx; ++p)
                for (std::size_t q = 0; q < qy; ++q) at[p * qy + q] += u[a][p] * work[a * qy + q];
    }
    template <typename T>
    void add_moments(const T* at, T* c, std::vector<T>& work) const {
        const std::size_t nu = u.size(), nv = v.size(), qx = u[0].size(), qy = v[0].size();
        work.assign(nu * qy, T(0.0));
        for (std::size_t a = 0; a < nu; ++a)
            for (std::size_t p = 0; p < qx; ++p)
                for (std::size_t q = 0; q < qy; ++q) work[a * qy + q] += u[a][p] * at[p * qy + q];
        for (std::size_t a = 0; a < nu; ++a)
            for (std::size_t j = 0; j < nv; ++j) {
                T sum(0.0);
                for (std::size_t q = 0; q < qy; ++q) sum += work[a * qy + q] * v[j][q];
                c[a * nv + j] += scale * sum;
            }
    }
};

}  // namespace

template <typename T>
void SectionForm<T>::apply_b(std::span<const T> x, std::span<T> y) const {
    const auto locals = elements_.local().size();
    const std::size_t points = static_cast<std::size_t>(points_x() * points_y());
    std::fill(y.begin(), y.end(), T(0.0));
    const bool scalar = problem_.equation == WaveEquation::scalar;
    std::vector<T> in(locals), out(locals), at(points), work;
    for (int ex = 0; ex < elements_.nx(); ++ex)
        for (int ey = 0; ey < elements_.ny(); ++ey) {
            const int* numbers = elements_.numbers(ex, ey);
            for (std::size_t l = 0; l < locals; ++l) {
                const int g = numbers[l];
                in[l] = g < 0 ? T(0.0) : x[static_cast<std::size_t>(g)];
                out[l] = T(0.0);
            }
            const double hx = elements_.x().length(ex), hy = elements_.y().length(ey);
            for (int f = 0; f < static_cast<int>(elements_.fields().size()); ++f) {
                const kernels::TensorField& field = elements_.fields()[static_cast<std::size_t>(f)];
                const Patch patch{
                    field.x == Space::continuous ? along_x_.continuous : along_x_.broken,
                    field.y == Space::continuous ? along_y_.continuous : along_y_.broken,
                    1.0 / std::sqrt((field.x == Space::broken ? hx : 1.0) * (field.y == Space::broken ? hy : 1.0))};
                const Coefficient c = scalar || f == 2 ? &Weights::ez : f == 0 ? &Weights::fx : &Weights::fy;
                const double sign = !scalar && f == 2 ? -0.25 : 0.25;
                const int begin = elements_.local_begin(f);
                patch.values(in.data() + begin, at.data(), work);
                for (int qx = 0; qx < points_x(); ++qx)
                    for (int qy = 0; qy < points_y(); ++qy)
                        at[static_cast<std::size_t>(qx * points_y() + qy)] *=
                            weights(ex, ey, qx, qy).*c *
                            (sign * hx * hy * along_x_.rule.weight[static_cast<std::size_t>(qx)] *
                             along_y_.rule.weight[static_cast<std::size_t>(qy)]);
                patch.add_moments(at.data(), out.data() + begin, work);
            }
            for (std::size_t l = 0; l < locals; ++l)
                if (const int g = numbers[l]; g >= 0) y[static_cast<std::size_t>(g)] += out[l];
        }
}

/// y = A x of one element: its coefficients, and what works on them.
template <typename T>
class SectionForm<T>::ElementProduct {
public:
    ElementProduct(const SectionForm& form, int ex, int ey)
        : form_(form),
          ex_(ex),
          ey_(ey),
          px_(form.elements_.x().degree()),
          py_(form.elements_.y().degree()),
          nx_(static_cast<std::size_t>(px_)),
          vy_(static_cast<std::size_t>(py_) + 1),
          hx_(form.elements_.x().length(ex)),
          hy_(form.elements_.y().length(ey)),
          at_(static_cast<std::size_t>(form.points_x() * form.points_y())) {}

    /// ∫ ∇ψ·∇v - n² ψ v
    void scalar(const T* in, T* out) {
        const Patch plain{form_.along_x_.continuous, form_.along_y_.continuous, 1.0};
        plain.values(in, at_.data(), work_);
        weigh(&Weights::ex, -1.0);
        plain.add_moments(at_.data(), out, work_);
        for (const Direction along : {Direction::x, Direction::y}) {
            take_slope(along, in);
            through_patch(along, along == Direction::x ? &Weights::fx : &Weights::fy, 1.0);
            give_slope(along, out);
        }
    }

    /// ∫ (∇×f)(∇×g) - (f - ∇ζ)·ε(g - ∇η), component by component
    void vector(const T* in, T* out) {
        const int begin_y = form_.elements_.local_begin(1), begin_z = form_.elements_.local_begin(2);
        const T *f_x = in, *f_y = in + begin_y, *zeta = in + begin_z;
        T *to_x = out, *to_y = out + begin_y, *to_zeta = out + begin_z;
        // The curl, ∂f_y/∂x - ∂f_x/∂y.
        slopes_.assign(nx_ * (vy_ - 1), T(0.0));
        y_slope(f_x, nx_, Way::to_slope, slopes_.data());
        for (T& value : slopes_) value = -value;
        x_slope(f_y, vy_ - 1, Way::to_slope, slopes_.data());
        const Patch both{form_.along_x_.broken, form_.along_y_.broken, 1.0 / std::sqrt(hx_ * hy_)};
        both.values(slopes_.data(), at_.data(), work_);
        weigh(&Weights::curl, 1.0);
        std::fill(slopes_.begin(), slopes_.end(), T(0.0));
        both.add_moments(at_.data(), slopes_.data(), work_);
        x_slope(slopes_.data(), vy_ - 1, Way::back, to_y);
        for (T& value : slopes_) value = -value;
        y_slope(slopes_.data(), nx_, Way::back, to_x);
        for (const Direction along : {Direction::x, Direction::y}) {
            take_slope(along, zeta);
            const T* f = along == Direction::x ? f_x : f_y;
            for (std::size_t l = 0; l < slopes_.size(); ++l) slopes_[l] = f[l] - slopes_[l];
            through_patch(along, along == Direction::x ? &Weights::ex : &Weights::ey, -1.0);
            T* to = along == Direction::x ? to_x : to_y;
            for (std::size_t l = 0; l < slopes_.size(); ++l) to[l] += slopes_[l], slopes_[l] = -slopes_[l];
            give_slope(along, to_zeta);
        }
    }

private:
    void weigh(Coefficient c, double sign) {
        const auto nqy = static_cast<std::size_t>(form_.points_y());
        for (int qx = 0; qx < form_.points_x(); ++qx)
            for (int qy = 0; qy < form_.points_y(); ++qy)
                at_[static_cast<std::size_t>(qx) * nqy + static_cast<std::size_t>(qy)] *=
                    form_.weights(ex_, ey_, qx, qy).*c *
                    (0.25 * sign * hx_ * hy_ * form_.along_x_.rule.weight[static_cast<std::size_t>(qx)] *
                     form_.along_y_.rule.weight[static_cast<std::size_t>(qy)]);
    }
    /// From continuous coefficients to those of the slope, or back: adds the transpose.
    enum class Way { to_slope, back };
    void x_slope(const T* c, std::size_t nv, Way way, T* to) const {
        for (int k = 0; k <= px_; ++k) {
            const double slope = form_.elements_.x().derivative(ex_, broken_of(k), k);
            for (std::size_t j = 0; j < nv; ++j) {
                const std::size_t fine = static_cast<std::size_t>(k) * nv + j,
                                  coarse = static_cast<std::size_t>(broken_of(k)) * nv + j;
                way == Way::back ? to[fine] += slope * c[coarse] : to[coarse] += slope * c[fine];
            }
        }
    }
    void y_slope(const T* c, std::size_t nu, Way way, T* to) const {
        for (std::size_t i = 0; i < nu; ++i)
            for (int k = 0; k <= py_; ++k) {
                const double slope = form_.elements_.y().derivative(ey_, broken_of(k), k);
                const std::size_t fine = i * vy_ + static_cast<std::size_t>(k),
                                  coarse = i * (vy_ - 1) + static_cast<std::size_t>(broken_of(k));
                way == Way::back ? to[fine] += slope * c[coarse] : to[coarse] += slope * c[fine];
            }
    }
    /// slopes_ <- the slope of a continuous field, and its transpose added to one.
    void take_slope(Direction along, const T* c) {
        slopes_.assign(along == Direction::x ? nx_ * vy_ : (nx_ + 1) * (vy_ - 1), T(0.0));
        along == Direction::x ? x_slope(c, vy_, Way::to_slope, slopes_.data())
                              : y_slope(c, nx_ + 1, Way::to_slope, slopes_.data());
    }
    void give_slope(Direction along, T* to) const {
        along == Direction::x ? x_slope(slopes_.data(), vy_, Way::back, to)
                              : y_slope(slopes_.data(), nx_ + 1, Way::back, to);
    }
    /// slopes_ <- its moments, weighed at the points.
    void through_patch(Direction along, Coefficient c, double sign) {
        const Patch patch{along == Direction::x ? form_.along_x_.broken : form_.along_x_.continuous,
                          along == Direction::x ? form_.along_y_.continuous : form_.along_y_.broken,
                          1.0 / std::sqrt(along == Direction::x ? hx_ : hy_)};
        patch.values(slopes_.data(), at_.data(), work_);
        weigh(c, sign);
        std::fill(slopes_.begin(), slopes_.end(), T(0.0));
        patch.add_moments(at_.data(), slopes_.data(), work_);
    }

    const SectionForm& form_;
    int ex_, ey_, px_, py_;
    std::size_t nx_, vy_;
    double hx_, hy_;
    std::vector<T> at_, slopes_, work_;
};

template <typename T>
void SectionForm<T>::apply_a(std::span<const T> x, std::span<T> y) const {
    const auto locals = elements_.local().size();
    std::fill(y.begin(), y.end(), T(0.0));
    std::vector<T> in(locals), out(locals);
    for (int ex = 0; ex < elements_.nx(); ++ex)
        for (int ey = 0; ey < elements_.ny(); ++ey) {
            const int* numbers = elements_.numbers(ex, ey);
            for (std::size_t l = 0; l < locals; ++l) {
                in[l] = numbers[l] < 0 ? T(0.0) : x[static_cast<std::size_t>(numbers[l])];
                out[l] = T(0.0);
            }
            ElementProduct product(*this, ex, ey);
            if (problem_.equation == WaveEquation::scalar)
                product.scalar(in.data(), out.data());
            else
                product.vector(in.data(), out.data());
            for (std::size_t l = 0; l < locals; ++l)
                if (numbers[l] >= 0) y[static_cast<std::size_t>(numbers[l])] += out[l];
        }
}

template class SectionForm<double>;
template class SectionForm<Complex>;

}  // namespace vitral::modes
