#include <iostream>

#include "app/cli.hpp"
#include "app/progress.hpp"

int main(int argc, char** argv) {
    vitral::app::install_signal_handlers();
    return vitral::app::run_command({argv + 1, argv + argc}, std::cout, std::cerr);
}
