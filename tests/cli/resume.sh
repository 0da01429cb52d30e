#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SIGINT leaves a marked NAME.partial that --resume goes on with, to the same result; by nobody else, from nothing else.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# interrupted NAME VERB...: SIGINT neither too late nor before anything was written.
interrupted() {
    local name=$1 later
    shift
    for later in 0.02 0.05 0.01 0.1 0.005 0.2 0.4 0.8; do
        interrupt "$name" $later "$@" && [ -s "$name.partial" ] && h5dump -a /partial "$name.partial" | grep -qE '\(0\): [1-9]' && return
        rm -f "$name" "$name.partial"
    done
    fault "never interrupted in time: $*"
}

# Blocks of some hundred samples: slow enough to be stopped on the way.
expect 'a capture' 0 simulate --array ula:4,0.5wl --freq 1.5e9 --source azel:20,10,snr=10dB --samples 400000 --type c8 --sample-rate 1MHz --seed 5 -o cap.h5
expect 'a calibration' 0 calibrate cap.h5 --duration 10ms --source azel:20,10 -o cal.h5
# make_command VERB: its words.
make_command() {
    case $1 in
    covariance) command=(covariance cap.h5 --integration 250 --max-memory 14K --threads 1) ;;
    beamform) command=(beamform cap.h5 --steer "azel:20,10" --steer "uv:0,0" --calibration cal.h5 --json --max-memory 6K --threads 1) ;;
    *) command=(apply cap.h5 --calibration cal.h5 --type c8 --json --max-memory 6K --threads 1) ;;
    esac
}

for verb in covariance beamform apply; do
    make_command $verb
    expect "$verb: as one" 0 "${command[@]}" -o one.h5
    jq -S 'del(.output, .rms_steps)' out >one.json 2>/dev/null
    mv one.h5 whole.h5
    interrupted one.h5 "${command[@]}" -o one.h5
    says "$verb: it is said" "^cophase $verb: .*interrupted"
    says "$verb: and what stays" "^cophase $verb: left one.h5.partial\$"
    [ ! -e one.h5 ] || fault "$verb: an interrupted run leaves no output"
    expect "$verb: nobody else reads what is left" 3 info one.h5.partial
    says "$verb: which is said" 'one.h5.partial: /: is marked partial'
    cp one.h5.partial before
    expect "$verb: not with another option" 3 "${command[@]}" --start 1 -o one.h5 --resume
    says "$verb: it names the word" 'one.h5.partial: history: is of another command, with -o where this one has --start'
    expect "$verb: not with other memory" 3 "${command[@]/%K/1K}" -o one.h5 --resume
    says "$verb: it names the value" 'with (6K|14K) where this one has (61K|141K);'
    cp cap.h5 kept.h5 && printf x >>cap.h5
    expect "$verb: not of another input" 3 "${command[@]}" -o one.h5 --resume
    says "$verb: which is said" 'history: is of another version or input'
    mv kept.h5 cap.h5
    cmp before one.h5.partial || fault "$verb: a refusal leaves it as it is"
    cp one.h5.partial two.h5.partial
    expect "$verb: not under another name" 3 "${command[@]}" -o two.h5 --resume
    interrupt one.h5 0.01 "${command[@]}" -q --resume -o one.h5
    # What changes no result may be said in another way, or not at all.
    [ -e one.h5 ] || expect "$verb: goes on, after a second interruption too" 0 "${command[@]:0:${#command[@]}-2}" --quiet --thread=1 -o one.h5 --resume
    [ ! -e one.h5.partial ] || fault "$verb: nothing is left"
    [ "$verb" = covariance ] || jq -S 'del(.output, .rms_steps)' out | cmp - one.json || fault "$verb: it says the same: $(cat out)"
    if ! h5diff -c one.h5 whole.h5 >diff.txt || [ -s diff.txt ]; then
        fault "$verb: resumed is the same: $(head -3 diff.txt)"
    fi
    rm -f one.h5 two.h5.partial
done

make_command covariance
expect 'nothing to resume' 3 "${command[@]}" -o none.h5 --resume
says 'is said' 'none.h5.partial: .*nothing to resume'
printf 'no file' >bad.h5.partial
expect 'nor is that' 3 "${command[@]}" -o bad.h5 --resume
says 'why' 'bad.h5.partial: .*[a-z]$'
[ "$(cat bad.h5.partial)" = 'no file' ] || fault 'it is left as it is'
expect 'a matrix' 0 covariance cap.h5 --duration 1ms -o matrix.h5
expect 'a covariance is applied at once' 2 apply matrix.h5 --calibration cal.h5 -o x.h5 --resume
finish
