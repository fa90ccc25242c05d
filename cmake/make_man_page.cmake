# SPDX-License-Identifier: Apache-2.0
# Makes OUTPUT, the man page NAME(SECTION), of the Markdown in SOURCE.
file(READ ${SOURCE} text)

if(PRINT_COMMANDS)
  execute_process(COMMAND ${PRINT_COMMANDS} ${PROGRAM} OUTPUT_VARIABLE commands COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "@COMMANDS@" "${commands}" text "${text}")
endif()

# The config's page is a chapter of the documentation; a man page begins with its name.
if(NAME STREQUAL "vmcred.toml")
  string(REGEX REPLACE "^# [^\n]*\n"
    "# NAME\n\nvmcred.toml - which VMs there are and which secrets each one gets\n\n# DESCRIPTION\n" text "${text}")
  string(REGEX REPLACE "\\[([^]]+)\\]\\([^)]+\\)" "\\1" text "${text}")
  string(APPEND text "\n# SEE ALSO\n\n**vmcred**(1), **vmcred-generator**(8), **systemd.time**(7)\n")
endif()

string(TOUPPER ${NAME} title)
file(WRITE ${OUTPUT}.md "${text}")
execute_process(COMMAND ${LOWDOWN} -s -tman --out-no-smarty --parse-no-super --parse-no-math
  -M title=${title} -M section=${SECTION} -M "source=vmcred ${VERSION}" -M "volume=vmcred" -M date= ${OUTPUT}.md
  OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${OUTPUT}.md)

# apropos finds a name only on the heading's own line, and tables need a first line that asks for tbl.
string(REGEX REPLACE "\n\\.(SH|SS)\n" "\n.\\1 " page "${page}")
file(WRITE ${OUTPUT} "'\\\" t\n${page}")
