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

compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
