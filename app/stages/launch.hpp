#pragma once
#include <optional>
#include <vector>

#include "app/stages/propagation.hpp"

/// What is sent in at z = 0.
namespace vitral::stages {

struct Launch {
    Field<Complex> psi;
    double n_eff = 0.0;  ///< of the launched mode; of a port or a field from a file the fundamental's
    int mode = 0;        ///< the section's own mode whose transmission is asked for
    std::optional<GuidedMode>
        own;  ///< of several guides, the mode of the one at which the port stands: its transmission is asked for
};

/// The light that propagation begins with. Ports, modes and fields from files have unit power, but the end of an earlier run keeps
/// what it had; the parts of a superposition are added with their amplitudes and phases. A field that was scaled to unit power is
/// said in `warnings`.
[[nodiscard]] Launch make_launch(const PropagationParams& params, const PropagationInputs& inputs,
                                 std::vector<std::string>& warnings);

}  // namespace vitral::stages
