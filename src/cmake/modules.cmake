# How the parts of ctys are built: modules, plugins, tests.

# Warnings for our own code only.
add_library(ctys_warnings INTERFACE)
target_compile_options(ctys_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  # GCC 12 sees an overlap in "text" + std::string where there is none (GCC PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # Of several files read as one: what is local to each is told apart by the builds that read them one by one.
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-shadow>
  $<$<AND:$<BOOL:${CMAKE_UNITY_BUILD}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
  $<$<BOOL:${CTYS_WERROR}>:-Werror>)

# ctys_precompile(TARGET): TARGET reads the standard headers from one file made of them once.
if(CTYS_PRECOMPILE AND NOT CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CTYS_SANITIZE)
  file(WRITE ${PROJECT_BINARY_DIR}/precompiled.cpp "")
  add_library(ctys_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(ctys_precompiled PRIVATE ctys_warnings)
  target_precompile_headers(ctys_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/src/cmake/precompiled.hpp)
endif()
function(ctys_precompile target)
  if(TARGET ctys_precompiled)
    target_precompile_headers(${target} REUSE_FROM ctys_precompiled)
    # GCC 12 sees std::string overflow there, where it does not.
    target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
  endif()
endfunction()

# What plugins and the program share: include/ctys, headers only.
add_library(ctys_sdk INTERFACE)
target_include_directories(ctys_sdk INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)

# ctys_add_module(NAME [ONCE] [DEPENDS module...] [LINK library...]): static library of src/NAME/*.cpp. ONCE: its code
# runs a few times in a call, so that a smaller program and a third less of compile time are worth more than loops.
function(ctys_add_module name)
  cmake_parse_arguments(arg "ONCE" "" "DEPENDS;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    set(library_kind INTERFACE)
    add_library(ctys_${name} INTERFACE)
  else()
    set(library_kind PUBLIC)
    add_library(ctys_${name} STATIC ${sources})
    target_link_libraries(ctys_${name} PRIVATE ctys_warnings ${arg_LINK})
    ctys_precompile(ctys_${name})
    if(arg_ONCE)
      target_compile_options(ctys_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  endif()
  target_include_directories(ctys_${name} ${library_kind} ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_DEPENDS PREPEND ctys_)
  target_link_libraries(ctys_${name} ${library_kind} ctys_sdk ${arg_DEPENDS})
endfunction()

# ctys_add_shared_part(NAME SOURCES file... [LINK library...] [FOLDER below]): shared object beside the plugins that is
# none itself, but is loaded by some. A hyphen in its name tells it from a plugin.
function(ctys_add_shared_part name)
  cmake_parse_arguments(arg "" "FOLDER" "SOURCES;LINK" ${ARGN})
  cmake_path(APPEND place "ctys/plugins" "${arg_FOLDER}")
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ctys_sdk ctys_warnings ${arg_LINK})
  # It exports its entry and nothing else, not even what its libraries would.
  target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/${place})
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${place})
endfunction()

# ctys_add_plugin(NAME [FOLDER below] [SOURCES file...] [LINK library...] [NEEDS part...]): shared object of
# plugins/NAME/*.cpp, or of the files named; it sees include/ctys and what it links.
function(ctys_add_plugin name)
  cmake_parse_arguments(arg "" "FOLDER" "SOURCES;LINK;NEEDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/plugins/${name}/*.cpp)
  if(arg_SOURCES)
    set(sources ${arg_SOURCES})
  endif()
  ctys_add_shared_part(${name}_plugin FOLDER "${arg_FOLDER}" SOURCES ${sources} LINK ${arg_LINK})
  set_target_properties(${name}_plugin PROPERTIES OUTPUT_NAME ${name})
  if(arg_NEEDS)
    add_dependencies(${name}_plugin ${arg_NEEDS})
  endif()
  if(CTYS_TESTS)
    cmake_path(APPEND place "ctys/plugins" "${arg_FOLDER}")
    add_test(NAME conformance.${name} COMMAND conformance ${name})
    set_tests_properties(conformance.${name} PROPERTIES
      ENVIRONMENT "CTYS_PLUGIN_PATH=${PROJECT_BINARY_DIR}/lib/${place}" LABELS conformance)
  endif()
endfunction()
