#pragma once
#include <optional>
#include <vector>

#include "core/guided_mode.hpp"
#include "core/index_map.hpp"
#include "modes/grid/scalar_modes.hpp"

/// Whose mode it is where a section has several guides: a section's modes are the supermodes of all of them.
namespace vitral::modes {

/// A stretch of columns of a grid, without the last.
struct Columns {
    int first = 0, end = 0;
    bool operator==(const Columns&) const = default;
};

/// A guide of a section: where its columns are highest, and those up to the valleys beside it.
struct GuidePlace {
    double x = 0.0;       ///< of its highest column [m]
    double height = 0.0;  ///< the largest index there
    Columns columns;
};
/// The guides of a section from the left to the right, by the largest index of each column: two peaks are two guides where the valley
/// between them reaches less than half as high as the lower one, above the lowest column. Peaks below a twentieth of the highest
/// do not count. A section that is the same along x is one guide, over all columns.
[[nodiscard]] std::vector<GuidePlace> guides_in(const IndexMap& n);

/// The fundamental mode of the guide that lies in these columns, as the combination of the section's modes that is its own. Of what
/// `modes` span, the part with more than half of its power in the columns belongs to the guide: the eigenvectors above 1/2 of
///     W_ij = ∬_columns ψ_i ψ_j dA;
/// in that part, the combination of the highest <n_eff²> is the answer, with the square root of that as n_eff. Nothing where the
/// modes have no such part. Modes are real, of unit power and on one grid.
[[nodiscard]] std::optional<Mode> own_mode(const std::vector<GuidedMode>& modes, Columns columns);

/// Modes whose n_eff agree to within `same` mix by chance of rounding. Each such group becomes the combinations that lie apart: the
/// eigenvectors of x in its span, from the left to the right (in one dimension the most localized ones, Marzari et al., Rev. Mod.
/// Phys. 84, 1419 (2012)).
void set_apart(std::vector<Mode>& modes, double same = 1e-9);

}  // namespace vitral::modes
