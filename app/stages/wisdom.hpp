#pragma once
#include <string>

#include "solver/kernels/fft.hpp"

namespace vitral::stages {

/// Plans of the transforms, measured once on this machine and kept in a file of the user's cache,
/// $XDG_CACHE_HOME/vitral/fft-wisdom-HOST (or ~/.cache/...). VITRAL_WISDOM names another file; "none": plans by estimate,
/// the same on every machine.
class Wisdom {
public:
    /// Reads the file, if there is one. A file that is none of ours is ignored.
    Wisdom();
    /// Writes it again if new plans were measured; a cache that cannot be written is no error.
    ~Wisdom();
    Wisdom(const Wisdom&) = delete;
    Wisdom& operator=(const Wisdom&) = delete;

private:
    std::string file_;  ///< empty: plans by estimate
};

/// Hash of the plans that this process uses, or knows; "estimate" without wisdom. The same plans give the same bits.
[[nodiscard]] std::string wisdom_hash(kernels::Told told);

/// Transforms of a run that is expected to take that long are measured at once where that pays; shorter ones are planned by estimate
/// until they have been needed often (solver/kernels/fft.hpp).
void expect_seconds(double seconds);

}  // namespace vitral::stages
