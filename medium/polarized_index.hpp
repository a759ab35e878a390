#pragma once
#include "core/index_map.hpp"
#include "core/polarization.hpp"

namespace vitral::medium {

/// The index that makes the scalar equation that of polarised light. A field along u (x or y) obeys
///     ∇²E + ∂_u (E ∂_u ln n²) + k0² n² E = β² E.
/// In the slab φ = n E obeys the scalar equation with n² + [∂_u² ln n - (∂_u ln n)²]/k0² exactly. In a section the part of
/// the middle term that is not this potential is anti-Hermitian and changes β in second order only, by (∂ ln n)²
/// (1e-8 in n_eff for guides in glass). Fourth-order differences, one-sided at the walls; the jump of the field at a step
/// of the index is right to first order in the step: see largest_jump(). `scalar` leaves n as it is. Throws Error (numerical) for a step
/// beyond strong_jump, or one so strong on so fine a grid that the potential is a large part of n².
[[nodiscard]] IndexMap polarized_index(IndexMap n, double wavelength, Polarization polarization);

/// Largest |ln n - ln n'| of neighbours along the field. Of what polarisation adds at a step, polarized_index() leaves out
/// 2 % at a jump of 0.007, 3 to 5 % at weak_jump, 4 to 8 % at strong_jump, above which it does not hold.
[[nodiscard]] double largest_jump(const IndexMap& n, Polarization polarization);
inline constexpr double weak_jump = 0.02, strong_jump = 0.1;

}  // namespace vitral::medium
