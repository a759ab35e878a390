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
constexpr double film_tolerance = 1e-13;    // of what a film holds
constexpr int krylov_limit = 200, failure_limit = 60;

/// The larger of two numbers; a NaN wins.
double largest(double a, double b) { return b <= a ? a : b; }

}  // namespace

TimeStepper::TimeStepper(IonTransport& transport, DriftField* drift, double tolerance)
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
      inverse_diffusivity_(is_symmetric_ ? transport.mesh().size() : 0) {
    for (std::size_t k = 0; k < fields_; ++k)
        areas_.insert(areas_.end(), transport.areas().begin(), transport.areas().end());
    for (auto* work : {&first_, &second_, &stage_, &rate_now_, &rate_next_, &rate_stage_, &rhs_, &next_})
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

void TimeStepper::run(StepState& state, const Conditions& conditions,
                      const std::function<bool(const StepState&)>& interrupt) {
    const std::size_t size = transport_.mesh().size(), all = areas_.size();
    StepAccount& account = state.account;
    const auto melt_ion = static_cast<std::size_t>(conditions.melt_ion);
    // Ramps and metals (which open and close to the current) are solved for at either stage.
    const bool may_extrapolate =
        conditions.breaks.empty() &&
        std::none_of(transport_.surface().begin(), transport_.surface().end(),
                     [](const SurfaceCell& cell) { return cell.contact == SurfaceCell::Contact::metal; });
    int failures = 0;
    std::fill(first_.begin(), first_.end(), 0.0);
    while (state.t < conditions.duration) {
        prepare(conditions, state.t, account.inflow[melt_ion]);
        if (!solve_field(state.c, conditions, state.t))
            throw Error(Failure::numerical, "the field does not converge at t = " + std::to_string(state.t) + " s");
        const double anode_begin = drift_ ? drift_->anode_current() : 0.0;
        if (drift_) {
            const double through = std::max(drift_->throughput(), 1e-300);
            account.charge_imbalance = std::max(
                account.charge_imbalance, std::abs(drift_->anode_current() - drift_->cathode_current()) / through);
            account.largest_current = std::max(account.largest_current, std::abs(anode_begin));
            if (std::abs(drift_->voltage()) > std::abs(account.largest_voltage))
                account.largest_voltage = drift_->voltage();
        }
        current_begin_ = current_;
        const double taken_up = account.inflow[melt_ion];
        const bool before_is_known = state.known_rates >= 1 && has_before_;
        double field_error = 0.0;
        bool first_try = true;
        for (bool accepted = false; !accepted;) {
            double end = conditions.duration;
            for (const double corner : conditions.breaks)
                if (corner > state.t * (1.0 + 1e-12)) end = std::min(end, corner);
            const bool last = state.t + state.dt >= end * (1.0 - 1e-12);
            double dt = last ? end - state.t : state.dt;
            // A film is used up to the last ion: steps close in on that moment.
            const double remaining = conditions.film - account.inflow[static_cast<std::size_t>(conditions.film_ion)];
            bool to_film_end = false;
            if (conditions.film >= 0.0 && anode_begin * dt >= remaining) {
                dt = remaining / anode_begin * (remaining > 1e-9 * conditions.film ? 0.9999 : 1.0);
                to_film_end = true;
            }
            const bool first_order = state.starting > 0;
            const bool estimated = !first_order && state.known_rates >= 1;
            const double tau = first_order ? dt : gamma * dt;

            bool solved = true;
            IonSums inflow{};
            linearise(state.c, tau);
            if (std::exchange(first_try, false) && was_extrapolated_) {
                // What the extrapolated currents cost in the last step: they are known now.
                for (std::size_t i = 0; i < all; ++i)
                    field_error = largest(field_error,
                                          0.5 * state.dt_before * std::abs(rate_now_[i] - rate_next_[i]) / areas_[i]);
                field_error *= (state.t + state.dt_before) / state.dt_before;
            }
            const Increment first = increment(rate_now_, inflow_now_, dt, tau, first_, {});
            solved = first.solved;
            double anode_second = anode_begin;
            if (first_order) {
                inflow = first.inflow;
                for (std::size_t i = 0; i < all; ++i) next_[i] = state.c[i] + first_[i];
            } else if (solved) {
                for (std::size_t i = 0; i < all; ++i) {
                    stage_[i] = state.c[i] + first_[i];
                    second_[i] = -first_[i];
                }
                prepare(conditions, state.t + dt, taken_up + first.inflow[melt_ion]);
                if (drift_ && may_extrapolate && before_is_known) {
                    // Along the line through the last two solutions, both free of sources: second order, too.
                    const double share = dt / state.dt_before;
                    extrapolate(share);
                    anode_second = anode_begin + share * (anode_begin - anode_before_);
                } else {
                    solved = solve_field(stage_, conditions, state.t + dt);
                    if (drift_) anode_second = drift_->anode_current();
                }
                const IonSums inflow_stage = transport_.inflow(stage_, current_, rate_stage_);
                const Increment second = increment(rate_stage_, inflow_stage, dt, tau, second_, first_);
                solved = solved && second.solved;
                for (std::size_t ion = 0; ion < fields_; ++ion)
                    inflow[ion] = 0.5 * (first.inflow[ion] + second.inflow[ion]);
                for (std::size_t i = 0; i < all; ++i) next_[i] = state.c[i] + 1.5 * first_[i] + 0.5 * second_[i];
            }

            double low = 1.0, high = 0.0, error = 0.0;
            if (solved) {
                for (std::size_t i = 0; i < all; ++i) low = next_[i] >= low ? low : next_[i];  // a NaN stays
                for (std::size_t i = 0; i < size; ++i) {
                    double sum = next_[i];
                    for (std::size_t k = 1; k < fields_; ++k) sum += next_[k * size + i];
                    high = sum <= high ? high : sum;
                }
                // Third derivative from the rates at the last, this and the next time.
                if (estimated) {
                    (void)transport_.inflow(next_, current_, rate_next_);
                    const double scale =
                        error_constant * dt * dt * dt * 2.0 / (dt + state.dt_before) * (state.t + dt) / dt;
                    for (std::size_t i = 0; i < all; ++i) {
                        const double change =
                            (rate_next_[i] - rate_now_[i]) / dt - (rate_now_[i] - state.rate[i]) / state.dt_before;
                        error = largest(error, std::abs(scale * change) / areas_[i]);
                    }
                }
            }
            const bool in_bounds = low >= -bound_tolerance && high <= 1.0 + bound_tolerance;
            // A current that grows may take more than the film holds.
            if (conditions.film >= 0.0 &&
                inflow[static_cast<std::size_t>(conditions.film_ion)] > remaining + film_tolerance * conditions.film)
                solved = false;
            if (!solved || !in_bounds || !(error <= tolerance_)) {
                ++account.rejected;
                if (++failures > failure_limit)
                    throw Error(Failure::numerical,
                                "the exchange step does not converge at t = " + std::to_string(state.t) + " s");
                if (solved && !in_bounds && failures >= 4) state.starting = 1;
                state.dt =
                    dt * (solved && in_bounds ? std::clamp(0.85 * std::pow(tolerance_ / error, 0.4), 0.2, 0.9) : 0.5);
                std::fill(first_.begin(), first_.end(), 0.0);
                current_ = current_begin_;
                prepare(conditions, state.t, taken_up);
                continue;
            }
            accepted = true;
            failures = 0;
            error = largest(error, field_error);  // the next step makes up for it
            was_extrapolated_ = drift_ && may_extrapolate && before_is_known && estimated;
            if (drift_) {
                std::swap(current_before_, current_begin_);
                anode_before_ = anode_begin;
                has_before_ = true;
            }
            ++account.steps;
            for (std::size_t ion = 0; ion < fields_; ++ion) account.inflow[ion] += inflow[ion];
            account.charge += 0.5 * dt * (anode_begin + anode_second);
            account.lowest = std::min(account.lowest, low);
            account.highest = std::max(account.highest, high);
            state.c.swap(next_);
            if (state.known_rates >= 0) state.rate.assign(rate_now_.begin(), rate_now_.end());
            state.known_rates = std::min(state.known_rates + 1, 1);
            state.dt_before = dt;
            state.t = last && !to_film_end ? end : state.t + dt;
            if (first_order) {
                --state.starting;
            } else if (!to_film_end) {
                // An estimate of 0 (nothing happens) lets the step grow, too; without one it stays.
                const double factor = error > 0.0 ? 0.85 * std::pow(tolerance_ / error, 0.4) : 2.0;
                state.dt = estimated ? dt * std::clamp(factor, 0.3, 2.0) : dt;
                for (double& value : first_) value *= state.dt / dt;
            }
            if (to_film_end && conditions.film - account.inflow[static_cast<std::size_t>(conditions.film_ion)] <=
                                   film_tolerance * conditions.film) {
                account.film_end = state.t;
                return;
            }
        }
        if (drift_) {
            account.opening_currents = drift_->opening_currents();
            account.voltage = drift_->voltage();
            account.mobility = field_mobility_;
        }
        if (interrupt && interrupt(state)) return;
    }
}

}  // namespace vitral::exchange
