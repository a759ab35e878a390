#pragma once
#include <string>
#include <vector>

#include "core/field.hpp"
#include "core/observer.hpp"
#include "diffusion/exchange/section_mesh.hpp"
#include "diffusion/exchange/time_stepper.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::exchange {

/// An opening of the mask, seen from above.
struct Opening {
    double center = 0.0;  ///< x [m]
    double width = 0.0;   ///< [m]
    bool operator==(const Opening&) const = default;
};

enum class StepKind { exchange, field_assisted, anneal };
enum class MaskUse { keep, none };

/// One step of the recipe.
struct RecipeStep {
    StepKind kind = StepKind::exchange;
    std::string ion = {};           ///< of the melt: the incoming ion, or the glass's own ("Na")
    std::string melt = {};          ///< free text, kept in the results
    double surface_fraction = 0.0;  ///< ĉ at the open surface; 0 for a melt of the glass's own ion
    double temperature = 0.0;       ///< [K]
    double duration = 0.0;          ///< [s]
    double voltage = 0.0;           ///< surface minus back of the glass [V]; 0: no field
    MaskUse mask = MaskUse::keep;   ///< whether the mask lies on the glass during this step
};

/// The sample and everything done to it. The section is -width/2 <= x <= width/2, -depth <= y <= 0.
struct ExchangeParams {
    glass::IonPair pair;
    std::vector<Opening> openings;  ///< empty: the whole surface is open (a planar guide)
    double width = 0.0;             ///< of the section [m]
    double depth = 0.0;             ///< of the section [m]
    double thickness = 0.0;         ///< of the glass [m]; the potential is solved over all of it
    double resolution = 0.25e-6;  ///< largest cell size within the section's depth of the openings [m]; edges follow it
    double tolerance = 1e-4;      ///< local error of a time step in ĉ
    std::vector<RecipeStep> recipe;
};

/// What one step of the recipe came to.
struct StepReport {
    StepKind kind = StepKind::exchange;
    double dose = 0.0;            ///< ∬ ĉ dA after the step [m²]
    double mass_imbalance = 0.0;  ///< |change of the dose - integrated boundary flux| / largest dose
    double peak = 0.0;            ///< largest ĉ after the step
    double peak_depth = 0.0;      ///< and its depth [m]
    StepAccount account;
};

/// Concentration of the incoming ion after the recipe. With a symmetric mask only x >= 0 is computed.
struct Exchange {
    SectionMesh mesh;
    std::vector<double> c_hat;  ///< at the cell centres, indexed by mesh.index
    bool mirrored = false;      ///< the mesh covers x >= 0 and ĉ(-x) = ĉ(x)
    std::vector<StepReport> steps;
    double far_edge = 0.0;  ///< largest ĉ on the section's sides and bottom, relative to the peak

    /// ĉ on another grid, by tensor-product cubic splines; above the surface the surface value is kept.
    [[nodiscard]] Field<double> on(const Grid& grid) const;
};

/// The mesh run_exchange uses; for the memory estimate.
[[nodiscard]] SectionMesh exchange_mesh(const ExchangeParams& params);
[[nodiscard]] bool is_mirror_symmetric(const std::vector<Opening>& openings);

/// Runs the recipe on the cross-section. Throws Error (numerical) where a step does not converge or an invariant breaks.
[[nodiscard]] Exchange run_exchange(const ExchangeParams& params, const ProgressObserver& observer = {});

}  // namespace vitral::exchange
