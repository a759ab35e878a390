#pragma once
#include <optional>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"

/// Error bars of what a user reads, from companions of the run: the same chain, computed more coarsely in one respect at a time.
namespace vitral::stages {

/// What companions answer at one wavelength; absent where one could not be computed.
struct Companions {
    std::optional<WavelengthResult> coarse;    ///< points √2 times as far apart, in a window a tenth smaller
    std::optional<WavelengthResult> coarsest;  ///< points twice as far apart; modes and coupling only
    std::optional<WavelengthResult> rough;     ///< on the points of `coarse`, the exchange at three times its tolerance
    std::optional<WavelengthResult> roughest;  ///< the same at nine times its tolerance
};

/// How a companion differs from the run.
struct Coarsening {
    double spacing = 1.0;  ///< times as far apart
    double window = 1.0;   ///< of its size
    double process = 1.0;  ///< times its tolerance
    bool marches = true;   ///< whether light is propagated
};
inline constexpr double coarse_spacing = 1.4142135623730951, coarsest_spacing = 2.0, smaller_window = 0.9,
                        rougher_process = 3.0, roughest_process = 9.0;

/// The params of a companion at one wavelength of a run whose window and spacing are settled; `answer`: the run's own, whose engine
/// and axes the companion takes.
[[nodiscard]] RunParams companion_of(const RunParams& run, const WavelengthResult& answer, const Coarsening& by);

/// The run that answered at one wavelength, with nothing left to decide: by the same engine, without error bars.
[[nodiscard]] RunParams as_answered(const RunParams& run, const WavelengthResult& answer);

/// Fills the error bars of n_eff on the grid and of every loss in dB. Δ1 is the difference to `coarse`, Δ2 that from there to
/// `coarsest`. The error by the grid of a figure that depends on the modes alone is the larger of 0.7 Δ1 and 0.2 Δ2 (third order and a
/// little more); where the index has steps, Δ1/(Δ2/Δ1 - 1) with Δ2/Δ1 between √2 and 2 (first and second order). The error by the
/// exchange is 1.25 times the difference to `rough`, or to a third of that to `roughest` where this is larger. What light loses on the way errs by
/// 0.7 Δ1 (Δ1 at steps); by the exchange, through the distance of n_eff to the index beside the guide; and, unless the guide is straight, by the
/// step and by twice what the paraxial operator is estimated to err by. A sum errs by the sum of its parts.
void add_error_bars(WavelengthResult& answer, const Companions& companions);

}  // namespace vitral::stages
