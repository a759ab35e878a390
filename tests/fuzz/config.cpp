/// Any text as a config, with the records that it names.
#include <cstdint>

#include "app/config/diagnostics.hpp"
#include "app/setup.hpp"
#include "core/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    try {
        (void)vitral::app::read_setup_text(text, "case.toml", "/nonexistent", {});
    } catch (const vitral::Error&) {
    } catch (const vitral::config::InputError&) {
    }
    return 0;
}
