#include <malloc.h>

#include <iostream>

#include "app/commands/cli.hpp"
#include "app/commands/out_of_memory.hpp"
#include "app/stages/progress.hpp"
#include "app/stages/wisdom.hpp"

namespace {

void prepare(int argc, char** argv, char**) { vitral::commands::end_when_out_of_memory(argc, argv); }
/// Before the constructors of any library, which allocate, too.
[[gnu::section(".preinit_array"), gnu::used]] void (*const first)(int, char**, char**) = prepare;

}  // namespace

int main(int argc, char** argv) {
    // Fields of some megabytes come and go at every record: memory that is given back to the system each time would be
    // cleared page by page each time.
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    vitral::stages::install_signal_handlers();
    const vitral::stages::Wisdom wisdom;
    const int code = vitral::commands::run_command({argv + 1, argv + argc}, std::cout, std::cerr);
    return code;
}
