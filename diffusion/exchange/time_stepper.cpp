#include "diffusion/exchange/time_stepper.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.hpp"

namespace vitral::exchange {
namespace {

constexpr double gamma = 0.29289321881345248;  // 1 - 1/√2
// Local error of ROS2 on y' = A y: (1/6 - γ + ... ) dt³ y''', the z³ term of its stability function less that of exp(z).
constexpr double error_constant = 3.0 * gamma * gamma - 2.0 * gamma * gamma * gamma - 1.0 / 6.0;
constexpr double solver_tolerance = 1e-10;  // of a stage equation, in c
constexpr double field_tolerance = 2e-9;    // of the current's balance in a cell
constexpr double bound_tolerance = 5e-9;    // what the solvers' accuracy may cost at the bounds of c
constexpr double acceptable = 1e3;          // times the tolerance: what rounding may keep an iteration from
constexpr double memory = 4.0;              // over the rate of narrowing: how long a front keeps an error
constexpr double film_tolerance = 1e-13;    // of what a film holds
constexpr int krylov_limit = 200, failure_limit = 60;

/// The larger of two numbers; a NaN wins.
double largest(double a, double b) { return b <= a ? a : b; }

}  // namespace

TimeStepper::TimeStepper(IonTransport& transport, DriftField* drift, double tolerance, double resolution)
    : transport_(transport),
      drift_(drift),
      tolerance_(tolerance),
      fields_(static_cast<std::size_t>(ion_count(transport.law()))),
      current_(transport.mesh()),
      current_begin_(transport.mesh()),
      current_before_(transport.mesh()),
      matrix_(fields_ * fields_, kernels::FivePointMatrix(transport.mesh().nx(), transport.mesh().ny())),
      solver_(transport.mesh().nx(), transport.mesh().ny(), static_cast<int>(fields_)),
      is_symmetric_(drift == nullptr && fields_ == 1),
      inverse_diffusivity_(is_symmetric_ ? transport.mesh().size() : 0),
      narrowing_(transport.mesh().size(), 0.0) {
    if (resolution > 0.0) average_.emplace(transport.mesh(), resolution);
    for (std::size_t k = 0; k < fields_; ++k)
        areas_.insert(areas_.end(), transport.areas().begin(), transport.areas().end());
    for (auto* work : {&first_, &second_, &stage_, &rate_now_, &rate_next_, &rate_stage_, &rhs_, &next_, &error_})
        work->assign(areas_.size(), 0.0);
}

void TimeStepper::prepare(const Conditions& conditions, double t, double taken_up) {
    transport_.set_law(conditions.law(t));
    if (conditions.surface_fraction)
        transport_.set_fraction(conditions.melt_ion, conditions.surface_fraction(t, taken_up));
}

bool TimeStepper::solve_field(std::span<const double> c, const Conditions& conditions, double t) {
    if (drift_ == nullptr) return true;
    field_mobility_ = conditions.mobility(t);
    const ConvergenceReport report = drift_->solve(c, field_mobility_, conditions.drive(t), field_tolerance, current_);
    return report.reason == StopReason::converged;
}

/// Moves the currents on by `share` of their last change.
void TimeStepper::extrapolate(double share) {
    const auto move = [&](std::vector<double>& now, const std::vector<double>& begin,
                          const std::vector<double>& before) {
        for (std::size_t i = 0; i < now.size(); ++i) now[i] = begin[i] + share * (begin[i] - before[i]);
    };
    move(current_.x, current_begin_.x, current_before_.x);
    move(current_.y, current_begin_.y, current_before_.y);
    move(current_.bottom, current_begin_.bottom, current_before_.bottom);
}

/// The matrix at c, and the inflow there into rate_now_ (area times dc/dt).
void TimeStepper::linearise(std::span<const double> c, double tau) {
    inflow_now_ = transport_.linearise(c, current_, tau, matrix_, rate_now_);
    if (is_symmetric_) transport_.symmetrise(matrix_[0], inverse_diffusivity_);
    solver_.factor(matrix_);
}

/// k of  (area - tau J) k = step rate - 2 area before,  and the inflow of ions that belongs to it (without `before`).
TimeStepper::Increment TimeStepper::increment(std::span<const double> rate, const IonSums& inflow, double step,
                                              double tau, std::span<double> k, std::span<const double> before) {
    Increment result;
    for (std::size_t i = 0; i < rhs_.size(); ++i) rhs_[i] = step * rate[i];
    if (!before.empty())
        for (std::size_t i = 0; i < rhs_.size(); ++i) rhs_[i] -= 2.0 * areas_[i] * before[i];
    ConvergenceReport report;
    if (is_symmetric_) {
        for (std::size_t i = 0; i < k.size(); ++i) k[i] /= inverse_diffusivity_[i];
        report = solver_.solve_symmetric(rhs_, k, solver_tolerance, areas_, krylov_limit);
        for (std::size_t i = 0; i < k.size(); ++i) k[i] *= inverse_diffusivity_[i];
    } else {
        report = solver_.solve(rhs_, k, solver_tolerance, areas_, krylov_limit);
    }
    result.solved = report.residual <= acceptable * solver_tolerance;
    const IonSums linear = transport_.inflow_change(k);
    for (std::size_t ion = 0; ion < fields_; ++ion) result.inflow[ion] = step * inflow[ion] + tau * linear[ion];
    // What the solver left is added: the increment is then a sum of fluxes, and mass is conserved to rounding.
    const std::span<const double> rest = solver_.residual();
    for (std::size_t i = 0; i < rhs_.size(); ++i) k[i] += rest[i] / areas_[i];
    return result;
}

bool TimeStepper::Trial::is_in_bounds() const noexcept {
    return low >= -bound_tolerance && high <= 1.0 + bound_tolerance;
}

/// Where a time step begins: the field there, and what it says of the step before.
TimeStepper::Begin TimeStepper::begin(StepState& state, const Conditions& conditions) {
    StepAccount& account = state.account;
    Begin from;
    from.taken_up = account.inflow[static_cast<std::size_t>(conditions.melt_ion)];
    prepare(conditions, state.t, from.taken_up);
    if (!solve_field(state.c, conditions, state.t))
        throw Error(Failure::numerical, "the field does not converge at t = " + std::to_string(state.t) + " s");
    if (drift_) {
        from.anode = drift_->anode_current();
        const double through = std::max(drift_->throughput(), 1e-300);
        account.charge_imbalance =
            std::max(account.charge_imbalance, std::abs(from.anode - drift_->cathode_current()) / through);
        account.largest_current = std::max(account.largest_current, std::abs(from.anode));
        if (std::abs(drift_->voltage()) > std::abs(account.largest_voltage))
            account.largest_voltage = drift_->voltage();
    }
    current_begin_ = current_;
    // Ramps and metals (which open and close to the current) are solved for at either stage.
    const bool may_extrapolate =
        conditions.breaks.empty() &&
        std::none_of(transport_.surface().begin(), transport_.surface().end(),
                     [](const SurfaceCell& cell) { return cell.contact == SurfaceCell::Contact::metal; });
    from.extrapolates = drift_ && may_extrapolate && state.known_rates >= 1 && has_before_;
    return from;
}

/// How far the next try goes.
TimeStepper::Trial TimeStepper::plan(const StepState& state, const Conditions& conditions, const Begin& from) const {
    Trial trial;
    trial.end = conditions.duration;
    for (const double corner : conditions.breaks)
        if (corner > state.t * (1.0 + 1e-12)) trial.end = std::min(trial.end, corner);
    trial.is_last = state.t + state.dt >= trial.end * (1.0 - 1e-12);
    trial.dt = trial.is_last ? trial.end - state.t : state.dt;
    // A film is used up to the last ion: steps close in on that moment.
    trial.film_left = conditions.film - state.account.inflow[static_cast<std::size_t>(conditions.film_ion)];
    if (conditions.film >= 0.0 && from.anode * trial.dt >= trial.film_left) {
        trial.dt = trial.film_left / from.anode * (trial.film_left > 1e-9 * conditions.film ? 0.9999 : 1.0);
        trial.to_film_end = true;
    }
    trial.is_first_order = state.starting > 0;
    trial.is_estimated = !trial.is_first_order && state.known_rates >= 1;
    trial.anode_end = from.anode;
    return trial;
}

/// next_ and what flows in on the way to it.
void TimeStepper::attempt(const StepState& state, const Conditions& conditions, Begin& from, Trial& trial) {
    const std::size_t all = areas_.size();
    const double tau = trial.is_first_order ? trial.dt : gamma * trial.dt;
    linearise(state.c, tau);
    if (std::exchange(from.is_first_try, false) && was_extrapolated_) {
        // What the extrapolated currents cost in the last step: they are known now.
        for (std::size_t i = 0; i < all; ++i) error_[i] = 0.5 * (rate_now_[i] - rate_next_[i]) / areas_[i];
        from.field_error = kept_error(state.t);
    }
    const Increment first = increment(rate_now_, inflow_now_, trial.dt, tau, first_, {});
    trial.solved = first.solved;
    if (trial.is_first_order) {
        trial.inflow = first.inflow;
        for (std::size_t i = 0; i < all; ++i) next_[i] = state.c[i] + first_[i];
    } else if (trial.solved) {
        second_stage(state, conditions, from, first, trial);
    }
}

void TimeStepper::second_stage(const StepState& state, const Conditions& conditions, const Begin& from,
                               const Increment& first, Trial& trial) {
    const std::size_t all = areas_.size();
    for (std::size_t i = 0; i < all; ++i) {
        stage_[i] = state.c[i] + first_[i];
        second_[i] = -first_[i];
    }
    const double t_end = state.t + trial.dt;
    prepare(conditions, t_end, from.taken_up + first.inflow[static_cast<std::size_t>(conditions.melt_ion)]);
    if (from.extrapolates) {
        // Along the line through the last two solutions, both free of sources: second order, too.
        const double share = trial.dt / state.dt_before;
        extrapolate(share);
        trial.anode_end = from.anode + share * (from.anode - anode_before_);
    } else {
        trial.solved = solve_field(stage_, conditions, t_end);
        if (drift_) trial.anode_end = drift_->anode_current();
    }
    const IonSums inflow_stage = transport_.inflow(stage_, current_, rate_stage_);
    const Increment second = increment(rate_stage_, inflow_stage, trial.dt, gamma * trial.dt, second_, first_);
    trial.solved = trial.solved && second.solved;
    for (std::size_t ion = 0; ion < fields_; ++ion) trial.inflow[ion] = 0.5 * (first.inflow[ion] + second.inflow[ion]);
    for (std::size_t i = 0; i < all; ++i) next_[i] = state.c[i] + 1.5 * first_[i] + 0.5 * second_[i];
}

/// How long an error made in a cell lasts: for good, or until a front that narrows has taken it up [s].
double TimeStepper::kept_for(std::size_t cell, double time) const {
    return narrowing_[cell] * time > memory ? memory / narrowing_[cell] : time;
}

/// Bounds and error of next_.
void TimeStepper::measure(const StepState& state, Trial& trial) {
    const std::size_t size = transport_.mesh().size(), all = areas_.size();
    for (std::size_t i = 0; i < all; ++i) trial.low = next_[i] >= trial.low ? trial.low : next_[i];  // a NaN stays
    for (std::size_t i = 0; i < size; ++i) {
        double sum = next_[i];
        for (std::size_t k = 1; k < fields_; ++k) sum += next_[k * size + i];
        trial.high = sum <= trial.high ? trial.high : sum;
    }
    if (!trial.is_estimated) return;
    // Third derivative from the rates at the last, this and the next time.
    const double dt = trial.dt;
    (void)transport_.inflow(next_, current_, rate_next_);
    const double scale = error_constant * dt * dt * dt * 2.0 / (dt + state.dt_before);
    if (drift_) transport_.narrowing(current_, narrowing_);
    for (std::size_t i = 0; i < all; ++i)
        error_[i] = scale * ((rate_next_[i] - rate_now_[i]) / dt - (rate_now_[i] - state.rate[i]) / state.dt_before) /
                    areas_[i];
    if (average_) average_->apply(narrowing_);
    trial.error = kept_error(state.t + dt) / dt;
}

/// The largest error of error_, each times how long it is kept.
double TimeStepper::kept_error(double time) {
    const std::size_t size = transport_.mesh().size();
    double worst = 0.0;
    for (std::size_t k = 0; k < fields_; ++k) {
        const std::span<double> error = std::span(error_).subspan(k * size, size);
        if (average_) average_->apply(error);
        for (std::size_t i = 0; i < size; ++i) worst = largest(worst, std::abs(error[i]) * kept_for(i, time));
    }
    return worst;
}

/// Again from the beginning of the step, with a shorter one.
void TimeStepper::reject(StepState& state, const Conditions& conditions, const Begin& from, const Trial& trial) {
    ++state.account.rejected;
    if (++failures_ > failure_limit)
        throw Error(Failure::numerical, "the exchange step does not converge at t = " + std::to_string(state.t) + " s");
    const bool in_bounds = trial.is_in_bounds();
    if (trial.solved && !in_bounds && failures_ >= 4) state.starting = 1;
    state.dt = trial.dt *
               (trial.solved && in_bounds ? std::clamp(0.85 * std::pow(tolerance_ / trial.error, 0.4), 0.2, 0.9) : 0.5);
    std::fill(first_.begin(), first_.end(), 0.0);
    current_ = current_begin_;
    prepare(conditions, state.t, from.taken_up);
}

/// Goes on to next_ and chooses the next step's length.
void TimeStepper::accept(StepState& state, const Begin& from, const Trial& trial) {
    failures_ = 0;
    was_extrapolated_ = from.extrapolates && trial.is_estimated;
    if (drift_) {
        std::swap(current_before_, current_begin_);
        anode_before_ = from.anode;
        has_before_ = true;
    }
    StepAccount& account = state.account;
    ++account.steps;
    for (std::size_t ion = 0; ion < fields_; ++ion) account.inflow[ion] += trial.inflow[ion];
    account.charge += 0.5 * trial.dt * (from.anode + trial.anode_end);
    account.lowest = std::min(account.lowest, trial.low);
    account.highest = std::max(account.highest, trial.high);
    state.c.swap(next_);
    if (state.known_rates >= 0) state.rate.assign(rate_now_.begin(), rate_now_.end());
    state.known_rates = std::min(state.known_rates + 1, 1);
    state.dt_before = trial.dt;
    state.t = trial.is_last && !trial.to_film_end ? trial.end : state.t + trial.dt;
    if (trial.is_first_order) {
        --state.starting;
    } else if (!trial.to_film_end) {
        const double error = largest(trial.error, from.field_error);  // the next step makes up for the field's
        // An estimate of 0 (nothing happens) lets the step grow, too; without one it stays.
        const double factor = error > 0.0 ? 0.85 * std::pow(tolerance_ / error, 0.4) : 2.0;
        state.dt = trial.is_estimated ? trial.dt * std::clamp(factor, 0.3, 2.0) : trial.dt;
        for (double& value : first_) value *= state.dt / trial.dt;
    }
}

/// One accepted time step; whether a film was used up in it.
bool TimeStepper::step(StepState& state, const Conditions& conditions) {
    Begin from = begin(state, conditions);
    const auto film_ion = static_cast<std::size_t>(conditions.film_ion);
    while (true) {
        Trial trial = plan(state, conditions, from);
        attempt(state, conditions, from, trial);
        if (trial.solved) measure(state, trial);
        // A current that grows may take more than the film holds.
        if (conditions.film >= 0.0 && trial.inflow[film_ion] > trial.film_left + film_tolerance * conditions.film)
            trial.solved = false;
        if (!trial.solved || !trial.is_in_bounds() || !(trial.error <= tolerance_)) {
            reject(state, conditions, from, trial);
            continue;
        }
        accept(state, from, trial);
        return trial.to_film_end &&
               conditions.film - state.account.inflow[film_ion] <= film_tolerance * conditions.film;
    }
}

void TimeStepper::run(StepState& state, const Conditions& conditions,
                      const std::function<bool(const StepState&)>& interrupt) {
    failures_ = 0;
    std::fill(first_.begin(), first_.end(), 0.0);
    while (state.t < conditions.duration) {
        if (step(state, conditions)) {
            state.account.film_end = state.t;
            return;
        }
        if (drift_) {
            state.account.opening_currents = drift_->opening_currents();
            state.account.voltage = drift_->voltage();
            state.account.mobility = field_mobility_;
        }
        if (interrupt && interrupt(state)) return;
    }
}

}  // namespace vitral::exchange
