#include "app/stages/operator_error.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/ports.hpp"
#include "app/stages/progress.hpp"
#include "app/stages/resolution.hpp"
#include "core/constants.hpp"
#include "core/inner_product.hpp"
#include "medium/moved_section.hpp"
#include "medium/survey.hpp"
#include "solver/kernels/fft.hpp"
#include "solver/propagation/propagate.hpp"

namespace vitral::stages {
namespace {

/// The section's index in the slab that carries its mode: n²(x) = ∫ n² φ² dy - ∫ φ'² dy/k0².
IndexMap reduced(const LightSection& light, const GuidedMode& mode) {
    const IndexMap n = light.seen_section();
    const Grid& g = n.grid;
    IndexMap slab(Grid{g.x, slab_axis()});
    if (g.is_slab()) {
        slab.values = n.values;
        return slab;
    }
    int peak = 0;
    for (int ix = 0; ix < g.x.count; ++ix)
        if (std::abs(g.x.at(ix) - mode.figures.peak_x) < std::abs(g.x.at(peak) - mode.figures.peak_x)) peak = ix;
    const int ny = g.y.count;
    const auto phi = [&](int iy) { return iy < 0 || iy == ny ? 0.0 : mode.psi(peak, iy); };
    double norm = 0.0, bent = 0.0;
    for (int iy = 0; iy < ny; ++iy) norm += phi(iy) * phi(iy);
    for (int iy = 0; iy <= ny; ++iy) bent += std::pow((phi(iy) - phi(iy - 1)) / g.y.spacing, 2);
    const double k0 = 2.0 * pi / light.wavelength();
    const double least = *std::min_element(n.values.begin(), n.values.end());
    for (int ix = 0; ix < g.x.count; ++ix) {
        double sum = 0.0;
        for (int iy = 0; iy < ny; ++iy) sum += std::pow(n(ix, iy) * phi(iy), 2);
        slab.values[static_cast<std::size_t>(ix)] =
            std::sqrt(std::max((sum - bent / (k0 * k0)) / norm, 0.25 * least * least));
    }
    return slab;
}

}  // namespace

std::optional<double> path_error(const LightSection& light, const GuidedMode& mode, const Motion& motion, double length,
                                 double tilt, double edge) {
    constexpr double longest = 1e-5, phase = 0.5, per_unlikeness = 10.0, strong = 0.3;
    const kernels::EstimatedPlans estimated;
    const IndexMap slab = reduced(light, mode);
    const auto [lowest, highest] = std::minmax_element(slab.values.begin(), slab.values.end());
    if (!(*highest - *lowest < strong)) return {};
    const modes::ModeSet guided = modes::scalar_modes(slab, light.wavelength(), {.count = 1});
    if (guided.modes.empty()) return {};
    const double step = std::min(longest, phase * light.wavelength() / (2.0 * pi * std::max(*highest - *lowest, 1e-9)));
    const double n_ref = guided.modes[0].n_eff, k = 2.0 * pi / light.wavelength() * n_ref;
    Field<Complex> launch = as_complex(guided.modes[0].psi);
    for (int ix = 0; ix < slab.grid.x.count; ++ix)
        launch.values[static_cast<std::size_t>(ix)] *= std::polar(1.0, k * std::sin(tilt) * slab.grid.x.at(ix));
    const medium::MovedSection index(slab, motion.path, motion.bend);
    Field<double> end(slab.grid);
    medium::MovedSection(guided.modes[0].psi, motion.path.uncurved()).at(length, end);
    std::vector<Field<Complex>> ends;
    for (const auto op : {propagation::Operator::paraxial, propagation::Operator::wide_angle}) {
        propagation::PropagationParams march{.engine = {.method = propagation::Method::split_step,
                                                        .op = op,
                                                        .splitting = propagation::Splitting::fourth_order,
                                                        .wavelength = light.wavelength(),
                                                        .n_ref = n_ref,
                                                        .edges = {}},
                                             .length = length,
                                             .dz = step,
                                             .records = 1};
        march.engine.edges.sides = edge;
        march.engine.between_steps = stop_if_requested;
        ends.push_back(propagation::propagate(launch, index, march).psi);
    }
    const double unlike = 1.0 - std::norm(inner_product(ends[0], ends[1])) / (power(ends[0]) * power(ends[1]));
    const auto received = [&](const Field<Complex>& psi) { return std::norm(inner_product(end, psi)); };
    return std::max(std::abs(received(ends[0]) - received(ends[1])), per_unlikeness * unlike);
}

std::optional<double> slope_error(const PropagationParams& params, const Medium& medium, double mode_radius) {
    double tilt = 0.0;
    for (const LaunchPart& part : params.launch) tilt = std::max(tilt, std::hypot(part.tilt_x, part.tilt_y));
    const auto cubes = medium::cubed_slopes(medium, params.motion.path, params.length, tilt,
                                            params.grid.resolution.value_or(usual_resolution));
    if (!cubes) return {};
    return std::pow(*cubes / (2.0 * mode_radius), 2);
}

double spread_error(const Launch& launch, const ModesResult& modes, double wavelength, double n_ref, double length) {
    const double k0 = 2.0 * pi / wavelength, all = power(launch.psi);
    double beside = all, strongest = 0.0, turned = 0.0, first = n_ref;
    std::vector<double> powers;
    for (const GuidedMode& mode : modes.on_grid) {
        powers.push_back(std::norm(inner_product(mode.psi, launch.psi)));
        beside -= powers.back();
        if (powers.back() > strongest) strongest = powers.back(), first = mode.n_eff.real();
    }
    const auto phase = [&](double n_eff) { return k0 * std::pow(n_eff - n_ref, 2) / (2.0 * n_ref) * length; };
    for (std::size_t m = 0; m < powers.size(); ++m) {
        const double n_eff = modes.on_grid[m].n_eff.real();
        if (n_eff == first) continue;
        const double apart = std::min(std::abs(phase(n_eff) - phase(first)), pi);
        turned += 2.0 * std::sqrt(strongest * powers[m]) * std::sin(0.5 * apart);
    }
    // <q²> of the launch, by differences: of what is beside the modes no less is known.
    const Grid& g = launch.psi.grid;
    double q2 = 0.0;
    for (int iy = 0; iy < g.y.count; ++iy)
        for (int ix = 0; ix < g.x.count; ++ix) {
            if (ix > 0) q2 += std::norm((launch.psi(ix, iy) - launch.psi(ix - 1, iy)) / g.x.spacing);
            if (iy > 0) q2 += std::norm((launch.psi(ix, iy) - launch.psi(ix, iy - 1)) / g.y.spacing);
        }
    q2 *= g.cell_area() / all;
    return (turned + std::max(beside, 0.0) * q2 / std::pow(k0 * launch.n_eff, 2)) / all;
}

}  // namespace vitral::stages
