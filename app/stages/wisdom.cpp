#include "app/stages/wisdom.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/io/atomic_file.hpp"
#include "core/sha256.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

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
    std::ifstream stream(file_, std::ios::binary);
    std::ostringstream text;
    if (stream && text << stream.rdbuf()) (void)kernels::import_wisdom(text.str());
}

Wisdom::~Wisdom() {
    if (file_.empty() || !kernels::wisdom_has_grown()) return;
    try {
        const std::filesystem::path file(file_);
        if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
        io::write_text_atomically(file, kernels::wisdom_text());
    } catch (...) {  // the next run measures again
    }
}

std::string wisdom_hash(kernels::Told told) {
    if (kernels::planning() == kernels::Planning::estimate) return "estimate";
    return sha256(kernels::wisdom_text(told));
}

}  // namespace vitral::stages
