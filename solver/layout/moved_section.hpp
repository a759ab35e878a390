#pragma once
#include <optional>
#include <vector>

#include "core/guide_path.hpp"
#include "core/index_along_z.hpp"

namespace vitral::layout {

/// How an arc of radius R, x = r - R across it, is straightened (Heiblum and Harris, IEEE J. Quantum Electron. 11, 75 (1975)):
///   conformal   n(x) exp(u/R) at u = R ln(1 + x/R): exact for a slab, and for a section but for ∂²/∂y² (1 + 2x/R)
///   linear      n(x) (1 + x/R) at x
/// Glass that is bent, not drawn bent, changes its index by its strain: R is then R times `elasto_optic`, about 1.28 for
/// silica, 1/(1 - n²/2 (p12 - ν (p11 + p12))); 1 for a guide that is drawn bent.
struct BendMap {
    enum class Kind { conformal, linear } kind = Kind::conformal;
    double elasto_optic = 1.0;
};

/// A section that follows a guide's path: n(x, y; z) = n_0(x - x_c(z), y), the profile moved at constant z, in arcs times
/// their map. (A mode of the section, seen as such a map, follows it in the same way.) Between the points of the grid
/// n_0 is its cubic spline along x; where it differs from its edge value by less than 1e-9 (a phase of 5e-6 rad in a
/// millimetre), and beyond the window, it is that value.
class MovedSection final : public IndexAlongZ {
public:
    /// On the section's own grid, or with another x axis, which may be graded; the section's own is uniform.
    MovedSection(IndexMap section, GuidePath path, BendMap bend = {}, std::optional<Axis> onto_x = {});
    [[nodiscard]] const Grid& grid() const override { return grid_; }
    void at(double z, IndexMap& map) const override;
    [[nodiscard]] double constant_until(double z) const override;
    [[nodiscard]] ColumnRange changed_columns(double z0, double z1) const override;
    [[nodiscard]] double next_jump(double z) const override { return path_.next_arc_end(z); }

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
};

}  // namespace vitral::layout
