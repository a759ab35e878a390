#include "app/graded_light.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/constants.hpp"

namespace vitral::app {
namespace {

struct Range {
    double from = 1e300, to = -1e300;
    void take(const Range& other) {
        from = std::min(from, other.from);
        to = std::max(to, other.to);
    }
    [[nodiscard]] double width() const { return to - from; }
    /// The steeper slope of the two ends, from another one dz before.
    [[nodiscard]] double steepest(const Range& before, double dz) const {
        return std::max(std::abs(from - before.from), std::abs(to - before.to)) / dz;
    }
};

/// Where along one axis all but 1e-4 of a field's power lies.
template <typename T>
Range held(const Field<T>& psi, bool along_x) {
    const Grid& g = psi.grid;
    const Axis& axis = along_x ? g.x : g.y;
    std::vector<double> power(static_cast<std::size_t>(axis.count), 0.0);
    double sum = 0.0;
    for (int iy = 0; iy < g.y.count; ++iy)
        for (int ix = 0; ix < g.x.count; ++ix) {
            const double p = std::norm(psi(ix, iy));
            power[static_cast<std::size_t>(along_x ? ix : iy)] += p;
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

/// Where along x and y the index rises by a tenth of its highest rise above the glass beside it.
std::pair<Range, Range> risen(const IndexMap& n, double beside) {
    const double least = 0.1 * (*std::max_element(n.values.begin(), n.values.end()) - beside);
    std::pair<Range, Range> r;
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix)
            if (n(ix, iy) - beside > least) {
                r.first.take({n.grid.x.at(ix), n.grid.x.at(ix)});
                r.second.take({n.grid.y.at(iy), n.grid.y.at(iy)});
            }
    return r;
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
        const Axis trial = graded_axis(axis.lower, axis.upper(), axis.spacing, lower ? needs.fine.from : axis.lower,
                                       upper ? needs.fine.to : axis.upper(), needs.transition, ratio);
        if (trial.count < best.count) best = trial;
    }
    return best;
}

}  // namespace

Grid graded_grid(const Case& c, const SectionIndex& index, const WavelengthResult& light, const Field<Complex>& launch,
                 const std::vector<Field<double>>& watched, const propagation::Edges& edges, double ratio) {
    const Grid& g = index.grid();
    const double k = 2.0 * pi * light.boundary_index / light.wavelength;
    // Of each axis: where the launch, the modes at z = 0 and the watched ones lie, and how small the smallest of them is.
    const auto at_rest = [&](bool along_x) {
        const Range sent = held(launch, along_x);
        Range modes = light.mode_fields.empty() ? sent : Range{};
        for (const auto& mode : light.mode_fields) modes.take(held(mode.psi, along_x));
        Needs needs{sent, std::max(0.5 * modes.width(), 12.0 * (along_x ? g.x : g.y).spacing)};
        // All but 1e-4 of a Gaussian's power lies within 3.9 w; its waves reach to 2/w and little beyond.
        needs.wave_number = 7.8 / std::min(needs.fine.width(), modes.width());
        needs.fine.take(modes);
        for (const Field<double>& mode : watched) needs.fine.take(held(mode, along_x));
        return std::pair{needs, modes};
    };
    auto [x, mode_x] = at_rest(true);
    auto [y, mode_y] = at_rest(false);
    double tilt_x = 0.0, tilt_y = 0.0;
    for (const LaunchConfig* part : c.propagation->launch.parts()) {
        tilt_x = std::max(tilt_x, std::abs(part->tilt_x));
        tilt_y = std::max(tilt_y, std::abs(part->tilt_y));
    }
    const GuidePath path = c.path();
    const GuidePath::Reach reach = path.reach();
    x.fine.take({mode_x.from + reach.from, mode_x.to + reach.to});
    double slope_x = path.steepest_slope(), slope_y = 0.0;
    if (path.has_arc()) {  // what an arc lets go turns to sqrt(2 u/R) at the distance u
        const double farthest = std::max(reach.to - g.x.lower, g.x.upper() - reach.from);
        slope_x = std::max(slope_x, std::sqrt(2.0 * farthest / path.smallest_radius()));
    }
    if (!index.is_moved_section()) {
        constexpr int samples = 64;
        const auto along = index.along_z();
        IndexMap map(g);
        std::pair<Range, Range> before;
        for (int i = 0; i <= samples; ++i) {
            along->at(std::min(c.length() * i / samples, 0.999999 * c.length()), map);
            const auto guide = risen(map, light.boundary_index);
            x.fine.take({guide.first.from - 0.5 * mode_x.width(), guide.first.to + 0.5 * mode_x.width()});
            y.fine.take({guide.second.from - 0.5 * mode_y.width(), guide.second.to + 0.5 * mode_y.width()});
            if (i > 0) {
                slope_x = std::max(slope_x, guide.first.steepest(before.first, c.length() / samples));
                slope_y = std::max(slope_y, guide.second.steepest(before.second, c.length() / samples));
            }
            before = guide;
        }
    }
    x.wave_number = std::max(x.wave_number, k * (slope_x + std::sin(tilt_x)));
    y.wave_number = std::max(y.wave_number, k * (slope_y + std::sin(tilt_y)));
    Grid graded{thinned(g.x, x, edges.sides, edges.sides, ratio), g.y};
    if (!g.is_slab()) {
        y.fine.to = g.y.upper();
        graded.y = thinned(g.y, y, edges.bottom, edges.top, ratio);
    }
    return graded;
}

}  // namespace vitral::app
