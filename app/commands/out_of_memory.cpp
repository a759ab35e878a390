#include "app/commands/out_of_memory.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>

#include "app/stages/progress.hpp"
#include "core/errors.hpp"

namespace vitral::commands {
namespace {

bool wants_json = false;
volatile int answered = -1;  // the code of an answer that is out

void put(int to, const char* text) { (void)!::write(to, text, std::strlen(text)); }

/// Allocates nothing.
[[noreturn]] void end_out_of_memory() {
    if (answered >= 0) ::_exit(answered);
    static_assert(static_cast<int>(Failure::resource_limit) == 5);
    if (wants_json) {
        put(STDOUT_FILENO, "{\"error\": {\"code\": 5, \"message\": \"out of memory\", \"where\": \"");
        put(STDOUT_FILENO, stages::present_stage().data());
        put(STDOUT_FILENO, "\"}}\n");
    } else {
        put(STDERR_FILENO, stages::present_stage().data());
        put(STDERR_FILENO, ": out of memory\n");
    }
    ::_exit(static_cast<int>(Failure::resource_limit));
}

/// FFTW calls abort() when it gets no memory; an abort for another reason goes its way.
extern "C" void at_abort(int) {
    if (errno == ENOMEM) end_out_of_memory();
    std::signal(SIGABRT, SIG_DFL);
    ::raise(SIGABRT);
}

}  // namespace

void end_when_out_of_memory(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) wants_json = wants_json || std::strcmp(argv[i], "--json") == 0;
    std::set_new_handler(end_out_of_memory);
    std::signal(SIGABRT, at_abort);
}

void answer_is_out(int code) noexcept { answered = code; }

}  // namespace vitral::commands
