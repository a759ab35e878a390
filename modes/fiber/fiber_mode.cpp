#include "modes/fiber/fiber_mode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "core/constants.hpp"
#include "solver/kernels/maximize.hpp"
#include "solver/kernels/piecewise_polynomials.hpp"

namespace vitral::modes {
namespace {

double J(int order, double x) { return std::cyl_bessel_j(order, x); }
double K(int order, double x) { return std::cyl_bessel_k(order, x); }

}  // namespace

double core_index(double n_cladding, double delta) noexcept { return n_cladding / std::sqrt(1.0 - 2.0 * delta); }

FiberMode::FiberMode(const StepFiber& fiber, double wavelength) : a_(fiber.core_radius) {
    const double k0 = 2.0 * pi / wavelength;
    const double aperture2 = fiber.n_core * fiber.n_core - fiber.n_cladding * fiber.n_cladding;
    if (!(aperture2 > 0.0)) throw std::domain_error("the fiber's core index does not exceed its cladding index");
    V_ = k0 * a_ * std::sqrt(aperture2);
    if (V_ < 0.4) throw std::domain_error("the fiber hardly guides: V = " + std::to_string(V_));
    // LP01 has u between 0 and the smaller of V and the first zero of J0, where the dispersion relation changes sign once.
    constexpr double first_zero = 2.404825557695773;
    const auto dispersion = [&](double u) {
        const double w = std::sqrt(V_ * V_ - u * u);
        return u * J(1, u) * K(0, w) - w * K(1, w) * J(0, u);
    };
    u_ = kernels::bisect(dispersion, 1e-6 * V_, std::min(V_, first_zero) * (1.0 - 1e-14));
    w_ = std::sqrt(V_ * V_ - u_ * u_);
    n_eff_ = std::sqrt(fiber.n_core * fiber.n_core - std::pow(u_ / (k0 * a_), 2));

    // ∫ψ² r dr / a² and ∫ψ'² r dr in closed form, for the amplitude 1 on the axis; the cladding carries J0(u)/K0(w).
    cladding_scale_ = J(0, u_) / K(0, w_);
    const double scale2 = cladding_scale_ * cladding_scale_;
    const double power = 0.5 * (std::pow(J(0, u_), 2) + std::pow(J(1, u_), 2) +
                                scale2 * (std::pow(K(1, w_), 2) - std::pow(K(0, w_), 2)));
    const double slope = 0.5 * (u_ * u_ * (std::pow(J(1, u_), 2) - J(0, u_) * J(2, u_)) +
                                scale2 * w_ * w_ * (K(0, w_) * K(2, w_) - std::pow(K(1, w_), 2)));
    amplitude_ = 1.0 / std::sqrt(2.0 * pi * a_ * a_ * power);
    mfd_ = 2.0 * a_ * std::sqrt(2.0 * power / slope);
}

double FiberMode::operator()(double r) const {
    return amplitude_ * (r <= a_ ? J(0, u_ * r / a_) : cladding_scale_ * K(0, w_ * r / a_));
}

double FiberMode::gaussian_overlap(double diameter) const {
    // Gauss quadrature on the core and on doubling rings up to where both have died out.
    static const kernels::GaussRule rule = kernels::gauss_legendre(24);
    const double waist = 0.5 * diameter, far = std::min(7.0 * waist, 40.0 * a_ / w_ + a_);
    const double norm = std::sqrt(2.0 / pi) / waist;
    double sum = 0.0, from = 0.0;
    for (double to = a_; from < far; from = to, to = std::min(to + 0.5 * a_ + 0.5 * from, std::max(far, a_)))
        for (std::size_t q = 0; q < rule.point.size(); ++q) {
            const double r = from + 0.5 * (1.0 + rule.point[q]) * (to - from);
            sum += pi * (to - from) * rule.weight[q] * r * (*this)(r)*norm * std::exp(-r * r / (waist * waist));
        }
    return sum * sum;
}

FiberMode::BestGaussian FiberMode::best_gaussian() const {
    const auto best =
        kernels::maximize([this](std::span<const double> p) { return std::log(gaussian_overlap(std::exp(p[0]))); },
                          {std::log(mfd_)}, std::array{0.2});
    return {std::exp(best.position[0]), std::exp(best.value)};
}

}  // namespace vitral::modes
