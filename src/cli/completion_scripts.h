// SPDX-License-Identifier: Apache-2.0
// What a shell runs to complete our command lines. All of them ask `vmcred complete`, and leave files to the
// shell.
#pragma once

#include <string_view>

namespace vmcred::cli {

inline constexpr std::string_view k_bash_completion = R"(# bash completion for vmcred
_vmcred() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :file ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$2")
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <(vmcred complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _vmcred vmcred
)";

inline constexpr std::string_view k_zsh_completion = R"(#compdef vmcred
_vmcred() {
  local line
  local -a found
  for line in "${(@f)$(vmcred complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :file) _files && return ;;
      *) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( $#found )) && _describe -t words 'word' found
}
if [[ ${funcstack[1]} == _vmcred ]]; then
  _vmcred "$@"
else
  compdef _vmcred vmcred
fi
)";

inline constexpr std::string_view k_fish_completion = R"(# fish completion for vmcred
function __vmcred_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -e before[1]
    for line in (vmcred complete -- $before "$typed" 2>/dev/null)
        if test "$line" = :file
            __fish_complete_path "$typed"
        else
            echo $line
        end
    end
end
complete -c vmcred -f -a '(__vmcred_complete)'
)";

}  // namespace vmcred::cli
