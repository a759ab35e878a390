#pragma once
#include <array>
#include <chrono>
#include <string>

#include "core/observer.hpp"

namespace vitral::stages {

/// SIGINT, SIGTERM and SIGUSR1 (which schedulers send before they end a job) ask running computations to stop.
void install_signal_handlers();
[[nodiscard]] bool stop_requested() noexcept;
/// For the inner loops of the solvers, which are called often: throws Error (stopped) after a signal.
void stop_if_requested();

using StageName = std::array<char, 64>;  ///< ends with NULs
/// The stage that is being computed, "vitral" before the first. For those who may not allocate.
[[nodiscard]] StageName present_stage() noexcept;

/// Progress of one stage on standard error, with the time it will still take, once it has run for two seconds.
class Progress {
public:
    enum class Output { silent, standard_error };
    Progress(std::string stage, Output output);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// Throws Error (stopped) after a signal.
    void report(double fraction);
    [[nodiscard]] ProgressObserver observer();
    [[nodiscard]] double seconds() const;

private:
    std::string stage_;
    Output output_;
    std::chrono::steady_clock::time_point start_, last_;
    bool shown_ = false, terminal_;
};

}  // namespace vitral::stages
