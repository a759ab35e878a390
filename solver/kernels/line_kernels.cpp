#include "solver/kernels/line_kernels.hpp"

#include <cstdlib>
#include <string_view>
#include <type_traits>

namespace vitral::kernels {

#define VITRAL_DECLARE(isa)                          \
    namespace isa {                                  \
    extern const LineKernels<double> double_kernels; \
    extern const LineKernels<float> float_kernels;   \
    }
VITRAL_DECLARE(portable)
#ifdef VITRAL_X86
VITRAL_DECLARE(avx2)
VITRAL_DECLARE(avx512)
#endif
#undef VITRAL_DECLARE

template <typename T>
std::vector<const LineKernels<T>*> available_line_kernels() {
    std::vector<const LineKernels<T>*> list;
    const auto add = [&](const LineKernels<double>& in_double, const LineKernels<float>& in_float) {
        if constexpr (std::is_same_v<T, double>)
            list.push_back(&in_double);
        else
            list.push_back(&in_float);
    };
#ifdef VITRAL_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        add(avx512::double_kernels, avx512::float_kernels);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) add(avx2::double_kernels, avx2::float_kernels);
#endif
    add(portable::double_kernels, portable::float_kernels);
    return list;
}

template <typename T>
const LineKernels<T>& line_kernels() {
    static const LineKernels<T>& chosen = []() -> const LineKernels<T>& {
        const auto list = available_line_kernels<T>();
        if (const char* wish = std::getenv("VITRAL_ISA"))
            for (const LineKernels<T>* kernels : list)
                if (std::string_view(kernels->instruction_set) == wish) return *kernels;
        return *list.front();
    }();
    return chosen;
}

template std::vector<const LineKernels<double>*> available_line_kernels<double>();
template std::vector<const LineKernels<float>*> available_line_kernels<float>();
template const LineKernels<double>& line_kernels<double>();
template const LineKernels<float>& line_kernels<float>();

}  // namespace vitral::kernels
