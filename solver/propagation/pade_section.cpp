#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/flush_denormals.hpp"
#include "solver/kernels/sine_transform.hpp"
#include "solver/propagation/each_line.hpp"
#include "solver/propagation/engines.hpp"
#include "solver/propagation/pade.hpp"

namespace vitral::propagation {
namespace {

/// A complex field in planes, with a row of zeros around it for the stencils.
template <typename T>
struct Planes {
    kernels::AlignedArray<T> re, im;
    explicit Planes(std::size_t size) : re(size), im(size) {}
};

/// Padé operators in a section, the index inside. A factor is the system A(b) ψ' = A(conj(b)) ψ with
///     A(b) = Mx My (1 + b U/k²) + b (My Kx + Mx Ky),   M = 1 + δ²/12,   K = δ²/h²k²   (compact, fourth order),
/// which no product of lines equals: (1 + b X)(1 + b Y) has b² XY too much, and with it half of what makes the operator
/// wide-angle would be gone. The product of lines, with U/2 in each, is the preconditioner of an iteration of least
/// residual (Eisenstat, Elman, Schultz, SIAM J. Numer. Anal. 20, 345 (1983), k = 1), which needs three or four rounds.
template <typename T>
class PadeSection final : public Engine {
public:
    PadeSection(const SampledMedium& index, const EngineParams& p)
        : grid_(index.grid()),
          index_(index),
          params_(p),
          nx_(grid_.x.count),
          ny_(grid_.y.count),
          threads_(worthwhile_threads(grid_.size(), p)),
          k_(2.0 * pi / p.wavelength * p.n_ref),
          kx_(1.0 / std::pow(k_ * grid_.x.spacing, 2)),
          ky_(1.0 / std::pow(k_ * grid_.y.spacing, 2)),
          map_(grid_),
          extinction_(grid_, 0.0),
          // One point more on every side holds what the walls reflect: ψ is odd about them.
          stride_(kernels::padded_stride<T>(nx_ + 2)),
          well_(size()),
          psi_(size()),
          right_(size()),
          residual_(size()),
          direction_(size()),
          image_(size()),
          row_sums_(static_cast<std::size_t>(4 * ny_)),
          row_removed_(static_cast<std::size_t>(ny_)) {
        for (int j = 0; j < ny_; ++j) layout_.rows.push_back(static_cast<std::ptrdiff_t>(place(0, j)));
        const auto block = static_cast<std::size_t>(4 * lanes * std::max(nx_, ny_));
        for (int t = 0; t < threads_; ++t) work_.emplace_back(block);
    }

    void load(const Field<Complex>& psi) override {
        for (int j = 0; j < ny_; ++j)
            for (int i = 0; i < nx_; ++i) {
                psi_.re[place(i, j)] = static_cast<T>(psi(i, j).real());
                psi_.im[place(i, j)] = static_cast<T>(psi(i, j).imag());
            }
    }
    void store(Field<Complex>& psi) const override {
        for (int j = 0; j < ny_; ++j)
            for (int i = 0; i < nx_; ++i) psi(i, j) = Complex(psi_.re[place(i, j)], psi_.im[place(i, j)]);
    }

    void march(double z, double dz, int steps) override {
        if (dz != dz_) {
            dz_ = dz;
            valid_until_ = -1.0;
            factors_ = pade_factors(params_.op, k_, dz);
            lines_.clear();
            for (std::size_t f = 0; f < factors_.size(); ++f)
                lines_.push_back({Planes<T>(turned_size()), Planes<T>(size())});
            edges_ = EdgeStage(grid_, params_.edges, k_, dz);
            half_edges_ = EdgeStage(grid_, params_.edges, k_, dz, 0.5);
        }
        leave(half_edges_);
        for (int step = 0; step < steps; ++step) {
            if (params_.between_steps) params_.between_steps();
            read(z + (step + 0.5) * dz);
            const double before = index_.absorbs() ? sum_of_squares(psi_) : 0.0;
            for (std::size_t f = 0; f < factors_.size(); ++f) solve(factors_[f], lines_[f], z + step * dz);
            if (index_.absorbs()) removed_.absorbed += (before - sum_of_squares(psi_)) * grid_.cell_area();
            leave(step + 1 == steps ? half_edges_ : edges_);
        }
    }

private:
    static constexpr int lanes = 16;  ///< columns (rows) that a sweep works on side by side
    /// Inverse pivots of the lines along x and along y.
    struct Lines {
        Planes<T> x, y;
    };

    [[nodiscard]] std::size_t size() const {
        return static_cast<std::size_t>(stride_) * static_cast<std::size_t>(ny_ + 2) + 64;
    }
    [[nodiscard]] std::size_t place(int i, int j) const {
        return static_cast<std::size_t>(j + 1) * static_cast<std::size_t>(stride_) + static_cast<std::size_t>(i + 1);
    }
    /// Of what is kept for the sweeps along x: `lanes` rows side by side.
    [[nodiscard]] std::size_t turned(int i, int j) const {
        return static_cast<std::size_t>((j / lanes * nx_ + i) * lanes + j % lanes);
    }
    [[nodiscard]] std::size_t turned_size() const {
        return static_cast<std::size_t>((ny_ + lanes - 1) / lanes * lanes) * static_cast<std::size_t>(nx_);
    }
    template <typename Body>
    void each_row(Body&& body) {
        each_line(threads_, ny_, body);
    }
    [[nodiscard]] double sum_of_squares(const Planes<T>& f) {
        each_row([&](int j) { row_sums_[static_cast<std::size_t>(j)] = row_of_squares(f, j); });
        return sum_of_rows();
    }
    [[nodiscard]] double row_of_squares(const Planes<T>& f, int j) const {
        const T *re = &f.re[place(0, j)], *im = &f.im[place(0, j)];
        double sum = 0.0;
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < nx_; ++i) sum += static_cast<double>(re[i]) * re[i] + static_cast<double>(im[i]) * im[i];
        return sum;
    }
    [[nodiscard]] double sum_of_rows() const {
        double total = 0.0;
        for (int j = 0; j < ny_; ++j) total += row_sums_[static_cast<std::size_t>(j)];
        return total;
    }

    /// U/k² at z, mirrored about the walls, and the pivots of all lines.
    void read(double z) {
        if (z >= read_at_ && z <= valid_until_) return;
        index_.at(z, map_);
        if (index_.absorbs()) index_.extinction_at(z, extinction_);
        read_at_ = z;
        valid_until_ = index_.constant_until(z);
        each_row([&](int j) {
            for (int i = 0; i < nx_; ++i) {
                const double n = map_(i, j) / params_.n_ref, kappa = extinction_(i, j) / params_.n_ref;
                well_.re[place(i, j)] = static_cast<T>(n * n - kappa * kappa - 1.0);
                well_.im[place(i, j)] = static_cast<T>(2.0 * n * kappa);
            }
        });
        const auto [low, high] = std::minmax_element(map_.values.begin(), map_.values.end());
        mean_well_ = 0.5 * (*low * *low + *high * *high) / (params_.n_ref * params_.n_ref) - 1.0;
        mirror(well_, T(1));
        for (std::size_t f = 0; f < factors_.size(); ++f) {
            factor_x(factors_[f], lines_[f].x);
            factor_y(factors_[f], lines_[f].y);
        }
    }

    /// Diagonal of a line's matrix, over its off-diagonals: (10/12 - 2bK + bU/2) / (1/12 + bK).
    [[nodiscard]] Complex diagonal(Complex b, double kinetic, std::size_t p, double walls) const {
        const Complex beside = 1.0 / 12.0 + b * kinetic;
        return (10.0 / 12.0 - 2.0 * b * kinetic + 0.5 * b * Complex(well_.re[p], well_.im[p])) / beside - walls;
    }
    void factor_x(Complex b, Planes<T>& f) {
        each_row([&](int j) {
            Complex inverse;
            for (int i = 0; i < nx_; ++i) {
                const double walls = (i == 0) + (i + 1 == nx_);
                inverse = 1.0 / (diagonal(b, kx_, place(i, j), walls) - inverse);
                f.re[turned(i, j)] = static_cast<T>(inverse.real());
                f.im[turned(i, j)] = static_cast<T>(inverse.imag());
            }
        });
    }
    void factor_y(Complex b, Planes<T>& f) {
        each_line(threads_, nx_, [&](int i) {
            Complex inverse;
            for (int j = 0; j < ny_; ++j) {
                const double walls = (j == 0) + (j + 1 == ny_);
                inverse = 1.0 / (diagonal(b, ky_, place(i, j), walls) - inverse);
                f.re[place(i, j)] = static_cast<T>(inverse.real());
                f.im[place(i, j)] = static_cast<T>(inverse.imag());
            }
        });
    }

    /// What lies beyond the walls: the field is odd about them (sign -1), the index even (sign 1).
    void mirror(Planes<T>& f, T sign) {
        for (T* v : {f.re.data(), f.im.data()}) {
            for (int j = 0; j < ny_; ++j) {
                v[place(-1, j)] = sign * v[place(0, j)];
                v[place(nx_, j)] = sign * v[place(nx_ - 1, j)];
            }
            for (int i = -1; i <= nx_; ++i) {
                v[place(i, -1)] = sign * v[place(i, 0)];
                v[place(i, ny_)] = sign * v[place(i, ny_ - 1)];
            }
        }
    }

    /// out = A(b) u: along y into a row's scratch, then along x. after(j) is called when row j is there.
    template <typename After>
    void apply(Complex b, Planes<T>& u, Planes<T>& out, After&& after) {
        mirror(u, T(-1));
        share_out(threads_, ny_, [&](int thread, int begin, int end) {
            const kernels::FlushDenormals flush;
            for (int j = begin; j < end; ++j) {
                apply_row(b, u, out, j, work_[static_cast<std::size_t>(thread)].data());
                after(j);
            }
        });
    }
    void apply_row(Complex b, const Planes<T>& u, Planes<T>& out, int j, T* work) const {
        const T br = static_cast<T>(b.real()), bi = static_cast<T>(b.imag());
        const T c0 = T(10.0 / 12.0), c1 = T(1.0 / 12.0), kx = static_cast<T>(kx_), ky = static_cast<T>(ky_);
        // s = My (1 + bU) u + b Ky u and t = b Kx-weight My u, from one column left of the row to one right of it.
        T *s_re = work, *s_im = s_re + nx_ + 2, *t_re = s_im + nx_ + 2, *t_im = t_re + nx_ + 2;
        const std::size_t row = place(-1, j);
        const std::ptrdiff_t up = stride_;
        const T *ur = &u.re[row], *ui = &u.im[row];
        const T *wr = &well_.re[row], *wi = &well_.im[row];
        const auto inside = [&](const T* r, const T* q, const T* vr, const T* vi, int i, T& x, T& y) {
            const T gr = T(1) + br * vr[i] - bi * vi[i], gi = br * vi[i] + bi * vr[i];
            x = gr * r[i] - gi * q[i];
            y = gr * q[i] + gi * r[i];
        };
#pragma omp simd
        for (int i = 0; i < nx_ + 2; ++i) {
            T x0, y0, x1, y1, x2, y2;
            inside(ur, ui, wr, wi, i, x0, y0);
            inside(ur - up, ui - up, wr - up, wi - up, i, x1, y1);
            inside(ur + up, ui + up, wr + up, wi + up, i, x2, y2);
            const T sum_re = ur[i - up] + ur[i + up], sum_im = ui[i - up] + ui[i + up];
            const T d_re = ky * (sum_re - T(2) * ur[i]), d_im = ky * (sum_im - T(2) * ui[i]);
            s_re[i] = c0 * x0 + c1 * (x1 + x2) + br * d_re - bi * d_im;
            s_im[i] = c0 * y0 + c1 * (y1 + y2) + br * d_im + bi * d_re;
            const T m_re = kx * (c0 * ur[i] + c1 * sum_re), m_im = kx * (c0 * ui[i] + c1 * sum_im);
            t_re[i] = br * m_re - bi * m_im;
            t_im[i] = br * m_im + bi * m_re;
        }
        T *out_re = &out.re[row], *out_im = &out.im[row];
#pragma omp simd
        for (int i = 1; i <= nx_; ++i) {
            out_re[i] = c0 * s_re[i] + c1 * (s_re[i - 1] + s_re[i + 1]) + t_re[i - 1] - T(2) * t_re[i] + t_re[i + 1];
            out_im[i] = c0 * s_im[i] + c1 * (s_im[i - 1] + s_im[i + 1]) + t_im[i - 1] - T(2) * t_im[i] + t_im[i + 1];
        }
    }

    /// u <- the lines' inverse of `from`: first along x, then along y.
    void precondition(Complex b, const Lines& lines, const Planes<T>& from, Planes<T>& u) {
        const Complex scale = 1.0 / ((1.0 / 12.0 + b * kx_) * (1.0 / 12.0 + b * ky_));
        const T cr = static_cast<T>(scale.real()), ci = static_cast<T>(scale.imag());
        share_out(threads_, (ny_ + lanes - 1) / lanes, [&](int thread, int begin, int end) {
            const kernels::FlushDenormals flush;
            T* work = work_[static_cast<std::size_t>(thread)].data();
            for (int first = begin * lanes; first < std::min(end * lanes, ny_); first += lanes) {
                const int count = std::min(lanes, ny_ - first);
                T *re = work, *im = re + lanes * nx_;
                turn_rows(from.re, first, count, re);
                turn_rows(from.im, first, count, im);
                const std::size_t pivots = turned(0, first);
                sweep(re, im, &lines.x.re[pivots], &lines.x.im[pivots], {lanes, nx_, lanes});
                turn_back(re, first, count, u.re);
                turn_back(im, first, count, u.im);
            }
        });
        share_out(threads_, (nx_ + lanes - 1) / lanes, [&](int, int begin, int end) {
            const kernels::FlushDenormals flush;
            for (int first = begin * lanes; first < std::min(end * lanes, nx_); first += lanes) {
                const std::size_t p = place(first, 0);
                const int count = std::min(lanes, nx_ - first);
                sweep(&u.re[p], &u.im[p], &lines.y.re[p], &lines.y.im[p], {stride_, ny_, count});
                for (int j = 0; j < ny_; ++j)
                    for (int l = 0; l < count; ++l) {
                        const std::size_t q = place(first + l, j);
                        const T r = u.re[q], i = u.im[q];
                        u.re[q] = cr * r - ci * i;
                        u.im[q] = cr * i + ci * r;
                    }
            }
        });
    }
    /// u <- the inverse of A(b) with the mean of U, of `from`, in sine space: right for waves of any fineness. The product of lines
    /// fails for waves finer than the wavelength, of which grids below half of it have many.
    void precondition_by_sines(Complex b, const Planes<T>& from, Planes<T>& u) {
        if (!sines_) {
            sines_ = std::make_unique<kernels::SineTransform>(nx_, ny_);
            sine_re_.resize(grid_.size());
            sine_im_.resize(grid_.size());
            for (const auto& [axis, squares] : {std::pair{&grid_.x, &square_x_}, std::pair{&grid_.y, &square_y_}})
                for (int m = 1; m <= axis->count; ++m)
                    squares->push_back(-4.0 * std::pow(std::sin(0.5 * pi * m / axis->count), 2));
        }
        each_row([&](int j) {
            for (int i = 0; i < nx_; ++i) {
                sine_re_[grid_.index(i, j)] = from.re[place(i, j)];
                sine_im_[grid_.index(i, j)] = from.im[place(i, j)];
            }
        });
        sines_->forward(std::span(sine_re_));
        sines_->forward(std::span(sine_im_));
        each_row([&](int j) {
            // A(b) is (mx my) (1 + b mean U) + b (my kx dx + mx ky dy), d the symbol of δ², m = 1 + d/12.
            const double dy = square_y_[static_cast<std::size_t>(j)], my = 1.0 + dy / 12.0;
            const Complex one = sines_->scale() * (1.0 + b * mean_well_), bending = sines_->scale() * b;
            double *re = &sine_re_[grid_.index(0, j)], *im = &sine_im_[grid_.index(0, j)];
#pragma omp simd
            for (int i = 0; i < nx_; ++i) {
                const double dx = square_x_[static_cast<std::size_t>(i)], mx = 1.0 + dx / 12.0;
                const double mass = mx * my, kinetic = my * kx_ * dx + mx * ky_ * dy;
                const double sr = mass * one.real() + kinetic * bending.real(),
                             si = mass * one.imag() + kinetic * bending.imag();
                const double inverse = 1.0 / (sr * sr + si * si), r = re[i], q = im[i];
                re[i] = inverse * (r * sr + q * si);
                im[i] = inverse * (q * sr - r * si);
            }
        });
        sines_->backward(std::span(sine_re_));
        sines_->backward(std::span(sine_im_));
        each_row([&](int j) {
            for (int i = 0; i < nx_; ++i) {
                u.re[place(i, j)] = static_cast<T>(sine_re_[grid_.index(i, j)]);
                u.im[place(i, j)] = static_cast<T>(sine_im_[grid_.index(i, j)]);
            }
        });
    }

    /// Rows into columns of `lanes` numbers and back, eight points of all rows at a time.
    void turn_rows(const kernels::AlignedArray<T>& from, int first, int count, T* to) const {
        for (int i0 = 0; i0 < nx_; i0 += 8)
            for (int l = 0; l < lanes; ++l) {
                const T* row = &from[place(i0, first + std::min(l, count - 1))];
                for (int i = 0, end = std::min(8, nx_ - i0); i < end; ++i) to[(i0 + i) * lanes + l] = row[i];
            }
    }
    void turn_back(const T* from, int first, int count, kernels::AlignedArray<T>& to) const {
        for (int i0 = 0; i0 < nx_; i0 += 8)
            for (int l = 0; l < count; ++l) {
                T* row = &to[place(i0, first + l)];
                for (int i = 0, end = std::min(8, nx_ - i0); i < end; ++i) row[i] = from[(i0 + i) * lanes + l];
            }
    }
    /// Lines side by side, and the distance from one point of a line to its next.
    struct LineSet {
        std::ptrdiff_t step;
        int points, lines;
    };
    /// Solves tri(1, d, 1) with the inverse pivots f, which lie as the lines do.
    static void sweep(T* re, T* im, const T* fr, const T* fi, LineSet set) {
        const std::ptrdiff_t step = set.step;
        const int n = set.points, count = set.lines;
        for (int i = 1; i < n; ++i) {
            T *r = re + i * step, *q = im + i * step;
            const T *gr = fr + (i - 1) * step, *gi = fi + (i - 1) * step;
#pragma omp simd
            for (int l = 0; l < count; ++l) {
                const T br = r[l - step], bi = q[l - step];
                r[l] -= gr[l] * br - gi[l] * bi;
                q[l] -= gr[l] * bi + gi[l] * br;
            }
        }
        for (int i = n - 1; i >= 0; --i) {
            T *r = re + i * step, *q = im + i * step;
            const T *gr = fr + i * step, *gi = fi + i * step;
#pragma omp simd
            for (int l = 0; l < count; ++l) {
                const T x = r[l] - (i + 1 < n ? r[l + step] : T(0)), y = q[l] - (i + 1 < n ? q[l + step] : T(0));
                r[l] = gr[l] * x - gi[l] * y;
                q[l] = gr[l] * y + gi[l] * x;
            }
        }
    }

    /// ψ <- A(b)⁻¹ A(conj(b)) ψ.
    void solve(Complex b, const Lines& lines, double z) {
        const auto square_row = [&](const Planes<T>& f, int j) {
            row_sums_[static_cast<std::size_t>(j)] = row_of_squares(f, j);
        };
        apply(std::conj(b), psi_, right_, [&](int j) { square_row(right_, j); });
        const double whole = sum_of_rows();
        // The first guess: the lines alone.
        precondition(b, lines, right_, psi_);
        apply(b, psi_, residual_, [&](int j) {
            const std::size_t row = place(0, j);
            T *re = &residual_.re[row], *im = &residual_.im[row];
            const T *wanted_re = &right_.re[row], *wanted_im = &right_.im[row];
#pragma omp simd
            for (int i = 0; i < nx_; ++i) {
                re[i] = wanted_re[i] - re[i];
                im[i] = wanted_im[i] - im[i];
            }
            square_row(residual_, j);
        });
        const double tolerance = sizeof(T) == 8 ? 2e-13 : 1e-6;
        constexpr int most_rounds = 60;
        double left = sum_of_rows();
        bool by_lines = true;
        for (int round = 0; left > tolerance * tolerance * whole; ++round) {
            if (round == most_rounds || !std::isfinite(left))
                throw Error(
                    Failure::numerical,
                    "the wide-angle step has not converged: residual " + std::to_string(std::sqrt(left / whole)),
                    "z = " + std::to_string(z * 1e6) + " um");
            if (by_lines)
                precondition(b, lines, residual_, direction_);
            else
                precondition_by_sines(b, residual_, direction_);
            // The step along the direction that leaves the least residual: ω = <Ad, r> / <Ad, Ad>.
            apply(b, direction_, image_, [&](int j) {
                const std::size_t row = place(0, j);
                const T *ar = &image_.re[row], *ai = &image_.im[row], *rr = &residual_.re[row],
                        *ri = &residual_.im[row];
                double re = 0.0, im = 0.0, squares = 0.0;
#pragma omp simd reduction(+ : re, im, squares)
                for (int i = 0; i < nx_; ++i) {
                    const double a = ar[i], c = ai[i], r = rr[i], q = ri[i];
                    re += a * r + c * q;
                    im += a * q - c * r;
                    squares += a * a + c * c;
                }
                double* sums = &row_sums_[static_cast<std::size_t>(3 * j)];
                sums[0] = re, sums[1] = im, sums[2] = squares;
            });
            double dot_re = 0.0, dot_im = 0.0, square = 0.0;
            for (int j = 0; j < ny_; ++j) {
                const double* sums = &row_sums_[static_cast<std::size_t>(3 * j)];
                dot_re += sums[0], dot_im += sums[1], square += sums[2];
            }
            const T wr = static_cast<T>(dot_re / square), wi = static_cast<T>(dot_im / square);
            each_row([&](int j) {
                const std::size_t row = place(0, j);
                T *re = &psi_.re[row], *im = &psi_.im[row], *rr = &residual_.re[row], *ri = &residual_.im[row];
                const T *dr = &direction_.re[row], *di = &direction_.im[row], *ar = &image_.re[row],
                        *ai = &image_.im[row];
#pragma omp simd
                for (int i = 0; i < nx_; ++i) {
                    re[i] += wr * dr[i] - wi * di[i];
                    im[i] += wr * di[i] + wi * dr[i];
                    rr[i] -= wr * ar[i] - wi * ai[i];
                    ri[i] -= wr * ai[i] + wi * ar[i];
                }
                square_row(residual_, j);
            });
            const double before = left;
            left = sum_of_rows();
            if (left > 0.01 * before) by_lines = false;
            if (sizeof(T) == 4 && left > 0.8 * before && left < 1e-10 * whole)
                break;  // as far as single precision goes
        }
    }

    /// What leaves at the edges.
    void leave(const EdgeStage& edges) {
        if (edges.layers.any()) removed_ += edges.layers.apply(psi_.re.data(), psi_.im.data(), layout_, threads_);
        if (!edges.account.any()) return;
        each_row([&](int j) {
            const auto sum = [&](const double* w, int begin, int end) {
                double total = 0.0;
                for (int i = begin; i < std::min(end, nx_); ++i) {
                    const std::size_t p = place(i, j);
                    total += w[i] * (static_cast<double>(psi_.re[p]) * psi_.re[p] +
                                     static_cast<double>(psi_.im[p]) * psi_.im[p]);
                }
                return total;
            };
            row_removed_[static_cast<std::size_t>(j)] = edges.account.row(j, sum);
            for (int i = 0; i < nx_; ++i) {
                const T a = static_cast<T>(edges.absorber.x[static_cast<std::size_t>(i)] *
                                           edges.absorber.y[static_cast<std::size_t>(j)]);
                psi_.re[place(i, j)] *= a;
                psi_.im[place(i, j)] *= a;
            }
        });
        for (const RemovedPower& r : row_removed_) removed_ += r;
    }

    Grid grid_;
    const SampledMedium& index_;
    EngineParams params_;
    int nx_, ny_, threads_;
    double k_, kx_, ky_, mean_well_ = 0.0, dz_ = 0.0, read_at_ = 0.0, valid_until_ = -1.0;
    IndexMap map_;
    Field<double> extinction_;
    std::ptrdiff_t stride_;
    Planes<T> well_, psi_, right_, residual_, direction_, image_;
    std::vector<double> row_sums_;
    std::vector<RemovedPower> row_removed_;
    std::vector<kernels::AlignedArray<T>> work_;                   ///< by thread
    std::unique_ptr<kernels::SineTransform> sines_;                ///< made when it is first needed
    std::vector<double> sine_re_, sine_im_, square_x_, square_y_;  ///< squares: the symbol of δ²
    std::vector<Complex> factors_;
    std::vector<Lines> lines_;
    MatchedLayers::Layout layout_;
    EdgeStage edges_{grid_, {}, k_, 0.0}, half_edges_ = edges_;
};

}  // namespace

std::unique_ptr<Engine> make_pade_section(const SampledMedium& index, const EngineParams& params) {
    if (params.precision == Precision::single_precision) return std::make_unique<PadeSection<float>>(index, params);
    return std::make_unique<PadeSection<double>>(index, params);
}

}  // namespace vitral::propagation
