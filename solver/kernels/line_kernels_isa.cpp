// Compiled once for each instruction set, with VITRAL_ISA its name and VITRAL_VECTOR_BYTES the width of its registers.
// Nothing of the standard library is instantiated here: an inline function compiled for one set must not be linked
// into code that runs on another.
#include "solver/kernels/line_kernels.hpp"

namespace vitral::kernels::VITRAL_ISA {
namespace {

template <typename T>
inline constexpr int W = VITRAL_VECTOR_BYTES / static_cast<int>(sizeof(T));

template <typename T>
struct VectorOf {
    typedef T type __attribute__((vector_size(VITRAL_VECTOR_BYTES), aligned(VITRAL_VECTOR_BYTES)));
    typedef T loose __attribute__((vector_size(VITRAL_VECTOR_BYTES), aligned(sizeof(T)), may_alias));
};
template <typename T>
using Vec = typename VectorOf<T>::type;

template <typename T>
inline Vec<T> load(const T* p) {
    return *reinterpret_cast<const typename VectorOf<T>::loose*>(p);
}
template <typename T>
inline void store(T* p, Vec<T> v) {
    *reinterpret_cast<typename VectorOf<T>::loose*>(p) = v;
}
template <typename T>
inline Vec<T> all(T value) {
    return Vec<T>{} + value;
}

/// Interleaves two vectors: a0 b0 a1 b1 ..., of their lower or upper halves.
template <typename T, int upper>
inline Vec<T> interleave(Vec<T> a, Vec<T> b) {
    constexpr int w = W<T>, h = upper ? w / 2 : 0;
    if constexpr (w == 2) {
        return __builtin_shufflevector(a, b, h, w + h);
    } else if constexpr (w == 4) {
        return __builtin_shufflevector(a, b, h, w + h, h + 1, w + h + 1);
    } else if constexpr (w == 8) {
        return __builtin_shufflevector(a, b, h, w + h, h + 1, w + h + 1, h + 2, w + h + 2, h + 3, w + h + 3);
    } else {
        return __builtin_shufflevector(a, b, h, w + h, h + 1, w + h + 1, h + 2, w + h + 2, h + 3, w + h + 3, h + 4,
                                       w + h + 4, h + 5, w + h + 5, h + 6, w + h + 6, h + 7, w + h + 7);
    }
}

/// Transposes a tile of W vectors: log2(W) perfect shuffles.
template <typename T>
inline void transpose(Vec<T> (&r)[W<T>]) {
    constexpr int w = W<T>;
    Vec<T> t[w];
#pragma GCC unroll 4
    for (int stage = 1; stage < w; stage *= 2) {
#pragma GCC unroll 16
        for (int i = 0; i < w / 2; ++i) {
            t[2 * i] = interleave<T, 0>(r[i], r[i + w / 2]);
            t[2 * i + 1] = interleave<T, 1>(r[i], r[i + w / 2]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < w; ++i) r[i] = t[i];
    }
}

/// Rows of `chains` times W lines at once: independent recurrences hide the latency of the multiply-add.
template <typename T, int chains>
void cayley_x_block(T* re, T* im, std::ptrdiff_t stride, int nx, const CayleyCoefficients<T>& c, T* work) {
    constexpr int w = W<T>;
    // work: for every column, of every chain, ψ and the eliminated right side: [column][chain][4][w]
    Vec<T> y_re[chains], y_im[chains];
    for (int k = 0; k < chains; ++k) y_re[k] = y_im[k] = Vec<T>{};
    for (int i0 = 0; i0 < nx; i0 += w) {
        const int tile = i0 + w <= nx ? w : nx - i0;
        for (int k = 0; k < chains; ++k) {
            Vec<T> a[w], b[w];
#pragma GCC unroll 16
            for (int j = 0; j < w; ++j) {
                a[j] = load(re + (k * w + j) * stride + i0);
                b[j] = load(im + (k * w + j) * stride + i0);
            }
            transpose<T>(a);
            transpose<T>(b);
#pragma GCC unroll 16
            for (int j = 0; j < w; ++j) {
                T* at = work + (static_cast<std::ptrdiff_t>(i0 + j) * chains + k) * 4 * w;
                store(at, a[j]);
                store(at + w, b[j]);
            }
        }
        for (int i = i0; i < i0 + tile; ++i) {
            const Vec<T> fr = all(i > 0 ? c.f_re[i - 1] : T(0)), fi = all(i > 0 ? c.f_im[i - 1] : T(0));
#pragma GCC unroll 4
            for (int k = 0; k < chains; ++k) {
                T* at = work + (static_cast<std::ptrdiff_t>(i) * chains + k) * 4 * w;
                const Vec<T> r = load(at) - fr * y_re[k] + fi * y_im[k];
                const Vec<T> q = load(at + w) - fr * y_im[k] - fi * y_re[k];
                y_re[k] = r;
                y_im[k] = q;
                store(at + 2 * w, r);
                store(at + 3 * w, q);
            }
        }
    }
    const Vec<T> kappa = all(c.kappa);
    Vec<T> x_re[chains], x_im[chains];
    for (int k = 0; k < chains; ++k) x_re[k] = x_im[k] = Vec<T>{};
    for (int i0 = (nx - 1) / w * w; i0 >= 0; i0 -= w) {
        const int tile = i0 + w <= nx ? w : nx - i0;
        for (int i = i0 + tile - 1; i >= i0; --i) {
            const Vec<T> fr = all(c.f_re[i]), fi = all(c.f_im[i]);
#pragma GCC unroll 4
            for (int k = 0; k < chains; ++k) {
                T* at = work + (static_cast<std::ptrdiff_t>(i) * chains + k) * 4 * w;
                const Vec<T> dr = load(at + 2 * w) - x_re[k], di = load(at + 3 * w) - x_im[k];
                x_re[k] = fr * dr - fi * di;
                x_im[k] = fr * di + fi * dr;
                store(at, load(at) - kappa * x_im[k]);
                store(at + w, load(at + w) + kappa * x_re[k]);
            }
        }
        for (int k = 0; k < chains; ++k) {
            Vec<T> a[w], b[w];
#pragma GCC unroll 16
            for (int j = 0; j < w; ++j) {
                const T* at = work + (static_cast<std::ptrdiff_t>(i0 + j) * chains + k) * 4 * w;
                a[j] = load(at);
                b[j] = load(at + w);
            }
            transpose<T>(a);
            transpose<T>(b);
#pragma GCC unroll 16
            for (int j = 0; j < w; ++j) {
                store(re + (k * w + j) * stride + i0, a[j]);
                store(im + (k * w + j) * stride + i0, b[j]);
            }
        }
    }
}

template <typename T>
void cayley_x(T* re, T* im, std::ptrdiff_t stride, int rows, int nx, CayleyCoefficients<T> c, T* work) {
    constexpr int w = W<T>;
    int row = 0;
    for (; row + 2 * w <= rows; row += 2 * w)
        cayley_x_block<T, 2>(re + row * stride, im + row * stride, stride, nx, c, work);
    for (; row < rows; row += w) cayley_x_block<T, 1>(re + row * stride, im + row * stride, stride, nx, c, work);
}

template <typename T, int chains>
void cayley_y_block(T* re, T* im, std::ptrdiff_t stride, int ny, const CayleyCoefficients<T>& c, const T* p_re,
                    const T* p_im, T* work) {
    constexpr int w = W<T>;
    Vec<T> y_re[chains], y_im[chains];
    for (int k = 0; k < chains; ++k) y_re[k] = y_im[k] = Vec<T>{};
    for (int i = 0; i < ny; ++i) {
        const Vec<T> fr = all(i > 0 ? c.f_re[i - 1] : T(0)), fi = all(i > 0 ? c.f_im[i - 1] : T(0));
        const T *br = re + i * stride, *bi = im + i * stride;
        T* at = work + static_cast<std::ptrdiff_t>(i) * chains * 2 * w;
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            const Vec<T> r = load(br + k * w) - fr * y_re[k] + fi * y_im[k];
            const Vec<T> q = load(bi + k * w) - fr * y_im[k] - fi * y_re[k];
            y_re[k] = r;
            y_im[k] = q;
            store(at + 2 * k * w, r);
            store(at + (2 * k + 1) * w, q);
        }
    }
    const Vec<T> kappa = all(c.kappa);
    Vec<T> x_re[chains], x_im[chains];
    for (int k = 0; k < chains; ++k) x_re[k] = x_im[k] = Vec<T>{};
    for (int i = ny - 1; i >= 0; --i) {
        const Vec<T> fr = all(c.f_re[i]), fi = all(c.f_im[i]);
        T *br = re + i * stride, *bi = im + i * stride;
        const T *pr = p_re + i * stride, *pi = p_im + i * stride;
        const T* at = work + static_cast<std::ptrdiff_t>(i) * chains * 2 * w;
#pragma GCC unroll 4
        for (int k = 0; k < chains; ++k) {
            const Vec<T> dr = load(at + 2 * k * w) - x_re[k], di = load(at + (2 * k + 1) * w) - x_im[k];
            x_re[k] = fr * dr - fi * di;
            x_im[k] = fr * di + fi * dr;
            const Vec<T> ur = load(br + k * w) - kappa * x_im[k];
            const Vec<T> ui = load(bi + k * w) + kappa * x_re[k];
            const Vec<T> qr = load(pr + k * w), qi = load(pi + k * w);
            store(br + k * w, ur * qr - ui * qi);
            store(bi + k * w, ur * qi + ui * qr);
        }
    }
}

template <typename T>
void cayley_y(T* re, T* im, std::ptrdiff_t stride, int columns, int ny, CayleyCoefficients<T> c, const T* p_re,
              const T* p_im, T* work) {
    constexpr int w = W<T>;
    int x = 0;
    for (; x + 4 * w <= columns; x += 4 * w)
        cayley_y_block<T, 4>(re + x, im + x, stride, ny, c, p_re + x, p_im + x, work);
    for (; x < columns; x += w) cayley_y_block<T, 1>(re + x, im + x, stride, ny, c, p_re + x, p_im + x, work);
}

/// Complex numbers interleaved in a vector: the real and the imaginary parts, each twice, and the parts exchanged.
template <typename T, int... i>
inline Vec<T> pick(Vec<T> a) {
    if constexpr (W<T> == 2) {
        constexpr int order[] = {i...};
        return __builtin_shufflevector(a, a, order[0], order[1]);
    } else if constexpr (W<T> == 4) {
        constexpr int o[] = {i...};
        return __builtin_shufflevector(a, a, o[0], o[1], 2 + o[0], 2 + o[1]);
    } else if constexpr (W<T> == 8) {
        constexpr int o[] = {i...};
        return __builtin_shufflevector(a, a, o[0], o[1], 2 + o[0], 2 + o[1], 4 + o[0], 4 + o[1], 6 + o[0], 6 + o[1]);
    } else {
        constexpr int o[] = {i...};
        return __builtin_shufflevector(a, a, o[0], o[1], 2 + o[0], 2 + o[1], 4 + o[0], 4 + o[1], 6 + o[0], 6 + o[1],
                                       8 + o[0], 8 + o[1], 10 + o[0], 10 + o[1], 12 + o[0], 12 + o[1], 14 + o[0],
                                       14 + o[1]);
    }
}
template <typename T>
inline Vec<T> reals(Vec<T> a) {
    return pick<T, 0, 0>(a);
}
template <typename T>
inline Vec<T> exchanged(Vec<T> a) {
    return pick<T, 1, 0>(a);
}
/// -1, 1, -1, 1, ...
template <typename T>
inline Vec<T> alternating() {
    Vec<T> v{};
    for (int i = 0; i < W<T>; ++i) v[i] = T(i % 2 == 0 ? -1 : 1);
    return v;
}
/// The imaginary parts twice, the first with its sign changed.
template <typename T>
inline Vec<T> imaginaries(Vec<T> a) {
    return pick<T, 1, 1>(a) * alternating<T>();
}
/// One complex number in every place, ready to multiply with.
template <typename T>
struct Factor {
    Vec<T> re, im;
    explicit Factor(const T* p) : re(all(p[0])), im(all(p[1]) * alternating<T>()) {}
    Factor(T r, T i) : re(all(r)), im(all(i) * alternating<T>()) {}
};
template <typename T>
inline Vec<T> times(Vec<T> a, const Factor<T>& f) {
    return a * f.re + exchanged<T>(a) * f.im;
}
template <typename T>
inline Vec<T> times(Vec<T> a, Vec<T> b) {
    return a * reals<T>(b) + exchanged<T>(a) * imaginaries<T>(b);
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

/// W<double> neighbouring numbers as doubles.
template <typename T>
inline Vec<double> widened(const T* p) {
    if constexpr (sizeof(T) == 8) {
        return load(p);
    } else {
        typedef float Half __attribute__((vector_size(VITRAL_VECTOR_BYTES / 2), aligned(4), may_alias));
        return __builtin_convertvector(*reinterpret_cast<const Half*>(p), Vec<double>);
    }
}

template <typename T>
double weighted_power_planes(const T* re, const T* im, const double* w, int n) {
    Vec<double> sum{};
    for (int i = 0; i < n; i += W<double>) {
        const Vec<double> r = widened(re + i), q = widened(im + i);
        sum += load(w + i) * (r * r + q * q);
    }
    double total = 0.0;
    for (int i = 0; i < W<double>; ++i) total += sum[i];
    return total;
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
    double total = 0.0;
    for (int i = 0; i < W<double>; ++i) total += sum[i];
    return total;
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
            multiply<T>,
            weighted_power<T>,
            weighted_power_planes<T>,
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
