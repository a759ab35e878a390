#pragma once
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

namespace vitral::tests {

/// The whole result of a config that has to run, with `--set` of each setting and further words of the command.
inline nlohmann::json result_of(const std::string& config, const std::vector<std::string>& settings = {},
                                const std::vector<std::string>& further = {}) {
    std::vector<std::string> words = {"run", config, "--json"};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    words.insert(words.end(), further.begin(), further.end());
    const Answer answer = vitral_command(words);
    INFO(answer.err << answer.out);
    REQUIRE(answer.code == 0);
    return nlohmann::json::parse(answer.out);
}

/// Its first wavelength.
inline nlohmann::json light_of(const std::string& config, const std::vector<std::string>& settings = {},
                               const std::vector<std::string>& further = {}) {
    return result_of(config, settings, further)["wavelengths"][0];
}

}  // namespace vitral::tests
