#include "app/stages/section_guides.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/modes.hpp"
#include "modes/grid/mode_figures.hpp"
#include "modes/guided.hpp"

namespace vitral::stages {
namespace {

/// The columns of a map on a grid of their own.
IndexMap cropped(const IndexMap& n, modes::Columns columns) {
    Grid grid = n.grid;
    grid.x = {n.grid.x.lower + columns.first * n.grid.x.spacing, n.grid.x.spacing, columns.end - columns.first};
    IndexMap part(grid);
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix) part(ix, iy) = n(columns.first + ix, iy);
    return part;
}

/// A field of some columns on the whole grid, zero elsewhere.
Field<double> widened(const Field<double>& part, const Grid& grid, int first) {
    Field<double> whole(grid);
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < part.grid.x.count; ++ix) whole(first + ix, iy) = part(ix, iy);
    return whole;
}

}  // namespace

SectionGuides::SectionGuides(const LightSection& light, IndexMap seen, const std::vector<GuidedMode>& modes)
    : light_(light), seen_(std::move(seen)), modes_(modes), places_(modes::guides_in(seen_)) {}

const OwnMode* SectionGuides::at(std::optional<double> x) const {
    const std::size_t number = number_at(x);
    auto found = found_.find(number);
    if (found == found_.end()) found = found_.emplace(number, find(number)).first;
    return found->second ? &*found->second : nullptr;
}

std::size_t SectionGuides::number_at(std::optional<double> x) const {
    if (x) {
        const Axis& axis = seen_.grid.x;
        std::size_t number = 0;
        while (number + 1 < places_.size() && *x > axis.lower + places_[number].columns.end * axis.spacing) ++number;
        return number;
    }
    constexpr double equal = 1e-3;  // of the highest rise
    double highest = 0.0, lowest = 1e300;
    for (const double n : seen_.values) lowest = std::min(lowest, n);
    for (const auto& place : places_) highest = std::max(highest, place.height);
    std::optional<std::size_t> best;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (places_[k].height >= highest - equal * (highest - lowest) &&
            (!best || std::abs(places_[k].x) < std::abs(places_[*best].x) - 1e-3 * seen_.grid.x.spacing))
            best = k;
    return best.value_or(0);
}

std::optional<OwnMode> SectionGuides::find(std::size_t number) const {
    if (!has_several()) {
        if (modes_.empty()) return {};
        return OwnMode{modes_[0], "section", modes_[0].figures.center_x};
    }
    const modes::Columns columns = places_[number].columns;
    std::string found = "alone";
    std::optional<modes::Mode> mode = alone(columns);
    if (!mode) {
        found = "supermodes";
        mode = of_supermodes(columns);
    }
    if (!mode) return {};
    OwnMode own{modes::guided(std::move(*mode), 0, light_.params().polarization), std::move(found), 0.0};
    own.axis_x = own.mode.figures.center_x;
    return own;
}

std::optional<modes::Mode> SectionGuides::alone(modes::Columns columns) const {
    constexpr double at_walls = 1e-6;  // of its power: less than 1e-5 dB
    modes::ModeSet set = light_.solve(cropped(seen_, columns), 1);
    if (set.modes.empty()) return {};
    modes::Mode& mode = set.modes[0];
    const ModeFigures figures = modes::mode_figures(mode.psi);
    if (figures.near_left + figures.near_right > at_walls) return {};
    mode.psi = widened(mode.psi, seen_.grid, columns.first);
    return std::move(mode);
}

std::optional<modes::Mode> SectionGuides::of_supermodes(modes::Columns columns) const {
    const std::size_t enough = 2 * places_.size();
    if (modes_.size() >= enough) return modes::own_mode(modes_, columns);
    std::vector<GuidedMode> more;
    for (modes::Mode& mode : light_.solve(seen_, static_cast<int>(enough)).modes)
        more.push_back(modes::guided(std::move(mode), static_cast<int>(more.size()), light_.params().polarization));
    return modes::own_mode(more, columns);
}

}  // namespace vitral::stages
