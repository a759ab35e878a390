#pragma once
#include <cmath>

#include "core/field.hpp"
#include "core/parallel.hpp"

namespace vitral {

namespace detail {

/// Sums run in this many lanes side by side, added up in order: no addition waits for the one before, and the bits are the
/// same everywhere.
inline constexpr std::size_t lanes = 16;

[[nodiscard]] inline double sum_of(const double (&lane)[lanes]) noexcept {
    double sum = 0.0;
    for (const double v : lane) sum += v;
    return sum;
}

/// Σ |a_i|² over n numbers.
[[nodiscard]] inline double sum_of_squares(const double* a, std::size_t n) noexcept {
    double sum[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
#pragma omp simd
        for (std::size_t l = 0; l < lanes; ++l) sum[l] += a[i + l] * a[i + l];
    for (std::size_t l = 0; i < n; ++i, ++l) sum[l] += a[i] * a[i];
    return sum_of(sum);
}

/// Σ conj(a_i) b_i; complex numbers are pairs, real ones stand alone.
template <std::size_t step_a, std::size_t step_b>
[[nodiscard]] Complex sum_of_products(const double* a, const double* b, std::size_t n) noexcept {
    double re[lanes] = {}, im[lanes] = {};
    const auto add = [&](std::size_t i, std::size_t l) {
        const double ar = a[step_a * i], br = b[step_b * i];
        re[l] += ar * br;
        if constexpr (step_a == 2 && step_b == 2) re[l] += a[step_a * i + 1] * b[step_b * i + 1];
        if constexpr (step_b == 2) im[l] += ar * b[step_b * i + 1];
        if constexpr (step_a == 2) im[l] -= a[step_a * i + 1] * br;
    };
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
#pragma omp simd
        for (std::size_t l = 0; l < lanes; ++l) add(i + l, l);
    for (std::size_t l = 0; i < n; ++i, ++l) add(i, l);
    return {sum_of(re), sum_of(im)};
}

template <typename T>
inline constexpr std::size_t reals_of = sizeof(T) / sizeof(double);
/// The real numbers that a list of real or complex ones is made of.
template <typename T>
[[nodiscard]] const double* reals(const T* values) noexcept {
    return reinterpret_cast<const double*>(values);
}

}  // namespace detail

/// Integral of |psi|² over the section: the power of a scalar field, midpoint rule.
template <typename T>
[[nodiscard]] double power(const Field<T>& psi) {
    const double sum = blocked_sum<double>(psi.values.size(), [&](std::size_t begin, std::size_t end) {
        return detail::sum_of_squares(detail::reals(psi.values.data() + begin), detail::reals_of<T> * (end - begin));
    });
    return sum * psi.grid.cell_area();
}

/// <a|b> = ∬ a* b dA, midpoint rule. Both fields live on the same grid.
template <typename A, typename B>
[[nodiscard]] Complex inner_product(const Field<A>& a, const Field<B>& b) {
    const Complex sum = blocked_sum<Complex>(a.values.size(), [&](std::size_t begin, std::size_t end) {
        return detail::sum_of_products<detail::reals_of<A>, detail::reals_of<B>>(
            detail::reals(a.values.data() + begin), detail::reals(b.values.data() + begin), end - begin);
    });
    return sum * a.grid.cell_area();
}

/// Scales psi to unit power.
template <typename T>
void normalize(Field<T>& psi) {
    const double scale = 1.0 / std::sqrt(power(psi));
    for (T& value : psi.values) value *= scale;
}

}  // namespace vitral
