#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --repair`: the elements that live bring the sidelobes down again.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
taper='taylor:nbar=4,sll=-30'

expect 'a line' 0 simulate --array ula:64,0.5wl --freq 11.7e9 --source uv:0.2,0 --samples 10 --seed 3 -o cap.h5
expect 'three failures' 0 weights cap.h5 --exclude 10,31,50 --steer uv:0.2,0 --taper $taper -o broken.h5
expect 'repaired' 0 weights cap.h5 --exclude 10,31,50 --steer uv:0.2,0 --steer uv:-0.4,0 --taper $taper --repair -o repaired.h5 --json
holds 'by decibels, at little loss, for every beam' '.used == 61 and ([.beams[].repair | select(.after_psll_db < .before_psll_db - 4 and
    .after_loss_db < .before_loss_db + 1 and .rounds > 0 and (.intact_psll_db + 30 | fabs) < 0.7)] | length == 2)'
jq '.beams[0].repair' out >said.json
for name in broken repaired; do
    expect "the pattern of $name" 0 pattern --weights $name.h5 --json
    jq . out >$name.json
done
jq -en --slurpfile a broken.json --slurpfile b repaired.json --slurpfile s said.json '($a[0].psll_db - $s[0].before_psll_db | fabs) < 0.01 and
    ($b[0].psll_db - $s[0].after_psll_db | fabs) < 0.01 and $b[0].psll_db < $a[0].psll_db - 4 and
    ($b[0].peak.u - 0.2 | fabs) < 0.002' >/dev/null || fault "the patterns: $(jq -c .psll_db broken.json repaired.json said.json)"
expect 'a plane' 0 simulate --array disc:91,0.5wl --freq 11.7e9 --source uv:0.2,0 --samples 10 --seed 3 -o disc.h5
expect 'with failures' 0 weights disc.h5 --exclude 3,40,41,60 --steer uv:0.2,0.1 --taper circular-taylor:nbar=4,sll=-30 --repair -o w.h5 --json
holds 'too' '.beams[0].repair | .after_psll_db < .before_psll_db - 1'
expect 'a uniform line' 0 simulate --array ula:16,0.5wl --freq 11.7e9 --source uv:0.2,0 --samples 10 --seed 3 -o uniform.h5
expect 'the tops of sidelobes' 0 weights uniform.h5 --steer uv:0,0 --repair -o w.h5 --json
holds 'between samples' '.beams[0].repair.intact_psll_db + 13.147 | fabs < 0.001'
expect 'nothing failed' 0 weights disc.h5 --steer uv:0.2,0.1 --repair -o w.h5 --json
holds 'nothing is done' '.beams[0].repair | .rounds == 0 and .after_psll_db == .before_psll_db and .intact_psll_db == .before_psll_db'
expect 'nulls beside it' 0 weights disc.h5 --exclude 3,40 --steer uv:0.2,0.1 --null uv:-0.3,0.3 --repair -o w.h5 --json
holds 'are made after it' '.beams[0].null_db[0] < -80 and .beams[0].repair.rounds > 0'
expect 'text' 0 weights disc.h5 --exclude 3 --steer uv:0.2,0.1 --repair -o w.h5
grep -qE '^  repair  peak sidelobe -[0-9.]+ dB intact, -[0-9.]+ dB before, -[0-9.]+ dB after' out || fault "a line: $(cat out)"

expect 'adaptive weights' 2 weights cap.h5 --steer uv:0.2,0 --method mvdr --repair -o v.h5
says 'need none' '--repair goes with --method conventional'
expect 'a difference beam' 2 weights cap.h5 --exclude 3 --steer uv:0.2,0 --taper bayliss --repair -o v.h5
says 'why' 'of some response toward their look'
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
