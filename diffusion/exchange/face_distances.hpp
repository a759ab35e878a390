#pragma once
#include <vector>

#include "diffusion/exchange/section_mesh.hpp"

namespace vitral::exchange {

/// What lies on a surface cell: a melt that holds the glass at `fraction`, or nothing (mask, dry anneal).
struct SurfaceCell {
    bool open = false;
    double fraction = 0.0;
};

/// The distance that stands in the two-point flux of every face, flux = length · (potential difference)/distance.
///
/// Away from mask edges it is the distance of the cell centres. At a mask's edge, where an open surface meets a closed
/// one, every potential behaves as Im √ζ, ζ = ξ + i d (ξ from the edge towards the opening, d the depth), and a two-point
/// flux is wrong by a fixed share however small the cells are: the dose then converges with first order only. There the
/// distance is the one for which Im √ζ has its exact flux, a difference of Re √ζ between the ends of the face. Distances
/// stay positive, so bounds and conservation are untouched. The fit fades out over a quarter of the opening.
struct FaceDistances {
    std::vector<double> x;  ///< (nx+1) × ny, as the faces; outer faces unused
    std::vector<double> y;  ///< nx × (ny+1); bottom and top: from the cell centre to the wall
    FaceDistances(const SectionMesh& mesh, const std::vector<SurfaceCell>& surface);
};

}  // namespace vitral::exchange
