#pragma once
#include <span>
#include <vector>

#include "core/medium.hpp"
#include "solver/kernels/tensor_elements.hpp"

namespace vitral::modes {

enum class WaveEquation { scalar, full_vector };

/// A matched layer along each wall: 0 for none. It ends at the wall and is `width` deep.
struct MatchedWalls {
    double left = 0.0, right = 0.0, bottom = 0.0, top = 0.0;  ///< widths [m]
};

/// One mode problem: section, wavelength, walls.
struct SectionProblem {
    WaveEquation equation = WaveEquation::full_vector;
    double wavelength = 0.0;               ///< [m]
    kernels::PiecewisePolynomials x, y;    ///< break points [m], on every jump of the index
    kernels::TensorElements::Walls walls;  ///< closed: a perfect conductor, or ψ = 0; open: a perfect
                                           ///< magnetic wall, or ∂ψ/∂n = 0
    PermittivityAt permittivity;           ///< scalar: n² is its x component
    MatchedWalls layers;
    double curvature = 0.0;  ///< 1/R [1/m] of a bend about x = -R, β per arc length at x = 0
};

/// Complex stretches of the three coordinates at a point: matched layers in x and y, a bend in z (h_z = 1 + x̃/R).
struct Stretch {
    Complex x, y, z;
};
[[nodiscard]] Stretch stretch_at(const SectionProblem& problem, double x, double y);

/// The quadrature of an element along one direction. Two points more than the products of the basis need: the index varies
/// within an element.
[[nodiscard]] kernels::GaussRule element_rule(int degree);

/// The elements of a problem and the numbers of their unknowns, lengths times k0.
[[nodiscard]] kernels::TensorElements elements_of(const SectionProblem& problem);

/// The weak form of a mode problem on rectangles of piecewise polynomials, lengths in units of 1/k0:
///
///     A u = -ν B u,   ν = n_eff²
///
/// scalar       A = ∫ ∇ψ·∇v - n² ψ v,  B = ∫ ψ v
///
/// full vector  unknowns f in the edge space (f_x broken in x, f_y broken in y) and ζ continuous,
///              E = (f - ∇ζ) - iβζ ẑ,  so that ωμ H = β ẑ×f + ...:
///     A = ∫ (∇×f)(∇×g) - (f - ∇ζ)·ε(g - ∇η),   B = ∫ f·g - ε_z ζη
///
/// from the double curl of E (Lee, Sun and Cendes, IEEE Trans. MTT 39, 1262 (1991)) with f = E_t + ∇ζ in place of E_t,
/// which makes A + νB definite in f and in ζ alone above the spectrum. The second row is ∇·εE = 0. Bends and matched layers
/// stretch the coordinates, ε and μ becoming diagonal tensors ε_x s_y s_z/s_x, ... (Teixeira and Chew, 1998), which for a bend
/// is the exact conformal map. T is double for a lossless closed section and complex otherwise.
template <typename T>
class SectionForm {
public:
    /// Throws Error where the permittivity is not finite or, for a real form, not real.
    explicit SectionForm(const SectionProblem& problem);

    [[nodiscard]] const kernels::TensorElements& elements() const noexcept { return elements_; }
    /// A + νB of one element, local unknowns in order, row by row.
    void element_matrix(int ex, int ey, T nu, std::span<T> matrix) const;
    /// y = B x over all unknowns.
    void apply_b(std::span<const T> x, std::span<T> y) const;
    /// y = A x over all unknowns, from the element matrices' own terms point by point.
    void apply_a(std::span<const T> x, std::span<T> y) const;

    /// Values of the basis at the points of quadrature of one direction: continuous[k][q], broken[a][q] times √h.
    struct LineTable {
        kernels::GaussRule rule;
        std::vector<std::vector<double>> continuous, broken;
    };

private:
    /// What the form weighs at one point: products of the material with the stretches.
    struct Weights {
        T curl, fx, fy, ex, ey, ez;  ///< scalar: fx, fy of the two slopes, ex of ψ² in A, ez of ψ² in B
    };
    [[nodiscard]] int points_x() const noexcept { return static_cast<int>(along_x_.rule.point.size()); }
    [[nodiscard]] int points_y() const noexcept { return static_cast<int>(along_y_.rule.point.size()); }
    [[nodiscard]] const Weights& weights(int ex, int ey, int qx, int qy) const {
        return weights_[(static_cast<std::size_t>(ex * elements_.ny() + ey) * static_cast<std::size_t>(points_x()) +
                         static_cast<std::size_t>(qx)) *
                            static_cast<std::size_t>(points_y()) +
                        static_cast<std::size_t>(qy)];
    }
    using Coefficient = T Weights::*;
    /// ∫ c u_a u_a' v_j v_j' over an element for all pairs; u and v from the tables, with the spaces of a field.
    std::vector<T> tensor(int ex, int ey, Coefficient c, kernels::Space in_x, kernels::Space in_y) const;
    void sample();
    void scalar_matrix(int ex, int ey, T nu, std::span<T> matrix) const;
    void vector_matrix(int ex, int ey, T nu, std::span<T> matrix) const;
    class ElementProduct;

    SectionProblem problem_;
    double k0_;
    kernels::TensorElements elements_;
    LineTable along_x_, along_y_;
    std::vector<Weights> weights_;
};

}  // namespace vitral::modes
