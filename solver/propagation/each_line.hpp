#pragma once
#include "core/parallel.hpp"
#include "solver/kernels/flush_denormals.hpp"

namespace vitral::propagation {

/// body(i) for every i of [0, count), shared among `threads`, numbers too small for their precision taken for zero.
template <typename Body>
void each_line(int threads, int count, Body&& body) {
    share_out(threads, count, [&](int, int begin, int end) {
        const kernels::FlushDenormals flush;
        for (int i = begin; i < end; ++i) body(i);
    });
}

}  // namespace vitral::propagation
