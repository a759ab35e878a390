#pragma once
#include <memory>

#include "core/medium.hpp"

namespace vitral::medium {

/// Whether light tells the directions of birefringent glass apart.
enum class Directions { apart, mean };

/// A medium's section at z = 0 for solvers on elements, with its absorption. Keeps the medium.
[[nodiscard]] Section section_of(const std::shared_ptr<const Medium>& medium, Directions directions);

/// The layers below the surface of a medium in which nothing depends on x: a slab whose x is the depth. `field` is along_x for
/// TE light, whose field lies in the surface, and along_y for TM light.
[[nodiscard]] Section layers_of(const std::shared_ptr<const Medium>& medium, Polarization field);

/// The same without what absorbs, and i Im ε of it alone.
[[nodiscard]] PermittivityAt lossless(PermittivityAt permittivity);
[[nodiscard]] PermittivityAt absorbing_part(PermittivityAt permittivity);
/// Largest Im ε of a section, and how far its largest Re ε rises above its box's surroundings; by samples, one in every region.
struct Absorptivity {
    double largest = 0.0, contrast = 0.0;
};
[[nodiscard]] Absorptivity absorptivity(const Section& section, const std::vector<Region>& regions);
/// ∂ε/∂λ at z = 0.
[[nodiscard]] PermittivityAt slope_of(const std::shared_ptr<const Medium>& medium);

}  // namespace vitral::medium
