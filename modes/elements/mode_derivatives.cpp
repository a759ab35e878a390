#include "modes/elements/mode_derivatives.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"
#include "modes/elements/solved_fields.hpp"

namespace vitral::modes {
namespace {

/// ∬ (f² - ε_z ζ²) with the stretches of bends and layers: uᵀBu.
Complex b_norm(const SectionMode& mode, const SolvedFields& s) {
    const bool scalar = s.problem().equation == WaveEquation::scalar;
    return s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const Stretch t = stretch_at(s.problem(), s.x[i], s.y[j]);
        if (scalar) return s.f.e_x[k] * s.f.e_x[k] * t.x * t.y / t.z;
        // E and H are physical components; f = H_t t_z/n and ζ = iE_z t_z/n.
        const Complex n = mode.n_eff, fx = s.f.h_y[k] * t.z / n, fy = s.f.h_x[k] * t.z / n,
                      zeta2 = -std::pow(s.f.e_z[k] * t.z / n, 2);
        const Permittivity eps = s.problem().permittivity(s.x[i], s.y[j]);
        return fx * fx * t.y / (t.x * t.z) + fy * fy * t.x / (t.y * t.z) - eps.z * t.x * t.y / t.z * zeta2;
    });
}

}  // namespace

ModeDerivatives::ModeDerivatives(const SectionMode& mode)
    : solved_(std::make_unique<const SolvedFields>(mode)),
      n_eff_(mode.n_eff),
      b_norm_(b_norm(mode, *solved_)),
      mirrored_x_(mode.on->mirrored_x),
      mirrored_y_(mode.on->mirrored_y) {}

ModeDerivatives::~ModeDerivatives() = default;

Complex ModeDerivatives::index_shift(const PermittivityAt& change) const {
    const SolvedFields& s = *solved_;
    const bool scalar = s.problem().equation == WaveEquation::scalar;
    const Complex raised = s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const Stretch t = stretch_at(s.problem(), s.x[i], s.y[j]);
        const Permittivity d = change(s.x[i], s.y[j]);
        if (scalar) return d.x * s.f.e_x[k] * s.f.e_x[k] * t.x * t.y * t.z;
        return d.x * s.f.e_x[k] * s.f.e_x[k] * t.y * t.z / t.x + d.y * s.f.e_y[k] * s.f.e_y[k] * t.x * t.z / t.y -
               d.z * s.f.e_z[k] * s.f.e_z[k] * t.x * t.y * t.z;
    });
    return raised / b_norm_ / (2.0 * n_eff_);
}

double ModeDerivatives::group_index(const PermittivityAt& slope) const {
    // dν/dk0² k0² + ν with d(k0²ε)/dk0² = ε - (λ/2) ∂ε/∂λ: as if ε were raised by that much.
    const double half = 0.5 * solved_->problem().wavelength;
    const PermittivityAt raised = [&](double x, double y) {
        const Permittivity e = solved_->problem().permittivity(x, y), d = slope(x, y);
        return Permittivity{e.x - half * d.x, e.y - half * d.y, e.z - half * d.z};
    };
    // β² = k0²ν: n_g = dβ/dk0 = (1/n_eff) dβ²/d(k0²).
    return 2.0 * index_shift(raised).real();
}

Complex ModeDerivatives::step_shift(Direction across, double at, double below, double above) const {
    if (solved_->problem().curvature != 0.0) throw std::invalid_argument("steps of a bent section are not moved");
    const SolvedFields& s = *solved_;
    const bool mirrored = across == Direction::x ? mirrored_x_ : mirrored_y_;
    const kernels::PiecewisePolynomials& line = across == Direction::x ? s.problem().x : s.problem().y;
    double sign = 1.0;
    if (mirrored && at < line.lower()) {
        const double plane = 2.0 * line.lower();
        std::swap(below, above);
        at = plane - at, below = plane - below, above = plane - above;
        sign = -1.0;
    }
    // The ends of the motion on break points, so that its slope is constant within elements.
    const auto snapped = [&](double wish) {
        double best = line.lower();
        for (const double b : line.breaks())
            if (std::abs(b - wish) < std::abs(best - wish) && std::abs(b - at) > 0.02 * std::abs(wish - at)) best = b;
        return best;
    };
    below = snapped(std::max(below, line.lower()));
    above = snapped(std::min(above, line.upper()));
    const auto stretch = [&](double place) {
        return place > below && place < at   ? 1.0 / (at - below)
               : place > at && place < above ? -1.0 / (above - at)
                                             : 0.0;
    };
    const Complex nu = n_eff_ * n_eff_;
    const double k0 = 2.0 * pi / s.problem().wavelength;
    const bool scalar = s.problem().equation == WaveEquation::scalar;
    std::vector<Complex> slope_x, slope_y;
    if (scalar) slope_x = s.slope(s.f.e_x, Direction::x), slope_y = s.slope(s.f.e_x, Direction::y);
    const double x_sign = across == Direction::x ? 1.0 : -1.0;
    const Complex change = s.integral([&](std::size_t k, std::size_t i, std::size_t j) {
        const double d = stretch(across == Direction::x ? s.x[i] : s.y[j]);
        if (d == 0.0) return Complex(0.0);
        const Permittivity eps = s.problem().permittivity(s.x[i], s.y[j]);
        if (scalar)
            return d * ((slope_y[k] * slope_y[k] - slope_x[k] * slope_x[k]) * x_sign / (k0 * k0) +
                        (nu - eps.x) * s.f.e_x[k] * s.f.e_x[k]);
        const Complex curl2 = -s.f.h_z[k] * s.f.h_z[k], fx2 = s.f.h_y[k] * s.f.h_y[k], fy2 = s.f.h_x[k] * s.f.h_x[k],
                      zeta2_nu = -s.f.e_z[k] * s.f.e_z[k];
        return d * (-curl2 + x_sign * (fy2 - fx2 + eps.x * s.f.e_x[k] * s.f.e_x[k] - eps.y * s.f.e_y[k] * s.f.e_y[k]) -
                    eps.z * zeta2_nu);
    });
    // On a mirrored half the image of the step moves the other way: one step alone is half of that.
    return sign * (mirrored ? 0.5 : 1.0) * -change / b_norm_ / (2.0 * n_eff_);
}

}  // namespace vitral::modes
