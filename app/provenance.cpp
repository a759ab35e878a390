#include "app/provenance.hpp"

#include <fftw3.h>
#include <fmt/core.h>
#include <hdf5.h>
#include <link.h>
#include <unistd.h>

#include <Eigen/Core>
#include <ctime>
#include <fstream>
#include <sstream>

#include "app/build_info.hpp"
#include "app/case_schema.hpp"
#include "app/materials.hpp"
#include "app/wisdom.hpp"
#include "core/sha256.hpp"

namespace vitral::app {
namespace {

std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

/// The linker's hash of the executable (its build id): a rebuilt program is another one whatever its version says.
/// Without a build id, the hash of the file.
const std::string& program_hash() {
    static const std::string hash = [] {
        std::string id;
        ::dl_iterate_phdr(
            [](dl_phdr_info* object, std::size_t, void* out) {
                for (int i = 0; i < object->dlpi_phnum; ++i) {
                    const auto& part = object->dlpi_phdr[i];
                    if (part.p_type != PT_NOTE) continue;
                    const auto* at = reinterpret_cast<const unsigned char*>(object->dlpi_addr + part.p_vaddr);
                    const auto* end = at + part.p_memsz;
                    while (at + sizeof(ElfW(Nhdr)) < end) {
                        const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
                        const unsigned char* name = at + sizeof *note;
                        const unsigned char* content = name + (note->n_namesz + 3) / 4 * 4;
                        if (note->n_type == NT_GNU_BUILD_ID)
                            for (unsigned k = 0; k < note->n_descsz; ++k)
                                *static_cast<std::string*>(out) += fmt::format("{:02x}", content[k]);
                        at = content + (note->n_descsz + 3) / 4 * 4;
                    }
                }
                return 1;  // the first object is the program itself
            },
            &id);
        if (!id.empty()) return id;
        std::ifstream stream("/proc/self/exe", std::ios::binary);
        std::ostringstream content;
        content << stream.rdbuf();
        return sha256(content.str());
    }();
    return hash;
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

std::string program_id() { return program_hash(); }

std::string resolved_config(const Case& c) { return dump_text(case_schema().resolved(c), 2); }

Provenance make_provenance(const Case& c, const std::string& command_line, int threads) {
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
    p.config_sha256 = sha256(resolved_config(c));
    p.inputs_sha256 = sha256(resolved_config(c) + record_texts(c));
    p.program_id = program_hash();
    p.wisdom_sha256 = wisdom_hash(kernels::Told::used);
    p.threads = threads;
    return p;
}

}  // namespace vitral::app
