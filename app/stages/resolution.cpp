#include "app/stages/resolution.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/stages/light_section.hpp"
#include "app/stages/medium.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "medium/polarized_index.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

constexpr int coarsest = 4, finest = -4;       // half powers of two times the usual spacing
constexpr double least_gain = 2.0;             // from one spacing to the next, of what converges below the usual one
constexpr double largest_move = 1e-6;          // of an n_eff between two spacings
constexpr double largest_share = 3e-4;         // of the fundamental's distance to the index beside the guide
constexpr double largest_phase = 1e-3;         // of two modes against each other [rad]
constexpr double largest_rise = 0.01;          // of ∬ (n² - n_b²) dA, that no guide falls between the points
constexpr double most_points = 3e5;            // of the grids on which up to eight modes are tried
constexpr double most_samples = 4e6;           // of the index
constexpr double points_a_radius = 4.0;        // of the smallest Gaussian among the ports
constexpr double highest_angle_beside = 0.35;  // of light that a mode, or what it loses, adds to a slope or tilt

double spacing(int k) { return usual_resolution * std::pow(2.0, 0.5 * k); }

/// 1/e radius of a port's field, about.
double radius_of(const PortParams& port) {
    if (const auto* fiber = std::get_if<FiberPort>(&port)) return fiber->fiber.core_radius;
    // On a wire's own quadrature the guide's mode is interpolated between its points: 0.5 um err by 3e-4.
    if (const auto* gaussian = std::get_if<GaussianPort>(&port))
        return 0.5 * std::min(gaussian->mfd_x, gaussian->mfd_y);
    return 2e-6;
}

/// The coarsest spacing on which the light and the layers at the edges fit, whatever the modes.
double limit_of(const RunParams& params, double background_index, double wavelength) {
    double radius = 1e300, tilt = 0.0, layer = 1e300;
    for (const PortCoupling& port : params.coupling.ports) radius = std::min(radius, radius_of(port.to));
    if (params.propagation) {
        const PropagationParams& p = *params.propagation;
        tilt = p.motion.path.steepest_slope();
        if (p.edge_width.value_or(0.0) > 0.0) layer = 0.5 * *p.edge_width;
        for (const LaunchPart& part : p.launch) {
            if (const auto* port = std::get_if<PortLight>(&part.light))
                radius = std::min(radius, radius_of(port->port));
            if (std::holds_alternative<StoredLight>(part.light)) return usual_resolution;
            tilt = std::max(tilt, std::hypot(part.tilt_x, part.tilt_y));
        }
    }
    const double k = 2.0 * pi / wavelength * background_index;
    return std::min({radius / points_a_radius, pi / (k * (tilt + highest_angle_beside)), layer});
}

/// Whether an engine that transforms can do what is wished.
bool may_transform(const propagation::EngineWishes& wishes) {
    for (const auto angle : {propagation::Angle::paraxial, propagation::Angle::wide})
        if (const auto* row = propagation::choose_row(wishes, angle))
            return row->method == propagation::Method::split_step;
    return false;
}

/// Whether the section's grid has to be the usual one: what is computed on it does not converge as transforms do, or nothing is.
bool takes_usual(const RunParams& params, const MediumOutline& outline) {
    const bool on_grid = params.modes.solver == ModesParams::Solver::grid || params.modes.on_light_grid;
    return !on_grid || outline.layered || !outline.x_steps.empty() || !outline.regions.empty() ||
           params.modes.grid.slab || (params.propagation && !may_transform(params.propagation->engine));
}

/// What is compared between two grids.
struct Answer {
    std::vector<double> n_eff;
    double boundary = 0.0;
};

class Chooser {
public:
    explicit Chooser(const RunParams& params) : params_(params) {
        length_ = params.propagation ? params.propagation->length : params.coupling.length;
    }

    /// The spacing that serves this medium; the next one is tried from there on.
    void take(const std::shared_ptr<const Medium>& medium) {
        const MediumOutline& outline = medium->outline();
        if (takes_usual(params_, outline)) {
            k_ = std::min(k_, 0);
            return;
        }
        const double limit = limit_of(params_, outline.background_index, medium->wavelength());
        while (k_ > least() && spacing(k_) > limit) --k_;
        medium_ = medium;
        grid_ = params_.modes.grid;
        leave_out_path();
        light_.emplace(grid_, medium);
        std::vector<double> places = {0.0};
        if (length_ > 0.0 && !light_->is_same_along_z()) places = {0.0, 0.5 * length_, length_};
        for (const double z : places) refine(z);
    }
    [[nodiscard]] double chosen() const { return spacing(k_); }
    /// By how much n_eff moved last where nothing has converged; 0 where it has.
    [[nodiscard]] double left() const { return left_; }

private:
    /// Where there is a process, its run was planned with the usual spacing.
    [[nodiscard]] int least() const { return params_.process ? 0 : finest; }
    /// Down to the spacing on which the modes at z have converged.
    void refine(double z) {
        const double beside = medium_->outline().background_index;
        before_ = 1e300;
        const double tried = most_points / std::max(1.0, params_.modes.count / 8.0);
        if (points(k_) > tried || points(0) > most_samples) return give_up();
        const double rise = rise_at(0, z);
        std::optional<Answer> coarse = solve(k_, z, beside);
        if (coarse && medium_->outline().dark_cover && !coarse->n_eff.empty()) coarse = solve(k_, z, coarse->n_eff[0]);
        while (k_ > least()) {
            if (points(k_ - 1) > tried) return give_up();
            const std::optional<Answer> fine =
                solve(k_ - 1, z, coarse && !coarse->n_eff.empty() ? coarse->n_eff[0] : beside);
            const bool rises = k_ <= 0 || std::abs(rise_at(k_, z) - rise) <= largest_rise * rise;
            const double off = coarse && fine ? disagreement(*coarse, *fine) : 1e300;
            if (off <= 1.0 && rises) return;
            if (k_ <= 0 && (before_ < least_gain * off || (k_ == 0 && has_steps(z)))) return leave(coarse, fine);
            before_ = off;
            coarse = fine;
            --k_;
        }
    }
    /// Whether the index jumps between neighbours along x by as much on a grid twice as fine.
    [[nodiscard]] bool has_steps(double z) {
        constexpr double as_much = 0.7, little = 0.1;  // the latter of the contrast
        const double beside = medium_->outline().background_index;
        const IndexMap usual = sampled_on(0, z), twice = sampled_on(-2, z);
        const double jump = medium::largest_jump(usual, Polarization::along_x),
                     highest = *std::max_element(usual.values.begin(), usual.values.end());
        return medium::largest_jump(twice, Polarization::along_x) > as_much * jump &&
               jump > little * std::log(highest / beside);
    }
    [[nodiscard]] IndexMap sampled_on(int k, double z) {
        light_->set_grid(medium_->outline().background_index, spacing(k));
        return medium_->index_on(light_->grid(), z, params_.modes.grid.field);
    }
    /// The room that a window was given for the path holds no light of the section at its input.
    void leave_out_path() {
        if (!params_.laid.sides || medium_->constant_until(0.0) == 0.0) return;
        const GuidePath& path = params_.coupling.motion.path;
        const GuidePath::Reach reach = path.reach();
        grid_.window.left -= std::min(0.0, reach.from - path.center(0.0));
        grid_.window.right -= std::max(0.0, reach.to - path.center(0.0));
    }
    [[nodiscard]] double points(int k) const {
        const Window& w = grid_.window;
        return w.width() * (w.top - w.bottom) / (spacing(k) * spacing(k));
    }
    /// What is too large to be tried takes the usual spacing, or the finest that was.
    void give_up() { k_ = std::min(k_, 0); }
    void leave(const std::optional<Answer>& coarse, const std::optional<Answer>& fine) {
        if (!coarse || !fine) return;
        for (std::size_t i = 0; i < std::min(coarse->n_eff.size(), fine->n_eff.size()); ++i)
            if (const double move = std::abs(coarse->n_eff[i] - fine->n_eff[i]); move > largest_move)
                left_ = std::max(left_, move);
    }

    /// The modes at z; nothing where the grid is too coarse for the medium. `n_eff`: a guess for the fundamental mode's, which
    /// places the wall under a dark cover.
    [[nodiscard]] std::optional<Answer> solve(int k, double z, double n_eff) {
        light_->set_grid(n_eff, spacing(k));
        try {
            const modes::ModeSet set = light_->survey(
                z == 0.0 ? light_->seen_section() : light_->seen_section(*medium_, z), params_.modes.count);
            Answer found;
            for (const modes::Mode& mode : set.modes) found.n_eff.push_back(mode.n_eff);
            found.boundary = set.boundary_index;
            return found;
        } catch (const Error& error) {
            if (error.kind() != Failure::numerical) throw;
            return {};
        }
    }
    /// ∬ (n² - n_b²) dA of what rises above the index beside the guides [m²].
    [[nodiscard]] double rise_at(int k, double z) {
        const double beside = medium_->outline().background_index;
        const IndexMap n = sampled_on(k, z);
        double sum = 0.0;
        for (const double value : n.values) sum += std::max(0.0, value * value - beside * beside);
        return sum * n.grid.cell_area();
    }

    /// The largest of what two answers differ by, over what is allowed.
    [[nodiscard]] double disagreement(const Answer& coarse, const Answer& fine) const {
        if (coarse.n_eff.size() != fine.n_eff.size()) return 1e300;
        if (fine.n_eff.empty()) return k_ > 0 ? 1e300 : 0.0;
        const double k0 = 2.0 * pi / medium_->wavelength(), first = coarse.n_eff[0] - fine.n_eff[0];
        double worst = std::abs(first) / (largest_share * (fine.n_eff[0] - fine.boundary));
        for (std::size_t i = 0; i < fine.n_eff.size(); ++i) {
            const double move = coarse.n_eff[i] - fine.n_eff[i];
            worst =
                std::max({worst, std::abs(move) / largest_move, k0 * length_ * std::abs(move - first) / largest_phase});
        }
        return worst;
    }

    const RunParams& params_;
    GridParams grid_;  ///< in which spacings are tried
    double length_ = 0.0, left_ = 0.0, before_ = 1e300;
    int k_ = coarsest;
    std::shared_ptr<const Medium> medium_;
    std::optional<LightSection> light_;
};

/// The formulas whose modes are launched or watched on the same grid.
std::vector<FormulaParams> further_formulas(const RunParams& params) {
    std::vector<FormulaParams> list;
    if (!params.propagation) return list;
    for (const LaunchPart& part : params.propagation->launch)
        if (const auto* mode = std::get_if<ModeLight>(&part.light); mode && mode->of) list.push_back(*mode->of);
    for (const WatchParams& watch : params.propagation->watch)
        if (!watch.guide_x) list.push_back(watch.of);
    return list;
}

}  // namespace

void settle_resolution(RunParams& params, const std::shared_ptr<const exchange::Exchange>& process,
                       std::vector<std::string>& warnings) {
    if (params.modes.grid.resolution || (params.process && !process)) return;
    const kernels::EstimatedPlans estimated;  // planning by measurement would cost more than these few solves
    const double shortest = *std::min_element(params.wavelengths.begin(), params.wavelengths.end());
    Chooser chooser(params);
    chooser.take(make_medium(params.medium, process, shortest));
    for (const FormulaParams& formula : further_formulas(params))
        chooser.take(make_medium(with_formula(params.medium, formula), nullptr, shortest));
    use_resolution(params, chooser.chosen());
    if (chooser.left() > 0.0)
        warnings.push_back(fmt::format(
            "the index changes too abruptly for a grid: at a spacing of {:.2g} um an n_eff still moves by {:.1g} from "
            "one spacing to the next. [section] resolution takes a finer one, and elements follow drawn boxes exactly",
            chooser.chosen() * 1e6, chooser.left()));
}

void use_resolution(RunParams& params, double h) {
    params.modes.grid.resolution = h;
    if (params.propagation) params.propagation->grid.resolution = h;
}

}  // namespace vitral::stages
