#pragma once
#include <cstddef>
#include <vector>

#include "core/field.hpp"
#include "solver/propagation/absorber.hpp"

namespace vitral::propagation {

/// Perfectly matched layers: in an edge of width w the coordinate x is stretched by s = 1 + i S (depth/w)³ (strength()), and
/// ∂² becomes s^-½ ∂ s⁻¹ ∂ s^-½. The change of ∂² acts in the edge alone and is taken as a step of its own,
///     ψ <- (M - ia D)⁻¹ (M + ia D) ψ,   a = dz/4k,
/// D of second order and M = 1 + δ²/12, so that with the engine's M⁻¹ δ²/h² the whole is M⁻¹ times the stretched one, and the engine's step between its walls stays unitary and what the layer takes is counted to rounding.
class MatchedLayers {
public:
    MatchedLayers() = default;
    /// For `share` of a step of dz.
    MatchedLayers(const Grid& grid, const Edges& edges, double k, double dz, double share = 1.0);
    [[nodiscard]] bool any() const noexcept { return !edges_.empty(); }

    /// S = 20/sqrt(k dz), between 5 and 10: steep light and long steps want less, shallow light more.
    [[nodiscard]] static double strength(double k, double dz);

    /// Where an engine keeps a field: point ix of row iy is at rows[iy] + ix step_x, times signs[iy] (empty: 1).
    struct Layout {
        std::ptrdiff_t step_x = 1;
        std::vector<std::ptrdiff_t> rows = {};
        std::vector<signed char> signs = {};
    };
    /// One step in all edges, of real and imaginary parts. Returns what was taken.
    template <typename T>
    RemovedPower apply(T* re, T* im, const Layout& layout, int threads) const;

private:
    /// One edge: from its outer wall inwards. T = tri(off, diagonal, off) factored.
    struct Side {
        double RemovedPower::*removed;  ///< where its losses are counted
        bool along_x, upper;
    };
    struct Edge {
        Side side;
        std::vector<Complex> lower, inverse, off;
        Edge(Side which, const Axis& axis, double width, double strength, double a);
    };
    Grid grid_;
    int parts_ = 1;  ///< of a long step, one after the other: the Cayley form is right to 30 radians of k dz
    std::vector<Edge> edges_;
};

/// Share of the power of a wave of transverse wave number q [1/m] that comes back from such a layer on this grid: the
/// stationary discrete problem, exactly. Of light steeper than 0.2 long steps return more (docs/methods/propagation.md).
[[nodiscard]] double matched_layer_return(double width, double strength, double spacing, double q);

}  // namespace vitral::propagation
