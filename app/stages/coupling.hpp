#pragma once
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/ports.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

inline constexpr int coupling_version = 4;

struct CouplingInputs {
    const EndOfGuide &input, &output;
    const ModesResult& modes;
    const PropagationResult* propagation;  ///< may be null
};

/// Coupling at both ends, of each port with the guide's own mode there. That is the mode which [modes] lists, where its solver works on
/// elements and the section has one guide (by the full-vector overlap, if the mode is a vector mode); else the scalar one on the
/// light's grid.
[[nodiscard]] std::vector<CouplingResult> find_coupling(const CouplingParams& params, const CouplingInputs& inputs,
                                                        std::vector<std::string>& warnings);

}  // namespace vitral::stages
