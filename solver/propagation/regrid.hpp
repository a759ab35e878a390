#pragma once
#include "core/field.hpp"

namespace vitral::propagation {

/// The same light on another grid between the same walls: cubic splines of ψ along x, then along y, odd about the walls. On
/// graded axes both are kept as ψ sqrt(dx/dξ). The power changes with the fourth power of the spacing.
template <typename T>
[[nodiscard]] Field<T> regrid(const Field<T>& light, const Grid& to);

}  // namespace vitral::propagation
