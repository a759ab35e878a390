#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

struct Maximum {
    std::vector<double> position;
    double value = 0.0;
    ConvergenceReport report;
};

/// Maximum of a smooth function of a few variables near `start`, by Newton's method on central differences.
/// `scale` is the length over which the function changes visibly in each variable; steps are limited to it and
/// halved until the value grows. Best on functions that are nearly quadratic, such as the logarithm of an overlap.
[[nodiscard]] Maximum maximize(const std::function<double(std::span<const double>)>& f, std::vector<double> start,
                               std::span<const double> scale);

/// The root of f between a and b, by bisection to the last bits; throws std::domain_error where f has one sign at both.
[[nodiscard]] double bisect(const std::function<double(double)>& f, double a, double b);

/// The same of a smooth function, in a few steps: by chords, whose end that stays counts half as much each time (Illinois; Dowell
/// and Jarratt, BIT 11, 168 (1971)).
[[nodiscard]] double crossing(const std::function<double(double)>& f, double a, double b);

}  // namespace vitral::kernels
