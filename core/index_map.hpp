#pragma once
#include "core/field.hpp"

namespace vitral {

/// The refractive index n(x, y) of one cross-section at one wavelength. Real; what absorbs is told apart from it.
using IndexMap = Field<double>;

}  // namespace vitral
