#include "modes/section_grid.hpp"

#include <cmath>

#include "core/constants.hpp"
#include "solver/kernels/sine_transform.hpp"

namespace vitral::modes {
namespace {

Axis axis(double lower, double upper, double resolution) {
    const int count =
        kernels::fast_count(std::max(8, static_cast<int>(std::ceil((upper - lower) / resolution - 1e-9))));
    return {lower, (upper - lower) / count, count};
}

}  // namespace

bool is_dark(double n_glass, double n_cover) noexcept { return n_glass * n_glass - n_cover * n_cover > 0.3; }

double dark_wall(double n_eff, double n_cover, double wavelength, Polarization polarization) noexcept {
    const double jump = polarization == Polarization::along_y ? n_cover * n_cover / (n_eff * n_eff) : 1.0;
    return jump * wavelength / (2.0 * pi * std::sqrt(n_eff * n_eff - n_cover * n_cover));
}

Grid section_grid(const SectionParams& params, double top) {
    return {axis(-0.5 * params.width, 0.5 * params.width, params.resolution),
            axis(-params.depth, top, params.resolution)};
}

Grid slab_grid(const SectionParams& params) {
    return {axis(-0.5 * params.width, 0.5 * params.width, params.resolution), slab_axis()};
}

}  // namespace vitral::modes
