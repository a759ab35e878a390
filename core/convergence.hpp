#pragma once

namespace vitral {

enum class StopReason { converged, max_iterations, breakdown };

/// What an iteration came to. Kernels report, `app` decides what is an error.
struct ConvergenceReport {
    StopReason reason = StopReason::converged;
    int iterations = 0;
    double residual = 0.0;
    explicit operator bool() const noexcept { return reason == StopReason::converged; }
};

}  // namespace vitral
