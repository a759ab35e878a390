#include "app/io/limited_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>

#include "core/errors.hpp"

namespace vitral::io {
namespace {

/// Of the processor, to begin with (a small file may hold much, packed well) and for each byte of the file; a busy machine or a
/// slow disk may stretch them on the clock.
double first_seconds = 3.0;
constexpr double seconds_per_byte = 2e-8, stretch = 10.0;
/// Beyond what the process has when the child begins.
constexpr rlim_t most_memory = rlim_t{4} << 30;

#if defined(VITRAL_SANITIZED)
constexpr bool limits_memory = false;  // the sanitizer itself reserves terabytes of addresses
#else
constexpr bool limits_memory = true;
#endif

void limit(int resource, rlim_t most) {
    const rlimit value{most, most};
    (void)::setrlimit(static_cast<__rlimit_resource>(resource), &value);
}

/// Addresses that the process has now [B].
rlim_t present_memory() {
    char text[128] = {};
    const int file = ::open("/proc/self/statm", O_RDONLY);
    if (file < 0) return 0;
    const ssize_t length = ::read(file, text, sizeof text - 1);
    ::close(file);
    return length > 0
               ? static_cast<rlim_t>(std::strtoull(text, nullptr, 10)) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE))
               : 0;
}

bool write_all(int to, const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t done = ::write(to, bytes, count);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes += done;
        count -= static_cast<std::size_t>(done);
    }
    return true;
}

/// The answer is a byte and a text: '+' and what was returned, '-' and why it was not.
[[noreturn]] void be_child(const std::function<std::string()>& work, int to, double seconds) {
    std::set_new_handler(nullptr);  // to be told of below
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGUSR1, SIG_DFL);
    const auto whole = static_cast<time_t>(seconds);
    const itimerval end{{0, 0}, {whole, static_cast<suseconds_t>(1e6 * (seconds - static_cast<double>(whole)))}};
    ::signal(SIGPROF, SIG_DFL);
    ::setitimer(ITIMER_PROF, &end, nullptr);
    limit(RLIMIT_CORE, 0);
    if (limits_memory) limit(RLIMIT_AS, present_memory() + most_memory);
    std::string answer;
    try {
        answer = "+" + work();
    } catch (const Error& error) {
        answer = std::string("-") + error.what();
    } catch (...) {
        answer = "-cannot be read: it asks for more memory than a file of its kind may";
    }
    ::_exit(write_all(to, answer.data(), answer.size()) ? 0 : 1);
}

/// All that comes before the end of the pipe; empty if that takes too long.
std::string read_all(int from, double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    std::string text;
    std::string buffer(std::size_t{1} << 16, '\0');
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd wait{from, POLLIN, 0};
        const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return {};
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

}  // namespace

void set_child_seconds(double seconds) { first_seconds = seconds; }

std::string in_limited_child(const std::function<std::string()>& work, const std::filesystem::path& file) {
    const std::string where = file.string();
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(file, failure);
    const double seconds = first_seconds + (failure ? 0.0 : seconds_per_byte * static_cast<double>(size));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Failure::input_file, "cannot be read: no pipe is left", where);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        be_child(work, ends[1], seconds);
    }
    ::close(ends[1]);
    std::string answer = child > 0 ? read_all(ends[0], stretch * seconds) : std::string();
    ::close(ends[0]);
    if (child > 0) {
        if (answer.empty()) ::kill(child, SIGKILL);
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) answer.clear();
    }
    if (answer.empty())
        throw Error(Failure::input_file, "is damaged: the HDF5 library does not survive reading it, or never ends",
                    where);
    if (answer[0] == '-') throw Error(Failure::input_file, answer.substr(1), where);
    return answer.substr(1);
}

}  // namespace vitral::io
