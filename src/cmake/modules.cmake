# How the parts of ctys are built: modules, plugins, tests.

# Warnings for our own code only.
add_library(ctys_warnings INTERFACE)
target_compile_options(ctys_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  # GCC 12 sees an overlap in "text" + std::string where there is none (GCC PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${CTYS_WERROR}>:-Werror>)

# What plugins and the program share: include/ctys, headers only.
add_library(ctys_sdk INTERFACE)
target_include_directories(ctys_sdk INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)

# ctys_add_module(NAME [DEPENDS module...] [LINK library...]): static library of src/NAME/*.cpp.
function(ctys_add_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    set(library_kind INTERFACE)
    add_library(ctys_${name} INTERFACE)
  else()
    set(library_kind PUBLIC)
    add_library(ctys_${name} STATIC ${sources})
    target_link_libraries(ctys_${name} PRIVATE ctys_warnings ${arg_LINK})
  endif()
  target_include_directories(ctys_${name} ${library_kind} ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_DEPENDS PREPEND ctys_)
  target_link_libraries(ctys_${name} ${library_kind} ctys_sdk ${arg_DEPENDS})
endfunction()

# ctys_add_plugin(NAME [FOLDER below] [SOURCES file...] [LINK library...]): shared object of plugins/NAME/*.cpp, or of the
# files named; it sees include/ctys and what it links.
function(ctys_add_plugin name)
  cmake_parse_arguments(arg "" "FOLDER" "SOURCES;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/plugins/${name}/*.cpp)
  if(arg_SOURCES)
    set(sources ${arg_SOURCES})
  endif()
  cmake_path(APPEND place "ctys/plugins" "${arg_FOLDER}")
  add_library(${name}_plugin MODULE ${sources})
  target_link_libraries(${name}_plugin PRIVATE ctys_sdk ctys_warnings ${arg_LINK})
  # It exports its entry and nothing else, not even what its libraries would.
  target_link_options(${name}_plugin PRIVATE -Wl,--exclude-libs,ALL)
  set_target_properties(${name}_plugin PROPERTIES PREFIX "" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/${place})
  install(TARGETS ${name}_plugin LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${place})
  if(CTYS_TESTS)
    add_test(NAME conformance.${name} COMMAND conformance ${name})
    set_tests_properties(conformance.${name} PROPERTIES
      ENVIRONMENT "CTYS_PLUGIN_PATH=${PROJECT_BINARY_DIR}/lib/${place}" LABELS conformance)
  endif()
endfunction()
