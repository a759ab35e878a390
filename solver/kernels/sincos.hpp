#pragma once

namespace vitral::kernels {

/// sine and cosine to 2e-16 for |x| < 1e5, branch-free so that loops over it vectorise: reduction by multiples of pi/2
/// in two parts (Cody & Waite), then the Taylor series on [-pi/4, pi/4], the first term left out being below 5e-17.
struct SinCos {
    double sin, cos;
};
[[nodiscard]] inline SinCos sincos(double x) noexcept {
    constexpr double two_over_pi = 0.63661977236758134308;
    constexpr double half_pi_high = 1.5707963267341256, half_pi_low = 6.0771005065061922e-11;  // sum: pi/2 to 1e-26
    constexpr double round_shift = 6755399441055744.0;                                         // 1.5 * 2^52
    const double shifted = x * two_over_pi + round_shift;
    const double quarter = shifted - round_shift;
    const double r = (x - quarter * half_pi_high) - quarter * half_pi_low, r2 = r * r;
    const double s =
        r + r * r2 *
                (-1.0 / 6 +
                 r2 * (1.0 / 120 + r2 * (-1.0 / 5040 +
                                         r2 * (1.0 / 362880 + r2 * (-1.0 / 39916800 + r2 * (1.0 / 6227020800.0 -
                                                                                            r2 / 1307674368000.0))))));
    const double c =
        1.0 +
        r2 * (-0.5 + r2 * (1.0 / 24 +
                           r2 * (-1.0 / 720 +
                                 r2 * (1.0 / 40320 + r2 * (-1.0 / 3628800 +
                                                           r2 * (1.0 / 479001600.0 + r2 * (-1.0 / 87178291200.0 +
                                                                                           r2 / 20922789888000.0)))))));
    // The quarter turn modulo 4, as doubles: 0: (s, c), 1: (c, -s), 2: (-s, -c), 3: (-c, s).
    const double half_turns = 0.5 * quarter,
                 floor_half = half_turns - 0.25 + round_shift - round_shift;  // floor for multiples of 1/2
    const bool odd = half_turns != floor_half;
    const double sign = 1.0 - 2.0 * (floor_half - 2.0 * (0.5 * floor_half - 0.25 + round_shift - round_shift));
    const double swapped_sin = odd ? c : s, swapped_cos = odd ? -s : c;
    return {sign * swapped_sin, sign * swapped_cos};
}

}  // namespace vitral::kernels
