# SPDX-License-Identifier: Apache-2.0
# vmcred-guest: static, so that it runs in any guest, and small. The sanitizers' libraries can't be linked statically.

if(VMCRED_SANITIZE)
  return()
endif()
target_compile_options(vmcred_guest PRIVATE -Os)
target_compile_options(vmcred_command PRIVATE -Os)
set_source_files_properties(credential/archive.cc PROPERTIES COMPILE_OPTIONS -Os)
add_executable(vmcred-guest ${CMAKE_CURRENT_LIST_DIR}/main_guest.cc ${CMAKE_CURRENT_LIST_DIR}/main_misuse.cc)
target_link_libraries(vmcred-guest PRIVATE vmcred_guest)
target_link_options(vmcred-guest PRIVATE -static)

add_test(NAME guest.size COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:vmcred-guest> -DSTRIP=${CMAKE_STRIP}
  -DMAX_BYTES=1048576 -P ${CMAKE_CURRENT_LIST_DIR}/size_check.cmake)
add_test(NAME guest.starts COMMAND vmcred-guest --version)
set_tests_properties(guest.size guest.starts PROPERTIES LABELS fast)
