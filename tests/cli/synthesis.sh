#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --mask`: weights that `pattern --mask` finds under the mask, by how much none can be, failed elements, refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

array=(--array 'ura:8x8,0.5wl' --freq 11.7e9)
element=(--element cos)

expect 'a panel under 25.209' 0 weights "${array[@]}" "${element[@]}" --steer thetaphi:20,30 --mask 25.209 --mask-from 18 -o w.h5 --json
holds 'the mask is met' '.mask.met and .mask.beams[0].met and .mask.beams[0].worst.margin_db >= 0 and .mask.beams[0].worst.margin_db < 0.03'
holds 'at the least loss, which is shown' '.mask.beams[0] | .taper_loss_db > 0.3 and .taper_loss_db - .loss_bound_db < 0.02 and .loss_bound_db <= .taper_loss_db and .margin_bound_db == null'
holds 'what lies nearer to the peak is told' '.mask.beams[0].inner.margin_db < -5'
holds 'where and in what unit' '.mask.unit == "dBi" and (.mask.beams[0].worst.u != null) and (.mask.beams[0].from_deg - 18 | fabs) < 0.3'
cp out made.json
expect 'the pattern of that file' 0 pattern --weights w.h5 "${element[@]}" --mask 25.209 --mask-from 18 --mask-cuts 30 --json
holds 'is under the mask in thirty cuts' '.mask.met and .mask.worst.margin_db >= 0'
jq -e --slurpfile made made.json '.taper_loss_db <= $made[0].mask.beams[0].taper_loss_db and (.directivity_db - $made[0].mask.beams[0].directivity_db | fabs) < 1e-2' out >/dev/null ||
    fault "loss and directivity are what was said: $(jq -c '[.taper_loss_db, .directivity_db]' out)"
expect 'uniform weights' 4 pattern "${array[@]}" "${element[@]}" --steer thetaphi:20,30 --mask 25.209 --mask-from 18

# A line against Dolph: -30 dB is what 16 elements can from 10.0085 degrees on.
printf 'angle,level\n0,-33\n90,-33\n' >flat.csv
expect 'a level that no weights have' 4 weights --array ula:16,0.5wl --freq 1e9 --steer uv:0,0 --mask relative:flat.csv --mask-from 10.0085 -o line.h5 --json
says 'by how much' 'exceeded by up to 3\.0[01].* dB, .* degrees from the peak; no weights of a taper loss up to 3 dB exceed it by less than 2\.99'
holds 'and the same in JSON' '.mask.unit == "dB" and (.mask.met | not) and (.mask.beams[0] | (.worst.margin_db + 3 | fabs) < 0.02 and (.margin_bound_db + 3 | fabs) < 0.02 and .loss_bound_db == null)'
expect 'the best weights there are' 0 pattern --weights line.h5 --json
holds 'are written' '(.psll_db + 30 | fabs) < 0.03'
expect 'little loss allowed' 4 weights --array ula:16,0.5wl --freq 1e9 --steer uv:0,0 --mask relative:flat.csv --mask-from 12 --mask-max-loss 0.2 -o line.h5 --json
holds 'is kept' '(.mask.beams[0].taper_loss_db - 0.2 | fabs) < 0.01 and .mask.max_loss_db == 0.2'
expect 'from the first nulls on' 0 weights --array ula:16,0.5wl --freq 1e9 --steer uv:0.3,0 --steer uv:-0.2,0 --mask S.1528 -o two.h5
grep -q '^beam 1  mask met from' out || fault "a line a beam: $(cat out)"

printf '0,-120\n180,-120\n' >deep.csv
expect 'a beam that nothing limits before one over the mask' 4 weights --array ula:16,0.5wl --freq 1e9 --steer uv:0,0 --steer uv:0.8,0 --mask relative:deep.csv --mask-from 100 -o two.h5 --json
says 'the excess of the other' 'exceeded by up to [0-9.]+ dB, 1[0-9.]+ degrees'
holds 'each for itself' '.mask.beams[0].met and (.mask.beams[1].met | not) and .mask.beams[0].worst.margin_db == null'

# Failed elements are not there.
expect 'a panel with dead elements' 0 simulate --array ura:6x6,0.5wl --freq 11.7e9 --source 'azel:0,0,snr=20dB' --samples 4096 --gain-errors 1dB,20deg --seed 7 --dead 7,22 -o cap.h5
expect 'its calibration' 0 calibrate cap.h5 --source azel:0,0 -o cal.h5
expect 'weights over the live ones' 0 weights --array ura:6x6,0.5wl --freq 11.7e9 --calibration cal.h5 --steer uv:0.1,0.2 --mask 25.209 --mask-from 24 -o live.h5 --json
holds 'without the dead' '.used == 34 and .mask.beams[0].used == 34 and .mask.met'
expect 'their pattern through the gains' 0 pattern --weights live.h5 --calibration cal.h5 --mask 25.209 --mask-from 24 --mask-cuts 20

refused=(weights --array 'ula:8,0.5wl' --freq 1e9 --steer 'uv:0,0' -o v.h5)
expect 'a taper as well' 2 "${refused[@]}" --mask 25.209 --taper bayliss
expect 'a null as well' 2 "${refused[@]}" --mask 25.209 --null uv:0.5,0
expect 'a repair as well' 2 "${refused[@]}" --mask 25.209 --repair
expect 'states as well' 2 "${refused[@]}" --mask 25.209 --bits 2
says 'what to do' 'pattern --mask'
expect 'a mask in dBi as one relative to the peak' 2 "${refused[@]}" --mask relative:25.209
says 'why' 'dBi'
printf 'u,v,taper\n0,0,taylor:nbar=4,sll=-30\n0.1,0,\n' >beams.csv
sed -i 's/taylor:nbar=4,sll=-30/"&"/' beams.csv
expect 'tapers of a table as well' 2 weights --array ula:8,0.5wl --freq 1e9 --beam-list beams.csv --mask 25.209 -o v.h5
says 'which' 'column taper'
expect 'a mask that says nothing of the beam' 2 weights --array ula:4,0.1wl --freq 1e9 --steer thetaphi:70,0 --mask S.1528 -o v.h5
says 'of what' 'says nothing of a beam'
expect 'no mask' 2 "${refused[@]}" --mask-from 5
expect 'no loss at all' 2 "${refused[@]}" --mask 25.209 --mask-max-loss 0
expect 'an absent mask' 3 "${refused[@]}" --mask relative:none.csv
expect 'a single element' 2 weights --array ula:1,0.5wl --freq 1e9 --steer uv:0,0 --mask 25.209 -o v.h5
expect 'the mask as output' 2 "${refused[@]}" --mask flat.csv -o flat.csv
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
