#pragma once
#include <vector>

#include "diffusion/exchange/section_mesh.hpp"

namespace vitral::exchange {

/// Inverse of the distance that stands in the two-point flux of every face, flux = length · (potential difference) ·
/// inverse distance. Faces are numbered by the cell below or left of them.
///
/// Away from mask edges it is the distance of the cell centres. At a mask's edge, where an open surface meets a closed
/// one, every potential behaves as Im √ζ, ζ = ξ + i d (ξ from the edge towards the opening, d the depth), and a two-point
/// flux is wrong by a fixed share however small the cells are: the dose then converges with first order only. There the
/// distance is the one for which Im √ζ has its exact flux, a difference of Re √ζ between the ends of the face. Distances
/// stay positive, so bounds and conservation are untouched. The fit fades out over a quarter of the opening.
struct FaceDistances {
    std::vector<double> x;       ///< between a cell and its neighbour towards +x
    std::vector<double> y;       ///< between a cell and its neighbour above; top row: from the centre to the surface
    std::vector<double> bottom;  ///< from the wall to the centres of the lowest row
    /// open: for every surface cell, whether the potential is held there.
    FaceDistances(const SectionMesh& mesh, const std::vector<bool>& open);
};

}  // namespace vitral::exchange
