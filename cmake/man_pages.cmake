# SPDX-License-Identifier: Apache-2.0
# Man pages from Markdown. The commands of a program come from its table, the config's page from docs/config.md.
find_program(LOWDOWN lowdown)
if(NOT LOWDOWN)
  message(STATUS "no man pages: lowdown is not installed")
  return()
endif()

add_executable(print_commands docs/man/print_commands.cc)
target_link_libraries(print_commands PRIVATE vmcred_cli vmcred_guest)

# vmcred_man_page(NAME SECTION SOURCE [PROGRAM]): PROGRAM is the one whose commands go where SOURCE says @COMMANDS@.
function(vmcred_man_page NAME SECTION SOURCE)
  set(page ${CMAKE_BINARY_DIR}/man/${NAME}.${SECTION})
  set(source ${PROJECT_SOURCE_DIR}/${SOURCE})
  set(printer)
  if(ARGC GREATER 3)
    set(printer -DPRINT_COMMANDS=$<TARGET_FILE:print_commands> -DPROGRAM=${ARGV3})
  endif()
  add_custom_command(OUTPUT ${page}
    COMMAND ${CMAKE_COMMAND} -DLOWDOWN=${LOWDOWN} -DNAME=${NAME} -DSECTION=${SECTION} -DSOURCE=${source}
      -DVERSION=${PROJECT_VERSION} -DOUTPUT=${page} ${printer} -P ${PROJECT_SOURCE_DIR}/cmake/make_man_page.cmake
    DEPENDS ${source} ${PROJECT_SOURCE_DIR}/cmake/make_man_page.cmake print_commands VERBATIM)
  set_property(GLOBAL APPEND PROPERTY VMCRED_MAN_PAGES ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${SECTION})
endfunction()

vmcred_man_page(vmcred 1 docs/man/vmcred.1.md vmcred)
vmcred_man_page(vmcred-guest 1 docs/man/vmcred-guest.1.md vmcred-guest)
vmcred_man_page(vmcred.toml 5 docs/config.md)
vmcred_man_page(vmcred-generator 8 docs/man/vmcred-generator.8.md)
vmcred_man_page(vmcred-provider 8 docs/man/vmcred-provider.8.md)
get_property(man_pages GLOBAL PROPERTY VMCRED_MAN_PAGES)
add_custom_target(man ALL DEPENDS ${man_pages})
