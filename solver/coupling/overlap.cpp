#include "solver/coupling/overlap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/constants.hpp"
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
    [[nodiscard]] std::array<Complex, 2> added(const PortShape& port, double x, double y0) const {
        const Complex at_wall = port(x, wall - y0), at_surface = port(x, -y0), slope = (at_wall - at_surface) / wall;
        const double w2 = wall * wall, w3 = w2 * wall, length = tail.length;
        const Complex beyond = 0.5 * (1.0 + tail.step) * (at_surface * length + slope * length * length);
        const Complex of_a = -h * h / 24.0 * at_wall + wall * beyond - w2 * at_surface / 2.0 - w3 * slope / 6.0,
                      of_b = 7.0 / 960.0 * std::pow(h, 4) * at_wall + w3 * beyond - w2 * w2 * at_surface / 4.0 -
                             w2 * w3 * slope / 20.0;
        const Complex of_slope = of_a - 4.0 * of_b / (h * h);
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

TailLines tail_lines(const Light& light) {
    if (light.tail.length == 0.0) return {};
    const Correction tail(light);
    // The correction is linear in the port's values at the two heights.
    const auto [next_wall, before_wall] = tail.added([](double, double y) { return Complex(y > 0.0); }, 0.0, 0.0);
    const auto [next_surface, before_surface] =
        tail.added([](double, double y) { return Complex(y == 0.0); }, 0.0, 0.0);
    const Field<Complex>& psi = light.psi;
    TailLines lines{tail.wall, {}, {}};
    for (int ix = 0; ix < psi.grid.x.count; ++ix) {
        const Complex next = psi(ix, psi.grid.y.count - 1), before = psi(ix, psi.grid.y.count - 2);
        lines.at_wall.push_back(next_wall * next + before_wall * before);
        lines.at_surface.push_back(next_surface * next + before_surface * before);
    }
    return lines;
}

Field<Complex> port_field(const Grid& grid, const PortShape& port, double x0, double y0) {
    return sample(grid, [&](double x, double y) { return port(x - x0, y - y0); });
}

namespace {

/// Σ_j Σ_i p(x_i - x0, y_j - y0) φ*(i, j), each row on its own.
template <typename Term>
Complex sum_of_rows(std::size_t rows, std::size_t columns, Term&& term) {
    std::vector<Complex> sums(rows);
    parallel_for(static_cast<std::ptrdiff_t>(rows), columns, [&](std::ptrdiff_t iy) {
        Complex sum = 0.0;
        for (std::size_t ix = 0; ix < columns; ++ix) sum += term(ix, static_cast<std::size_t>(iy));
        sums[static_cast<std::size_t>(iy)] = sum;
    });
    Complex total = 0.0;
    for (const Complex& row : sums) total += row;
    return total;
}

}  // namespace

Complex overlap(const Light& light, const PortShape& port, double x0, double y0) {
    const Field<Complex>& psi = light.psi;
    const Grid& grid = psi.grid;
    Complex total = sum_of_rows(static_cast<std::size_t>(grid.y.count), static_cast<std::size_t>(grid.x.count),
                                [&](std::size_t i, std::size_t j) {
                                    const int ix = static_cast<int>(i), iy = static_cast<int>(j);
                                    return port(grid.x.at(ix) - x0, grid.y.at(iy) - y0) * std::conj(psi(ix, iy));
                                });
    if (light.tail.length > 0.0) {
        const Correction tail(light);
        for (int ix = 0; ix < grid.x.count; ++ix) {
            const auto [next, before] = tail.added(port, grid.x.at(ix) - x0, y0);
            total += next * std::conj(psi(ix, grid.y.count - 1)) + before * std::conj(psi(ix, grid.y.count - 2));
        }
    }
    return total * grid.cell_area();
}

double efficiency(const Light& light, const PortShape& port, double x0, double y0) {
    return std::norm(overlap(light, port, x0, y0)) / power_of(light);
}

SeenMode seen_mode(const ModeFields& fields, ModePoints points, PortField port, double index) {
    SeenMode seen;
    seen.at = std::move(points);
    if (port == PortField::scalar || fields.e_y.empty()) {
        seen.phi = fields.e_x;
        return seen;
    }
    const double root = std::sqrt(index);
    const bool along_x = port == PortField::along_x;
    const auto &e = along_x ? fields.e_x : fields.e_y, &h = along_x ? fields.h_y : fields.h_x;
    const double sign = along_x ? 1.0 : -1.0;
    for (std::size_t i = 0; i < e.size(); ++i) seen.phi.push_back(0.5 * (root * e[i] + sign * h[i] / root));
    return seen;
}

OverlapAt overlap_of(const Light& light, PortShape port) {
    const double scale = 1.0 / std::sqrt(power_of(light));
    return
        [light, scale, port = std::move(port)](double x0, double y0) { return scale * overlap(light, port, x0, y0); };
}

OverlapAt overlap_of(const SeenMode& mode, PortShape port, double reach) {
    return [&mode, port = std::move(port), reach](double x0, double y0) {
        const ModePoints& at = mode.at;
        const auto within = [reach](const std::vector<double>& places, double center) {
            const auto from = std::lower_bound(places.begin(), places.end(), center - reach),
                       to = std::upper_bound(from, places.end(), center + reach);
            return std::pair(static_cast<std::size_t>(from - places.begin()), static_cast<std::size_t>(to - from));
        };
        const auto [left, columns] = within(at.x, x0);
        const auto [low, rows] = within(at.y, y0);
        return sum_of_rows(rows, columns, [&, left = left, low = low](std::size_t i, std::size_t j) {
            const std::size_t ix = left + i, iy = low + j;
            return at.weight_x[ix] * at.weight_y[iy] * port(at.x[ix] - x0, at.y[iy] - y0) *
                   std::conj(mode.phi[iy * at.x.size() + ix]);
        });
    };
}

Alignment align(const OverlapAt& overlap, double x0, double y0, FreeAxes free, double scale) {
    const auto log_efficiency = [&](double x, double y) {
        return std::log(std::max(std::norm(overlap(x, y)), 1e-300));
    };
    Alignment result{x0, y0, 0.0};
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
    result.efficiency = std::norm(overlap(result.x, result.y));
    return result;
}

Tolerance tolerance(const OverlapAt& overlap, const OverlapAt& tilted, const Alignment& at, double dB, double scale) {
    const double least = at.efficiency * std::pow(10.0, -0.1 * dB);
    // Outwards in quarters of the scale until it is lost, then the crossing itself.
    const auto margin = [least](double unit, auto&& efficiency) -> std::optional<double> {
        if (!(least > 0.0)) return {};
        double far = 0.25 * unit;
        while (efficiency(far) > least) {
            far += 0.25 * unit;
            if (far > 50.0 * unit) return {};
        }
        return kernels::crossing([&](double d) { return std::log(efficiency(d) / least); }, far - 0.25 * unit, far);
    };
    const auto moved = [&](double along_x, double along_y) {
        return margin(scale, [&](double d) { return std::norm(overlap(at.x + along_x * d, at.y + along_y * d)); });
    };
    const auto turned = [&](double along_x, double along_y) {
        return margin(1.0 / scale, [&](double k) { return std::norm(tilted(along_x * k, along_y * k)); });
    };
    return {dB,
            {moved(-1.0, 0.0), moved(1.0, 0.0)},
            {moved(0.0, -1.0), moved(0.0, 1.0)},
            {turned(-1.0, 0.0), turned(1.0, 0.0)},
            {turned(0.0, -1.0), turned(0.0, 1.0)}};
}

double facet_reflection(double n1, double n2) noexcept { return std::pow((n1 - n2) / (n1 + n2), 2); }

GapTransmission gap_transmission(double n1, double n_gap, double n2) noexcept {
    const double r1 = (n1 - n_gap) / (n1 + n_gap), r2 = (n_gap - n2) / (n_gap + n2);
    const double passed = (1.0 - r1 * r1) * (1.0 - r2 * r2), both = std::abs(r1 * r2);
    return {passed / (1.0 - both * both), passed / std::pow(1.0 + both, 2), passed / std::pow(1.0 - both, 2)};
}

double gap_transmission(double n1, double n_gap, double n2, double gap, double wavelength) noexcept {
    const double r1 = (n1 - n_gap) / (n1 + n_gap), r2 = (n_gap - n2) / (n_gap + n2);
    const Complex round = r1 * r2 * std::polar(1.0, 4.0 * pi * n_gap * gap / wavelength);
    return (1.0 - r1 * r1) * (1.0 - r2 * r2) / std::norm(1.0 + round);
}

double loss_dB(double fraction) noexcept { return -10.0 * std::log10(fraction); }

}  // namespace vitral::coupling
