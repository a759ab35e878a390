#pragma once
#include <iosfwd>
#include <string>
#include <vector>

namespace vitral::app {

/// The command: runs `args` (without the program's name), writes results to `out` and messages to `err`, and returns
/// the exit code of docs/how-to/exit-codes.md.
[[nodiscard]] int run_command(const std::vector<std::string>& args, std::ostream& out, std::ostream& err);

}  // namespace vitral::app
