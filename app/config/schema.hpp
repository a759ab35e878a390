#pragma once
#include <fmt/core.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "app/config/config_document.hpp"
#include "app/config/quantity.hpp"

namespace vitral::config {

using Json = nlohmann::ordered_json;

/// JSON as text; bytes that are no UTF-8 (from a file name, say) are replaced.
[[nodiscard]] inline std::string dump_text(const Json& json, int indent = -1) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// One row describes one key: what it is called, which values it takes, and what it does. The reader, the error
/// messages, `vitral schema`, the key reference and the resolved config of every result are all made from the rows.
template <typename P>
struct Row {
    std::string key;
    std::string help;
    bool required = false;
    Json type;  ///< as JSON Schema
    std::function<void(const ConfigNode&, P&, Diagnostics&, const std::string& where)> read;
    std::function<Json(const P&)> resolved;  ///< null where the key is absent
    std::function<Json()> nested = {};       ///< in place of `type` where it is a table's own: made only when asked for

    Row&& require() && {
        required = true;
        return std::move(*this);
    }
};

template <typename P>
class Schema {
public:
    using Check = std::function<void(const P&, const ConfigNode& table, Diagnostics&)>;
    Schema(std::string where, std::vector<Row<P>> rows) : where_(std::move(where)), rows_(std::move(rows)) {}
    /// A rule that spans keys; run when the keys themselves were read.
    Schema&& check(Check rule) && {
        check_ = std::move(rule);
        return std::move(*this);
    }

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] const std::vector<Row<P>>& rows() const { return rows_; }

    void read(const ConfigNode& table, P& params, Diagnostics& diagnostics) const {
        if (table.type != ConfigNode::Type::table) {
            diagnostics.error(table.span, fmt::format("{} is {}, a table is expected", where_, name_of(table.type)));
            return;
        }
        std::vector<std::string> known;
        for (const auto& row : rows_) known.push_back(row.key);
        for (const auto& member : table.members)
            if (std::find(known.begin(), known.end(), member.key) == known.end()) {
                const std::string near = nearest_word(member.key, known);
                std::string list;
                for (const auto& key : known) list += (list.empty() ? "" : ", ") + key;
                diagnostics.error(member.key_span, fmt::format("{} unknown key \"{}\"", where_, member.key),
                                  near.empty() ? "known are: " + list : fmt::format("did you mean \"{}\"?", near));
            }
        for (const auto& row : rows_) {
            if (const ConfigNode* value = table.find(row.key)) {
                row.read(*value, params, diagnostics, fmt::format("{} {}", where_, row.key));
            } else if (row.required) {
                diagnostics.error(table.span, fmt::format("{} the key \"{}\" is missing", where_, row.key), row.help);
            }
        }
        if (check_) check_(params, table, diagnostics);
    }

    [[nodiscard]] Json resolved(const P& params) const {
        Json out = Json::object();
        for (const auto& row : rows_)
            if (Json value = row.resolved(params); !value.is_null()) out[row.key] = std::move(value);
        return out;
    }

    [[nodiscard]] Json json_schema() const {
        Json out = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
        Json required = Json::array();
        for (const auto& row : rows_) {
            Json property = row.nested ? row.nested() : row.type;
            property["description"] = row.help;
            if (!row.required)
                if (Json value = row.resolved(P{}); value.is_string() || value.is_number() || value.is_boolean())
                    property["default"] = std::move(value);
            out["properties"][row.key] = std::move(property);
            if (row.required) required.push_back(row.key);
        }
        if (!required.empty()) out["required"] = std::move(required);
        return out;
    }

private:
    std::string where_;
    std::vector<Row<P>> rows_;
    Check check_;
};

/// Bounds of a number, with the words for them.
struct Bounds {
    double low = -1e300, high = 1e300;
    bool open_low = false;
};
[[nodiscard]] inline Bounds positive() { return {0.0, 1e300, true}; }
[[nodiscard]] inline Bounds between(double low, double high) { return {low, high}; }

namespace rows {

inline void wrong_type(const ConfigNode& node, Diagnostics& d, const std::string& where, std::string_view expected) {
    d.error(node.span, fmt::format("{} is {}, {} is expected", where, name_of(node.type), expected));
}

/// The number of an integer or floating-point value, within bounds.
inline std::optional<double> read_number(const ConfigNode& node, const Bounds& bounds, Diagnostics& d,
                                         const std::string& where) {
    using Type = ConfigNode::Type;
    if (node.type != Type::number && node.type != Type::integer) {
        wrong_type(node, d, where, "a plain number");
        return {};
    }
    if (!(node.number >= bounds.low && node.number <= bounds.high) || (bounds.open_low && node.number <= bounds.low)) {
        d.error(node.span, bounds.open_low
                               ? fmt::format("{} = {:g} must be larger than {:g}", where, node.number, bounds.low)
                               : fmt::format("{} = {:g} must lie between {:g} and {:g}", where, node.number, bounds.low,
                                             bounds.high));
        return {};
    }
    return node.number;
}

/// The SI value of a text with a unit, within bounds.
inline std::optional<double> read_quantity(const ConfigNode& node, Dimension dimension, const Bounds& bounds,
                                           Diagnostics& d, const std::string& where) {
    using Type = ConfigNode::Type;
    if (node.type == Type::number || node.type == Type::integer) {
        d.error(node.span,
                fmt::format("{} is a bare number, {} with its unit is expected {}", where, article_and_name(dimension),
                            units_of(dimension)),
                fmt::format("write it as a text, e.g. \"{:g} {}\"", node.number,
                            likely_unit(node.number, dimension, bounds.low, bounds.high)));
        return {};
    }
    if (node.type != Type::text) {
        wrong_type(node, d, where, fmt::format("{} with its unit", article_and_name(dimension)));
        return {};
    }
    const auto parsed = parse_quantity(node.text, dimension);
    if (const auto* failure = std::get_if<QuantityError>(&parsed)) {
        d.error(node.span, where + ": " + failure->message);
        return {};
    }
    const double value = std::get<double>(parsed);
    if (!(value >= bounds.low && value <= bounds.high) || (bounds.open_low && value <= bounds.low)) {
        d.error(node.span, bounds.open_low ? fmt::format("{} = \"{}\" must be larger than {:g} {}", where, node.text,
                                                         bounds.low, si_unit(dimension))
                                           : fmt::format("{} = \"{}\" must lie between {} and {}", where, node.text,
                                                         format_quantity(bounds.low, dimension),
                                                         format_quantity(bounds.high, dimension)));
        return {};
    }
    return value;
}

[[nodiscard]] inline Json si_text(double value, Dimension dimension) {
    return fmt::format("{} {}", value, si_unit(dimension));
}
[[nodiscard]] inline Json quantity_type(Dimension dimension) {
    return {{"type", "string"},
            {"examples", {fmt::format("1 {}", si_unit(dimension))}},
            {"$comment", fmt::format("{} {}", article_and_name(dimension), units_of(dimension))}};
}

}  // namespace rows

template <typename P>
Row<P> quantity(std::string key, double P::*member, Dimension dimension, Bounds bounds, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            rows::quantity_type(dimension),
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (const auto value = rows::read_quantity(node, dimension, bounds, d, where)) p.*member = *value;
            },
            [=](const P& p) { return rows::si_text(p.*member, dimension); }};
}

template <typename P>
Row<P> quantity(std::string key, std::optional<double> P::*member, Dimension dimension, Bounds bounds,
                std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            rows::quantity_type(dimension),
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                p.*member = rows::read_quantity(node, dimension, bounds, d, where);
            },
            [=](const P& p) { return p.*member ? rows::si_text(*(p.*member), dimension) : Json(); }};
}

template <typename P>
Row<P> quantities(std::string key, std::vector<double> P::*member, Dimension dimension, Bounds bounds,
                  std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "array"}, {"items", rows::quantity_type(dimension)}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::array) return rows::wrong_type(node, d, where, "a list");
                (p.*member).clear();
                for (const auto& item : node.items)
                    if (const auto value = rows::read_quantity(item, dimension, bounds, d, where))
                        (p.*member).push_back(*value);
            },
            [=](const P& p) {
                Json list = Json::array();
                for (const double value : p.*member) list.push_back(rows::si_text(value, dimension));
                return list;
            }};
}

template <typename P>
Row<P> number(std::string key, double P::*member, Bounds bounds, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "number"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (const auto value = rows::read_number(node, bounds, d, where)) p.*member = *value;
            },
            [=](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> number(std::string key, std::optional<double> P::*member, Bounds bounds, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "number"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                p.*member = rows::read_number(node, bounds, d, where);
            },
            [=](const P& p) { return p.*member ? Json(*(p.*member)) : Json(); }};
}

template <typename P>
Row<P> numbers(std::string key, std::vector<double> P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "array"}, {"items", {{"type", "number"}}}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::array) return rows::wrong_type(node, d, where, "a list of numbers");
                (p.*member).clear();
                for (const auto& item : node.items)
                    if (const auto value = rows::read_number(item, {}, d, where)) (p.*member).push_back(*value);
            },
            [=](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> named_numbers(std::string key, std::map<std::string, double> P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "object"}, {"additionalProperties", {{"type", "number"}}}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::table) return rows::wrong_type(node, d, where, "a table of numbers");
                for (const auto& item : node.members)
                    if (const auto value = rows::read_number(item.value, {}, d, where + "." + item.key))
                        (p.*member)[item.key] = *value;
            },
            [=](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> integer(std::string key, int P::*member, int low, int high, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "integer"}, {"minimum", low}, {"maximum", high}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::integer) return rows::wrong_type(node, d, where, "an integer");
                if (const auto value = rows::read_number(node, between(low, high), d, where))
                    p.*member = static_cast<int>(*value);
            },
            [=](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> flag(std::string key, bool P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "boolean"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::boolean) return rows::wrong_type(node, d, where, "true or false");
                p.*member = node.boolean;
            },
            [=](const P& p) { return Json(p.*member); }};
}

template <typename P>
Row<P> text(std::string key, std::string P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"type", "string"}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::text) return rows::wrong_type(node, d, where, "a text");
                if (node.text.empty()) return d.error(node.span, where + " is empty");
                p.*member = node.text;
            },
            [=](const P& p) { return (p.*member).empty() ? Json() : Json(p.*member); }};
}

template <typename P, typename M, typename E>
Row<P> choice_row(std::string key, M P::*member, std::vector<std::pair<std::string, E>> words, std::string help) {
    std::vector<std::string> names;
    for (const auto& [word, unused] : words) names.push_back(word);
    return {std::move(key),
            std::move(help),
            false,
            {{"enum", names}},
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type != ConfigNode::Type::text) return rows::wrong_type(node, d, where, "a word");
                for (const auto& [word, value] : words)
                    if (word == node.text) {
                        p.*member = value;
                        return;
                    }
                std::string list;
                for (const auto& name : names) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", name);
                const std::string near = nearest_word(node.text, names);
                d.error(node.span, fmt::format("{} = \"{}\" is none of {}", where, node.text, list),
                        near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
            },
            [=](const P& p) {
                for (const auto& [word, value] : words)
                    if (value == p.*member) return Json(word);
                return Json();
            }};
}

/// A word of a fixed set; each word is an enumerator.
template <typename P, typename E>
requires std::is_enum_v<E> Row<P> choice(std::string key, E P::*member, std::vector<std::pair<std::string, E>> words,
                                         std::string help) {
    return choice_row(std::move(key), member, std::move(words), std::move(help));
}
template <typename P, typename E>
Row<P> choice(std::string key, std::optional<E> P::*member, std::vector<std::pair<std::string, E>> words,
              std::string help) {
    return choice_row(std::move(key), member, std::move(words), std::move(help));
}

/// A word of a list that the program's tables give.
template <typename P, typename M>
requires std::is_same_v<M, std::string> || std::is_same_v<M, std::optional<std::string>> Row<P> word(
    std::string key, M P::*member, const std::vector<std::string>& words, std::string help) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& each : words) pairs.emplace_back(each, each);
    return choice_row(std::move(key), member, std::move(pairs), std::move(help));
}

/// A table with a schema of its own.
template <typename P, typename S>
Row<P> table(std::string key, S P::*member, Schema<S> schema, std::string help) {
    const auto own = std::make_shared<const Schema<S>>(std::move(schema));
    return {std::move(key),
            std::move(help),
            false,
            Json(),
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string&) { own->read(node, p.*member, d); },
            [=](const P& p) { return own->resolved(p.*member); },
            [=] { return own->json_schema(); }};
}

template <typename P, typename S>
Row<P> table(std::string key, std::optional<S> P::*member, Schema<S> schema, std::string help) {
    const auto own = std::make_shared<const Schema<S>>(std::move(schema));
    return {std::move(key),
            std::move(help),
            false,
            Json(),
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string&) {
                own->read(node, (p.*member).emplace(), d);
            },
            [=](const P& p) { return p.*member ? own->resolved(*(p.*member)) : Json(); },
            [=] { return own->json_schema(); }};
}

/// A list of tables.
template <typename P, typename S>
Row<P> tables(std::string key, std::vector<S> P::*member, Schema<S> schema, std::string help) {
    const auto own = std::make_shared<const Schema<S>>(std::move(schema));
    return {std::move(key),
            std::move(help),
            false,
            Json(),
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type == ConfigNode::Type::table && own->where().starts_with("[["))
                    return d.error(node.span, fmt::format("{} is a table, a list of tables is expected", where),
                                   fmt::format("write {} with two brackets: there may be several", own->where()));
                if (node.type != ConfigNode::Type::array) return rows::wrong_type(node, d, where, "a list of tables");
                for (const auto& item : node.items) own->read(item, (p.*member).emplace_back(), d);
            },
            [=](const P& p) {
                Json list = Json::array();
                for (const S& item : p.*member) list.push_back(own->resolved(item));
                return list.empty() ? Json() : list;
            },
            [=] {
                return Json{{"type", "array"}, {"items", own->json_schema()}};
            }};
}

/// A material by its name, or an index as a number; kept as text.
template <typename P>
Row<P> material(std::string key, std::string P::*member, std::string help) {
    return {std::move(key),
            std::move(help),
            false,
            {{"oneOf", {{{"type", "string"}}, {{"type", "number"}}}}},
            [member](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                if (node.type == ConfigNode::Type::text) {
                    p.*member = node.text;
                } else if (const auto value = rows::read_number(node, between(1.0, 4.0), d, where)) {
                    p.*member = fmt::format("{:.17g}", *value);
                }
            },
            [member](const P& p) { return Json(p.*member); }};
}

/// A row of a member, beside the rows of the struct that holds it.
template <typename P, typename S>
Row<P> row_of_member(S P::*member, Row<S> row) {
    return {row.key,
            row.help,
            row.required,
            row.type,
            [=](const ConfigNode& node, P& p, Diagnostics& d, const std::string& where) {
                row.read(node, p.*member, d, where);
            },
            [=](const P& p) { return row.resolved(p.*member); },
            row.nested};
}

}  // namespace vitral::config
