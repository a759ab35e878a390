#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

/// Eigenpairs of (A - σB)⁻¹ B, which are those of the pencil A x = λ B x nearest to σ.
template <typename T>
struct NearestPairs {
    std::vector<T> distances;             ///< λ - σ, nearest first
    std::vector<std::vector<T>> vectors;  ///< of unit length
    std::vector<double> residuals;        ///< ‖op x - x/(λ-σ)‖ |λ-σ|, the relative error of λ - σ; pairs that
                                          ///< are far from converged when the space is full are left out
    ConvergenceReport report;             ///< iterations count the applications of op
};

struct ShiftInvertParams {
    int count = 1;  ///< how many pairs at most
    double tolerance = 1e-10;
    double reach =
        1e300;  ///< pairs with |λ - σ| beyond this are not wanted; that there are none nearer is made sure of
    int max_vectors = 160;  ///< of the Krylov space
};

/// Block Arnoldi iteration with full orthogonalisation (Saad, Numerical Methods for Large Eigenvalue Problems, 2011,
/// chapter 6). `op(x, y)` writes y = (A - σB)⁻¹ B x; `start` is the first block, which should hold as many vectors as an
/// eigenvalue may be repeated. Real problems return real pairs only.
template <typename T>
[[nodiscard]] NearestPairs<T> nearest_eigenpairs(const std::function<void(std::span<const T>, std::span<T>)>& op,
                                                 std::vector<std::vector<T>> start, const ShiftInvertParams& params);

}  // namespace vitral::kernels
