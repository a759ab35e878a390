#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/cli.hpp"

namespace vitral::tests {

/// A folder of its own that goes away again.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "vitral-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }
    [[nodiscard]] int files() const {
        int count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) count += entry.is_regular_file();
        return count;
    }

private:
    std::filesystem::path path_;
};

struct Answer {
    int code;
    std::string out, err;
};

/// Runs the command in this process.
inline Answer vitral_command(const std::vector<std::string>& args) {
    std::ostringstream out, err;
    const int code = app::run_command(args, out, err);
    return {code, out.str(), err.str()};
}

}  // namespace vitral::tests
