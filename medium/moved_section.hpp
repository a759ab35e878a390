#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/guide_path.hpp"
#include "core/sampled_medium.hpp"

namespace vitral::medium {

/// A section that follows a guide's path: n(x, y; z) = n_0(x - x_c(z), y), the profile moved at constant z, in arcs times
/// their map. (A mode of the section, seen as such a map, follows it in the same way.) Between the points of the grid
/// n_0 is its cubic spline along x; where it differs from its edge value by less than 1e-9 of its largest value (a phase of
/// 5e-6 rad in a millimetre), and beyond the window, it is that value.
class MovedSection final : public SampledMedium {
public:
    /// On the section's own grid, or with another x axis, which may be graded; the section's own is uniform.
    MovedSection(IndexMap section, GuidePath path, BendMap bend = {}, std::optional<Axis> onto_x = {});
    /// With its extinction, moved and mapped as the index is.
    MovedSection(IndexMap section, const Field<double>& extinction, const GuidePath& path, BendMap bend,
                 std::optional<Axis> onto_x);
    [[nodiscard]] const Grid& grid() const override { return grid_; }
    void at(double z, IndexMap& map) const override;
    [[nodiscard]] double constant_until(double z) const override;
    [[nodiscard]] ColumnRange changed_columns(double z0, double z1) const override;
    [[nodiscard]] double next_jump(double z) const override { return path_.next_arc_end(z); }
    [[nodiscard]] bool absorbs() const override { return extinction_ != nullptr; }
    void extinction_at(double z, Field<double>& kappa) const override { extinction_->at(z, kappa); }

private:
    IndexMap section_;
    Grid grid_;
    Field<double> second_;  ///< ∂²n/∂x², the spline's
    /// The first column of the section, or the last and one, that differs from the edge.
    ColumnRange support_;
    [[nodiscard]] ColumnRange support_at(double z) const;
    void interpolate(double z, double curvature, IndexMap& map) const;
    GuidePath path_;
    BendMap bend_;
    std::unique_ptr<const MovedSection> extinction_;  ///< null where nothing absorbs
};

}  // namespace vitral::medium
