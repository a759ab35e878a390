#pragma once
#include <span>
#include <vector>

#include "solver/kernels/tensor_elements.hpp"

namespace vitral::kernels {

/// The functions of a coarse numbering in the terms of a fine one with the same fields, whose degrees are not lower. Exact
/// where the coarse break points are among the fine ones; else the fine elements that span two coarse ones take the
/// polynomial of that at their middle. 0 outside the coarse elements, and where unknowns are held.
template <typename T>
[[nodiscard]] std::vector<T> prolongate(const TensorElements& coarse, std::span<const T> unknowns,
                                        const TensorElements& fine);

}  // namespace vitral::kernels
