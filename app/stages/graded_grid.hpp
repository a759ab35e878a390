#pragma once
#include <vector>

#include "app/stages/light_section.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

/// What a graded grid has to make room for.
struct GradedNeeds {
    const Field<Complex>& launch;
    const std::vector<GuidedMode>& modes;
    const std::vector<Field<double>>& watched;
    double boundary_index = 1.0;
    propagation::Edges edges;
};

/// The grid with the fewest points whose coarse ones lie up to `ratio` times apart where no light is led, and still resolve what
/// crosses them.
[[nodiscard]] Grid graded_grid(const PropagationParams& params, const LightSection& light, const GradedNeeds& needs);

/// The same light on another grid, with the power that it had.
[[nodiscard]] Field<Complex> carried(Field<Complex> light, const Grid& to);
[[nodiscard]] Field<double> carried(Field<double> light, const Grid& to);

}  // namespace vitral::stages
