#pragma once
#include <vector>

#include "core/field.hpp"
#include "solver/propagation/engine.hpp"
#include "solver/propagation/matched_layers.hpp"

namespace vitral::propagation {

/// A step of the Padé operators as a product of fractions: with h = (T + U)/k² and ψ' = D⁻¹ N-form of
///     exp(i k dz N(h)/D(h)) ≈ (D - i s N)⁻¹ (D + i s N),   s = k dz/2,   order 2 in dz,
/// both polynomials in h factor into  Π (1 + b_j h)⁻¹ (1 + conj(b_j) h). One b for (1,1), two for (2,2).
[[nodiscard]] std::vector<Complex> pade_factors(Operator op, double k, double dz);

/// What the edges take over dz, as a part of its own between steps; half of it at either end of a march, so that the
/// march is the same forth and back.
struct EdgeStage {
    AbsorberFactors absorber;
    EdgeAccount account;
    MatchedLayers layers;
    EdgeStage(const Grid& grid, const Edges& edges, double k, double dz, double share = 1.0)
        : absorber(grid, edges, share * dz),
          account(grid, edges, share * dz, EdgeAccount::Seen::before),
          layers(grid, edges, k, dz, share) {}
};

}  // namespace vitral::propagation
