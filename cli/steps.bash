# SPDX-License-Identifier: MIT
# Sourced by demo.sh and scenario.sh: commands that are shown, with their JSON kept. In: COPHASE (the command's path).
# shellcheck disable=SC2034 # used by the scripts
set -eu -o pipefail
COPHASE=$(realpath -s "${COPHASE:-build/cophase}")

# begin FOLDER: makes it anew and goes there.
begin() {
    folder=$1
    rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
}

# run OUTPUT VERB ARGS...: shows the command, runs it, keeps its JSON in OUTPUT.
run() {
    local into=$1 word
    shift
    printf '$ cophase'
    for word; do
        case $word in *[!A-Za-z0-9_.,:=/+-]*) word=${word@Q} ;; esac
        printf ' %s' "$word"
    done
    printf '\n'
    "$COPHASE" "$@" --json --quiet >"$into"
}

# tabulated FILTER NAME...: lines of fields between tabs, made by a jq filter from the JSON files NAME.json, each there as $NAME[0] (with _ for -).
tabulated() {
    local filter=$1 named=() name
    shift
    for name; do named+=(--slurpfile "${name//-/_}" "$name.json"); done
    jq -rn "${named[@]}" "$filter | @tsv"
}

# listed PATTERN...: what was written.
listed() {
    printf '\nWritten to %s:\n' "$folder"
    ls -1 "$@" | sed 's|^\./|  |' | column -c 100
}
