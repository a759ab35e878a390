#pragma once
#include <cmath>

#include "core/field.hpp"
#include "core/parallel.hpp"

namespace vitral {

/// Integral of |psi|² over the section: the power of a scalar field, midpoint rule.
template <typename T>
[[nodiscard]] double power(const Field<T>& psi) {
    const double sum = blocked_sum<double>(psi.values.size(), [&](std::size_t begin, std::size_t end) {
        double s = 0.0;
        for (std::size_t i = begin; i < end; ++i) s += std::norm(psi.values[i]);
        return s;
    });
    return sum * psi.grid.cell_area();
}

/// <a|b> = ∬ a* b dA, midpoint rule. Both fields live on the same grid.
template <typename A, typename B>
[[nodiscard]] Complex inner_product(const Field<A>& a, const Field<B>& b) {
    const Complex sum = blocked_sum<Complex>(a.values.size(), [&](std::size_t begin, std::size_t end) {
        Complex s = 0.0;
        for (std::size_t i = begin; i < end; ++i) s += std::conj(Complex(a.values[i])) * b.values[i];
        return s;
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
