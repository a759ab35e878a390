#pragma once
#include <iosfwd>
#include <string>
#include <vector>

namespace vitral::commands {

/// Parses and runs one command line (without the program's name); returns its exit code. Answers go to `out`, messages to
/// `err`; with --json a failure is one JSON object on `out`, too.
int run_command(const std::vector<std::string>& args, std::ostream& out, std::ostream& err);

}  // namespace vitral::commands
