#include "solver/kernels/sine_transform.hpp"

#include <algorithm>
#include <complex>
#include <vector>

#include "core/constants.hpp"
#include "core/parallel.hpp"
#include "solver/kernels/aligned_array.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::kernels {

/// Transforms of n points over blocks of lines, two lines to a complex number: their sine transforms are real, and linear,
/// so that neither sees the other.
struct SineTransform::Lines {
    virtual ~Lines() = default;
    /// Point j of line l of the field lies at field[j * point_stride + l * line_stride]; `count` lines at most lines().
    virtual void forward(double* field, std::ptrdiff_t point_stride, std::ptrdiff_t line_stride, int count) const = 0;
    virtual void backward(double* field, std::ptrdiff_t point_stride, std::ptrdiff_t line_stride, int count) const = 0;
    [[nodiscard]] virtual int lines() const = 0;
};

template <int pairs>
struct SineTransform::Block final : Lines {
    using Number = std::complex<double>;

    explicit Block(int count) : n(count), fft(count, pairs, pairs, 1) {
        for (int m = 0; m <= n; ++m) turn.push_back(std::polar(1.0, -0.5 * pi * m / n));
    }

    /// The place of the natural point i in the order 0, 2, 4, ..., 5, 3, 1 in which the transform takes them.
    [[nodiscard]] int place(int i) const { return i % 2 == 0 ? i / 2 : n - 1 - i / 2; }
    [[nodiscard]] Number* row(AlignedArray<Number>& block, int m) const {
        return &block[static_cast<std::size_t>(m * pairs)];
    }

    /// A thread's own block of n + 1 rows, which holds whatever it was used for before.
    [[nodiscard]] AlignedArray<Number>& scratch() const {
        thread_local AlignedArray<Number> block;
        const auto size = static_cast<std::size_t>((n + 1) * pairs);
        if (block.size() < size) block = AlignedArray<Number>(size);
        return block;
    }

    void forward(double* field, std::ptrdiff_t point_stride, std::ptrdiff_t line_stride, int count) const override {
        AlignedArray<Number>& block = scratch();
        for (int i = 0; i < n; ++i) {
            auto* to = reinterpret_cast<double*>(row(block, place(i)));
            const double* from = field + i * point_stride;
            const double sign = i % 2 == 0 ? 1.0 : -1.0;
            for (int l = 0; l < count; ++l) to[l] = sign * from[l * line_stride];
            for (int l = count; l < 2 * pairs; ++l) to[l] = 0.0;
        }
        fft.forward(block.data());
        // C_m = w V_m + conj(w) V_-m of the cosine number m is the sine of number n - 1 - m.
        const auto put = [&](int sine, const Number* values) {
            const auto* parts = reinterpret_cast<const double*>(values);
            for (int l = 0; l < count; ++l) field[sine * point_stride + l * line_stride] = parts[l];
        };
        Number low[pairs], high[pairs];
        for (int m = 0; 2 * m <= n; ++m) {
            const Number w = turn[static_cast<std::size_t>(m)];
            const Number *a = row(block, m), *b = row(block, m == 0 ? 0 : n - m);
            for (int p = 0; p < pairs; ++p) {
                const Number u = w * a[p], v = std::conj(w) * b[p], difference = u - v;
                low[p] = u + v;
                high[p] = Number(-difference.imag(), difference.real());
            }
            put(n - 1 - m, low);
            if (m > 0 && 2 * m < n) put(m - 1, high);
        }
    }

    void backward(double* field, std::ptrdiff_t point_stride, std::ptrdiff_t line_stride, int count) const override {
        AlignedArray<Number>& block = scratch();
        const auto get = [&](int sine, Number* values) {
            auto* parts = reinterpret_cast<double*>(values);
            for (int l = 0; l < count; ++l) parts[l] = field[sine * point_stride + l * line_stride];
        };
        Number low[pairs] = {}, high[pairs] = {};
        for (int m = 0; 2 * m <= n; ++m) {
            const Number w = turn[static_cast<std::size_t>(m)];
            get(n - 1 - m, low);
            if (m > 0) get(m - 1, high);
            Number *a = row(block, m), *b = row(block, m == 0 ? n : n - m);
            for (int p = 0; p < pairs; ++p) {
                const Number turned(-high[p].imag(), high[p].real());  // i times it
                a[p] = std::conj(w) * (low[p] - (m == 0 ? Number() : turned));
                if (2 * m < n) b[p] = w * (low[p] + turned);
            }
        }
        fft.backward(block.data());
        for (int i = 0; i < n; ++i) {
            const auto* from = reinterpret_cast<const double*>(row(block, place(i)));
            double* to = field + i * point_stride;
            const double sign = i % 2 == 0 ? 1.0 : -1.0;
            for (int l = 0; l < count; ++l) to[l * line_stride] = sign * from[l];
        }
    }

    [[nodiscard]] int lines() const override { return 2 * pairs; }

    int n;
    Fft<double> fft;
    std::vector<Number> turn;
};

SineTransform::SineTransform(int nx, int ny)
    : nx_(nx),
      ny_(ny),
      along_x_(ny > 1 ? std::unique_ptr<Lines>(std::make_unique<Block<8>>(nx)) : std::make_unique<Block<1>>(nx)),
      along_y_(ny > 1 ? std::make_unique<Block<8>>(ny) : nullptr) {}
SineTransform::~SineTransform() = default;
SineTransform::SineTransform(SineTransform&&) noexcept = default;
SineTransform& SineTransform::operator=(SineTransform&&) noexcept = default;

void SineTransform::forward(std::span<double> field) const {
    const int lines = along_x_->lines();
    parallel_for((ny_ + lines - 1) / lines, static_cast<std::size_t>(lines * nx_), [&](std::ptrdiff_t b) {
        const int first = static_cast<int>(b) * lines;
        along_x_->forward(field.data() + static_cast<std::ptrdiff_t>(first) * nx_, 1, nx_,
                          std::min(lines, ny_ - first));
    });
    if (!along_y_) return;
    parallel_for((nx_ + lines - 1) / lines, static_cast<std::size_t>(lines * ny_), [&](std::ptrdiff_t b) {
        const int first = static_cast<int>(b) * lines;
        along_y_->forward(field.data() + first, nx_, 1, std::min(lines, nx_ - first));
    });
}

void SineTransform::backward(std::span<double> field) const {
    const int lines = along_x_->lines();
    if (along_y_)
        parallel_for((nx_ + lines - 1) / lines, static_cast<std::size_t>(lines * ny_), [&](std::ptrdiff_t b) {
            const int first = static_cast<int>(b) * lines;
            along_y_->backward(field.data() + first, nx_, 1, std::min(lines, nx_ - first));
        });
    parallel_for((ny_ + lines - 1) / lines, static_cast<std::size_t>(lines * nx_), [&](std::ptrdiff_t b) {
        const int first = static_cast<int>(b) * lines;
        along_x_->backward(field.data() + static_cast<std::ptrdiff_t>(first) * nx_, 1, nx_,
                           std::min(lines, ny_ - first));
    });
}

double SineTransform::scale() const noexcept { return along_y_ ? 4.0 * nx_ * ny_ : 2.0 * nx_; }

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
