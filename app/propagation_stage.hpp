#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/checkpoint.hpp"
#include "app/light_stages.hpp"
#include "core/observer.hpp"

namespace vitral::app {

/// What the config leaves to the engine, decided: the same words for the run, its plan and its results.
struct ResolvedEngine {
    propagation::Method method;
    propagation::Operator op;
    propagation::Splitting splitting;
    propagation::Precision precision;
    std::optional<double> paraxial_error =
        {};  ///< estimate that decided, share of the launched power; absent where nothing is known of the slopes
    [[nodiscard]] std::string name() const;  ///< "split-step, paraxial, fourth order"
};

/// The operator by the path's slope and the launch's tilt: the paraxial one errs along a slope s(z) of a mode of radius w by
/// about (∫ |s|³ dz / 2w)²
/// of the power. (A slope turns T by k s q, q ~ 1/w the mode's own transverse wave numbers; the term T²/8k³ that the
/// paraxial operator lacks then spreads by k s³ q/2k.)
[[nodiscard]] ResolvedEngine resolve_engine(const Case& c, double mode_radius);

/// The light along the guide: launch, march, and what was watched on the way. Stopped by a signal it leaves the checkpoint,
/// from which the same run goes on; a long one writes it every half minute.
[[nodiscard]] PropagationResult run_propagation(const Case& c, const SectionIndex& index, const WavelengthResult& light,
                                                int number, const std::vector<modes::Mode>& end_modes,
                                                const Checkpoint& checkpoint, const ProgressObserver& progress,
                                                std::vector<std::string>& warnings);

}  // namespace vitral::app
