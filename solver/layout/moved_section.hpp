#pragma once
#include <vector>

#include "core/guide_path.hpp"
#include "core/index_along_z.hpp"

namespace vitral::layout {

/// A section that follows a guide's path: n(x, y; z) = n_0(x - x_c(z), y), the profile moved at constant z. (A mode of the
/// section, seen as such a map, follows it in the same way.) Between the
/// points of the grid n_0 is its cubic spline along x; beyond the window it keeps its edge value.
class MovedSection final : public IndexAlongZ {
public:
    MovedSection(IndexMap section, GuidePath path);
    [[nodiscard]] const Grid& grid() const override { return section_.grid; }
    void at(double z, IndexMap& map) const override;
    [[nodiscard]] double constant_until(double z) const override { return path_.constant_until(z); }

private:
    IndexMap section_;
    Field<double> second_;  ///< ∂²n/∂x², the spline's
    GuidePath path_;
};

}  // namespace vitral::layout
