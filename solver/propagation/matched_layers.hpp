#pragma once
#include <cstddef>
#include <vector>

#include "core/field.hpp"
#include "solver/propagation/absorber.hpp"

namespace vitral::propagation {

/// Perfectly matched layers: in an edge of width w the coordinate x is stretched by s = 1 + i S (depth/w)³, S = 10, and
/// ∂² becomes s^-½ ∂ s⁻¹ ∂ s^-½. The change of ∂² acts in the edge alone and is taken as a step of its own,
///     ψ <- (M - ia D)⁻¹ (M + ia D) ψ,   a = dz/4k,
/// D of second order and M = 1 + δ²/12, so that with the engine's M⁻¹ δ²/h² the whole is M⁻¹ times the stretched one, and the engine's step between its walls stays unitary and what the layer takes is counted to rounding.
class MatchedLayers {
public:
    MatchedLayers() = default;
    MatchedLayers(const Grid& grid, const Edges& edges, double k, double dz);
    [[nodiscard]] bool any() const noexcept { return !edges_.empty(); }

    /// One step in all edges; the planes' points lie step_x and step_y apart. Returns what was taken.
    template <typename T>
    RemovedPower apply(T* re, T* im, std::ptrdiff_t step_x, std::ptrdiff_t step_y, int threads) const;

private:
    /// One edge: from its outer wall inwards. T = tri(off, diagonal, off) factored.
    struct Edge {
        double RemovedPower::*side;
        bool along_x, upper;
        std::vector<Complex> lower, inverse, off;
        Edge(double RemovedPower::*which, const Axis& axis, double width, double a, bool x, bool at_upper_wall);
    };
    Grid grid_;
    std::vector<Edge> edges_;
};

/// Share of the power of a wave of transverse wave number q [1/m] that comes back from such a layer on this grid: the
/// stationary discrete problem, exactly.
[[nodiscard]] double matched_layer_return(double width, double spacing, double q);

}  // namespace vitral::propagation
