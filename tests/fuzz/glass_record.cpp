/// Any text as the record of a glass.
#include <cstdint>

#include "app/records/glass_record.hpp"
#include "core/errors.hpp"
#include "tests/fuzz/read_or_refuse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto no_file = [](const std::string& name) -> const std::string& {
        throw vitral::Error(vitral::Failure::input_file, "cannot be read", name);
    };
    return read_or_refuse([&] { (void)vitral::records::parse_glass_record("glass.toml", text, no_file); });
}
