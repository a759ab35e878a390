#pragma once
#include <vector>

#include "solver/kernels/piecewise_polynomials.hpp"

namespace vitral::kernels {

/// Whether a field is continuous along an axis, and meets its neighbour at every break point, or broken.
enum class Space { continuous, broken };

/// One unknown function on a rectangle of elements: products of the two line spaces.
struct TensorField {
    Space x = Space::continuous, y = Space::continuous;
};

/// Numbering of the unknowns of several fields on nx x ny rectangular elements. Every element has the same local unknowns in
/// the same order. On a closed wall the fields that are continuous across it vanish: their unknowns are held at 0.
class TensorElements {
public:
    struct Walls {
        bool left = true, right = true, bottom = true, top = true;  ///< the closed ones
    };
    struct Local {
        int field, kx, ky;
    };
    TensorElements(std::vector<TensorField> fields, PiecewisePolynomials x, PiecewisePolynomials y, Walls walls);

    [[nodiscard]] int nx() const noexcept { return x_.elements(); }
    [[nodiscard]] int ny() const noexcept { return y_.elements(); }
    [[nodiscard]] const PiecewisePolynomials& x() const noexcept { return x_; }
    [[nodiscard]] const PiecewisePolynomials& y() const noexcept { return y_; }
    [[nodiscard]] const std::vector<TensorField>& fields() const noexcept { return fields_; }
    /// The unknowns of an element: field by field, kx slow, ky fast.
    [[nodiscard]] const std::vector<Local>& local() const noexcept { return local_; }
    /// Where a field's unknowns begin among the local ones.
    [[nodiscard]] int local_begin(int field) const { return local_begin_[static_cast<std::size_t>(field)]; }
    /// Where a field's unknowns begin in the vector of all.
    [[nodiscard]] int global_begin(int field) const { return global_begin_[static_cast<std::size_t>(field)]; }
    /// Number of all unknowns, the held ones included.
    [[nodiscard]] int size() const noexcept { return size_; }
    /// Where local unknown l of an element lies in the vector of all unknowns; -1 for a held one.
    [[nodiscard]] int global(int ex, int ey, int l) const { return numbers(ex, ey)[l]; }
    /// The same for all local unknowns of an element.
    [[nodiscard]] const int* numbers(int ex, int ey) const {
        return global_.data() + static_cast<std::size_t>(ex * ny() + ey) * local_.size();
    }

private:
    [[nodiscard]] int number_of(int ex, int ey, const Local& u) const;
    std::vector<TensorField> fields_;
    PiecewisePolynomials x_, y_;
    Walls walls_;
    std::vector<Local> local_;
    std::vector<int> local_begin_, global_begin_, global_;
    int size_ = 0;
};

}  // namespace vitral::kernels
