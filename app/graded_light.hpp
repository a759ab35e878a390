#pragma once
#include "app/light_stages.hpp"
#include "app/section_index.hpp"

namespace vitral::app {

/// The light's grid thinned out away from the light: fine wherever a guided mode, moved along the path or with the index
/// formula, a watched mode or the launched light has any but 1e-4 of its power, and up to `ratio` times coarser beyond, less
/// where slopes, arcs or tilts send light out that such points would not carry; an edge keeps its points equally far apart.
/// Along y the fine part reaches the top. The uniform grid where that would save nothing.
[[nodiscard]] Grid graded_grid(const Case& c, const SectionIndex& index, const WavelengthResult& light,
                               const Field<Complex>& launch, const std::vector<Field<double>>& watched,
                               const propagation::Edges& edges, double ratio);

}  // namespace vitral::app
