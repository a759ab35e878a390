#pragma once
#include <functional>
#include <string>

#include "app/config/schema.hpp"
#include "diffusion/glass/glass.hpp"

namespace vitral::records {

/// The text of a file that a record names.
using ReadFile = std::function<const std::string&(const std::string& name)>;

/// A glass from the text of its TOML record; `name` is for error messages. Throws Error or config::InputError (kind file).
[[nodiscard]] glass::Glass parse_glass_record(const std::string& name, const std::string& text, const ReadFile& read);

/// The keys of such a record as JSON Schema.
[[nodiscard]] config::Json glass_record_keys();

}  // namespace vitral::records
