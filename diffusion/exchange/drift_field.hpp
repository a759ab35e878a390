#pragma once
#include <span>
#include <vector>

#include "core/convergence.hpp"
#include "diffusion/exchange/ion_transport.hpp"

namespace vitral::exchange {

/// The field that drives the ions:  div( (σ/σ_B) grad Φ ) = 0  with the effective potential Φ = V + ψ(ĉ), in which
/// diffusion and drift separate exactly (docs/methods/exchange.md (5)). Φ = the applied voltage on the open surface,
/// 0 at the cathode on the bottom, no current through mask and sides. Current through a face:
///     u = -μ_B (σ/σ_B) grad Φ,        μ_B = e D_B / (H k T).
class DriftField {
public:
    /// voltage: anode (surface) minus cathode [V]; mobility: μ_B [m²/(V s)].
    DriftField(const IonTransport& transport, double voltage, double mobility);
    /// Solves for the concentration ĉ and writes the currents through all faces. Starts from the last potential.
    ConvergenceReport solve(std::span<const double> c_hat, FaceCurrents& u);
    [[nodiscard]] double anode_current() const noexcept { return anode_current_; }      ///< into the glass [m²/s]
    [[nodiscard]] double cathode_current() const noexcept { return cathode_current_; }  ///< out of the glass [m²/s]

private:
    const SectionMesh& mesh_;
    const std::vector<SurfaceCell>& surface_;
    const FaceDistances& distances_;
    double M_, voltage_, mobility_, anode_current_ = 0.0, cathode_current_ = 0.0;
    std::vector<double> potential_, rhs_, conductance_x_, conductance_y_;
    kernels::FivePointMatrix matrix_;
    kernels::FivePointSolver solver_;
};

}  // namespace vitral::exchange
