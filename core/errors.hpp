#pragma once
#include <stdexcept>
#include <string>

namespace vitral {

/// Why a run cannot go on. The numbers are the exit codes of the command (docs/how-to/exit-codes.md).
enum class Failure {
    input_file = 4,      ///< an input file is wrong or not readable
    resource_limit = 5,  ///< the memory estimate exceeds the limit
    numerical = 6,       ///< not converged, not finite, or an invariant is broken
    output = 7,          ///< disk full or folder not writable
    stopped = 75,        ///< stopped by a signal
};

/// An error that belongs to the world or to the user, never to a broken contract inside the program.
/// `where` names the file, the stage or the place the error speaks of; it may be empty.
class Error : public std::runtime_error {
public:
    Error(Failure kind, const std::string& message, std::string where = {})
        : std::runtime_error(message), kind_(kind), where_(std::move(where)) {}
    [[nodiscard]] Failure kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& where() const noexcept { return where_; }

private:
    Failure kind_;
    std::string where_;
};

}  // namespace vitral
