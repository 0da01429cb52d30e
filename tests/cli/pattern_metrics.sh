#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase pattern`: first nulls, mean sidelobes, grating lobes, nulls of weights on states, what errors and bits cost.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# near CLAIM EXPRESSION VALUE TOLERANCE: of the JSON in `out`
near() {
    jq -e --argjson value "$3" --argjson tolerance "$4" "($2) - \$value | fabs <= \$tolerance" out >/dev/null ||
        fault "$1: $(jq -c "$2" out), expected $3"
}

# A uniform line: nulls where sin = u +- 2/N; the mean sidelobe is the integral of its pattern over -1 <= u <= 1 without the main lobe.
expect 'a line' 0 pattern --array ula:10,0.5wl --steer uv:0.3,0 --json
near 'its left null' '(.peak.az_deg + .first_nulls_deg[0][0]) * 0.017453292519943295 | sin' 0.1 1e-6
near 'its right null' '(.peak.az_deg + .first_nulls_deg[0][1]) * 0.017453292519943295 | sin' 0.5 1e-6
holds 'are deep' '.first_nulls_db[0] | max < -100'
mean=$(jq -n '[range(20000)] | map(-1 + (. + 0.5) / 10000 - 0.3) | map(select(fabs >= 0.2)) | (map((5 * 3.141592653589793 * . | sin) / (10 * (3.141592653589793 / 2 * . | sin)) | . * .) | add) / length | log10 * 10')
near 'its mean sidelobe' .mean_sidelobe_db "$mean" 1e-3
near 'that of the sphere is the same' .mean_sidelobe_sphere_db "$mean" 1e-3
# (1 - the main lobe's share) / (1 - 2 / N), by quadrature to 1e-6
for line in 6:-16.587 8:-18.147 20:-22.715 32:-24.911; do
    cp out line.json
    expect "a line of ${line%:*}" 0 pattern --array "ula:${line%:*},0.5wl" --json
    near "its mean sidelobe, ${line%:*}" .mean_sidelobe_db "${line#*:}" 1e-3
    cp line.json out
done
holds 'nothing else was asked' '.nulls == [] and .grating_lobes == [] and .grating_lobe_count == 0 and .quantisation == null and .error_budget == null'
near 'no phase is wrong' .phasing_loss_db 0 1e-6
expect 'a disc' 0 pattern --array disc:1280,12.8mm --freq 11.7e9 --json
# 1.2197 wavelengths over the diameter of as much area, 0.4807 m
near 'its first null' '.first_nulls_deg[0][1] * 0.017453292519943295 | sin' 0.06501 0.00065
near 'and across' '.first_nulls_deg[1][0] * 0.017453292519943295 | sin' -0.06501 0.00065
expect 'a single element' 0 pattern --array ula:1,0.5wl --json
holds 'has none of it' '.first_nulls_deg == [] and .mean_sidelobe_db == null'

expect 'a wavelength of pitch' 0 pattern --array ula:8,1wl --steer uv:0.3,0 --json
holds 'one grating lobe' '.grating_lobe_count == 1 and (.grating_lobes[0].u + 0.7 | fabs) < 1e-5 and (.grating_lobes[0].level_db | fabs) < 1e-3'
# 12.8 mm at 14.5 GHz: 0.6191 wavelengths, rows along x; the reciprocal lattice has (0, 2/sqrt 3) of its inverse.
expect 'the terminal at 14.5 GHz, 66 degrees' 0 pattern --array tri:331,12.8mm --freq 14.5e9 --steer uv:0,0.92 --json
near 'its grating lobe' '.grating_lobes[0].v' -0.945136 1e-5
expect 'the terminal at 14.5 GHz, 50 degrees' 0 pattern --array tri:331,12.8mm --freq 14.5e9 --steer uv:0,0.766 --json
holds 'none' '.grating_lobe_count == 0'

# Nulls on states: what `weights` says is what `pattern` finds in the file.
expect 'nulls on six bits' 0 weights --array disc:400,0.5wl --freq 11.7e9 --steer thetaphi:40,25 --bits 6 --null thetaphi:55,25 --null thetaphi:10,60 -o w.h5 --json
cp out made.json
expect 'in the file' 0 pattern --weights w.h5 --null thetaphi:55,25 --null thetaphi:10,60 --bits 6 --json
holds 'are deep' '[.nulls[].null_db] | max < -60'
jq -e --slurpfile m made.json '[.nulls[].null_db] as $p | [$m[0].beams[0].null_db, [$m[0].quantised[0].nulls[].after_db]][] | (.[0] - $p[0] | fabs) < 0.05 and (.[1] - $p[1] | fabs) < 0.05' out >/dev/null ||
    fault "as deep as weights said: $(jq -c .nulls out) $(jq -c .beams made.json)"
jq -e --slurpfile m made.json '$m[0].beams[0].null_planned_db | max < -100' out >/dev/null || fault 'planned nulls were deeper'
holds 'level and depth differ by the look' '(.nulls[0].level_db + .peak_power_db - .nulls[0].null_db - .look_power_db | fabs) < 1e-9'
expect 'rounded phases' 0 weights --array disc:400,0.5wl --freq 11.7e9 --steer thetaphi:40,25 --bits 3 -o b.h5 --json
cp out made.json
expect 'what they lose' 0 pattern --weights b.h5 --bits 3 --json
near 'is predicted' .quantisation.loss_db 0.2244 1e-4
near 'with its rms' .quantisation.phase_rms_deg 12.9904 1e-4
jq -e --slurpfile m made.json '.phasing_loss_db - $m[0].quantised[0].loss_db | fabs < 1e-3' out >/dev/null ||
    fault "the loss that weights said: $(jq .phasing_loss_db out) $(jq -c .quantised made.json)"
holds 'is near what was predicted' '.phasing_loss_db > 0.15 and .phasing_loss_db < 0.26'
expect 'in words' 0 pattern --weights b.h5 --bits 3 --null uv:0,0
grep -q '^phases lose   0\.2' out && grep -q '^null  *uv:0,0: [0-9.]* dB below the peak' out || fault "lines of them: $(cat out)"

expect 'errors of the terminal' 0 pattern --array disc:1280,12.8mm --freq 11.7e9 --errors 5deg,0.5dB --json
near 'their floor' .error_budget.floor_db -50.7 0.05
near 'their cost' .error_budget.loss_db 0.0472 1e-4
expect 'twice of them, the other way around' 0 pattern --array disc:1280,12.8mm --freq 11.7e9 --errors 1dB,10deg --json
near 'their floor' .error_budget.floor_db -44.7 0.05
expect 'with bits' 0 pattern --array disc:1280,12.8mm --freq 11.7e9 --errors 3deg,0 --bits 4 --taper circular-taylor:sll=-30 --json
near 'both add' '.error_budget | .phase_rms_deg * .phase_rms_deg - (.sources | map(.phase_rms_deg * .phase_rms_deg) | add)' 0 1e-9
near 'over fewer elements, in effect' '.taper_loss_db as $t | .error_budget | .floor_db - $t - 10 * ((.phase_rms_deg * 0.017453292519943295) | . * . / 1280 | log10)' 0 1e-6
holds 'are named' '[.error_budget.sources[].source] == ["bits", "errors"]'
expect 'a calibration' 0 simulate --array ura:6x5,0.5wl --freq 11.7e9 --source azel:10,5,snr=10dB --samples 400 --gain-errors 1dB,20deg --dead 4 --seed 3 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --source azel:10,5 -o cal.h5 --json
cp out cal.json
expect 'its errors' 0 pattern --array ura:6x5,0.5wl --freq 11.7e9 --calibration cal.h5 --json
sigma=$(h5dump -d /phase_sigma_rad -y -w 0 cal.h5 | sed -n '/DATA {/,/}/p' | tr -c '0-9.eE+-' '\n' | awk '/^[0-9.]/ { s += $1 * $1; n++ } END { printf "%.6f", sqrt(s / n) * 57.29577951308232 }')
near 'are those of the file' '.error_budget.sources[0].phase_rms_deg' "$sigma" 1e-3
holds 'of the elements in use' '.used == 29 and .error_budget.sources[0].source == "calibration"'
# Each element reflects a tenth and hands a twentieth on to every other: the dead one radiates, unused.
awk 'BEGIN { print "# GHz S RI"; for (i = 0; i < 30; i++) { printf i ? "" : "11.7"; for (k = 0; k < 30; k++) printf " %g 0", i == k ? 0.1 : 0.05; print "" } }' >x.s30p
expect 'coupled, too' 0 pattern --array ura:6x5,0.5wl --freq 11.7e9 --calibration cal.h5 --coupling x.s30p --quiet --json
near 'they are those of the file' '.error_budget.sources[0].phase_rms_deg' "$sigma" 1e-3

# Halves of a uniform line: k sum |x| / N, N even; of a Bayliss beam the sum is that with the signs undone.
expect 'pictures' 0 pattern --array ula:16,0.5wl --plot-azel azel.svg --plot-monopulse pair.png --json
near 'the slope of the halves' '.monopulse.slope_per_rad[0]' 12.566370614 1e-4
[ -s azel.svg ] && grep -q '<svg' azel.svg || fault 'no azel.svg'
[ "$(head -c 4 pair.png | tail -c 3)" = PNG ] || fault 'no pair.png'
holds 'are named' '.plot_azel == "azel.svg" and .plot_monopulse == "pair.png" and .plot == null'
expect 'a steered pair' 0 pattern --array ura:16x10,0.5wl --steer uv:0.6,0 --plot-monopulse pair.svg --json
near 'its slope is flatter by the cosine' '.monopulse.slope_per_rad[0]' 10.0530964915 1e-4
near 'across it is not' '.monopulse.slope_per_rad[1]' 7.8539816340 1e-4
expect 'a difference beam' 0 pattern --array ura:40x10,0.5wl --taper bayliss --steer azel:0,10 --plot-monopulse pair.svg --json
holds 'has a pair in one plane' '(.monopulse.slope_per_rad | length) == 1 and (.monopulse.slope_per_rad[0] | fabs) > 20'
expect 'no pictures' 0 pattern --array ula:16,0.5wl --json
holds 'no pair' '.monopulse == null and .plot_azel == null'
expect 'an element has no halves' 3 pattern --array ula:1,0.5wl --plot-monopulse one.svg
expect 'one file for two pictures' 2 pattern --array ula:4,0.5wl --plot-azel both.svg --plot-monopulse both.svg
expect 'a picture of another kind' 2 pattern --array ula:4,0.5wl --plot-azel both.gif
[ ! -e both.svg ] && [ ! -e one.svg ] || fault 'a refused run left a picture'

expect 'one error alone' 2 pattern --array ula:4,0.5wl --errors 5deg
expect 'a negative error' 2 pattern --array ula:4,0.5wl --errors=-5deg,1dB
expect 'no bits' 2 pattern --array ula:4,0.5wl --bits 0
expect 'a null in the sky' 3 pattern --array ula:4,0.5wl --null sky:0,45
finish
