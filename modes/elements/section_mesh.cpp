#include "modes/elements/section_mesh.hpp"

#include <algorithm>
#include <cmath>

namespace vitral::modes {
namespace {

constexpr double corner_ratio = 0.15;

/// Largest element at x, for one whose middle is `middle`.
double size_at(const LineMesh& wish, double x, double middle) {
    const double outside = std::max({0.0, wish.inner_lower - x, x - wish.inner_upper});
    double size = std::min(wish.inner_size + outside, wish.outer_size);
    for (const StepSize& step : wish.step_sizes)
        size = std::min(size, (middle < step.at ? step.below : step.above) + std::abs(x - step.at));
    return size;
}

void halve(const LineMesh& wish, double a, double b, std::vector<double>& breaks) {
    const double least = 1e-4 * wish.inner_size, middle = 0.5 * (a + b);
    const bool small_enough = b - a <= 1.001 * std::min(size_at(wish, a, middle), size_at(wish, b, middle));
    if (b - a < least || (small_enough && (!wish.follows_index || wish.follows_index(a, b)))) {
        breaks.push_back(b);
        return;
    }
    halve(wish, a, middle, breaks);
    halve(wish, middle, b, breaks);
}

}  // namespace

kernels::PiecewisePolynomials mesh_line(const LineMesh& wish) {
    const double near = 1e-9 * (wish.upper - wish.lower);
    std::vector<double> fixed = {wish.lower, wish.upper};
    const auto add = [&](double x) {
        if (x > wish.lower + near && x < wish.upper - near) fixed.push_back(x);
    };
    for (const IndexStep& step : wish.steps) add(step.at);
    // The inner part's ends are no jumps: only where no step is near.
    for (const double x : {wish.inner_lower, wish.inner_upper})
        if (std::none_of(wish.steps.begin(), wish.steps.end(),
                         [&](const IndexStep& s) { return std::abs(s.at - x) < 0.5 * wish.inner_size; }))
            add(x);
    std::sort(fixed.begin(), fixed.end());
    fixed.erase(std::unique(fixed.begin(), fixed.end(), [&](double a, double b) { return b - a < near; }), fixed.end());

    std::vector<double> breaks = {fixed.front()};
    for (std::size_t i = 1; i < fixed.size(); ++i) halve(wish, fixed[i - 1], fixed[i], breaks);

    std::vector<double> layers;
    for (const IndexStep& step : wish.steps) {
        if (!step.corners) continue;
        const auto here = std::min_element(breaks.begin(), breaks.end(), [&](double a, double b) {
            return std::abs(a - step.at) < std::abs(b - step.at);
        });
        if (std::abs(*here - step.at) > near) continue;  // outside the window
        const auto towards = [&](double neighbour) {
            double h = neighbour - *here;
            for (int k = 0; k < wish.corner_layers; ++k) layers.push_back(*here + (h *= corner_ratio));
        };
        if (here != breaks.begin()) towards(*(here - 1));
        if (here + 1 != breaks.end()) towards(*(here + 1));
    }
    breaks.insert(breaks.end(), layers.begin(), layers.end());
    std::sort(breaks.begin(), breaks.end());
    // Layers from the two ends of one element may fall upon each other.
    breaks.erase(std::unique(breaks.begin(), breaks.end(),
                             [&](double a, double b) { return b - a < 1e-12 * (wish.upper - wish.lower); }),
                 breaks.end());
    return {std::move(breaks), wish.degree};
}

}  // namespace vitral::modes
