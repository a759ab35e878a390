#pragma once
#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <vector>

namespace vitral {

/// Reductions are summed in blocks of this many points, so that the bits do not depend on the thread count.
inline constexpr std::size_t reduction_block = 4096;

/// A loop over fewer points than this is over before a second thread has woken up.
inline constexpr std::size_t points_worth_threads = 32768;

/// Runs body(thread, begin, end) on `threads` threads, each with its share of [0, count). One thread alone runs it as it
/// is: to make a team of one and to take it apart costs more than a loop over a small grid.
template <typename Body>
void share_out(int threads, int count, Body&& body) {
    if (threads == 1) return body(0, 0, count);
#pragma omp parallel num_threads(threads)
    {
        const std::ptrdiff_t thread = omp_get_thread_num(), team = omp_get_num_threads();
        body(static_cast<int>(thread), static_cast<int>(count * thread / team),
             static_cast<int>(count * (thread + 1) / team));
    }
}

/// Runs body(i) for i = 0 ... count-1, one OpenMP loop, each i as much work as `points` points of a field. An exception
/// inside leaves the loop whole and is rethrown.
template <typename Body>
void parallel_for(std::ptrdiff_t count, std::size_t points, Body&& body) {
    if (static_cast<std::size_t>(count) * points <= points_worth_threads) {
        for (std::ptrdiff_t i = 0; i < count; ++i) body(i);
        return;
    }
    std::exception_ptr failure;
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        try {
            body(i);
        } catch (...) {
#pragma omp critical(vitral_parallel_for)
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

/// Sum of block_sum(begin, end) over fixed blocks of [0, size), added in order: the same bits for any thread count.
template <typename T, typename BlockSum>
[[nodiscard]] T blocked_sum(std::size_t size, BlockSum&& block_sum) {
    const std::size_t blocks = (size + reduction_block - 1) / reduction_block;
    std::vector<T> partial(blocks);
    parallel_for(static_cast<std::ptrdiff_t>(blocks), reduction_block, [&](std::ptrdiff_t b) {
        const std::size_t begin = static_cast<std::size_t>(b) * reduction_block;
        partial[static_cast<std::size_t>(b)] = block_sum(begin, std::min(begin + reduction_block, size));
    });
    T total{};
    for (const T& p : partial) total += p;
    return total;
}

}  // namespace vitral
