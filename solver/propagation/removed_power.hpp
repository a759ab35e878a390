#pragma once

namespace vitral::propagation {

/// Power that has left the field since the launch, by where it went. Same unit as ∬|ψ|² dA.
struct RemovedPower {
    double left = 0.0, right = 0.0, bottom = 0.0, top = 0.0;  ///< through the absorbing edges
    double absorbed = 0.0;                                    ///< in the glass, Im n > 0
    double grid_waves = 0.0;                                  ///< waves too fine to propagate
    [[nodiscard]] double total() const noexcept { return left + right + bottom + top + absorbed + grid_waves; }
    RemovedPower& operator+=(const RemovedPower& more) noexcept {
        left += more.left, right += more.right, bottom += more.bottom, top += more.top;
        absorbed += more.absorbed, grid_waves += more.grid_waves;
        return *this;
    }
    RemovedPower& operator*=(double factor) noexcept {
        left *= factor, right *= factor, bottom *= factor, top *= factor;
        absorbed *= factor, grid_waves *= factor;
        return *this;
    }
};

}  // namespace vitral::propagation
