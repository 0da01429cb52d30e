# SPDX-License-Identifier: MIT
# Sourced by the scripts here: claims about runs of the real command. In: COPHASE, TMP.
# shellcheck disable=SC2034 # used by the scripts
cd "$TMP" || exit 1
export XDG_CACHE_HOME=$TMP/cache
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

# signalled SIGNAL NAME SECONDS ARGS...: runs cophase until so long after NAME.partial is there, then sends the signal; sets status.
signalled() {
    local signal=$1 name=$2 later=$3 pid i
    shift 3
    # What a script starts behind itself ignores SIGINT, which would stay so.
    env --default-signal="$signal" "$COPHASE" "$@" >out 2>err </dev/null &
    pid=$!
    for ((i = 0; i < 2000; i++)); do
        [ -e "$name.partial" ] && break
        kill -0 $pid 2>/dev/null || break
        sleep 0.002
    done
    sleep "$later"
    kill -"$signal" $pid 2>/dev/null
    wait $pid
    status=$?
}

# interrupt NAME SECONDS ARGS...: the same with SIGINT; 1 when it was ready before.
interrupt() {
    signalled INT "$@"
    [ "$status" = 1 ] && [ -e "$1.partial" ]
}

# says CLAIM PATTERN: the last run's stderr matches.
says() { grep -qE -e "$2" err || fault "$1: stderr lacks '$2': $(head -c 300 err)"; }

# holds CLAIM FILTER: the last run's JSON is there and makes the jq filter true, each value that it
# gives.
holds() { [ "$(jq "$2" out 2>&1 | sort -u)" = true ] || fault "$1: not $2 in $(head -c 600 out)"; }

# chunk_at FILE SET: where the first chunk of a data set begins in the file.
chunk_at() { h5ls -va "$1/$2" | awk '/^ *0x/ { print $3; exit }'; }

# rows FILE DATASET WIDTH [h5dump's selection...]: a data set, so many numbers a line.
rows() {
    local file=$1 set=$2 width=$3 text=$1${2//\//.}.txt
    shift 3
    h5dump -y -m %.17g -d "$set" "$@" -o "$text" "$file" >/dev/null
    grep -oE -- '-?nan|[-+]?[0-9.]+(e[-+]?[0-9]+)?' "$text" | xargs -n "$width"
}

# near_truth LIMIT LEAST SIM CAL: at least LEAST gains, all those of the truth times one factor within LIMIT.
near_truth() {
    paste -d ' ' <(rows "$3" /truth/gain 2) <(rows "$4" /gain 2) | grep -v nan | awk -v limit="$1" -v least="$2" '
        { d = $1 * $1 + $2 * $2; x[NR] = ($3 * $1 + $4 * $2) / d; y[NR] = ($4 * $1 - $3 * $2) / d; X += x[NR]; Y += y[NR] }
        END {
            if (NR < least) exit 1
            X /= NR; Y /= NR; m = X * X + Y * Y
            for (i = 1; i <= NR; i++) bad += (x[i] - X) ^ 2 + (y[i] - Y) ^ 2 > limit * limit * m
            exit bad > 0
        }' || fault "$4 is within $1 of the truth"
}

# honest_phases LEAST SIM CAL: phases are off by as much as their standard errors say: the mean square of N errors over sigma, 1 within 5 sqrt(2/N).
honest_phases() {
    paste -d ' ' <(rows "$2" /truth/gain 2) <(rows "$3" /gain 2) <(rows "$3" /phase_sigma_rad 1) | grep -v nan | awk -v least="$1" '
        { d[NR] = atan2($4 * $1 - $3 * $2, $3 * $1 + $4 * $2); s[NR] = $5; sum += d[NR] }
        END {
            if (NR < least) exit 1
            for (i = 1; i <= NR; i++) q += ((d[i] - sum / NR) / s[i]) ^ 2 / NR
            exit !(q > 1 - 5 * sqrt(2 / NR) && q < 1 + 5 * sqrt(2 / NR))
        }' || fault "$3 has true standard errors"
}

# fftw: whether this is a build with FFTW.
fftw() { "$COPHASE" --version | grep -qx 'with FFTW'; }

finish() { [ "$faults" = 0 ] || exit 1; }
