# What an installation holds beside the program and its plugins: headers, manual pages, the companions' names; and the
# package. Included last: it refers to targets.

# The companions are names of the same program.
set(CTYS_COMPANIONS ctys-plugins ctys-attribute ctys-groups ctys-vping ctys-distribute ctys-vhost ctys-vdbgen ctys-macmap ctys-extractMAClst ctys-extractARPlst)
foreach(name ${CTYS_COMPANIONS})
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  file(CREATE_LINK ctys ${PROJECT_BINARY_DIR}/bin/${name} SYMBOLIC)
  install(FILES ${PROJECT_BINARY_DIR}/bin/${name} DESTINATION ${CMAKE_INSTALL_BINDIR})
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ctys DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")

# Manual pages come from the same texts as `ctys help`, completion from the same words as parsing.
string(TIMESTAMP today "%Y-%m-%d" UTC)
set(pages ctys ${CTYS_COMPANIONS})
list(TRANSFORM pages REPLACE "(.+)" "${PROJECT_BINARY_DIR}/man/\\1.1")
set(scripts ${PROJECT_BINARY_DIR}/man/completion.bash ${PROJECT_BINARY_DIR}/man/completion.zsh
  ${PROJECT_BINARY_DIR}/man/completion.fish)
add_executable(documents ${PROJECT_SOURCE_DIR}/src/documents/main.cpp)
set_target_properties(documents PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tools)
target_link_libraries(documents PRIVATE ctys_cli ctys_warnings)
add_custom_command(OUTPUT ${pages} ${scripts}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
  COMMAND documents ${PROJECT_BINARY_DIR}/man ${today} VERBATIM)
add_custom_target(manual ALL DEPENDS ${pages} ${scripts})
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# bash and fish look for a file named like the command. Of zsh's two folders Debian reads the one below /usr, the
# other below /usr/local.
foreach(name ctys ${CTYS_COMPANIONS})
  install(FILES ${PROJECT_BINARY_DIR}/man/completion.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${name})
  install(FILES ${PROJECT_BINARY_DIR}/man/completion.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${name}.fish)
endforeach()
foreach(folder vendor-completions site-functions)
  install(FILES ${PROJECT_BINARY_DIR}/man/completion.zsh
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${folder} RENAME _ctys)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ctys)
set(CPACK_PACKAGE_CONTACT "The ctys maintainers <maintainers@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR}/package)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# `ssh -G` reads the user's configuration for other hosts.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openssh-client")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libvirt-daemon-system, qemu-system-x86, tigervnc-viewer, xterm")
include(CPack)
