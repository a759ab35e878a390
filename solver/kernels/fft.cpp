#include "solver/kernels/fft.hpp"

#include <fftw3.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <tuple>

namespace vitral::kernels {
namespace {

std::mutex& planner_mutex() {  // FFTW's planner is not thread-safe
    static std::mutex mutex;
    return mutex;
}
std::atomic<Planning> how{Planning::estimate};
std::atomic<bool> grown{false};

constexpr const char* separator = "\n-- single precision --\n";

}  // namespace

/// FFTW names its functions by precision.
template <typename T>
struct Library;
template <>
struct Library<double> {
    using Plan = fftw_plan;
    static auto* number(std::complex<double>* p) { return reinterpret_cast<fftw_complex*>(p); }
    static auto* allocate(std::size_t n) { return fftw_alloc_complex(n); }
    static void free(void* p) { fftw_free(p); }
    static constexpr auto plan = fftw_plan_many_dft;
    static constexpr auto execute = fftw_execute_dft;
    static constexpr auto destroy = fftw_destroy_plan;
};
template <>
struct Library<float> {
    using Plan = fftwf_plan;
    static auto* number(std::complex<float>* p) { return reinterpret_cast<fftwf_complex*>(p); }
    static auto* allocate(std::size_t n) { return fftwf_alloc_complex(n); }
    static void free(void* p) { fftwf_free(p); }
    static constexpr auto plan = fftwf_plan_many_dft;
    static constexpr auto execute = fftwf_execute_dft;
    static constexpr auto destroy = fftwf_destroy_plan;
};

template <typename T>
struct Fft<T>::Plans {
    using L = Library<T>;
    typename L::Plan forward, backward;

    Plans(int n, int lines, int stride, int distance) {
        const std::lock_guard lock(planner_mutex());
        auto* scratch = L::allocate(static_cast<std::size_t>(n) * static_cast<std::size_t>(stride) +
                                    static_cast<std::size_t>(lines) * static_cast<std::size_t>(distance));
        const auto make = [&](int sign) {
            const auto with = [&](unsigned flags) {
                return L::plan(1, &n, lines, scratch, nullptr, stride, distance, scratch, nullptr, stride, distance,
                               sign, flags);
            };
            if (how == Planning::estimate) return with(FFTW_ESTIMATE);
            auto known = with(FFTW_MEASURE | FFTW_WISDOM_ONLY);
            if (known == nullptr) {
                known = with(FFTW_MEASURE);
                grown = true;
            }
            return known;
        };
        forward = make(FFTW_FORWARD);
        backward = make(FFTW_BACKWARD);
        L::free(scratch);
        if (forward == nullptr || backward == nullptr) throw std::runtime_error("FFTW made no plan");
    }
    ~Plans() {
        const std::lock_guard lock(planner_mutex());
        L::destroy(forward);
        L::destroy(backward);
    }
    Plans(const Plans&) = delete;
    Plans& operator=(const Plans&) = delete;
};

template <typename T>
Fft<T>::Fft(int n, int lines, int stride, int distance) {
    using Shape = std::tuple<int, int, int, int, Planning>;
    static std::map<Shape, std::weak_ptr<const Plans>> known;
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::weak_ptr<const Plans>& place = known[{n, lines, stride, distance, how}];
    plans_ = place.lock();
    if (!plans_) place = plans_ = std::make_shared<const Plans>(n, lines, stride, distance);
}

template <typename T>
void Fft<T>::forward(std::complex<T>* first) const {
    Library<T>::execute(plans_->forward, Library<T>::number(first), Library<T>::number(first));
}
template <typename T>
void Fft<T>::backward(std::complex<T>* first) const {
    Library<T>::execute(plans_->backward, Library<T>::number(first), Library<T>::number(first));
}

template class Fft<double>;
template class Fft<float>;

void set_planning(Planning planning) { how = planning; }

Planning planning() { return how; }

bool import_wisdom(const std::string& text) {
    const std::lock_guard lock(planner_mutex());
    const std::size_t cut = text.find(separator);
    if (cut == std::string::npos) return false;
    const bool both = fftw_import_wisdom_from_string(text.substr(0, cut).c_str()) != 0 &&
                      fftwf_import_wisdom_from_string(text.c_str() + cut + std::string(separator).size()) != 0;
    grown = false;
    return both;
}

std::string export_wisdom() {
    const std::lock_guard lock(planner_mutex());
    const auto take = [](char* text) {
        std::string copy(text != nullptr ? text : "");
        std::free(text);
        return copy;
    };
    return take(fftw_export_wisdom_to_string()) + separator + take(fftwf_export_wisdom_to_string());
}

bool wisdom_has_grown() { return grown; }

}  // namespace vitral::kernels
