#pragma once
#include <string>
#include <string_view>

namespace vitral {

/// SHA-256 of a text as 64 hexadecimal digits (FIPS 180-4). Stages and results are keyed by it.
[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace vitral
