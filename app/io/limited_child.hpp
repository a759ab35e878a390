#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace vitral::io {

/// What `work`, which reads `file`, returns, computed in a child process that may take so much memory, and so much time for a file
/// of that size, and no more: for reading foreign files with a library that damaged ones may crash or hold for ever. `work` must
/// start no threads. Throws Error (input_file) with the file's name if the child dies or takes too long, and what `work` throws if
/// that is an Error.
[[nodiscard]] std::string in_limited_child(const std::function<std::string()>& work, const std::filesystem::path& file);

/// Of the processor's time, what a child gets for the smallest file; to hurry tests of many damaged ones. 3 s where nothing is said.
void set_child_seconds(double seconds);

}  // namespace vitral::io
