#include "solver/propagation/transparent_line.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::propagation {
namespace {

/// τ = r + 1 of an end; no power comes in through it.
Complex change_at_end(Complex outermost, Complex beside) {
    const double square = std::norm(beside);
    if (!(square > 0.0)) return 1.0;
    Complex r = outermost * std::conj(beside) / square;
    if (r.imag() < 0.0) r = std::sqrt(std::norm(r));
    return r + 1.0;
}

}  // namespace

TransparentLine::TransparentLine(int n, Complex d, double kappa, Open open)
    : n_(n), reach_(n), open_(open), kappa_(kappa) {
    // tri(1, d, 1) w = e_0, with d - 1 at both walls: eliminated from the far end.
    const auto points = static_cast<std::size_t>(n);
    std::vector<Complex> pivot(points);
    for (std::size_t i = points; i-- > 0;)
        pivot[i] = d - (i == 0 || i + 1 == points ? 1.0 : 0.0) - (i + 1 < points ? 1.0 / pivot[i + 1] : 0.0);
    w_.resize(points);
    w_[0] = 1.0 / pivot[0];
    for (std::size_t i = 1; i < points; ++i) w_[i] = -w_[i - 1] / pivot[i];
    across_ = w_.back();
    for (int i = 0; i < n; ++i)
        if (std::abs(w_[static_cast<std::size_t>(i)]) > 1e-18 * std::abs(w_[0])) reach_ = i + 1;
}

template <typename T>
std::pair<double, double> TransparentLine::correct(const Ends& before, T* re, T* im, std::ptrdiff_t step) const {
    const Complex tau_lower = open_.lower ? change_at_end(before.lower, before.beside_lower) : 0.0,
                  tau_upper = open_.upper ? change_at_end(before.upper, before.beside_upper) : 0.0;
    const Complex i_kappa(0.0, kappa_);
    const auto at = [&](int i) {
        return Complex(static_cast<double>(re[i * step]), static_cast<double>(im[i * step]));
    };
    const Complex x_lower = (at(0) - before.lower) / i_kappa, x_upper = (at(n_ - 1) - before.upper) / i_kappa;
    // (1 + τ_l w_0) g_l + τ_u w_across g_u = x_l, and the same from the other end.
    const Complex a = 1.0 + tau_lower * w_[0], b = tau_upper * across_, c = tau_lower * across_,
                  e = 1.0 + tau_upper * w_[0], determinant = a * e - b * c;
    const Complex g_lower = (e * x_lower - b * x_upper) / determinant,
                  g_upper = (a * x_upper - c * x_lower) / determinant;
    const auto put_right = [&](Complex amount, int first, int direction) {
        double left = 0.0;
        for (int i = 0; i < reach_; ++i) {
            const std::ptrdiff_t p = (first + direction * i) * step;
            const Complex old(static_cast<double>(re[p]), static_cast<double>(im[p]));
            const Complex now = old - amount * w_[static_cast<std::size_t>(i)];
            left += std::norm(old) - std::norm(now);
            re[p] = static_cast<T>(now.real());
            im[p] = static_cast<T>(now.imag());
        }
        return left;
    };
    return {open_.lower ? put_right(i_kappa * tau_lower * g_lower, 0, 1) : 0.0,
            open_.upper ? put_right(i_kappa * tau_upper * g_upper, n_ - 1, -1) : 0.0};
}

template std::pair<double, double> TransparentLine::correct(const Ends&, float*, float*, std::ptrdiff_t) const;
template std::pair<double, double> TransparentLine::correct(const Ends&, double*, double*, std::ptrdiff_t) const;

}  // namespace vitral::propagation
