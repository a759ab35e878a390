#include "solver/propagation/absorber.hpp"

#include <cmath>

namespace vitral::propagation {
namespace {

double damping(double into_edge, double width, double strength) {
    if (!(width > 0.0) || into_edge <= 0.0) return 0.0;
    const double s = into_edge / width;
    return strength * s * s * s;
}

}  // namespace

AbsorberFactors::AbsorberFactors(const Grid& grid, const Absorber& a, double dz) {
    for (int ix = 0; ix < grid.x.count; ++ix) {
        const double position = grid.x.at(ix);
        x.push_back(std::exp(-dz * (damping(grid.x.lower + a.sides - position, a.sides, a.strength) +
                                    damping(position - grid.x.upper() + a.sides, a.sides, a.strength))));
    }
    for (int iy = 0; iy < grid.y.count; ++iy) {
        const double position = grid.y.at(iy);
        y.push_back(grid.is_slab() ? 1.0
                                   : std::exp(-dz * (damping(grid.y.lower + a.bottom - position, a.bottom, a.strength) +
                                                     damping(position - grid.y.upper() + a.top, a.top, a.strength))));
    }
}

}  // namespace vitral::propagation
