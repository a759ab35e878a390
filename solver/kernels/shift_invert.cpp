#include "solver/kernels/shift_invert.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>

namespace vitral::kernels {
namespace {

using Complex = std::complex<double>;
template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Eigenpairs of the small projected matrix.
struct Ritz {
    Eigen::VectorXcd values;
    Eigen::MatrixXcd vectors;
};
Ritz ritz_of(const Matrix<double>& h) {
    const Eigen::EigenSolver<Matrix<double>> solver(h);
    return {solver.eigenvalues(), solver.eigenvectors()};
}
Ritz ritz_of(const Matrix<Complex>& h) {
    const Eigen::ComplexEigenSolver<Matrix<Complex>> solver(h);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

template <typename T>
bool usable(Complex value) {
    if constexpr (std::is_same_v<T, double>) return std::abs(value.imag()) < 1e-9 * std::abs(value);
    return true;
}
template <typename T>
T as(Complex value) {
    if constexpr (std::is_same_v<T, double>)
        return value.real();
    else
        return value;
}

}  // namespace

template <typename T>
NearestPairs<T> nearest_eigenpairs(const std::function<void(std::span<const T>, std::span<T>)>& op,
                                   std::vector<std::vector<T>> start, const ShiftInvertParams& params) {
    const auto n = static_cast<Eigen::Index>(start.front().size());
    const int most = std::min<int>(params.max_vectors, static_cast<int>(n));
    Matrix<T> basis(n, most);
    Matrix<T> h = Matrix<T>::Zero(most, most);
    int known = 0, applied = 0, look_again = 0;

    // Orthogonalises v twice against the basis; returns the coefficients, the last one its own length, and appends it.
    const auto append = [&](Vector<T> v) {
        Vector<T> coefficients = Vector<T>::Zero(known + 1);
        const double before = v.norm();
        for (int pass = 0; pass < 2 && known > 0; ++pass) {
            const Vector<T> along = basis.leftCols(known).adjoint() * v;
            v.noalias() -= basis.leftCols(known) * along;
            coefficients.head(known) += along;
        }
        const double length = v.norm();
        if (length > 1e-14 * before && known < most) {
            coefficients[known] = length;
            basis.col(known++) = v / length;
        } else {
            coefficients.conservativeResize(known);
        }
        return coefficients;
    };
    for (const auto& s : start) append(Eigen::Map<const Vector<T>>(s.data(), n));
    const int block = std::max(1, known);

    NearestPairs<T> result;
    Vector<T> image(n);
    while (true) {
        const int until = std::min(applied + block, known);
        // A full space: the images of its last vectors would have nowhere to go.
        const bool full = known + (until - applied) > most;
        if (!full)
            for (; applied < until; ++applied) {
                op(std::span<const T>(basis.col(applied).data(), static_cast<std::size_t>(n)),
                   std::span<T>(image.data(), static_cast<std::size_t>(n)));
                const Vector<T> coefficients = append(image);
                h.col(applied).head(coefficients.size()) = coefficients;
            }
        const bool exhausted = applied == known;
        result.report.iterations = applied;
        // The projected problem costs as the cube of its size: it is not looked at after every step.
        if (!full && !exhausted && applied < look_again) continue;
        look_again = applied + 1 + applied / 6;

        const Ritz ritz = ritz_of(Matrix<T>(h.topLeftCorner(applied, applied)));
        std::vector<int> order(static_cast<std::size_t>(applied));
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(),
                  [&](int a, int b) { return std::abs(ritz.values[a]) > std::abs(ritz.values[b]); });
        const Matrix<T> beyond = h.block(applied, 0, known - applied, applied);
        std::vector<int> wanted;
        std::vector<double> residuals;
        bool none_nearer = false;  // the first pair that is not wanted is known well enough to be sure
        for (const int i : order) {
            if (static_cast<int>(wanted.size()) == params.count) break;
            if (!usable<T>(ritz.values[i])) continue;
            const double size = std::abs(ritz.values[i]),
                         residual = (beyond.template cast<Complex>() * ritz.vectors.col(i)).norm() / size;
            if (size * params.reach < 1.0) {
                none_nearer = residual < 1e-2 && ((1.0 - residual) > size * params.reach || residual < 1e-7);
                break;
            }
            wanted.push_back(i);
            residuals.push_back(residual);
        }
        const bool enough = static_cast<int>(wanted.size()) == params.count;
        const double worst = residuals.empty() ? 0.0 : *std::max_element(residuals.begin(), residuals.end());
        const bool done = worst < params.tolerance && (enough || none_nearer);
        if (!done && !full && !exhausted) continue;

        result.report.residual = worst;
        result.report.reason = done || exhausted ? StopReason::converged : StopReason::max_iterations;
        for (std::size_t w = 0; w < wanted.size(); ++w) {
            if (residuals[w] > 1e3 * params.tolerance) continue;  // no pair yet
            const int i = wanted[w];
            Vector<T> y(applied);
            // A real eigenvector may come with a common complex factor.
            Eigen::Index largest = 0;
            ritz.vectors.col(i).cwiseAbs().maxCoeff(&largest);
            const Complex turn = std::conj(ritz.vectors(largest, i)) / std::abs(ritz.vectors(largest, i));
            for (int k = 0; k < applied; ++k) y[k] = as<T>(ritz.vectors(k, i) * turn);
            Vector<T> x = basis.leftCols(applied) * y;
            x /= x.norm();
            result.distances.push_back(T(1.0) / as<T>(ritz.values[i]));
            result.vectors.emplace_back(x.data(), x.data() + n);
            result.residuals.push_back(residuals[w]);
        }
        return result;
    }
}

template NearestPairs<double> nearest_eigenpairs<double>(
    const std::function<void(std::span<const double>, std::span<double>)>&, std::vector<std::vector<double>>,
    const ShiftInvertParams&);
template NearestPairs<Complex> nearest_eigenpairs<Complex>(
    const std::function<void(std::span<const Complex>, std::span<Complex>)>&, std::vector<std::vector<Complex>>,
    const ShiftInvertParams&);

}  // namespace vitral::kernels
