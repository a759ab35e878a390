#include "solver/coupling/overlap.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "core/inner_product.hpp"
#include "solver/kernels/maximize.hpp"

namespace vitral::coupling {

Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0) {
    return sample(grid, [&](double x, double y) { return Complex(port(x - x0, y - y0)); });
}

double efficiency(const Field<Complex>& psi, const PortShape& port, double x0, double y0) {
    const Grid& grid = psi.grid;
    std::vector<Complex> rows(static_cast<std::size_t>(grid.y.count));
    parallel_for(grid.y.count, static_cast<std::size_t>(grid.x.count), [&](std::ptrdiff_t iy) {
        Complex sum = 0.0;
        const double y = grid.y.at(static_cast<int>(iy)) - y0;
        for (int ix = 0; ix < grid.x.count; ++ix) sum += port(grid.x.at(ix) - x0, y) * psi(ix, static_cast<int>(iy));
        rows[static_cast<std::size_t>(iy)] = sum;
    });
    Complex total = 0.0;
    for (const Complex& row : rows) total += row;
    return std::norm(total * grid.cell_area()) / power(psi);
}

std::vector<double> efficiency_map(const Field<Complex>& psi, const PortShape& port, std::span<const double> x,
                                   std::span<const double> y) {
    std::vector<double> map;
    for (const double y0 : y)
        for (const double x0 : x) map.push_back(efficiency(psi, port, x0, y0));
    return map;
}

Alignment align(const Field<Complex>& psi, const PortShape& port, double x0, double y0, FreeAxes free, double scale) {
    const auto log_efficiency = [&](double x, double y) {
        return std::log(std::max(efficiency(psi, port, x, y), 1e-300));
    };
    Alignment result;
    result.x = x0;
    result.y = y0;
    if (free == FreeAxes::both) {
        const auto best = kernels::maximize([&](std::span<const double> p) { return log_efficiency(p[0], p[1]); },
                                            {x0, y0}, std::array{scale, scale});
        result.x = best.position[0];
        result.y = best.position[1];
    } else if (free == FreeAxes::x) {
        result.x = kernels::maximize([&](std::span<const double> p) { return log_efficiency(p[0], y0); }, {x0},
                                     std::array{scale})
                       .position[0];
    } else if (free == FreeAxes::y) {
        result.y = kernels::maximize([&](std::span<const double> p) { return log_efficiency(x0, p[0]); }, {y0},
                                     std::array{scale})
                       .position[0];
    }
    const double top = log_efficiency(result.x, result.y), drop = std::log(10.0) / 10.0;
    result.efficiency = std::exp(top);
    // Outwards in quarters of the scale until 1 dB is lost, then the crossing itself.
    const auto distance = [&](auto&& at) -> std::optional<double> {
        double far = 0.25 * scale;
        while (at(far) > top - drop) {
            far += 0.25 * scale;
            if (far > 50.0 * scale) return {};
        }
        double near = far - 0.25 * scale;
        for (int i = 0; i < 40; ++i) (at(0.5 * (near + far)) > top - drop ? near : far) = 0.5 * (near + far);
        return 0.5 * (near + far);
    };
    const auto along_x = [&](double sign) {
        return distance([&](double d) { return log_efficiency(result.x + sign * d, result.y); });
    };
    const auto along_y = [&](double sign) {
        return distance([&](double d) { return log_efficiency(result.x, result.y + sign * d); });
    };
    const auto half_of_both = [](std::optional<double> a, std::optional<double> b) {
        return a && b ? std::optional(0.5 * (*a + *b)) : std::nullopt;
    };
    result.tolerance_1dB_x = half_of_both(along_x(1.0), along_x(-1.0));
    result.tolerance_1dB_y = half_of_both(along_y(1.0), along_y(-1.0));
    return result;
}

double facet_reflection(double n1, double n2) noexcept { return std::pow((n1 - n2) / (n1 + n2), 2); }

double loss_dB(double fraction) noexcept { return -10.0 * std::log10(fraction); }

}  // namespace vitral::coupling
