/// Any text as a page of refractiveindex.info, and the index of what it says.
#include <cstdint>

#include "app/config/diagnostics.hpp"
#include "app/records/refractive_index_file.hpp"
#include "core/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    try {
        (void)vitral::records::parse_refractive_index("page.yml", text);
    } catch (const vitral::Error&) {
    } catch (const vitral::config::InputError&) {
    }
    return 0;
}
