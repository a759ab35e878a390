#include "solver/kernels/piecewise_polynomials.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"

namespace vitral::kernels {

GaussRule gauss_legendre(int count) {
    GaussRule rule{std::vector<double>(static_cast<std::size_t>(count)),
                   std::vector<double>(static_cast<std::size_t>(count))};
    for (int i = 0; i < count; ++i) {
        double x = -std::cos(pi * (i + 0.75) / (count + 0.5)), slope = 1.0;
        for (int newton = 0; newton < 100; ++newton) {
            double p = 1.0, before = 0.0;
            for (int k = 1; k <= count; ++k) {
                const double next = ((2.0 * k - 1.0) * x * p - (k - 1.0) * before) / k;
                before = p;
                p = next;
            }
            slope = count * (x * p - before) / (x * x - 1.0);
            const double step = p / slope;
            x -= step;
            if (std::abs(step) < 1e-15) break;
        }
        rule.point[static_cast<std::size_t>(i)] = x;
        rule.weight[static_cast<std::size_t>(i)] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
    return rule;
}

PiecewisePolynomials::PiecewisePolynomials(std::vector<double> breaks, int degree)
    : breaks_(std::move(breaks)), degree_(degree) {
    if (breaks_.size() < 2 || degree < 1)
        throw std::invalid_argument("piecewise polynomials need an element and a degree");
    for (std::size_t i = 1; i < breaks_.size(); ++i)
        if (!(breaks_[i] > breaks_[i - 1])) throw std::invalid_argument("break points must ascend");
}

int PiecewisePolynomials::element_at(double x) const {
    const auto above = std::upper_bound(breaks_.begin(), breaks_.end(), x);
    return std::clamp(static_cast<int>(above - breaks_.begin()) - 1, 0, elements() - 1);
}

double PiecewisePolynomials::derivative(int e, int a, int k) const {
    const double h = length(e);
    if (k < 2) return a == 0 ? (k == 0 ? -1.0 : 1.0) / std::sqrt(h) : 0.0;
    return a == k - 1 ? std::sqrt(2.0 / h) : 0.0;
}

void PiecewisePolynomials::continuous_at(double xi, int degree, double* values) {
    values[0] = 0.5 * (1.0 - xi);
    values[1] = 0.5 * (1.0 + xi);
    double before = 1.0, p = xi;  // P_k-2, P_k-1
    for (int k = 2; k <= degree; ++k) {
        const double next = ((2.0 * k - 1.0) * xi * p - (k - 1.0) * before) / k;
        values[k] = (next - before) / std::sqrt(2.0 * (2.0 * k - 1.0));
        before = p;
        p = next;
    }
}

void PiecewisePolynomials::broken_at(double xi, int degree, double* values) {
    double before = 0.0, p = 1.0;
    for (int a = 0; a < degree; ++a) {
        values[a] = std::sqrt(2.0 * a + 1.0) * p;
        const double next = ((2.0 * a + 1.0) * xi * p - a * before) / (a + 1.0);
        before = p;
        p = next;
    }
}

}  // namespace vitral::kernels
