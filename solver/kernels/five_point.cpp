#include "solver/kernels/five_point.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::kernels {
namespace {
constexpr double relaxation = 0.998;  // share of the dropped fill that goes to the diagonal; 1 would keep row sums

StopReason outcome(double residual, double tolerance) {
    if (residual <= tolerance) return StopReason::converged;
    return std::isfinite(residual) ? StopReason::max_iterations : StopReason::breakdown;
}
}  // namespace

FivePointMatrix::FivePointMatrix(int nx_, int ny_) : nx(nx_), ny(ny_) {
    const std::size_t size = static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);
    for (auto* band : {&center, &west, &east, &south, &north}) band->assign(size, 0.0);
}

FivePointSolver::FivePointSolver(int nx, int ny)
    : nx_(static_cast<std::size_t>(nx)), size_(nx_ * static_cast<std::size_t>(ny)), inverse_diagonal_(size_) {
    for (auto* work : {&x_, &r_, &r0_, &p_, &p_hat_, &v_, &s_hat_, &t_}) work->assign(size_ + 2 * nx_, 0.0);
}

void FivePointSolver::factor(const FivePointMatrix& A) {
    A_ = &A;
    for (std::size_t i = 0; i < size_; ++i) {
        double d = A.center[i];
        if (i >= 1) d -= A.west[i] * (A.east[i - 1] + relaxation * A.north[i - 1]) * inverse_diagonal_[i - 1];
        if (i >= nx_) d -= A.south[i] * (A.north[i - nx_] + relaxation * A.east[i - nx_]) * inverse_diagonal_[i - nx_];
        inverse_diagonal_[i] = 1.0 / d;
    }
}

void FivePointSolver::multiply(const Padded& x, Padded& y) const {
    const double* xp = x.data() + nx_;
    double* yp = y.data() + nx_;
    const double *c = A_->center.data(), *w = A_->west.data(), *e = A_->east.data(), *s = A_->south.data(),
                 *n = A_->north.data();
    const auto size = static_cast<std::ptrdiff_t>(size_), nx = static_cast<std::ptrdiff_t>(nx_);
    for (std::ptrdiff_t i = 0; i < size; ++i)
        yp[i] = c[i] * xp[i] + w[i] * xp[i - 1] + e[i] * xp[i + 1] + s[i] * xp[i - nx] + n[i] * xp[i + nx];
}

void FivePointSolver::precondition(const Padded& r, Padded& z) const {
    const double* rp = r.data() + nx_;
    double* zp = z.data() + nx_;
    const auto size = static_cast<std::ptrdiff_t>(size_), nx = static_cast<std::ptrdiff_t>(nx_);
    const double *w = A_->west.data(), *e = A_->east.data(), *s = A_->south.data(), *n = A_->north.data(),
                 *inverse = inverse_diagonal_.data();
    for (std::ptrdiff_t i = 0; i < size; ++i) zp[i] = (rp[i] - w[i] * zp[i - 1] - s[i] * zp[i - nx]) * inverse[i];
    for (std::ptrdiff_t i = size; i-- > 0;) zp[i] -= (e[i] * zp[i + 1] + n[i] * zp[i + nx]) * inverse[i];
}

double FivePointSolver::dot(const Padded& a, const Padded& b) const {
    double sums[4] = {0.0, 0.0, 0.0, 0.0};  // four chains hide the latency of the addition
    const double *ap = a.data() + nx_, *bp = b.data() + nx_;
    std::size_t i = 0;
    for (; i + 4 <= size_; i += 4)
        for (std::size_t k = 0; k < 4; ++k) sums[k] += ap[i + k] * bp[i + k];
    for (; i < size_; ++i) sums[0] += ap[i] * bp[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double FivePointSolver::max_abs(const Padded& a) const {
    double m = 0.0;
    for (std::size_t i = nx_; i < nx_ + size_; ++i) m = std::abs(a[i]) <= m ? m : std::abs(a[i]);  // a NaN stays
    return m;
}

void FivePointSolver::load(std::span<const double> from, Padded& to) const {
    std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(nx_));
}

ConvergenceReport FivePointSolver::solve_symmetric(std::span<const double> b, std::span<double> x, double tolerance,
                                                   int max_iterations) {
    load(x, x_);
    load(b, r_);
    multiply(x_, v_);
    for (std::size_t i = nx_; i < nx_ + size_; ++i) r_[i] -= v_[i];
    std::fill(p_.begin(), p_.end(), 0.0);
    ConvergenceReport report{StopReason::max_iterations, 0, max_abs(r_)};
    double rho = 0.0;
    while (report.residual > tolerance && report.iterations < max_iterations) {
        precondition(r_, p_hat_);
        const double rho_new = dot(r_, p_hat_);
        const double ratio = report.iterations == 0 ? 0.0 : rho_new / rho;
        rho = rho_new;
        for (std::size_t i = nx_; i < nx_ + size_; ++i) p_[i] = p_hat_[i] + ratio * p_[i];
        multiply(p_, v_);
        const double step = rho / dot(p_, v_);
        for (std::size_t i = nx_; i < nx_ + size_; ++i) {
            x_[i] += step * p_[i];
            r_[i] -= step * v_[i];
        }
        report.residual = max_abs(r_);
        ++report.iterations;
        if (!std::isfinite(report.residual)) break;
    }
    report.reason = outcome(report.residual, tolerance);
    std::copy_n(x_.begin() + static_cast<std::ptrdiff_t>(nx_), size_, x.begin());
    return report;
}

ConvergenceReport FivePointSolver::solve(std::span<const double> b, std::span<double> x, double tolerance,
                                         int max_iterations) {
    load(x, x_);
    load(b, r_);
    multiply(x_, v_);
    for (std::size_t i = nx_; i < nx_ + size_; ++i) r_[i] -= v_[i];
    r0_ = r_;
    std::fill(p_.begin(), p_.end(), 0.0);
    std::fill(v_.begin(), v_.end(), 0.0);
    ConvergenceReport report{StopReason::max_iterations, 0, max_abs(r_)};
    double rho = 1.0, step = 1.0, omega = 1.0;
    while (report.residual > tolerance && report.iterations < max_iterations) {
        const double rho_new = dot(r0_, r_);
        const double ratio = report.iterations == 0 ? 0.0 : (rho_new / rho) * (step / omega);
        rho = rho_new;
        for (std::size_t i = nx_; i < nx_ + size_; ++i) p_[i] = r_[i] + ratio * (p_[i] - omega * v_[i]);
        precondition(p_, p_hat_);
        multiply(p_hat_, v_);
        step = rho / dot(r0_, v_);
        for (std::size_t i = nx_; i < nx_ + size_; ++i) r_[i] -= step * v_[i];
        precondition(r_, s_hat_);
        multiply(s_hat_, t_);
        const double tt = dot(t_, t_);
        omega = tt > 0.0 ? dot(t_, r_) / tt : 0.0;
        for (std::size_t i = nx_; i < nx_ + size_; ++i) {
            x_[i] += step * p_hat_[i] + omega * s_hat_[i];
            r_[i] -= omega * t_[i];
        }
        report.residual = max_abs(r_);
        ++report.iterations;
        if (!std::isfinite(report.residual) || rho == 0.0 || omega == 0.0) break;
    }
    report.reason = outcome(report.residual, tolerance);
    std::copy_n(x_.begin() + static_cast<std::ptrdiff_t>(nx_), size_, x.begin());
    return report;
}

}  // namespace vitral::kernels
