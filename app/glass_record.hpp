#pragma once
#include <filesystem>
#include <string>

#include "diffusion/glass/glass.hpp"

namespace vitral::app {

/// A glass from the text of its TOML record; `name` is for error messages, files that the record names lie relative to
/// `folder`. Throws Error or io::InputError (kind file).
[[nodiscard]] glass::Glass parse_glass_record(const std::string& name, const std::string& text,
                                              const std::filesystem::path& folder);
/// The text of the file that a record's [index] names, if it names one; for the hash of a run's inputs.
[[nodiscard]] std::string index_file_text(const std::string& name, const std::string& text,
                                          const std::filesystem::path& folder);

}  // namespace vitral::app
