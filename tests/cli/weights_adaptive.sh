#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --method`, `--null`, `--loading`: nulls where they were asked for, jammers gone, and refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array='ura:6x5,0.5wl'
look='azel:20,10'

# A jammer of 40 dB, gains with errors, one dead element; without and with the signal.
for source in 'azel:20,10,snr=-60dB' 'azel:20,10,snr=10dB'; do
    expect 'a jammed capture' 0 simulate --array $array --freq 11.7e9 --source "$source" --jammer azel:-30,5,inr=40dB \
        --samples 2000 --type c16 --gain-errors 1dB,20deg --dead 3 --seed 7 -o "cap${source##*=}.h5"
done
mv cap-60dB.h5 cap.h5
expect 'its covariance' 0 covariance cap.h5 -o cov.h5
expect 'a calibration' 0 calibrate cap10dB.h5 --source $look --source azel:-30,5 -o cal.h5

# ---- deterministic nulls ----
expect 'a null of a width' 0 weights --array $array --freq 11.7e9 --steer $look --null azel:-30,5 --null azel:55,-20 --null-width 4 \
    -o null.h5 --json
holds 'two nulls below 60 dB all over their width' '[.beams[0].null_db[]] | length == 2 and max < -60'
holds 'named as asked' '[.nulls[].name] == ["azel:-30,5", "azel:55,-20"] and .null_width_deg == 4 and .method == "conventional"'
expect 'the beam in its look direction' 0 pattern --weights null.h5 --json
holds 'still has its response near the peak' '(.peak.u - 0.3368 | fabs) < 0.02 and (.peak_power_db | fabs) < 0.2'
expect 'narrow nulls of every beam' 0 weights cap.h5 --calibration cal.h5 --steer $look --steer azel:0,-15 --null azel:-30,5 \
    --taper taylor:nbar=4,sll=-25 -o narrow.h5 --json
holds 'go through the calibration' '[.beams[].null_db[0]] | length == 2 and max < -60'
expect 'text' 0 weights cap.h5 --steer $look --null azel:-30,5 -o text.h5
grep -qE '^  null  azel:-30,5 +-[0-9.]+ dB' out || fault "a line a null: $(cat out)"

# ---- adaptive ----
for input in cap.h5 cov.h5; do
    expect "MVDR of $input" 0 weights $input --calibration cal.h5 --steer $look --method mvdr -o mvdr.h5 --json
    holds 'leaves out the dead element' '.used == 29 and .flagged[0].element == 3'
    holds 'says what it stood on' '.method == "mvdr" and .samples == 2000 and .loading == {kind: "none", rho: 0, load: 0}'
done
expect 'automatic loading' 0 weights cov.h5 --calibration cal.h5 --steer $look --method mvdr --loading oas -o oas.h5 --json
holds 'is some of the mean power' '.loading.kind == "oas" and .loading.rho > 0 and .loading.rho < 0.1 and .loading.load > 0'
expect 'relative loading' 0 weights cov.h5 --steer $look --method mvdr --loading relative:-20dB -o relative.h5 --json
jq '.loading.load' out >relative
expect 'the same as a number' 0 weights cov.h5 --steer $look --method mvdr --loading "fixed:$(cat relative)" -o fixed.h5 --json
holds 'is the same load' ".loading.load - $(cat relative) | fabs < 1e-9 * $(cat relative)"
expect 'LCMV' 0 weights cov.h5 --calibration cal.h5 --steer $look --method lcmv --null azel:55,-20 --null-width 3 --loading ledoit-wolf \
    -o lcmv.h5 --json
holds 'has its null' '.method == "lcmv" and .beams[0].null_db[0] < -60'

# Noise of 1 an element leaves 1/29 in a beam, -14.6 dB (gains have errors of 1 dB); the jammer is 40 dB, less a sidelobe.
expect 'the beam without nulls' 0 weights cap.h5 --calibration cal.h5 --steer $look -o plain.h5
expect 'hears the jammer' 0 beamform cap.h5 --weights plain.h5 -o beams.h5 --json
holds 'well above noise' '.beams[0].power_db > 0'
for weights in mvdr oas lcmv narrow; do
    expect "the beam of $weights" 0 beamform cap.h5 --weights $weights.h5 -o beams.h5 --json
    holds "$weights hears noise alone" '.beams[0].power_db < -12'
done

# ---- refusals ----
expect 'too few snapshots' 3 weights cap.h5 --steer $look --method mvdr --duration 10us -o v.h5
says 'how many, and what helps' '10 snapshots for 29 live elements.*--loading ledoit-wolf'
expect 'too few, but loaded' 0 weights cap.h5 --steer $look --method mvdr --duration 10us --loading ledoit-wolf -o few.h5
expect 'a null on the look' 3 weights cap.h5 --steer $look --null $look -o v.h5
says 'why' 'look direction'
expect 'a null on the look, LCMV' 3 weights cap.h5 --steer $look --null $look --method lcmv -o v.h5
says 'why' 'constraint 1 depends'
expect 'more constraints than elements' 3 weights cap.h5 --exclude 0-26 --steer $look --method lcmv --null azel:-30,5 --null azel:0,0 \
    --null azel:5,5 -o v.h5
says 'how many' '4 constraints are more than 3 live elements'
expect 'all excluded' 3 weights cap.h5 --exclude 0-29 --steer $look --method mvdr -o v.h5
expect 'a calibration for a covariance' 3 weights cal.h5 --steer $look --method mvdr -o v.h5
expect 'a dump too many' 2 weights cov.h5 --steer $look --method mvdr --time 1 -o v.h5
says 'how many there are' 'has 1'
while read -r pattern words; do
    read -ra words <<<"$words"
    expect "${words[*]}" 2 weights "${words[@]}" -o v.h5
    says "${words[*]}" "${pattern//_/ }"
done <<'TABLE'
needs_data --array ula:8,0.5wl --freq 1e9 --steer uv:0,0 --method mvdr
expected_none_fixed:POWER cap.h5 --steer uv:0,0 --method mvdr --loading some
expected_none_fixed:POWER cap.h5 --steer uv:0,0 --method mvdr --loading oas:3
expected_none_fixed:POWER cap.h5 --steer uv:0,0 --method mvdr --loading fixed
a_power_such_as cap.h5 --steer uv:0,0 --method mvdr --loading fixed:-1
--loading_goes_with_--method_mvdr_lcmv_gsc_robust-capon_white-noise,_not_with_conventional cap.h5 --steer uv:0,0 --loading oas
--time_goes_with_--method_mvdr_lcmv_gsc_robust-capon_white-noise_subspace,_not_with_conventional cov.h5 --steer uv:0,0 --time 1
--start_and_--duration_go_with_--method_mvdr_lcmv_gsc_robust-capon_white-noise_subspace_nlms_qrd-rls_inverse-qrd-rls,_not_with_conventional cap.h5 --steer uv:0,0 --duration 1ms
--taper_goes_with cap.h5 --steer uv:0,0 --method mvdr --taper uniform
--null_goes_with_--method_conventional_lcmv_gsc_nlms_qrd-rls_inverse-qrd-rls,_not_with_mvdr cap.h5 --steer uv:0,0 --method mvdr --null uv:0.5,0
no_constraint_but_the_look cap.h5 --steer uv:0,0 --method lcmv
without_a_null cap.h5 --steer uv:0,0 --null-width 3
is_no_width cap.h5 --steer uv:0,0 --null uv:0.5,0 --null-width 91
conventional cap.h5 --steer uv:0,0 --method best
TABLE
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
