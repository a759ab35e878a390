#include "solver/kernels/fft.hpp"

#include <fftw3.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace vitral::kernels {
namespace {

std::mutex& planner_mutex() {  // FFTW's planner is not thread-safe
    static std::mutex mutex;
    return mutex;
}
std::atomic<Planning> how{Planning::estimate};
std::atomic<bool> grown{false};

/// Wisdom that was handed in; each precision's part is read when its first plan is made.
struct Imported {
    std::string text;
    bool double_pending = false, single_pending = false;
};
Imported& imported() {
    static Imported wisdom;
    return wisdom;
}

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
    static void recall() {
        Imported& wisdom = imported();
        if (std::exchange(wisdom.double_pending, false))
            (void)fftw_import_wisdom_from_string(wisdom.text.substr(0, wisdom.text.find(separator)).c_str());
    }
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
    static void recall() {
        Imported& wisdom = imported();
        if (std::exchange(wisdom.single_pending, false))
            (void)fftwf_import_wisdom_from_string(wisdom.text.c_str() + wisdom.text.find(separator) +
                                                  std::string(separator).size());
    }
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
        L::recall();
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
    if (text.find(separator) == std::string::npos) return false;
    imported() = {text, true, true};
    grown = false;
    return true;
}

std::string wisdom_text() {
    const std::lock_guard lock(planner_mutex());
    if (!grown && !imported().text.empty()) return imported().text;
    Library<double>::recall();
    Library<float>::recall();
    const auto take = [](char* text) {
        std::string copy(text != nullptr ? text : "");
        std::free(text);
        return copy;
    };
    return take(fftw_export_wisdom_to_string()) + separator + take(fftwf_export_wisdom_to_string());
}

bool wisdom_has_grown() { return grown; }

}  // namespace vitral::kernels
