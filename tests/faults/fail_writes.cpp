/// To be preloaded: calls that write to files of a disk fail as on a full one. VITRAL_FAIL_CALL=k fails the k-th such call,
/// VITRAL_FAIL_ALL=1 all from it on; VITRAL_FAIL_BYTES=n lets n bytes through, as many as were free. VITRAL_FAIL_KILL=1 kills
/// the process before the k-th call instead.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>

namespace {

std::atomic<long> calls{0};
std::atomic<long> bytes{0};

long number(const char* name) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::atol(text) : -1;
}

bool on_disk(int file) {
    struct stat status;
    return file > 2 && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

/// Whether this call, which would write so many bytes, fails.
bool fails(long count) {
    static const long call = number("VITRAL_FAIL_CALL"), all = number("VITRAL_FAIL_ALL"),
                      room = number("VITRAL_FAIL_BYTES"), kill = number("VITRAL_FAIL_KILL");
    const long mine = ++calls;
    if (call > 0 && (mine == call || (all == 1 && mine > call))) {
        if (kill == 1) ::kill(::getpid(), SIGKILL);
        errno = ENOSPC;
        return true;
    }
    if (room >= 0 && bytes + count > room) {
        errno = ENOSPC;
        return true;
    }
    bytes += count;
    return false;
}

template <typename F>
F real(const char* name) {
    return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t count) {
    static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
    return on_disk(file) && fails(static_cast<long>(count)) ? -1 : next(file, data, count);
}
ssize_t pwrite64(int file, const void* data, size_t count, off_t at) {
    static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
    return on_disk(file) && fails(static_cast<long>(count)) ? -1 : next(file, data, count, at);
}
int fsync(int file) {
    static const auto next = real<int (*)(int)>("fsync");
    return on_disk(file) && fails(0) ? -1 : next(file);
}
int rename(const char* from, const char* to) noexcept {
    static const auto next = real<int (*)(const char*, const char*)>("rename");
    return fails(0) ? -1 : next(from, to);
}
int open(const char* path, int flags, ...) {
    static const auto next = real<int (*)(const char*, int, ...)>("open");
    va_list more;
    va_start(more, flags);
    const auto mode = va_arg(more, mode_t);
    va_end(more);
    if ((flags & O_CREAT) != 0 && fails(0)) return -1;
    return next(path, flags, mode);
}
/// The same call where files are always large.
[[gnu::alias("open")]] int open64(const char* path, int flags, ...);

}  // extern "C"
