#pragma once
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

/// The link budgets from the ports at the input to those at the output: of the first port at each end, and of further pairs at the
/// same guide. Every line is a loss; a loss that was not computed is a line without a number.
///
/// The lines follow the guide's own mode: into it, along it, out of it. Where the light was propagated from the port at the input,
/// what arrives in the port at the output is known as a whole, with all that other modes and radiation bring: the last line is the
/// difference, and the total is what is received.
[[nodiscard]] std::vector<LinkResult> link_budgets(const CouplingParams& params,
                                                   const std::vector<CouplingResult>& ports,
                                                   const PropagationResult* propagation);

}  // namespace vitral::stages
