#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

/// Small questions that need no config.
namespace vitral::app {

/// `vitral fiber NAME`: the modes of a fiber of the library, scalar (LP) and vector, with group index and the diameters of LP01.
/// Throws Error (input_file).
void fiber_answer(const std::string& name, double wavelength, bool json, std::ostream& out);

/// `vitral profile N0 N1 ...`: the depth profile that measured TE mode indices of a planar guide stand for (inverse WKB). Throws
/// Error (input_file).
void profile_answer(const std::vector<double>& n_eff, double wavelength, double cover, std::optional<double> surface,
                    bool json, std::ostream& out);

}  // namespace vitral::app
