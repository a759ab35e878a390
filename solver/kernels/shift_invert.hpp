#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

/// Eigenpairs nearest to a shift σ of a pencil A x = λ B x.
template <typename T>
struct NearestPairs {
    std::vector<T> values;                ///< λ, nearest to σ first
    std::vector<std::vector<T>> vectors;  ///< of unit length
    std::vector<double> residuals;        ///< ‖op x - x/(λ-σ)‖ |λ-σ|: the relative error of 1/(λ-σ), first order
    ConvergenceReport report;
};

struct ShiftInvertParams {
    int count = 1;           ///< how many pairs
    double tolerance = 1e-10;
    int max_vectors = 120;   ///< of the Krylov space
};

/// Block Arnoldi iteration with full orthogonalisation on op = (A - σB)⁻¹ B (Saad, Numerical Methods for Large Eigenvalue
/// Problems, 2011, chapter 6). `op(x, y)` writes y; `start` vectors make the first block, which should hold as many
/// vectors as an eigenvalue may be repeated. Real problems return real pairs only.
template <typename T>
[[nodiscard]] NearestPairs<T> nearest_eigenpairs(const std::function<void(std::span<const T>, std::span<T>)>& op,
                                                 T shift, std::vector<std::vector<T>> start,
                                                 const ShiftInvertParams& params);

}  // namespace vitral::kernels
