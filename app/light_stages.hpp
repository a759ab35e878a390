#pragma once
#include <string>
#include <vector>

#include "app/case.hpp"
#include "app/results.hpp"
#include "app/section_index.hpp"
#include "core/observer.hpp"

/// The stages after the index: each takes the case, the index and what came before, and fills its part of the result.
namespace vitral::app {

/// Modes of the section at z = 0. The displaced wall follows the fundamental mode's n_eff: a coarse solution first.
/// Throws Error (numerical) when the eigensolver does not converge.
void compute_modes(const Case& c, SectionIndex& index, WavelengthResult& light);

/// Modes of the section at the end of the guide; those of z = 0 where the index does not change.
[[nodiscard]] std::vector<modes::Mode> output_modes(const Case& c, const SectionIndex& index,
                                                    const WavelengthResult& light);

[[nodiscard]] PropagationResult run_propagation(const Case& c, const SectionIndex& index, const WavelengthResult& light,
                                                const std::vector<modes::Mode>& end_modes,
                                                const ProgressObserver& progress, std::vector<std::string>& warnings);

/// Coupling at both ends and the link budget.
void compute_coupling(const Case& c, WavelengthResult& light, const std::vector<modes::Mode>& end_modes,
                      std::vector<std::string>& warnings);

}  // namespace vitral::app
