# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where. Programs and units are found by systemd below /usr and /usr/local.
include(GNUInstallDirs)

if(VMCRED_SANITIZE)
  return()  # not for people to install
endif()

set(VMCRED_ZSH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions CACHE STRING
  "Where zsh looks for completions, below the prefix")

install(TARGETS vmcred vmcred-guest RUNTIME)
install(TARGETS vmcred-generator RUNTIME DESTINATION lib/systemd/system-generators)
install(TARGETS vmcred-provider RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/vmcred)
install(FILES packaging/tmpfiles.d/vmcred.conf DESTINATION lib/tmpfiles.d)
install(FILES schema/vmcred.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/vmcred)
install(FILES guest/vmcred-pull.service DESTINATION ${CMAKE_INSTALL_DATADIR}/vmcred/guest)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN man EXCLUDE)

# Completions: the program prints them itself.
set(shell_file_bash vmcred)
set(shell_file_zsh _vmcred)
set(shell_file_fish vmcred.fish)
set(shell_directory_bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
set(shell_directory_zsh ${VMCRED_ZSH_COMPLETIONS})
set(shell_directory_fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
set(completions)
foreach(shell bash zsh fish)
  set(file ${CMAKE_BINARY_DIR}/completions/${shell_file_${shell}})
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/completions
    COMMAND vmcred completion ${shell} > ${file}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${file}.new ${file}
    DEPENDS vmcred VERBATIM)
  install(FILES ${file} DESTINATION ${shell_directory_${shell}})
  list(APPEND completions ${file})
endforeach()
add_custom_target(completions ALL DEPENDS ${completions})

include(cmake/man_pages.cmake)
