# SPDX-License-Identifier: Apache-2.0
# Compiler settings that every target shares, on one interface target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_package(GTest REQUIRED)
foreach(library SODIUM CRYPTO RE2 YAML CRYPT SECCOMP)
  string(TOLOWER ${library} name)
  find_library(${library}_STATIC_LIBRARY lib${name}.a REQUIRED)
endforeach()
# A libcrypto.a that compresses (Debian 13) needs archives beside the C library's own.
pkg_check_modules(LIBCRYPTO REQUIRED libcrypto)
list(REMOVE_ITEM LIBCRYPTO_STATIC_LIBRARIES crypto dl pthread)
foreach(name IN LISTS LIBCRYPTO_STATIC_LIBRARIES)
  find_library(${name}_STATIC_LIBRARY lib${name}.a REQUIRED)
  list(APPEND CRYPTO_STATIC_LIBRARY ${${name}_STATIC_LIBRARY})
endforeach()

add_library(vmcred_settings INTERFACE)
target_include_directories(vmcred_settings INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(vmcred_settings INTERFACE _GNU_SOURCE VMCRED_VERSION="${PROJECT_VERSION}")
target_compile_options(vmcred_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
  -fstack-protector-strong -ffunction-sections -fdata-sections)
target_link_options(vmcred_settings INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now)

if(VMCRED_WARNINGS_AS_ERRORS)
  target_compile_options(vmcred_settings INTERFACE -Werror)
endif()

if(VMCRED_FUZZERS)
  # Every room counts towards the coverage that guides a fuzzer; the fuzzers themselves bring main().
  target_compile_options(vmcred_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(VMCRED_SANITIZE)
  target_compile_options(vmcred_settings INTERFACE
    -fsanitize=${VMCRED_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(vmcred_settings INTERFACE -fsanitize=${VMCRED_SANITIZE})
else()
  target_compile_options(vmcred_settings INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
