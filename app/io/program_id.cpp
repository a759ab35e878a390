#include "app/io/program_id.hpp"

#include <fmt/core.h>
#include <link.h>

#include <fstream>
#include <sstream>

#include "core/sha256.hpp"

namespace vitral::io {

const std::string& program_id() {
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

}  // namespace vitral::io
