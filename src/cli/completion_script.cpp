// The completion scripts for bash, zsh and fish.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// All three do the same: hand the words of the line to `ctys __complete`, without their quotes and without
// running anything in them, and offer what it answers, quoted for the shell. They start the ctys of the
// search path, never a program the user is only about to name, and show nothing but candidates.
#include "base/text.hpp"
#include "cli/completion.hpp"
#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {
namespace {

// COMP_WORDS is cut at ':' and '=', and what is inserted replaces the last piece only. Hence: join the pieces
// that touch, ask for whole words, and insert what follows the pieces before.
constexpr std::string_view kBash =
    R"sh(# Completion of ctys command lines in bash, made by: ctys completion bash

# TEXT -> REPLY without quotes and backslashes. Sets: quote (the one left open), open_at (length of REPLY where it
# was opened), closed (there was a pair of quotes).
__ctys_unquote() {
  local rest=$1 c
  REPLY='' quote='' open_at=0 closed=''
  while [[ -n $rest ]]; do
    c=${rest:0:1} rest=${rest:1}
    case $quote$c in
      "'" | '"') quote=$c open_at=${#REPLY} ;;
      "''" | '""') quote='' open_at=0 closed=1 ;;
      \\) REPLY+=${rest:0:1} rest=${rest:1} ;;
      \"\\)
        [[ ${rest:0:1} == [\$\`\"\\] ]] || REPLY+=$c
        REPLY+=${rest:0:1} rest=${rest:1}
        ;;
      *) REPLY+=$c ;;
    esac
  done
}

# Files or folders beginning with TEXT, each ended by NUL.
__ctys_names() (
  set +f
  shopt -s nullglob
  shopt -u failglob nocaseglob
  text=$1 tilde=
  if [[ $text == "~/"* ]]; then tilde=$HOME text=$HOME${text:1}; fi
  for name in "$text"*; do
    if [[ $2 == f || -d $name ]]; then
      if [[ -n $tilde ]]; then name="~${name:${#tilde}}"; fi
      printf '%s\0' "$name"
    fi
  done
)

__ctys() {
  COMPREPLY=()
  [[ ${COMP_WORDS[COMP_CWORD]} != [\<\>]* ]] || return 0
  if [[ ${COMP_WORDS[COMP_CWORD - 1]} == [\<\>]* ]]; then
    compopt -o default
    return 0
  fi
  local IFS=$' \t\n' REPLY quote open_at closed
  local -a raw=() words=()
  local i piece blanks at=0 rest=$COMP_LINE
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    blanks=${rest%%[![:space:]]*}
    ((at += ${#blanks}))
    rest=${rest:${#blanks}}
    if ((i == COMP_CWORD)); then
      if ((at < COMP_POINT)); then piece=${COMP_LINE:at:COMP_POINT-at}; else piece=''; fi
    fi
    if ((i == 0)) || [[ -n $blanks || ${#raw[@]} -eq 0 ]]; then raw+=(''); fi
    if ((i == COMP_CWORD)) && [[ $piece == [:=@]* && ${piece//[:=@]/} == '' ]]; then
      raw[-1]+=$piece piece=''
    fi
    if ((i < COMP_CWORD)); then raw[-1]+=$piece; fi
    ((at += ${#COMP_WORDS[i]}))
    rest=${rest:${#COMP_WORDS[i]}}
  done
  for ((i = 1; i < ${#raw[@]} - 1; i++)); do
    __ctys_unquote "${raw[i]}"
    words+=("$REPLY")
  done
  local before word start
  __ctys_unquote "${raw[-1]}"
  [[ -z $quote$closed ]] || return 0
  before=$REPLY
  __ctys_unquote "$piece"
  [[ -z $closed ]] || return 0
  word=$before$REPLY
  start=$((${#before} + open_at))
  words+=("$word")
  case ${1##*/} in ctys-*) words=("${1##*ctys-}" "${words[@]}") ;; esac

  local line kind found is_open=''
  while IFS= read -r line; do
    kind=${line:0:1} found=${line:1}
    found=${found%%$'\t'*}
    case $kind in
      [fd])
        compopt -o filenames
        COMPREPLY=()
        while IFS= read -r -d '' line; do
          line=$found$line
          COMPREPLY+=("${line:start}")
        done < <(__ctys_names "${word:${#found}}" "$kind")
        return 0
        ;;
      '+' | ' ')
        is_open=$kind found=${found:start}
        case $quote in
          \') [[ $found != *\'* ]] || continue ;;
          \")
            [[ $found != *'!'* ]] || continue
            found=${found//\\/\\\\}
            found=${found//\"/\\\"}
            found=${found//\$/\\\$}
            found=${found//\`/\\\`}
            ;;
          *)
            printf -v found %q "$found"
            found=${found//\\,/,}
            ;;
        esac
        COMPREPLY+=("$found")
        ;;
    esac
  done < <(command ctys __complete "${words[@]}" 2>/dev/null </dev/null)
  if ((${#COMPREPLY[@]} == 1)) && [[ $is_open == '+' ]]; then compopt -o nospace; fi
  return 0
}
complete -F __ctys @COMMANDS@
)sh";

constexpr std::string_view kZsh = R"sh(#compdef @COMMANDS@
# Completion of ctys command lines in zsh, made by: ctys completion zsh

_ctys() {
  local -a given whole whole_text open open_text
  local line kind word text
  given=("${(@Q)words[2,CURRENT]}")
  # Only what stands in front of the cursor counts.
  given[-1]=${(Q)${:-$compstate[quote]$PREFIX$compstate[quote]}}
  case ${words[1]:t} in (ctys-*) given=("${${words[1]:t}#ctys-}" "${given[@]}") ;; esac

  for line in "${(@f)$(command ctys __complete "${given[@]}" 2>/dev/null </dev/null)}"; do
    kind=${line[1]} word=${${line[2,-1]}%%$'\t'*}
    text=$word
    if [[ $line == *$'\t'* ]]; then text="$word  -- ${line#*$'\t'}"; fi
    case $kind in
      (f) compset -P "${(b)word}" && _files && return ;;
      (d) compset -P "${(b)word}" && _files -/ && return ;;
      (+) open+=("$word") open_text+=("$text") ;;
      (' ') whole+=("$word") whole_text+=("$text") ;;
    esac
  done
  local status_=1
  if (( $#whole )); then compadd -l -d whole_text -a -- whole && status_=0; fi
  if (( $#open )); then compadd -l -S '' -d open_text -a -- open && status_=0; fi
  return status_
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _ctys "$@"
elif (( $+functions[compdef] )); then
  compdef _ctys @COMMANDS@
fi
)sh";

constexpr std::string_view kFish =
    R"sh(# Completion of ctys command lines in fish, made by: ctys completion fish

function __ctys_complete
    set -l words (commandline -opc)
    set -l name (string replace -r '.*/' '' -- $words[1])
    set -e words[1]
    if string match -q 'ctys-*' -- $name
        set -p words (string replace 'ctys-' '' -- $name)
    end
    # The unfinished word, without its quotes; one that is open is closed for this.
    set -l raw (commandline -ct)
    set -l word ''
    for end in '' "'" '"'
        if set word (string unescape -- "$raw$end")
            break
        end
    end
    for line in (command ctys __complete $words "$word" 2>/dev/null </dev/null)
        set -l rest (string sub -s 2 -- $line)
        switch (string sub -l 1 -- $line)
            case f
                set -l typed (string sub -s (math (string length -- "$rest") + 1) -- "$word")
                for path in (__fish_complete_path "$typed")
                    printf '%s%s\n' "$rest" $path
                end
            case d
                set -l typed (string sub -s (math (string length -- "$rest") + 1) -- "$word")
                for path in (__fish_complete_directories "$typed")
                    printf '%s%s\n' "$rest" $path
                end
            case '*'
                printf '%s\n' $rest
        end
    end
end

for command in @COMMANDS@
    complete -c $command -f -a '(__ctys_complete)'
end
)sh";

std::string with_commands(std::string_view script) {
  std::string commands = "ctys";
  for (const auto& companion : companions())
    if (shown(companion)) commands += " ctys-" + std::string(companion.name);
  constexpr std::string_view kPlace = "@COMMANDS@";
  std::string out(script);
  for (std::size_t at = 0; (at = out.find(kPlace, at)) != std::string::npos; at += commands.size())
    out.replace(at, kPlace.size(), commands);
  return out;
}

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kScripts{
      {{"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}}};
  for (const auto& [name, script] : kScripts)
    if (text::equal_ci(shell, name)) return with_commands(script);
  constexpr std::size_t kShown = 60;
  return fail(Exit::usage,
              "there is no completion for '" + text::printable(text::cut_right(shell, kShown)) + "'", {},
              "the shells are: bash, zsh, fish");
}

}  // namespace ctys::cli
