#include "app/results/provenance.hpp"

#include <fftw3.h>
#include <fmt/core.h>
#include <hdf5.h>
#include <unistd.h>

#include <Eigen/Core>
#include <ctime>

#include "app/build_info.hpp"
#include "app/io/program_id.hpp"
#include "app/stages/wisdom.hpp"
#include "core/sha256.hpp"

namespace vitral::results {
namespace {

std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

}  // namespace

std::string version() { return VITRAL_VERSION; }

std::string inputs_hash(const std::map<std::string, std::string>& stage_keys) {
    std::string all;
    for (const auto& [stage, key] : stage_keys) all += stage + '=' + key + '\n';
    return sha256(all);
}

Provenance make_provenance(const std::string& resolved_config, const std::map<std::string, std::string>& stage_keys,
                           const std::string& command_line, int threads) {
    Provenance p;
    p.version = VITRAL_VERSION;
    p.git_hash = VITRAL_GIT_HASH;
    p.compiler = fmt::format("GCC {}", __VERSION__);
    p.flags = VITRAL_FLAGS;
    p.host = host_name();
    p.started = utc_now();
    p.command_line = command_line;
    p.libraries = fmt::format("{}; HDF5 {}.{}.{}; Eigen {}.{}.{}", fftw_version, H5_VERS_MAJOR, H5_VERS_MINOR,
                              H5_VERS_RELEASE, EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
    p.config_sha256 = sha256(resolved_config);
    p.inputs_sha256 = inputs_hash(stage_keys);
    p.program_id = io::program_id();
    p.wisdom_sha256 = stages::wisdom_hash(kernels::Told::used);
    p.threads = threads;
    return p;
}

}  // namespace vitral::results
