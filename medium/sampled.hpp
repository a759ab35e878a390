#pragma once
#include <memory>
#include <optional>

#include "core/guide_path.hpp"
#include "core/medium.hpp"
#include "core/sampled_medium.hpp"

namespace vitral::medium {

/// How scalar equations look at a medium: along which field the index is read, and for which polarisation the potential of
/// polarised light is added to it (polarized_index.hpp). The two differ where a solver takes the jumps of the field itself.
struct Sight {
    Polarization field = Polarization::scalar;
    Polarization potential = Polarization::scalar;
};

/// n(x, y) at z as the scalar equation sees it.
[[nodiscard]] IndexMap seen_section(const Medium& medium, const Grid& grid, double z, const Sight& sight);

/// The extinction κ(x, y) = Im n at z; empty where nothing is known to absorb.
[[nodiscard]] Field<double> extinction(const Medium& medium, const Grid& grid, double z);

/// The medium on a grid along z, as the engines march through it: the section at z = 0 moved along a path (`section_x`: the
/// uniform axis that it is read on where the grid's is graded), straight, or read anew at every z: where it is smooth along a
/// `length` that is given, between planes (planes.hpp). Keeps the medium.
struct Along {
    Motion motion = {};
    double length = 0.0;  ///< [m]; 0: every z is read by itself
};
[[nodiscard]] std::unique_ptr<SampledMedium> sampled(const std::shared_ptr<const Medium>& medium, const Grid& grid,
                                                     const Sight& sight, const Along& along,
                                                     const std::optional<Axis>& section_x = {});

}  // namespace vitral::medium
