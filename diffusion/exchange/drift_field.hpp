#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/convergence.hpp"
#include "diffusion/exchange/ion_transport.hpp"

namespace vitral::exchange {

/// What drives the current: a voltage between surface and back of the glass, or the total current per length of guide
/// that flows in through the drawn openings, as u dx [m²/s].
struct Drive {
    enum class Control { voltage, current };
    Control control = Control::voltage;
    double value = 0.0;
};

/// The field that drives the ions:  div( (σ/σ_B) grad Φ ) = 0  with the effective potential Φ = V + ψ(c), in which
/// diffusion and drift separate exactly (docs/methods/exchange.md (5)). Potentials are measured from the anode: Φ is 0 on
/// melts, a metal's own on metals, minus the voltage at the cathode on the back; no current flows through bare mask and sides. Without cathode (no
/// applied field) the back is insulating, too, and only metals and melts exchange current.
/// Current through a face:  u = -μ_B (σ/σ_B) grad Φ,  μ_B = e D_B/(H k T).
/// Under current control the equation is solved for one volt and scaled.
class DriftField {
public:
    enum class Back { cathode, insulated };
    DriftField(const IonTransport& transport, Back back);

    /// Solves for the concentrations c and writes the currents through all faces; starts from the last potential.
    /// mobility: μ_B [m²/(V s)].
    ConvergenceReport solve(std::span<const double> c, double mobility, Drive drive, double tolerance, FaceCurrents& u);
    [[nodiscard]] double anode_current() const noexcept { return anode_current_; }      ///< into the glass [m²/s]
    [[nodiscard]] double cathode_current() const noexcept { return cathode_current_; }  ///< out of the glass [m²/s]
    [[nodiscard]] double throughput() const noexcept {
        return throughput_;
    }                                                                   ///< Σ |current| through the surface [m²/s]
    [[nodiscard]] double voltage() const noexcept { return voltage_; }  ///< anode minus cathode [V]
    /// Current into the glass through every opening [m²/s], by its number; what enters elsewhere is not listed.
    [[nodiscard]] const std::vector<double>& opening_currents() const noexcept { return opening_currents_; }

private:
    void assemble(std::span<const double> c, double volts);
    void balance_rows(double volts);
    [[nodiscard]] double electrode_potential(std::size_t ix) const;
    const IonTransport& transport_;
    const SectionMesh& mesh_;
    std::vector<SurfaceCell> surface_;
    FaceDistances distances_;
    Back back_;
    double anode_current_ = 0.0, cathode_current_ = 0.0, throughput_ = 0.0, voltage_ = 0.0;
    std::vector<double> opening_currents_;
    std::vector<double> sigma_, potential_, rhs_, unit_scale_, conductance_x_, conductance_y_, conductance_bottom_,
        own_share_;
    kernels::FivePointMatrix matrix_;
    kernels::FivePointSolver solver_;
};

}  // namespace vitral::exchange
