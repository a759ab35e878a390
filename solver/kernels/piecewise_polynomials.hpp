#pragma once
#include <vector>

namespace vitral::kernels {

/// Points and weights of Gauss-Legendre quadrature on [-1, 1]; exact for polynomials up to degree 2 count - 1.
struct GaussRule {
    std::vector<double> point, weight;
};
[[nodiscard]] GaussRule gauss_legendre(int count);

/// Piecewise polynomials of degree p on a line of elements between break points x_0 < ... < x_n, in two spaces:
///
///   continuous  φ_0 = (1-ξ)/2, φ_1 = (1+ξ)/2 at the ends of an element, φ_k = (P_k - P_k-2)/√(2(2k-1)), k = 2 ... p, inside
///   broken      ω_a = √((2a+1)/h) P_a(ξ), a = 0 ... p-1, orthonormal, no continuity
///
/// with ξ in [-1, 1] on an element of length h. The derivative of every continuous function is a broken one: derivative().
/// (Szabo and Babuska, Finite Element Analysis, 1991, integrated Legendre polynomials.)
class PiecewisePolynomials {
public:
    PiecewisePolynomials() = default;
    /// `breaks` ascending, at least two; degree >= 1. Throws std::invalid_argument.
    PiecewisePolynomials(std::vector<double> breaks, int degree);

    [[nodiscard]] int elements() const noexcept { return static_cast<int>(breaks_.size()) - 1; }
    [[nodiscard]] int degree() const noexcept { return degree_; }
    [[nodiscard]] const std::vector<double>& breaks() const noexcept { return breaks_; }
    [[nodiscard]] double length(int e) const {
        return breaks_[static_cast<std::size_t>(e) + 1] - breaks_[static_cast<std::size_t>(e)];
    }
    [[nodiscard]] double lower() const { return breaks_.front(); }
    [[nodiscard]] double upper() const { return breaks_.back(); }
    [[nodiscard]] double place(int e, double xi) const {
        return breaks_[static_cast<std::size_t>(e)] + 0.5 * (1.0 + xi) * length(e);
    }
    /// The element that holds x; the last one at its upper end. x is taken inside [lower, upper].
    [[nodiscard]] int element_at(double x) const;
    /// dφ_k/dx = derivative(e, a, k) ω_a: one a for each k, a = 0 for the two ends, else k - 1.
    [[nodiscard]] double derivative(int e, int a, int k) const;

    /// φ_0 ... φ_p at ξ, whatever the element.
    static void continuous_at(double xi, int degree, double* values);
    /// P_a(ξ) √(2a+1), a = 0 ... p-1: ω_a times √h.
    static void broken_at(double xi, int degree, double* values);

private:
    std::vector<double> breaks_;
    int degree_ = 1;
};

}  // namespace vitral::kernels
