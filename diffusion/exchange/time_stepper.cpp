#include "diffusion/exchange/time_stepper.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"

namespace vitral::exchange {
namespace {

constexpr double gamma = 0.29289321881345248;  // 1 - 1/√2
constexpr double newton_tolerance = 1e-11;     // of the stage equation, in ĉ
constexpr double bound_tolerance = 1e-10;      // what the solver's accuracy may cost at the bounds of ĉ
constexpr int newton_limit = 12, coupling_limit = 12, krylov_limit = 400;

/// The larger of two numbers; a NaN wins.
double largest(double a, double b) { return b <= a ? a : b; }

double max_abs(std::span<const double> v) {
    double m = 0.0;
    for (const double value : v) m = largest(m, std::abs(value));
    return m;
}

}  // namespace

TimeStepper::TimeStepper(const IonTransport& transport, DriftField* drift, double tolerance)
    : transport_(transport),
      drift_(drift),
      tolerance_(tolerance),
      current_(transport.mesh()),
      matrix_(transport.mesh().nx(), transport.mesh().ny()),
      solver_(transport.mesh().nx(), transport.mesh().ny()) {
    for (auto* work : {&residual_, &correction_, &guess_, &known_, &first_, &second_, &rate_begin_, &rate_first_,
                       &rate_second_, &before_})
        work->assign(transport.mesh().size(), 0.0);
}

/// Solves ĉ - tau rate(ĉ) = known for the present currents; `c_hat` holds the first guess.
bool TimeStepper::newton(std::span<const double> known, double tau, std::span<double> c_hat) {
    for (int iteration = 0; iteration < newton_limit; ++iteration) {
        transport_.rate(c_hat, current_, residual_);
        for (std::size_t i = 0; i < c_hat.size(); ++i) residual_[i] = known[i] + tau * residual_[i] - c_hat[i];
        const double size = max_abs(residual_);
        if (!std::isfinite(size)) return false;
        if (size <= newton_tolerance) return true;
        transport_.implicit_matrix(c_hat, current_, tau, matrix_);
        solver_.factor(matrix_);
        std::fill(correction_.begin(), correction_.end(), 0.0);
        // No more digits than the next Newton step can use.
        const auto report =
            solver_.solve(residual_, correction_,
                          std::max(1e-4 * size * std::min(1.0, size * 1e2), 0.2 * newton_tolerance), krylov_limit);
        if (report.reason == StopReason::breakdown) return false;
        // Newton's iterates stay where the conductivity is positive; only far-off first guesses need this.
        const double M = transport_.M();
        const double highest = M < 1.0 ? 1.0 + 0.5 * M / (1.0 - M) : 1e300,
                     lowest = M > 1.0 ? -0.5 / (M - 1.0) : -1e300;
        for (std::size_t i = 0; i < c_hat.size(); ++i)
            c_hat[i] = std::clamp(c_hat[i] + correction_[i], lowest, highest);
    }
    return false;
}

/// One implicit stage: concentration, its rate, and the inflow at it. Under field, currents and concentration are iterated
/// until the last pass changed less than half the tolerance; each pass leaves a small part of the change before.
bool TimeStepper::stage(std::span<const double> known, double tau, std::span<const double> guess,
                        std::span<double> c_hat, std::span<double> rate, double& inflow) {
    for (std::size_t i = 0; i < c_hat.size(); ++i) c_hat[i] = std::clamp(guess[i], 0.0, 1.0);  // a guess, not a result
    if (drift_ == nullptr) {
        if (!newton(known, tau, c_hat)) return false;
    } else {
        for (int pass = 0;; ++pass) {
            if (!drift_->solve(c_hat, current_)) return false;
            std::copy(c_hat.begin(), c_hat.end(), before_.begin());
            if (!newton(known, tau, c_hat)) return false;
            for (std::size_t i = 0; i < c_hat.size(); ++i) before_[i] -= c_hat[i];
            if (max_abs(before_) < 0.5 * tolerance_) break;
            if (pass == coupling_limit) return false;
        }
    }
    inflow = transport_.rate(c_hat, current_, rate);
    return true;
}

StepAccount TimeStepper::run(std::span<double> c_hat, double duration, const ProgressObserver& observer) {
    const SectionMesh& mesh = transport_.mesh();
    const std::size_t size = c_hat.size();
    StepAccount account;
    const auto [low, high] = std::minmax_element(c_hat.begin(), c_hat.end());
    account.lowest = *low;
    account.highest = *high;

    const double finest = mesh.dy(mesh.ny() - 1);
    double dt = std::min(1e-3 * duration, 0.25 * finest * finest / transport_.D_A() * std::min(1.0, transport_.M()));
    double t = 0.0;
    int euler_steps = 2, failures = 0;
    while (t < duration) {
        const bool last = t + dt >= duration * (1.0 - 1e-12);
        if (last) dt = duration - t;
        const Scheme scheme = euler_steps > 0 ? Scheme::backward_euler : Scheme::sdirk2;

        // Stage 1 (the only one of backward Euler), guessed along the last rate.
        const double tau = scheme == Scheme::sdirk2 ? gamma * dt : dt;
        for (std::size_t i = 0; i < size; ++i) guess_[i] = c_hat[i] + tau * rate_begin_[i];
        double inflow_first = 0.0, inflow_second = 0.0, error = 0.0;
        bool solved = stage(c_hat, tau, guess_, first_, rate_first_, inflow_first);
        if (solved && scheme == Scheme::sdirk2) {
            for (std::size_t i = 0; i < size; ++i) {
                known_[i] = c_hat[i] + (1.0 - gamma) * dt * rate_first_[i];
                guess_[i] = c_hat[i] + dt * rate_first_[i];
            }
            solved = stage(known_, tau, guess_, second_, rate_second_, inflow_second);
        }
        // Local error of the SDIRK, (3 γ² - 2 γ³ - 1/6) dt³ ĉ''', from the rates r at 0, γ dt and dt. The first stage is a
        // backward Euler step, so that (r_1 - r_γ)/(1-γ) - (r_γ - r_0)/γ = γ dt² ĉ''' + ...
        double low_now = 1.0, high_now = 0.0;
        if (solved) {
            constexpr double constant = 3.0 * gamma * gamma - 2.0 * gamma * gamma * gamma - 1.0 / 6.0;
            const double weight_first = scheme == Scheme::sdirk2 ? 1.0 - gamma : 1.0;
            for (std::size_t i = 0; i < size; ++i) {
                if (scheme == Scheme::sdirk2) {
                    const double difference =
                        (rate_second_[i] - rate_first_[i]) / (1.0 - gamma) - (rate_first_[i] - rate_begin_[i]) / gamma;
                    error = largest(error, std::abs(constant / gamma * dt * difference));
                }
                // The sum of the fluxes, not the stage value: mass is then conserved to rounding.
                second_[i] = c_hat[i] + dt * (weight_first * rate_first_[i] + (1.0 - weight_first) * rate_second_[i]);
                low_now = second_[i] >= low_now ? low_now : second_[i];  // a NaN stays, and fails every test below
                high_now = second_[i] <= high_now ? high_now : second_[i];
            }
        }
        const bool in_bounds = low_now >= -bound_tolerance && high_now <= 1.0 + bound_tolerance;
        if (!solved || !(error <= tolerance_) || !in_bounds) {
            ++account.rejected;
            if (++failures > 60)
                throw Error(Failure::numerical,
                            "the exchange step does not converge at t = " + std::to_string(t) + " s");
            if (solved && !in_bounds && failures >= 3) euler_steps = 1;
            dt *= solved && in_bounds ? std::max(0.2, 0.85 * std::cbrt(tolerance_ / error)) : 0.4;
            continue;
        }
        failures = 0;
        ++account.steps;
        account.inflow +=
            dt * (scheme == Scheme::sdirk2 ? (1.0 - gamma) * inflow_first + gamma * inflow_second : inflow_first);
        account.lowest = std::min(account.lowest, low_now);
        account.highest = std::max(account.highest, high_now);
        if (drift_ != nullptr)
            account.charge_imbalance =
                std::max(account.charge_imbalance, std::abs(drift_->anode_current() - drift_->cathode_current()) /
                                                       std::abs(drift_->anode_current()));
        std::copy(second_.begin(), second_.end(), c_hat.begin());
        rate_begin_ = scheme == Scheme::sdirk2 ? rate_second_ : rate_first_;
        t = last ? duration : t + dt;
        if (observer) observer(t / duration);
        if (scheme == Scheme::backward_euler) {
            --euler_steps;
        } else {
            dt *= std::clamp(0.8 * std::cbrt(tolerance_ / std::max(error, 1e-300)), 0.3, 1.6);
        }
    }
    return account;
}

}  // namespace vitral::exchange
