#pragma once
#include <span>
#include <vector>

#include "diffusion/exchange/section_mesh.hpp"

namespace vitral::exchange {

/// Averages a quantity of the cells over a length l along x and y: solves (1 - l² ∂²/∂x²)(1 - l² ∂²/∂y²) a = e without flux
/// through the sides, which is the mean of e weighted with exp(-|x|/l)/(2 l) either way. The integral of e is kept.
class SectionAverage {
public:
    SectionAverage(const SectionMesh& mesh, double length);
    void apply(std::span<double> e) const;

private:
    /// Factors of the tridiagonal system of one axis: of cell i, h_i a_i + k_i (a_i - a_i-1) + k_i+1 (a_i - a_i+1) = h_i e_i.
    struct Axis {
        std::vector<double> size, coupling, inverse_pivot;
        Axis(const std::vector<double>& faces, double length);
    };
    Axis x_, y_;
};

}  // namespace vitral::exchange
