// Compiled once for each instruction set (vector_registers.hpp).
#include "solver/kernels/line_kernels.hpp"
#include "solver/kernels/vector_registers.hpp"

namespace vitral::kernels::VITRAL_ISA {
namespace {

/// What a step along lines needs at point i: f_i, f_{i-1}, and of a graded axis b_i, 1/b_i, κ b_i.
template <typename T, bool graded>
struct CayleyPoint {
    Vec<T> f_re, f_im, before_re, before_im;
    T b = 1, inverse_b = 1, kappa;
    inline CayleyPoint(const CayleyCoefficients<T>& c, int i) : kappa(c.kappa) {
        const int before = i > 0 ? i - 1 : 0;
        f_re = all(c.f_re[i]);
        f_im = all(c.f_im[i]);
        before_re = all(i > 0 ? c.f_re[before] : T(0));
        before_im = all(i > 0 ? c.f_im[before] : T(0));
        if constexpr (graded) {
            b = c.b[i];
            inverse_b = c.inverse_b[i];
            kappa = c.kappa_b[i];
        }
    }
};

/// The Cayley step along a line. On its way there it keeps the eliminated right sides r_i = b_i ψ_i - f_{i-1} r_{i-1} alone;
/// on its way back, x_i = f_i (r_i - x_{i+1}), it restores b_i ψ_i = r_i + f_{i-1} r_{i-1} and makes ψ_i + iκ b_i x_i of it.
template <typename T, bool graded>
struct CayleySweep {
    Vec<T> r_re, r_im;  ///< r of the point last seen
    Vec<T> x_re, x_im;  ///< x of the point last seen on the way back
    inline void there(Vec<T> psi_re, Vec<T> psi_im, const CayleyPoint<T, graded>& at) {
        if constexpr (graded) {
            psi_re = psi_re * at.b;
            psi_im = psi_im * at.b;
        }
        const Vec<T> re = psi_re - at.before_re * r_re + at.before_im * r_im,
                     im = psi_im - at.before_re * r_im - at.before_im * r_re;
        r_re = re;
        r_im = im;
    }
    /// From a point to its predecessor, which has r = before.
    inline void back(Vec<T> before_re, Vec<T> before_im, const CayleyPoint<T, graded>& at, Vec<T>& out_re,
                     Vec<T>& out_im) {
        const Vec<T> d_re = r_re - x_re, d_im = r_im - x_im;
        x_re = at.f_re * d_re - at.f_im * d_im;
        x_im = at.f_re * d_im + at.f_im * d_re;
        Vec<T> u_re = r_re + at.before_re * before_re - at.before_im * before_im,
               u_im = r_im + at.before_re * before_im + at.before_im * before_re;
        if constexpr (graded) {
            u_re = u_re * at.inverse_b;
            u_im = u_im * at.inverse_b;
        }
        out_re = u_re - at.kappa * x_im;
        out_im = u_im + at.kappa * x_re;
        r_re = before_re;
        r_im = before_im;
    }
};

/// A tile of W rows and columns, its columns as vectors over the rows.
template <typename T>
struct Tile {
    Vec<T> re[W<T>], im[W<T>];
    inline void load(const T* from_re, const T* from_im, std::ptrdiff_t stride) {
#pragma GCC unroll 16
        for (int j = 0; j < W<T>; ++j) {
            re[j] = kernels::VITRAL_ISA::load(from_re + j * stride);
            im[j] = kernels::VITRAL_ISA::load(from_im + j * stride);
        }
        transpose<T>(re);
        transpose<T>(im);
    }
    inline void store(T* to_re, T* to_im, std::ptrdiff_t stride) {
        transpose<T>(re);
        transpose<T>(im);
#pragma GCC unroll 16
        for (int j = 0; j < W<T>; ++j) {
            kernels::VITRAL_ISA::store(to_re + j * stride, re[j]);
            kernels::VITRAL_ISA::store(to_im + j * stride, im[j]);
        }
    }
};

/// Rows of `chains` times W lines at once: independent recurrences hide the latency of the multiply-add.
template <typename T, int chains, bool graded>
void cayley_x_block(T* re, T* im, std::ptrdiff_t stride, int nx, const CayleyCoefficients<T> c, T* work) {
    constexpr int w = W<T>;
    // work: r of every column of every chain: [column][chain][2][w]
    const auto place = [work](int i, int k) { return work + (static_cast<std::ptrdiff_t>(i) * chains + k) * 2 * w; };
    CayleySweep<T, graded> line[chains] = {};
    for (int i0 = 0; i0 < nx; i0 += w)
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            Tile<T> tile;
            tile.load(re + k * w * stride + i0, im + k * w * stride + i0, stride);
#pragma GCC unroll 16
            for (int j = 0; j < w; ++j) {
                line[k].there(tile.re[j], tile.im[j], CayleyPoint<T, graded>(c, i0 + j));
                store(place(i0 + j, k), line[k].r_re);
                store(place(i0 + j, k) + w, line[k].r_im);
            }
        }
    for (int i0 = (nx - 1) / w * w; i0 >= 0; i0 -= w)
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            Tile<T> tile;
#pragma GCC unroll 16
            for (int j = w - 1; j >= 0; --j) {
                const T* before = place(i0 + j > 0 ? i0 + j - 1 : 0, k);
                line[k].back(load(before), load(before + w), CayleyPoint<T, graded>(c, i0 + j), tile.re[j], tile.im[j]);
            }
            tile.store(re + k * w * stride + i0, im + k * w * stride + i0, stride);
        }
}

template <typename T, bool graded>
void cayley_x_rows(T* re, T* im, std::ptrdiff_t stride, int rows, int nx, const CayleyCoefficients<T>& c, T* work) {
    constexpr int w = W<T>;
    int row = 0;
    for (; row + 2 * w <= rows; row += 2 * w)
        cayley_x_block<T, 2, graded>(re + row * stride, im + row * stride, stride, nx, c, work);
    for (; row < rows; row += w)
        cayley_x_block<T, 1, graded>(re + row * stride, im + row * stride, stride, nx, c, work);
}
template <typename T>
void cayley_x(T* re, T* im, std::ptrdiff_t stride, int rows, int nx, CayleyCoefficients<T> c, T* work) {
    (c.b != nullptr ? cayley_x_rows<T, true> : cayley_x_rows<T, false>)(re, im, stride, rows, nx, c, work);
}

template <typename T, int chains, bool graded>
void cayley_y_block(T* re, T* im, std::ptrdiff_t stride, int ny, const CayleyCoefficients<T> c, const T* p_re,
                    const T* p_im) {
    constexpr int w = W<T>;
    CayleySweep<T, graded> line[chains] = {};
    for (int i = 0; i < ny; ++i) {
        T *here_re = re + i * stride, *here_im = im + i * stride;
        const CayleyPoint<T, graded> at(c, i);
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            line[k].there(load(here_re + k * w), load(here_im + k * w), at);
            store(here_re + k * w, line[k].r_re);
            store(here_im + k * w, line[k].r_im);
        }
    }
    for (int i = ny - 1; i >= 0; --i) {
        const int before = i > 0 ? i - 1 : 0;
        T *here_re = re + i * stride, *here_im = im + i * stride;
        const T *before_re = re + before * stride, *before_im = im + before * stride;
        const T *pr = p_re + i * stride, *pi = p_im + i * stride;
        const CayleyPoint<T, graded> at(c, i);
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            Vec<T> ur, ui;
            line[k].back(load(before_re + k * w), load(before_im + k * w), at, ur, ui);
            const Vec<T> qr = load(pr + k * w), qi = load(pi + k * w);
            store(here_re + k * w, ur * qr - ui * qi);
            store(here_im + k * w, ur * qi + ui * qr);
        }
    }
}

template <typename T, bool graded>
void cayley_y_columns(T* re, T* im, std::ptrdiff_t stride, int columns, int ny, const CayleyCoefficients<T>& c,
                      const T* p_re, const T* p_im) {
    constexpr int w = W<T>;
    int x = 0;
    for (; x + 4 * w <= columns; x += 4 * w)
        cayley_y_block<T, 4, graded>(re + x, im + x, stride, ny, c, p_re + x, p_im + x);
    for (; x < columns; x += w) cayley_y_block<T, 1, graded>(re + x, im + x, stride, ny, c, p_re + x, p_im + x);
}
template <typename T>
void cayley_y(T* re, T* im, std::ptrdiff_t stride, int columns, int ny, CayleyCoefficients<T> c, const T* p_re,
              const T* p_im) {
    (c.b != nullptr ? cayley_y_columns<T, true> : cayley_y_columns<T, false>)(re, im, stride, columns, ny, c, p_re,
                                                                              p_im);
}

/// All lines of a layer: chains of W of them.
struct LayerLines {
    static constexpr int w = W<double>, chains = LineKernels<double>::layer_lines / w;
    Vec<double> re[chains], im[chains];
    inline void load(const double* from_re, const double* from_im) {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) {
            re[k] = kernels::VITRAL_ISA::load(from_re + k * w);
            im[k] = kernels::VITRAL_ISA::load(from_im + k * w);
        }
    }
    inline void store(double* to_re, double* to_im) const {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) {
            kernels::VITRAL_ISA::store(to_re + k * w, re[k]);
            kernels::VITRAL_ISA::store(to_im + k * w, im[k]);
        }
    }
    /// this += c a, c a real number or a complex one.
    inline void add(double c, const LayerLines& a) {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) {
            re[k] += c * a.re[k];
            im[k] += c * a.im[k];
        }
    }
    inline void subtract(const double* c, const LayerLines& a) {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) {
            re[k] = re[k] - c[0] * a.re[k] + c[1] * a.im[k];
            im[k] = im[k] - c[0] * a.im[k] - c[1] * a.re[k];
        }
    }
    inline void multiply(const double* c) {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) {
            const Vec<double> r = re[k], i = im[k];
            re[k] = c[0] * r - c[1] * i;
            im[k] = c[0] * i + c[1] * r;
        }
    }
    inline void add_squares(const LayerLines& a) {
#pragma GCC unroll 8
        for (int k = 0; k < chains; ++k) re[k] += a.re[k] * a.re[k] + a.im[k] * a.im[k];
    }
};

void layer(double* psi_re, double* psi_im, double* y_re, double* y_im, int cells, int parts, LayerCoefficients c,
           double* taken) {
    constexpr int lines = LineKernels<double>::layer_lines;
    LayerLines before{}, after{};
    for (int part = 0; part < parts; ++part) {
        LayerLines x{}, outer{}, here, inner{};
        here.load(psi_re, psi_im);
        for (int i = 0; i < cells; ++i) {
            if (i + 1 < cells)
                inner.load(psi_re + (i + 1) * lines, psi_im + (i + 1) * lines);
            else
                inner = {};
            if (part == 0) before.add_squares(here);
            LayerLines y{};
            y.add(i == 0 ? c.at_wall : c.inside, here);
            y.add(c.beside, outer);
            y.add(c.beside, inner);
            y.subtract(c.lower + 2 * i, x);
            y.store(y_re + i * lines, y_im + i * lines);
            x = y;
            outer = here;
            here = inner;
        }
        x = {};
        for (int i = cells - 1; i >= 0; --i) {
            LayerLines y;
            y.load(y_re + i * lines, y_im + i * lines);
            y.subtract(c.off + 2 * i, x);
            y.multiply(c.inverse + 2 * i);
            x = y;
            here.load(psi_re + i * lines, psi_im + i * lines);
            LayerLines turned{};
            turned.add(2.0, x);
            turned.add(-1.0, here);
            turned.store(psi_re + i * lines, psi_im + i * lines);
            if (part + 1 == parts) after.add_squares(turned);
        }
    }
    before.add(-1.0, after);
    for (int l = 0; l < lines; ++l) taken[l] += before.re[l / LayerLines::w][l % LayerLines::w];
}

template <typename T>
void multiply(T* a, const T* b, int n) {
    int i = 0;
    for (; 2 * i + W<T> <= 2 * n; i += W<T> / 2) store(a + 2 * i, times<T>(load(a + 2 * i), load(b + 2 * i)));
    for (; i < n; ++i) {
        const T ar = a[2 * i], ai = a[2 * i + 1], br = b[2 * i], bi = b[2 * i + 1];
        a[2 * i] = ar * br - ai * bi;
        a[2 * i + 1] = ar * bi + ai * br;
    }
}

template <typename T>
double weighted_power_planes(const T* re, const T* im, const double* w, int n) {
    Vec<double> sum{};
    for (int i = 0; i < n; i += W<double>) {
        const Vec<double> r = widened(re + i), q = widened(im + i);
        sum += load(w + i) * (r * r + q * q);
    }
    return sum_of(sum);
}

template <typename T>
double weighted_power(const T* a, const double* w, int n) {
    Vec<double> sum{};
    for (int i = 0; i < n; i += W<double>) {
        Vec<double> r = widened(a + 2 * i), q = widened(a + 2 * i + W<double>);
        r *= r;
        q *= q;
        const Vec<double> weight = load(w + i);
        sum += r * interleave<double, 0>(weight, weight) + q * interleave<double, 1>(weight, weight);
    }
    return sum_of(sum);
}

template <int together>
void overlaps_of(const double* psi, const double* const* m, int n, double* sums) {
    constexpr int w = W<double>;
    Vec<double> lower[together] = {}, upper[together] = {};  // re im re im ...
    int i = 0;
    for (; i + w <= n; i += w) {
        const Vec<double> a = load(psi + 2 * i), b = load(psi + 2 * i + w);
#pragma GCC unroll 4
        for (int k = 0; k < together; ++k) {
            const Vec<double> weight = load(m[k] + i);
            lower[k] += interleave<double, 0>(weight, weight) * a;
            upper[k] += interleave<double, 1>(weight, weight) * b;
        }
    }
    for (int k = 0; k < together; ++k) {
        const Vec<double> both = lower[k] + upper[k];
        double re = 0.0, im = 0.0;
        for (int l = 0; l < w; l += 2) {
            re += both[l];
            im += both[l + 1];
        }
        for (int j = i; j < n; ++j) {
            re += m[k][j] * psi[2 * j];
            im += m[k][j] * psi[2 * j + 1];
        }
        sums[2 * k] += re;
        sums[2 * k + 1] += im;
    }
}
void overlaps(const double* psi, const double* const* m, int count, int n, double* sums) {
    for (; count >= 4; count -= 4, m += 4, sums += 8) overlaps_of<4>(psi, m, n, sums);
    for (; count > 0; --count, ++m, sums += 2) overlaps_of<1>(psi, m, n, sums);
}

void moments(const double* psi, const double* u, int n, double* sums) {
    constexpr int w = W<double>;
    Vec<double> sum{}, along{}, square{};
    int i = 0;
    for (; i + w <= n; i += w) {
        const Vec<double> a = load(psi + 2 * i), b = load(psi + 2 * i + w), x = load(u + i);
        const Vec<double> p = pair_sums<double>(a * a, b * b), px = p * x;
        sum += p;
        along += px;
        square += px * x;
    }
    sums[0] = sum_of(sum);
    sums[1] = sum_of(along);
    sums[2] = sum_of(square);
    for (; i < n; ++i) {
        const double p = psi[2 * i] * psi[2 * i] + psi[2 * i + 1] * psi[2 * i + 1];
        sums[0] += p;
        sums[1] += p * u[i];
        sums[2] += p * u[i] * u[i];
    }
}

template <typename T>
void interleave_planes(const T* re, const T* im, double* out, int n) {
    constexpr int w = W<double>;
    int i = 0;
    for (; i + w <= n; i += w) {
        const Vec<double> r = widened(re + i), q = widened(im + i);
        store(out + 2 * i, interleave<double, 0>(r, q));
        store(out + 2 * i + w, interleave<double, 1>(r, q));
    }
    for (; i < n; ++i) {
        out[2 * i] = static_cast<double>(re[i]);
        out[2 * i + 1] = static_cast<double>(im[i]);
    }
}

template <typename T>
struct Turn {
    T re, im;
};

/// cosine and sine, branch-free: reduction by multiples of pi/2 (Cody & Waite), then the Taylor series on
/// [-pi/4, pi/4]; 2e-16 (1e-7 in single precision) for angles below 1e5 (1e3).
inline Turn<double> turn_of(double x) {
    constexpr double shift = 6755399441055744.0;  // 1.5 * 2^52: adding and taking it away rounds to an integer
    const double q = (x * 0.63661977236758134308 + shift) - shift;
    const double r = (x - q * 1.5707963267341256) - q * 6.0771005065061922e-11, r2 = r * r;
    const double s =
        r + r * r2 *
                (-1.0 / 6 +
                 r2 * (1.0 / 120 + r2 * (-1.0 / 5040 +
                                         r2 * (1.0 / 362880 + r2 * (-1.0 / 39916800 + r2 * (1.0 / 6227020800.0 -
                                                                                            r2 / 1307674368000.0))))));
    const double c =
        1.0 +
        r2 * (-0.5 + r2 * (1.0 / 24 +
                           r2 * (-1.0 / 720 +
                                 r2 * (1.0 / 40320 + r2 * (-1.0 / 3628800 +
                                                           r2 * (1.0 / 479001600.0 + r2 * (-1.0 / 87178291200.0 +
                                                                                           r2 / 20922789888000.0)))))));
    const double half = (q * 0.5 - 0.25 + shift) - shift;  // floor(q/2)
    const bool odd = q != 2.0 * half;
    const double sign = 1.0 - 2.0 * (half - 2.0 * ((half * 0.5 - 0.25 + shift) - shift));
    return {sign * (odd ? -s : c), sign * (odd ? c : s)};
}
inline Turn<float> turn_of(float x) {
    constexpr float shift = 12582912.0f;  // 1.5 * 2^23
    const float q = (x * 0.636619772f + shift) - shift;
    const float r = ((x - q * 1.5703125f) - q * 4.837512969970703125e-4f) - q * 7.54978995489188216e-8f, r2 = r * r;
    const float s = r + r * r2 * (-1.0f / 6 + r2 * (1.0f / 120 + r2 * (-1.0f / 5040 + r2 * (1.0f / 362880))));
    const float c =
        1.0f + r2 * (-0.5f + r2 * (1.0f / 24 + r2 * (-1.0f / 720 + r2 * (1.0f / 40320 - r2 * (1.0f / 3628800)))));
    const float half = (q * 0.5f - 0.25f + shift) - shift;
    const bool odd = q != 2.0f * half;
    const float sign = 1.0f - 2.0f * (half - 2.0f * ((half * 0.5f - 0.25f + shift) - shift));
    return {sign * (odd ? -s : c), sign * (odd ? c : s)};
}

template <typename T>
void turn(const double* angle, const T* amplitude_x, T amplitude_y, T* out, int n) {
    for (int i = 0; i < n; ++i) {
        const Turn<T> t = turn_of(static_cast<T>(angle[i]));
        const T amplitude = amplitude_x[i] * amplitude_y;
        out[2 * i] = amplitude * t.re;
        out[2 * i + 1] = amplitude * t.im;
    }
}

template <typename T>
void turn_planes(const double* angle, const T* amplitude_x, T amplitude_y, T* out_re, T* out_im, int n) {
    for (int i = 0; i < n; ++i) {
        const Turn<T> t = turn_of(static_cast<T>(angle[i]));
        const T amplitude = amplitude_x[i] * amplitude_y;
        out_re[i] = amplitude * t.re;
        out_im[i] = amplitude * t.im;
    }
}

template <typename T>
void mix_pair(T* a, T* b, const T* s, const T* d, const T* e, const T* x, int columns) {
    const Factor<T> fs(s), fd(d), fe(e);
    for (int j = 0; j < 2 * columns; j += W<T>) {
        const Vec<T> u = load(a + j), v = load(b + j), t = load(x + j), tr = reals<T>(t), ti = imaginaries<T>(t);
        const Vec<T> p = times<T>(u, fs) + times<T>(v, fd), q = times<T>(v, fs) + times<T>(u, fe);
        store(a + j, p * tr + exchanged<T>(p) * ti);
        store(b + j, q * tr + exchanged<T>(q) * ti);
    }
}

template <typename T>
void mix_pair_columns(T* a, T* b, const T* s, const T* d, const T* w2, int columns) {
    const Factor<T> turn(w2), back(w2[0], -w2[1]);
    for (int j = 0; j < 2 * columns; j += W<T>) {
        const Vec<T> u = load(a + j), v = load(b + j), sv = load(s + j), dv = load(d + j);
        store(a + j, times<T>(u, sv) + times<T>(times<T>(v, back), dv));
        store(b + j, times<T>(v, sv) + times<T>(times<T>(u, turn), dv));
    }
}

#define VITRAL_TEXT_OF(name) #name
#define VITRAL_TEXT(name) VITRAL_TEXT_OF(name)

template <typename T>
constexpr LineKernels<T> table() {
    return {VITRAL_TEXT(VITRAL_ISA),
            W<T>,
            cayley_x<T>,
            2 * W<T>,
            cayley_y<T>,
            4 * W<T>,
            layer,
            multiply<T>,
            weighted_power<T>,
            weighted_power_planes<T>,
            overlaps,
            moments,
            interleave_planes<T>,
            turn<T>,
            turn_planes<T>,
            mix_pair<T>,
            mix_pair_columns<T>};
}

}  // namespace

extern const LineKernels<double> double_kernels;
extern const LineKernels<float> float_kernels;
const LineKernels<double> double_kernels = table<double>();
const LineKernels<float> float_kernels = table<float>();

}  // namespace vitral::kernels::VITRAL_ISA
