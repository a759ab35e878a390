#pragma once
#include <filesystem>

#include "app/case.hpp"
#include "app/provenance.hpp"
#include "app/results.hpp"

namespace vitral::app {

/// Writes a results file, whole or not at all; docs/file-format.md describes what is in it. Throws Error (output).
void write_results(const std::filesystem::path& path, const Case& c, const RunResult& result,
                   const Provenance& provenance);

}  // namespace vitral::app
