#pragma once
#include <string>

namespace vitral::io {

/// The linker's hash of the running program (its build id): a rebuilt program is another one whatever its version says. Without
/// a build id, the hash of its file.
[[nodiscard]] const std::string& program_id();

}  // namespace vitral::io
