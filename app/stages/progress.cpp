#include "app/stages/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "core/errors.hpp"

namespace vitral::stages {
namespace {

volatile std::sig_atomic_t signal_seen = 0;  // a signal handler can reach nothing else
extern "C" void remember_signal(int) { signal_seen = 1; }

char stage_now[64] = "vitral";  // of several workers the one that began last

}  // namespace

void install_signal_handlers() {
    std::signal(SIGINT, remember_signal);
    std::signal(SIGTERM, remember_signal);
    std::signal(SIGUSR1, remember_signal);
    std::signal(SIGXFSZ, SIG_IGN);  // a file beyond its limit is a failed write (exit 7), not the end
}

const char* present_stage() noexcept { return stage_now; }

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
    stage_.copy(stage_now, sizeof stage_now - 1);
    stage_now[std::min(stage_.size(), sizeof stage_now - 1)] = '\0';
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
