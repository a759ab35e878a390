#pragma once
#include <map>
#include <memory>
#include <string>

#include "app/stages/params.hpp"
#include "core/guided_mode.hpp"
#include "core/polarization.hpp"

namespace vitral::stages {

/// The full-vector mode of a wire about the middle of the wire: the fundamental one of the polarisation, TE-like where light is
/// scalar. Throws Error (numerical) where the wire guides none.
[[nodiscard]] GuidedMode wire_mode(const WirePort& wire, double wavelength, Polarization field);

/// The modes of the wires of a run, each found once.
class WireModes {
public:
    [[nodiscard]] std::shared_ptr<const GuidedMode> at(const WirePort& wire, double wavelength, Polarization field);

private:
    std::map<std::string, std::shared_ptr<const GuidedMode>> found_;
};

}  // namespace vitral::stages
