#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A calibration that stands for the array is the calibration too; weights know the path that they are for.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

weights_of() { h5dump -d /weights "$1" | sed 1d; }

scene=(--array 'ura:4x4,0.5wl' --freq 1e9 --source 'uv:0,0,snr=20dB' --samples 2048 --type c16 --gain-errors '2dB,40deg')
expect 'what is received, two elements dead' 0 simulate "${scene[@]}" --dead 3,7 --seed 3 -o cap.h5
expect 'what is sent' 0 simulate "${scene[@]}" --seed 4 -o cap_tx.h5
expect 'its gains' 0 calibrate cap.h5 --source uv:0,0 -o rx.h5
expect 'gains of transmit' 0 calibrate cap_tx.h5 --source uv:0,0 --path transmit -o tx.h5

# ---- a calibration in the place of an array ----

expect 'a calibration named as such' 0 weights rx.h5 --calibration rx.h5 --steer uv:0.3,0.1 -o named.h5 --json
expect 'a calibration alone' 0 weights rx.h5 --steer uv:0.3,0.1 -o own.h5 --json
holds 'is used: its flags' '.used == 14 and [.flagged[].element] == [3, 7]'
cmp -s <(weights_of own.h5) <(weights_of named.h5) || fault 'its gains too'
expect 'through them' 0 pattern --weights own.h5 --calibration rx.h5 --json
holds 'they are in phase' '(.look_power_db | fabs) < 1e-4'
expect 'gains of the other path' 3 weights tx.h5 --steer uv:0,0 -o v.h5
says 'which' 'tx.h5: /gain: holds gains of the transmit path'
expect 'asked for' 0 weights tx.h5 --path transmit --steer uv:0.3,0.1 -o tx.w.h5
expect 'other gains come first' 0 weights tx.h5 --calibration rx.h5 --steer uv:0.3,0.1 -o other.h5
cmp -s <(weights_of other.h5) <(weights_of named.h5) || fault 'those of --calibration'

expect 'a pattern of it' 0 pattern --array rx.h5 --steer uv:0.3,0.1 --json
holds 'leaves out what is flagged' '.elements == 16 and .used == 14'
cp out own.json
expect 'a pattern with it named' 0 pattern --array rx.h5 --calibration rx.h5 --steer uv:0.3,0.1 --json
cmp -s out own.json || fault 'is the same'
expect 'a pattern of the other path' 3 pattern --array tx.h5
says 'which' 'tx.h5: /gain: holds gains of the transmit path'
expect 'a pattern through the truth' 0 pattern --array rx.h5 --truth cap_tx.h5 --json
holds 'does without its flags' '.used == 16'

# ---- weights for a path ----

expect 'weights for transmit' 0 info tx.w.h5 --json
holds 'say so' '.kind == "weights" and .path == "transmit"'
expect 'weights for receive' 0 info own.h5
grep -q '^path *receive$' out || fault "the path in words: $(cat out)"
expect 'gains of the other path' 3 pattern --weights tx.w.h5 --calibration rx.h5
says 'which' 'rx.h5: /gain: holds gains of the receive path, expected those of the transmit path'
expect 'the path goes without saying' 0 pattern --weights tx.w.h5 --calibration tx.h5 --json
holds 'gains are those the weights were made of' '.path == "transmit" and (.look_power_db | fabs) < 1e-4'
expect 'a path that is not theirs' 2 pattern --weights tx.w.h5 --path receive --calibration rx.h5
says 'which is' '--path receive: tx.w.h5: /weights: is for the transmit path'
expect 'nor this one' 2 pattern --weights own.h5 --path transmit
expect 'beams of transmit' 0 beamform cap_tx.h5 --weights tx.w.h5 -o beams.h5 --json
holds 'say so' '.path == "transmit"'
expect 'beams of receive' 0 beamform cap.h5 --steer uv:0,0 -o beams.h5 --json
holds 'say so too' '.path == "receive"'
[ ! -e v.h5 ] || fault 'a refusal left an output'
finish
