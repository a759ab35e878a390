#pragma once
#include <functional>
#include <vector>

#include "core/medium.hpp"
#include "solver/kernels/piecewise_polynomials.hpp"

namespace vitral::modes {

/// Largest elements on the two sides of a step: what light decays within [m].
struct StepSize {
    double at, below, above;
};

/// How the elements of one direction are laid.
struct LineMesh {
    double lower = 0.0, upper = 0.0;            ///< the walls [m]
    double inner_lower = 0.0, inner_upper = 0;  ///< what holds the guide: elements grow from here to the walls
    std::vector<IndexStep> steps = {};
    double inner_size = 0.0;  ///< largest element within [inner_lower, inner_upper] [m]
    std::vector<StepSize> step_sizes = {};
    double outer_size = 0.0;  ///< largest element anywhere [m]
    int degree = 6;
    int corner_layers = 3;  ///< elements on each side of a step with corners, each 0.15 times the one before
    /// Whether a polynomial of this degree follows the index well enough over all of [a, b].
    std::function<bool(double a, double b)> follows_index = {};
};

/// Break points at walls and steps; between them elements are halved until each is within the sizes above, which grow by their
/// distance from the inner part and from steps, and follows the index; then layers are laid towards corners, whose ratio 0.15
/// is the best one for singularities like theirs (Schwab, p- and hp-Finite Element Methods, 1998, 3.3).
[[nodiscard]] kernels::PiecewisePolynomials mesh_line(const LineMesh& wish);

}  // namespace vitral::modes
