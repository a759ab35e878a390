/// Any bytes as what a checkpoint holds, behind a head and a hash that are right.
#include <cstdint>

#include "app/stages/checkpoint.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "solver/kernels/fft.hpp"
#include "tests/fuzz/one_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using vitral::stages::Checkpoint;
    static const OneFile file("run.checkpoint");
    static const Checkpoint checkpoint(file.path(), "inputs");
    static const std::string head = [] {
        vitral::kernels::set_planning(vitral::kernels::Planning::estimate);  // no plans are kept, then
        checkpoint.save({}, {});
        const std::string whole = file.read();
        return whole.substr(0, whole.find('\n', whole.find('\n') + 1) + 1);
    }();
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    file.write(head + vitral::sha256(bytes) + bytes);
    try {
        (void)checkpoint.load();
    } catch (const vitral::Error&) {
    }
    return 0;
}
