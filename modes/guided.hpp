#pragma once
#include <vector>

#include "core/guided_mode.hpp"
#include "core/medium.hpp"
#include "modes/elements/section_modes.hpp"
#include "modes/fiber/fiber_mode.hpp"
#include "modes/grid/scalar_modes.hpp"

/// Each solver's answer as the one that coupling, launch, watch and results take.
namespace vitral::modes {

/// A mode on the light's grid, with its figures. `polarization` is the word for the light that was posed.
[[nodiscard]] GuidedMode guided(Mode mode, int number, std::string polarization);

/// A mode on elements, with its figures and the shares of its power in `regions`. In a slab the layers lie across x: a
/// scalar mode there is TE, another one TM. A vector mode of a section is called by its larger transverse component.
[[nodiscard]] GuidedMode guided(const SectionMode& mode, int number, const std::vector<Region>& regions = {});

/// The LP01 mode of a fiber, its fields about its axis.
[[nodiscard]] GuidedMode guided(const FiberMode& mode);

}  // namespace vitral::modes
