#pragma once
#include <string>
#include <vector>

#include "app/case.hpp"

namespace vitral::app {

/// Where a result comes from.
struct Provenance {
    std::string version, git_hash, compiler, flags, host, started, command_line, libraries;
    std::string config_sha256;  ///< of the resolved config
    std::string inputs_sha256;  ///< of the resolved config and the records it names
    std::string program_id;     ///< the linker's hash of the running program
    std::string wisdom_sha256;  ///< of the plans of its transforms; "estimate": planned without wisdom
    int threads = 1;
};

[[nodiscard]] Provenance make_provenance(const Case& c, const std::string& command_line, int threads);
/// The config with every default filled in, as JSON text.
[[nodiscard]] std::string resolved_config(const Case& c);
[[nodiscard]] std::string version();
/// The linker's hash of the running program.
[[nodiscard]] std::string program_id();

}  // namespace vitral::app
