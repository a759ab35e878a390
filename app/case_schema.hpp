#pragma once
#include "app/case.hpp"
#include "app/schema.hpp"

namespace vitral::app {

/// The one description of the config.
[[nodiscard]] const Schema<Case>& case_schema();

/// The keys that one stage reads, with every default, canonical: the part of a stage's hash that the user sets.
[[nodiscard]] std::string resolved_text(const Case& c, const std::vector<std::string>& keys);

/// Reads and checks a config with its `--set` settings; throws io::InputError with every error.
[[nodiscard]] Case read_case(const std::filesystem::path& file, const std::vector<std::string>& settings);
/// The same from a text, for which `name` stands in the messages.
[[nodiscard]] Case read_case_text(const std::string& text, const std::string& name, const std::filesystem::path& folder,
                                  const std::vector<std::string>& settings);

/// One point of a sweep: the base's own text with these settings, its [sweep] left out and not tried again.
[[nodiscard]] Case read_point(const Case& base, const std::vector<std::string>& settings);

/// The config's word for a choice, as the results say it, too.
[[nodiscard]] std::string word_of(propagation::EdgeKind edges);
[[nodiscard]] std::string word_of(ModeSolver solver);
[[nodiscard]] std::string word_of(LightPolarization polarization);

}  // namespace vitral::app
