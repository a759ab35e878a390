#include "solver/kernels/five_point.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::kernels {
namespace {

using Vector = std::vector<double>;

StopReason outcome(double residual, double tolerance) {
    if (residual <= tolerance) return StopReason::converged;
    return std::isfinite(residual) ? StopReason::max_iterations : StopReason::breakdown;
}

double dot(const Vector& a, const Vector& b) {
    double sums[4] = {0.0, 0.0, 0.0, 0.0};  // four chains hide the latency of the addition
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4)
        for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
    for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double largest_of_scaled(std::span<const double> a, std::span<const double> scale) {
    double m[4] = {0.0, 0.0, 0.0, 0.0};
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double value = std::abs(a[i]) / scale[i];
        m[i % 4] = value <= m[i % 4] ? m[i % 4] : value;  // a NaN stays
    }
    for (const double value : m) m[0] = value <= m[0] ? m[0] : value;
    return m[0];
}

}  // namespace

FivePointMatrix::FivePointMatrix(int nx_, int ny_) : nx(nx_), ny(ny_) {
    const std::size_t size = static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);
    for (auto* band : {&center, &west, &east, &south, &north}) band->assign(size, 0.0);
}

void multiply(const FivePointMatrix& A, std::span<const double> x, std::span<double> y) {
    const auto nx = static_cast<std::ptrdiff_t>(A.nx), size = static_cast<std::ptrdiff_t>(A.ny) * nx;
    const double *c = A.center.data(), *w = A.west.data(), *e = A.east.data(), *s = A.south.data(), *n = A.north.data(),
                 *xp = x.data();
    double* yp = y.data();
    const auto careful = [&](std::ptrdiff_t begin, std::ptrdiff_t end) {
        for (std::ptrdiff_t i = begin; i < end; ++i) {
            double sum = c[i] * xp[i];
            if (i >= 1) sum += w[i] * xp[i - 1];
            if (i + 1 < size) sum += e[i] * xp[i + 1];
            if (i >= nx) sum += s[i] * xp[i - nx];
            if (i + nx < size) sum += n[i] * xp[i + nx];
            yp[i] = sum;
        }
    };
    const std::ptrdiff_t inner = std::min(nx, size), outer = std::max(inner, size - nx);
    careful(0, inner);
    for (std::ptrdiff_t i = inner; i < outer; ++i)
        yp[i] = c[i] * xp[i] + w[i] * xp[i - 1] + e[i] * xp[i + 1] + s[i] * xp[i - nx] + n[i] * xp[i + nx];
    careful(outer, size);
}

FivePointSolver::FivePointSolver(int nx, int ny, int fields)
    : size_(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny)), fields_(static_cast<std::size_t>(fields)) {
    for (int field = 0; field < fields; ++field) cycles_.emplace_back(nx, ny);
    for (auto* work : {&r_, &r0_, &p_, &p_hat_, &v_, &s_hat_, &t_}) work->assign(size_ * fields_, 0.0);
    work_.assign(size_, 0.0);
    rest_.assign(size_, 0.0);
}

void FivePointSolver::factor(const FivePointMatrix& A) {
    A_ = {&A};
    cycles_[0].factor(A);
}

void FivePointSolver::factor(const std::vector<FivePointMatrix>& blocks) {
    A_.clear();
    for (const FivePointMatrix& block : blocks) A_.push_back(&block);
    for (std::size_t i = 0; i < fields_; ++i) cycles_[i].factor(blocks[i * fields_ + i]);
}

void FivePointSolver::multiply_blocks(std::span<const double> x, std::span<double> y) {
    for (std::size_t i = 0; i < fields_; ++i) {
        const std::span<double> row = y.subspan(i * size_, size_);
        multiply(*A_[i * fields_], x.subspan(0, size_), row);
        for (std::size_t j = 1; j < fields_; ++j) {
            multiply(*A_[i * fields_ + j], x.subspan(j * size_, size_), work_);
            for (std::size_t k = 0; k < size_; ++k) row[k] += work_[k];
        }
    }
}

void FivePointSolver::precondition(const std::vector<double>& r, std::vector<double>& z) {
    const std::span<double> all(z);
    cycles_[0].apply(std::span(r).subspan(0, size_), all.subspan(0, size_));
    for (std::size_t i = 1; i < fields_; ++i) {
        std::copy_n(r.begin() + static_cast<std::ptrdiff_t>(i * size_), size_, rest_.begin());
        for (std::size_t j = 0; j < i; ++j) {
            multiply(*A_[i * fields_ + j], all.subspan(j * size_, size_), work_);
            for (std::size_t k = 0; k < size_; ++k) rest_[k] -= work_[k];
        }
        cycles_[i].apply(rest_, all.subspan(i * size_, size_));
    }
}

ConvergenceReport FivePointSolver::solve_symmetric(std::span<const double> b, std::span<double> x, double tolerance,
                                                   std::span<const double> scale, int max_iterations) {
    multiply_blocks(x, v_);
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = b[i] - v_[i];
    std::fill(p_.begin(), p_.end(), 0.0);
    ConvergenceReport report{StopReason::max_iterations, 0, largest_of_scaled(r_, scale)};
    double rho = 0.0;
    while (report.residual > tolerance && report.iterations < max_iterations) {
        precondition(r_, p_hat_);
        const double rho_new = dot(r_, p_hat_);
        const double ratio = report.iterations == 0 ? 0.0 : rho_new / rho;
        rho = rho_new;
        for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = p_hat_[i] + ratio * p_[i];
        multiply_blocks(p_, v_);
        const double step = rho / dot(p_, v_);
        for (std::size_t i = 0; i < r_.size(); ++i) {
            x[i] += step * p_[i];
            r_[i] -= step * v_[i];
        }
        report.residual = largest_of_scaled(r_, scale);
        ++report.iterations;
        if (!std::isfinite(report.residual)) break;
    }
    report.reason = outcome(report.residual, tolerance);
    return report;
}

ConvergenceReport FivePointSolver::solve(std::span<const double> b, std::span<double> x, double tolerance,
                                         std::span<const double> scale, int max_iterations) {
    multiply_blocks(x, v_);
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = b[i] - v_[i];
    r0_ = r_;
    std::fill(p_.begin(), p_.end(), 0.0);
    std::fill(v_.begin(), v_.end(), 0.0);
    ConvergenceReport report{StopReason::max_iterations, 0, largest_of_scaled(r_, scale)};
    double rho = 1.0, step = 1.0, omega = 1.0;
    while (report.residual > tolerance && report.iterations < max_iterations) {
        const double rho_new = dot(r0_, r_);
        const double ratio = report.iterations == 0 ? 0.0 : (rho_new / rho) * (step / omega);
        rho = rho_new;
        for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = r_[i] + ratio * (p_[i] - omega * v_[i]);
        precondition(p_, p_hat_);
        multiply_blocks(p_hat_, v_);
        step = rho / dot(r0_, v_);
        for (std::size_t i = 0; i < r_.size(); ++i) r_[i] -= step * v_[i];
        ++report.iterations;
        if (largest_of_scaled(r_, scale) <= tolerance) {  // half an iteration will do
            for (std::size_t i = 0; i < r_.size(); ++i) x[i] += step * p_hat_[i];
            report.residual = largest_of_scaled(r_, scale);
            break;
        }
        precondition(r_, s_hat_);
        multiply_blocks(s_hat_, t_);
        const double tt = dot(t_, t_);
        omega = tt > 0.0 ? dot(t_, r_) / tt : 0.0;
        for (std::size_t i = 0; i < r_.size(); ++i) {
            x[i] += step * p_hat_[i] + omega * s_hat_[i];
            r_[i] -= omega * t_[i];
        }
        report.residual = largest_of_scaled(r_, scale);
        if (!std::isfinite(report.residual) || rho == 0.0 || omega == 0.0) break;
    }
    report.reason = outcome(report.residual, tolerance);
    return report;
}

}  // namespace vitral::kernels
