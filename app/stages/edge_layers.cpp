#include "app/stages/edge_layers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace vitral::stages {
namespace {

/// Of a mode's power that a layer may lie upon: a millimetre then loses 3e-4 at most.
constexpr double covered_share = 1e-5;

/// How a mode's power is spread along one axis.
struct Marginal {
    std::vector<double> edges, below;  ///< cell edges; share of the power below each

    Marginal(const Field<double>& psi, bool along_x) {
        const Grid& g = psi.grid;
        const Axis& axis = along_x ? g.x : g.y;
        std::vector<double> sums(static_cast<std::size_t>(axis.count), 0.0);
        for (int iy = 0; iy < g.y.count; ++iy)
            for (int ix = 0; ix < g.x.count; ++ix)
                sums[static_cast<std::size_t>(along_x ? ix : iy)] += psi(ix, iy) * psi(ix, iy);
        double all = 0.0, sum = 0.0;
        for (const double s : sums) all += s;
        for (int i = 0; i < axis.count; ++i) {
            edges.push_back(axis.at(i) - 0.5 * axis.spacing);
            below.push_back(sum / all);
            sum += sums[static_cast<std::size_t>(i)];
        }
        edges.push_back(axis.upper());
        below.push_back(1.0);
    }
    /// Distance from the lower or upper end to where a share of the power lies beyond.
    [[nodiscard]] double room(bool lower, double share) const {
        std::size_t i = lower ? 0 : edges.size() - 1;
        if (lower)
            while (i + 1 < edges.size() && below[i + 1] <= share) ++i;
        else
            while (i > 0 && 1.0 - below[i - 1] <= share) --i;
        return lower ? edges[i] - edges.front() : edges.back() - edges[i];
    }
    /// Share of the power within a distance of an end.
    [[nodiscard]] double within(bool lower, double distance) const {
        std::size_t i = 0;
        const double at = lower ? edges.front() + distance : edges.back() - distance;
        while (i + 1 < edges.size() && edges[i] < at) ++i;
        return lower ? below[i] : 1.0 - below[i];
    }
};

/// One edge: the room before it, and the most of a mode's power that a layer would cover.
struct Edge {
    double room = 1e300;
    std::vector<std::pair<Marginal, double>> modes;  ///< and how far each moves away from the edge
    bool lower = true;

    void take(const Marginal& m, double away) {
        modes.emplace_back(m, away);
        room = std::min(room, m.room(lower, covered_share) + away);
    }
    [[nodiscard]] double covered(double layer) const {
        double most = 0.0;
        for (const auto& [m, away] : modes)
            if (layer > away) most = std::max(most, m.within(lower, layer - away));
        return most;
    }
};

}  // namespace

propagation::Edges edge_layers(const PropagationParams& params, const LightSection& light, const ModesResult& modes,
                               const std::vector<GuidedMode>& ends, int mode, std::vector<std::string>& warnings) {
    const Grid& g = light.grid();
    const auto number = static_cast<std::size_t>(mode);
    Edge left, right, bottom;
    right.lower = false;
    // How far the path leads the guide to either side of where it begins.
    const GuidePath::Reach reach = params.motion.path.reach();
    const double start = params.motion.path.center(0.0), lowest = reach.from - start, highest = reach.to - start;
    const auto take = [&](const Field<double>& psi, double to_left, double to_right) {
        const Marginal x(psi, true);
        left.take(x, to_left);
        right.take(x, to_right);
        if (!g.is_slab()) bottom.take(Marginal(psi, false), 0.0);
    };
    if (number < modes.on_grid.size()) take(modes.on_grid[number].psi, lowest, -highest);
    if (number < ends.size() && !light.is_same_along_z()) take(ends[number].psi, 0.0, 0.0);
    propagation::Edges edges;
    edges.kind = params.edges;
    edges.sides = std::min(params.edge_width.value_or(usual_layer_share * g.x.length()), 0.4 * g.x.length());
    if (!g.is_slab()) {
        edges.bottom = std::min(params.edge_width.value_or(usual_layer_share * g.y.length()), 0.4 * g.y.length());
        if (!light.medium().outline().dark_cover)
            edges.top = std::min(params.edge_width.value_or(usual_layer_share * g.y.length()), 0.5 * g.y.upper());
    }
    if (params.edges == propagation::EdgeKind::transparent) return edges;
    const double growth = params.edge_width ? 0.0 : usual_layer_share;
    const auto check = [&](const Edge& edge, double layer, double size, double sides, const char* key) {
        if (!(layer > 0.0) || edge.covered(layer) <= covered_share) return;
        const double wanted = size + (layer - edge.room) / (1.0 / sides - growth);
        warnings.push_back(
            fmt::format("a layer at the edge of the window, in which light leaves, covers {:.2g} of the power of mode "
                        "{} and may take it away: holding it takes a [section] with a {} of more than {:.3g} um",
                        edge.covered(layer), mode, key, std::ceil(wanted * 1e6)));
    };
    const Edge& closer = left.room < right.room ? left : right;
    check(closer, edges.sides, g.x.length(), 2.0, "width");
    check(bottom, edges.bottom, -g.y.lower, 1.0, "depth");
    return edges;
}

}  // namespace vitral::stages
