#include "solver/propagation/propagate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"

namespace vitral::propagation {
namespace {

/// The first guess of the step: a few tenths of a radian of local phase at the highest index.
double first_dz(const SampledMedium& index, const EngineParams& p) {
    IndexMap n(index.grid());
    index.at(0.0, n);
    double largest = 0.0;
    for (const double value : n.values) largest = std::max(largest, std::abs(value - p.n_ref));
    const double radians = order_in_z(p) == 4 ? 0.5 : 0.15;
    return radians * p.wavelength / (2.0 * pi * std::max(largest, 1e-6));
}

class March {
public:
    March(const SampledMedium& index, const PropagationParams& p, const Watcher& watch,
          const ProgressObserver& progress)
        : index_(index),
          p_(p),
          watch_(watch),
          progress_(progress),
          engine_(make_engine(index, p.engine, p.engines)),
          companion_(p.dz ? nullptr : make_engine(index, p.engine, p.engines)),
          records_(records()) {}

    Propagation run(const Field<Complex>& launch, const MarchState* resume) {
        launched_ = power(launch);
        if (resume != nullptr) {
            state_ = *resume;
            if (!state_.guided.empty()) modes_ = p_.guided_modes(state_.guided_since);
        } else {
            start(launch);
        }
        reload();
        if (resume != nullptr) {
            engine_->recall(state_.memory);
            if (companion_) companion_->recall(state_.companion_memory);
        }
        for (int starts = 0;; ++starts) {
            while (state_.record < records_) advance();
            if (!companion_ || state_.step_error <= p_.tolerance || starts == 4) break;
            const double factor = std::pow(state_.step_error / p_.tolerance, 1.0 / order_in_z(p_.engine));
            const int fewest = static_cast<int>(std::ceil(std::clamp(1.2 * factor, 1.2, 8.0) * state_.most_steps));
            state_ = {};
            state_.fewest_steps = fewest + fewest % 2;
            if (watch_.start_over) watch_.start_over();
            start(launch);
            reload();
        }
        Propagation out;
        read_field(p_.length, out.psi);
        out.steps = state_.steps;
        out.dz = p_.length / records_ / state_.steps_per_record;
        out.launched = launched_;
        out.removed = state_.removed;
        out.removed.absorbed += guided_absorbed(p_.length);
        out.radiated = state_.radiated;
        if (companion_) out.step_error = state_.step_error;
        return out;
    }

private:
    /// At least eight where the step is sought: it is chosen anew at every record.
    [[nodiscard]] int records() const {
        if (!p_.dz) return std::max(p_.records, 8);
        const double steps = std::max(1.0, std::ceil(p_.length / *p_.dz - 1e-9));
        return static_cast<int>(std::clamp<double>(p_.records, 1.0, steps));
    }
    [[nodiscard]] double z_of(int record) const { return p_.length * record / records_; }

    void start(const Field<Complex>& launch) {
        state_.psi = launch;
        const double interval = p_.length / records_, dz = p_.dz ? *p_.dz : first_dz(index_, p_.engine);
        state_.steps_per_record = std::max(1, static_cast<int>(std::ceil(interval / dz - 1e-9)));
        if (companion_) {
            state_.steps_per_record = std::max(state_.steps_per_record, state_.fewest_steps);
            make_even();
            state_.companion = launch;
        }
        if (watch_.record) watch_.record(0.0, launch, beam_moments(launch), watched(0.0, launch), 0.0);
    }
    void reload() {
        engine_->load(state_.psi);
        engine_->set_removed(state_.removed);
        if (companion_) companion_->load(state_.companion);
    }
    void make_even() { state_.steps_per_record += state_.steps_per_record % 2; }

    [[nodiscard]] std::vector<double> watched(double z, const Field<Complex>& psi) const {
        return watch_.powers ? watch_.powers(z, psi) : std::vector<double>{};
    }

    /// Share of the launched power by which the watched powers of two fields differ.
    [[nodiscard]] double difference(double z, const Field<Complex>& psi, const std::vector<double>& powers,
                                    const Field<Complex>& other) const {
        if (!watch_.powers) {  // |ψ - e^{iφ} ψ'| with the best φ; twice that is the change of an overlap at most
            const double a = power(psi), b = power(other), c = std::abs(inner_product(psi, other));
            return 2.0 * std::sqrt(std::max(0.0, a + b - 2.0 * c) / launched_);
        }
        const std::vector<double> theirs = watched(z, other);
        double largest = 0.0, together = 0.0, seen = 0.0;
        for (std::size_t i = 0; i < powers.size(); ++i) {
            largest = std::max(largest, std::abs(powers[i] - theirs[i]) / launched_);
            if (i < watch_.orthogonal) together += powers[i];
            seen = std::max({seen, together, powers[i]});
        }
        // Light that nothing watches is watched itself: the share of its power that is not where the other's is.
        constexpr double mostly = 0.5;
        if (const double now = power(psi); seen < mostly * now) {
            const double unlike = now * power(other) - std::norm(inner_product(psi, other));
            largest = std::max(largest, std::max(0.0, unlike) / (now * launched_));
        }
        return largest;
    }

    /// One record further.
    void advance() {
        const double z = z_of(state_.record), z_end = z_of(state_.record + 1);
        set_guided_apart(z, z_end);
        const bool has_remainder = !state_.remainder_left;
        const double richardson = std::pow(2.0, order_in_z(p_.engine)) - 1.0;
        // Fields are kept from record to record: to ask for a new one and to clear it costs as much as a step.
        Field<Complex>&psi = companion_ || !state_.guided.empty() ? psi_ : state_.psi, &other = other_;
        BeamMoments beam;
        std::vector<double> powers;
        const int steps_before = state_.steps_per_record;
        int taken = steps_before;
        double projected = 0.0;  ///< power taken out of the remainder
        double error_of_last_attempt = 0.0;
        for (int attempt = 0;; ++attempt) {
            if (has_remainder) step(*engine_, z, z_end, state_.steps_per_record);
            projected = has_remainder ? keep_beside_guided(*engine_) : 0.0;
            read_field(z_end, psi);
            powers = watched(z_end, psi);
            beam = beam_moments(psi);
            check(beam.power, z_end, projected);
            if (!companion_ || !has_remainder) break;
            step(*companion_, z, z_end, state_.steps_per_record / 2);
            keep_beside_guided(*companion_);
            companion_->store(sized(other));
            const double error = difference(z_end, psi, powers, beside_guided(other, z_end)) / richardson;
            const double allowed = p_.tolerance * (0.2 + 0.8 * z_end / p_.length);
            const double before = state_.last_error;
            const bool helps = attempt == 0 || error < 0.7 * error_of_last_attempt;
            if (error > allowed && helps && attempt < 6) {
                // Again from the record before, with the step that would have done.
                error_of_last_attempt = error;
                const double factor = std::clamp(std::pow(error / allowed, 1.0 / order_in_z(p_.engine)), 1.3, 4.0);
                state_.steps_per_record = static_cast<int>(std::ceil(factor * state_.steps_per_record));
                make_even();
                reload();
                continue;
            }
            state_.last_error = error;
            state_.step_error = std::max(state_.step_error, error);
            std::swap(state_.companion, other);
            taken = state_.steps_per_record;
            if (!helps) {  // the error is an older one
                state_.steps_per_record = steps_before;
                break;
            }
            state_.most_steps = std::max(state_.most_steps, taken);
            const double share = p_.tolerance / records_;
            if (error - before < 0.05 * share && error < 0.3 * allowed) {
                state_.steps_per_record =
                    std::max(state_.fewest_steps, static_cast<int>(state_.steps_per_record / 1.2));
                make_even();
            }
            break;
        }
        if (has_remainder) {
            state_.steps += taken;
            if (!state_.guided.empty()) engine_->store(state_.psi);
            state_.removed = engine_->removed();
            state_.radiated += projected;
        }
        ++state_.record;
        if (watch_.record)
            watch_.record(z_end, psi, beam, powers, state_.removed.total() + state_.radiated + guided_absorbed(z_end));
        if (state_.guided.empty() && &psi != &state_.psi) std::swap(state_.psi, psi);
        leave_radiation_behind();
        if (watch_.checkpoint && state_.record < records_) {
            state_.memory = engine_->memory();
            if (companion_) state_.companion_memory = companion_->memory();
            watch_.checkpoint(state_);
        }
        if (progress_) progress_(static_cast<double>(state_.record) / records_);
    }

    /// From z to z_end in `steps` steps, or a few more where the index jumps in between. Intervals without a jump take the
    /// same bits as their step: an engine lays out its factors anew for every other one.
    void step(Engine& engine, double z, double z_end, int steps) const {
        const double dz = p_.length / records_ / steps;
        if (!(index_.next_jump(z) < z_end - 1e-6 * dz)) return engine.march(z, dz, steps);
        while (z < z_end) {
            const double jump = index_.next_jump(z), end = jump < z_end - 1e-6 * dz ? jump : z_end;
            const int count = std::max(1, static_cast<int>(std::ceil((end - z) / dz - 1e-9)));
            engine.march(z, (end - z) / count, count);
            z = end;
        }
    }

    static void add(Field<Complex>& psi, Complex amplitude, const GuidedMode& mode) {
        for (std::size_t i = 0; i < psi.values.size(); ++i) psi.values[i] += amplitude * mode.psi.values[i];
    }

    /// In a straight stretch of several records the guided light is set apart; at its end it is put back.
    void set_guided_apart(double z, double z_end) {
        const bool straight = index_.constant_until(z) >= z_end;
        if (!state_.guided.empty() && !straight) {
            read_field(z, state_.psi);
            if (companion_) add_guided(state_.companion, z);
            state_.removed.absorbed += guided_absorbed(z);
            engine_->set_removed(state_.removed);
            state_.guided.clear();
            state_.remainder_left = false;
            engine_->load(state_.psi);
            if (companion_) companion_->load(state_.companion);
        }
        if (!state_.guided.empty() || !straight || !p_.guided_modes || index_.constant_until(z) < z + 3.0 * (z_end - z))
            return;
        modes_ = p_.guided_modes(z);
        if (modes_.empty()) return;
        state_.guided_since = z;
        for (const GuidedMode& mode : modes_) state_.guided.push_back(inner_product(mode.psi, state_.psi));
        const auto take_away = [&](Field<Complex>& psi) {
            for (std::size_t m = 0; m < modes_.size(); ++m) add(psi, -state_.guided[m], modes_[m]);
        };
        take_away(state_.psi);
        engine_->load(state_.psi);
        if (companion_) {
            take_away(state_.companion);
            companion_->load(state_.companion);
        }
    }

    /// What is stepped beside guided light stays orthogonal to it; the step's own error is taken out. Returns its power.
    double keep_beside_guided(Engine& engine) const {
        if (state_.guided.empty()) return 0.0;
        Field<Complex> rest(state_.psi.grid);
        engine.store(rest);
        double taken = 0.0;
        for (const GuidedMode& mode : modes_) {
            const Complex c = inner_product(mode.psi, rest);
            add(rest, -c, mode);
            taken += std::norm(c);
        }
        engine.load(rest);
        return taken;
    }

    void add_guided(Field<Complex>& psi, double z) const {
        for (std::size_t m = 0; m < state_.guided.size(); ++m) {
            const double beta = phase_constant(p_.exact_phases ? Operator::wide_angle : p_.engine.op,
                                               modes_[m].n_eff.real(), p_.engine.n_ref, p_.engine.wavelength);
            const Complex amplitude =
                state_.guided[m] * std::polar(faded(modes_[m], z), beta * (z - state_.guided_since));
            add(psi, amplitude, modes_[m]);
        }
    }
    /// exp(-k0 Im n_eff (z - z0)) of a mode that was set apart at z0.
    [[nodiscard]] double faded(const GuidedMode& mode, double z) const {
        return std::exp(-2.0 * pi / p_.engine.wavelength * mode.n_eff.imag() * (z - state_.guided_since));
    }
    /// Power that the glass has taken from the light set apart.
    [[nodiscard]] double guided_absorbed(double z) const {
        double sum = 0.0;
        for (std::size_t m = 0; m < state_.guided.size(); ++m)
            sum += std::norm(state_.guided[m]) * (1.0 - std::pow(faded(modes_[m], z), 2));
        return sum;
    }
    /// The remainder with the guided light at z.
    const Field<Complex>& beside_guided(const Field<Complex>& rest, double z) {
        if (state_.guided.empty()) return rest;
        whole_ = rest;
        add_guided(whole_, z);
        return whole_;
    }
    Field<Complex>& sized(Field<Complex>& psi) const {
        if (psi.values.size() != state_.psi.values.size()) psi = Field<Complex>(state_.psi.grid);
        return psi;
    }

    /// The whole field, at the z to which the engine has marched.
    void read_field(double z, Field<Complex>& psi) const {
        if (state_.remainder_left)
            psi = Field<Complex>(state_.psi.grid);
        else
            engine_->store(sized(psi));
        add_guided(psi, z);
    }

    /// The remainder is no longer stepped once nothing that it can interfere with changes by a quarter of the tolerance.
    void leave_radiation_behind() {
        if (state_.guided.empty() || state_.remainder_left) return;
        const double rest = power(state_.psi);
        if (2.0 * std::sqrt(rest / launched_) > 0.25 * p_.tolerance) return;
        state_.radiated += rest;
        std::fill(state_.psi.values.begin(), state_.psi.values.end(), Complex());
        if (companion_) state_.companion = state_.psi;
        state_.remainder_left = true;
    }

    void check(double now, double z, double projected) const {
        const double sum = now + engine_->removed().total() + state_.radiated + projected + guided_absorbed(z);
        const std::string where = "z = " + std::to_string(z * 1e6) + " um";
        if (!std::isfinite(now)) throw Error(Failure::numerical, "the field is not finite any more", where);
        const double most = p_.engine.precision == Precision::double_precision ? 1e-6 : 1e-3;
        if (std::abs(sum / launched_ - 1.0) > most)
            throw Error(Failure::numerical,
                        "power does not add up: " + std::to_string(sum / launched_) + " of the launched power", where);
    }

    const SampledMedium& index_;
    const PropagationParams& p_;
    const Watcher& watch_;
    const ProgressObserver& progress_;
    std::unique_ptr<Engine> engine_, companion_;
    int records_;
    double launched_ = 0.0;
    MarchState state_;
    std::vector<GuidedMode> modes_;
    Field<Complex> psi_, other_, whole_;  ///< at a record: the field, and what the companion has made of it
};

}  // namespace

Propagation propagate(const Field<Complex>& launch, const SampledMedium& index, const PropagationParams& params,
                      const Watcher& watch, const ProgressObserver& progress, const MarchState* resume) {
    if (!(index.grid() == launch.grid))
        throw std::invalid_argument("the launched field and the index live on different grids");
    if (resume != nullptr && !(resume->psi.grid == launch.grid))
        throw std::invalid_argument("the march was stopped on another grid");
    return March(index, params, watch, progress).run(launch, resume);
}

Propagation receiving_field(const Field<Complex>& received, const SampledMedium& index, const PropagationParams& params,
                            const ProgressObserver& progress) {
    if (params.engine.edges.kind == EdgeKind::transparent)
        throw std::invalid_argument("a transparent boundary is not linear and has no way back");
    PropagationParams back = params;
    back.guided_modes = {};
    Field<Complex> psi = received;
    for (Complex& v : psi.values) v = std::conj(v);
    Propagation run = propagate(psi, MirroredIndex(index, params.length), back, {}, progress);
    for (Complex& v : run.psi.values) v = std::conj(v);
    return run;
}

}  // namespace vitral::propagation
