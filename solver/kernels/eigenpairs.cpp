#include "solver/kernels/eigenpairs.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace vitral::kernels {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// The search space: an orthonormal basis V, its image A V, and A in it, H = Vᵀ A V.
class Basis {
public:
    Basis(Eigen::Index size, Eigen::Index capacity, const SymmetricOperator& A)
        : A_(A), V_(size, capacity), AV_(size, capacity), H_(capacity, capacity) {}
    [[nodiscard]] Eigen::Index count() const { return count_; }
    [[nodiscard]] auto vectors() const { return V_.leftCols(count_); }
    [[nodiscard]] auto images() const { return AV_.leftCols(count_); }
    [[nodiscard]] Matrix projected() const { return H_.topLeftCorner(count_, count_); }

    /// Adds w after two Gram-Schmidt passes; a vector that is already in the span is left out.
    void add(Vector w) {
        const double size = w.norm();
        if (!(size > 0.0)) return;
        w /= size;
        for (int pass = 0; pass < 2; ++pass) w -= vectors() * (vectors().transpose() * w).eval();
        const double rest = w.norm();
        if (rest < 1e-12) return;
        V_.col(count_) = w / rest;
        const auto n = static_cast<std::size_t>(V_.rows());
        A_({V_.col(count_).data(), n}, {AV_.col(count_).data(), n});
        ++count_;
        const Vector h = vectors().transpose() * AV_.col(count_ - 1);
        H_.col(count_ - 1).head(count_) = h;
        H_.row(count_ - 1).head(count_) = h.transpose();
    }

    /// Keeps the span of V Y only, Y eigenvectors of H with the values theta.
    void restart(const Matrix& Y, const Vector& theta) {
        const Matrix V = vectors() * Y, AV = images() * Y;
        count_ = Y.cols();
        V_.leftCols(count_) = V;
        AV_.leftCols(count_) = AV;
        H_.topLeftCorner(count_, count_) = theta.asDiagonal();
    }

private:
    const SymmetricOperator& A_;
    Matrix V_, AV_, H_;
    Eigen::Index count_ = 0;
};

}  // namespace

Eigenpairs largest_eigenpairs(const SymmetricOperator& A, const Preconditioner& precondition,
                              const std::vector<std::vector<double>>& start, const EigenpairsParams& params) {
    const auto size = static_cast<Eigen::Index>(start.front().size());
    const Eigen::Index wanted = std::min<Eigen::Index>(params.count, size);
    const Eigen::Index capacity = std::min<Eigen::Index>(size, 8 * wanted + 16);
    Basis basis(size, capacity, A);
    for (const auto& guess : start) basis.add(Eigen::Map<const Vector>(guess.data(), size));

    Eigenpairs result;
    Vector w(size);
    for (int iteration = 1;; ++iteration) {
        const Eigen::SelfAdjointEigenSolver<Matrix> ritz(basis.projected());
        const Eigen::Index m = basis.count(), pairs = std::min(wanted, m);
        const Matrix Y = ritz.eigenvectors().rowwise().reverse();  // descending
        const Vector theta = ritz.eigenvalues().reverse();
        // A pair that is hardly developed may come to lie above the last wanted one: two more are followed until they cannot.
        const Eigen::Index looked_at = theta[pairs - 1] > params.floor ? std::min(pairs + 2, m) : pairs;
        const Matrix X = basis.vectors() * Y.leftCols(looked_at);
        const Matrix R = basis.images() * Y.leftCols(looked_at) - X * theta.head(looked_at).asDiagonal();

        std::vector<Eigen::Index> open;
        double worst = 0.0;
        for (Eigen::Index j = 0; j < pairs; ++j) {
            const double residual = R.col(j).norm();
            // A pair that lies below the floor by more than its residual, and whose residual is small already, is let go.
            if (theta[j] + residual < params.floor && residual < 0.05 * params.scale) continue;
            worst = std::max(worst, residual / params.scale);
            if (residual > params.tolerance * params.scale) open.push_back(j);
        }
        for (Eigen::Index j = pairs; j < looked_at; ++j) {
            const double residual = R.col(j).norm();
            if (theta[j] + residual > theta[pairs - 1] && residual > params.tolerance * params.scale) open.push_back(j);
        }
        if (open.empty() || iteration == params.max_iterations) {
            result.report = {open.empty() ? StopReason::converged : StopReason::max_iterations, iteration, worst};
            for (Eigen::Index j = 0; j < pairs && theta[j] > params.floor; ++j) {
                result.values.push_back(theta[j]);
                result.vectors.emplace_back(X.col(j).data(), X.col(j).data() + size);
                result.residuals.push_back(R.col(j).norm());
            }
            return result;
        }
        if (m + static_cast<Eigen::Index>(open.size()) > capacity) {
            const Eigen::Index kept = std::min<Eigen::Index>(2 * wanted + 4, m);
            basis.restart(Y.leftCols(kept), theta.head(kept));
        }
        for (const Eigen::Index j : open) {
            const auto n = static_cast<std::size_t>(size);
            precondition(theta[j], {R.col(j).data(), n}, {w.data(), n});
            basis.add(w);
        }
    }
}

DenseEigenpairs dense_eigenpairs(const std::vector<double>& matrix, std::size_t size) {
    const auto n = static_cast<Eigen::Index>(size);
    const Eigen::SelfAdjointEigenSolver<Matrix> solved(Eigen::Map<const Matrix>(matrix.data(), n, n).transpose());
    DenseEigenpairs pairs;
    for (Eigen::Index k = 0; k < n; ++k) {
        pairs.values.push_back(solved.eigenvalues()(k));
        const Vector v = solved.eigenvectors().col(k);
        pairs.vectors.emplace_back(v.data(), v.data() + n);
    }
    return pairs;
}

}  // namespace vitral::kernels
