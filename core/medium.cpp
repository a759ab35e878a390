#include "core/medium.hpp"

#include <cmath>

#include "core/constants.hpp"

namespace vitral {

Permittivity Medium::slope(double, double, double) const { return {0.0, 0.0, 0.0}; }

IndexMap Medium::index_on(const Grid& grid, double z, Polarization field) const {
    return sample(grid, [&](double x, double y) {
        const Permittivity e = permittivity(x, grid.is_slab() ? 0.0 : y, z);
        const double n_x = std::sqrt(e.x).real(), n_y = std::sqrt(e.y).real();
        return field == Polarization::along_x ? n_x : field == Polarization::along_y ? n_y : 0.5 * (n_x + n_y);
    });
}

Field<double> Medium::attenuation_on(const Grid& grid, double z) const {
    const double k0 = 2.0 * pi / wavelength();
    return sample(grid, [&](double x, double y) {
        const Permittivity e = permittivity(x, grid.is_slab() ? 0.0 : y, z);
        return k0 * (std::sqrt(e.x).imag() + std::sqrt(e.y).imag());
    });
}

Field<double> Medium::slope_on(const Grid& grid, double z) const {
    return sample(grid, [&](double x, double y) {
        const double height = grid.is_slab() ? 0.0 : y;
        const Permittivity e = permittivity(x, height, z), d = slope(x, height, z);
        return 0.25 * (d.x / std::sqrt(e.x) + d.y / std::sqrt(e.y)).real();
    });
}

}  // namespace vitral
