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
