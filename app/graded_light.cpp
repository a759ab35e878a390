#include "app/graded_light.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::app {
namespace {

struct Range {
    double from = 1e300, to = -1e300;
    void take(const Range& other) {
        from = std::min(from, other.from);
        to = std::max(to, other.to);
    }
    [[nodiscard]] double width() const { return to - from; }
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

/// Columns in which the index rises by a tenth of its highest rise above the glass beside it.
Range risen(const IndexMap& n, double beside) {
    std::vector<double> rise(static_cast<std::size_t>(n.grid.x.count), 0.0);
    for (int iy = 0; iy < n.grid.y.count; ++iy)
        for (int ix = 0; ix < n.grid.x.count; ++ix)
            rise[static_cast<std::size_t>(ix)] = std::max(rise[static_cast<std::size_t>(ix)], n(ix, iy) - beside);
    const double least = 0.1 * *std::max_element(rise.begin(), rise.end());
    Range r;
    for (int ix = 0; ix < n.grid.x.count; ++ix)
        if (rise[static_cast<std::size_t>(ix)] > least) r.take({n.grid.x.at(ix), n.grid.x.at(ix)});
    return r;
}

/// The axis with the fewest points for this fine part: of the ratios up to `ratio` whose transitions leave room for the edges.
Axis thinned(const Axis& axis, const Range& fine, double transition, double lower_edge, double upper_edge,
             double ratio) {
    Axis best = axis;
    for (; ratio > 1.2; ratio /= 1.25) {
        const double crossing = 0.5 * (1.0 + ratio) * transition, cells = 6.0 * ratio * axis.spacing;
        const bool lower = fine.from - axis.lower > crossing + lower_edge + cells,
                   upper = axis.upper() - fine.to > crossing + upper_edge + cells;
        if (!lower && !upper) continue;
        const Axis trial = graded_axis(axis.lower, axis.upper(), axis.spacing, lower ? fine.from : axis.lower,
                                       upper ? fine.to : axis.upper(), transition, ratio);
        if (trial.count < best.count) best = trial;
    }
    return best;
}

}  // namespace

Grid graded_grid(const Case& c, const SectionIndex& index, const WavelengthResult& light, const Field<Complex>& launch,
                 const propagation::Edges& edges, double ratio) {
    const Grid& g = index.grid();
    Range x = held(launch, true), y = held(launch, false), mode_x, mode_y;
    for (const auto& mode : light.mode_fields) {
        mode_x.take(held(mode.psi, true));
        mode_y.take(held(mode.psi, false));
    }
    if (light.mode_fields.empty()) mode_x = x, mode_y = y;
    x.take(mode_x);
    y.take(mode_y);
    constexpr int samples = 64;
    const GuidePath path = c.path();
    const auto along = index.is_moved_section() ? nullptr : index.along_z();
    IndexMap map(g);
    for (int i = 0; i <= samples; ++i) {
        const double z = c.length() * i / samples, center = path.center(z);
        x.take({mode_x.from + center, mode_x.to + center});
        if (!along) continue;
        along->at(std::min(z, 0.999999 * c.length()), map);
        const Range guide = risen(map, light.boundary_index);
        x.take({guide.from - 0.5 * mode_x.width(), guide.to + 0.5 * mode_x.width()});
    }
    const auto transition = [](const Range& mode, const Axis& axis) {
        return std::max(0.5 * mode.width(), 12.0 * axis.spacing);
    };
    Grid graded{thinned(g.x, x, transition(mode_x, g.x), edges.sides, edges.sides, ratio), g.y};
    if (!g.is_slab())
        graded.y = thinned(g.y, {y.from, g.y.upper()}, transition(mode_y, g.y), edges.bottom, edges.top, ratio);
    return graded;
}

}  // namespace vitral::app
