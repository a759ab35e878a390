#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/io/hdf5_file.hpp"
#include "app/results.hpp"

/// What the modes on elements and the planar modes say in the answer, on the screen and in the results file.
namespace vitral::app {

/// The list of modes; `slab` leaves out what belongs to y.
[[nodiscard]] nlohmann::ordered_json element_modes_json(const ElementModes& modes, double wavelength, bool slab);
/// How they were computed.
[[nodiscard]] nlohmann::ordered_json mode_solver_json(const ElementModes& modes, const std::string& solver);
[[nodiscard]] nlohmann::ordered_json planar_modes_json(const PlanarModes& modes);
[[nodiscard]] std::vector<std::string> element_modes_text(const ElementModes& modes, bool slab);
[[nodiscard]] std::vector<std::string> planar_modes_text(const PlanarModes& modes);
/// Figures and error bars under /modes/wN/elements, and `with_fields` the fields on 241 x 241 points about the modes.
void write_element_modes(io::Hdf5Writer& file, const ElementModes& modes, const std::string& group, bool slab,
                         bool with_fields);

}  // namespace vitral::app
