#include "solver/kernels/maximize.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace vitral::kernels {

Maximum maximize(const std::function<double(std::span<const double>)>& f, std::vector<double> start,
                 std::span<const double> scale) {
    constexpr double difference = 1e-3;  // of the scale: truncation 1e-6, rounding 1e-10 of the curvature
    constexpr double tolerance = 1e-8;   // of the scale
    constexpr int max_iterations = 60;
    const auto n = static_cast<Eigen::Index>(start.size());

    // Works in units of the scale, u = (x - start) / scale.
    const auto value = [&](const Eigen::VectorXd& u) {
        std::vector<double> x(start);
        for (Eigen::Index i = 0; i < n; ++i)
            x[static_cast<std::size_t>(i)] += u[i] * scale[static_cast<std::size_t>(i)];
        return f(x);
    };
    Eigen::VectorXd u = Eigen::VectorXd::Zero(n);
    double best = value(u);
    Maximum result;
    result.report.reason = StopReason::max_iterations;
    for (int iteration = 1; iteration <= max_iterations; ++iteration) {
        const auto shifted = [&](Eigen::Index i, double di, Eigen::Index j, double dj) {
            Eigen::VectorXd v = u;
            v[i] += di * difference;
            v[j] += dj * difference;
            return value(v);
        };
        Eigen::VectorXd gradient(n);
        Eigen::MatrixXd hessian(n, n);
        for (Eigen::Index i = 0; i < n; ++i) {
            const double plus = shifted(i, 1.0, i, 0.0), minus = shifted(i, -1.0, i, 0.0);
            gradient[i] = (plus - minus) / (2.0 * difference);
            hessian(i, i) = (plus - 2.0 * best + minus) / (difference * difference);
            for (Eigen::Index j = 0; j < i; ++j)
                hessian(i, j) = hessian(j, i) =
                    (shifted(i, 1, j, 1) - shifted(i, 1, j, -1) - shifted(i, -1, j, 1) + shifted(i, -1, j, -1)) /
                    (4.0 * difference * difference);
        }
        // Where the function is not concave the curvatures are taken by size: still a direction of ascent.
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(hessian);
        const double floor = 1e-9 * std::max(1e-300, eigen.eigenvalues().cwiseAbs().maxCoeff());
        const Eigen::VectorXd curvature = eigen.eigenvalues().cwiseAbs().cwiseMax(floor);
        Eigen::VectorXd step =
            eigen.eigenvectors() * (eigen.eigenvectors().transpose() * gradient).cwiseQuotient(curvature);
        const double longest = step.cwiseAbs().maxCoeff();
        if (longest > 1.0) step /= longest;

        double trial = value(u + step);
        for (int halving = 0; halving < 40 && !(trial >= best); ++halving) {
            step *= 0.5;
            trial = value(u + step);
        }
        if (trial >= best) {
            u += step;
            best = trial;
        }
        result.report.iterations = iteration;
        result.report.residual = step.cwiseAbs().maxCoeff();
        if (result.report.residual < tolerance) {  // also where rounding hides any further growth
            result.report.reason = std::isfinite(trial) ? StopReason::converged : StopReason::breakdown;
            break;
        }
    }
    result.position = start;
    for (Eigen::Index i = 0; i < n; ++i)
        result.position[static_cast<std::size_t>(i)] += u[i] * scale[static_cast<std::size_t>(i)];
    result.value = best;
    return result;
}

double bisect(const std::function<double(double)>& f, double a, double b) {
    const double at_a = f(a), at_b = f(b);
    if (!(at_a <= 0.0 && at_b >= 0.0) && !(at_a >= 0.0 && at_b <= 0.0))
        throw std::domain_error("bisection between values of one sign");
    const bool rising = at_a < at_b;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (a + b);
        if (middle <= std::min(a, b) || middle >= std::max(a, b)) break;
        ((f(middle) < 0.0) == rising ? a : b) = middle;
    }
    return 0.5 * (a + b);
}

double crossing(const std::function<double(double)>& f, double a, double b) {
    constexpr double little = 1e-12;
    double at_a = f(a), at_b = f(b);
    if (!(at_a <= 0.0 && at_b >= 0.0) && !(at_a >= 0.0 && at_b <= 0.0))
        throw std::domain_error("no crossing between values of one sign");
    for (int i = 0; i < 200 && at_b != at_a; ++i) {
        const double c = b - at_b * (b - a) / (at_b - at_a), at_c = f(c);
        if ((at_c < 0.0) == (at_b < 0.0))
            at_a *= 0.5;
        else
            a = b, at_a = at_b;
        const bool stands = std::abs(c - b) < little * std::abs(c);
        b = c, at_b = at_c;
        if (stands || at_c == 0.0) break;
    }
    return b;
}

}  // namespace vitral::kernels
