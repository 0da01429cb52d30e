#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights`: beams that point where they were asked to, and refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array='ura:6x5,0.5wl'

expect 'two beams of a generated array' 0 weights --array $array --freq 11.7GHz --steer azel:20,-10 --steer uv:0.1,0.4 \
    --taper taylor:nbar=4,sll=-25 -o w.h5 --json
holds 'frame, taper, frequency' '.frame == "array" and .taper == "taylor:nbar=4,sll=-25" and .channel_freq_hz == [11.7e9]'
holds 'all elements take part' '.elements == 30 and .used == 30 and .flagged == []'
holds 'beams carry the words they were asked with' '[.beams[].name] == ["azel:20,-10", "uv:0.1,0.4"]'
holds 'their directions' '(.beams[0].u - 0.336824 | fabs) < 1e-6 and (.beams[0].v + 0.173648 | fabs) < 1e-6'
[ -s w.h5 ] && [ ! -e w.h5.partial ] || fault 'the output is complete'

expect 'the second beam' 0 pattern --weights w.h5 --beam 1 --json
holds 'points where it was asked to' '(.peak.u - 0.1 | fabs) < 1e-6 and (.peak.v - 0.4 | fabs) < 1e-6'
holds 'with unit response' '(.peak_power_db | fabs) < 1e-5'
cp out file.json
expect 'the same without a file' 0 pattern --array $array --steer uv:0.1,0.4 --taper taylor:nbar=4,sll=-25 --json
jq -e --slurpfile file file.json '.directivity_db - $file[0].directivity_db | fabs < 1e-9' out >/dev/null ||
    fault 'a weights file and --array give the same pattern'
expect 'a beam too many' 2 pattern --weights w.h5 --beam 2
says 'how many there are' 'w.h5 has 2'
expect 'text' 0 weights --array $array --freq 11.7e9 --steer uv:0,0 -o text.h5
grep -q '^beam 0  uv:0,0' out || fault "a line a beam: $(cat out)"

expect 'weights for weights' 3 weights w.h5 --steer uv:0,0 -o v.h5
says 'what is expected' 'expected capture'
expect 'no direction' 2 weights --array $array --freq 1e9 -o v.h5
expect 'no frequency' 2 weights --array $array --steer uv:0,0 -o v.h5
expect 'an input and an array' 2 weights in.h5 --array $array --freq 1e9 --steer uv:0,0 -o v.h5
expect 'file options on a generated array' 2 weights --array $array --freq 1e9 --exclude 3 --steer uv:0,0 -o v.h5
expect 'an absent calibration' 3 weights --array $array --freq 1e9 --calibration none.h5 --steer uv:0,0 -o v.h5
expect 'an output that is no file' 2 weights --array $array --freq 1e9 --steer uv:0,0 -o /dev/null
expect 'an output in no folder' 1 weights --array $array --freq 1e9 --steer uv:0,0 -o nowhere/v.h5
expect 'more elements than files may have' 2 weights --array ula:1048577,0.5wl --freq 1e9 --steer uv:0,0 -o v.h5
says 'how many they may' 'expected a whole number from 1 to 1048576'
expect 'in rows' 2 simulate --array ura:1025x1024,0.5wl --freq 1e9 --source uv:0,0 --samples 1 -o v.h5
says 'how many they may' "'1025x1024': expected at most 1048576 elements"
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
