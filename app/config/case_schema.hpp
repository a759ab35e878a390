#pragma once
#include <string>
#include <vector>

#include "app/config/case.hpp"
#include "app/config/schema.hpp"

namespace vitral::config {

/// Words that other tables of the program give: the engines of propagation and what they can do.
struct Vocabulary {
    std::vector<std::string> methods, orders, splittings, precisions, edges;
};

/// The one description of the config; with the rules that need nothing but the config.
[[nodiscard]] Schema<Case> make_case_schema(const Vocabulary& words);

/// The config's word for a choice, as the results say it, too.
[[nodiscard]] std::string word_of(ModeSolver solver);
[[nodiscard]] std::string word_of(LightPolarization polarization);

}  // namespace vitral::config
