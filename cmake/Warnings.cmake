# Warnings for our own code; errors where VITRAL_WERROR asks for it (CI does).
option(VITRAL_WERROR "Treat warnings as errors" OFF)
target_compile_options(vitral_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                -Woverloaded-virtual -Wcast-qual -Wformat=2
                                                # GCC 12 warns about std::string's own operator+ (GCC bug 105651)
                                                $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(VITRAL_WERROR)
  target_compile_options(vitral_options INTERFACE -Werror)
endif()
