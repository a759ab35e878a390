#pragma once
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {

inline constexpr int coupling_version = 3;

struct CouplingAnswer {
    std::vector<CouplingResult> ports;
    /// Power of the propagated field that the first port at the output receives, its facet included.
    std::optional<double> received = {};
};

struct CouplingInputs {
    const GuidedMode& input;
    const std::vector<GuidedMode>& output;
    double wavelength;
    const PropagationResult* propagation;  ///< may be null
    coupling::Tail tail = {};              ///< of the light in a dark cover
};

/// Coupling at both ends by the scalar overlap with the fundamental mode there.
[[nodiscard]] CouplingAnswer find_coupling(const CouplingParams& params, const CouplingInputs& inputs,
                                           std::vector<std::string>& warnings);

/// The link budget follows the fundamental mode: into it, along it, out of it. Nothing where one of these is not known.
[[nodiscard]] std::optional<LinkResult> link_budget(const CouplingParams& params, const CouplingAnswer& answer,
                                                    const PropagationResult* propagation);

}  // namespace vitral::stages
