#pragma once
#include <functional>
#include <string>

namespace vitral::io {

/// What `work` returns, computed in a child process that may take so much time and memory and no more: for reading foreign files
/// with a library that damaged ones may crash. `work` must start no threads. Throws Error (input_file) with `where` if the child
/// dies or takes too long, and what `work` throws if that is an Error.
[[nodiscard]] std::string in_limited_child(const std::function<std::string()>& work, const std::string& where);

}  // namespace vitral::io
