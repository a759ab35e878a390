#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace vitral::kernels {

/// Numbers that start at a cache line; large arrays lie in huge pages where the system grants them, because column sweeps
/// touch a page a row. Starts as zeros.
template <typename T>
class AlignedArray {
public:
    AlignedArray() = default;
    explicit AlignedArray(std::size_t count) : size_(count) {
        constexpr std::size_t line = 64, huge = std::size_t{1} << 21;
        const std::size_t bytes = count * sizeof(T), unit = bytes >= huge ? huge : line;
        const std::size_t whole = std::max(unit, (bytes + unit - 1) / unit * unit);
        void* memory = std::aligned_alloc(unit, whole);
        if (memory == nullptr) throw std::bad_alloc();
        if (unit == huge) ::madvise(memory, whole, MADV_HUGEPAGE);
        memory_.reset(static_cast<T*>(memory));
        std::fill_n(memory_.get(), count, T{});
    }
    [[nodiscard]] T* data() noexcept { return memory_.get(); }
    [[nodiscard]] const T* data() const noexcept { return memory_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return memory_.get()[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return memory_.get()[i]; }

private:
    struct Free {
        void operator()(T* p) const noexcept { std::free(p); }
    };
    std::unique_ptr<T, Free> memory_;
    std::size_t size_ = 0;
};

/// Elements from one row of `count` to the next: a whole number of cache lines, off the multiples of 4 KiB at which rows
/// would share their places in the cache.
template <typename T>
[[nodiscard]] constexpr std::ptrdiff_t padded_stride(int count) {
    constexpr std::ptrdiff_t line =
        64 / static_cast<std::ptrdiff_t>(sizeof(T)) > 0 ? 64 / static_cast<std::ptrdiff_t>(sizeof(T)) : 1;
    std::ptrdiff_t stride = (count + line - 1) / line * line;
    if (stride * static_cast<std::ptrdiff_t>(sizeof(T)) % 1024 == 0) stride += line;
    return stride;
}

}  // namespace vitral::kernels
