#pragma once
#include <memory>

#include "core/field.hpp"

namespace vitral::propagation {

/// Free propagation over one step, ψ <- exp( i dz ∇²/(2k) ) ψ between hard walls: the part of a paraxial step in which
/// the engines differ. k = k0 n_ref. Unitary: power is kept to rounding.
class TransverseStep {
public:
    virtual ~TransverseStep() = default;
    virtual void apply(Field<Complex>& psi) const = 0;
};

enum class Method { split_step, finite_difference };

/// Spectral: exact in sine space (FFT).
[[nodiscard]] std::unique_ptr<TransverseStep> make_spectral_step(const Grid& grid, double k, double dz);

/// Finite differences: Cayley form (1 - i a T)⁻¹ (1 + i a T), a = dz/(4k), of the fourth-order compact stencil
/// T = (1 + δ²/12)⁻¹ δ²/h², first along x, then along y (the two commute: no splitting error). The phase is right
/// to second order in dz and fourth in h (docs/methods/propagation.md).
[[nodiscard]] std::unique_ptr<TransverseStep> make_compact_adi_step(const Grid& grid, double k, double dz);

[[nodiscard]] inline std::unique_ptr<TransverseStep> make_transverse_step(Method method, const Grid& grid, double k,
                                                                          double dz) {
    return method == Method::split_step ? make_spectral_step(grid, k, dz) : make_compact_adi_step(grid, k, dz);
}

}  // namespace vitral::propagation
