#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/commands/cli.hpp"

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

/// Runs the command in this process. A run that names no output leaves its results beside its config.
inline Answer vitral_command(std::vector<std::string> args) {
    const bool is_run = args.size() > 1 && args[0] == "run" && args[1].ends_with(".toml");
    if (is_run && std::find(args.begin(), args.end(), "--json") != args.end() &&
        std::find(args.begin(), args.end(), "-o") == args.end()) {
        const auto beside = std::filesystem::path(args[1]).replace_extension(".results.h5");
        args.push_back("-o");
        args.push_back(beside.string());
    }
    std::ostringstream out, err;
    const int code = commands::run_command(args, out, err);
    return {code, out.str(), err.str()};
}

}  // namespace vitral::tests
