#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/observer.hpp"
#include "diffusion/exchange/drift_field.hpp"
#include "diffusion/exchange/ion_transport.hpp"
#include "diffusion/exchange/section_average.hpp"

namespace vitral::exchange {

/// The conditions of one process step as functions of the time since its start.
struct Conditions {
    double duration = 0.0;                   ///< [s]
    std::vector<double> breaks;              ///< times at which a schedule has a corner; steps end there
    std::function<IonLaw(double)> law;       ///< the flux law at the temperature of that time
    bool has_field = false;                  ///< whether a current flows at all
    std::function<double(double)> mobility;  ///< μ_B [m²/(V s)]
    std::function<Drive(double)> drive;
    /// A melt that is used up: ion and the fraction that the surface holds once this much came in [m²]. Empty: constant.
    int melt_ion = 0;
    std::function<double(double time, double taken_up)> surface_fraction;
    double film = -1.0;  ///< what a film holds of its ion [m²], in units of C_0; negative: no film
    int film_ion = 0;
};

/// What the time integration of one process step did and kept. Largest values are over all steps and cells.
struct StepAccount {
    int steps = 0;                         ///< accepted
    int rejected = 0;                      ///< repeated with a smaller step: error too large, or a bound broken
    int meshes = 0;                        ///< how many meshes were laid
    IonSums inflow{};                      ///< ∫ inflow dt through surface and bottom [m²], in units of C_0
    double charge = 0.0;                   ///< ∫ current into the glass dt [m²], in units of e C_0
    double charge_imbalance = 0.0;         ///< largest |anode - cathode current| / current
    double lowest = 0.0, highest = 0.0;    ///< of the concentrations; highest of their sum
    double largest_current = 0.0;          ///< [m²/s]
    double largest_voltage = 0.0;          ///< [V], by size
    double film_end = -1.0;                ///< time at which the film was used up [s]; negative: it was not
    std::vector<double> opening_currents;  ///< at the end of the step [m²/s]
    double voltage = 0.0;                  ///< at the end of the step [V]
    double mobility = 0.0;                 ///< μ_B at the end of the step
};

/// The state of a process step between two time steps; all that a new mesh must carry over.
struct StepState {
    std::vector<double> c;             ///< K fields, one after the other
    std::vector<double> rate;          ///< area times dc/dt at the start of the last time step [m²/s]
    double t = 0.0;                    ///< since the step began [s]
    double dt = 0.0, dt_before = 0.0;  ///< the next and the last time step [s]
    int starting = 3;                  ///< first-order steps still to do
    /// 1: `rate` is known. 0: it will be after the next step. -1: nor is the next one to be trusted, which stands on a
    /// profile fresh from another mesh (its smallest scales die away in one step).
    int known_rates = 0;
    StepAccount account;
};

/// Integrates dc/dt = rate(c, t) with ROS2, the two-stage Rosenbrock W-method of Verwer et al. (SIAM J. Sci. Comput. 20,
/// 1456 (1999)), γ = 1 - 1/√2: second order with any matrix, L-stable with the exact one. One matrix a step, two linear
/// systems (conjugate gradients in D̃ k without field, where they are symmetric), no iteration of Newton's; the field is
/// solved for at the start of a step and extrapolated to its end, and its change is left out of the matrix.
/// A step begins with first-order (linearly implicit Euler) steps for the concentration that jumps at the surface. The
/// error of a step is estimated from the third derivative by three successive rates; per step and unit of ln t it stays
/// below `tolerance`, so that the sum of all errors is in proportion to it. Where the current narrows the profile, what runs
/// into a front from either side takes an error up again (IonTransport::narrowing): there the sum is over the time in
/// which this happens, not over all of t. A result outside [0, 1] is never clipped:
/// the step is repeated smaller. Throws Error (numerical) where no step size will do.
class TimeStepper {
public:
    /// Errors count as means over `resolution` [m] (SectionAverage), or, with 0, in every cell.
    TimeStepper(IonTransport& transport, DriftField* drift, double tolerance, double resolution = 0.0);
    [[nodiscard]] const FaceCurrents& currents() const noexcept { return current_; }
    /// Runs on until the conditions end or `interrupt` asks to stop after a time step (true).
    void run(StepState& state, const Conditions& conditions, const std::function<bool(const StepState&)>& interrupt);

private:
    struct Increment {
        bool solved = false;
        IonSums inflow{};
    };
    /// Where a time step begins.
    struct Begin {
        double anode = 0.0, taken_up = 0.0;  ///< current into the glass [m²/s]; what the melt has lost so far [m²]
        bool extrapolates = false;           ///< whether the field at the end is taken from the last two
        double field_error = 0.0;            ///< what that has cost in the step before
        bool is_first_try = true;
    };
    /// One try of a time step.
    struct Trial {
        double dt = 0.0, end = 0.0;  ///< its length; the next corner of a schedule, or the end [s]
        double film_left = 0.0;      ///< [m²]
        bool is_last = false, to_film_end = false, is_first_order = false, is_estimated = false, solved = true;
        IonSums inflow{};
        double anode_end = 0.0, low = 1.0, high = 0.0, error = 0.0;
        [[nodiscard]] bool is_in_bounds() const noexcept;
    };
    [[nodiscard]] Begin begin(StepState& state, const Conditions& conditions);
    [[nodiscard]] Trial plan(const StepState& state, const Conditions& conditions, const Begin& from) const;
    void attempt(const StepState& state, const Conditions& conditions, Begin& from, Trial& trial);
    void second_stage(const StepState& state, const Conditions& conditions, const Begin& from, const Increment& first,
                      Trial& trial);
    [[nodiscard]] double kept_for(std::size_t cell, double time) const;
    [[nodiscard]] double kept_error(double time);
    void measure(const StepState& state, Trial& trial);
    void reject(StepState& state, const Conditions& conditions, const Begin& from, const Trial& trial);
    void accept(StepState& state, const Begin& from, const Trial& trial);
    [[nodiscard]] bool step(StepState& state, const Conditions& conditions);
    void prepare(const Conditions& conditions, double t, double taken_up);
    bool solve_field(std::span<const double> c, const Conditions& conditions, double t);
    void extrapolate(double share);
    void linearise(std::span<const double> c, double tau);
    Increment increment(std::span<const double> rate, const IonSums& inflow, double step, double tau,
                        std::span<double> k, std::span<const double> before);

    IonTransport& transport_;
    DriftField* drift_;
    double tolerance_;
    std::size_t fields_ = 1;
    FaceCurrents current_, current_begin_,
        current_before_;  ///< at the stage, and at the starts of this step and the last
    double anode_before_ = 0.0, field_mobility_ = 0.0;
    bool has_before_ = false, was_extrapolated_ = false;
    int failures_ = 0;  ///< tries in a row that were not accepted
    std::vector<kernels::FivePointMatrix> matrix_;
    kernels::FivePointSolver solver_;
    bool is_symmetric_;  ///< without field and of one ion
    std::vector<double> inverse_diffusivity_;
    std::optional<SectionAverage> average_;  ///< of errors; none: they count in every cell
    std::vector<double> narrowing_;          ///< [1/s] of the profile by the current, per cell
    IonSums inflow_now_{};
    std::vector<double> first_, second_, stage_, rate_now_, rate_next_, rate_stage_, rhs_, next_, error_, areas_;
};

}  // namespace vitral::exchange
