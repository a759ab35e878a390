#include <malloc.h>

#include <iostream>

#include "app/commands/cli.hpp"
#include "app/stages/progress.hpp"
#include "app/stages/wisdom.hpp"

int main(int argc, char** argv) {
    // Fields of some megabytes come and go at every record: memory that is given back to the system each time would be
    // cleared page by page each time.
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    vitral::stages::install_signal_handlers();
    const vitral::stages::Wisdom wisdom;
    return vitral::commands::run_command({argv + 1, argv + argc}, std::cout, std::cerr);
}
