# SPDX-License-Identifier: MIT
# Completion of parley(1) for bash.
_parley() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local words
    case $previous in
    --log-level) words="debug info error off" ;;
    -p | --port | --cors-origin) return ;;
    --host) words="127.0.0.1 ::1 localhost" ;;
    *)
        words="serve new licenses --help --version"
        if [ "$COMP_CWORD" -gt 1 ]; then
            words="--help"
            [ "${COMP_WORDS[1]}" != serve ] || words="--help --port --host --cors-origin --log-level"
        fi
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _parley parley
