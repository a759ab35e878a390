#pragma once
#include <vector>

#include "diffusion/exchange/exchange.hpp"

namespace vitral::exchange {

/// The mask of one step: where its openings are, empty where all of the surface is open.
struct StepMask {
    std::vector<Opening> openings;
    bool whole = false;  ///< no mask on the glass
};
/// The masks of all steps; a step's own openings stay until the next that brings others.
[[nodiscard]] std::vector<StepMask> masks_of(const ExchangeParams& params);

/// Cations per volume of a molten nitrate: NaNO3 at 350 degC, 1.87 g/cm³ and 84.99 g/mol (G. J. Janz, Molten Salts
/// Handbook (1967)) [1/m³].
inline constexpr double melt_cation_density = 1.33e28;
/// Silver atoms per volume of a film [1/m³]: 10.49 g/cm³, 107.87 g/mol.
inline constexpr double film_atom_density = 5.86e28;

/// What a recipe step means as boundary conditions and functions of time.
[[nodiscard]] Conditions conditions_of(const ExchangeParams& params, const RecipeStep& step, double opening_width);
[[nodiscard]] std::vector<SurfaceCell> surface_of(const ExchangeParams& params, const RecipeStep& step,
                                                  const StepMask& mask, const SectionMesh& mesh, double time);
[[nodiscard]] IonLaw law_of(const ExchangeParams& params, double temperature);
/// Surface concentration of the step's ion at the start of the step; 0 for the glass's own ion.
[[nodiscard]] double surface_fraction_of(const ExchangeParams& params, const RecipeStep& step);
/// Number of an ion among the incoming ones; -1 for the glass's own.
[[nodiscard]] int ion_of(const ExchangeParams& params, const std::string& ion);
/// Cations of a melt of this height over the section, in the units of the dose [m²]; needs the cation density.
[[nodiscard]] double melt_stock(const ExchangeParams& params, double melt_depth);
/// Conductivity of the fresh glass, σ_B = e C_0 μ_B [S/m]; needs the cation density.
[[nodiscard]] double conductivity_of(const ExchangeParams& params, double temperature);
/// μ_B = e D_B/(H k T) [m²/(V s)].
[[nodiscard]] double mobility_of(const ExchangeParams& params, double temperature);

}  // namespace vitral::exchange
