#pragma once
#include "app/light_stages.hpp"

/// What is sent in at z = 0.
namespace vitral::app {

struct Launch {
    Field<Complex> psi;
    double n_eff;  ///< of the launched mode; of a port or a field from a file the fundamental's
    int mode;      ///< the section's own mode whose transmission is asked for
};

/// The light of [propagation] launch at the wavelength of `light`, the config's number `number`. Ports and modes have unit
/// power, a field from a file its own; the parts of a superposition are added with their amplitudes and phases.
[[nodiscard]] Launch make_launch(const Case& c, const SectionIndex& index, const WavelengthResult& light, int number);

}  // namespace vitral::app
