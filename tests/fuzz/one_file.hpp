#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

/// A file of this process that is written anew for every input, and removed at the end.
class OneFile {
public:
    explicit OneFile(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("vitral-fuzz-" + std::to_string(::getpid()) + "-" + name)) {}
    ~OneFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    OneFile(const OneFile&) = delete;
    OneFile& operator=(const OneFile&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void write(std::string_view bytes) const {
        std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    [[nodiscard]] std::string read() const {
        std::ostringstream content;
        content << std::ifstream(path_, std::ios::binary).rdbuf();
        return content.str();
    }

private:
    std::filesystem::path path_;
};
