#pragma once
#include <cmath>
#include <cstdint>

namespace vitral::propagation {

/// Whether a number that lies this far (0 to 1) from the nearest number of single precision to the next is to take the
/// next: by chance, so that the mean over many places is right. The chance is a hash of the place: the same bits every time.
[[nodiscard]] inline bool takes_next(double share, std::uint64_t place) noexcept {
    place = (place + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    place = (place ^ (place >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>(place >> 11) * 0x1p-53 < share;
}

/// A factor p = re + i im in single precision with its modulus right to 1e-9: plain rounding of the phase of the bare
/// glass, the same at every point and every step, would scale the field by some 1e-8 every time. The larger part is
/// rounded up or down by chance, the smaller one makes up for the modulus; the phase is right in the mean.
inline void round_turn(double re, double im, std::uint64_t place, float* out) noexcept {
    const bool swap = std::abs(im) > std::abs(re);
    const double large = swap ? im : re, small = swap ? re : im, square = re * re + im * im;
    auto rounded = static_cast<float>(large);
    const double miss = large - static_cast<double>(rounded);
    if (miss != 0.0) {
        const float next = std::nextafter(rounded, miss > 0.0 ? 1e30f : -1e30f);
        if (takes_next(miss / (static_cast<double>(next) - static_cast<double>(rounded)), place)) rounded = next;
    }
    const double rest = square - static_cast<double>(rounded) * static_cast<double>(rounded);
    const auto other = static_cast<float>(rest > 0.0 ? std::copysign(std::sqrt(rest), small) : 0.0);
    out[swap] = rounded;
    out[!swap] = other;
}

}  // namespace vitral::propagation
