#pragma once
#include "core/field.hpp"
#include "core/mode_figures.hpp"

namespace vitral::modes {

/// The figures of a scalar mode on a grid; widths at 1/e² are those through its peak.
[[nodiscard]] ModeFigures mode_figures(const Field<double>& psi);

}  // namespace vitral::modes
