#pragma once
#include <memory>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

inline constexpr int medium_version = 2;

/// What light of this wavelength sees; `process` is null where the index is a formula. Throws Error (input_file) where a record
/// ends before the wavelength.
[[nodiscard]] std::shared_ptr<const Medium> make_medium(const MediumParams& params,
                                                        const std::shared_ptr<const exchange::Exchange>& process,
                                                        double wavelength);

/// The same section with another formula in place of the glass.
[[nodiscard]] MediumParams with_formula(MediumParams params, const FormulaParams& formula);

}  // namespace vitral::stages
