#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/stages/params.hpp"

namespace vitral::stages {

/// Lays the sides of the window that the config leaves open. The window holds, from the outside in:
///   - the layers in which light leaves, a tenth of the window each, where light is propagated;
///   - the tails of the modes, down to 1e-6 of their power: room of 6.9/γ beside the guides, γ = k0 sqrt(n_eff² - n_beside²), and
///     up to the radius at which a bend makes light of a tail leave, R (n_eff/n_beside - 1), where that is not far. The fundamental
///     mode and launched ones are held, all modes that are asked for where light is not propagated, each by at most 0.3 mm;
///   - three radii of the light of every port, and fields from files;
///   - where the index differs from what it is far away, anywhere along z, and as far as the path leads it.
/// n_eff comes from modes on a coarse grid in a window that grows until it holds them. A window that is given stays as it is.
/// `process`: of an exchanged section; without it such a section stays open. Throws Error (input_file) where nothing says how
/// large the window has to be.
void settle_window(RunParams& params, const std::shared_ptr<const exchange::Exchange>& process,
                   std::vector<std::string>& warnings);

}  // namespace vitral::stages
