#include "app/stages/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <iterator>

#include "core/errors.hpp"

namespace vitral::stages {
namespace {

volatile std::sig_atomic_t signal_seen = 0;  // a signal handler can reach nothing else
extern "C" void remember_signal(int) { signal_seen = 1; }

// Of several workers the one that began last; by letters, which any thread may write and read.
std::atomic<char> stage_now[StageName{}.size()] = {'v', 'i', 't', 'r', 'a', 'l'};

}  // namespace

void install_signal_handlers() {
    std::signal(SIGINT, remember_signal);
    std::signal(SIGTERM, remember_signal);
    std::signal(SIGUSR1, remember_signal);
    std::signal(SIGXFSZ, SIG_IGN);  // a file beyond its limit is a failed write (exit 7), not the end
}

StageName present_stage() noexcept {
    StageName name{};
    std::copy(std::begin(stage_now), std::end(stage_now) - 1, name.begin());
    return name;
}

bool stop_requested() noexcept { return signal_seen != 0; }

void stop_if_requested() {
    if (stop_requested()) throw Error(Failure::stopped, "stopped by a signal");
}

Progress::Progress(std::string stage, Output output)
    : stage_(std::move(stage)),
      output_(output),
      start_(std::chrono::steady_clock::now()),
      last_(start_),
      terminal_(::isatty(STDERR_FILENO) == 1) {
    for (std::size_t i = 0; i < std::size(stage_now); ++i) stage_now[i] = i < stage_.size() ? stage_[i] : '\0';
}

Progress::~Progress() {
    if (shown_ && terminal_) fmt::print(stderr, "\r{:60}\r", "");
}

double Progress::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::report(double fraction) {
    if (stop_requested()) throw Error(Failure::stopped, "stopped by a signal", stage_);
    if (output_ == Output::silent) return;
    const auto now = std::chrono::steady_clock::now();
    const double since_last = std::chrono::duration<double>(now - last_).count(), elapsed = seconds();
    if (elapsed < 2.0 || since_last < (terminal_ ? 0.2 : 5.0) || fraction <= 0.0) return;
    last_ = now;
    shown_ = true;
    fmt::print(stderr, "{}{}: {:3.0f} %, {:.0f} s to go{}", terminal_ ? "\r" : "", stage_, 100.0 * fraction,
               elapsed * (1.0 - fraction) / fraction, terminal_ ? "   " : "\n");
    std::fflush(stderr);
}

ProgressObserver Progress::observer() {
    return [this](double fraction) { report(fraction); };
}

}  // namespace vitral::stages
