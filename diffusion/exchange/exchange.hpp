#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/field.hpp"
#include "core/observer.hpp"
#include "core/recipe.hpp"
#include "diffusion/exchange/section_mesh.hpp"
#include "diffusion/exchange/time_stepper.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::exchange {

/// The sample and everything done to it. The section -width/2 <= x <= width/2, -depth <= y <= 0 is what is asked for; the
/// computed part of the glass goes as far as the ions and the field need.
struct ExchangeParams {
    std::vector<glass::IonPair> pairs;           ///< the incoming ions, one or two
    std::optional<double> cation_density;        ///< C_0 [1/m³]; needed by currents, films and melts that are used up
    std::optional<double> thermal_conductivity;  ///< [W/(m K)]; for the Joule heating
    std::vector<Opening> openings;               ///< empty: the whole surface is open (a planar guide)
    MaskContact mask;
    double width = 0.0;       ///< of the section [m]
    double depth = 0.0;       ///< of the section [m]
    double thickness = 0.0;   ///< of the glass [m]; the potential is solved over all of it
    double tolerance = 1e-3;  ///< wanted accuracy of the concentration; cells and time steps follow it
    std::vector<RecipeStep> recipe;
};

/// How warm a step's current makes the glass: the slab that the voltage would heat if all of its surface were open, with
/// both faces at the melt's temperature. q = σ_B (V/L)², dT = q L²/(8 κ), δ = (Ea/(R T²)) q (L/2)²/κ; the slab runs away
/// above δ = 0.878 (Frank-Kamenetskii).
struct JouleHeating {
    double power_density = 0.0;     ///< q [W/m³]
    double temperature_rise = 0.0;  ///< [K]
    double runaway = 0.0;           ///< δ
};
inline constexpr double runaway_limit = 0.878;

/// What one step of the recipe came to.
struct StepReport {
    StepKind kind = StepKind::exchange;
    IonSums dose{};               ///< ∬ c dA of every ion after the step [m²]
    double mass_imbalance = 0.0;  ///< largest |change of a dose - integrated boundary flux| / largest dose
    double peak = 0.0;            ///< largest concentration of the first ion present after the step
    double peak_depth = 0.0;      ///< and its depth [m]
    std::size_t cells = 0;        ///< of the last mesh
    StepAccount account;
    std::optional<JouleHeating> heating;  ///< where there is a field and the glass's record knows what it needs
    std::vector<double> conductances;  ///< current of every opening per voltage and conductivity of the fresh glass [-]
    double charge_per_length = 0.0;    ///< ∫ I dt [C/m]; 0 where the cation density is not known
    std::optional<double> melt_fraction_end;  ///< of a melt that is used up
};

/// Concentrations of the incoming ions after the recipe. With a symmetric mask only x >= 0 is computed.
struct Exchange {
    SectionMesh mesh;
    std::vector<std::string> ions;
    std::vector<double> c;     ///< at the cell centres, indexed by mesh.index; one ion after the other
    std::vector<double> wall;  ///< at the surface y = 0, one ion after the other
    bool mirrored = false;     ///< the mesh covers x >= 0 and c(-x) = c(x)
    std::vector<StepReport> steps;
    double far_edge = 0.0;  ///< largest concentration on the section's sides and bottom, relative to the peak
    double wanted_width = 0.0, wanted_depth = 0.0;  ///< of a section that holds all above 1e-3 of the peak [m]

    /// c of an ion on another grid, by tensor-product cubic splines through the cell centres and the surface; above the
    /// surface the surface value is kept.
    [[nodiscard]] Field<double> on(const Grid& grid, std::size_t ion = 0) const;
};

/// How far ions may get from x = 0 and from the surface, by diffusion and by the field's mean drift.
struct IonReach {
    double half_width = 0.0, depth = 0.0;  ///< [m]
};
[[nodiscard]] IonReach ion_reach(const ExchangeParams& params);

[[nodiscard]] bool is_mirror_symmetric(const std::vector<Opening>& openings);
/// How many cells the first mesh has; for the memory estimate.
[[nodiscard]] std::size_t expected_cells(const ExchangeParams& params);

/// Whether a voltage many times the thermal one drives ions through openings that are narrow beside the glass: thin fronts form
/// there, and how many steps they take is seen only as they go.
[[nodiscard]] bool expects_thin_fronts(const ExchangeParams& params);

/// Runs the recipe on the cross-section. Throws Error (numerical) where a step does not converge or an invariant breaks.
[[nodiscard]] Exchange run_exchange(const ExchangeParams& params, const ProgressObserver& observer = {});

}  // namespace vitral::exchange
