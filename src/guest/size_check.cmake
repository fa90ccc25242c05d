# SPDX-License-Identifier: Apache-2.0
# Fails if PROGRAM, stripped by STRIP, has MAX_BYTES or more: guests carry it in their initrd.

set(stripped ${PROGRAM}.stripped)
execute_process(COMMAND ${STRIP} -o ${stripped} ${PROGRAM} COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${stripped} bytes)
file(REMOVE ${stripped})
message(STATUS "${PROGRAM} has ${bytes} bytes, stripped")
if(bytes GREATER_EQUAL MAX_BYTES)
  message(FATAL_ERROR "${PROGRAM} must stay below ${MAX_BYTES} bytes")
endif()
