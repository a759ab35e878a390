#pragma once
// Vectors of one instruction set, for line_kernels_isa.cpp alone, which is compiled once for each: VITRAL_ISA its name,
// VITRAL_VECTOR_BYTES the width of its registers. Nothing of the standard library is instantiated here: an inline function
// compiled for one set must not be linked into code that runs on another.

#ifdef VITRAL_ISA
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

/// Sums of neighbours: a0 + a1, a2 + a3, ..., b0 + b1, ...
template <typename T>
inline Vec<T> pair_sums(Vec<T> a, Vec<T> b) {
    if constexpr (W<T> == 2) {
        return __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
    } else if constexpr (W<T> == 4) {
        return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
    } else {
        static_assert(W<T> == 8);
        return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
               __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
    }
}

inline double sum_of(Vec<double> v) {
    double total = 0.0;
    for (int i = 0; i < W<double>; ++i) total += v[i];
    return total;
}

}  // namespace
}  // namespace vitral::kernels::VITRAL_ISA
#endif
