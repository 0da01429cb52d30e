#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `--array`: curved ones, and what is no array.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a ring' 0 pattern --array circle:12,0.5wl --steer azel:10,5 --json
holds 'all of it, in phase where it looks' '.used == 12 and (.look_power_db | fabs) < 1e-5'
expect 'a sphere' 0 pattern --array sphere:61,0.5wl,4wl --json
holds 'its middle faces z' '.elements == 61 and (.peak.u | fabs) < 1e-6 and (.peak.v | fabs) < 1e-6'
expect 'a cylinder in metres' 2 pattern --array cylinder:12x5,0.5wl,20cm
says 'what is missing' '--freq'
expect 'with it' 0 pattern --array cylinder:12x5,0.5wl,20cm --freq 3GHz --json
cp out curved.json
expect 'its plane' 0 pattern --array ura:12x5,0.5wl --json
# Coherent over the arc, each element advanced by its depth: the projected aperture is shorter than the arc.
jq -e --slurpfile c curved.json '$c[0].hpbw_deg[0] > .hpbw_deg[0] * 1.01' out >/dev/null || fault 'a bent array is narrower: a wider beam'
expect 'more than once around' 2 pattern --array cylinder:13x1,0.5wl,1wl
says 'what was expected' 'A d <= 2 pi radius'
expect 'a ring of one' 2 pattern --array circle:1,0.5wl
expect 'no radius' 2 pattern --array sphere:7,0.5wl
says 'an example' 'expected a radius, as in sphere:7,0.5wl,0.25m'
expect 'curved elements' 0 simulate --array sphere:37,0.5wl,2wl --freq 1e9 --samples 16 -o t.h5
expect 'are told' 0 info t.h5 --json
holds 'all but the top' '.array.tilted == 36 and .array.tilt_max_deg > 40 and .array.tilt_max_deg < 46'

# ---- receive and transmit ----

scene=(--array ura:6x4,0.5wl --freq 1e9 --source uv:0,0,snr=20dB --samples 2048 --type c16 --gain-errors '2dB,40deg')
expect 'what is received' 0 simulate "${scene[@]}" --seed 3 -o cap_rx.h5
expect 'what is sent' 0 simulate "${scene[@]}" --seed 4 -o cap_tx.h5
expect 'gains of receive' 0 calibrate cap_rx.h5 --source uv:0,0 -o rx.h5
expect 'gains of transmit' 0 calibrate cap_tx.h5 --source uv:0,0 --path transmit -o tx.h5
expect 'whose they are' 0 info tx.h5 --json
holds 'is in the file' '.kind == "calibration" and .path == "transmit"'
expect 'of receive' 0 info rx.h5
grep -q '^path *receive$' out || fault "the path in words: $(cat out)"
expect 'a capture' 0 info cap_rx.h5 --json
holds 'has none' '.path == null'
for path in receive transmit; do
    short=$([ $path = receive ] && echo rx || echo tx)
    expect "weights for $path" 0 weights --array ura:6x4,0.5wl --freq 1e9 --steer uv:0.3,0.1 --calibration $short.h5 --path $path -o $short.w.h5 --json
    holds 'say so' ".path == \"$path\""
    expect "through what is true of $path" 0 pattern --weights $short.w.h5 --truth cap_$short.h5 --json
    holds 'they are in phase, mean |g| being 1' '(.look_power_db | fabs) < 0.6'
    expect "through the gains of $path" 0 pattern --weights $short.w.h5 --calibration $short.h5 --path $path --json
    holds 'they are exactly so' '(.look_power_db | fabs) < 1e-4'
done
expect 'transmit through receive' 0 pattern --weights tx.w.h5 --calibration rx.h5 --json
holds 'is out of phase' '.look_power_db < -1.5'
for verb in 'weights cap_rx.h5 --steer uv:0,0 -o v.h5' 'weights --array ura:6x4,0.5wl --freq 1e9 --steer uv:0,0 -o v.h5' \
    'pattern --array ura:6x4,0.5wl --freq 1e9' 'scan cap_rx.h5' 'beamform cap_rx.h5 --steer uv:0,0 -o v.h5'; do
    read -ra words <<<"$verb"
    expect "${words[0]} with gains of the other path" 3 "${words[@]}" --calibration tx.h5
    says 'which' 'tx.h5: /gain: holds gains of the transmit path, expected those of the receive path'
done
expect 'the other way' 3 weights cap_rx.h5 --steer uv:0,0 --path transmit --calibration rx.h5 -o v.h5
says 'which' 'rx.h5: /gain: holds gains of the receive path'
expect 'a path that is none' 2 weights cap_rx.h5 --steer uv:0,0 --path both -o v.h5
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
