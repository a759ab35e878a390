#pragma once
#include <span>
#include <vector>

#include "core/field.hpp"

namespace vitral::propagation {

/// Power, centre and size of a field: moments of |ψ|², the sizes 4σ (ISO 11146); in a slab y means nothing.
struct BeamMoments {
    double power = 0.0, center_x = 0.0, center_y = 0.0, width_x = 0.0, width_y = 0.0;
};

/// One pass over the field; the same bits for any number of threads. A field of no power lies nowhere: zeros.
[[nodiscard]] BeamMoments beam_moments(const Field<Complex>& psi);

/// <m|ψ> = ∬ m ψ dA for each of several real fields, midpoint rule, in one pass over ψ; the same bits for any number of
/// threads.
[[nodiscard]] std::vector<Complex> overlaps(std::span<const Field<double>> modes, const Field<Complex>& psi);

}  // namespace vitral::propagation
