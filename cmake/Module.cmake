# vitral_module(core SOURCES a.cpp USES other PRIVATE lib): one static library per folder of the tree.
# USES names Vitral modules that the headers may include; PRIVATE names libraries that only the sources see.
function(vitral_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE" ${ARGN})
  add_library(vitral_${name} STATIC ${ARG_SOURCES})
  add_library(vitral::${name} ALIAS vitral_${name})
  target_include_directories(vitral_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(vitral_${name} PUBLIC vitral_options PRIVATE ${ARG_PRIVATE})
  foreach(other IN LISTS ARG_USES)
    target_link_libraries(vitral_${name} PUBLIC vitral::${other})
  endforeach()
endfunction()
