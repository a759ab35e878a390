#pragma once
#include "app/config/case.hpp"

namespace vitral::config {

/// Where an error about `key` belongs: at the key if it is there, else at the table.
[[nodiscard]] SourceSpan at(const ConfigNode& table, std::string_view key);

/// How many of fiber, chip and gaussian a port names.
[[nodiscard]] int port_count(const PortConfig& port);

/// The rules that span tables of the config; each table's own rules stand with its rows.
void check_case(const Case& c, const ConfigNode& root, Diagnostics& diagnostics);

}  // namespace vitral::config
