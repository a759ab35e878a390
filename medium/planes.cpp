#include "medium/planes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace vitral::medium {
namespace {

constexpr int nodes = 6;
constexpr std::size_t kept = 8;
constexpr double largest_error = 3e-8;  // of n: a phase of 1e-3 over 5 mm

/// Lagrange's weights of the nodes 0 ... 5 at t.
std::array<double, nodes> weights(double t) {
    std::array<double, nodes> w{};
    for (int j = 0; j < nodes; ++j) {
        double value = 1.0;
        for (int k = 0; k < nodes; ++k)
            if (k != j) value *= (t - k) / (j - k);
        w[static_cast<std::size_t>(j)] = value;
    }
    return w;
}

}  // namespace

Planes::Planes(std::unique_ptr<SampledMedium> source, double length, int count)
    : source_(std::move(source)), spacing_(length / count), count_(count) {}

const IndexMap& Planes::plane(int number) const {
    const auto found = planes_.find(number);
    if (found != planes_.end()) return found->second;
    while (planes_.size() >= kept) {
        const bool first_is_farther =
            std::abs(planes_.begin()->first - number) > std::abs(planes_.rbegin()->first - number);
        planes_.erase(first_is_farther ? planes_.begin() : std::prev(planes_.end()));
    }
    IndexMap& map = planes_.emplace(number, IndexMap(source_->grid())).first->second;
    source_->at(number * spacing_, map);
    return map;
}

void Planes::at(double z, IndexMap& map) const {
    const std::lock_guard lock(mutex_);
    const double place = z / spacing_;
    const int first = std::clamp(static_cast<int>(std::floor(place)) - nodes / 2 + 1, 0, count_ + 1 - nodes);
    const std::array<double, nodes> w = weights(place - first);
    std::array<const double*, nodes> n{};
    for (int j = 0; j < nodes; ++j) n[static_cast<std::size_t>(j)] = plane(first + j).values.data();
    double* out = map.values.data();
    const std::size_t size = map.values.size();
#pragma omp simd
    for (std::size_t i = 0; i < size; ++i)
        out[i] =
            ((w[0] * n[0][i] + w[5] * n[5][i]) + (w[1] * n[1][i] + w[4] * n[4][i])) + (w[2] * n[2][i] + w[3] * n[3][i]);
}

int planes_needed(const SampledMedium& sample, double length) {
    constexpr std::array places = {0.0, 0.13, 0.29, 0.47, 0.61, 0.83, 1.0};  // of the length
    IndexMap map(sample.grid());
    for (int count = 32; count <= 256; count *= 2) {
        double worst = 0.0;
        for (const double place : places) {
            const int interval = std::clamp(static_cast<int>(place * count), 0, count - 1),
                      first = std::clamp(interval - nodes / 2 + 1, 0, count + 1 - nodes);
            const double middle = interval + 0.5;
            const std::array<double, nodes> w = weights(middle - first);
            IndexMap between(sample.grid());
            for (int j = 0; j < nodes; ++j) {
                sample.at(length * (first + j) / count, map);
                for (std::size_t i = 0; i < map.values.size(); ++i)
                    between.values[i] += w[static_cast<std::size_t>(j)] * map.values[i];
            }
            sample.at(length * middle / count, map);
            for (std::size_t i = 0; i < map.values.size(); ++i)
                worst = std::max(worst, std::abs(between.values[i] - map.values[i]));
            if (worst > largest_error) break;

        }
        if (worst <= largest_error) return count;
    }
    return 0;
}

}  // namespace vitral::medium
