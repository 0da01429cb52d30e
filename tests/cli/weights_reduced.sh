#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --subarrays` and `--beamspace`: what few snapshots of many elements can be made to do.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array='disc:300,12.8mm'
jam=(--jammer 'uv:0.4,-0.2,inr=30dB' --jammer 'uv:-0.3,0.35,inr=20dB')

expect 'a capture' 0 simulate --array $array --freq 11.7e9 --source uv:0.1,0.05,snr=-80dB "${jam[@]}" \
    --samples 2200 --type c16 --gain-errors 1dB,20deg --dead 17 --seed 7 -o cap.h5
expect 'its calibration' 0 calibrate cap.h5 --source uv:0.4,-0.2 --source uv:-0.3,0.35 -o cal.h5
first=(--duration 200us) rest=(--start 200us)

expect 'MVDR of the elements' 3 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 --method mvdr -o v.h5
says 'what helps' '200 snapshots for 299 live elements.*--loading'
# Noise of 1 in 299 elements leaves -24.8 dB; K = 200 snapshots in M dimensions cost (K - M + 2) / (K + 1), 0.8 dB of 32, and what
# 32 dimensions cannot do beside 300. The conventional beam hears the jammers.
expect 'the conventional beam' 0 weights cap.h5 --calibration cal.h5 --steer uv:0.1,0.05 -o w.h5
expect 'hears jammers' 0 beamform cap.h5 "${rest[@]}" --weights w.h5 -o beams.h5 --json
holds 'well above noise' '.beams[0].power_db > -20'
while read -r key count words; do
    read -ra words <<<"$words"
    expect "${words[*]}" 0 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 "${words[@]}" -o w.h5 --json
    holds 'its dimensions' ".$key == $count and .samples == 200 and .used == 299 and .flagged[0].element == 17"
    expect "the beam of ${words[*]}" 0 beamform cap.h5 "${rest[@]}" --weights w.h5 -o beams.h5 --json
    holds "${words[*]} hears noise alone" '.beams[0].power_db < -23.0 and .beams[0].power_db > -25.4'
done <<'TABLE'
subarrays 32 --method mvdr --subarrays 32
subarrays 30 --method mvdr --subarrays 6x5
subarrays 32 --method gsc --subarrays 32
subarrays 32 --method robust-capon:uncertainty=0.01 --subarrays 32
beamspace 32 --method mvdr --beamspace 32
beamspace 32 --method mvdr --beamspace 32 --loading ledoit-wolf
beamspace 16 --method lcmv --beamspace 16 --null uv:0.6,0.1
TABLE
holds 'has its null' '.beams[0].null_db[0] < -100'

expect 'two levels of two beams' 0 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 --steer uv:0,0 --method mvdr --subarrays 4x4 \
    -o w.h5 --json
holds 'every live element once, and a weight each subarray' \
    '.beams | all(.levels | length == 16 and ([.[].elements[].element] | sort == [range(300)] - [17]) and all(.amplitude > 0))'
expect 'a covariance' 0 covariance cap.h5 "${first[@]}" -o cov.h5
expect 'from a file' 0 weights cov.h5 --calibration cal.h5 --steer uv:0.1,0.05 --steer uv:0,0 --method mvdr --subarrays 4x4 -o v2.h5 --json
jq -S '[.beams[].levels[].amplitude]' out >from_covariance
# The file's floats, 6e-8, times the jammers' power over the noise in subarrays, 1000 x 300.
expect 'the same from samples' 0 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 --steer uv:0,0 --method mvdr --subarrays 4x4 \
    -o w.h5 --json
jq -e --slurpfile a from_covariance '[.beams[].levels[].amplitude] as $b | $a[0] as $a |
    [range($b | length)] | (length == 32) and all(. as $i | ($a[$i] - $b[$i] | fabs) < 0.02 * $b[$i])' out >/dev/null || fault 'not the same weights'
expect 'more beams than any fan has' 0 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 --method mvdr --beamspace 65536 --loading ledoit-wolf -o w.h5
expect 'as text' 0 weights cap.h5 "${first[@]}" --calibration cal.h5 --steer uv:0.1,0.05 --method mvdr --beamspace 8 -o w.h5
grep -q 'in 8 beams' out || fault "the dimensions: $(cat out)"
expect 'a line' 0 simulate --array ula:6,0.5wl --freq 11.7e9 --source uv:0,0 --samples 500 -o line.h5
expect 'more beams than it has' 0 weights line.h5 --steer uv:0,0 --method mvdr --beamspace 100 -o w.h5
grep -qE 'in [1-6] of 100 beams: no more are independent' out || fault "not what is left of them: $(cat out)"

# ---- refusals ----
while read -r status pattern words; do
    read -ra words <<<"$words"
    expect "${words[*]}" "$status" weights cap.h5 "${first[@]}" --steer uv:0,0 "${words[@]}" -o v.h5
    says "${words[*]}" "${pattern//_/ }"
done <<'TABLE'
2 expected_AxB_or_N --method mvdr --subarrays some
2 expected_AxB_or_N --method mvdr --subarrays 0x4
2 expected_AxB_or_N --method mvdr --subarrays 4x
2 expected_either --method mvdr --subarrays 4 --beamspace 4
2 go_with_--method_mvdr --subarrays 4
2 go_with_--method_mvdr --method nlms --beamspace 4
2 do_without --method mvdr --beamspace 4 --null-width 2
3 no_two_elements_of_it_share --method mvdr --subarrays array
3 no_more_of_them_than_elements --method mvdr --subarrays 301
3 200_snapshots_for_249_live --method mvdr --subarrays 250
TABLE
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
