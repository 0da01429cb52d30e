#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Difference beams (`--taper bayliss`): the null toward the look is kept, whatever else is asked for.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# Weights are kept in single precision: 32 roundings of 2^-24 leave the look 130 dB below the peak or lower.
expect 'a line' 0 simulate --array ula:32,0.5wl --freq 11.7e9 --source uv:0.2,0 --samples 10 --seed 3 -o cap.h5
expect 'with failures' 0 weights cap.h5 --exclude 3,20,21 --steer uv:0.2,0 --taper bayliss -o w.h5
expect 'its pattern' 0 pattern --weights w.h5 --json
holds 'still has the null' '.difference.slope_ratio > 0.5 and .difference.null_db < -120'
expect 'the level there' 0 pattern --weights w.h5 --null uv:0.2,0 --json
holds 'is rounding' '.nulls[0].level_db < -120'

expect 'nulls' 0 weights cap.h5 --exclude 3,20,21 --steer uv:0.2,0 --taper bayliss --null uv:-0.33,0 -o w.h5 --json
holds 'relative to the peak' '.beams[0].null_db[0] < -80 and .beams[0].null_db[0] > -200 and (.beams[0] | has("null_loss_db") | not)'
jq '.beams[0].null_db[0]' out >said
expect 'their pattern' 0 pattern --weights w.h5 --null uv:0.2,0 --null uv:-0.33,0 --json
holds 'both nulls' '.difference != null and .nulls[0].level_db < -120 and .nulls[1].level_db < -80'
jq -e --slurpfile said said '.nulls[1].level_db - $said[0] | fabs < 0.5' out >/dev/null ||
    fault "levels: $(cat said) $(jq -c .nulls out)"
expect 'a mirrored null' 0 weights cap.h5 --steer uv:0.2,0 --taper bayliss --null uv:0.3,0 -o w.h5 --json
expect 'beside one lobe' 0 pattern --weights w.h5 --null uv:0.2,0 --json
holds 'keeps the look' '.nulls[0].level_db < -120'

# One null beside a uniform line of N: with r^2 the pattern's power there, the nearest weights have 1 / (1 - r^2) of the squares.
expect 'a sum beam' 0 weights cap.h5 --steer uv:0,0 --null uv:0.09,0 -o w.h5 --json
holds 'what its null costs' '((0.09 * 32 * 3.14159265359 / 2 | sin) / (0.09 * 3.14159265359 / 2 | sin) / 32) as $r |
    .beams[0].null_loss_db + 10 * (1 - $r * $r | log10) | fabs < 1e-4'
expect 'in text' 0 weights cap.h5 --steer uv:0,0 --null uv:0.09,0 -o w.h5
grep -qE '^  nulls cost 0\.[0-9]+ dB at the look$' out || fault "a line: $(cat out)"

for more in '--bits 4' '--states adar1000'; do
    # shellcheck disable=SC2086 # an option and its value
    expect "$more" 2 weights cap.h5 --steer uv:0.2,0 --taper bayliss $more -o v.h5
    says 'why' 'not for --taper bayliss'
done
expect 'along y' 2 weights cap.h5 --steer uv:0.2,0 --taper bayliss:axis=y -o v.h5
says 'why' 'no extent along y'
expect 'in a pattern' 2 pattern --array ula:32,0.5wl --steer uv:0,0 --taper bayliss:axis=y --json
says 'why too' 'no extent along y'
expect 'a plane has one' 0 pattern --array ura:8x8,0.5wl --steer uv:0,0 --taper bayliss:axis=y --json
holds 'difference' '.difference != null'
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
