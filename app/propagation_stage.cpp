#include "app/propagation_stage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "app/formula.hpp"
#include "app/graded_light.hpp"
#include "app/launch.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/layout/moved_section.hpp"
#include "solver/propagation/matched_layers.hpp"
#include "solver/propagation/observables.hpp"
#include "solver/propagation/propagate.hpp"
#include "solver/propagation/regrid.hpp"

namespace vitral::app {
namespace {

/// Powers below a dB figure as a share: 0.01 dB are 0.0023 of the launched power.
double share_of(double level_dB) { return 1.0 - std::pow(10.0, -0.1 * level_dB); }

/// The same light on another grid, with the power that it had.
template <typename T>
Field<T> carried(Field<T> light, const Grid& to) {
    if (light.grid == to) return light;
    Field<T> out = propagation::regrid(light, to);
    const double factor = std::sqrt(power(light) / power(out));
    for (T& value : out.values) value *= factor;
    return out;
}

/// Centroid along x of what rises above `floor` in an index map: it moves with a section that is moved.
double centroid(const IndexMap& n, double floor) {
    double sum = 0.0, moment = 0.0;
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix) {
            const double rise = std::max(0.0, n(ix, iy) - floor);
            sum += rise;
            moment += rise * n.grid.x.at(ix);
        }
    return sum > 0.0 ? moment / sum : 0.0;
}

/// The guided modes at any z, for the powers recorded along the way. Where the guide has a slope, the mode that travels
/// along it carries the phase of the tilted wave front, exp(i k0 n_ref (dx_c/dz) x). The slope is the path's; of an index
/// formula of z it is that of the index's centroid.
class LocalModes {
public:
    /// Found on the grid of `index`, given on that of the march.
    LocalModes(const Case& c, const SectionIndex& index, const WavelengthResult& light, double n_ref, const Grid& grid)
        : index_(index),
          light_(light),
          grid_(grid),
          path_(c.path()),
          k_(2.0 * pi * n_ref / light.wavelength),
          probe_(1e-3 * c.length()) {
        if (!index.is_moved_section()) along_ = index.along_z();
        if (index.is_moved_section() && path_.steepest_slope() > 0.0)
            for (const auto& mode : light.mode_fields)
                moved_.push_back(std::make_unique<layout::MovedSection>(mode.psi, c.path().uncurved()));
    }

    /// |<mode|ψ>|² of each mode at z, with the number of modes of z = 0; 0 for a mode that is not guided there.
    std::vector<double> powers(double z, const Field<Complex>& psi) {
        if (z != z_) prepare(z);
        Field<Complex> turned;
        if (slope_ != 0.0) {
            turned = psi;
            std::vector<Complex> front;
            for (int ix = 0; ix < psi.grid.x.count; ++ix)
                front.push_back(std::polar(1.0, -k_ * slope_ * psi.grid.x.at(ix)));
            for (int iy = 0; iy < psi.grid.y.count; ++iy)
                for (int ix = 0; ix < psi.grid.x.count; ++ix) turned(ix, iy) *= front[static_cast<std::size_t>(ix)];
        }
        const Field<Complex>& straightened = slope_ != 0.0 ? turned : psi;
        const std::vector<Complex> overlaps = propagation::overlaps(local_, straightened);
        std::vector<double> out(light_.mode_fields.size(), 0.0);
        for (std::size_t m = 0; m < std::min(out.size(), local_.size()); ++m) out[m] = std::norm(overlaps[m]);
        return out;
    }

    /// The section's guided modes at z, for what is stepped in one stride: all that there are, or none.
    std::vector<propagation::GuidedMode> all_guided(double z) const {
        std::vector<propagation::GuidedMode> out;
        if (along_ || light_.mode_fields.empty() || path_.curvature(z) != 0.0) return out;
        const layout::MovedSection* none = nullptr;
        for (std::size_t m = 0; m < light_.mode_fields.size(); ++m) {
            const layout::MovedSection* moved = moved_.empty() ? none : moved_[m].get();
            propagation::GuidedMode mode{light_.modes[m].n_eff, light_.mode_fields[m].psi};
            if (moved != nullptr) moved->at(z, mode.psi);
            mode.psi = carried(std::move(mode.psi), grid_);
            for (const auto& earlier : out) {  // the spline between grid points leaves them orthogonal to 1e-6 only
                const double overlap = inner_product(earlier.psi, mode.psi).real();
                for (std::size_t i = 0; i < mode.psi.values.size(); ++i)
                    mode.psi.values[i] -= overlap * earlier.psi.values[i];
            }
            normalize(mode.psi);
            out.push_back(std::move(mode));
        }
        return out;
    }

private:
    void prepare(double z) {
        find(z);
        for (Field<double>& mode : local_) mode = carried(std::move(mode), grid_);
    }
    /// The modes at z, on the grid of the index.
    void find(double z) {
        const Grid& grid = index_.grid();
        z_ = z;
        slope_ = path_.slope(z);
        if (along_) {
            IndexMap map(grid);
            along_->at(z + probe_, map);
            const double ahead = centroid(map, light_.boundary_index);
            along_->at(std::max(0.0, z - probe_), map);
            slope_ = (ahead - centroid(map, light_.boundary_index)) / (probe_ + std::min(z, probe_));
            along_->at(z, map);
            local_.clear();
            for (auto& mode :
                 solve_modes(index_, map, light_.wavelength, static_cast<int>(light_.mode_fields.size())).modes)
                local_.push_back(std::move(mode.psi));
            return;
        }
        local_.resize(light_.mode_fields.size());
        for (std::size_t m = 0; m < local_.size(); ++m) {
            if (moved_.empty()) {
                local_[m] = light_.mode_fields[m].psi;
            } else {
                local_[m] = Field<double>(grid);
                moved_[m]->at(z, local_[m]);
                normalize(local_[m]);
            }
        }
    }

    const SectionIndex& index_;
    const WavelengthResult& light_;
    Grid grid_;
    GuidePath path_;
    double k_, probe_, z_ = -1.0, slope_ = 0.0;
    std::unique_ptr<IndexAlongZ> along_;
    std::vector<std::unique_ptr<layout::MovedSection>> moved_;
    std::vector<Field<double>> local_;  ///< the modes at z_
};

/// What rises above the glass beside it in an index formula, added up over y: the profile along x of where light is led.
class GuideProfile {
public:
    GuideProfile(const Case& c, const Formula& n, double z) : width_(c.section.width), sums_(columns + 1, 0.0) {
        const int rows =
            c.section.slab ? 1 : std::clamp(static_cast<int>(c.section.depth / c.section.resolution), 24, 80);
        for (int j = 0; j < rows; ++j) {
            const double y = c.section.slab ? 0.0 : -c.section.depth * (j + 0.5) / rows,
                         beside = n(0.5 * c.section.width, y, z);
            for (int i = 0; i < columns; ++i)
                sums_[static_cast<std::size_t>(i) + 1] += std::max(0.0, n(x_of(i), y, z) - beside);
        }
        for (std::size_t i = 1; i < sums_.size(); ++i) {
            densest_ = std::max(densest_, sums_[i]);
            sums_[i] += sums_[i - 1];
        }
    }
    [[nodiscard]] bool is_empty() const { return !(sums_.back() > 0.0); }
    /// Where the share q of it lies to the left; nothing in a gap, where the place says little.
    [[nodiscard]] std::optional<double> quantile(double q) const {
        const double wanted = q * sums_.back();
        const auto i = static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), wanted) - sums_.begin());
        const double here = sums_[i] - sums_[i - 1];
        if (here < 0.05 * densest_) return {};
        return x_of(static_cast<int>(i) - 1) + (((wanted - sums_[i - 1]) / here) - 0.5) * width_ / columns;
    }

private:
    static constexpr int columns = 300;
    [[nodiscard]] double x_of(int i) const { return width_ * ((i + 0.5) / columns - 0.5); }
    double width_, densest_ = 0.0;
    std::vector<double> sums_;  ///< from the left
};

/// The steepest way that a part of the profile takes from one z to the next.
double steepest(const GuideProfile& before, const GuideProfile& after, double dz) {
    double slope = 0.0;
    for (double q = 0.05; q < 0.96; q += 0.05)
        if (const auto from = before.quantile(q), to = after.quantile(q); from && to)
            slope = std::max(slope, std::abs(*to - *from) / dz);
    return slope;
}

/// ∫ |s|³ dz of the slopes that light has to follow: those of the path, or in an index formula of z of what rises in it, part by
/// part; beside them the tilt of the launch. Nothing where nothing rises in the formula.
std::optional<double> cubed_slopes(const Case& c) {
    double tilt = 0.0;
    for (const LaunchConfig* light : c.propagation->launch.parts())
        tilt = std::max(tilt, std::hypot(light->tilt_x, light->tilt_y));
    const double length = c.length();
    double cubes = 0.0;
    if (c.index) {
        if (const Formula n(c.index->formula, c.index->constants); n.uses_z()) {
            constexpr int stretches = 32;
            GuideProfile before(c, n, 0.0);
            for (int i = 1; i <= stretches; ++i) {
                GuideProfile after(c, n, length * i / stretches);
                if (before.is_empty() || after.is_empty()) return {};
                cubes += std::pow(steepest(before, after, length / stretches) + tilt, 3) * length / stretches;
                before = std::move(after);
            }
            return cubes;
        }
    }
    const GuidePath path = c.path();
    constexpr int samples = 1000;
    for (int i = 0; i < samples; ++i)
        cubes += std::pow(std::abs(path.slope((i + 0.5) / samples * length)) + tilt, 3) * length / samples;
    return cubes;
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

propagation::Edges edges_of(const Case& c, const SectionIndex& index) {
    const Grid& g = index.grid();
    const auto& wish = c.propagation->absorber;
    propagation::Edges a;
    a.kind = c.propagation->edges;
    a.sides = std::min(wish.value_or(0.1 * g.x.length()), 0.4 * g.x.length());
    if (g.is_slab()) return a;
    a.bottom = std::min(wish.value_or(0.1 * g.y.length()), 0.4 * g.y.length());
    if (!index.has_dark_cover()) a.top = std::min(wish.value_or(0.1 * g.y.length()), 0.5 * g.y.upper());
    return a;
}

std::vector<Field<double>> watched_modes(const Case& c, const SectionIndex& index, const WavelengthResult& light) {
    std::vector<Field<double>> watched;
    for (const WatchConfig& watch : c.propagation->watch) {
        auto set =
            solve_modes(index, index.seen_section_of(watch.formula, watch.constants), light.wavelength, watch.mode + 1)
                .modes;
        if (static_cast<std::size_t>(watch.mode) >= set.size())
            throw Error(Failure::input_file,
                        fmt::format("watch \"{}\": its formula guides {} modes only", watch.name, set.size()),
                        "propagation");
        watched.push_back(std::move(set[static_cast<std::size_t>(watch.mode)].psi));
    }
    return watched;
}

}  // namespace

std::string ResolvedEngine::name() const {
    const char* operators[] = {"paraxial", "wide-angle", "pade-1-1", "pade-2-2"};
    return fmt::format("{}, {}, {}{}", method == propagation::Method::split_step ? "split-step" : "finite-difference",
                       operators[static_cast<int>(op)],
                       splitting == propagation::Splitting::strang ? "second order" : "fourth order",
                       precision == propagation::Precision::double_precision ? "" : ", single precision");
}

ResolvedEngine resolve_engine(const Case& c, double mode_radius) {
    const PropagationConfig& wish = *c.propagation;
    const bool spectral = wish.method == propagation::Method::split_step;
    ResolvedEngine engine{
        wish.method, propagation::Operator::paraxial,
        wish.splitting.value_or(spectral ? propagation::Splitting::fourth_order : propagation::Splitting::strang),
        wish.precision};
    if (const auto cubes = cubed_slopes(c)) engine.paraxial_error = std::pow(*cubes / (2.0 * mode_radius), 2);
    const double error = engine.paraxial_error.value_or(0.0);
    if (wish.order == Order::pade_1_1 || wish.order == Order::pade_2_2) {
        engine.op = wish.order == Order::pade_1_1 ? propagation::Operator::pade_1_1 : propagation::Operator::pade_2_2;
    } else if (wish.order == Order::wide_angle ||
               (wish.order == Order::automatic && error > share_of(wish.tolerance) &&
                wish.edges != propagation::EdgeKind::transparent && wish.grading == 1.0)) {
        engine.op = spectral ? propagation::Operator::wide_angle : propagation::Operator::pade_1_1;
    }
    return engine;
}

PropagationResult run_propagation(const Case& c, const SectionIndex& index, const WavelengthResult& light, int number,
                                  const std::vector<modes::Mode>& end_modes, const Checkpoint& checkpoint,
                                  const ProgressObserver& progress, std::vector<std::string>& warnings) {
    const PropagationConfig& wish = *c.propagation;
    PropagationResult r;
    r.length = c.length();
    Launch launch = make_launch(c, index, light, number);
    r.n_ref = wish.reference_index.value_or(launch.n_eff);
    r.launched_mode = launch.mode;
    const ResolvedEngine engine = resolve_engine(c, 0.25 * light.modes[0].figures.mfd_4sigma_x);
    r.engine = engine.name();
    if (index.stepped() != Polarization::scalar &&
        (engine.method == propagation::Method::split_step || wish.edges == propagation::EdgeKind::transparent ||
         engine.precision == propagation::Precision::single_precision || wish.grading > 1.0))
        throw Error(
            Failure::numerical,
            "TM light at steps of the index takes propagation.method = \"finite-difference\", in double precision, "
            "with edges = \"pml\" or \"absorber\", and no grading",
            "propagation");
    r.paraxial_error = engine.paraxial_error;
    if (engine.op == propagation::Operator::paraxial && engine.paraxial_error.value_or(0.0) > share_of(wish.tolerance))
        warnings.push_back(fmt::format("the slopes of the path cost the paraxial operator about {:.2g} dB",
                                       -10.0 * std::log10(1.0 - std::min(*engine.paraxial_error, 0.99))));

    // The march may have a grid of its own; what is kept lies on the light's, but for the sums along the way.
    r.edges = edges_of(c, index);
    std::vector<Field<double>> watched = watched_modes(c, index, light);
    r.grid =
        wish.grading > 1.0 ? graded_grid(c, index, light, launch.psi, watched, r.edges, wish.grading) : index.grid();
    const Grid& grid = r.grid;
    if (wish.grading > 1.0 && grid.is_uniform())
        warnings.push_back(
            "the window leaves no room beside the light, or what leaves it is too steep, for points to lie farther "
            "apart: propagation.grading has no effect");
    const SectionIndex marched = index.on(grid);
    launch.psi = carried(std::move(launch.psi), grid);
    for (Field<double>& mode : watched) mode = carried(std::move(mode), grid);
    for (const WatchConfig& watch : wish.watch) r.watch.push_back(watch.name);
    LocalModes local(c, index, light, r.n_ref, grid);
    int row = 0;
    while (row + 1 < grid.y.count && grid.y.at(row) + 0.5 * grid.y.spacing < light.modes[0].figures.peak_y) ++row;
    r.intensity_y = grid.is_slab() ? 0.0 : grid.y.at(row);
    const auto intensity = [&](const Field<Complex>& psi, std::vector<double>& to) {
        Field<Complex> line(Grid{grid.x, slab_axis()});
        std::copy_n(&psi(0, row), grid.x.count, line.values.begin());
        const double per_height = 1.0 / grid.y.jacobian(row).value;
        for (const Complex value : propagation::regrid(line, {index.grid().x, slab_axis()}).values)
            to.push_back(per_height * std::norm(value));
    };

    propagation::Watcher watch;
    watch.powers = [&](double z, const Field<Complex>& psi) {
        std::vector<double> powers = local.powers(z, psi);
        for (const Complex overlap : propagation::overlaps(watched, psi)) powers.push_back(std::norm(overlap));
        return powers;
    };
    watch.record = [&](double z, const Field<Complex>& psi, const propagation::BeamMoments& beam,
                       const std::vector<double>& powers, double removed) {
        PropagationRecords& to = r.along;
        to.z.push_back(z);
        to.power.push_back(beam.power);
        to.removed.push_back(removed);
        to.balance = std::max(to.balance, std::abs(to.power.back() + removed - to.power.front()) / to.power.front());
        to.center_x.push_back(beam.center_x), to.width_x.push_back(beam.width_x);
        if (!grid.is_slab()) to.center_y.push_back(beam.center_y), to.width_y.push_back(beam.width_y);
        const std::size_t own = to.mode_power.size();
        for (std::size_t m = 0; m < own; ++m) to.mode_power[m].push_back(powers[m]);
        for (std::size_t k = 0; k < watched.size(); ++k) to.watch_power[k].push_back(powers[own + k]);
        intensity(psi, to.intensity_xz);
    };
    PropagationRecords none;
    none.mode_power.resize(light.mode_fields.size());
    none.watch_power.resize(watched.size());
    r.along = none;
    watch.start_over = [&] { r.along = none; };
    propagation::PropagationParams params{.engine = {.method = engine.method,
                                                     .op = engine.op,
                                                     .splitting = engine.splitting,
                                                     .precision = engine.precision,
                                                     .wavelength = light.wavelength,
                                                     .n_ref = r.n_ref,
                                                     .polarization = index.stepped(),
                                                     .edges = r.edges},
                                          .length = r.length,
                                          .dz = wish.step,
                                          .tolerance = share_of(wish.tolerance),
                                          .records = wish.records};
    if (!wish.step) params.guided_modes = [&](double z) { return local.all_guided(z); };
    const double k0 = 2.0 * pi / light.wavelength, n_eff = light.modes[0].n_eff,
                 q = k0 * std::sqrt(n_eff * n_eff - light.boundary_index * light.boundary_index);
    const auto& edge = r.edges;
    if (edge.sides > 0.0 && edge.kind == propagation::EdgeKind::absorber)
        r.edge_return = propagation::absorber_return(edge.sides, edge.strength, k0 * r.n_ref, q,
                                                     engine.method == propagation::Method::split_step);
    std::optional<StoppedPropagation> stopped = checkpoint.load();
    if (stopped) r.along = stopped->recorded;
    // The last record's state; what a stop finds is written, and every half minute what there is.
    propagation::MarchState last;
    auto written = std::chrono::steady_clock::now();
    if (checkpoint.is_kept())
        watch.checkpoint = [&](const propagation::MarchState& state) {
            last = state;
            const auto now = std::chrono::steady_clock::now();
            if (now - written < std::chrono::seconds(30)) return;
            checkpoint.save({last, r.along});
            written = now;
        };
    const auto kept_when_stopped = [&](auto&& march) {
        try {
            return march();
        } catch (const Error& error) {
            if (error.kind() == Failure::stopped && last.record > 0)
                checkpoint.save({last, first_records(r.along, static_cast<std::size_t>(last.record) + 1)});
            throw;
        }
    };
    propagation::Propagation done = kept_when_stopped([&] {
        return propagation::propagate(launch.psi, *marched.along_z(), params, watch, progress,
                                      stopped ? &stopped->state : nullptr);
    });
    r.steps = done.steps;
    r.dz = done.dz;
    const double farthest = std::max(grid.x.jacobian(0).value, grid.x.jacobian(grid.x.count - 1).value);
    if (edge.sides > 0.0 && edge.kind == propagation::EdgeKind::matched_layer)
        r.edge_return = propagation::matched_layer_return(
            edge.sides, propagation::MatchedLayers::strength(k0 * r.n_ref, r.dz), farthest * grid.x.spacing, q);
    r.launched = done.launched;
    r.removed = done.removed;
    r.radiated = done.radiated;
    r.step_error = done.step_error;
    r.transmitted = power(done.psi);
    if (r.along.balance > (engine.precision == propagation::Precision::double_precision ? 1e-9 : 1e-3))
        throw Error(Failure::numerical, fmt::format("power is not conserved: {:.2g} of it is missing", r.along.balance),
                    "propagation");
    const auto own = static_cast<std::size_t>(launch.mode);
    const double at_start = r.along.mode_power[own].front();
    if (at_start < 1e-3 * r.launched) {
        warnings.push_back(fmt::format("the launch hardly excites mode {}: its transmission is not computed", own));
    } else if (c.path().has_arc() && !(edge.sides > 0.0)) {
        warnings.push_back("the loss of the bend is not computed: closed boundary (propagation.absorber is 0)");
    } else if (own < end_modes.size()) {
        r.transmission = std::norm(inner_product(carried(end_modes[own].psi, grid), done.psi)) / at_start;
        if (*r.transmission > 1.0 + 1e-4)
            warnings.push_back(fmt::format(
                "the transmission is {:.5f}: light beside the mode beats with it, or propagation.step is too long",
                *r.transmission));
    }
    if (c.maps_input() && !end_modes.empty()) {
        if (edge.kind == propagation::EdgeKind::transparent)
            warnings.push_back(
                "edges = \"transparent\" have no way back: the misalignment map through the guide is not "
                "computed");
        else {
            propagation::Propagation back = kept_when_stopped([&] {
                return propagation::receiving_field(as_complex(carried(end_modes[0].psi, grid)), *marched.along_z(),
                                                    params, progress);
            });
            if (back.step_error && *back.step_error > params.tolerance)
                warnings.push_back(fmt::format(
                    "the misalignment map through the guide is right to {:.1g} of the power only", *back.step_error));
            r.receiver = carried(std::move(back.psi), index.grid());
        }
    }
    checkpoint.remove();
    r.field = carried(std::move(done.psi), index.grid());
    return r;
}

}  // namespace vitral::app
