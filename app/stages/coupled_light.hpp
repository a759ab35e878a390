#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/stages/launch.hpp"
#include "app/stages/propagation.hpp"

namespace vitral::stages {

/// The launched light by coupled local modes (solver/propagation/coupled_modes.hpp), of a medium that changes along z by itself. Nothing,
/// and a warning, where there is no such medium. `paraxial_about`: the reference index n_ref of a paraxial march, whose phases are then
/// taken, (n_eff² + n_ref²)/(2 n_ref) in place of n_eff.
[[nodiscard]] std::optional<LocalModesResult> coupled_light(const PropagationParams& params,
                                                            const PropagationInputs& inputs, const Launch& launch,
                                                            std::optional<double> paraxial_about,
                                                            std::vector<std::string>& warnings);

}  // namespace vitral::stages
