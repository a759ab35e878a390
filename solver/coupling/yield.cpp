#include "solver/coupling/yield.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/constants.hpp"
#include "core/parallel.hpp"
#include "solver/kernels/cubic_stencil.hpp"

namespace vitral::coupling {
namespace {

/// Random numbers of one draw: SplitMix64 from a place of its own (Steele, Lea, Flood, OOPSLA 2014), pairs of normal ones by Box and
/// Muller.
class Random {
public:
    Random(std::uint64_t seed, std::uint64_t draw) : state_(mixed(seed * golden + mixed(draw * golden))) {}
    /// Two independent numbers of mean 0 and variance 1.
    std::array<double, 2> normal_pair() {
        const double radius = std::sqrt(-2.0 * std::log(uniform())), angle = 2.0 * pi * uniform();
        return {radius * std::cos(angle), radius * std::sin(angle)};
    }

private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;
    static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// In (0, 1].
    double uniform() { return (static_cast<double>(mixed(state_ += golden) >> 11) + 1.0) * 0x1p-53; }
    std::uint64_t state_;
};

using Stencil = kernels::CubicStencil;

class Surface {
public:
    explicit Surface(const EfficiencySurface& s) : s_(s) {}
    [[nodiscard]] double at(double x, double y, const std::array<double, 3>& of_gap) const {
        const Stencil sx(x, s_.x0, s_.dx, s_.count_x), sy(y, s_.y0, s_.dy, s_.count_y);
        const std::size_t plane = static_cast<std::size_t>(s_.count_x) * static_cast<std::size_t>(s_.count_y);
        double sum = 0.0;
        for (std::size_t g = 0; g < s_.gaps.size(); ++g)
            sum += of_gap[g] *
                   kernels::interpolated(sx, sy, s_.values.data() + g * plane, static_cast<std::size_t>(s_.count_x));
        return sum;
    }
    /// Weights of the gaps, for a difference from the meant one that stays within them.
    [[nodiscard]] std::array<double, 3> gap_weights(double gap) const {
        if (s_.gaps.size() < 3) return {1.0, 0.0, 0.0};
        const double t = std::clamp((gap - s_.gaps[1]) / (s_.gaps[2] - s_.gaps[1]), -1.0, 1.0);
        return {0.5 * t * (t - 1.0), 1.0 - t * t, 0.5 * t * (t + 1.0)};
    }

private:
    const EfficiencySurface& s_;
};

/// Counts of losses in bins, and their sum.
class Histogram {
public:
    void add(double loss) {
        sum_ += loss;
        ++counts_[static_cast<std::size_t>(std::min(loss / bin, static_cast<double>(bins - 1)))];
    }
    void add(const Histogram& other) {
        sum_ += other.sum_;
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }
    [[nodiscard]] LossDistribution distribution(double limit) const {
        std::int64_t total = 0;
        for (const std::int64_t count : counts_) total += count;
        const auto whole = static_cast<double>(total);
        LossDistribution d;
        d.mean = sum_ / whole;
        d.median = level(0.5 * whole), d.level_90 = level(0.9 * whole), d.level_99 = level(0.99 * whole);
        d.yield = below(limit) / whole;
        for (int i = 0; i < cumulative_steps; ++i) d.cumulative.push_back(below(i * cumulative_step_dB) / whole);
        return d;
    }

private:
    static constexpr double bin = 1e-3;
    static constexpr std::size_t bins = 20000;
    /// How many are below a loss, and which loss has so many below it: linear within a bin.
    [[nodiscard]] double below(double loss) const {
        double sum = 0.0;
        const double place = loss / bin;
        for (std::size_t i = 0; i < bins && static_cast<double>(i) < place; ++i)
            sum += static_cast<double>(counts_[i]) * std::min(1.0, place - static_cast<double>(i));
        return sum;
    }
    [[nodiscard]] double level(double wanted) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < bins; ++i) {
            const auto here = static_cast<double>(counts_[i]);
            if (sum + here >= wanted && here > 0.0) return bin * (static_cast<double>(i) + (wanted - sum) / here);
            sum += here;
        }
        return bin * static_cast<double>(bins);
    }
    double sum_ = 0.0;
    std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(bins);
};

}  // namespace

ArrayYield array_yield(const EfficiencySurface& surface, const ArraySpread& spread, const YieldParams& params) {
    const Surface efficiency(surface);
    const double along_x = std::hypot(spread.pitch_error, spread.core), middle = 0.5 * (spread.channels - 1);
    struct Counts {
        Histogram channel, worst;
    };
    // Blocks of draws are summed one after the other, whichever thread has counted them.
    constexpr std::int64_t least = 16384, most_blocks = 256;
    const std::int64_t block = std::max(least, (params.draws + most_blocks - 1) / most_blocks);
    const std::int64_t blocks = (params.draws + block - 1) / block;
    std::vector<Counts> counts(static_cast<std::size_t>(blocks));
    parallel_for(static_cast<std::ptrdiff_t>(blocks), static_cast<std::size_t>(block), [&](std::ptrdiff_t b) {
        Counts& mine = counts[static_cast<std::size_t>(b)];
        const std::int64_t end = std::min(params.draws, (b + 1) * block);
        for (std::int64_t draw = b * block; draw < end; ++draw) {
            Random random(params.seed, static_cast<std::uint64_t>(draw));
            const auto [place_x, place_y] = random.normal_pair();
            const auto [turn, gap] = random.normal_pair();
            const std::array<double, 3> of_gap = efficiency.gap_weights(spread.gap * gap);
            double worst = 0.0;
            for (int k = 0; k < spread.channels; ++k) {
                const auto [x, y] = random.normal_pair();
                const double eta =
                    efficiency.at(spread.placement_x * place_x + along_x * x,
                                  spread.placement_y * place_y + spread.rotation * turn * (k - middle) * spread.pitch +
                                      spread.core * y,
                                  of_gap);
                double loss = -10.0 * std::log10(std::max(eta, 1e-30)) + params.fixed_dB;
                if (spread.process_dB > 0.0) loss += spread.process_dB * random.normal_pair()[0];
                loss = std::max(loss, 0.0);
                worst = std::max(worst, loss);
                mine.channel.add(loss);
            }
            mine.worst.add(worst);
        }
    });
    Counts all;
    for (const Counts& part : counts) all.channel.add(part.channel), all.worst.add(part.worst);
    return {all.channel.distribution(params.limit_dB), all.worst.distribution(params.limit_dB)};
}

}  // namespace vitral::coupling
