#include "solver/coupling/overlap.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "core/inner_product.hpp"
#include "solver/kernels/maximize.hpp"

namespace vitral::coupling {

namespace {

/// What the two rows next to the wall add for the light's tail in a dark cover: of a field a d + b d³ below the wall,
/// a = (27 ψ1 - ψ2)/(12 h) and b = (8 ψ1 - 4 h a)/h³ with ψ1, ψ2 in those rows.
struct Correction {
    double wall, h;  ///< height above the surface; spacing [m]
    Tail tail;

    explicit Correction(const Light& light)
        : wall(light.psi.grid.y.upper()), h(light.psi.grid.y.spacing), tail(light.tail) {}

    /// What is to be added to the port's values in the rows next to the wall and before, at one x.
    [[nodiscard]] std::array<double, 2> added(const PortShape& port, double x, double y0) const {
        const double at_wall = port(x, wall - y0), at_surface = port(x, -y0), slope = (at_wall - at_surface) / wall;
        const double w2 = wall * wall, w3 = w2 * wall, length = tail.length,
                     beyond = 0.5 * (1.0 + tail.step) * (at_surface * length + slope * length * length);
        const double of_a = -h * h / 24.0 * at_wall + wall * beyond - w2 * at_surface / 2.0 - w3 * slope / 6.0,
                     of_b = 7.0 / 960.0 * std::pow(h, 4) * at_wall + w3 * beyond - w2 * w2 * at_surface / 4.0 -
                            w2 * w3 * slope / 20.0;
        const double of_slope = of_a - 4.0 * of_b / (h * h);
        return {(27.0 * of_slope / (12.0 * h) + 8.0 * of_b / (h * h * h)) / h, -of_slope / (12.0 * h) / h};
    }
    /// The power per width that the cover holds beyond what the grid does, by ψ in those two rows.
    [[nodiscard]] double power(Complex next, Complex before) const {
        const Complex a = (27.0 * next - before) / (12.0 * h), b = (8.0 * next / h - 4.0 * a) / (h * h);
        const double w2 = wall * wall, w3 = w2 * wall;
        return 0.5 * tail.step * tail.length * std::norm(a * wall + b * w3) -
               w3 * (std::norm(a) / 3.0 + 0.4 * w2 * (a * std::conj(b)).real() + w2 * w2 * std::norm(b) / 7.0);
    }
};

}  // namespace

double power_of(const Light& light) {
    double sum = power(light.psi);
    const Grid& grid = light.psi.grid;
    if (light.tail.length == 0.0) return sum;
    const Correction tail(light);
    for (int ix = 0; ix < grid.x.count; ++ix)
        sum += grid.x.spacing * tail.power(light.psi(ix, grid.y.count - 1), light.psi(ix, grid.y.count - 2));
    return sum;
}

Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0) {
    return sample(grid, [&](double x, double y) { return Complex(port(x - x0, y - y0)); });
}

Complex overlap(const Light& light, const PortShape& port, double x0, double y0) {
    const Field<Complex>& psi = light.psi;
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
    if (light.tail.length > 0.0) {
        const Correction tail(light);
        for (int ix = 0; ix < grid.x.count; ++ix) {
            const auto [next, before] = tail.added(port, grid.x.at(ix) - x0, y0);
            total += next * psi(ix, grid.y.count - 1) + before * psi(ix, grid.y.count - 2);
        }
    }
    return total * grid.cell_area();
}

double efficiency(const Light& light, const PortShape& port, double x0, double y0) {
    return std::norm(overlap(light, port, x0, y0)) / power_of(light);
}

std::vector<double> efficiency_map(const Light& light, const PortShape& port, std::span<const double> x,
                                   std::span<const double> y) {
    std::vector<double> map;
    for (const double y0 : y)
        for (const double x0 : x) map.push_back(efficiency(light, port, x0, y0));
    return map;
}

Alignment align(const Light& light, const PortShape& port, double x0, double y0, FreeAxes free, double scale) {
    const auto log_efficiency = [&](double x, double y) {
        return std::log(std::max(efficiency(light, port, x, y), 1e-300));
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
