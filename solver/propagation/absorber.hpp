#pragma once
#include <vector>

#include "core/grid.hpp"
#include "solver/propagation/removed_power.hpp"

namespace vitral::propagation {

/// How light leaves at the edges of the window: absorbed over a width, through perfectly matched layers of that width, or
/// through the wall itself by a transparent boundary.
enum class EdgeKind { absorber, matched_layer, transparent };

/// Absorbing edges: the field decays as exp(-σ z), σ = (strength/width) (s/width)³ with s the depth into the edge. The cubic
/// ramp keeps the reflection low; steep beams want more strength, shallow ones more width (absorber_return()). A width
/// of 0 leaves that wall hard, whatever the kind; a transparent boundary needs no more than a width that is not 0.
struct Edges {
    double sides = 0.0;     ///< width at the left and right walls [m]
    double bottom = 0.0;    ///< [m]
    double top = 0.0;       ///< [m]; 0 under a dark cover, whose wall is part of the guide
    double strength = 2.0;  ///< of absorbers
    EdgeKind kind = EdgeKind::absorber;
};

/// What lies behind an edge: a hard wall, or where the window is periodic the edge of the other side.
enum class Behind { wall, other_edge };

/// Share of the power of a wave of transverse wave number q [1/m] that comes back from an edge of this width, by
/// reflection on the way in and on the way out of what lies behind it. Paraxial, k = k0 n_ref: ψ'' + (q² + 2ikσ) ψ = 0, integrated with fourth order.
[[nodiscard]] double absorber_return(double width, double strength, double k, double q, Behind behind);

/// What a step of dz leaves of the field at every column (row) of the grid: amplitude = x[ix] * y[iy].
struct AbsorberFactors {
    std::vector<double> x, y;
    AbsorberFactors(const Grid& grid, const Edges& absorber, double dz);
};

/// Counts what one application of the edges takes from a row, and by which edge, from the field before it or after it.
class EdgeAccount {
public:
    enum class Seen { before, after };
    EdgeAccount(const Grid& grid, const Edges& absorber, double dz, Seen seen);
    [[nodiscard]] bool any() const noexcept { return any_; }

    /// sum(w, begin, end) = Σ w[i] |ψ_i|² over begin <= i < end, multiples of the vector kernels' lanes (padded beyond
    /// the row with zeros).
    template <typename Sum>
    [[nodiscard]] RemovedPower row(int iy, Sum&& sum) const {
        RemovedPower out;
        const auto y = static_cast<std::size_t>(iy);
        if (left_end_ > 0) out.left = side_factor_[y] * sum(left_.data(), 0, left_end_);
        if (right_begin_ < padded_) out.right = side_factor_[y] * sum(right_.data(), right_begin_, padded_);
        if (y_factor_[y] > 0.0) (iy < middle_y_ ? out.bottom : out.top) = y_factor_[y] * sum(along_.data(), 0, padded_);
        return out;
    }

private:
    std::vector<double> left_, right_, along_;    ///< weights by column
    std::vector<double> side_factor_, y_factor_;  ///< by row
    int middle_y_, left_end_ = 0, right_begin_, padded_;
    bool any_ = false;
};

}  // namespace vitral::propagation
