#pragma once
#include <string>
#include <vector>

#include "app/stages/launch.hpp"
#include "app/stages/params.hpp"
#include "solver/propagation/engine.hpp"

namespace vitral::stages {

/// Of the window, where the config does not say how wide the layers are.
inline constexpr double usual_layer_share = 0.1;

/// The layers at the edges of the window in which light leaves: as wide as the config says, or a tenth of the window. A warning
/// says where one of them lies upon more than 1e-5 of the power of the mode that is followed, at the input or anywhere along the
/// path, and how large a section would hold it. `ends`: the modes at the output, of a medium that changes along z.
[[nodiscard]] propagation::Edges edge_layers(const PropagationParams& params, const LightSection& light,
                                             const ModesResult& modes, const std::vector<GuidedMode>& ends, int mode,
                                             std::vector<std::string>& warnings);

}  // namespace vitral::stages
