#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the command says of itself, and how it answers a wrong command line.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'no verb is a usage error' 2
expect 'an unknown verb is a usage error' 2 frobnicate
says 'an unknown verb is named' "'frobnicate'"
expect '--version' 0 --version
paste -sd ' ' out | grep -qxE 'cophase [0-9]+\.[0-9]+\.[0-9]+ with(out)? FFTW' || fault "--version prints: $(cat out)"
expect '--help' 0 --help
for args in --help --version 'scan --help' 'kernels' 'kernels --json'; do
    # shellcheck disable=SC2086 # words of their own
    "$COPHASE" $args >/dev/full 2>err && fault "$args that did not arrive ended with 0"
    [ "$(wc -l <err)" = 1 ] && grep -q '^cophase.*: standard output: No space' err || fault "$args that did not arrive: $(cat err)"
done

verbs=$("$COPHASE" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[ -n "$verbs" ] || fault 'help lists no verbs'
for verb in $verbs; do
    expect "$verb --help" 0 "$verb" --help
    grep -q "cophase $verb" out || fault "$verb --help has no example"
    sed '1,/^Examples:/d' out >examples
    grep -vE '^  (cophase |  )' examples && fault "$verb --help breaks the lines of its examples"
    grep -qE '(^|[ ,])--json' out || fault "$verb has no --json"
    expect "$verb --version" 0 "$verb" --version
    expect "$verb refuses an unknown option" 2 "$verb" --no-such-option
    says "$verb names the unknown option" 'no-such-option'
    expect "$verb refuses a missing value" 2 "$verb" --threads
    expect "$verb refuses a thread count that is none" 2 "$verb" --threads=0
    says "$verb names the option that is wrong" "^cophase $verb: --threads: '0': expected"
    expect "$verb refuses memory without a number" 2 "$verb" --max-memory M
    says "$verb names it in two words" "^cophase $verb: --max-memory: 'M': expected"
    expect "$verb refuses an unknown instruction set" 2 "$verb" --isa=sse9
done

has() { grep -qx "$1" <<<"$verbs"; }
needs_output='simulate covariance calibrate weights beamform'
for verb in $needs_output; do
    has "$verb" || continue
    : >in.h5
    expect "$verb without -o" 2 "$verb" in.h5
done
if has beamform; then
    expect 'beamform wants weights or directions' 2 beamform in.h5 -o out.h5
    expect 'beamform takes one of them' 2 beamform in.h5 --weights w.h5 --steer uv:0,0 -o out.h5
    expect 'a direction needs its kind' 2 beamform in.h5 --steer 20,10 -o out.h5
    says 'the message shows the forms' 'azel:AZ,EL'
    expect 'a second input is refused' 2 beamform in.h5 more.h5 --steer uv:0,0 -o out.h5
    says 'it is named' "'more.h5'"
    [ ! -e out.h5 ] || fault 'a usage error left an output'
fi
# Options stand below the method that takes them.
expect 'help on methods' 0 calibrate --help
for pair in 'model fit' 'redundant grid-tolerance' 'drift ahead' 'waveform waveform' 'delay polarity'; do
    sed -n "/^ With --method ${pair% *}/,/^$/p" out | grep -q -e "--${pair#* }" || fault "calibrate --help lists --${pair#* } below --method ${pair% *}"
done

expect 'no instruction set' 2 info --isa '' absent.h5
says 'what was expected' '--isa: expected a name'
expect 'a list that begins with a dash' 2 info absent.h5 --channels -1
says 'is quoted' "^cophase info: --channels: '-1': expected a whole number from 0 to [0-9]+, or a range such as 20-25$"
# A message longer than its place ends within a character: the others stay, and what was in the way is a question mark.
long=$(printf '\303\244%.0s' {1..400})
for name in "$long" "x$long"; do
    expect 'a long word' 2 plot absent.h5 --kind "$name" -o none.png
    [ "$(grep -o $'\303\244' err | wc -l)" -gt 200 ] && [ "$(tr -d $'\303\244' <err | LC_ALL=C tr -d '\n -~' | wc -c)" = 0 ] || fault "letters stay letters: $(tail -c 40 err)"
done
printf 'a text' >some.h5
deep=$(printf './%.0s' {1..400})some.h5
expect 'a long path' 2 beamform "$deep" --steer uv:0,0 -o "$deep"
says 'is said to its end' '/some.h5: .* expected'
printf '\200\033[31m\377binary\001,\002\n' >binary.csv
expect 'a binary file as a table' 3 weights --array ula:4,0.5wl --freq 1e9 --beam-list binary.csv -o none.h5
[ -z "$(LC_ALL=C tr -d '\n -~' <err)" ] || fault 'what is no text goes to the terminal'
finish
