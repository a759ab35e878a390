#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

namespace vitral::io {

/// A file appears whole or not at all: `write` fills a temporary file beside `path`, which is then synchronised and
/// renamed. Throws Error (output); an older file at `path` stays intact then.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path& temporary)>& write);

/// The same for a text.
void write_text_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace vitral::io
