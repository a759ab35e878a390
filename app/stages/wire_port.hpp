#pragma once
#include <memory>

#include "app/stages/params.hpp"
#include "core/guided_mode.hpp"
#include "core/polarization.hpp"

namespace vitral::stages {

/// The full-vector mode of a wire about the middle of the wire: the fundamental one of the polarisation, TE-like where light is
/// scalar. Throws Error (numerical) where the wire guides none.
[[nodiscard]] GuidedMode wire_mode(const WirePort& wire, double wavelength, Polarization field);

}  // namespace vitral::stages
