#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/diagnostics.hpp"

namespace vitral::config {

/// A parsed TOML value with the place it stands at. The library that parses is named in one source file.
struct ConfigNode {
    enum class Type { table, array, text, integer, number, boolean, other };
    struct Member;  ///< a key with its place, and its value

    Type type = Type::table;
    SourceSpan span;   ///< of the value
    std::string text;  ///< of a text
    std::int64_t integer = 0;
    double number = 0.0;  ///< of an integer or number
    bool boolean = false;
    std::vector<ConfigNode> items;  ///< of an array
    std::vector<Member> members;    ///< of a table, in the order of the file

    [[nodiscard]] const ConfigNode* find(std::string_view key) const;
    [[nodiscard]] const Member* find_member(std::string_view key) const;
};

struct ConfigNode::Member {
    std::string key;
    SourceSpan key_span;
    ConfigNode value;
};

/// "a text", "a number", ... for error messages.
[[nodiscard]] std::string_view name_of(ConfigNode::Type type);

/// Reads a text file of at most 1 MiB; throws Error (input_file) when it cannot.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

/// Parses TOML. Syntax errors go to `diagnostics`, and an empty table is returned.
[[nodiscard]] ConfigNode parse_toml(std::string name, std::string text, Diagnostics& diagnostics);

/// Puts a value at `a.b[0].c`, making tables on the way; errors are placed at `key_span`.
void apply_value(ConfigNode& root, const std::string& key, ConfigNode value, const SourceSpan& key_span,
                 Diagnostics& diagnostics);

/// Applies `a.b[0].c=value` (value: TOML, or else plain text) on top of a config, as `--set` does.
void apply_setting(ConfigNode& root, std::string_view setting, Diagnostics& diagnostics);

}  // namespace vitral::config
