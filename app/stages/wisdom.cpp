#include "app/stages/wisdom.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/io/atomic_file.hpp"
#include "core/sha256.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

/// The file begins with its format and the hash of the rest: a damaged plan can end the process that takes it.
const std::string mark = "vitral-wisdom 2 ";
const std::size_t head_length = mark.size() + 64 + 1;

std::string wisdom_file() {
    if (const char* wish = std::getenv("VITRAL_WISDOM")) return std::string(wish) == "none" ? "" : wish;
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) != 0) return "";
    const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
    if (cache != nullptr && *cache != '\0') return fmt::format("{}/vitral/fft-wisdom-{}", cache, host);
    if (home != nullptr && *home != '\0') return fmt::format("{}/.cache/vitral/fft-wisdom-{}", home, host);
    return "";
}

}  // namespace

Wisdom::Wisdom() : file_(wisdom_file()) {
    kernels::set_planning(file_.empty() ? kernels::Planning::estimate : kernels::Planning::wisdom);
    if (file_.empty()) return;
    std::error_code failure;
    constexpr std::uintmax_t most = 64u << 20;
    if (!std::filesystem::is_regular_file(file_, failure) || std::filesystem::file_size(file_, failure) > most) return;
    std::ifstream stream(file_, std::ios::binary);
    std::ostringstream content;
    if (!stream || !(content << stream.rdbuf())) return;
    const std::string bytes = content.str(),
                      head = mark + sha256(bytes.substr(std::min(head_length, bytes.size()))) + "\n";
    if (bytes.compare(0, head_length, head) != 0 || !kernels::import_wisdom(bytes.substr(head_length)))
        fmt::print(stderr, "the transform plans in {} are damaged or of another version: they are measured anew\n",
                   file_);
}

Wisdom::~Wisdom() {
    if (file_.empty() || !kernels::wisdom_has_grown()) return;
    try {
        const std::filesystem::path file(file_);
        if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
        const std::string text = kernels::wisdom_text();
        io::write_whole(file, mark + sha256(text) + "\n" + text);
    } catch (...) {  // the next run measures again
    }
}

std::string wisdom_hash(kernels::Told told) {
    if (kernels::planning() == kernels::Planning::estimate) return "estimate";
    return sha256(kernels::wisdom_text(told));
}

void expect_seconds(double seconds) {
    constexpr double pays = 5.0;
    kernels::set_patience(seconds > pays ? 0 : kernels::usual_patience);
}

}  // namespace vitral::stages
