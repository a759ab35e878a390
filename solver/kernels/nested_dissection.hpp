#pragma once
#include <functional>
#include <memory>
#include <span>

#include "solver/kernels/tensor_elements.hpp"

namespace vitral::kernels {

/// A direct solver for symmetric systems (complex ones symmetric, not Hermitian) assembled from rectangular elements.
///
/// The rectangle of elements is halved again and again across its longer side; an unknown is eliminated in the smallest box
/// that holds all of its elements, in dense blocks with partial pivoting. N unknowns cost N^1.5 operations and N log N
/// memory (George, SIAM J. Numer. Anal. 10, 345 (1973)). T is double or std::complex<double>.
template <typename T>
class NestedDissection {
public:
    /// Writes the matrix of element (ex, ey), local unknowns in the order of TensorElements, row by row. Called from
    /// several threads at once.
    using ElementMatrix = std::function<void(int ex, int ey, std::span<T> matrix)>;

    /// Throws std::runtime_error where the matrix is singular. `between_boxes` is called as it goes, and may throw to stop it.
    NestedDissection(const TensorElements& elements, const ElementMatrix& matrix, void (*between_boxes)() = nullptr);
    NestedDissection(NestedDissection&&) noexcept;
    NestedDissection& operator=(NestedDissection&&) noexcept;
    ~NestedDissection();

    /// x = A⁻¹ x, in place; held unknowns become 0.
    void solve(std::span<T> x) const;
    [[nodiscard]] std::size_t bytes() const noexcept;  ///< of the factors
    /// An estimate of bytes() before any is taken.
    [[nodiscard]] static std::size_t bytes_for(const TensorElements& elements);

private:
    struct Box;
    std::unique_ptr<Box> root_;
    std::size_t bytes_ = 0;
};

}  // namespace vitral::kernels
