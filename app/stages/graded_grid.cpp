#include "app/stages/graded_grid.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/constants.hpp"
#include "core/inner_product.hpp"
#include "medium/survey.hpp"
#include "solver/propagation/regrid.hpp"

namespace vitral::stages {
namespace {

using medium::Range;

/// Where along one axis all but 1e-4 of a field's power lies.
template <typename T>
Range held(const Field<T>& psi, Direction along) {
    const Grid& g = psi.grid;
    const Axis& axis = along == Direction::x ? g.x : g.y;
    std::vector<double> power(static_cast<std::size_t>(axis.count), 0.0);
    double sum = 0.0;
    for (int iy = 0; iy < g.y.count; ++iy)
        for (int ix = 0; ix < g.x.count; ++ix) {
            const double p = std::norm(psi(ix, iy));
            power[static_cast<std::size_t>(along == Direction::x ? ix : iy)] += p;
            sum += p;
        }
    const auto first = [&](auto begin, auto end) {
        double below = 0.0;
        int i = 0;
        for (auto p = begin; p != end && (below += *p) < 0.5e-4 * sum; ++p) ++i;
        return i;
    };
    return {axis.at(first(power.begin(), power.end())), axis.at(axis.count - 1 - first(power.rbegin(), power.rend()))};
}

/// What a graded axis has to do for the light.
struct Needs {
    Range fine;                ///< where light is led
    double transition = 0.0;   ///< [m]
    double wave_number = 0.0;  ///< largest along the axis, of light that leaves what leads it [1/m]
};

/// The axis with the fewest points: of the ratios up to `ratio` whose transitions leave room for the edges, and whose coarse
/// points resolve what crosses them (the compact stencil knows no wave above sqrt(6) over the spacing; at 1.5 it is 2 % off).
Axis thinned(const Axis& axis, const Needs& needs, double lower_edge, double upper_edge, double ratio) {
    Axis best = axis;
    for (ratio = std::min(ratio, 1.5 / (needs.wave_number * axis.spacing)); ratio > 1.0; ratio /= 1.25) {
        const double crossing = 0.5 * (1.0 + ratio) * needs.transition, cells = 6.0 * ratio * axis.spacing;
        const bool lower = needs.fine.from - axis.lower > crossing + lower_edge + cells,
                   upper = axis.upper() - needs.fine.to > crossing + upper_edge + cells;
        if (!lower && !upper) continue;
        const Axis trial = graded_axis(
            axis.lower, axis.upper(), axis.spacing,
            {lower ? needs.fine.from : axis.lower, upper ? needs.fine.to : axis.upper(), needs.transition, ratio});
        if (trial.count < best.count) best = trial;
    }
    return best;
}

/// Of one axis: where the launch, the modes at z = 0 and the watched ones lie, and how small the smallest of them is.
std::pair<Needs, Range> at_rest(const GradedNeeds& needs, const Axis& axis, Direction along) {
    const Range sent = held(needs.launch, along);
    Range modes = needs.modes.empty() ? sent : Range{};
    for (const GuidedMode& mode : needs.modes) modes.take(held(mode.psi, along));
    Needs own{sent, std::max(0.5 * modes.width(), 12.0 * axis.spacing)};
    // All but 1e-4 of a Gaussian's power lies within 3.9 w; its waves reach to 2/w and little beyond.
    own.wave_number = 7.8 / std::min(own.fine.width(), modes.width());
    own.fine.take(modes);
    for (const Field<double>& mode : needs.watched) own.fine.take(held(mode, along));
    return {own, modes};
}

/// The steepest ways that light takes along each axis, and where it then lies.
struct Slopes {
    double x = 0.0, y = 0.0;
};

/// Of a medium that changes along z: where something rises in it must be fine, with room for the modes.
Slopes follow_medium(const LightSection& light, double length, double beside, const std::pair<Range, Range>& modes,
                     Needs& x, Needs& y) {
    constexpr int samples = 64;
    const auto along = light.along({});
    IndexMap map(light.grid());
    std::pair<Range, Range> before;
    Slopes slopes;
    for (int i = 0; i <= samples; ++i) {
        along->at(std::min(length * i / samples, 0.999999 * length), map);
        const auto guide = medium::risen(map, beside);
        x.fine.take({guide.first.from - 0.5 * modes.first.width(), guide.first.to + 0.5 * modes.first.width()});
        y.fine.take({guide.second.from - 0.5 * modes.second.width(), guide.second.to + 0.5 * modes.second.width()});
        if (i > 0) {
            slopes.x = std::max(slopes.x, guide.first.steepest(before.first, length / samples));
            slopes.y = std::max(slopes.y, guide.second.steepest(before.second, length / samples));
        }
        before = guide;
    }
    return slopes;
}

template <typename T>
Field<T> carried_as(Field<T> light, const Grid& to) {
    if (light.grid == to) return light;
    Field<T> out = propagation::regrid(light, to);
    const double factor = std::sqrt(power(light) / power(out));
    for (T& value : out.values) value *= factor;
    return out;
}

}  // namespace

Grid graded_grid(const PropagationParams& params, const LightSection& light, const GradedNeeds& needs) {
    const Grid& g = light.grid();
    const double k = 2.0 * pi * needs.boundary_index / light.wavelength();
    auto [x, mode_x] = at_rest(needs, g.x, Direction::x);
    auto [y, mode_y] = at_rest(needs, g.y, Direction::y);
    double tilt_x = 0.0, tilt_y = 0.0;
    for (const LaunchPart& part : params.launch) {
        tilt_x = std::max(tilt_x, std::abs(part.tilt_x));
        tilt_y = std::max(tilt_y, std::abs(part.tilt_y));
    }
    const GuidePath& path = params.motion.path;
    const GuidePath::Reach reach = path.reach();
    x.fine.take({mode_x.from + reach.from, mode_x.to + reach.to});
    Slopes slopes{path.steepest_slope(), 0.0};
    if (path.has_arc()) {  // what an arc lets go turns to sqrt(2 u/R) at the distance u
        const double farthest = std::max(reach.to - g.x.lower, g.x.upper() - reach.from);
        slopes.x = std::max(slopes.x, std::sqrt(2.0 * farthest / path.smallest_radius()));
    }
    if (!light.is_same_along_z()) {
        const Slopes own = follow_medium(light, params.length, needs.boundary_index, {mode_x, mode_y}, x, y);
        slopes = {std::max(slopes.x, own.x), std::max(slopes.y, own.y)};
    }
    x.wave_number = std::max(x.wave_number, k * (slopes.x + std::sin(tilt_x)));
    y.wave_number = std::max(y.wave_number, k * (slopes.y + std::sin(tilt_y)));
    const propagation::Edges& edges = needs.edges;
    Grid graded{thinned(g.x, x, edges.sides, edges.sides, params.grading), g.y};
    if (!g.is_slab()) {
        y.fine.to = g.y.upper();
        graded.y = thinned(g.y, y, edges.bottom, edges.top, params.grading);
    }
    return graded;
}

Field<Complex> carried(Field<Complex> light, const Grid& to) { return carried_as(std::move(light), to); }
Field<double> carried(Field<double> light, const Grid& to) { return carried_as(std::move(light), to); }

}  // namespace vitral::stages
