#pragma once
#include <vector>

#include "solver/coupling/overlap.hpp"

namespace vitral::coupling {

/// Where a port may stand, and how it may be tilted.
struct MisalignmentAxes {
    std::vector<double> x, y;      ///< of the port's axis [m]
    std::vector<double> k_x, k_y;  ///< transverse wave numbers k sin θ of the tilts [1/m]
};

/// Power fractions that a port receives of a light at all places and tilts at once, [k_y][k_x][y][x]:
///     η(d, κ) = |∬ ψ* p(r - d) exp(i κ·(r - d)) dA|² / ∬|ψ|² dA.
/// With the spectra Ψ(k) of the light and P(k) of the tilted port, both sampled with the spacing of the light's grid, the integral is
/// Σ_k P(k) Ψ*(k) exp(-i k·d): one transform a tilt, and two products of matrices for all places. It is the sum over the grid that
/// overlap() takes, where the port's field has no part beyond the band of the grid, tail in a dark cover included. `reach`: farther
/// from its axis there is nothing of the port [m].
[[nodiscard]] std::vector<double> misalignment(const Light& light, const PortShape& port, double reach,
                                               const MisalignmentAxes& axes);

}  // namespace vitral::coupling
