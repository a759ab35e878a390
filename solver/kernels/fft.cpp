#include "solver/kernels/fft.hpp"

#include <fftw3.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
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
thread_local int estimating = 0;  // EstimatedPlans that are alive on this thread

Planning how_here() { return estimating > 0 ? Planning::estimate : how.load(); }

/// What was measured for each shape of a transform, or how often it was planned by estimate. FFTW takes as long to read wisdom as
/// there is of it: a plan is made with its own alone.
struct Wisdom {
    std::string text;
    bool used = false;
    bool adopted = false;  ///< of an earlier process: an estimate stays one
};
std::map<std::string, Wisdom>& wisdom_of_shapes() {
    static std::map<std::string, Wisdom> wisdom;
    return wisdom;
}

constexpr std::string_view shape_mark = "\nshape: ", estimated_mark = "estimated ";

/// How many processes have planned a shape by estimate so far; nothing where it was measured.
std::optional<int> estimates(const std::string& text) {
    if (text.empty()) return 0;
    if (!text.starts_with(estimated_mark)) return {};
    return std::atoi(text.c_str() + estimated_mark.size());
}

std::atomic<int> patience{usual_patience};

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
    static constexpr const char* name = "double";
    static constexpr auto forget = fftw_forget_wisdom;
    static constexpr auto recall = fftw_import_wisdom_from_string;
    static constexpr auto tell = fftw_export_wisdom_to_string;
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
    static constexpr const char* name = "single";
    static constexpr auto forget = fftwf_forget_wisdom;
    static constexpr auto recall = fftwf_import_wisdom_from_string;
    static constexpr auto tell = fftwf_export_wisdom_to_string;
    static constexpr auto plan = fftwf_plan_many_dft;
    static constexpr auto execute = fftwf_execute_dft;
    static constexpr auto destroy = fftwf_destroy_plan;
};

template <typename T>
struct Fft<T>::Plans {
    using L = Library<T>;
    typename L::Plan forward = nullptr, backward = nullptr;

    Plans(int n, int lines, int stride, int distance) {
        const std::lock_guard lock(planner_mutex());
        const bool from_wisdom = how_here() == Planning::wisdom;
        auto* scratch = L::allocate(static_cast<std::size_t>(n) * static_cast<std::size_t>(stride) +
                                    static_cast<std::size_t>(lines) * static_cast<std::size_t>(distance));
        const auto make = [&](unsigned flags) {
            for (const auto& [sign, plan] : {std::pair{FFTW_FORWARD, &forward}, std::pair{FFTW_BACKWARD, &backward}})
                if (*plan == nullptr)
                    *plan = L::plan(1, &n, lines, scratch, nullptr, stride, distance, scratch, nullptr, stride,
                                    distance, sign, flags);
        };
        if (from_wisdom) {
            std::string shape = L::name;
            for (const int number : {n, lines, stride, distance}) shape += ' ' + std::to_string(number);
            Wisdom& wisdom = wisdom_of_shapes()[shape];
            // What a process has decided for a shape stays: its bits do not change on the way.
            const bool decided = wisdom.used || wisdom.adopted;
            wisdom.used = true;
            L::forget();
            if (const auto count = estimates(wisdom.text); count && (decided || *count < patience)) {
                if (!decided) {
                    wisdom.text = std::string(estimated_mark) + std::to_string(*count + 1);
                    grown = true;
                }
                make(FFTW_ESTIMATE);
            } else if (!count && L::recall(wisdom.text.c_str()) != 0) {
                make(FFTW_MEASURE | FFTW_WISDOM_ONLY);
            }
            if (forward == nullptr || backward == nullptr) {
                make(FFTW_MEASURE);
                const std::unique_ptr<char, decltype(&std::free)> text(L::tell(), &std::free);
                wisdom.text = text ? text.get() : "";
                grown = true;
            }
        } else {
            make(FFTW_ESTIMATE);
        }
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
    std::weak_ptr<const Plans>& place = known[{n, lines, stride, distance, how_here()}];
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
void set_patience(int processes) { patience = processes; }

EstimatedPlans::EstimatedPlans() { ++estimating; }
EstimatedPlans::~EstimatedPlans() { --estimating; }

Planning planning() { return how; }

namespace {

/// The texts of wisdom_text() by shape; empty where it is none.
std::map<std::string, std::string> parts_of(const std::string& text) {
    std::map<std::string, std::string> parts;
    if (!text.starts_with(shape_mark)) return parts;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t name = at + shape_mark.size(), line_end = std::min(text.find('\n', name), text.size() - 1),
                          next = std::min(text.find(shape_mark, line_end), text.size());
        parts[text.substr(name, line_end - name)] = text.substr(line_end + 1, next - line_end - 1);
        at = next;
    }
    return parts;
}

}  // namespace

bool import_wisdom(const std::string& text) {
    const std::lock_guard lock(planner_mutex());
    const auto parts = parts_of(text);
    if (parts.empty()) return false;
    auto& wisdom = wisdom_of_shapes();
    wisdom.clear();
    for (const auto& [shape, part] : parts) wisdom[shape].text = part;
    grown = false;
    return true;
}

bool adopt_wisdom(const std::string& text) {
    const std::lock_guard lock(planner_mutex());
    auto& wisdom = wisdom_of_shapes();
    const auto parts = parts_of(text);
    for (const auto& [shape, part] : parts)
        if (const auto known = wisdom.find(shape); known != wisdom.end() && known->second.used &&
                                                   known->second.text != part &&
                                                   !(estimates(known->second.text) && estimates(part)))
            return false;
    for (const auto& [shape, part] : parts) {
        wisdom[shape].text = part;
        wisdom[shape].adopted = true;
    }
    return true;
}

std::string wisdom_text(Told told) {
    const std::lock_guard lock(planner_mutex());
    std::string text;
    for (const auto& [shape, wisdom] : wisdom_of_shapes())
        if (told == Told::all || wisdom.used)
            // How often a plan was estimated is no part of it.
            text.append(shape_mark)
                .append(shape)
                .append("\n")
                .append(told == Told::used && estimates(wisdom.text) ? std::string(estimated_mark) + "0" : wisdom.text);
    return text;
}

bool wisdom_has_grown() { return grown; }

}  // namespace vitral::kernels
