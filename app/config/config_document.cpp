#include "app/config/config_document.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#ifndef NDEBUG
#define NDEBUG  // the parser's own assertions abort on hostile input; its checks do not
#endif
#include <toml++/toml.h>

#include "core/errors.hpp"

namespace vitral::config {
namespace {

constexpr std::size_t largest_text = 1 << 20;

constexpr int deepest_nesting = 64;

/// The line at which brackets outside texts nest too deep, or a key has too many parts; 0 if there is none. The parser
/// recurses, so that this is counted before it runs.
int too_deep(std::string_view text) {
    int line = 1, brackets = 0, dots = 0;
    char quote = 0;
    for (const char c : text) {
        if (c == '\n') {
            ++line;
            dots = 0;
            quote = 0;  // a text of several lines is misread, which can only make the count too large by its brackets
        } else if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[' || c == '{') {
            ++brackets;
        } else if (c == ']' || c == '}') {
            brackets = std::max(0, brackets - 1);
        } else if (c == '.') {
            ++dots;
        } else if (c == '=' || c == ',') {
            dots = 0;
        }
        if (brackets > deepest_nesting || dots > deepest_nesting) return line;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const int more = byte < 0x80 ? 0 : byte >> 5 == 0x6 ? 1 : byte >> 4 == 0xe ? 2 : byte >> 3 == 0x1e ? 3 : -1;
        if (more < 0 || i + static_cast<std::size_t>(more) >= text.size() + (more == 0)) return false;
        for (int k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xc0) != 0x80) return false;
        i += static_cast<std::size_t>(more) + 1;
    }
    return true;
}

class Converter {
public:
    explicit Converter(std::shared_ptr<const SourceText> source) : source_(std::move(source)) {}

    ConfigNode convert(const toml::node& node) const {
        ConfigNode out;
        out.span = span(node.source());
        using Type = ConfigNode::Type;
        if (const auto* table = node.as_table()) {
            out.type = Type::table;
            for (const auto& [key, value] : *table)
                out.members.push_back({std::string(key.str()), span(key.source()), convert(value)});
            // The library sorts keys; we keep the order of the file.
            std::stable_sort(out.members.begin(), out.members.end(), [](const auto& a, const auto& b) {
                return std::pair(a.key_span.line, a.key_span.column) < std::pair(b.key_span.line, b.key_span.column);
            });
        } else if (const auto* array = node.as_array()) {
            out.type = Type::array;
            for (const auto& item : *array) out.items.push_back(convert(item));
        } else if (const auto* text = node.as_string()) {
            out.type = Type::text;
            out.text = text->get();
        } else if (const auto* integer = node.as_integer()) {
            out.type = Type::integer;
            out.integer = integer->get();
            out.number = static_cast<double>(out.integer);
        } else if (const auto* number = node.as_floating_point()) {
            out.type = Type::number;
            out.number = number->get();
        } else if (const auto* boolean = node.as_boolean()) {
            out.type = Type::boolean;
            out.boolean = boolean->get();
        } else {
            out.type = Type::other;
        }
        return out;
    }

private:
    [[nodiscard]] SourceSpan span(const toml::source_region& region) const {
        const int line = static_cast<int>(region.begin.line), column = static_cast<int>(region.begin.column);
        const bool one_line = region.end.line == region.begin.line;
        const int length = one_line ? static_cast<int>(region.end.column) - column : 1;
        return {source_, std::max(1, line), std::max(1, column), std::max(1, length)};
    }
    std::shared_ptr<const SourceText> source_;
};

/// The parts of `a.b[0].c`; an index is a part that begins with '['.
std::vector<std::string> path_parts(std::string_view path) {
    std::vector<std::string> parts(1);
    for (const char c : path) {
        if (c == '.') {
            parts.emplace_back();
        } else if (c == '[') {
            parts.emplace_back("[");
        } else if (c != ']') {
            parts.back().push_back(c);
        }
    }
    return parts;
}

}  // namespace

const ConfigNode::Member* ConfigNode::find_member(std::string_view key) const {
    for (const Member& member : members)
        if (member.key == key) return &member;
    return nullptr;
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
    const Member* member = find_member(key);
    return member ? &member->value : nullptr;
}

std::string_view name_of(ConfigNode::Type type) {
    switch (type) {
        case ConfigNode::Type::table:
            return "a table";
        case ConfigNode::Type::array:
            return "a list";
        case ConfigNode::Type::text:
            return "a text";
        case ConfigNode::Type::integer:
            return "an integer";
        case ConfigNode::Type::number:
            return "a number";
        case ConfigNode::Type::boolean:
            return "true or false";
        case ConfigNode::Type::other:
            break;
    }
    return "a date or time of day";
}

std::string read_text_file(const std::filesystem::path& path) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (failure || !std::filesystem::exists(status)) throw Error(Failure::input_file, "no such file", path.string());
    if (!std::filesystem::is_regular_file(status)) throw Error(Failure::input_file, "is not a file", path.string());
    if (std::filesystem::file_size(path, failure) > largest_text)
        throw Error(Failure::input_file, "is larger than 1 MiB, the limit for a text input", path.string());
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    if (!stream) throw Error(Failure::input_file, "cannot be read", path.string());
    return content.str();
}

ConfigNode parse_toml(std::string name, std::string text, Diagnostics& diagnostics) {
    const auto source = std::make_shared<const SourceText>(SourceText{std::move(name), std::move(text)});
    ConfigNode empty;
    empty.span = {source, 1, 1, 1};
    if (source->text.find('\0') != std::string::npos || !is_utf8(source->text)) {
        diagnostics.error(empty.span, "the file is not UTF-8 text");
        return empty;
    }
    if (const int line = too_deep(source->text); line > 0) {
        diagnostics.error({source, line, 1, 1}, fmt::format("tables and lists lie more than {} deep", deepest_nesting));
        return empty;
    }
    try {
        const toml::table table = toml::parse(std::string_view(source->text), std::string_view(source->name));
        ConfigNode root = Converter(source).convert(table);
        root.span = empty.span;
        return root;
    } catch (const toml::parse_error& error) {
        const auto& begin = error.source().begin;
        diagnostics.error(
            {source, std::max(1, static_cast<int>(begin.line)), std::max(1, static_cast<int>(begin.column)), 1},
            std::string(error.description()));
        return empty;
    }
}

void apply_setting(ConfigNode& root, std::string_view setting, Diagnostics& diagnostics) {
    const auto source = std::make_shared<const SourceText>(SourceText{"--set", std::string(setting)});
    const SourceSpan whole{source, 1, 1, static_cast<int>(setting.size())};
    if (!is_utf8(setting)) {
        diagnostics.error(whole, "the setting is not UTF-8 text");
        return;
    }
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        diagnostics.error(whole, "a setting is written key=value, e.g. section.resolution=\"0.5 um\"");
        return;
    }
    const std::string key(setting.substr(0, equals)), value_text(setting.substr(equals + 1));

    // The value is parsed as TOML; what is no TOML is a text, so that quotes may be left away: wavelength=1550 nm.
    Diagnostics ignored;
    ConfigNode parsed = parse_toml("--set", "value = " + value_text, ignored);
    ConfigNode value;
    if (ignored.empty() && parsed.members.size() == 1) {
        value = std::move(parsed.members[0].value);
    } else {
        value.type = ConfigNode::Type::text;
        value.text = value_text;
    }
    const auto place = [&](auto&& self, ConfigNode& node) -> void {
        node.span = {source, 1, static_cast<int>(equals) + 2, static_cast<int>(value_text.size())};
        for (ConfigNode& item : node.items) self(self, item);
        for (ConfigNode::Member& member : node.members) {
            member.key_span = node.span;
            self(self, member.value);
        }
    };
    place(place, value);

    apply_value(root, key, std::move(value), {source, 1, 1, static_cast<int>(equals)}, diagnostics);
}

void apply_value(ConfigNode& root, const std::string& key, ConfigNode value, const SourceSpan& key_span,
                 Diagnostics& diagnostics) {
    ConfigNode* node = &root;
    for (const std::string& part : path_parts(key)) {
        if (part.front() == '[') {
            const std::size_t index =
                part.size() > 1 && part.find_first_not_of("0123456789", 1) == std::string::npos && part.size() < 8
                    ? std::stoul(part.substr(1))
                    : node->items.size();
            if (node->type != ConfigNode::Type::array || index >= node->items.size()) {
                diagnostics.error(key_span, fmt::format("\"{}\": there is no item {}]", key, part));
                return;
            }
            node = &node->items[index];
            continue;
        }
        if (node->type != ConfigNode::Type::table || part.empty()) {
            diagnostics.error(key_span, fmt::format("\"{}\": \"{}\" does not lie in a table", key, part));
            return;
        }
        auto member =
            std::find_if(node->members.begin(), node->members.end(), [&](const auto& m) { return m.key == part; });
        if (member == node->members.end()) {
            ConfigNode table;
            table.span = key_span;
            node->members.push_back({part, key_span, std::move(table)});
            member = node->members.end() - 1;
        }
        node = &member->value;
    }
    *node = std::move(value);
}

}  // namespace vitral::config
