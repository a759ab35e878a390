#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

/// y = A x for a real symmetric A that is never formed.
using SymmetricOperator = std::function<void(std::span<const double> x, std::span<double> y)>;
/// y ≈ (shift - A)⁻¹ x, symmetric positive definite for shifts above the bulk of the spectrum.
using Preconditioner = std::function<void(double shift, std::span<const double> x, std::span<double> y)>;

struct EigenpairsParams {
    int count = 1;             ///< how many of the largest eigenvalues
    double floor = 0.0;        ///< pairs below this value are not wanted and need not converge
    double tolerance = 1e-10;  ///< of ‖A v - θ v‖, relative to `scale`
    double scale = 1.0;        ///< a size of the eigenvalues, e.g. the depth of the well
    int max_iterations = 400;
};

struct Eigenpairs {
    std::vector<double> values;                ///< descending; only those above the floor
    std::vector<std::vector<double>> vectors;  ///< unit Euclidean norm
    std::vector<double> residuals;             ///< ‖A v - θ v‖ of each pair
    ConvergenceReport report;
};

/// The largest eigenpairs of a symmetric operator above a floor, by block Davidson iteration with thick restarts:
/// Rayleigh-Ritz on a growing basis, expanded by the preconditioned residuals (Davidson, J. Comput. Phys. 17, 87 (1975);
/// Crouzeix, Philippe, Sadkane, SIAM J. Sci. Comput. 15, 62 (1994)). Pairs below the last wanted one are followed until their
/// residuals keep them below it, so that none is passed over. `start` holds the first guesses: at least `count`, and for that two
/// more.
[[nodiscard]] Eigenpairs largest_eigenpairs(const SymmetricOperator& A, const Preconditioner& precondition,
                                            const std::vector<std::vector<double>>& start,
                                            const EigenpairsParams& params);

/// All eigenpairs of a small symmetric matrix.
struct DenseEigenpairs {
    std::vector<double> values;                ///< ascending
    std::vector<std::vector<double>> vectors;  ///< unit Euclidean norm
};
/// `matrix` is size x size, row after row; its lower triangle is read.
[[nodiscard]] DenseEigenpairs dense_eigenpairs(const std::vector<double>& matrix, std::size_t size);

}  // namespace vitral::kernels
