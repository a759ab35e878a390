#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "core/field.hpp"

namespace vitral::propagation {

/// Transparent ends of the lines of a constant matrix (Hadley, IEEE J. Quantum Electron. 28, 363 (1992)): beyond an end the
/// field goes on as it does at its last two points, ψ_{N} = r ψ_{N-1} with r = ψ_{N-1}/ψ_{N-2} of the step before, and r is
/// turned so that no power comes in, Im r >= 0.
///
/// The end's entry of δ² then differs from that of a hard wall by τ = r + 1, a change of rank one: what the sweep between
/// walls has left, ψ + iκ x with x = (δ² + 1/c)⁻¹ ψ, is put right by  -iκ τ g w,  w = (δ² + 1/c)⁻¹ e,
/// g = x_N/(1 + τ w_N): one constant vector for all lines, which dies out within some ten points. Exact, and as unitary as
/// the sweep but for what leaves.
class TransparentLine {
public:
    /// Which of the ends are transparent.
    struct Open {
        bool lower = true, upper = true;
    };
    /// A line of n points with the diagonal d = 1/c - 2 of the sweep between walls.
    TransparentLine(int n, Complex d, double kappa, Open open);

    /// The points next to the ends before the sweep: outermost, and beside it.
    struct Ends {
        Complex lower, beside_lower, upper, beside_upper;
    };
    template <typename T>
    [[nodiscard]] Ends ends(const T* re, const T* im, std::ptrdiff_t step) const {
        const auto at = [&](int i) {
            return Complex(static_cast<double>(re[i * step]), static_cast<double>(im[i * step]));
        };
        return {at(0), at(1), at(n_ - 1), at(n_ - 2)};
    }
    /// Puts a line right after the sweep; returns Σ|ψ|² that left through its lower and its upper end.
    template <typename T>
    std::pair<double, double> correct(const Ends& before, T* re, T* im, std::ptrdiff_t step) const;

private:
    int n_, reach_;
    Open open_;
    double kappa_;
    std::vector<Complex> w_;  ///< of the lower end, as far as it reaches; that of the upper end is its mirror image
    Complex across_;          ///< w at the other end
};

}  // namespace vitral::propagation
