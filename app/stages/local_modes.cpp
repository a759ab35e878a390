#include "app/stages/local_modes.hpp"

#include <algorithm>
#include <cmath>

#include "app/stages/graded_grid.hpp"
#include "core/constants.hpp"
#include "core/inner_product.hpp"
#include "medium/survey.hpp"
#include "solver/propagation/observables.hpp"

namespace vitral::stages {

LocalModes::LocalModes(const PropagationParams& params, const LightSection& light, const ModesResult& modes,
                       double n_ref, const Grid& grid)
    : light_(light),
      modes_(modes),
      grid_(grid),
      path_(params.motion.path),
      k_(2.0 * pi * n_ref / light.wavelength()),
      probe_(1e-3 * params.length) {
    if (!light.is_same_along_z())
        along_ = light.along({});
    else if (path_.steepest_slope() > 0.0)
        for (const GuidedMode& mode : modes.on_grid)
            moved_.push_back(std::make_unique<medium::MovedSection>(mode.psi, path_.uncurved()));
}

std::vector<double> LocalModes::powers(double z, const Field<Complex>& psi) {
    if (z != z_) prepare(z);
    Field<Complex> turned;
    if (slope_ != 0.0) {
        turned = psi;
        std::vector<Complex> front;
        for (int ix = 0; ix < psi.grid.x.count; ++ix)
            front.push_back(std::polar(1.0, -k_ * slope_ * psi.grid.x.at(ix)));
        for (int iy = 0; iy < psi.grid.y.count; ++iy)
            for (int ix = 0; ix < psi.grid.x.count; ++ix) turned(ix, iy) *= front[static_cast<std::size_t>(ix)];
    }
    const std::vector<Complex> overlaps = propagation::overlaps(local_, slope_ != 0.0 ? turned : psi);
    std::vector<double> out(modes_.on_grid.size(), 0.0);
    for (std::size_t m = 0; m < std::min(out.size(), local_.size()); ++m) out[m] = std::norm(overlaps[m]);
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
}

void LocalModes::find(double z) {
    z_ = z;
    slope_ = path_.slope(z);
    if (along_) return find_anew(z);
    local_.resize(modes_.on_grid.size());
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

void LocalModes::find_anew(double z) {
    IndexMap map(light_.grid());
    along_->at(z + probe_, map);
    const double floor = modes_.grid_boundary_index, ahead = medium::centroid(map, floor);
    along_->at(std::max(0.0, z - probe_), map);
    slope_ = (ahead - medium::centroid(map, floor)) / (probe_ + std::min(z, probe_));
    along_->at(z, map);
    local_.clear();
    for (modes::Mode& mode : light_.solve(map, static_cast<int>(modes_.on_grid.size())).modes)
        local_.push_back(std::move(mode.psi));
}

}  // namespace vitral::stages
