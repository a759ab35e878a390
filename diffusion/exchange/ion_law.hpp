#pragma once
#include <array>
#include <span>
#include <vector>

#include "diffusion/glass/glass.hpp"

/// The flux laws of ions in glass. c_i are the normalised concentrations of the incoming ions, D_i their self-diffusion
/// coefficients, D_0 that of the glass's own ion, c_0 = 1 - Σ c_i. Nernst-Planck with charge neutrality:
///     dc_i/dt = -div F_i,    F_i = -D_i grad c_i + f_i (u + Σ_j D_j grad c_j),    f_i = D_i c_i/S,   S = Σ_j D_j c_j
/// where u = J/(e C_0) [m/s] is the total ionic current in units of the exchangeable charge, div u = 0, and sums run over
/// all ions with the glass's own. docs/methods/exchange.md (1)-(4).
namespace vitral::exchange {

/// Fluxes of K ions through a face between the points a and b, with the derivatives that an implicit step needs.
template <int K>
struct FaceFlux {
    std::array<double, K> value;                        ///< [m/s]
    std::array<std::array<double, K>, K> d_a{}, d_b{};  ///< ∂F_i/∂c_j at either point
};

/// One incoming ion A: the flux is u f - grad P with the potential of the interdiffusion coefficient, P = ∫ D̃ dc.
class BinaryLaw {
public:
    static constexpr int ions = 1;
    /// What a face needs to know of a point.
    struct Point {
        double potential;    ///< P(c) [m²/s]
        double share;        ///< f(c), transport number of A
        double diffusivity;  ///< D̃(c)
        double share_slope;  ///< df/dc
    };
    BinaryLaw(double D_A, double D_B, const glass::Composition& composition = {}, double thermodynamic_factor = 1.0);

    /// Outside [0, 1], where only trial values of an iteration can lie, P and f go on along their tangents.
    void evaluate(std::span<const double> c, std::span<Point> points) const;
    [[nodiscard]] Point at(const std::array<double, 1>& c) const;
    [[nodiscard]] double D_own() const noexcept { return D_B_; }
    [[nodiscard]] double fastest() const noexcept { return fastest_; }  ///< largest D̃
    /// Conductivity relative to the fresh glass, σ/σ_B = S(c)/S(0), at c held to [0, 1].
    [[nodiscard]] double conductivity(const std::array<double, 1>& c) const;

    /// Flux from a to b, a distance 1/inverse_distance apart, the current u flowing from a to b:
    ///     F = u (f_a + f_b)/2 + max( (P_a - P_b)/h, |u| (f_a - f_b)/2 )   (the larger in size)
    /// Central differences with the exact diffusive flux as long as the cell Péclet number is below 2, upwind beyond
    /// (Patankar's hybrid weight, Numerical Heat Transfer and Fluid Flow (1980)). For a current without sources the
    /// balance of a cell is a sum of neighbours' differences with weights that are never negative: concentrations stay
    /// within the bounds of their neighbours at any Péclet number.
    [[nodiscard]] static FaceFlux<1> flux(const Point& a, const Point& b, double inverse_distance, double u) noexcept;
    /// What is to be added to an upwind flux for second order where the profile is smooth (sharpening(), below).
    [[nodiscard]] static std::array<double, 1> correction(const Point& a, const Point& b, const Point& before,
                                                          double inverse_distance, double u) noexcept;

private:
    [[nodiscard]] Point inside(double c) const;  // 0 <= c <= 1
    void tabulate();
    double D_A_, D_B_, alpha_, n_, fastest_;  // alpha_ = 1 - D_A/D_B
    glass::Composition composition_;
    std::vector<double> potential_table_;  // of the laws without a closed integral, at equal steps of c
};

/// Two incoming ions. All fluxes share one conductance G = S_a S_b/(h L(S_a, S_b)), L the logarithmic mean:
///     F_i = u (f_ia + f_ib)/2 + max(G, |u|/2) (f_ia - f_ib)
/// which is exact for the straight line in composition from a to b, and the binary law where one ion is absent.
class TernaryLaw {
public:
    static constexpr int ions = 2;
    struct Point {
        std::array<double, 2> c;
        double S;
    };
    TernaryLaw(double D_own, double D_1, double D_2);
    void evaluate(std::span<const double> c, std::span<Point> points) const;  ///< c: all of ion 1, then all of ion 2
    [[nodiscard]] Point at(const std::array<double, 2>& c) const;
    [[nodiscard]] double D_own() const noexcept { return D_own_; }
    [[nodiscard]] double fastest() const noexcept;
    [[nodiscard]] double conductivity(const std::array<double, 2>& c) const;
    [[nodiscard]] FaceFlux<2> flux(const Point& a, const Point& b, double inverse_distance, double u) const noexcept;
    /// As for the binary law; the ions share the limiter as they share the conductance.
    [[nodiscard]] std::array<double, 2> correction(const Point& a, const Point& b, const Point& before,
                                                   double inverse_distance, double u) const noexcept;

private:
    double D_own_;
    std::array<double, 2> D_, excess_;  // D_i, D_i - D_own
};

/// Beyond a cell Péclet number of 2 the upwind flux diffuses by |u|/2 between two cells, more than the glass does. Where the
/// profile is smooth that is too much: it is lowered to (1 - ψ)|u|/2, but not below the diffusion of the glass, with
///     ψ = r² (3 - 2 r),  r = clamp((f_donor - f_before)/(f_receiver - f_donor), 0, 1),
/// `before` being the cell from which the current comes into the donor. ψ lies in Sweby's region (SIAM J. Numer. Anal. 21, 995
/// (1984)): second order on smooth profiles, upwind at their corners, and no new extremes. A kink in ψ would be one in dc/dt,
/// and hold up the time steps. This is ψ.
[[nodiscard]] double sharpening(double before, double donor, double receiver) noexcept;

/// The larger of a diffusion and of what is needed for bounds, rounded off where they are close to one another.
[[nodiscard]] double least_diffusion(double own, double needed) noexcept;

/// Logarithmic mean (a-b)/ln(a/b) of two positive numbers, by its series where a and b are close.
[[nodiscard]] double logarithmic_mean(double a, double b) noexcept;

}  // namespace vitral::exchange
