#pragma once

namespace vitral::modes {

/// A step-index fiber with an infinite cladding.
struct StepFiber {
    double core_radius = 0.0;  ///< a [m]
    double n_core = 0.0;
    double n_cladding = 0.0;
};

/// Core index from the relative index difference Δ = (n1² - n2²)/(2 n1²).
[[nodiscard]] double core_index(double n_cladding, double delta) noexcept;

/// The exact LP01 mode of a step-index fiber (Gloge, Appl. Opt. 10, 2252 (1971)):
///     ψ = A J0(u r/a) in the core,  A J0(u) K0(w r/a)/K0(w) outside,    u J1(u)/J0(u) = w K1(w)/K0(w),   u² + w² = V².
/// Unit power over the whole plane.
class FiberMode {
public:
    /// Throws std::domain_error where n_core <= n_cladding, or where V is so small (0.4) that the mode is not confined.
    FiberMode(const StepFiber& fiber, double wavelength);
    [[nodiscard]] double operator()(double r) const;  ///< ψ at the distance r from the axis [1/m]
    [[nodiscard]] double n_eff() const noexcept { return n_eff_; }
    [[nodiscard]] double V() const noexcept { return V_; }
    /// The circular Gaussian exp(-r²/w²) of best power overlap: its 1/e² diameter 2w [m], and that overlap.
    struct BestGaussian {
        double diameter, overlap;
    };
    [[nodiscard]] BestGaussian best_gaussian() const;
    /// Power overlap with the Gaussian of a 1/e² diameter.
    [[nodiscard]] double gaussian_overlap(double diameter) const;
    /// Petermann II mode-field diameter 2 sqrt(2 ∫ψ² r dr / ∫ψ'² r dr) [m], the one that data sheets give.
    [[nodiscard]] double mode_field_diameter() const noexcept { return mfd_; }

private:
    double a_, V_, u_, w_, n_eff_, amplitude_, cladding_scale_, mfd_;
};

}  // namespace vitral::modes
