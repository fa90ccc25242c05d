# SPDX-License-Identifier: Apache-2.0

# Declares src/NAME as a library of its own.
#   vmcred_room(NAME [LINKS ROOM...] [LIBRARIES TARGET...])
# LINKS are the rooms it may include: the compiler finds every header, so test/rooms checks the include lines
# against the same list. NAME_test.cc files become one test program, NAME_fuzz.cc files one fuzz target each.
function(vmcred_room NAME)
  cmake_parse_arguments(ROOM "" "" "LINKS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cc
       ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main_[a-z_]*)\\.cc$")

  if(NOT sources)
    return()
  endif()
  vmcred_compile_together(${sources} ${tests})
  add_library(vmcred_${NAME} STATIC ${sources})
  set_target_properties(vmcred_${NAME} PROPERTIES UNITY_BUILD_MODE GROUP)
  target_link_libraries(vmcred_${NAME} PUBLIC vmcred_settings ${ROOM_LIBRARIES})
  foreach(room IN LISTS ROOM_LINKS)
    target_link_libraries(vmcred_${NAME} PUBLIC vmcred_${room})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY VMCRED_ROOM_LINKS "${NAME}:${ROOM_LINKS}")

  if(tests)
    add_executable(${NAME}_test ${tests})
    set_target_properties(${NAME}_test PROPERTIES UNITY_BUILD_MODE GROUP)
    target_link_libraries(${NAME}_test PRIVATE vmcred_${NAME} GTest::gmock GTest::gtest_main)
    target_include_directories(${NAME}_test PRIVATE ${PROJECT_SOURCE_DIR}/test)
    target_compile_definitions(${NAME}_test PRIVATE VMCRED_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME unit.${NAME} COMMAND ${NAME}_test --gtest_output=xml:${VMCRED_TEST_RESULTS}/unit.${NAME}.xml)
    set_tests_properties(unit.${NAME} PROPERTIES LABELS fast)
  endif()
  foreach(fuzzer IN LISTS fuzzers)
    vmcred_fuzzer(${NAME} ${fuzzer})
  endforeach()
endfunction()

# Which files are one translation unit where CMAKE_UNITY_BUILD is on: a folder of a room, and in the room itself the files
# whose names begin with letters near each other. A new file moves no other, so only its own private names can meet theirs.
function(vmcred_compile_together)
  foreach(source IN LISTS ARGN)
    cmake_path(GET source FILENAME name)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME group)
    foreach(letters a-e f-p q-z)
      if(folder STREQUAL "${CMAKE_CURRENT_SOURCE_DIR}/${group}" AND name MATCHES "^[${letters}]")
        string(APPEND group "_${letters}")
      endif()
    endforeach()
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()

# Files of a room that are alike on purpose, one for each hypervisor: their private names are the same, so each is a
# translation unit of its own. All others are compiled several at a time (CMAKE_UNITY_BUILD).
function(vmcred_file_each ROOM)
  list(TRANSFORM ARGN PREPEND ${ROOM}/)
  list(TRANSFORM ARGN APPEND .cc)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# One fuzz target: with libFuzzer where VMCRED_FUZZERS is on, else a program that runs the corpus once, as a test.
function(vmcred_fuzzer ROOM SOURCE)
  get_filename_component(name ${SOURCE} NAME_WE)
  set(corpus ${PROJECT_SOURCE_DIR}/test/corpus/${name})
  if(VMCRED_FUZZERS)
    add_executable(${name} ${SOURCE})
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${SOURCE} ${PROJECT_SOURCE_DIR}/test/corpus/replay.cc)
    add_test(NAME corpus.${name} COMMAND ${name} ${corpus})
    set_tests_properties(corpus.${name} PROPERTIES LABELS fast)
  endif()
  target_link_libraries(${name} PRIVATE vmcred_${ROOM})
endfunction()

# Makes a program overwrite all heap memory that it frees (secret/wiping_heap.cc).
function(vmcred_wiping_heap PROGRAM)
  if(NOT VMCRED_SANITIZE)
    target_link_libraries(${PROGRAM} PRIVATE vmcred_secret)
    target_link_options(${PROGRAM} PRIVATE
      -Wl,--wrap=free,--wrap=realloc,--undefined=__wrap_free,--undefined=__wrap_realloc)
  else()
    target_compile_definitions(${PROGRAM} PRIVATE VMCRED_SANITIZED)
  endif()
endfunction()
