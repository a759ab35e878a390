#include "solver/kernels/sine_transform.hpp"

#include <fftw3.h>

#include <mutex>

#include "core/parallel.hpp"

namespace vitral::kernels {
namespace {

std::mutex& planner_mutex() {  // FFTW's planner is not thread-safe
    static std::mutex mutex;
    return mutex;
}

/// `lines` transforms of length n: elements `stride` apart, lines `distance` apart, on doubles.
class LinePlan {
public:
    LinePlan(int n, int lines, int stride, int distance, fftw_r2r_kind kind) {
        const std::lock_guard lock(planner_mutex());
        // An aligned scratch field gives the planner its pointers; ESTIMATE does not touch it, UNALIGNED lets
        // one plan serve every line.
        double* scratch = fftw_alloc_real(static_cast<std::size_t>(n) * static_cast<std::size_t>(stride) +
                                          static_cast<std::size_t>(lines) * static_cast<std::size_t>(distance));
        const fftw_iodim dim{n, stride, stride}, many{lines, distance, distance};
        plan_ = fftw_plan_guru_r2r(1, &dim, 1, &many, scratch, scratch, &kind, FFTW_ESTIMATE | FFTW_UNALIGNED);
        fftw_free(scratch);
    }
    ~LinePlan() {
        const std::lock_guard lock(planner_mutex());
        fftw_destroy_plan(plan_);
    }
    LinePlan(const LinePlan&) = delete;
    LinePlan& operator=(const LinePlan&) = delete;
    void execute(double* first) const { fftw_execute_r2r(plan_, first, first); }

private:
    fftw_plan plan_;
};

constexpr int column_block = 8;  // columns of one y plan: a cache line of complex numbers, and then some

/// The plans for fields of `parts` doubles a point (1: real, 2: complex), in one direction.
class Direction {
public:
    Direction(int nx, int ny, int parts, fftw_r2r_kind kind)
        : nx_(nx),
          ny_(ny),
          parts_(parts),
          rows_(nx, parts, parts, 1, kind),
          columns_(ny, column_block * parts, nx * parts, 1, kind),
          last_columns_(ny, std::max(1, nx % column_block) * parts, nx * parts, 1, kind) {}

    void execute(double* field) const {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(nx_) * parts_;
        parallel_for(ny_, [&](std::ptrdiff_t iy) { rows_.execute(field + iy * row); });
        if (ny_ == 1) return;
        parallel_for((nx_ + column_block - 1) / column_block, [&](std::ptrdiff_t block) {
            const bool whole = (block + 1) * column_block <= nx_;
            (whole ? columns_ : last_columns_).execute(field + block * column_block * parts_);
        });
    }

private:
    int nx_, ny_, parts_;
    LinePlan rows_, columns_, last_columns_;
};

}  // namespace

struct SineTransform::Plans {
    Plans(int nx_, int ny_)
        : nx(nx_),
          ny(ny_),
          forward_complex(nx_, ny_, 2, FFTW_RODFT10),
          backward_complex(nx_, ny_, 2, FFTW_RODFT01),
          forward_real(nx_, ny_, 1, FFTW_RODFT10),
          backward_real(nx_, ny_, 1, FFTW_RODFT01) {}
    int nx, ny;
    Direction forward_complex, backward_complex, forward_real, backward_real;
};

SineTransform::SineTransform(int nx, int ny) : plans_(std::make_unique<Plans>(nx, ny)) {}
SineTransform::~SineTransform() = default;
SineTransform::SineTransform(SineTransform&&) noexcept = default;
SineTransform& SineTransform::operator=(SineTransform&&) noexcept = default;

void SineTransform::forward(std::span<std::complex<double>> field) const {
    plans_->forward_complex.execute(reinterpret_cast<double*>(field.data()));
}
void SineTransform::backward(std::span<std::complex<double>> field) const {
    plans_->backward_complex.execute(reinterpret_cast<double*>(field.data()));
}
void SineTransform::forward(std::span<double> field) const { plans_->forward_real.execute(field.data()); }
void SineTransform::backward(std::span<double> field) const { plans_->backward_real.execute(field.data()); }

double SineTransform::scale() const noexcept {
    return plans_->ny == 1 ? 2.0 * plans_->nx : 4.0 * plans_->nx * plans_->ny;
}

int fast_count(int n) {
    if (n <= 1) return n;
    for (int candidate = n + n % 2;; candidate += 2) {
        int rest = candidate;
        for (const int prime : {2, 3, 5})
            while (rest % prime == 0) rest /= prime;
        if (rest == 1) return candidate;
    }
}

}  // namespace vitral::kernels
