# SPDX-License-Identifier: MIT
# Completion of parley(1) for bash.
_parley() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local words
    case $previous in
    --log-level) words="debug info error off" ;;
    -p | --port | -l | --listen | --keep-size | --message-rate | --cors-origin | --header | --timeout | --auth | -n | --namespace | --subprotocol | --name | --room | --path | --origin | --trust-proxy | --socket-mode | --operator-port | --connections | --rate | --window | --size | --room-size | --duration | --warmup | --event | --answer) return ;;
    --ca | --tls-cert | --tls-key | --socket | --data)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --transport) words="any polling websocket" ;;
    --scenario) words="echo ack broadcast room connect idle polling" ;;
    --host | --operator-host) words="127.0.0.1 ::1 localhost" ;;
    *)
        words="serve chat emit listen ws doctor bench new licenses --help --version"
        if [ "$COMP_CWORD" -gt 1 ]; then
            words="--help"
            local connect="--help --header --timeout --ca --insecure"
            case ${COMP_WORDS[1]} in
            serve) words="--help --port --host --cors-origin --log-level --tls-cert --tls-key --trust-proxy --trust-forwarded --socket --socket-mode --handed-over --operator-port --operator-host --per-message-deflate --data --keep-size --message-rate" ;;
            chat) words="--help --name --room --timeout --ca --insecure" ;;
            emit) words="$connect --namespace --auth --transport --ack --binary" ;;
            listen) words="$connect --namespace --auth --transport --json" ;;
            doctor) words="$connect --namespace --auth --path --origin --json" ;;
            bench) words="$connect --namespace --auth --transport --path --scenario --connections --rate --window --size --room-size --duration --warmup --event --answer --any-answer --remote --json" ;;
            ws) words="$connect --subprotocol --binary --listen --host" ;;
            esac
        fi
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _parley parley
