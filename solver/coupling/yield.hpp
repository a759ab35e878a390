#pragma once
#include <cstdint>
#include <vector>

namespace vitral::coupling {

/// Coupling efficiencies at equally spaced displacements, about the place where a port is meant to stand, and at gaps about the meant
/// one: values [gap][y][x]. Between the places it is a cubic along each axis, between gaps a parabola (or line, or constant).
struct EfficiencySurface {
    double x0 = 0.0, dx = 0.0, y0 = 0.0, dy = 0.0;  ///< first place and spacing [m]
    int count_x = 0, count_y = 0;                   ///< at least 4
    std::vector<double> gaps = {0.0};               ///< differences from the meant gap, equally spaced: 1 or 3 [m]
    std::vector<double> values;
};

/// How an array of ports scatters: standard deviations of normal distributions.
struct ArraySpread {
    int channels = 1;
    double pitch = 0.0;                           ///< meant distance between channels [m]
    double placement_x = 0.0, placement_y = 0.0;  ///< of the array as a whole [m]
    double rotation = 0.0;                        ///< of the array about its middle, in the plane of the facet [rad]
    double pitch_error = 0.0;                     ///< of each channel along x [m]
    double core = 0.0;                            ///< eccentricity of each core, along x and along y [m]
    double gap = 0.0;                             ///< of the whole array [m]
    double process_dB = 0.0;                      ///< of each channel's loss, by what differs between guides
};

struct YieldParams {
    std::int64_t draws = 100000;
    std::uint64_t seed = 1;
    double fixed_dB = 0.0;  ///< loss that every channel has beside the coupling, such as the facet's reflection
    double limit_dB = 1.0;
};

/// Over all draws. Levels are read off a histogram of 1 mdB.
struct LossDistribution {
    double mean = 0.0, median = 0.0, level_90 = 0.0, level_99 = 0.0;  ///< [dB]; exceeded by half, 10 and 1 %
    double yield = 0.0;                                               ///< share below the limit
    std::vector<double> cumulative;                                   ///< share below 0, 0.05, ... dB
};
inline constexpr double cumulative_step_dB = 0.05;
inline constexpr int cumulative_steps = 101;  ///< up to 5 dB

struct ArrayYield {
    LossDistribution channel;  ///< of any one channel
    LossDistribution worst;    ///< of the worst channel of an array
};

/// Monte Carlo over arrays. In each draw the channel k of N stands off by
///     dx_k = X + e_k + c_k,   dy_k = Y + φ (k - (N-1)/2) pitch + c'_k
/// with X, Y, φ of the array and e, c, c' of each channel, all normal, and its loss is -10 log10 η(dx, dy, gap) + fixed + process,
/// never below 0. Draws are numbered and each has random numbers of its own, so that the answer is the same for any number of threads.
[[nodiscard]] ArrayYield array_yield(const EfficiencySurface& surface, const ArraySpread& spread,
                                     const YieldParams& params);

}  // namespace vitral::coupling
