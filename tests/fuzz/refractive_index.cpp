/// Any text as a page of refractiveindex.info, and the index of what it says.
#include <cstdint>

#include "app/records/refractive_index_file.hpp"
#include "tests/fuzz/read_or_refuse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    return read_or_refuse([&] { (void)vitral::records::parse_refractive_index("page.yml", text); });
}
