#include "app/stages/wire_port.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app/stages/key.hpp"
#include "app/stages/medium.hpp"
#include "app/stages/progress.hpp"
#include "core/errors.hpp"
#include "medium/section.hpp"
#include "modes/guided.hpp"

namespace vitral::stages {

GuidedMode wire_mode(const WirePort& wire, double wavelength, Polarization field) {
    constexpr double accuracy = 1e-6;
    const double n_cladding = wire.cladding.index(wavelength).real(), bottom = -0.5 * wire.height;
    const double half = 4.0 * std::max({wire.width, wire.height, 0.5 * wavelength});
    MediumParams params;
    params.source = FormulaParams{"n", {{"n", n_cladding}}};
    params.window = {-half, half, -half, half};
    if (const double n_below = wire.below.index(wavelength).real(); n_below != n_cladding)
        params.boxes.push_back({"below", 0.0, 2.0 * half, -half, half + bottom, wire.below});
    params.boxes.push_back({"wire", 0.0, wire.width, bottom, wire.height, wire.core});
    const auto medium = make_medium(params, nullptr, wavelength);
    Section section = medium::section_of(medium, medium::Directions::apart);
    section.permittivity = medium::lossless(std::move(section.permittivity));
    const bool wants_te = field != Polarization::along_y;
    for (const int count : {2, 10}) {
        const modes::SectionModeSet set = modes::section_modes(
            section,
            {.wavelength = wavelength, .count = count, .accuracy = accuracy, .between_steps = stop_if_requested});
        for (const modes::SectionMode& mode : set.modes) {
            GuidedMode found = modes::guided(mode, 0);
            if ((*found.figures.te_fraction >= 0.5) == wants_te) return found;
        }
    }
    throw Error(Failure::numerical,
                fmt::format("a wire of {:g} x {:g} nm guides no {} mode at {:g} nm", wire.width * 1e9,
                            wire.height * 1e9, wants_te ? "TE-like" : "TM-like", wavelength * 1e9),
                "coupling");
}

std::shared_ptr<const GuidedMode> WireModes::at(const WirePort& wire, double wavelength, Polarization field) {
    auto& mode = found_[Digest().add(wire).add(wavelength).add(field).hash()];
    if (!mode) mode = std::make_shared<const GuidedMode>(wire_mode(wire, wavelength, field));
    return mode;
}

}  // namespace vitral::stages
