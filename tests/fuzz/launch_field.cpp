/// Any bytes as the file of a launch field: the parent of the child that reads them must live.
#include <cstdint>

#include "app/io/hdf5_file.hpp"
#include "app/io/limited_child.hpp"
#include "core/errors.hpp"
#include "tests/fuzz/one_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const OneFile file("launch.h5");
    vitral::io::set_child_seconds(0.04);
    file.write({reinterpret_cast<const char*>(data), size});
    try {
        (void)vitral::io::read_foreign_field(file.path(), "/field/psi");
    } catch (const vitral::Error&) {
    }
    return 0;
}
