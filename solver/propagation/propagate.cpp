#include "solver/propagation/propagate.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/constants.hpp"
#include "core/errors.hpp"
#include "core/inner_product.hpp"
#include "solver/kernels/sincos.hpp"

namespace vitral::propagation {
namespace {

/// ψ <- exp(-σ d) exp( i k0² (n² - n_ref²) d/(2k) ) ψ over a distance d: the part of a step that is local.
class LocalStep {
public:
    LocalStep(const Grid& grid, const PropagationParams& p, double distance)
        : grid_(grid),
          factors_(grid, p.absorber, distance),
          phase_(grid),
          n_ref2_(p.n_ref * p.n_ref),
          scale_(pi / p.wavelength * distance / p.n_ref) {}

    void set_index(const IndexMap& n) {
        const auto nx = static_cast<std::size_t>(grid_.x.count);
        parallel_for(grid_.y.count, [&](std::ptrdiff_t iy) {
            const std::size_t row = grid_.index(0, static_cast<int>(iy));
            const double* index = n.values.data() + row;
            double* out = reinterpret_cast<double*>(phase_.values.data() + row);
            const double* fx = factors_.x.data();
            const double fy = factors_.y[static_cast<std::size_t>(iy)];
            for (std::size_t i = 0; i < nx; ++i) {
                const kernels::SinCos turn = kernels::sincos(scale_ * (index[i] * index[i] - n_ref2_));
                out[2 * i] = fx[i] * fy * turn.cos;
                out[2 * i + 1] = fx[i] * fy * turn.sin;
            }
        });
    }

    /// Returns the power removed.
    double apply(Field<Complex>& psi, std::vector<double>& row_sums) const {
        const auto nx = static_cast<std::size_t>(grid_.x.count);
        parallel_for(grid_.y.count, [&](std::ptrdiff_t iy) {
            const std::size_t row = grid_.index(0, static_cast<int>(iy));
            double* field = reinterpret_cast<double*>(psi.values.data() + row);
            const double* phase = reinterpret_cast<const double*>(phase_.values.data() + row);
            const double* fx = factors_.x.data();
            const double fy2 = std::pow(factors_.y[static_cast<std::size_t>(iy)], 2);
            double removed = 0.0;
            for (std::size_t i = 0; i < nx; ++i) {
                const double re = field[2 * i], im = field[2 * i + 1], pr = phase[2 * i], pi_ = phase[2 * i + 1];
                removed += (1.0 - fx[i] * fx[i] * fy2) * (re * re + im * im);
                field[2 * i] = re * pr - im * pi_;
                field[2 * i + 1] = re * pi_ + im * pr;
            }
            row_sums[static_cast<std::size_t>(iy)] = removed;
        });
        double total = 0.0;
        for (const double row : row_sums) total += row;
        return total * grid_.cell_area();
    }

private:
    Grid grid_;
    AbsorberFactors factors_;
    Field<Complex> phase_;
    double n_ref2_, scale_;
};

}  // namespace

Propagation propagate(Field<Complex> launch, const IndexAlongZ& index, const PropagationParams& params,
                      const FieldWatcher& watch, const ProgressObserver& progress) {
    if (!(index.grid() == launch.grid))
        throw std::invalid_argument("the launched field and the index live on different grids");
    Propagation result;
    result.psi = std::move(launch);
    result.launched = power(result.psi);
    result.steps = std::max(1, static_cast<int>(std::ceil(params.length / params.dz_target - 1e-9)));
    result.dz = params.length / result.steps;
    const Grid& grid = result.psi.grid;
    const double k = 2.0 * pi / params.wavelength * params.n_ref;
    const auto transverse = make_transverse_step(params.method, grid, k, result.dz);

    // Half a local step, a transverse step, half a local step; halves that meet are one, except where a record is due.
    LocalStep whole(grid, params, result.dz), half(grid, params, 0.5 * result.dz);
    IndexMap map(grid);
    double whole_valid_until = -1.0, half_valid_until = -1.0;
    std::vector<double> row_sums(static_cast<std::size_t>(grid.y.count));
    const auto local = [&](LocalStep& step, double& valid_until, double z) {
        if (z > valid_until || valid_until < 0.0) {
            index.at(z, map);
            step.set_index(map);
            valid_until = index.constant_until(z);
        }
        result.removed += step.apply(result.psi, row_sums);
    };

    if (watch) watch(0.0, result.psi, 0.0);
    local(half, half_valid_until, 0.0);
    const int records = std::max(1, std::min(params.records, result.steps));
    int next_record = 1;
    for (int m = 1; m <= result.steps; ++m) {
        const double z = params.length * m / result.steps;
        transverse->apply(result.psi);
        const bool last = m == result.steps;
        const bool record =
            last || static_cast<long long>(m) * records >= static_cast<long long>(next_record) * result.steps;
        if (!record) {
            local(whole, whole_valid_until, z);
            continue;
        }
        local(half, half_valid_until, z);
        ++next_record;
        if (const double now = power(result.psi); !std::isfinite(now))
            throw Error(Failure::numerical, "the field is not finite any more",
                        "z = " + std::to_string(z * 1e6) + " um");
        if (watch) watch(z, result.psi, result.removed);
        if (progress) progress(static_cast<double>(m) / result.steps);
        if (!last) local(half, half_valid_until, z);
    }
    return result;
}

}  // namespace vitral::propagation
