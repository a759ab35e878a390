#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/stages/checkpoint.hpp"
#include "app/stages/light_section.hpp"
#include "app/stages/results.hpp"
#include "app/stages/section_guides.hpp"
#include "core/observer.hpp"

namespace vitral::stages {

inline constexpr int propagation_version = 4;

/// The engine for what the config asks, and what the paraxial operator would err by.
struct ChosenEngine {
    const propagation::EngineRow* row = nullptr;
    std::optional<double> paraxial_error =
        {};  ///< share of the launched power; absent where nothing is known of the slopes
};

/// Where the order is left open it follows from what the paraxial operator would err by (operator_error.hpp); `abrupt`: finite
/// differences are wanted, where they can do what is wished.
[[nodiscard]] ChosenEngine choose_engine(const PropagationParams& params, std::optional<double> paraxial_error,
                                         bool abrupt = false);

/// A level of -10 log10(1 - share) dB as a share of the power: 0.01 dB are 0.0023.
[[nodiscard]] double share_of(double level_dB);

/// What propagation is given besides its params.
struct PropagationInputs {
    const MediumParams& medium;
    const LightSection& light;
    const ModesResult& modes;
    const std::vector<GuidedMode>& end_modes;
    const SectionGuides &guides, &end_guides;
    int wavelength = 0;  ///< counts the run's from 0
};

/// The light along the guide: launch, march, and what was watched on the way. Stopped by a signal it leaves the checkpoint,
/// from which the same run goes on; a long one writes it every half minute.
[[nodiscard]] PropagationResult propagate_light(const PropagationParams& params, const PropagationInputs& inputs,
                                                const Checkpoint& checkpoint, const ProgressObserver& progress,
                                                std::vector<std::string>& warnings);

}  // namespace vitral::stages
