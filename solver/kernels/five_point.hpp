#pragma once
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

/// A five-point matrix on an nx × ny mesh, x fastest. Couplings that would leave the mesh are zero.
struct FivePointMatrix {
    int nx = 0, ny = 0;
    std::vector<double> center, west, east, south, north;
    FivePointMatrix(int nx_, int ny_);
};

/// Krylov solvers for five-point M-matrices, preconditioned by the relaxed incomplete factorisation
/// (D + L) D⁻¹ (D + U) (Gustafsson, BIT 18, 142 (1978)). Owns its work vectors: a solve does not allocate.
class FivePointSolver {
public:
    FivePointSolver(int nx, int ny);
    /// Takes the matrix by reference until the next factor().
    void factor(const FivePointMatrix& A);
    /// Conjugate gradients, for symmetric positive definite A. Starts from x; stops when max|b - A x| <= tolerance.
    ConvergenceReport solve_symmetric(std::span<const double> b, std::span<double> x, double tolerance,
                                      int max_iterations);
    /// BiCGSTAB (van der Vorst, SIAM J. Sci. Stat. Comput. 13, 631 (1992)), for any A. Stops likewise.
    ConvergenceReport solve(std::span<const double> b, std::span<double> x, double tolerance, int max_iterations);

private:
    using Padded = std::vector<double>;  // one row of zeros before and behind, so that no loop asks about borders
    void multiply(const Padded& x, Padded& y) const;
    void precondition(const Padded& r, Padded& z) const;
    [[nodiscard]] double dot(const Padded& a, const Padded& b) const;
    [[nodiscard]] double max_abs(const Padded& a) const;
    void load(std::span<const double> from, Padded& to) const;

    std::size_t nx_, size_;
    const FivePointMatrix* A_ = nullptr;
    std::vector<double> inverse_diagonal_;
    Padded x_, r_, r0_, p_, p_hat_, v_, s_hat_, t_;
};

}  // namespace vitral::kernels
