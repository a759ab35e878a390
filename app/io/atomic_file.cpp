#include "app/io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/errors.hpp"

namespace vitral::io {
namespace {

namespace fs = std::filesystem;

/// An open file, closed when it goes.
class Descriptor {
public:
    Descriptor(const fs::path& path, int flags) : id_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
    ~Descriptor() {
        if (id_ >= 0) ::close(id_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return id_; }
    /// What a close can still tell: some file systems write only now.
    [[nodiscard]] bool close() {
        const int id = id_;
        id_ = -1;
        return ::close(id) == 0;
    }

private:
    int id_;
};

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
    throw Error(Failure::output, what + ": " + std::strerror(errno), path.string());
}

void write_all(const fs::path& to, std::string_view bytes, const fs::path& name) {
    Descriptor file(to, O_WRONLY | O_CREAT | O_EXCL);
    if (file < 0) fail("cannot be created", name);
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::write(file, bytes.data() + done, std::min<std::size_t>(bytes.size() - done, 1u << 30));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            if (count == 0) errno = EIO;
            const std::string how_far =
                std::to_string(done) + " of " + std::to_string(bytes.size()) + " bytes are written";
            fail((errno == ENOSPC || errno == EDQUOT ? "the disk is full, " : "cannot be written, ") + how_far, name);
        }
        done += static_cast<std::size_t>(count);
    }
    if (::fsync(file) != 0) fail("cannot be written to the disk", name);
    if (!file.close()) fail("cannot be closed", name);
}

/// What was written is what a reader will find.
void read_back(const fs::path& from, std::string_view bytes, const fs::path& name) {
    const Descriptor file(from, O_RDONLY);
    if (file < 0) fail("cannot be read back", name);
    std::string buffer(std::min<std::size_t>(bytes.size() + 1, std::size_t{1} << 20), '\0');
    std::size_t done = 0;
    while (true) {
        const ssize_t count = ::read(file, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot be read back", name);
        if (count == 0) break;
        const auto length = static_cast<std::size_t>(count);
        if (length > bytes.size() - done || std::memcmp(buffer.data(), bytes.data() + done, length) != 0) break;
        done += length;
    }
    if (done != bytes.size())
        throw Error(Failure::output, "the disk does not give back what was written to it", name.string());
}

std::string host_name() {
    char host[256] = {};
    return ::gethostname(host, sizeof host - 1) == 0 ? host : "host";
}

/// Between the name of the file that is meant and the number of the process that writes it.
std::string mark() { return ".part-" + host_name() + "-"; }

/// Removes what killed processes of this machine left in a folder: ".NAME.part-HOST-PROCESS-NUMBER".
void sweep_up(const fs::path& folder) {
    const std::string between = mark();
    std::error_code ignored;
    std::vector<fs::path> left;
    for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
        const std::string name = entry->path().filename().string();
        const std::size_t at = name.rfind(between);
        if (!name.starts_with(".") || at == std::string::npos) continue;
        long process = 0;
        const auto read = std::from_chars(name.data() + at + between.size(), name.data() + name.size(), process);
        if (read.ec == std::errc() && process > 0 && ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH)
            left.push_back(entry->path());
    }
    for (const fs::path& file : left) fs::remove(file, ignored);
}

/// The same, once: a sweep writes thousands of points into one folder.
void sweep_up_once(const fs::path& folder) {
    static std::mutex mutex;
    static std::set<fs::path> swept;
    const std::lock_guard lock(mutex);
    if (swept.insert(folder).second) sweep_up(folder);
}

/// What a chain of symbolic links ends at, which need not exist.
fs::path target_of(fs::path path) {
    std::error_code failure;
    for (int links = 0; links < 40 && fs::is_symlink(path, failure); ++links) {
        const fs::path next = fs::read_symlink(path, failure);
        if (failure) break;
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    return path;
}

}  // namespace

void write_whole(const fs::path& path, std::string_view bytes) {
    static std::atomic<int> counter{0};
    const fs::path target = target_of(path), folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    sweep_up_once(folder);
    const fs::path temporary = folder / ("." + target.filename().string() + mark() + std::to_string(::getpid()) + "-" +
                                         std::to_string(counter++));
    try {
        write_all(temporary, bytes, path);
        read_back(temporary, bytes, path);
        if (::rename(temporary.c_str(), target.c_str()) != 0) fail("cannot be renamed to its name", path);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    // The name itself reaches the disk with its folder; where a file system refuses that, the file is there all the same.
    const Descriptor entry(folder, O_RDONLY | O_DIRECTORY);
    if (entry >= 0) (void)::fsync(entry);
}

}  // namespace vitral::io
