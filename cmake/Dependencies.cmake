# Every library that Vitral builds on, as Debian 12 packages them (tools/packages lists the packages).
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(FFTW3 REQUIRED IMPORTED_TARGET fftw3)
pkg_check_modules(FFTW3F REQUIRED IMPORTED_TARGET fftw3f)
pkg_check_modules(MUPARSER REQUIRED IMPORTED_TARGET muparser)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)

# HDF5 by its archives where they stand alone: the shared library brings libcurl and thirty more along for remote files,
# which cost a run more time to load than it takes to write its results.
include(CheckCXXSourceCompiles)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
find_library(HDF5_ARCHIVE libhdf5.a HINTS ${HDF5_LIBRARY_DIRS})
find_library(HDF5_HL_ARCHIVE libhdf5_hl.a HINTS ${HDF5_LIBRARY_DIRS})
add_library(vitral_hdf5 INTERFACE)
target_include_directories(vitral_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
if(HDF5_ARCHIVE AND HDF5_HL_ARCHIVE)
  set(CMAKE_REQUIRED_INCLUDES ${HDF5_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_LIBRARIES ${HDF5_HL_ARCHIVE} ${HDF5_ARCHIVE} sz z dl m)
  check_cxx_source_compiles("#include <hdf5.h>
    int main() { return static_cast<int>(H5Fcreate(\"\", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)); }"
    VITRAL_HDF5_ARCHIVES_STAND_ALONE)
endif()
if(VITRAL_HDF5_ARCHIVES_STAND_ALONE)
  target_link_libraries(vitral_hdf5 INTERFACE ${CMAKE_REQUIRED_LIBRARIES})
else()
  target_link_libraries(vitral_hdf5 INTERFACE PkgConfig::HDF5 hdf5_serial_hl)
endif()
