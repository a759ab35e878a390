#include <vector>

#include "core/parallel.hpp"
#include "solver/kernels/laplacian_symbol.hpp"
#include "solver/kernels/sine_transform.hpp"
#include "solver/propagation/transverse_step.hpp"

namespace vitral::propagation {
namespace {

class SpectralStep final : public TransverseStep {
public:
    SpectralStep(const Grid& grid, double k, double dz) : transform_(grid.x.count, grid.y.count) {
        for (int m = 0; m < grid.x.count; ++m)
            factor_x_.push_back(
                std::polar(1.0, kernels::spectral_symbol(m, grid.x.count, grid.x.spacing) * dz / (2.0 * k)));
        for (int m = 0; m < grid.y.count; ++m) {
            const double symbol = grid.is_slab() ? 0.0 : kernels::spectral_symbol(m, grid.y.count, grid.y.spacing);
            factor_y_.push_back(std::polar(1.0 / transform_.scale(), symbol * dz / (2.0 * k)));
        }
    }

    void apply(Field<Complex>& psi) const override {
        transform_.forward(std::span(psi.values));
        const std::size_t nx = factor_x_.size();
        parallel_for(static_cast<std::ptrdiff_t>(factor_y_.size()), [&](std::ptrdiff_t iy) {
            double* row = reinterpret_cast<double*>(psi.values.data() + static_cast<std::size_t>(iy) * nx);
            const double* fx = reinterpret_cast<const double*>(factor_x_.data());
            const double yr = factor_y_[static_cast<std::size_t>(iy)].real(),
                         yi = factor_y_[static_cast<std::size_t>(iy)].imag();
            for (std::size_t i = 0; i < 2 * nx; i += 2) {
                const double fr = fx[i] * yr - fx[i + 1] * yi, fi = fx[i] * yi + fx[i + 1] * yr;
                const double re = row[i], im = row[i + 1];
                row[i] = re * fr - im * fi;
                row[i + 1] = re * fi + im * fr;
            }
        });
        transform_.backward(std::span(psi.values));
    }

private:
    kernels::SineTransform transform_;
    std::vector<Complex> factor_x_, factor_y_;
};

}  // namespace

std::unique_ptr<TransverseStep> make_spectral_step(const Grid& grid, double k, double dz) {
    return std::make_unique<SpectralStep>(grid, k, dz);
}

}  // namespace vitral::propagation
