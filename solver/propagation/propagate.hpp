#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/guided_mode.hpp"
#include "core/observer.hpp"
#include "core/sampled_medium.hpp"
#include "solver/propagation/capabilities.hpp"
#include "solver/propagation/observables.hpp"

namespace vitral::propagation {

struct PropagationParams {
    EngineParams engine;
    std::span<const EngineRow> engines = engine_rows();  ///< what there is to choose from
    double length = 0.0;                                 ///< [m]
    std::optional<double> dz = {};  ///< largest step [m]; absent: chosen so that the tolerance is met
    double tolerance = 2.3e-3;  ///< wanted accuracy of every watched power, as a share of the launched power (0.01 dB)
    int records = 100;          ///< how many times along z the watcher is called, besides z = 0
    /// The guided modes of the section at z, of unit power and orthogonal, asked for where the index stays the same for several
    /// records; empty: every stretch is stepped. Light in them only turns in phase there and fades with the mode's own loss
    /// (Im n_eff), which is taken in one stride; the rest is stepped until it has left.
    std::function<std::vector<GuidedMode>(double z)> guided_modes = {};
    /// Whether they turn by their exact phase k0 (n_eff - n_ref), not by the operator's.
    bool exact_phases = false;
};

/// All of a march at a record: enough to go on from there to the same bits.
struct MarchState {
    int record = 0;            ///< records done
    Field<Complex> psi;        ///< what is stepped: the field, or beside guided light its remainder
    Field<Complex> companion;  ///< the same marched with twice the step; empty where the step is fixed
    RemovedPower removed;
    double radiated = 0.0;  ///< power of remainders that were left where they were
    int steps_per_record = 0;
    int fewest_steps = 2;         ///< per record; raised when the march starts over
    int most_steps = 2;           ///< per record, so far
    long steps = 0;               ///< taken so far
    double step_error = 0.0;      ///< largest estimate so far, share of the launched power
    double last_error = 0.0;      ///< the estimate at this record
    std::vector<Complex> guided;  ///< amplitudes of the guided modes at guided_since; empty: nothing is set apart
    double guided_since = 0.0;
    bool remainder_left = false;                             ///< beside the guided light nothing is stepped any more
    std::vector<double> memory = {}, companion_memory = {};  ///< of the engines, where a checkpoint is wanted
};

/// What is watched at z = 0, at every record and at the end.
struct Watcher {
    /// Powers that the step is chosen for, of the field at z; where they hold less than half of the light, its shape, too. Absent: the
    /// field itself, but for its phase.
    std::function<std::vector<double>(double z, const Field<Complex>& psi)> powers = {};
    std::size_t orthogonal = 0;  ///< how many of the first of them are of fields that share no light
    /// Where, the field there with its moments, its watched powers, and what has been removed since the launch.
    std::function<void(double z, const Field<Complex>& psi, const BeamMoments& beam, const std::vector<double>& powers,
                       double removed)>
        record = {};
    /// What was recorded so far is void: the march starts over with a shorter step.
    std::function<void()> start_over = {};
    /// A state to go on from; called after every record but the last.
    std::function<void(const MarchState& state)> checkpoint = {};
};

struct Propagation {
    Field<Complex> psi;  ///< the field at the end
    long steps = 0;
    double dz = 0.0;        ///< the last step [m]
    double launched = 0.0;  ///< power at z = 0
    RemovedPower removed;
    double radiated = 0.0;  ///< power beside the guided modes that was left where it was
    std::optional<double>
        step_error;  ///< estimated error of the watched powers by the step, share of the launched power
};

/// Marches a scalar field through an index: dψ/dz = i P ψ (engine.hpp). With a step of its own choice it marches a companion
/// with twice the step and keeps the difference of the watched powers, by Richardson's rule their error, below the
/// tolerance in proportion to z; stretches that miss it are repeated with a shorter step, and a march whose error shows
/// only later, when no repetition helps, starts over. Throws Error (numerical) when
/// the field is no longer finite, or its power with what was removed no longer adds up to the launched one (1e-6, in single
/// precision 1e-3), with the place. `resume` goes on from a checkpoint of the same run.
[[nodiscard]] Propagation propagate(const Field<Complex>& launch, const SampledMedium& index,
                                    const PropagationParams& params, const Watcher& watch = {},
                                    const ProgressObserver& progress = {}, const MarchState* resume = nullptr);

/// The field R at z = 0 (`psi` of the result) that receives as `received` does at the end: <R|ψ(0)> = <received|ψ(length)>
/// for every launch ψ(0), so that the coupling of every offset and tilt of a launch is an overlap with R
/// (solver/coupling/overlap.hpp). Every part of a step is a complex symmetric matrix and a march reads the same backwards:
/// R is the conjugate of what the conjugate of `received` becomes on its way through the mirrored index. Equal to rounding
/// where the step is fixed (with matched layers to 1e-6: the M⁻¹ of their step), to the tolerance where it is sought. Throws
/// std::invalid_argument with transparent edges, which depend on the light itself.
[[nodiscard]] Propagation receiving_field(const Field<Complex>& received, const SampledMedium& index,
                                          const PropagationParams& params, const ProgressObserver& progress = {});

}  // namespace vitral::propagation
