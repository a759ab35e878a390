#pragma once
#include <span>
#include <vector>

#include "core/observer.hpp"
#include "diffusion/exchange/drift_field.hpp"
#include "diffusion/exchange/ion_transport.hpp"

namespace vitral::exchange {

/// What the time integration of one process step did and kept.
struct StepAccount {
    int steps = 0;                       ///< accepted
    int rejected = 0;                    ///< repeated with a smaller step: error too large, or a bound broken
    double inflow = 0.0;                 ///< ∫ inflow dt through surface and bottom [m²], in units of C_0
    double charge_imbalance = 0.0;       ///< largest |anode - cathode current| / anode current
    double lowest = 0.0, highest = 0.0;  ///< of ĉ over all steps and cells
};

/// Integrates dĉ/dt = rate(ĉ) over `duration` with the two-stage, second-order, L-stable and stiffly accurate SDIRK
/// (Alexander, SIAM J. Numer. Anal. 14, 1006 (1977)), γ = 1 - 1/√2. Each stage is solved by Newton's method; under
/// field the current follows the concentration by iteration within the stage. The step is chosen so that the estimated
/// local error of the SDIRK stays below `tolerance` in ĉ (largest over all cells). A run begins with backward Euler steps of a size
/// that resolves the finest cell, for the concentration jumps at the surface. A result outside [0, 1] by more than the
/// solver's accuracy is never clipped: the step is repeated smaller, at last with backward Euler, whose result is in
/// bounds for every step size. Throws Error (numerical) where no step size converges.
class TimeStepper {
public:
    TimeStepper(const IonTransport& transport, DriftField* drift, double tolerance);
    StepAccount run(std::span<double> c_hat, double duration, const ProgressObserver& observer);

private:
    enum class Scheme { backward_euler, sdirk2 };
    bool stage(std::span<const double> known, double tau, std::span<const double> guess, std::span<double> c_hat,
               std::span<double> rate, double& inflow);
    bool newton(std::span<const double> known, double tau, std::span<double> c_hat);

    const IonTransport& transport_;
    DriftField* drift_;
    double tolerance_;
    FaceCurrents current_;
    kernels::FivePointMatrix matrix_;
    kernels::FivePointSolver solver_;
    std::vector<double> residual_, correction_, guess_, known_, first_, second_, rate_begin_, rate_first_, rate_second_,
        before_;
};

}  // namespace vitral::exchange
