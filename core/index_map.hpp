#pragma once
#include "core/field.hpp"

namespace vitral {

/// The refractive index n(x, y) of one cross-section at one wavelength. Real: absorption is not modelled here.
using IndexMap = Field<double>;

}  // namespace vitral
