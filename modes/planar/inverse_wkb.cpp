#include "modes/planar/inverse_wkb.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/constants.hpp"

namespace vitral::modes {
namespace {

/// Turning points for a given surface index. On a piece where n² falls linearly from a² to b² over h,
///     ∫ √(n² - m²) dx = (2h/3) ((a² - m²)^{3/2} - (b² - m²)^{3/2}) / (a² - b²).
std::vector<double> turning_points(const std::vector<double>& n, double k0, double n_cover, double surface) {
    std::vector<double> x;
    for (std::size_t m = 0; m < n.size(); ++m) {
        const double own = n[m] * n[m];
        double rest = ((static_cast<double>(m) + 0.25) * pi +
                       std::atan(std::sqrt((own - n_cover * n_cover) / (surface * surface - own)))) /
                      k0;
        double above = surface * surface, from = 0.0;
        for (std::size_t i = 0; i < m; ++i) {
            const double below = n[i] * n[i];
            rest -=
                2.0 / 3.0 * (x[i] - from) * (std::pow(above - own, 1.5) - std::pow(below - own, 1.5)) / (above - below);
            above = below;
            from = x[i];
        }
        x.push_back(from + 1.5 * rest / std::sqrt(above - own));
    }
    return x;
}

/// Sum of the squared divided differences of n over x of the highest order up to the third that the points allow.
double roughness(const std::vector<double>& x, const std::vector<double>& n, double surface) {
    std::vector<double> place = {0.0}, value = {surface};
    place.insert(place.end(), x.begin(), x.end());
    value.insert(value.end(), n.begin(), n.end());
    const std::size_t order = std::min<std::size_t>(3, value.size() - 1);
    for (std::size_t k = 1; k <= order; ++k)
        for (std::size_t i = 0; i + k < place.size(); ++i)
            value[i] = (value[i + 1] - value[i]) / (place[i + k] - place[i]);
    double sum = 0.0;
    for (std::size_t i = 0; i + order < place.size(); ++i) sum += value[i] * value[i];
    return sum;
}

}  // namespace

MeasuredProfile inverse_wkb(const std::vector<double>& n, double wavelength, double n_cover,
                            std::optional<double> surface_index) {
    if (n.size() < 2) throw std::invalid_argument("a profile needs at least two mode indices");
    for (std::size_t m = 1; m < n.size(); ++m)
        if (!(n[m] < n[m - 1])) throw std::invalid_argument("mode indices must descend");
    if (!(n.back() > n_cover)) throw std::invalid_argument("a mode index lies below the cover's");
    if (surface_index && !(*surface_index > n[0]))
        throw std::invalid_argument("the surface index does not exceed the first mode's");
    const double k0 = 2.0 * pi / wavelength;
    double surface = surface_index.value_or(0.0);
    if (!surface_index) {
        // Golden section in the rise above the first mode, on a scale of the distance of the first two.
        const double scale = n[0] - n[1];
        const auto cost = [&](double log_rise) {
            const double s = n[0] + scale * std::exp(log_rise);
            const auto x = turning_points(n, k0, n_cover, s);
            for (std::size_t i = 0; i < x.size(); ++i)
                if (!(x[i] > (i == 0 ? 0.0 : x[i - 1]))) return std::numeric_limits<double>::max();
            return roughness(x, n, s);
        };
        double a = std::log(0.05), b = std::log(20.0), best = a;
        for (int i = 0; i <= 200; ++i)
            if (const double at = a + (b - a) * i / 200.0; cost(at) < cost(best)) best = at;
        a = best - 0.05, b = best + 0.05;
        for (int i = 0; i < 60; ++i) {
            const double third = (b - a) / 3.0;
            (cost(a + third) < cost(b - third) ? b : a) = cost(a + third) < cost(b - third) ? b - third : a + third;
        }
        surface = n[0] + scale * std::exp(0.5 * (a + b));
    }
    const auto depth = turning_points(n, k0, n_cover, surface);
    for (std::size_t i = 0; i < depth.size(); ++i)
        if (!(depth[i] > (i == 0 ? 0.0 : depth[i - 1])))
            throw std::invalid_argument("no profile that falls with depth has these mode indices");
    return {surface, depth, n};
}

}  // namespace vitral::modes
