# SPDX-License-Identifier: MIT
# Sourced by the scripts here: claims about runs of the real command. In: COPHASE, TMP.
# shellcheck disable=SC2034 # used by the scripts
cd "$TMP" || exit 1
faults=0

fault() {
    printf 'not so: %s\n' "$*"
    faults=$((faults + 1))
}

# run ARGS...: runs cophase; sets status; leaves files out and err.
run() {
    "$COPHASE" "$@" >out 2>err </dev/null
    status=$?
}

# expect CLAIM STATUS ARGS...: the run ends with STATUS; a failing one says why in exactly one line that names the verb.
expect() {
    local claim=$1 wanted=$2
    shift 2
    run "$@"
    [ "$status" = "$wanted" ] || fault "$claim: exit status $status, not $wanted (cophase $*): $(head -c 300 err)"
    if [ "$wanted" = 0 ]; then
        [ ! -s err ] || fault "$claim: words on stderr: $(head -c 300 err)"
    else
        [ "$(wc -l <err)" = 1 ] || fault "$claim: $(wc -l <err) lines on stderr (cophase $*): $(head -c 300 err)"
        grep -q '^cophase' err || fault "$claim: stderr does not begin with the command: $(head -c 300 err)"
    fi
}

# says CLAIM PATTERN: the last run's stderr matches.
says() { grep -qE -e "$2" err || fault "$1: stderr lacks '$2': $(head -c 300 err)"; }

# holds CLAIM FILTER: the last run's JSON makes the jq filter true.
holds() { jq -e "$2" out >/dev/null 2>&1 || fault "$1: not $2 in $(head -c 600 out)"; }

# chunk_at FILE SET: where the first chunk of a data set begins in the file.
chunk_at() { h5ls -va "$1/$2" | awk '/^ *0x/ { print $3; exit }'; }

# fftw: whether this is a build with FFTW.
fftw() { "$COPHASE" --version | grep -qx 'with FFTW'; }

finish() { [ "$faults" = 0 ] || exit 1; }
