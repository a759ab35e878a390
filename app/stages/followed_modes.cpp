#include "app/stages/followed_modes.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/medium.hpp"
#include "app/stages/progress.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "medium/section.hpp"
#include "modes/elements/mode_derivatives.hpp"
#include "modes/elements/mode_fields.hpp"
#include "modes/guided.hpp"

namespace vitral::stages {
namespace {

/// |¼∬(E₁ x H₂* + E₂* x H₁)·ẑ|² / (P₁ P₂), by the quadrature of the first.
double power_overlap(const modes::SectionMode& a, const modes::SectionMode& b) {
    const modes::SectionQuadrature q = modes::quadrature(*a.on);
    const ModeFields f = a.fields(q.x, q.y), g = b.fields(q.x, q.y);
    Complex sum = 0.0;
    for (std::size_t j = 0; j < q.y.size(); ++j)
        for (std::size_t i = 0; i < q.x.size(); ++i) {
            const std::size_t k = j * q.x.size() + i;
            const double area = q.weight_x[i] * q.weight_y[j];
            if (f.e_y.empty())
                sum += f.e_x[k] * std::conj(g.e_x[k]) * area;
            else
                sum += 0.5 * area *
                       (f.e_x[k] * std::conj(g.h_y[k]) - f.e_y[k] * std::conj(g.h_x[k]) +
                        std::conj(g.e_x[k]) * f.h_y[k] - std::conj(g.e_y[k]) * f.h_x[k]);
        }
    return std::norm(sum);
}

/// dn_eff/dp of a mode.
double derivative(const modes::ModeDerivatives& of, const MediumParameter& parameter) {
    double sum = parameter.change ? of.index_shift(parameter.change).real() : 0.0;
    for (const StepMotion& step : parameter.moved)
        sum += step.rate * of.step_shift(step.across, step.at, step.below, step.above).real();
    return sum;
}

modes::SectionModesParams wish(const ModesParams& params, double wavelength) {
    modes::SectionModesParams w;
    w.equation = params.solver == ModesParams::Solver::vector_elements ? modes::WaveEquation::full_vector
                                                                       : modes::WaveEquation::scalar;
    w.wavelength = wavelength;
    w.count = params.count;
    w.accuracy = params.accuracy;
    w.near = params.near;
    w.between_steps = stop_if_requested;
    if (!params.grid.slab) return w;
    // TM light has its field across the layers of a slab, along x.
    const bool tm = params.grid.field == Polarization::along_x;
    if (tm) w.equation = modes::WaveEquation::full_vector;
    w.slab_field = tm ? modes::SlabField::along_x : modes::SlabField::along_y;
    return w;
}

/// Scalar light sees the mean of a birefringent glass, as on the grid.
medium::Directions directions_of(const ModesParams& params) {
    return params.solver == ModesParams::Solver::scalar_elements ? medium::Directions::mean : medium::Directions::apart;
}

}  // namespace

FollowedModes::FollowedModes(ModesParams params, MediumParams medium, std::shared_ptr<const exchange::Exchange> process)
    : params_(std::move(params)), medium_(std::move(medium)), process_(std::move(process)) {}

FollowedModes::Posed FollowedModes::pose(const std::shared_ptr<const Medium>& medium) const {
    Posed posed{medium::section_of(medium, directions_of(params_)), {}};
    if (!medium->outline().absorption_known) return posed;
    const medium::Absorptivity most = medium::absorptivity(posed.section, medium->outline().regions);
    // The second order, about Im² over the contrast, must lie below what is asked for.
    if (most.largest * most.largest > params_.accuracy * std::max(most.contrast, 1e-6)) return posed;
    posed.absorption = medium::absorbing_part(posed.section.permittivity);
    posed.section.permittivity = medium::lossless(std::move(posed.section.permittivity));
    return posed;
}

double FollowedModes::expected_bytes(const std::shared_ptr<const Medium>& medium) const {
    modes::SectionModesParams w = wish(params_, medium->wavelength());
    if (params_.bend_radius) {
        w.near = w.near.value_or(medium->outline().background_index + 0.005);
        w.curvature = 1.0 / *params_.bend_radius;
    }
    return static_cast<double>(modes::expected_bytes(pose(medium).section, w));
}

void FollowedModes::find(const std::shared_ptr<const Medium>& medium, ModesResult& result) {
    const double wavelength = medium->wavelength();
    const Posed posed = pose(medium);
    modes::SectionModesParams w = wish(params_, wavelength);
    for (const Region& region : medium->outline().regions) result.regions.push_back(region.name);
    if (params_.bend_radius) {
        // The bent mode lies near the straight one.
        if (!w.near) {
            const auto straight = modes::section_modes(posed.section, w);
            result.boundary_index = straight.boundary_index;
            if (straight.modes.empty()) return;
            w.near = straight.modes[0].n_eff.real();
            w.count = std::min(w.count, static_cast<int>(straight.modes.size()));
        }
        w.curvature = 1.0 / *params_.bend_radius;
    }
    constexpr int most_followed = 19;
    constexpr double close = 0.005;
    std::optional<modes::ModeContinuation::Point> point;
    if (continuation_ && followed_ < most_followed && wavelength != last_wavelength_ &&
        std::abs(wavelength / last_wavelength_ - 1.0) < close)
        point = continuation_->next(posed.section, wavelength);
    modes::SectionModeSet set = point ? point->set : modes::section_modes(posed.section, w);
    if (point) {
        ++followed_;
    } else {
        continuation_.reset();
        followed_ = 0;
        if (!w.near && !set.modes.empty() && params_.continued)
            continuation_ = std::make_unique<modes::ModeContinuation>(set, w);
    }
    result.report.leakage_computed = w.near.has_value();
    take(set, medium, posed, result);
    if (params_.dispersion && !w.near) add_dispersion(set, w, result);
    if (point)
        for (std::size_t m = 0; m < result.modes.size(); ++m) {
            result.modes[m].number = last_numbers_[m];
            result.modes[m].overlap_with_last = point->overlaps[m];
        }
    else if (last_)
        number_by_overlap(set, result);
    last_numbers_.clear();
    for (const GuidedMode& mode : result.modes) {
        next_number_ = std::max(next_number_, mode.number + 1);
        last_numbers_.push_back(mode.number);
    }
    last_ = std::move(set);
    last_wavelength_ = wavelength;
}

void FollowedModes::take(const modes::SectionModeSet& set, const std::shared_ptr<const Medium>& medium,
                         const Posed& posed, ModesResult& result) const {
    const double wavelength = medium->wavelength();
    result.boundary_index = set.boundary_index;
    SolverReport& report = result.report;
    report.eigensolver = "shift and invert by nested dissection, block Arnoldi";
    report.within_accuracy = set.within_accuracy;
    report.degree = set.degree;
    report.unknowns = set.unknowns;
    report.solves = set.solves;
    report.factor_bytes = set.bytes;
    if (!set.modes.empty()) {
        const modes::SolvedSection& on = *set.modes[0].on;
        const auto &x = on.problem.x, &y = on.problem.y;
        report.window = Window{on.mirrored_x ? 2.0 * x.lower() - x.upper() : x.lower(), x.upper(),
                               on.mirrored_y ? 2.0 * y.lower() - y.upper() : y.lower(), y.upper()};
    }
    const PermittivityAt slope = medium::slope_of(medium);
    std::vector<MediumParameter> parameters;
    if (params_.sensitivities) parameters = medium->parameters();
    // Steps of a bent section are not moved.
    if (params_.bend_radius) std::erase_if(parameters, [](const MediumParameter& p) { return !p.moved.empty(); });
    for (std::size_t m = 0; m < set.modes.size(); ++m) {
        const modes::SectionMode& mode = set.modes[m];
        GuidedMode& g = result.modes.emplace_back(modes::guided(mode, static_cast<int>(m), medium->outline().regions));
        const modes::ModeDerivatives of(mode);
        g.n_group = of.group_index(slope);
        if (posed.absorption)
            g.absorption = 4.0 * pi / wavelength * of.index_shift(posed.absorption).imag();
        else if (medium->outline().absorption_known && !report.leakage_computed)
            g.absorption = g.loss.value_or(0.0);
        if (report.leakage_computed && !g.loss) g.loss = 0.0, g.error_imag = mode.error_imag;
        if (!params_.sensitivities) continue;
        g.sensitivities.push_back({"wavelength", "1/m", (mode.n_eff.real() - *g.n_group) / wavelength});
        for (const MediumParameter& parameter : parameters)
            g.sensitivities.push_back({parameter.name, parameter.unit, derivative(of, parameter)});
    }
}

void FollowedModes::add_dispersion(const modes::SectionModeSet& set, const modes::SectionModesParams& w,
                                   ModesResult& result) const {
    const double h = 5e-3 * w.wavelength;
    std::vector<double> slope(set.modes.size(), 0.0);
    for (const double side : {-1.0, 1.0}) {
        const double wavelength = w.wavelength + side * h;
        std::shared_ptr<const Medium> medium;
        try {
            medium = make_medium(medium_, process_, wavelength);
        } catch (const Error&) {
            return;  // a record ends there
        }
        modes::ModeContinuation continuation(set, w);
        const auto point = continuation.next(pose(medium).section, wavelength);
        if (!point) return;
        for (std::size_t m = 0; m < slope.size(); ++m)
            slope[m] +=
                side * modes::ModeDerivatives(point->set.modes[m]).group_index(medium::slope_of(medium)) / (2.0 * h);
    }
    for (std::size_t m = 0; m < slope.size(); ++m) result.modes[m].dispersion = slope[m] / speed_of_light;
}

void FollowedModes::number_by_overlap(const modes::SectionModeSet& now, ModesResult& result) {
    std::vector<bool> taken(last_->modes.size(), false);
    std::vector<GuidedMode*> fresh;
    for (std::size_t m = 0; m < result.modes.size(); ++m) {
        double best = 0.0;
        std::size_t from = 0;
        for (std::size_t k = 0; k < last_->modes.size(); ++k) {
            if (taken[k]) continue;
            const double overlap = power_overlap(now.modes[m], last_->modes[k]);
            if (overlap > best) best = overlap, from = k;
        }
        GuidedMode& mode = result.modes[m];
        mode.overlap_with_last = best;
        if (best > 0.5) {
            taken[from] = true;
            mode.number = last_numbers_[from];
        } else {
            fresh.push_back(&mode);
        }
    }
    // What was not there before gets numbers of its own.
    for (GuidedMode* mode : fresh) mode->number = next_number_++;
}

}  // namespace vitral::stages
