#pragma once
#include <filesystem>
#include <string_view>

namespace vitral::io {

/// A file appears whole or not at all. The bytes go to a temporary file beside `path` (beside what it points to, if it is a
/// symbolic link), are synchronised with the disk, read back and compared; only then is the file renamed. Throws Error (output),
/// with how much was written, if the disk fails anywhere; an older file at `path` stays intact then. Temporary files that
/// killed processes of this machine left in the folder are removed, once for each folder.
void write_whole(const std::filesystem::path& path, std::string_view bytes);

}  // namespace vitral::io
