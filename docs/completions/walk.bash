# The part of the completion for bash that is the same for all commands.
#
# bash takes --option=value and 0:0x2c apart at = and :. The words are put together again as they
# stand on the line, and what bash has kept of the last one is cut off the answers.

# The words of the line up to the cursor, as the shell will pass them, in $words.
_ipmi_bt_split() {
  local rest=${COMP_LINE:0:COMP_POINT} part space
  local -i at
  words=()
  for ((at = 0; at <= COMP_CWORD; at++)); do
    part=${COMP_WORDS[at]}
    space=${rest%%[![:space:]]*}
    rest=${rest#"$space"}
    if ((at == COMP_CWORD)); then part=$rest; fi
    rest=${rest#"$part"}
    if ((at == 0)) || [[ -n $space ]]; then
      words+=("$part")
    else
      words[-1]+=$part
    fi
  done
}

# The command, and the number of its arguments before the cursor, in $command and $count.
_ipmi_bt_walk() {
  local word takes='' ended=''
  for word in "${words[@]:1:${#words[@]}-2}"; do
    if [[ -n $takes ]]; then
      takes=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=yes
    elif [[ -z $ended && $word == -?* ]]; then
      if [[ " $_ipmi_bt_taking " == *" $word "* ]]; then takes=$word; fi
    elif [[ -z $command && $word == help ]]; then
      helping=yes
    elif [[ -z $command ]]; then
      command=$word
    elif [[ " $_ipmi_bt_families " == *" $command "* ]]; then
      command+=" $word"
    else
      count+=1
    fi
  done
  option=$takes
  if [[ -n $ended ]]; then only_words=yes; fi
}

_ipmi_bt() {
  local IFS=$' \t\n' command='' helping='' option='' only_words='' offer='' prefix='' cur
  local -i count=0
  local -a words
  _ipmi_bt_split
  _ipmi_bt_walk
  cur=${words[-1]}
  if [[ -n $option ]]; then
    _ipmi_bt_value "$command" "$option"
  elif [[ -z $only_words && $cur == --*=* && $cur != --trace-payload=* ]]; then
    _ipmi_bt_value "$command" "${cur%%=*}"
    prefix=${cur%%=*}=
  elif [[ -z $only_words && $cur == -* ]]; then
    _ipmi_bt_options "$command"
  else
    _ipmi_bt_word "$command" "$count"
  fi
  _ipmi_bt_reply
}

_ipmi_bt_reply() {
  local word=${cur#"$prefix"} cut=''
  case $offer in
    '') COMPREPLY=() ;;
    :files)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      ;;
    :folders)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$word")
      # What bash has cut the word at stays on the line.
      if [[ -z $prefix && $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
        cut=${word%%=*}=
        COMPREPLY=("${COMPREPLY[@]#"$cut"}")
      fi
      ;;
  esac
  if [[ -n $prefix && $COMP_WORDBREAKS != *=* ]]; then
    COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
  fi
}

complete -F _ipmi_bt ipmi-bt
