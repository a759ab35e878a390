#include "modes/grid/scalar_modes.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/constants.hpp"
#include "core/dark_cover.hpp"
#include "core/inner_product.hpp"
#include "core/parallel.hpp"
#include "solver/kernels/eigenpairs.hpp"
#include "solver/kernels/flux_line.hpp"
#include "solver/kernels/sine_transform.hpp"

namespace vitral::modes {
namespace {

double largest_on_walls(const IndexMap& n, TopWall top) {
    const int nx = n.grid.x.count, ny = n.grid.y.count;
    double largest = 0.0;
    for (int iy = 0; iy < ny; ++iy) largest = std::max({largest, n(0, iy), n(nx - 1, iy)});
    if (!n.grid.is_slab())
        for (int ix = 0; ix < nx; ++ix)
            largest = std::max({largest, n(ix, 0), top == TopWall::open ? n(ix, ny - 1) : 0.0});
    return largest;
}

/// The Laplacian in sine space, where it is diagonal.
class SineLaplacian {
public:
    explicit SineLaplacian(const Grid& grid) : grid_(grid), transform_(grid.x.count, grid.y.count), work_(grid.size()) {
        const auto symbol = [](int m, const Axis& axis) { return -std::pow(pi * (m + 1) / axis.length(), 2); };
        for (int m = 0; m < grid.x.count; ++m) symbol_x_.push_back(symbol(m, grid.x));
        for (int m = 0; m < grid.y.count; ++m) symbol_y_.push_back(grid.is_slab() ? 0.0 : symbol(m, grid.y));
    }

    /// y = g(symbol) x in sine space.
    template <typename G>
    void apply(std::span<const double> x, std::span<double> y, G&& g) {
        std::copy(x.begin(), x.end(), work_.begin());
        transform_.forward(std::span(work_));
        const double scale = 1.0 / transform_.scale();
        parallel_for(grid_.y.count, symbol_x_.size(), [&](std::ptrdiff_t iy) {
            double* row = work_.data() + grid_.index(0, static_cast<int>(iy));
            const double along_y = symbol_y_[static_cast<std::size_t>(iy)];
            for (std::size_t ix = 0; ix < symbol_x_.size(); ++ix) row[ix] *= scale * g(symbol_x_[ix] + along_y);
        });
        transform_.backward(std::span(work_));
        std::copy(work_.begin(), work_.end(), y.begin());
    }

private:
    Grid grid_;
    kernels::SineTransform transform_;
    std::vector<double> work_, symbol_x_, symbol_y_;
};

/// y = ∂ (1/ε) ∂ ε x in a slab, for ψ = n E.
class PolarizedLine {
public:
    explicit PolarizedLine(const IndexMap& n) : per_square_(1.0 / (n.grid.x.spacing * n.grid.x.spacing)) {
        std::vector<double> permittivity;
        for (const double value : n.values) permittivity.push_back(value * value);
        line_ = kernels::FluxLine(permittivity);
    }
    void apply(std::span<const double> x, std::span<double> y) const {
        for (std::size_t i = 0; i < x.size(); ++i)
            y[i] = per_square_ * (line_.own[i] * x[i] + (i > 0 ? line_.beside[i - 1] * x[i - 1] : 0.0) +
                                  (i + 1 < x.size() ? line_.beside[i] * x[i + 1] : 0.0));
    }

private:
    double per_square_;
    kernels::FluxLine line_;
};

/// First guesses: the well itself times the polynomials of growing degree about its centre.
std::vector<std::vector<double>> first_guesses(const Grid& grid, const std::vector<double>& well, int count) {
    double sum = 0.0, x0 = 0.0, y0 = 0.0, spread = 0.0;
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix) {
            const double depth = std::max(0.0, well[grid.index(ix, iy)]);
            sum += depth;
            x0 += depth * grid.x.at(ix);
            y0 += depth * grid.y.at(iy);
        }
    if (sum > 0.0) {
        x0 /= sum;
        y0 /= sum;
    }
    for (int iy = 0; iy < grid.y.count; ++iy)
        for (int ix = 0; ix < grid.x.count; ++ix)
            spread += std::max(0.0, well[grid.index(ix, iy)]) *
                      (std::pow(grid.x.at(ix) - x0, 2) + (grid.is_slab() ? 0.0 : std::pow(grid.y.at(iy) - y0, 2)));
    const double width = sum > 0.0 ? std::max(std::sqrt(spread / sum), grid.x.spacing) : 0.1 * grid.x.length();

    std::vector<std::vector<double>> guesses;
    for (int degree = 0; static_cast<int>(guesses.size()) < count; ++degree)
        for (int py = 0; py <= (grid.is_slab() ? 0 : degree) && static_cast<int>(guesses.size()) < count; ++py) {
            std::vector<double> guess(grid.size());
            for (int iy = 0; iy < grid.y.count; ++iy)
                for (int ix = 0; ix < grid.x.count; ++ix) {
                    const double u = (grid.x.at(ix) - x0) / width,
                                 v = grid.is_slab() ? 0.0 : (grid.y.at(iy) - y0) / width;
                    guess[grid.index(ix, iy)] =
                        std::pow(u, degree - py) * std::pow(v, py) * std::exp(-0.5 * (u * u + v * v));
                }
            guesses.push_back(std::move(guess));
        }
    return guesses;
}

}  // namespace

ModeSet scalar_modes(const IndexMap& n, double wavelength, const ModesParams& params) {
    const double k0 = 2.0 * pi / wavelength;
    ModeSet result;
    result.boundary_index = largest_on_walls(n, params.top);

    // Eigenvalues of ∇² + k0² (n² - n_boundary²): guided modes are the positive ones.
    std::vector<double> well(n.values.size());
    double deepest = 0.0;
    for (std::size_t i = 0; i < well.size(); ++i) {
        well[i] = k0 * k0 * (n.values[i] * n.values[i] - result.boundary_index * result.boundary_index);
        deepest = std::max(deepest, well[i]);
    }
    // Between hard walls no light has less than (π/W)² + (π/H)² of transverse wave number squared: what is no deeper guides
    // nothing.
    const double across = std::pow(pi / n.grid.x.length(), 2),
                 upright = n.grid.is_slab() ? 0.0 : std::pow(pi / n.grid.y.length(), 2);
    if (!(deepest > across + upright)) return result;

    SineLaplacian laplacian(n.grid);
    const bool has_steps = params.polarization != Polarization::scalar;
    if (has_steps && (!n.grid.is_slab() || params.polarization != Polarization::along_x))
        throw std::invalid_argument("polarised steps of the index are known in slabs only");
    const PolarizedLine line(has_steps ? n : IndexMap());
    const kernels::SymmetricOperator helmholtz = [&](std::span<const double> x, std::span<double> y) {
        if (params.between_steps) params.between_steps();
        if (has_steps)
            line.apply(x, y);
        else
            laplacian.apply(x, y, [](double symbol) { return symbol; });
        for (std::size_t i = 0; i < well.size(); ++i) y[i] += well[i] * x[i];
    };
    const kernels::Preconditioner inverse = [&](double shift, std::span<const double> x, std::span<double> y) {
        const double above = std::max(shift, 0.02 * deepest);
        laplacian.apply(x, y, [&](double symbol) { return 1.0 / (above - symbol); });
    };
    auto guesses = params.start.size() >= static_cast<std::size_t>(params.count)
                       ? std::vector<std::vector<double>>{}
                       : first_guesses(n.grid, well, params.count + 2);
    for (const Field<double>& psi : params.start) guesses.push_back(psi.values);
    const kernels::Eigenpairs pairs = kernels::largest_eigenpairs(
        helmholtz, inverse, guesses,
        {.count = params.count, .floor = 0.0, .tolerance = params.tolerance, .scale = deepest, .max_iterations = 300});
    result.report = pairs.report;

    for (std::size_t j = 0; j < pairs.values.size(); ++j) {
        Mode mode;
        mode.n_eff = std::sqrt(result.boundary_index * result.boundary_index + pairs.values[j] / (k0 * k0));
        mode.residual = pairs.residuals[j] / (k0 * k0 * mode.n_eff * mode.n_eff);
        mode.psi = Field<double>(n.grid);
        const auto [low, high] = std::minmax_element(pairs.vectors[j].begin(), pairs.vectors[j].end());
        const double sign = -*low > *high * (1.0 + 1e-6) ? -1.0 : 1.0;
        for (std::size_t i = 0; i < well.size(); ++i) mode.psi.values[i] = sign * pairs.vectors[j][i];
        normalize(mode.psi);
        result.modes.push_back(std::move(mode));
    }
    return result;
}

double group_index(const Mode& mode, const IndexMap& n, const Field<double>& index_slope, double wavelength,
                   std::optional<double> cover, Polarization polarization) {
    const double sum = blocked_sum<double>(n.values.size(), [&](std::size_t begin, std::size_t end) {
        double s = 0.0;
        for (std::size_t i = begin; i < end; ++i)
            s += n.values[i] * (n.values[i] - wavelength * index_slope.values[i]) * mode.psi.values[i] *
                 mode.psi.values[i];
        return s;
    });
    const double fixed_wall = sum * n.grid.cell_area() / mode.n_eff;
    if (!cover || n.grid.is_slab()) return fixed_wall;
    // ψ is odd about the wall, a s + b s³: its slope there from the two points nearest to it.
    const Grid& g = n.grid;
    double slope2 = 0.0;
    for (int ix = 0; ix < g.x.count; ++ix) {
        const double slope = (27.0 * mode.psi(ix, g.y.count - 1) - mode.psi(ix, g.y.count - 2)) / (12.0 * g.y.spacing);
        slope2 += slope * slope * g.x.spacing;
    }
    const double k0 = 2.0 * pi / wavelength, n_eff = mode.n_eff, q2 = n_eff * n_eff - *cover * *cover,
                 wall = g.y.upper(),
                 jump = polarization == Polarization::along_y ? 2.0 / n_eff : 0.0;  // of the wall's (cover/n_eff)²
    const double wall_slope = -wall / k0 * (1.0 + (n_eff / q2 + jump) * (fixed_wall - n_eff));  // dy_w/dk0
    return fixed_wall + slope2 * wall_slope / (2.0 * k0 * mode.n_eff);
}

}  // namespace vitral::modes
