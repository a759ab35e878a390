#pragma once
#include <string>

#include "diffusion/glass/glass.hpp"

namespace vitral::records {

[[nodiscard]] bool is_refractive_index_file(const std::string& name);  ///< by its ending, .yml or .yaml

/// Reads a page of the refractiveindex.info database (YAML): formulas 1 to 9, tables of n, k and n with k, with their
/// wavelength ranges. k becomes the glass's absorption, 4π k/λ. Throws Error (input_file).
[[nodiscard]] glass::Glass parse_refractive_index(const std::string& name, const std::string& text);

}  // namespace vitral::records
