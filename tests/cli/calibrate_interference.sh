#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --flag-interference: a burst in a capture is left out of what solutions are made of.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ura:5x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --sample-rate 1MHz \
    --samples 32000 --type c16 --seed 12 -o cap.h5
expect 'clean dumps' 0 covariance cap.h5 --integration 2ms -o clean.h5
expect 'nothing is taken for interference' 0 calibrate clean.h5 --source azel:20,10 --flag-interference -o cal.h5 --json
holds 'none of sixteen' '.interference == {"threshold_sigma": 6, "left_out": 0, "dumps": 16} and (.flagged == [])'

# Samples of dump 5, 2000 times of 20 elements of 4 bytes, become text.
at=$(chunk_at cap.h5 samples)
yes 'qK7~' | head -c 160000 | dd of=cap.h5 bs=1 seek=$((at + 800000)) conv=notrunc status=none
expect 'a burst in one' 0 covariance cap.h5 --integration 2ms -o burst.h5
expect 'four solutions of four dumps each, one of them spoilt' 0 calibrate burst.h5 --source azel:20,10 --solution-interval 4 --quiet -o raw.h5 --json
holds 'which looks like another source' '.channels[1].residual_excess > 1.5 and .channels[0].residual_excess < 1.5'
expect 'left out' 0 calibrate burst.h5 --source azel:20,10 --solution-interval 4 --flag-interference -o mended.h5 --json
holds 'one dump, and all solutions are good' '.interference.left_out == 1 and (.flagged == []) and all(.channels[]; .explained_variance_after > 0.99)'
expect 'a dump each' 0 calibrate burst.h5 --source azel:20,10 --flag-interference=8 --quiet -o each.h5 --json
holds 'the spoilt one has no gains, and says why' \
    '(.flagged | length == 20 and all(.[]; .reason == "interference" and .solutions == 1)) and .channels[5].flagged == 20 and .channels[4].flagged == 0'

expect 'too low a threshold' 2 calibrate burst.h5 --source azel:20,10 --flag-interference=1 -o bad.h5
says 'what is least' 'at least 3'
expect 'a capture has no dumps' 2 calibrate cap.h5 --source azel:20,10 --flag-interference -o bad.h5
says 'what to do' 'cophase covariance --integration'
expect 'few dumps' 3 calibrate burst.h5 --source azel:20,10 --time 0-6 --flag-interference -o bad.h5
says 'how many it takes' '7 times of 1 channels: 8'
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
