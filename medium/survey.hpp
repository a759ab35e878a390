#pragma once
#include <optional>
#include <utility>

#include "core/guide_path.hpp"
#include "core/medium.hpp"

/// What is found out about a medium before anything is solved in it: where light is led, how steeply, how far.
namespace vitral::medium {

/// A box about all that guides or reflects light at z = 0: the steps, and what rises above the window's edge by a fiftieth of
/// the highest rise of ε.
[[nodiscard]] Window guiding_box(const Medium& medium);

/// Where along x and y an index map rises by a tenth of its highest rise above the index beside it.
struct Range {
    double from = 1e300, to = -1e300;
    void take(const Range& other);
    [[nodiscard]] double width() const { return to - from; }
    /// The steeper slope of the two ends, from another one dz before.
    [[nodiscard]] double steepest(const Range& before, double dz) const;
};
[[nodiscard]] std::pair<Range, Range> risen(const IndexMap& n, double beside);

/// Centroid along x of what rises above `floor` in an index map: it moves with a section that is moved.
[[nodiscard]] double centroid(const IndexMap& n, double floor);

/// ∫ |s|³ dz over `length` of the slopes s that light has to follow: those of the path, or in a medium that changes along z of
/// what rises in it, part by part; `tilt` is added to every slope. `spacing` is how far apart the rows are read. Nothing where
/// nothing rises in such a medium.
[[nodiscard]] std::optional<double> cubed_slopes(const Medium& medium, const GuidePath& path, double length,
                                                 double tilt, double spacing);

}  // namespace vitral::medium
