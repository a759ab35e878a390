#pragma once
#include "app/case.hpp"
#include "app/results.hpp"
#include "diffusion/exchange/exchange.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::app {

/// Modes of the section at z = 0 by the solver on elements, with error bars. Throws Error (resource_limit) where the memory
/// would not do.
[[nodiscard]] ElementModes compute_element_modes(const Case& c, double wavelength, const exchange::Exchange* process,
                                                 const glass::Glass* glass);

/// Mode indices of a guide without a mask, as a prism coupler measures them.
[[nodiscard]] PlanarModes compute_planar_modes(const Case& c, double wavelength, const exchange::Exchange& process,
                                               const glass::Glass& glass);

/// Gives every mode the number of the mode of the last wavelength that it overlaps with most, and that overlap.
void follow_modes(const ElementModes& last, ElementModes& now);

}  // namespace vitral::app
