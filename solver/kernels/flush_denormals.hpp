#pragma once
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace vitral::kernels {

/// While it lives, this thread takes numbers too small for a normalised mantissa (below 1e-38 in single, 1e-308 in double
/// precision) for zero: the far tails of a profile otherwise run many times slower than the rest.
class FlushDenormals {
public:
    FlushDenormals() noexcept {
#if defined(__SSE2__)
        before_ = _mm_getcsr();
        _mm_setcsr(before_ | 0x8040U);  // flush to zero, denormals are zero
#endif
    }
    ~FlushDenormals() {
#if defined(__SSE2__)
        _mm_setcsr(before_);
#endif
    }
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
    unsigned before_ = 0;
};

}  // namespace vitral::kernels
