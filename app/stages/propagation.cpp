#include "app/stages/propagation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/stages/coupled_light.hpp"
#include "app/stages/edge_layers.hpp"
#include "app/stages/graded_grid.hpp"
#include "app/stages/launch.hpp"
#include "app/stages/local_modes.hpp"
#include "app/stages/medium.hpp"
#include "app/stages/operator_error.hpp"
#include "app/stages/ports.hpp"
#include "app/stages/progress.hpp"
#include "app/stages/resolution.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "medium/polarized_index.hpp"
#include "solver/propagation/matched_layers.hpp"
#include "solver/propagation/observables.hpp"
#include "solver/propagation/propagate.hpp"
#include "solver/propagation/regrid.hpp"

namespace vitral::stages {
namespace {

std::vector<Field<double>> watched_modes(const PropagationParams& params, const PropagationInputs& in) {
    std::vector<Field<double>> watched;
    for (const WatchParams& watch : params.watch) {
        if (watch.guide_x) {
            const OwnMode* own = in.end_guides.at(watch.guide_x);
            if (own == nullptr)
                throw Error(Failure::input_file, fmt::format("watch \"{}\": its guide leads no light", watch.name),
                            "propagation");
            watched.push_back(own->mode.psi);
            continue;
        }
        const auto other = make_medium(with_formula(in.medium, watch.of), nullptr, in.light.wavelength());
        auto set = in.light.solve(in.light.seen_section(*other, 0.0), watch.mode + 1).modes;
        if (static_cast<std::size_t>(watch.mode) >= set.size())
            throw Error(Failure::input_file,
                        fmt::format("watch \"{}\": its formula guides {} modes only", watch.name, set.size()),
                        "propagation");
        watched.push_back(std::move(set[static_cast<std::size_t>(watch.mode)].psi));
    }
    return watched;
}

/// The port that receives at the end, at its place beside the mode there, on the grid of the light; nothing where there is none.
std::optional<Field<double>> received_at_end(const PropagationParams& params, const PropagationInputs& in) {
    if (!params.receiver || in.end_modes.empty()) return {};
    const ReceiverParams& wish = *params.receiver;
    if (std::holds_alternative<WirePort>(wish.port)) return {};
    const PortAtGuide port =
        place_port(wish.port, wish.placement, {End::output, in.light, in.end_guides, in.end_modes});
    // Where the light's fronts are not flat there, its shape stands for it.
    return sample(in.light.grid(),
                  [&](double x, double y) { return port.port.shape(x - port.at.x, y - port.at.y).real(); });
}

/// The records of the first `count` places along z.
PropagationRecords first_records(PropagationRecords r, std::size_t count) {
    const std::size_t columns = r.intensity_xz.size() / std::max<std::size_t>(1, r.z.size());
    for (std::vector<double>* list : {&r.z, &r.power, &r.removed, &r.center_x, &r.center_y, &r.width_x, &r.width_y})
        list->resize(std::min(list->size(), count));
    for (auto* lists : {&r.mode_power, &r.watch_power})
        for (auto& list : *lists) list.resize(std::min(list.size(), count));
    r.intensity_xz.resize(std::min(r.intensity_xz.size(), columns * count));
    return r;
}

/// One march with all that it needs, in the order in which it is done.
class LightMarch {
public:
    LightMarch(const PropagationParams& params, const PropagationInputs& in, const Checkpoint& checkpoint,
               const ProgressObserver& progress, std::vector<std::string>& warnings)
        : params_(params), in_(in), checkpoint_(checkpoint), progress_(progress), warnings_(warnings) {}

    PropagationResult run() {
        prepare();
        propagation::Propagation done = march();
        keep(done);
        judge(done);
        if (params_.maps_input && !in_.end_modes.empty()) map_backwards();
        checkpoint_.remove();
        r_.field = carried(std::move(done.psi), in_.light.grid());
        return std::move(r_);
    }

private:
    [[nodiscard]] double k0() const { return 2.0 * pi / in_.light.wavelength(); }
    [[nodiscard]] bool is_double() const { return params_.precision == propagation::Precision::double_precision; }
    /// Transverse wave number of light between n_eff and the boundary index.
    [[nodiscard]] double q() const {
        const double n_eff = in_.modes.on_grid[0].n_eff.real(), edge = in_.modes.grid_boundary_index;
        return k0() * std::sqrt(n_eff * n_eff - edge * edge);
    }

    void prepare() {
        r_.length = params_.length;
        launch_ = make_launch(params_, in_, warnings_);
        if (launch_.own) {
            r_.of_guide = true;
            r_.sent = std::norm(inner_product(launch_.own->psi, launch_.psi));
            const double moved = params_.motion.path.center(params_.length) - params_.motion.path.center(0.0);
            own_end_ = in_.end_guides.at(params_.receiver && params_.receiver->placement.guide_x
                                             ? params_.receiver->placement.guide_x
                                             : std::optional(launch_.own->figures.center_x + moved));
        }
        r_.n_ref = params_.reference_index.value_or(launch_.n_eff);
        r_.launched_mode = launch_.mode;
        r_.edges = edge_layers(params_, in_.light, in_.modes, in_.end_modes, launch_.mode, warnings_);
        choose();
        // The march may have a grid of its own; what is kept lies on the light's, but for the sums along the way.
        watched_ = watched_modes(params_, in_);
        r_.grid = params_.grading > 1.0
                      ? graded_grid(params_, in_.light,
                                    {launch_.psi, in_.modes.on_grid, watched_, in_.modes.grid_boundary_index, r_.edges})
                      : in_.light.grid();
        if (params_.grading > 1.0 && r_.grid.is_uniform())
            warnings_.push_back(
                "the window leaves no room beside the light, or what leaves it is too steep, for points to lie farther "
                "apart: propagation.grading has no effect");
        if (params_.local_modes) {
            const bool paraxial = row_of_engine_->op == propagation::Operator::paraxial;
            r_.local_modes =
                coupled_light(params_, in_, launch_, paraxial ? std::optional(r_.n_ref) : std::nullopt, warnings_);
        }
        medium_ = in_.light.on(r_.grid).along(params_.motion, params_.length);
        launch_.psi = carried(std::move(launch_.psi), r_.grid);
        for (Field<double>& mode : watched_) mode = carried(std::move(mode), r_.grid);
        seen_ = watched_;
        if (own_end_ != nullptr) seen_.push_back(carried(own_end_->mode.psi, r_.grid));
        if (auto port = received_at_end(params_, in_)) seen_.push_back(carried(std::move(*port), r_.grid));
        for (const WatchParams& watch : params_.watch) r_.watch.push_back(watch.name);
        local_.emplace(params_, in_.light, in_.modes, r_.n_ref, r_.grid);
        while (row_ + 1 < r_.grid.y.count &&
               r_.grid.y.at(row_) + 0.5 * r_.grid.y.spacing < in_.modes.on_grid[0].figures.peak_y)
            ++row_;
        r_.intensity_y = r_.grid.is_slab() ? 0.0 : r_.grid.y.at(row_);
        none_.mode_power.resize(in_.modes.on_grid.size());
        none_.watch_power.resize(watched_.size());
        r_.along = none_;
        pose();
    }

    [[nodiscard]] std::optional<double> paraxial_error(bool abrupt) const {
        // Guided light of a straight guide is taken in strides, in its exact phase, where the order is left open.
        const bool straight = in_.light.is_same_along_z() && !params_.motion.moves(),
                   exact = params_.exact_phases && !params_.step && straight;
        const double spread =
            spread_error(launch_, in_.modes, in_.light.wavelength(), r_.n_ref, exact ? 0.0 : r_.length);
        const std::optional<double> along = straight && tilt_x() == 0.0 && tilt_y() == 0.0 ? 0.0 : along_path(abrupt);
        if (!along && spread <= share_of(params_.tolerance_dB)) return {};
        return std::max(along.value_or(0.0), spread);
    }
    /// What the path costs the launched light: in a slab, where that stands for the guide and its light.
    [[nodiscard]] std::optional<double> along_path(bool abrupt) const {
        const GuidedMode& mode = in_.modes.on_grid[0];
        // The slab is marched with the fundamental mode: it stands for light that is mostly that, tilted or not.
        const bool is_fundamental =
            launch_.mode == 0 && (tilt_x() != 0.0 || std::norm(inner_product(mode.psi, launch_.psi)) >
                                                         0.5 * power(launch_.psi) * power(mode.psi));
        const bool holds_in_slab =
            in_.light.is_same_along_z() && tilt_y() == 0.0 && in_.light.stepped() == Polarization::scalar;
        if (params_.chooses_order && is_fundamental && holds_in_slab && !abrupt)
            if (const auto error = path_error(in_.light, mode, params_.motion, r_.length, tilt_x(), r_.edges.sides))
                return error;
        return slope_error(params_, in_.light.medium(), 0.25 * mode.figures.mfd_4sigma_x);
    }
    /// Whether the method is left open and a guide with steps of the index moves sideways: a phase that jumps from point to point
    /// holds the split step's order up, finite differences take it as any other.
    [[nodiscard]] bool is_abrupt() const {
        constexpr double abrupt = 0.3;  // of the contrast, between neighbours along x
        const bool open = std::none_of(params_.engine.begin(), params_.engine.end(),
                                       [](const auto& wish) { return wish.first == "method"; });
        if (!open) return false;
        if (in_.light.stepped() != Polarization::scalar) return true;  // only they know the jumps of the field
        if (!params_.motion.moves() && in_.light.is_same_along_z()) return false;
        const double beside = in_.light.medium().outline().background_index;
        const auto jumps = [&](const IndexMap& n) {
            const double highest = *std::max_element(n.values.begin(), n.values.end());
            return medium::largest_jump(n, Polarization::along_x) > abrupt * std::log(highest / beside);
        };
        if (!jumps(in_.light.section())) return false;
        // A smooth guide on a coarse grid does not count.
        if (in_.light.grid().x.spacing <= 1.01 * usual_resolution) return true;
        LightSection finer(in_.light);
        finer.set_grid(beside, usual_resolution);
        return jumps(finer.section());
    }
    /// The steepest tilts of the launch.
    [[nodiscard]] double tilt_x() const {
        double steepest = 0.0;
        for (const LaunchPart& part : params_.launch)
            if (std::abs(part.tilt_x) > std::abs(steepest)) steepest = part.tilt_x;
        return steepest;
    }
    [[nodiscard]] double tilt_y() const {
        double steepest = 0.0;
        for (const LaunchPart& part : params_.launch) steepest = std::max(steepest, std::abs(part.tilt_y));
        return steepest;
    }

    void choose() {
        r_.straight = params_.exact_phases && !params_.step && in_.light.is_same_along_z() && !params_.motion.moves();
        const bool abrupt = is_abrupt();
        const ChosenEngine engine = choose_engine(params_, paraxial_error(abrupt), abrupt);
        row_of_engine_ = engine.row;
        r_.row = engine.row;
        r_.engine = propagation::name_of(*engine.row, params_.precision);
        r_.paraxial_error = engine.paraxial_error;
        const propagation::EngineFeatures asked{params_.precision, params_.edges, params_.grading > 1.0,
                                                in_.light.stepped() != Polarization::scalar};
        if (!propagation::can(*engine.row, asked))
            throw Error(Failure::numerical,
                        "TM light at steps of the index takes propagation.method = \"finite-difference\", in double "
                        "precision, with edges = \"pml\" or \"absorber\", and no grading",
                        "propagation");
        if (engine.row->op == propagation::Operator::paraxial &&
            engine.paraxial_error.value_or(0.0) > share_of(params_.tolerance_dB))
            warnings_.push_back(fmt::format(
                "the paraxial operator errs by about {:.2g} dB: the path, or the spread of the light, asks for more",
                -10.0 * std::log10(1.0 - std::min(*engine.paraxial_error, 0.99))));
    }

    void pose() {
        march_ = {.engine = {.method = row_of_engine_->method,
                             .op = row_of_engine_->op,
                             .splitting = row_of_engine_->splitting,
                             .precision = params_.precision,
                             .wavelength = in_.light.wavelength(),
                             .n_ref = r_.n_ref,
                             .polarization = in_.light.stepped(),
                             .edges = r_.edges},
                  .length = r_.length,
                  .dz = params_.step,
                  .tolerance = share_of(params_.tolerance_dB),
                  .records = params_.records,
                  .exact_phases = params_.exact_phases};
        march_.engine.between_steps = stop_if_requested;
        if (!params_.step) march_.guided_modes = [this](double z) { return local_->all_guided(z); };
        if (r_.edges.sides > 0.0 && r_.edges.kind == propagation::EdgeKind::absorber)
            r_.edge_return = propagation::absorber_return(r_.edges.sides, r_.edges.strength, k0() * r_.n_ref, q(),
                                                          row_of_engine_->method == propagation::Method::split_step
                                                              ? propagation::Behind::other_edge
                                                              : propagation::Behind::wall);
    }

    /// |ψ|² along the row at the guide's height, on the light's own x axis.
    void add_intensity(const Field<Complex>& psi) {
        const Grid& grid = r_.grid;
        Field<Complex> line(Grid{grid.x, slab_axis()});
        std::copy_n(&psi(0, row_), grid.x.count, line.values.begin());
        const double per_height = 1.0 / grid.y.jacobian(row_).value;
        for (const Complex value : propagation::regrid(line, {in_.light.grid().x, slab_axis()}).values)
            r_.along.intensity_xz.push_back(per_height * std::norm(value));
    }

    void record(double z, const Field<Complex>& psi, const propagation::BeamMoments& beam,
                const std::vector<double>& powers, double removed) {
        PropagationRecords& to = r_.along;
        to.z.push_back(z);
        to.power.push_back(beam.power);
        to.removed.push_back(removed);
        to.balance = std::max(to.balance, std::abs(to.power.back() + removed - to.power.front()) / to.power.front());
        to.center_x.push_back(beam.center_x), to.width_x.push_back(beam.width_x);
        if (!r_.grid.is_slab()) to.center_y.push_back(beam.center_y), to.width_y.push_back(beam.width_y);
        const std::size_t own = to.mode_power.size();
        for (std::size_t m = 0; m < own; ++m) to.mode_power[m].push_back(powers[m]);
        for (std::size_t k = 0; k < watched_.size(); ++k) to.watch_power[k].push_back(powers[own + k]);
        add_intensity(psi);
    }

    [[nodiscard]] propagation::Watcher watcher() {
        propagation::Watcher watch;
        watch.powers = [this](double z, const Field<Complex>& psi) {
            std::vector<double> powers = local_->powers(z, psi);
            for (const Complex overlap : propagation::overlaps(seen_, psi)) powers.push_back(std::norm(overlap));
            return powers;
        };
        watch.orthogonal = in_.modes.on_grid.size();
        watch.record = [this](double z, const Field<Complex>& psi, const propagation::BeamMoments& beam,
                              const std::vector<double>& powers,
                              double removed) { record(z, psi, beam, powers, removed); };
        watch.start_over = [this] { r_.along = none_; };
        // The last record's state; what a stop finds is written, and every half minute what there is.
        if (checkpoint_.is_kept())
            watch.checkpoint = [this](const propagation::MarchState& state) {
                last_ = state;
                const auto now = std::chrono::steady_clock::now();
                if (now - written_ < std::chrono::seconds(30)) return;
                written_ = now;
                try {
                    checkpoint_.save(last_, r_.along);
                } catch (const Error& error) {  // the run is what matters
                    warnings_.push_back(fmt::format("no checkpoint could be written: {}", error.what()));
                }
            };
        return watch;
    }

    template <typename March>
    auto kept_when_stopped(March&& march) {
        try {
            return march();
        } catch (const Error& error) {
            if (error.kind() != Failure::stopped || last_.record == 0) throw;
            try {
                checkpoint_.save(last_, first_records(r_.along, static_cast<std::size_t>(last_.record) + 1));
            } catch (const Error& why) {
                throw Error(Failure::stopped,
                            fmt::format("{}; no checkpoint could be written: {}", error.what(), why.what()),
                            error.where());
            }
            throw;
        }
    }

    propagation::Propagation march() {
        const std::optional<StoppedPropagation> stopped = checkpoint_.load();
        if (stopped) r_.along = stopped->recorded;
        const propagation::Watcher watch = watcher();
        return kept_when_stopped([&] {
            return propagation::propagate(launch_.psi, *medium_, march_, watch, progress_,
                                          stopped ? &stopped->state : nullptr);
        });
    }

    void keep(const propagation::Propagation& done) {
        r_.steps = done.steps;
        r_.dz = done.dz;
        const Axis& x = r_.grid.x;
        const double farthest = std::max(x.jacobian(0).value, x.jacobian(x.count - 1).value);
        if (r_.edges.sides > 0.0 && r_.edges.kind == propagation::EdgeKind::matched_layer)
            r_.edge_return = propagation::matched_layer_return(
                r_.edges.sides, propagation::MatchedLayers::strength(k0() * r_.n_ref, r_.dz), farthest * x.spacing,
                q());
        r_.launched = done.launched;
        r_.removed = done.removed;
        r_.radiated = done.radiated;
        r_.step_error = done.step_error;
        if (done.step_error && *done.step_error > march_.tolerance)
            warnings_.push_back(
                fmt::format("the step's error is about {:.2g} dB, and no shorter step has made it less: index steps "
                            "that move, or modes "
                            "that change place, hold its order up",
                            -10.0 * std::log10(1.0 - std::min(*done.step_error, 0.99))));
        r_.transmitted = power(done.psi);
        if (r_.along.balance > (is_double() ? 1e-9 : 1e-3))
            throw Error(Failure::numerical,
                        fmt::format("power is not conserved: {:.2g} of it is missing", r_.along.balance),
                        "propagation");
    }

    /// What of the launched mode arrives.
    void judge(const propagation::Propagation& done) {
        const auto own = static_cast<std::size_t>(launch_.mode);
        if (!launch_.own) r_.sent = r_.along.mode_power[own].front();
        const double at_start = r_.sent;
        const Field<double>* arriving = launch_.own ? (own_end_ != nullptr ? &own_end_->mode.psi : nullptr)
                                        : own < in_.end_modes.size() ? &in_.end_modes[own].psi
                                                                     : nullptr;
        const std::string name = launch_.own ? "the mode of its guide" : fmt::format("mode {}", own);
        if (at_start < 1e-3 * r_.launched) {
            warnings_.push_back(fmt::format("the launch hardly excites {}: its transmission is not computed", name));
        } else if (params_.motion.path.has_arc() && !(r_.edges.sides > 0.0)) {
            warnings_.push_back("the loss of the bend is not computed: closed boundary (propagation.absorber is 0)");
        } else if (arriving != nullptr) {
            r_.transmission = std::norm(inner_product(carried(*arriving, r_.grid), done.psi)) / at_start;
            if (*r_.transmission > 1.0 + 1e-4)
                warnings_.push_back(fmt::format(
                    "the transmission is {:.5f}: light beside the mode beats with it, or propagation.step is too long",
                    *r_.transmission));
        } else {
            warnings_.push_back(
                fmt::format("{} is not guided where the propagation ends: its transmission is not computed", name));
        }
    }

    void map_backwards() {
        if (r_.edges.kind == propagation::EdgeKind::transparent) {
            warnings_.push_back(
                "edges = \"transparent\" have no way back: the misalignment map through the guide is not computed");
            return;
        }
        propagation::Propagation back = kept_when_stopped([&] {
            const Field<double>& psi = own_end_ != nullptr ? own_end_->mode.psi : in_.end_modes[0].psi;
            return propagation::receiving_field(as_complex(carried(psi, r_.grid)), *medium_, march_, progress_);
        });
        if (back.step_error && *back.step_error > march_.tolerance)
            warnings_.push_back(fmt::format(
                "the misalignment map through the guide is right to {:.1g} of the power only", *back.step_error));
        r_.receiver = carried(std::move(back.psi), in_.light.grid());
    }

    const PropagationParams& params_;
    const PropagationInputs& in_;
    const Checkpoint& checkpoint_;
    const ProgressObserver& progress_;
    std::vector<std::string>& warnings_;
    PropagationResult r_;
    Launch launch_;
    const OwnMode* own_end_ = nullptr;  ///< of the guide that the light of one guide of several arrives in
    const propagation::EngineRow* row_of_engine_ = nullptr;
    propagation::PropagationParams march_;
    std::vector<Field<double>> watched_, seen_;  ///< what the config watches; and the receiving port
    std::unique_ptr<SampledMedium> medium_;
    std::optional<LocalModes> local_;
    int row_ = 0;  ///< of the grid, at the guide's height
    PropagationRecords none_;
    propagation::MarchState last_;
    std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

}  // namespace

double share_of(double level_dB) { return 1.0 - std::pow(10.0, -0.1 * level_dB); }

ChosenEngine choose_engine(const PropagationParams& params, std::optional<double> paraxial_error, bool abrupt) {
    using propagation::Angle;
    const bool wide = params.chooses_order && paraxial_error.value_or(0.0) > share_of(params.tolerance_dB);
    const Angle needed = wide ? Angle::wide : Angle::paraxial;
    propagation::EngineWishes wishes = params.engine;
    if (abrupt) {
        // As long as they can do what else is wished, by the operator that is needed.
        wishes.emplace_back("method", "finite-difference");
        if (propagation::choose_row(wishes, needed) == nullptr &&
            propagation::choose_row(params.engine, needed) != nullptr)
            wishes.pop_back();
    }
    // What nothing beyond the paraxial operator can do together is done by that one, with a warning; what nothing else can do,
    // by the wide-angle one.
    ChosenEngine engine{propagation::choose_row(wishes, needed), paraxial_error};
    if (engine.row == nullptr) engine.row = propagation::choose_row(wishes, wide ? Angle::paraxial : Angle::wide);
    return engine;
}

PropagationResult propagate_light(const PropagationParams& params, const PropagationInputs& inputs,
                                  const Checkpoint& checkpoint, const ProgressObserver& progress,
                                  std::vector<std::string>& warnings) {
    return LightMarch(params, inputs, checkpoint, progress, warnings).run();
}

}  // namespace vitral::stages
