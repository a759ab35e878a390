#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/field.hpp"

namespace vitral::coupling {

/// A round field ψ(r) after a distance d in a uniform medium of wave number k, without its phase exp(i k d). Within a radius R
/// that no light reaches it is the sum
///     ψ_d(r) = Σ_m c_m J0(κ_m r) exp(i (√(k² - κ_m²) - k) d),    c_m = 2/(R J1(κ_m R))² ∫ ψ(r) J0(κ_m r) r dr,    J0(κ_m R) = 0,
/// of all κ_m < k. `psi` is given at r = 0, h, 2h, ... and fades at their end; the answer is at `count` such places, and R lies at
/// the farther of both ends. The integrals are trapezoidal sums with the first two corrections at r = 0.
[[nodiscard]] std::vector<Complex> spread(std::span<const double> psi, double h, double k, double distance,
                                          std::size_t count);

}  // namespace vitral::coupling
