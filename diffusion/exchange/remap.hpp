#pragma once
#include <span>
#include <vector>

#include "diffusion/exchange/section_mesh.hpp"

namespace vitral::exchange {

using Lines = std::vector<std::vector<double>>;

/// Cell averages of several fields on one line of cells carried over to another with the same ends: the new averages are
/// differences of a cubic spline through the integral, fourth order where the profiles are smooth. Where that would
/// leave the range of the old averages around a cell (but for the rounded top of a peak), all fields are taken as constant
/// in the old cells there, which never does. Integrals are kept to rounding.
[[nodiscard]] Lines remap_lines(std::span<const double> old_faces, const Lines& averages,
                                std::span<const double> new_faces);

/// The same on a section, along y and then along x; `values` holds one field after the other. Of several fields the sum
/// stays in range, too.
[[nodiscard]] std::vector<double> remap(const SectionMesh& from, const SectionMesh& to, std::span<const double> values);

}  // namespace vitral::exchange
