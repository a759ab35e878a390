#pragma once
#include <string>
#include <vector>

#include "app/stages/results.hpp"

namespace vitral::results {

/// Where a result comes from.
struct Provenance {
    std::string version, git_hash, compiler, flags, host, started, command_line, libraries;
    std::string config_sha256;  ///< of the resolved config
    std::string inputs_sha256;  ///< of all that the stages are given: the keys of the stages
    std::string program_id;     ///< the linker's hash of the running program
    std::string wisdom_sha256;  ///< of the plans of its transforms; "estimate": planned without wisdom
    int threads = 1;
};

[[nodiscard]] Provenance make_provenance(const std::string& resolved_config,
                                         const std::map<std::string, std::string>& stage_keys,
                                         const std::string& command_line, int threads);
/// One hash over the keys of all stages.
[[nodiscard]] std::string inputs_hash(const std::map<std::string, std::string>& stage_keys);
[[nodiscard]] std::string version();

}  // namespace vitral::results
