#include "medium/planes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vitral::medium {
namespace {

constexpr int nodes = 6;
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

std::shared_ptr<const IndexMap> Planes::plane(int number) const {
    return planes_.get(number, [&] {
        IndexMap map(source_->grid());
        source_->at(number * spacing_, map);
        return map;
    });
}

void Planes::at(double z, IndexMap& map) const {
    const std::lock_guard lock(mutex_);
    const double place = z / spacing_;
    const int first = std::clamp(static_cast<int>(std::floor(place)) - nodes / 2 + 1, 0, count_ + 1 - nodes);
    const std::array<double, nodes> w = weights(place - first);
    // Held as long as they are read: to read one may drop another, where z jumps back.
    std::array<std::shared_ptr<const IndexMap>, nodes> held;
    std::array<const double*, nodes> n{};
    for (std::size_t j = 0; j < nodes; ++j) {
        held[j] = plane(first + static_cast<int>(j));
        n[j] = held[j]->values.data();
    }
    double* out = map.values.data();
    const std::size_t size = map.values.size();
#pragma omp simd
    for (std::size_t i = 0; i < size; ++i)
        out[i] =
            ((w[0] * n[0][i] + w[5] * n[5][i]) + (w[1] * n[1][i] + w[4] * n[4][i])) + (w[2] * n[2][i] + w[3] * n[3][i]);
}

int planes_needed(const SampledMedium& sample, double length) {
    IndexMap exact(sample.grid());
    for (int count = 32; count <= 256; count *= 2) {
        std::vector<IndexMap> read;  // the planes so far
        const auto plane = [&](int number) -> const IndexMap& {
            while (static_cast<int>(read.size()) <= number) {
                IndexMap& next = read.emplace_back(sample.grid());
                sample.at(length * (static_cast<double>(read.size()) - 1.0) / count, next);
            }
            return read[static_cast<std::size_t>(number)];
        };
        double worst = 0.0;
        for (int interval = 0; interval < count && worst <= largest_error; ++interval) {
            const int first = std::clamp(interval - nodes / 2 + 1, 0, count + 1 - nodes);
            const double middle = interval + 0.5;
            const std::array<double, nodes> w = weights(middle - first);
            (void)plane(first + nodes - 1);
            sample.at(length * middle / count, exact);
            for (std::size_t i = 0; i < exact.values.size(); ++i) {
                double between = 0.0;
                for (std::size_t j = 0; j < nodes; ++j)
                    between += w[j] * read[static_cast<std::size_t>(first) + j].values[i];
                worst = std::max(worst, std::abs(between - exact.values[i]));
            }
        }
        if (worst <= largest_error) return count;
    }
    return 0;
}

}  // namespace vitral::medium
