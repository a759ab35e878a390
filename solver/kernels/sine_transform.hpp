#pragma once
#include <memory>
#include <span>

namespace vitral::kernels {

/// Two-dimensional sine transform of a real field between hard walls, points at cell centres.
///
///   forward:   F(p, q) = 4 ΣΣ f(i, j) sin(pi (p+1)(i+1/2)/nx) sin(pi (q+1)(j+1/2)/ny)      (DST-II)
///   backward:  its transpose form (DST-III); backward(forward(f)) = scale() * f.
///
/// x is the fastest index. With ny == 1 only x is transformed. Lines go in blocks through one complex transform each
/// (Makhoul, IEEE Trans. ASSP 28, 27 (1980)), in an OpenMP loop: the bits do not depend on the number of threads.
class SineTransform {
public:
    SineTransform(int nx, int ny);
    ~SineTransform();
    SineTransform(SineTransform&&) noexcept;
    SineTransform& operator=(SineTransform&&) noexcept;
    SineTransform(const SineTransform&) = delete;
    SineTransform& operator=(const SineTransform&) = delete;

    void forward(std::span<double> field) const;
    void backward(std::span<double> field) const;
    /// backward(forward(f)) = scale() * f; the number is 2 nx (slab) or 4 nx ny.
    [[nodiscard]] double scale() const noexcept;

private:
    struct Lines;
    template <int pairs>
    struct Block;
    int nx_, ny_;
    std::unique_ptr<Lines> along_x_, along_y_;
};

/// A count n' >= n with no prime factor above 5, even when n is larger than 1: the transform of n' points is fast.
[[nodiscard]] int fast_count(int n);

}  // namespace vitral::kernels
