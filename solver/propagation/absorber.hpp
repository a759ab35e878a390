#pragma once
#include <vector>

#include "core/grid.hpp"

namespace vitral::propagation {

/// Absorbing edges: the field decays as exp(-σ z), σ = strength (s/width)³ with s the depth into the edge. The cubic
/// ramp keeps the reflection low. A width of 0 leaves that wall hard.
struct Absorber {
    double sides = 0.0;     ///< width at the left and right walls [m]
    double bottom = 0.0;    ///< [m]
    double top = 0.0;       ///< [m]; 0 under a dark cover, whose wall is part of the guide
    double strength = 2e5;  ///< [1/m]
};

/// What a step of dz leaves of the field at every column (row) of the grid: amplitude = x[ix] * y[iy].
struct AbsorberFactors {
    std::vector<double> x, y;
    AbsorberFactors(const Grid& grid, const Absorber& absorber, double dz);
};

}  // namespace vitral::propagation
