#pragma once
#include <span>
#include <string_view>

namespace vitral::records {

/// A record of data/, built into the program.
struct EmbeddedRecord {
    std::string_view path;  ///< "glasses/soda-lime.toml"
    std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedRecord> embedded_records();

}  // namespace vitral::records
