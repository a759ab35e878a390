#include "app/stages/local_modes.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/graded_grid.hpp"
#include "core/constants.hpp"
#include "core/inner_product.hpp"
#include "modes/grid/own_modes.hpp"
#include "solver/kernels/spline.hpp"
#include "solver/propagation/observables.hpp"

namespace vitral::stages {
namespace {

constexpr int places_along_z = 24;  // intervals between them

}  // namespace

LocalModes::LocalModes(const PropagationParams& params, const LightSection& light, const ModesResult& modes,
                       double n_ref, const Grid& grid)
    : light_(light),
      modes_(modes),
      grid_(grid),
      path_(params.motion.path),
      k_(2.0 * pi * n_ref / light.wavelength()),
      probe_(1e-3 * params.length),
      end_(params.length) {
    if (!light.is_same_along_z())
        along_ = light.along({}, params.length);
    else if (path_.steepest_slope() > 0.0)
        for (const GuidedMode& mode : modes.on_grid)
            moved_.push_back(std::make_unique<medium::MovedSection>(mode.psi, path_.uncurved()));
}

std::vector<double> LocalModes::powers(double z, const Field<Complex>& psi) {
    if (z != z_) prepare(z);
    std::vector<double> out(modes_.on_grid.size(), 0.0);
    if (fronts_.empty()) {
        const std::vector<Complex> overlaps = propagation::overlaps(local_, psi);
        for (std::size_t m = 0; m < std::min(out.size(), local_.size()); ++m) out[m] = std::norm(overlaps[m]);
        return out;
    }
    Field<Complex> turned(psi.grid);
    for (std::size_t m = 0; m < std::min(out.size(), local_.size()); ++m) {
        std::vector<Complex> turn;
        for (int ix = 0; ix < psi.grid.x.count; ++ix)
            turn.push_back(std::polar(1.0, -k_ * fronts_[m][static_cast<std::size_t>(ix)]));
        for (int iy = 0; iy < psi.grid.y.count; ++iy)
            for (int ix = 0; ix < psi.grid.x.count; ++ix)
                turned(ix, iy) = psi(ix, iy) * turn[static_cast<std::size_t>(ix)];
        out[m] = std::norm(inner_product(local_[m], turned));
    }
    return out;
}

std::vector<GuidedMode> LocalModes::all_guided(double z) const {
    std::vector<GuidedMode> out;
    if (along_ || path_.curvature(z) != 0.0) return out;
    for (std::size_t m = 0; m < modes_.on_grid.size(); ++m) {
        GuidedMode mode;
        mode.n_eff = modes_.on_grid[m].n_eff;
        mode.psi = modes_.on_grid[m].psi;
        if (!moved_.empty()) moved_[m]->at(z, mode.psi);
        mode.psi = carried(std::move(mode.psi), grid_);
        for (const GuidedMode& earlier : out) {  // the spline between grid points leaves them orthogonal to 1e-6 only
            const double overlap = inner_product(earlier.psi, mode.psi).real();
            for (std::size_t i = 0; i < mode.psi.values.size(); ++i)
                mode.psi.values[i] -= overlap * earlier.psi.values[i];
        }
        normalize(mode.psi);
        out.push_back(std::move(mode));
    }
    return out;
}

void LocalModes::prepare(double z) {
    find(z);
    for (Field<double>& mode : local_) mode = carried(std::move(mode), grid_);
    const Axis &own = light_.grid().x, &march = grid_.x;
    if (march == own) return;
    for (std::vector<double>& front : fronts_) {
        std::vector<double> at(static_cast<std::size_t>(own.count));
        for (int i = 0; i < own.count; ++i) at[static_cast<std::size_t>(i)] = own.at(i);
        const kernels::CubicSpline spline(at, front);
        front.clear();
        for (int i = 0; i < march.count; ++i) front.push_back(spline(march.at(i)));
    }
}

void LocalModes::find(double z) {
    z_ = z;
    fronts_.clear();
    if (along_) {
        const double place = z / end_ * places_along_z;
        std::optional<Found> found;
        if (std::abs(place - std::round(place)) < 1e-9)
            found = *at_place(static_cast<int>(std::lround(place)));
        else
            found = between_places(place);
        if (!found) found = find_anew(z);
        local_ = std::move(found->modes);
        fronts_ = std::move(found->fronts);
        return;
    }
    local_.resize(modes_.on_grid.size());
    const double slope = path_.slope(z);
    std::vector<double> front;
    for (int i = 0; slope != 0.0 && i < light_.grid().x.count; ++i) front.push_back(slope * light_.grid().x.at(i));
    if (slope != 0.0) fronts_.assign(local_.size(), front);
    for (std::size_t m = 0; m < local_.size(); ++m) {
        if (moved_.empty()) {
            local_[m] = modes_.on_grid[m].psi;
        } else {
            local_[m] = Field<double>(light_.grid());
            moved_[m]->at(z, local_[m]);
            normalize(local_[m]);
        }
    }
}

LocalModes::Found LocalModes::find_anew(double z) const {
    const int count = static_cast<int>(modes_.on_grid.size());
    const auto modes_at = [&](double at, const std::vector<Field<double>>& start) {
        IndexMap map(light_.grid());
        along_->at(at, map);
        std::vector<Field<double>> list;
        modes::ModeSet set = light_.follow(map, count, start);
        modes::set_apart(set.modes);
        for (modes::Mode& mode : set.modes) list.push_back(std::move(mode.psi));
        return list;
    };
    Found found;
    found.modes = modes_at(z, {});  // not from those of the record before: a march that goes on has none
    // Beyond the end nothing changes.
    const double dz = z + probe_ <= end_ ? probe_ : -probe_;
    const std::vector<Field<double>> later = modes_at(z + dz, found.modes);
    constexpr double same = 0.5;
    for (std::size_t m = 0; m < found.modes.size(); ++m) {
        const bool follows = m < later.size() && std::norm(inner_product(found.modes[m], later[m])) > same;
        found.fronts.push_back(follows ? front_of(found.modes[m], later[m], dz)
                                       : std::vector<double>(static_cast<std::size_t>(light_.grid().x.count), 0.0));
    }
    return found;
}

std::shared_ptr<const LocalModes::Found> LocalModes::at_place(int number) {
    return places_.get(number, [&] { return find_anew(end_ * number / places_along_z); });
}

std::optional<LocalModes::Found> LocalModes::between_places(double place) {
    constexpr int nodes = 4;
    constexpr double alike = 0.8;  // power overlap of neighbours
    const int first = std::clamp(static_cast<int>(std::floor(place)) - 1, 0, places_along_z + 1 - nodes);
    std::vector<std::shared_ptr<const Found>> list;
    for (int j = 0; j < nodes; ++j) list.push_back(at_place(first + j));
    for (const auto& here : list)
        if (here->modes.size() != list[0]->modes.size()) return {};
    Found out;
    for (std::size_t m = 0; m < list[0]->modes.size(); ++m) {
        Field<double> psi(light_.grid());
        std::vector<double> front(static_cast<std::size_t>(light_.grid().x.count), 0.0);
        double sign = 1.0;
        for (int j = 0; j < nodes; ++j) {
            const Found& here = *list[static_cast<std::size_t>(j)];
            if (j > 0) {
                const double overlap =
                    inner_product(list[static_cast<std::size_t>(j) - 1]->modes[m], here.modes[m]).real();
                if (overlap * overlap < alike) return {};
                if (overlap < 0.0) sign = -sign;
            }
            double weight = 1.0;
            for (int k = 0; k < nodes; ++k)
                if (k != j) weight *= (place - first - k) / (j - k);
            for (std::size_t i = 0; i < psi.values.size(); ++i)
                psi.values[i] += weight * sign * here.modes[m].values[i];
            for (std::size_t i = 0; i < front.size(); ++i) front[i] += weight * here.fronts[m][i];
        }
        normalize(psi);
        out.modes.push_back(std::move(psi));
        out.fronts.push_back(std::move(front));
    }
    return out;
}

std::vector<double> LocalModes::front_of(const Field<double>& mode, const Field<double>& later, double dz) const {
    const Grid& g = mode.grid;
    const auto count = static_cast<std::size_t>(g.x.count);
    std::vector<double> rho(count, 0.0), change(count, 0.0);
    for (int iy = 0; iy < g.y.count; ++iy)
        for (std::size_t i = 0; i < count; ++i) {
            const double a = mode(static_cast<int>(i), iy), b = later(static_cast<int>(i), iy);
            rho[i] += 0.5 * (a * a + b * b);
            change[i] += (b * b - a * a) / dz;
        }
    const double most = *std::max_element(rho.begin(), rho.end());
    // ρv at the cells' right edges from the left, v in the cells; where there is next to no light, v is that of the light beside.
    constexpr double next_to_nothing = 1e-7;
    std::vector<double> v(count, 0.0), front(count, 0.0);
    double flow = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double before = flow;
        flow -= change[i] * g.x.spacing;
        if (rho[i] > next_to_nothing * most) v[i] = 0.5 * (before + flow) / rho[i];
    }
    double phase = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        front[i] = phase + 0.5 * v[i] * g.x.spacing;
        phase += v[i] * g.x.spacing;
    }
    return front;
}

}  // namespace vitral::stages
