#include "app/stages/resolution.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/stages/light_section.hpp"
#include "app/stages/medium.hpp"
#include "core/constants.hpp"

namespace vitral::stages {
namespace {

constexpr int coarsest = 4, finest = -4;  // half powers of two times the usual spacing
constexpr double least_gain = 2.0;        // from one spacing to the next, of what converges below the usual one
constexpr double largest_move = 1e-6;     // of an n_eff between two spacings
constexpr double largest_share = 3e-4;    // of the fundamental's distance to the index beside the guide
constexpr double largest_phase = 1e-3;    // of two modes against each other [rad]
constexpr std::size_t most_points =
    2000000;  // on the coarsest grid: beyond, the search would take what the run has not asked for
constexpr double points_a_radius = 4.0;        // of the smallest Gaussian among the ports
constexpr double highest_angle_beside = 0.35;  // of light that a mode, or what it loses, adds to a slope or tilt

double spacing(int k) { return usual_resolution * std::pow(2.0, 0.5 * k); }

/// 1/e radius of a port's field, about.
double radius_of(const PortParams& port) {
    if (const auto* fiber = std::get_if<FiberPort>(&port)) return fiber->fiber.core_radius;
    const auto& gaussian = std::get<GaussianPort>(port);
    return 0.5 * std::min(gaussian.mfd_x, gaussian.mfd_y);
}

/// The coarsest spacing on which the light fits, whatever the modes.
double limit_of(const RunParams& params, double background_index, double wavelength) {
    double radius = 1e300, tilt = 0.0;
    for (const PortCoupling& port : params.coupling.ports) radius = std::min(radius, radius_of(port.to));
    if (params.propagation) {
        const PropagationParams& p = *params.propagation;
        tilt = p.motion.path.steepest_slope();
        for (const LaunchPart& part : p.launch) {
            if (const auto* port = std::get_if<PortLight>(&part.light))
                radius = std::min(radius, radius_of(port->port));
            if (std::holds_alternative<StoredLight>(part.light)) return usual_resolution;
            tilt = std::max(tilt, std::hypot(part.tilt_x, part.tilt_y));
        }
    }
    const double k = 2.0 * pi / wavelength * background_index;
    return std::min(radius / points_a_radius, pi / (k * (tilt + highest_angle_beside)));
}

/// Whether an engine that transforms can do what is wished.
bool may_transform(const propagation::EngineWishes& wishes) {
    for (const auto angle : {propagation::Angle::paraxial, propagation::Angle::wide})
        if (const auto* row = propagation::choose_row(wishes, angle))
            return row->method == propagation::Method::split_step;
    return false;
}

/// Whether the section's grid has to be the finest, since what is computed on it does not converge as transforms do.
bool takes_usual(const RunParams& params, const MediumOutline& outline) {
    return outline.layered || !outline.x_steps.empty() || !outline.regions.empty() || params.modes.grid.slab ||
           (params.propagation && !may_transform(params.propagation->engine));
}

/// n_eff of the modes on one grid.
struct Indices {
    std::vector<double> n_eff;
    double boundary = 0.0;
};

class Chooser {
public:
    Chooser(const RunParams& params, std::shared_ptr<const Medium> medium)
        : params_(params), medium_(std::move(medium)), light_(params.modes.grid, medium_) {}

    [[nodiscard]] double choose() {
        const MediumOutline& outline = medium_->outline();
        if (takes_usual(params_, outline)) return usual_resolution;
        light_.set_grid(outline.background_index, spacing(coarsest));
        if (light_.grid().size() > most_points) return usual_resolution;
        const double limit = limit_of(params_, outline.background_index, medium_->wavelength());
        k_ = coarsest;
        while (k_ > finest && spacing(k_) > limit) --k_;
        const double length = params_.propagation ? params_.propagation->length : 0.0;
        std::vector<double> places = {0.0};
        if (length > 0.0 && !light_.is_same_along_z()) places = {0.0, 0.5 * length, length};
        for (const double z : places) refine(z, length);
        return spacing(k_);
    }
    /// By how much n_eff moved last where nothing has converged; 0 where it has.
    [[nodiscard]] double left() const { return left_; }

private:
    /// Down to the spacing on which the modes at z have converged.
    void refine(double z, double length) {
        const bool dark = medium_->outline().dark_cover.has_value();
        Indices coarse = solve(k_, z, medium_->outline().background_index);
        if (dark && !coarse.n_eff.empty()) coarse = solve(k_, z, coarse.n_eff[0]);
        double before = 0.0;
        while (k_ > finest) {
            const Indices fine = solve(k_ - 1, z, coarse.n_eff.empty() ? coarse.boundary : coarse.n_eff[0]);
            if (agree(coarse, fine, length)) return;
            const double move = largest_move_of(coarse, fine);
            if (k_ <= 0 && move > largest_move && ((before > 0.0 && before < least_gain * move) || light_.grid().size() > most_points)) {
                left_ = std::max(left_, move);
                return;
            }
            before = move;
            coarse = fine;
            --k_;
        }
    }

    [[nodiscard]] static double largest_move_of(const Indices& coarse, const Indices& fine) {
        double move = 0.0;
        for (std::size_t i = 0; i < std::min(coarse.n_eff.size(), fine.n_eff.size()); ++i)
            move = std::max(move, std::abs(coarse.n_eff[i] - fine.n_eff[i]));
        return move;
    }

    /// `n_eff`: a guess for the fundamental mode's, which places the wall under a dark cover.
    [[nodiscard]] Indices solve(int k, double z, double n_eff) {
        light_.set_grid(n_eff, spacing(k));
        const modes::ModeSet set =
            light_.solve(z == 0.0 ? light_.seen_section() : light_.seen_section(*medium_, z), params_.modes.count);
        Indices found;
        for (const modes::Mode& mode : set.modes) found.n_eff.push_back(mode.n_eff);
        found.boundary = set.boundary_index;
        return found;
    }

    [[nodiscard]] bool agree(const Indices& coarse, const Indices& fine, double length) const {
        if (coarse.n_eff.size() != fine.n_eff.size()) return false;
        if (fine.n_eff.empty()) return true;
        const double k0 = 2.0 * pi / medium_->wavelength(), first = coarse.n_eff[0] - fine.n_eff[0];
        if (std::abs(first) > largest_share * (fine.n_eff[0] - fine.boundary)) return false;
        for (std::size_t i = 0; i < fine.n_eff.size(); ++i) {
            const double move = coarse.n_eff[i] - fine.n_eff[i];
            if (std::abs(move) > largest_move || k0 * length * std::abs(move - first) > largest_phase) return false;
        }
        return true;
    }

    const RunParams& params_;
    std::shared_ptr<const Medium> medium_;
    LightSection light_;
    int k_ = 0;
    double left_ = 0.0;
};

}  // namespace

void settle_resolution(RunParams& params, const std::shared_ptr<const exchange::Exchange>& process,
                       std::vector<std::string>& warnings) {
    if (params.modes.grid.resolution || (params.process && !process)) return;
    const double shortest = *std::min_element(params.wavelengths.begin(), params.wavelengths.end());
    Chooser chooser(params, make_medium(params.medium, process, shortest));
    const double h = chooser.choose();
    params.modes.grid.resolution = h;
    if (params.propagation) params.propagation->grid.resolution = h;
    if (chooser.left() > 0.0)
        warnings.push_back(fmt::format(
            "the index changes too abruptly for a grid: at a spacing of {:.2g} um an n_eff still moves by {:.1g} from "
            "one spacing to the next. [section] resolution takes a finer one, and elements follow drawn boxes exactly",
            h * 1e6, chooser.left()));
}

}  // namespace vitral::stages
