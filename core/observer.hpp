#pragma once
#include <functional>

namespace vitral {

/// Called by a long computation with the fraction done, 0 to 1. It may throw to stop the computation.
using ProgressObserver = std::function<void(double fraction)>;

}  // namespace vitral
