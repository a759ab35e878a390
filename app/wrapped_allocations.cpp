/// The linker calls these in place of malloc and its like (-Wl,--wrap), also from the archives that are linked in: HDF5 does not
/// survive an allocation that fails. As operator new does, they then call the handler (commands/out_of_memory.hpp), if there is
/// one: a child process that reads foreign files has none.
#include <cstddef>
#include <new>

namespace {

void* given(void* memory, std::size_t size) {
    if (memory == nullptr && size > 0)
        if (const auto handler = std::get_new_handler()) handler();
    return memory;
}

}  // namespace

extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* old, std::size_t size);
char* __real_strdup(const char* text);
void* __wrap_malloc(std::size_t size) { return given(__real_malloc(size), size); }
void* __wrap_calloc(std::size_t count, std::size_t size) { return given(__real_calloc(count, size), count * size); }
void* __wrap_realloc(void* old, std::size_t size) { return given(__real_realloc(old, size), size); }
char* __wrap_strdup(const char* text) { return static_cast<char*>(given(__real_strdup(text), 1)); }
}
