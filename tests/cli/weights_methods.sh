#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --method`: every adaptive method hears noise alone where a jammer is, keeps its look, and says what it took.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array='ura:6x5,0.5wl'
look='azel:20,10'

expect 'a jammed capture' 0 simulate --array $array --freq 11.7e9 --source azel:20,10,snr=-60dB --jammer azel:-30,5,inr=40dB \
    --samples 2000 --type c16 --gain-errors 1dB,20deg --dead 3 --seed 7 -o cap.h5
expect 'one with the signal' 0 simulate --array $array --freq 11.7e9 --source azel:20,10,snr=10dB --jammer azel:-30,5,inr=40dB \
    --samples 2000 --type c16 --gain-errors 1dB,20deg --dead 3 --seed 7 -o signal.h5
expect 'a calibration' 0 calibrate signal.h5 --source $look --source azel:-30,5 -o cal.h5

# Noise of 1 an element leaves 1/29 in a beam, -14.6 dB (gains have errors of 1 dB, 0.3 dB of mean power); conventional: above 0.
# NLMS with a step s has s / (2 - s) more: 0.5 dB. FB leaves two elements out.
while read -r method; do
    expect "weights by $method" 0 weights cap.h5 --calibration cal.h5 --steer $look --method "$method" -o "w.h5" --json
    holds "named" ".method == \"${method%%:*}\" and .samples == 2000"
    expect "the beam of $method" 0 beamform cap.h5 --weights w.h5 -o beams.h5 --json
    holds "$method hears noise alone" '.beams[0].power_db < -13.5 and .beams[0].power_db > -15.5'
    expect "the response of $method" 0 beamform signal.h5 --weights w.h5 -o beams.h5 --json
    holds "$method keeps the look, 10 dB" '.beams[0].power_db - 10 | fabs < 0.5'
done <<'TABLE'
gsc
lcmv:derivative=1
gsc:derivative=1
robust-capon
robust-capon:uncertainty=0.05
white-noise:gain=-1dB
subspace
subspace:waves=1
subspace:threshold=10dB,protect=1
nlms:step=0.2
qrd-rls
qrd-rls:forget=0.999,regular=-30dB
inverse-qrd-rls:forget=1
TABLE

expect 'LCMV and GSC' 0 weights cap.h5 --calibration cal.h5 --steer $look --method lcmv --null azel:50,-10 -o lcmv.h5
expect 'GSC with a null' 0 weights cap.h5 --calibration cal.h5 --steer $look --method gsc --null azel:50,-10 -o gsc.h5 --json
holds 'has it' '.beams[0].null_db[0] < -100'
for weights in lcmv gsc; do
    expect "the pattern of $weights" 0 pattern --weights $weights.h5 --json
    jq -S 'del(.input)' out >$weights.json
done
jq -en --slurpfile a lcmv.json --slurpfile b gsc.json '$a[0].psll_db - $b[0].psll_db | fabs < 1e-3' >/dev/null ||
    fault 'GSC and LCMV are not the same weights'
expect 'robust Capon' 0 weights signal.h5 --steer $look --method robust-capon:uncertainty=0.3 -o robust.h5 --json
holds 'says what it loaded' '.beams[0].load > 0'
expect 'a limit that MVDR keeps' 0 weights cap.h5 --calibration cal.h5 --steer $look --method white-noise:gain=-20dB -o w.h5 --json
holds 'loads nothing' '.beams[0].load == 0'
expect 'a tracker with a null' 0 weights cap.h5 --calibration cal.h5 --steer $look --steer azel:0,0 --method qrd-rls:forget=1 \
    --null azel:50,-10 -o w.h5 --json
holds 'has it for every beam' '[.beams[].null_db[0]] | length == 2 and max < -100'
holds 'shows its learning: a curve of tenths that ends at the noise' \
    '.beams | all(.learning.output_db | length == 10 and .[9] < .[0] - 3) and all(.learning | .end_db == .output_db[9] and .end_db < -13)'
expect 'as text' 0 weights cap.h5 --calibration cal.h5 --steer $look --method nlms -o w.h5
grep -qE '^  output  -?[0-9.]+ dB in the first tenth, -[0-9.]+ dB in the last' out || fault "a line of learning: $(cat out)"
expect 'few samples' 0 simulate --array ula:4,0.5wl --freq 1e9 --source uv:0,0 --samples 4 --seed 3 -o few.h5
expect 'fewer than tenths' 0 weights few.h5 --steer uv:0,0 --method nlms -o w.h5
! grep -q nan out && grep -qE '^  output  (-|-?[0-9.]+ dB) in the first tenth, (-|-?[0-9.]+ dB) in the last$' out &&
    grep -qE '^  output .*(  |, )- in' out || fault "tenths without a sample: $(cat out)"
expect 'in JSON' 0 weights few.h5 --steer uv:0,0 --method nlms -o w.h5 --json
holds 'null' '.beams[0].learning.output_db | length == 10 and any(. == null) and any(type == "number")'

expect 'ten snapshots' 0 weights cap.h5 --calibration cal.h5 --steer $look --method subspace:waves=1 --duration 10us -o w.h5 --json
holds 'project one jammer out' '.waves == 1 and .samples == 10 and .beams[0].waves_kept == 0 and (has("loading") | not)'
expect 'the beam' 0 beamform cap.h5 --weights w.h5 -o beams.h5 --json
holds 'hears noise' '.beams[0].power_db < -10'
expect 'the waves of a signal and a jammer' 0 weights signal.h5 --calibration cal.h5 --steer $look --method subspace -o w.h5 --json
holds 'two, and its own is kept' '.waves == 2 and .beams[0].waves_kept == 1'

# ---- averages: an echo of the signal would be used against it; on a line its parts part them ----
expect 'echoes' 0 simulate --array ula:16,0.5wl --freq 11.7e9 --source azel:20,0,snr=10dB --jammer azel:-35,0,inr=30dB --samples 500 \
    --type c16 --gain-errors 0.5dB,15deg --seed 3 -o line.h5
expect 'their calibration' 0 calibrate line.h5 --source azel:20,0 --source azel:-35,0 -o line_cal.h5
for way in '--forward-backward' '--smooth 10' '--smooth 10 --forward-backward'; do
    # shellcheck disable=SC2086 # words
    expect "MVDR $way" 0 weights line.h5 --calibration line_cal.h5 --steer azel:20,0 --method mvdr $way -o w.h5 --json
    holds "uses all elements" '.used == 16 and .samples == 500'
    expect "the beam of $way" 0 beamform line.h5 --weights w.h5 -o beams.h5 --json
    holds "$way: the signal alone, 10 dB and some noise" '.beams[0].power_db - 10 | fabs < 0.6'
done
expect 'fewer snapshots than elements' 3 weights line.h5 --steer azel:20,0 --method mvdr --duration 10us -o v.h5
expect 'which forward-backward doubles' 0 weights line.h5 --calibration line_cal.h5 --steer azel:20,0 --method mvdr --duration 10us \
    --forward-backward -o w.h5
expect 'a dead element' 0 weights cap.h5 --calibration cal.h5 --steer $look --method mvdr --forward-backward -o w.h5 --json
holds 'takes the one opposite with it' '[.flagged[].element] == [3, 26] and .used == 28'

expect 'a square' 0 simulate --array ura:3x3,0.5wl --freq 11.7e9 --source azel:20,0 --samples 100 --type c16 --seed 3 -o square.h5

# ---- refusals ----
while read -r status pattern words; do
    read -ra words <<<"$words"
    expect "${words[*]}" "$status" weights "${words[@]}" -o v.h5
    says "${words[*]}" "${pattern//_/ }"
done <<'TABLE'
3 needs_a_line_of_equally_spaced_elements:_element_3 square.h5 --steer uv:0,0 --method mvdr --smooth 4
3 element_3_is_dead cap.h5 --steer uv:0,0 --method mvdr --smooth 4
2 expected_fewer_than_the_16 line.h5 --steer uv:0,0 --method mvdr --smooth 16
2 go_with_--method_mvdr line.h5 --steer uv:0,0 --smooth 4
2 go_with_--method_mvdr line.h5 --steer uv:0,0 --method nlms --forward-backward
2 does_without line.h5 --steer uv:0,0 --method mvdr --smooth 4 --null-width 3
2 does_without line.h5 --steer uv:0,0 --method lcmv:derivative=1 --smooth 4
2 expected_uncertainty_between_0_and_1 line.h5 --steer uv:0,0 --method robust-capon:uncertainty=1
2 expected_gain_below_0dB line.h5 --steer uv:0,0 --method white-noise:gain=0dB
2 a_whole_number_of_waves,_or_a_threshold line.h5 --steer uv:0,0 --method subspace:waves=1.5
2 a_whole_number_of_waves,_or_a_threshold line.h5 --steer uv:0,0 --method subspace:waves=1,threshold=3dB
2 expected_threshold_above_0dB line.h5 --steer uv:0,0 --method subspace:threshold=-1dB
2 --smooth_does_without line.h5 --steer uv:0,0 --method subspace --smooth 4
3 16_waves_leave_nothing_of_16 line.h5 --steer uv:0,0 --method subspace:waves=16
3 10_snapshots_of_16_live_elements_do_not_count line.h5 --steer uv:0,0 --method subspace --duration 10us
2 expected_step_between_0_and_2 line.h5 --steer uv:0,0 --method nlms:step=2
2 expected_forget_above_0,_at_most_1 line.h5 --steer uv:0,0 --method qrd-rls:forget=1.01
2 expected_regular line.h5 --steer uv:0,0 --method inverse-qrd-rls:regular=0
2 expected_one_of:_0_1 line.h5 --steer uv:0,0 --method lcmv:derivative=2
2 nothing_more_was_expected line.h5 --steer uv:0,0 --method mvdr:step=1
2 --null_goes_with line.h5 --steer uv:0,0 --method robust-capon --null uv:0.5,0
2 --loading_goes_with line.h5 --steer uv:0,0 --method nlms --loading oas
2 --null-width_goes_with line.h5 --steer uv:0,0 --method nlms --null uv:0.5,0 --null-width 3
2 needs_data --array ula:8,0.5wl --freq 1e9 --steer uv:0,0 --method nlms
TABLE
expect 'a covariance' 0 covariance cap.h5 -o cov.h5
expect 'has no samples to follow' 3 weights cov.h5 --steer $look --method nlms -o v.h5
says 'what it is' 'is a covariance; --method nlms follows the samples'
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
