#include "app/io/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>

#include "core/errors.hpp"

namespace vitral::io {
namespace {

/// Flushes a file or folder to the disk; false when the disk says no.
bool synchronise(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags);
    if (descriptor < 0) return false;
    const bool done = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return done;
}

}  // namespace

void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write) {
    static std::atomic<int> counter{0};
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const auto temporary = folder / ("." + path.filename().string() + ".part-" + std::to_string(::getpid()) + "-" +
                                     std::to_string(counter++));
    std::error_code ignored;
    try {
        write(temporary);
        if (!synchronise(temporary, O_RDONLY))
            throw Error(Failure::output, "cannot be written to the disk", path.string());
        std::filesystem::rename(temporary, path);
        synchronise(folder, O_RDONLY | O_DIRECTORY);
    } catch (const std::filesystem::filesystem_error& error) {
        std::filesystem::remove(temporary, ignored);
        throw Error(Failure::output, error.code().message(), path.string());
    } catch (...) {
        std::filesystem::remove(temporary, ignored);
        throw;
    }
}

void write_text_atomically(const std::filesystem::path& path, std::string_view text) {
    write_atomically(path, [&](const std::filesystem::path& temporary) {
        std::ofstream stream(temporary, std::ios::binary);
        stream << text;
        stream.flush();
        if (!stream) throw Error(Failure::output, "cannot be written", path.string());
    });
}

}  // namespace vitral::io
