#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/config/case_schema.hpp"
#include "app/records/library.hpp"
#include "app/stages/params.hpp"

/// From a config to what the stages are given: the one place where names become numbers. Records, pages and fields that a
/// config names are read here, each once; after that nothing knows a name or a path.
namespace vitral::app {

/// The config's schema, its words of the engines from their table.
[[nodiscard]] const config::Schema<config::Case>& case_schema();

/// A config as it was typed, and resolved.
struct Setup {
    config::Case config;
    stages::RunParams run;
};

/// Reads and checks a config with its `--set` settings, the values of its [sweep] one by one, too; throws config::InputError
/// with every error, or Error (input_file) where a record cannot be read.
[[nodiscard]] Setup read_setup(const std::filesystem::path& file, const std::vector<std::string>& settings);
/// The same from a text, for which `name` stands in the messages.
[[nodiscard]] Setup read_setup_text(const std::string& text, const std::string& name,
                                    const std::filesystem::path& folder, const std::vector<std::string>& settings);
/// One point of a sweep: the base's own text with these settings, its [sweep] left out and not tried again.
[[nodiscard]] Setup read_point(const config::Case& base, const std::vector<std::string>& settings,
                               records::Library& library);

/// The config with every default filled in, as JSON text.
[[nodiscard]] std::string resolved_config(const config::Case& c);

/// The params of all stages of a case that passed check_setup().
[[nodiscard]] stages::RunParams resolve(const config::Case& c, records::Library& library);

}  // namespace vitral::app
