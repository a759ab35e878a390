/// Any text as a config, with the records that it names.
#include <cstdint>

#include "app/setup.hpp"
#include "tests/fuzz/read_or_refuse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    return read_or_refuse([&] { (void)vitral::app::read_setup_text(text, "case.toml", "/nonexistent", {}); });
}
