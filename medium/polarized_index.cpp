#include "medium/polarized_index.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"

namespace vitral::medium {
namespace {

/// First and second derivative on a line of equal spacing, from the five nearest points; by ξ where the axis is graded.
struct Stencil {
    double first[5], second[5];  // over 12
};
constexpr Stencil stencils[5] = {{{-25, 48, -36, 16, -3}, {35, -104, 114, -56, 11}},
                                 {{-3, -10, 18, -6, 1}, {11, -20, 6, 4, -1}},
                                 {{1, -8, 0, 8, -1}, {-1, 16, -30, 16, -1}},
                                 {{-1, 6, -18, 10, 3}, {-1, 4, 6, -20, 11}},
                                 {{3, -16, 36, -48, 25}, {11, -56, 114, -104, 35}}};

/// The lines along the field: how many, of how many points, how far apart the points lie in memory.
struct Lines {
    int count, points;
    std::size_t step, line;
    const Axis& axis;
    Lines(const Grid& g, Polarization p) : axis(p == Polarization::along_x ? g.x : g.y) {
        const bool x = p == Polarization::along_x;
        const auto nx = static_cast<std::size_t>(g.x.count);
        count = x ? g.y.count : g.x.count;
        points = x ? g.x.count : g.y.count;
        step = x ? 1 : nx;
        line = x ? nx : 1;
    }
};

}  // namespace

IndexMap polarized_index(IndexMap n, double wavelength, Polarization polarization) {
    const Grid grid = n.grid;
    const Lines lines(grid, polarization);
    if (polarization == Polarization::scalar || lines.points < 5) return n;
    if (const double jump = largest_jump(n, polarization); jump > strong_jump)
        throw Error(Failure::numerical,
                    "the index changes by " + std::to_string(jump) +
                        " of itself between neighbouring points along the field: polarised light is known up to " +
                        std::to_string(strong_jump) + "; a finer section.resolution resolves a smooth change");
    const double k0 = 2.0 * pi / wavelength, to_first = 1.0 / (12.0 * lines.axis.spacing),
                 to_second = to_first / lines.axis.spacing;
    parallel_for(lines.count, static_cast<std::size_t>(lines.points), [&](std::ptrdiff_t l) {
        double* v = &n.values[static_cast<std::size_t>(l) * lines.line];
        std::vector<double> log_n;
        for (int i = 0; i < lines.points; ++i) log_n.push_back(std::log(v[static_cast<std::size_t>(i) * lines.step]));
        for (int i = 0; i < lines.points; ++i) {
            const int base = std::clamp(i - 2, 0, lines.points - 5);
            const Stencil& s = stencils[i - base];
            double first = 0.0, second = 0.0;
            for (int j = 0; j < 5; ++j) {
                first += s.first[j] * log_n[static_cast<std::size_t>(base + j)];
                second += s.second[j] * log_n[static_cast<std::size_t>(base + j)];
            }
            // d/dx = J⁻¹ d/dξ
            const Axis::Jacobian J = lines.axis.jacobian(i);
            first *= to_first / J.value;
            second = (second * to_second - J.first * first) / (J.value * J.value);
            double& here = v[static_cast<std::size_t>(i) * lines.step];
            const double square = here * here, change = (second - first * first) / (k0 * k0);
            if (std::abs(change) > 0.3 * square)
                throw Error(Failure::numerical,
                            "a step of the index is too strong for points this close: polarised light wants a coarser "
                            "section.resolution there, or a smoother index");
            here = std::sqrt(square + change);
        }
    });
    return n;
}

double largest_jump(const IndexMap& n, Polarization polarization) {
    if (polarization == Polarization::scalar) return 0.0;
    const Lines lines(n.grid, polarization);
    double largest = 0.0;
    for (int l = 0; l < lines.count; ++l) {
        const double* v = &n.values[static_cast<std::size_t>(l) * lines.line];
        for (int i = 1; i < lines.points; ++i) {
            const auto here = static_cast<std::size_t>(i) * lines.step;
            largest = std::max(largest, std::abs(std::log(v[here] / v[here - lines.step])));
        }
    }
    return largest;
}

}  // namespace vitral::medium
