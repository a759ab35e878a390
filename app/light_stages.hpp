#pragma once
#include <string>
#include <vector>

#include "app/case.hpp"
#include "app/ports.hpp"
#include "app/results.hpp"
#include "app/section_index.hpp"
#include "solver/coupling/overlap.hpp"

/// The stages after the index: each takes the case, the index and what came before, and fills its part of the result.
namespace vitral::app {

/// Modes of the section at z = 0. The displaced wall follows the fundamental mode's n_eff: a coarse solution first.
/// Throws Error (numerical) when the eigensolver does not converge.
void compute_modes(const Case& c, SectionIndex& index, WavelengthResult& light);

/// Modes of the section at the end of the guide; those of z = 0 where the index does not change.
[[nodiscard]] std::vector<modes::Mode> output_modes(const Case& c, const SectionIndex& index,
                                                    const WavelengthResult& light);

/// Scalar modes of a map on the section's grid, sought from `start` on where modes of a like section are known. Throws
/// Error (numerical) when the eigensolver does not converge.
[[nodiscard]] modes::ModeSet solve_modes(const SectionIndex& index, const IndexMap& n, double wavelength, int count,
                                         std::vector<Field<double>> start = {});

[[nodiscard]] Field<Complex> as_complex(const Field<double>& psi);

/// x of the guide's axis at one end.
[[nodiscard]] double axis_x(const Case& c, End end);

/// The port at its place, best where the config leaves it open; x counts from the guide's axis.
[[nodiscard]] coupling::Alignment place_port(const Case& c, const Field<Complex>& mode,
                                             const modes::ModeFigures& figures, const Port& port,
                                             const OffsetConfig& offset, End end);

/// Coupling at both ends and the link budget.
void compute_coupling(const Case& c, WavelengthResult& light, const std::vector<modes::Mode>& end_modes,
                      std::vector<std::string>& warnings);

}  // namespace vitral::app
