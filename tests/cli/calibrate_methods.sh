#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method NAME: each method finds the true gains within its standard errors, and refuses what it cannot use.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ura:5x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --sample-rate 1MHz \
    --samples 8192 --type c16 --seed 11 -o cap.h5

# ---- the table ----

expect 'no such method' 2 calibrate cap.h5 --method magic -o bad.h5
says 'which there are' 'model.*redundant'
expect 'the first is the default' 0 calibrate cap.h5 --source azel:20,10 -o model.h5 --json
holds 'and says its name' '.method == "model" and .channels[0].stop == "converged"'
refused() { # METHOD OPTION VALUE: the method does not take the option
    expect "$1 with $2" 2 calibrate cap.h5 --method "$1" "$2" "$3" -o bad.h5
    says "$1 does not take $2" "^cophase calibrate: $2: is not for --method $1; it goes with [a-z]+"
}
refused model --solver omnical
refused model --grid-tolerance 1mm
refused redundant --reference 3

# ---- times and channels ----

values() { h5dump -y -m %.9g -d "$2" "$1" | grep -oE -- '-?nan|[-+]?[0-9.]+(e[-+]?[0-9]+)?' | tail -n "+$3"; }
same() { # CLAIM A B SET: numbers agree to 1e-6
    paste <(values "$2" "$4" 4) <(values "$3" "$4" 4) | awk '{ d = $1 - $2; bad += d * d > 1e-12 } END { exit NR < 20 || bad > 0 }' || fault "$1: $4 of $2 and $3 differ"
}
expect 'dumps of 1 ms' 0 covariance cap.h5 --integration 1ms -o fine.h5
expect 'dumps of 2 ms' 0 covariance cap.h5 --integration 2ms -o coarse.h5
expect 'a solution a dump' 0 calibrate coarse.h5 --source azel:20,10 -o dumps.h5 --json
holds 'four of them' '[.channels[].time] == [0, 1, 2, 3]'
expect 'intervals of two' 0 calibrate fine.h5 --source azel:20,10 --solution-interval 2 -o pairs.h5 --json
holds 'are told by their first dump' '[.channels[].time] == [0, 2, 4, 6]'
same 'means of pairs' dumps.h5 pairs.h5 /gain
same 'as many samples' dumps.h5 pairs.h5 /phase_sigma_rad
expect 'seconds without times' 3 calibrate fine.h5 --source azel:20,10 --solution-interval 2ms -o bad.h5
says 'what is missing' 'no time of dump 0 '
expect 'intervals of a capture' 0 calibrate cap.h5 --source azel:20,10 --solution-interval 2ms -o cut.h5 --json
holds 'by number' '[.channels[].time] == [0, 1, 2, 3]'
same 'a capture cut' dumps.h5 cut.h5 /gain
expect 'some dumps' 0 calibrate fine.h5 --source azel:20,10 --time 6,0-1 --solution-interval 2 -o some.h5 --json
holds 'in order, the last alone' '[.channels[].time] == [0, 6]'
expect 'a dump too many' 2 calibrate fine.h5 --source azel:20,10 --time 7-8 -o bad.h5
says 'how many there are' '--time 8: fine.h5 has 8'
expect 'a channel too many' 2 calibrate fine.h5 --source azel:20,10 --channels 1 -o bad.h5
expect 'dumps of a capture' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 2 -o bad.h5
says 'a time is expected' 'as in 10ms'
expect 'too long an interval' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 1s -o bad.h5
expect 'no interval' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 0 -o bad.h5

# ---- sources from a table ----

printf '# two\nname;flux;direction\nPilot;0dB;azel:20,10\n"";0.1;"uv:0.3;-0.2"\n' >odd.csv
expect 'cells are cut at the separator of the first line' 3 calibrate cap.h5 --sources odd.csv -o bad.h5
says 'which line is wrong' 'odd.csv:4: '
printf '# two\nname;flux;az_deg;el_deg\nPilot;0dB;20;10\n"";-20dB;-40;30\n' >sources.csv
expect 'a table of sources' 0 calibrate cap.h5 --sources sources.csv -o table.h5 --json
holds 'their names and powers' '[.sources[].name] == ["Pilot", "azel:-40,30"] and .channels[0].fluxes == [1, 0.01] and (.gauge | test("given powers"))'
expect 'two in one place' 2 calibrate cap.h5 --source azel:-40,30,flux=0.5 --sources sources.csv -o bad.h5
says 'which' '--source azel:-40,30: is where'
expect 'powers of some' 2 calibrate cap.h5 --source azel:1,1 --sources sources.csv -o bad.h5
says 'what is missing' 'expected flux= with all sources'
h5dump -a /history table.h5 | grep -q 'sources.csv' || fault 'the history names the table'
printf 'az_deg,el_deg,flux\n20,10,0\n' >zero.csv
expect 'a power of nothing' 3 calibrate cap.h5 --sources zero.csv -o bad.h5
says 'says where' 'zero.csv:2: flux 0'
expect 'a table that is the output' 2 calibrate cap.h5 --sources zero.csv -o zero.csv
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
