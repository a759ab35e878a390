#include "solver/coupling/misalignment.hpp"

#include <algorithm>
#include <cmath>

#include "core/constants.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::coupling {
namespace {

/// A periodic lattice of points u_j = (j - count/2) h about 0, and its wave numbers.
struct Lattice {
    int count = 1;
    double h = 1.0;

    /// Of at least `length`.
    Lattice(double length, double spacing) : h(spacing) {
        const int least = static_cast<int>(std::ceil(length / spacing));
        while (count < least) count *= 2;
        if (count >= 4 && count / 4 * 3 >= least) count = count / 4 * 3;
    }
    [[nodiscard]] double at(int j) const { return (j - count / 2) * h; }
    [[nodiscard]] double wave_number(int m) const {
        return 2.0 * pi * (m < (count + 1) / 2 ? m : m - count) / (count * h);
    }
};

/// e^{-i k_m place}, [place][m] for some m.
std::vector<Complex> phases(const Lattice& lattice, const std::vector<int>& band, const std::vector<double>& places) {
    std::vector<Complex> table;
    for (const double place : places)
        for (const int m : band) table.push_back(std::polar(1.0, -lattice.wave_number(m) * place));
    return table;
}

/// The two-dimensional transforms of one lattice.
class Spectrum {
public:
    Spectrum(const Lattice& x, const Lattice& y)
        : x_(x),
          y_(y),
          rows_(x.count, y.count, 1, x.count),
          columns_(y.count, x.count, x.count, 1),
          values_(static_cast<std::size_t>(x.count) * static_cast<std::size_t>(y.count)) {}

    /// Σ_j f(u_j) e^{-i k·u_j} of the points that `fill` wrote, u_j about 0.
    template <typename Fill>
    const std::vector<Complex>& of(Fill&& fill) {
        std::fill(values_.begin(), values_.end(), Complex());
        fill(values_);
        rows_.forward(values_.data());
        columns_.forward(values_.data());
        // The first point lies at -count/2 h: a sign for every other wave number where count is even.
        for (int n = 0; n < y_.count; ++n)
            for (int m = 0; m < x_.count; ++m)
                values_[static_cast<std::size_t>(n) * static_cast<std::size_t>(x_.count) +
                        static_cast<std::size_t>(m)] *=
                    std::polar(1.0, -x_.wave_number(m) * x_.at(0) - y_.wave_number(n) * y_.at(0));
        return values_;
    }

private:
    Lattice x_, y_;
    kernels::Fft<double> rows_, columns_;
    std::vector<Complex> values_;
};

/// Ψ*(k): of the light where it lies, with the lines of its tail.
std::vector<Complex> conjugate_spectrum(const Light& light, const Lattice& x, const Lattice& y) {
    const Field<Complex>& psi = light.psi;
    const Grid& grid = psi.grid;
    const auto nx = static_cast<std::size_t>(x.count);
    Spectrum transform(x, y);
    std::vector<Complex> spectrum = transform.of([&](std::vector<Complex>& values) {
        for (int iy = 0; iy < grid.y.count; ++iy)
            for (int ix = 0; ix < grid.x.count; ++ix)
                values[static_cast<std::size_t>(iy) * nx + static_cast<std::size_t>(ix)] = psi(ix, iy);
    });
    // The lattice begins at at(0), the grid at its first point.
    const double from_x = grid.x.at(0) - x.at(0), from_y = grid.y.at(0) - y.at(0);
    const TailLines lines = tail_lines(light);
    std::vector<Complex> wall(nx), surface(nx);
    for (std::size_t m = 0; m < nx && !lines.at_wall.empty(); ++m)
        for (int ix = 0; ix < grid.x.count; ++ix) {
            const Complex turn = std::polar(1.0, -x.wave_number(static_cast<int>(m)) * grid.x.at(ix));
            wall[m] += lines.at_wall[static_cast<std::size_t>(ix)] * turn;
            surface[m] += lines.at_surface[static_cast<std::size_t>(ix)] * turn;
        }
    for (int n = 0; n < y.count; ++n) {
        const double k_y = y.wave_number(n);
        const Complex at_wall = std::polar(1.0, -k_y * lines.wall);
        for (std::size_t m = 0; m < nx; ++m) {
            Complex& value = spectrum[static_cast<std::size_t>(n) * nx + m];
            value *= std::polar(1.0, -x.wave_number(static_cast<int>(m)) * from_x - k_y * from_y);
            value = std::conj(value + wall[m] * at_wall + surface[m]);
        }
    }
    return spectrum;
}

/// The rows and columns of a spectrum that hold more than rounding.
std::pair<std::vector<int>, std::vector<int>> band_of(const std::vector<Complex>& spectrum, const Lattice& x,
                                                      const Lattice& y) {
    constexpr double rounding = 1e-13;
    std::vector<double> columns(static_cast<std::size_t>(x.count)), rows(static_cast<std::size_t>(y.count));
    double largest = 0.0;
    for (std::size_t n = 0; n < rows.size(); ++n)
        for (std::size_t m = 0; m < columns.size(); ++m) {
            const double size = std::abs(spectrum[n * columns.size() + m]);
            columns[m] = std::max(columns[m], size), rows[n] = std::max(rows[n], size);
            largest = std::max(largest, size);
        }
    const auto above = [&](const std::vector<double>& sizes) {
        std::vector<int> kept;
        for (std::size_t i = 0; i < sizes.size(); ++i)
            if (sizes[i] > rounding * largest) kept.push_back(static_cast<int>(i));
        return kept;
    };
    return {above(columns), above(rows)};
}

double farthest(const std::vector<double>& from, double lower, double upper) {
    const auto [low, high] = std::minmax_element(from.begin(), from.end());
    return std::max({std::abs(*high - lower), std::abs(upper - *low), upper - lower});
}

}  // namespace

std::vector<double> misalignment(const Light& light, const PortShape& port, double reach,
                                 const MisalignmentAxes& axes) {
    const kernels::EstimatedPlans estimated;
    const Grid& grid = light.psi.grid;
    // Long enough for the port not to come back on the other side of the light.
    const Lattice x(farthest(axes.x, grid.x.lower, grid.x.upper()) + reach, grid.x.spacing),
        y(farthest(axes.y, grid.y.lower, grid.y.upper()) + reach, grid.y.spacing);
    const std::vector<Complex> light_spectrum = conjugate_spectrum(light, x, y);
    const auto [columns, rows] = band_of(light_spectrum, x, y);
    const std::vector<Complex> turn_x = phases(x, columns, axes.x), turn_y = phases(y, rows, axes.y);
    const auto nx = static_cast<std::size_t>(x.count);
    std::vector<Complex> untilted(nx * static_cast<std::size_t>(y.count));
    for (int j = 0; j < y.count; ++j)
        for (int i = 0; i < x.count; ++i)
            untilted[static_cast<std::size_t>(j) * nx + static_cast<std::size_t>(i)] = port(x.at(i), y.at(j));
    const double scale = std::pow(grid.cell_area() / static_cast<double>(untilted.size()), 2) / power_of(light);
    Spectrum transform(x, y);
    std::vector<Complex> product(columns.size()), at_x(rows.size() * axes.x.size());
    std::vector<double> map;
    map.reserve(axes.k_y.size() * axes.k_x.size() * axes.y.size() * axes.x.size());
    for (const double k_y : axes.k_y)
        for (const double k_x : axes.k_x) {
            const std::vector<Complex>& spectrum = transform.of([&](std::vector<Complex>& values) {
                std::vector<Complex> along_x(nx);
                for (int i = 0; i < x.count; ++i) along_x[static_cast<std::size_t>(i)] = std::polar(1.0, k_x * x.at(i));
                for (int j = 0; j < y.count; ++j) {
                    const Complex along_y = std::polar(1.0, k_y * y.at(j));
                    const std::size_t row = static_cast<std::size_t>(j) * nx;
                    for (std::size_t i = 0; i < nx; ++i) values[row + i] = untilted[row + i] * along_x[i] * along_y;
                }
            });
            for (std::size_t n = 0; n < rows.size(); ++n) {
                const std::size_t row = static_cast<std::size_t>(rows[n]) * nx;
                for (std::size_t m = 0; m < columns.size(); ++m) {
                    const std::size_t at = row + static_cast<std::size_t>(columns[m]);
                    product[m] = spectrum[at] * light_spectrum[at];
                }
                for (std::size_t i = 0; i < axes.x.size(); ++i) {
                    double re = 0.0, im = 0.0;
                    const Complex* turn = turn_x.data() + i * columns.size();
                    for (std::size_t m = 0; m < columns.size(); ++m) {
                        re += product[m].real() * turn[m].real() - product[m].imag() * turn[m].imag();
                        im += product[m].real() * turn[m].imag() + product[m].imag() * turn[m].real();
                    }
                    at_x[i * rows.size() + n] = {re, im};
                }
            }
            for (std::size_t j = 0; j < axes.y.size(); ++j)
                for (std::size_t i = 0; i < axes.x.size(); ++i) {
                    Complex sum = 0.0;
                    for (std::size_t n = 0; n < rows.size(); ++n)
                        sum += at_x[i * rows.size() + n] * turn_y[j * rows.size() + n];
                    map.push_back(scale * std::norm(sum));
                }
        }
    return map;
}

}  // namespace vitral::coupling
