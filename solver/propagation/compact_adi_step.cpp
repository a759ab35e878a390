#include <algorithm>
#include <array>
#include <vector>

#include "core/parallel.hpp"
#include "solver/kernels/constant_tridiagonal.hpp"
#include "solver/propagation/transverse_step.hpp"

namespace vitral::propagation {
namespace {

/// One direction: ψ <- r ψ + (1 - r) (1 + c δ²)⁻¹ ψ with c = 1/12 - i a/h², r = conj(c)/c, which equals the Cayley form
/// of the compact stencil and needs a single tridiagonal solution.
struct CayleyLine {
    kernels::ConstantTridiagonal matrix;
    Complex r;
    CayleyLine(const Axis& axis, double k, double dz)
        : CayleyLine(axis.count, Complex(1.0 / 12.0, -dz / (4.0 * k * axis.spacing * axis.spacing))) {}

private:
    CayleyLine(int count, Complex c) : matrix(count, c), r(std::conj(c) / c) {}
};

class CompactAdiStep final : public TransverseStep {
public:
    CompactAdiStep(const Grid& grid, double k, double dz)
        : grid_(grid), x_(grid.x, k, dz), y_(grid.is_slab() ? grid.x : grid.y, k, dz) {}

    void apply(Field<Complex>& psi) const override {
        const auto nx = static_cast<std::size_t>(grid_.x.count), ny = static_cast<std::size_t>(grid_.y.count);
        double* values = reinterpret_cast<double*>(psi.values.data());
        // x: `lanes` rows at a time, transposed into a buffer in which they lie side by side.
        parallel_for(static_cast<std::ptrdiff_t>((ny + lanes - 1) / lanes), [&](std::ptrdiff_t block) {
            const std::size_t first = static_cast<std::size_t>(block) * lanes, rows = std::min(lanes, ny - first);
            Buffer buffer(nx);
            for (std::size_t j = 0; j < rows; ++j) {
                const double* row = values + 2 * (first + j) * nx;
                for (std::size_t i = 0; i < nx; ++i) {
                    buffer.re[i * lanes + j] = row[2 * i];
                    buffer.im[i * lanes + j] = row[2 * i + 1];
                }
            }
            cayley(x_, buffer);
            for (std::size_t j = 0; j < rows; ++j) {
                double* row = values + 2 * (first + j) * nx;
                for (std::size_t i = 0; i < nx; ++i) {
                    row[2 * i] = buffer.re[i * lanes + j];
                    row[2 * i + 1] = buffer.im[i * lanes + j];
                }
            }
        });
        if (grid_.is_slab()) return;
        // y: `lanes` neighbouring columns at a time, already side by side.
        parallel_for(static_cast<std::ptrdiff_t>((nx + lanes - 1) / lanes), [&](std::ptrdiff_t block) {
            const std::size_t first = static_cast<std::size_t>(block) * lanes, columns = std::min(lanes, nx - first);
            Buffer buffer(ny);
            for (std::size_t i = 0; i < ny; ++i) {
                const double* point = values + 2 * (i * nx + first);
                for (std::size_t j = 0; j < columns; ++j) {
                    buffer.re[i * lanes + j] = point[2 * j];
                    buffer.im[i * lanes + j] = point[2 * j + 1];
                }
            }
            cayley(y_, buffer);
            for (std::size_t i = 0; i < ny; ++i) {
                double* point = values + 2 * (i * nx + first);
                for (std::size_t j = 0; j < columns; ++j) {
                    point[2 * j] = buffer.re[i * lanes + j];
                    point[2 * j + 1] = buffer.im[i * lanes + j];
                }
            }
        });
    }

private:
    static constexpr std::size_t lanes = kernels::ConstantTridiagonal::lanes;

    /// A thread's scratch lines; they grow to the longest line and stay.
    struct Buffer {
        std::span<double> re, im, solution_re, solution_im;
        explicit Buffer(std::size_t count) {
            thread_local std::vector<double> storage;
            if (storage.size() < 4 * count * lanes) storage.assign(4 * count * lanes, 0.0);
            const std::span<double> all(storage);
            re = all.subspan(0, count * lanes);
            im = all.subspan(count * lanes, count * lanes);
            solution_re = all.subspan(2 * count * lanes, count * lanes);
            solution_im = all.subspan(3 * count * lanes, count * lanes);
        }
    };

    static void cayley(const CayleyLine& line, Buffer& b) {
        line.matrix.solve(b.re, b.im, b.solution_re, b.solution_im);
        const double rr = line.r.real(), ri = line.r.imag(), sr = 1.0 - rr, si = -ri;
        double *re = b.re.data(), *im = b.im.data();
        const double *ur = b.solution_re.data(), *ui = b.solution_im.data();
        for (std::size_t i = 0; i < b.re.size(); ++i) {
            const double x = re[i], y = im[i];
            re[i] = rr * x - ri * y + sr * ur[i] - si * ui[i];
            im[i] = rr * y + ri * x + sr * ui[i] + si * ur[i];
        }
    }

    Grid grid_;
    CayleyLine x_, y_;
};

}  // namespace

std::unique_ptr<TransverseStep> make_compact_adi_step(const Grid& grid, double k, double dz) {
    return std::make_unique<CompactAdiStep>(grid, k, dz);
}

}  // namespace vitral::propagation
