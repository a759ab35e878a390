#pragma once
#include <optional>
#include <vector>

#include "core/convergence.hpp"
#include "core/index_map.hpp"
#include "core/polarization.hpp"

namespace vitral::modes {

/// The upper wall of the window: the stand-in of a dark cover, through which no light leaves, or an open end like the others.
enum class TopWall { dark_cover, open };

struct ModesParams {
    int count = 4;                          ///< how many modes are looked for, from the highest n_eff down
    TopWall top = TopWall::dark_cover;      ///< whether light may leave through the upper wall
    std::vector<Field<double>> start = {};  ///< modes of a like section, on the same grid: where the search begins
    /// In a slab with steps of the index, along_x: the field in the plane, ψ = n E, with its jump at every step by finite
    /// differences of second order (the fluxes (1/ε) ∂(εE) between points are continuous: Stern, IEE Proc. J 135, 56 (1988)).
    /// Elsewhere polarised modes are scalar ones of the index that the light sees (polarized_index.hpp).
    Polarization polarization = Polarization::scalar;
    void (*between_steps)() = nullptr;  ///< called now and then; it may throw to stop the search
    /// Largest residual, in units of the deepest k0² (n² - n_boundary²). n_eff errs by its square; fields by itself.
    double tolerance = 1e-9;
};

/// A guided scalar mode. psi has unit power, ∬ψ² dA = 1, and its largest value is positive.
struct Mode {
    double n_eff = 0.0;
    double residual = 0.0;  ///< ‖(∇² + k0² n²) ψ - β² ψ‖ / (k0² n_eff²), for the trust in n_eff
    Field<double> psi;
};

struct ModeSet {
    std::vector<Mode> modes;      ///< guided ones only, n_eff descending; may be empty
    double boundary_index = 0.0;  ///< largest index on the walls; n_eff <= this is not a guided mode
    ConvergenceReport report;
};

/// Scalar modes of a section,
///     ∇²ψ + k0² n² ψ = β² ψ,      n_eff = β/k0,
/// between hard walls, ∇² exact in sine space: spectral on smooth indices, second order at an index step that lies within
/// the section. The surface under a dark cover is the displaced upper wall of the grid: see section_grid.hpp.
/// Block Davidson iteration preconditioned by the inverse of ∇² - shift in sine space (docs/methods/modes.md).
[[nodiscard]] ModeSet scalar_modes(const IndexMap& n, double wavelength, const ModesParams& params);

/// Group index of a mode, n_g = dβ/dk0 = (1/n_eff) ∬ n (n - λ ∂n/∂λ) ψ² dA (Hellmann-Feynman; what polarisation adds to
/// the potential knows no k0). Under a dark cover of index `cover` the wall (dark_wall()) moves with the wavelength, which
/// adds (1/2β) ∫ (∂ψ/∂y)² dx dy_w/dk0 at the wall (Hadamard): the light in the cover. `index_slope` is ∂n/∂λ [1/m] at every
/// point.
[[nodiscard]] double group_index(const Mode& mode, const IndexMap& n, const Field<double>& index_slope,
                                 double wavelength, std::optional<double> cover = {},
                                 Polarization polarization = Polarization::scalar);

}  // namespace vitral::modes
