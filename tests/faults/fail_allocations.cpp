/// To be preloaded: VITRAL_FAIL_CALL=k fails the k-th allocation, VITRAL_FAIL_ALL=1 all from it on. VITRAL_FAIL_COUNT=1 says at
/// the end how many there were.
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
}

namespace {

std::atomic<long> calls{0};
long call = -1;
bool all = false, ready = false, counts = false;

[[gnu::constructor]] void begin() {
    const char* text = std::getenv("VITRAL_FAIL_CALL");
    if (text != nullptr) call = std::atol(text);
    all = std::getenv("VITRAL_FAIL_ALL") != nullptr;
    counts = std::getenv("VITRAL_FAIL_COUNT") != nullptr;
    ready = true;
}
[[gnu::destructor]] void end() {
    if (counts) std::fprintf(stderr, "allocations %ld\n", calls.load());
}

bool fails() {
    if (!ready) return false;
    const long mine = ++calls;
    if (call < 0 || !(all ? mine >= call : mine == call)) return false;
    errno = ENOMEM;
    return true;
}

}  // namespace

extern "C" {

void* malloc(size_t size) noexcept { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) noexcept { return fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) noexcept { return fails() ? nullptr : __libc_realloc(old, size); }
void* memalign(size_t align, size_t size) noexcept { return fails() ? nullptr : __libc_memalign(align, size); }
void* aligned_alloc(size_t align, size_t size) noexcept { return fails() ? nullptr : __libc_memalign(align, size); }
int posix_memalign(void** to, size_t align, size_t size) noexcept {
    if (fails()) return ENOMEM;
    *to = __libc_memalign(align, size);
    return *to != nullptr ? 0 : ENOMEM;
}

}  // extern "C"
