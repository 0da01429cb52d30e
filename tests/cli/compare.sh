#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase compare: a cover of known loss, wedge, curvature and roughness is laid over an array, and comes back; limits; refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# 9 x 6 elements, 12 mm apart. The cover is so much path in metres: elements stand that much higher (toward boresight) than the
# positions say that they are calibrated with. wavelength 25.623 mm at 11.7 GHz.
#   wedge 0.31 x - 0.12 y; at the rim (R^2 = 0.048^2 + 0.03^2) defocus 4 mm, astigmatism -1 mm, diagonal 0.6 mm
table() { # COVER ROUGHNESS [POLARISATIONS]: so much of the cover, and so many metres up and down by turns
    awk -v cover="$1" -v rough="$2" -v polarizations="${3:-}" 'BEGIN {
        print "x y z number" (polarizations != "" ? " polarization" : "")
        for (p = 0; p < (polarizations != "" ? 2 : 1); p++) for (n = 0; n < 54; n++) {
            x = 0.012 * (n % 9 - 4); y = 0.012 * (int(n / 9) - 2.5); R2 = 0.048 ^ 2 + 0.03 ^ 2
            z = 0.31 * x - 0.12 * y + (0.004 * (x * x + y * y) - 0.001 * (x * x - y * y) + 0.0006 * 2 * x * y) / R2
            up = (n % 9 + int(n / 9)) % 2 ? rough : -rough
            printf "%.9f %.9f %.9f %d%s\n", x, y, cover * z + up, n, polarizations != "" ? " " substr(polarizations, p + 1, 1) : ""
        } }'
}
table 0 0 >flat.txt
table 1 0 >covered.txt
table 0 0.0003 >rough.txt
awk 'BEGIN { print "idx name E N U flagged" } NR > 1 { print $4, "E" $4, $1, $2, 0, "False" }' flat.txt >positions.txt

make() { # NAME TABLE SNR [OPTIONS...]: a capture of a source in the zenith, calibrated by the flat positions and its power
    local name=$1 array=$2 snr=$3
    shift 3
    expect "a capture $name" 0 simulate --array "$array" --freq 11.7e9 --source "uv:0,0,snr=$snr" --gain-errors 1dB,60deg --samples 8192 \
        --type c16 --seed 5 "$@" -o "$name.cap.h5"
    expect "its gains $name" 0 calibrate "$name.cap.h5" --positions positions.txt --source sky:0,90,flux=20dB -o "$name.h5"
}
# Who is missing has an opposite that is: the middle of the others stays the middle.
make bare flat.txt 20dB --dead 7,46
make cover covered.txt 19.4dB --dead 20,33
make same flat.txt 20dB --dead 7,46 --samples 4096

# within KEY TRUTH FILTER SIGMA: a number is the truth within 5 of its sigmas, which is not idly large
within() {
    holds "$1" "(.channels[0] | ($3) - ($2) | fabs) < 5 * (.channels[0] | $4) and (.channels[0] | $4) < $5"
}
expect 'the cover' 0 compare bare.h5 cover.h5 --json --plot change.svg
holds 'frame, files, elements' '.frame == "sky" and .before == "bare.h5" and .after == "cover.h5" and (.channels[0] | .used == 50 and .lost == 2 and .recovered == 2)'
holds 'who lost it' '[.channels[0].elements[] | select(.before == "good" and .after != "good") | [.element, .after]] == [[20, "dead"], [33, "dead"]]'
within 'its loss' 0.6 '.loss_db' '.loss_sigma_db' 0.1
holds 'it is a change' '.channels[0].change_chi2_dof > 100'
# The beam goes where the path that the wedge adds is what the direction takes away: u = -0.31, v = 0.12, in the sky.
holds 'where the beam goes' '(.channels[0].points | (.u + 0.31 | fabs) < 1e-3 and (.v - 0.12 | fabs) < 1e-3)'
within 'by how much' '19.4157' '.pointing_shift_deg' '.pointing_sigma_deg' 0.1
holds 'as a beam' '.channels[0].beams.kept | (.shift_deg - 19.4157 | fabs) < 0.5'
# 360 / 25.6233 degrees a millimetre; the mean over the elements is none of it.
within 'defocus' '4 * 14.0497' '.phase.defocus_deg' '.phase.defocus_sigma_deg' 3
# The axes are those of the elements there are, turned by some degrees from x.
turned='(2 * (.axes[0] | atan2(.[1]; .[0]))) as $t | 14.0497 *'
within 'astigmatism' "$turned (-1 * (\$t | cos) + 0.6 * (\$t | sin))" '.phase.astigmatism_deg' '.phase.astigmatism_sigma_deg' 3
within 'the diagonal one' "$turned (0.6 * (\$t | cos) + 1 * (\$t | sin))" '.phase.astigmatism_diagonal_deg' '.phase.astigmatism_diagonal_sigma_deg' 3
holds 'nothing is left' '.channels[0] | .residual_phase_rms_deg < 0.2'
holds 'amplitudes are even' '.channels[0] | .residual_amplitude_rms_db < 0.1 and (.amplitude.defocus_db | fabs) < 0.1'
holds 'axes: along x, across' '.channels[0].axes | length == 2 and (.[0][0] | fabs) > 0.99 and (.[1][1] | fabs) > 0.99'
holds 'weights that are kept' '.channels[0].beams.kept | .loss_db > 10 and .peak_loss_db > 0.6 and .peak_loss_db < 2'
holds 'weights made again' '.channels[0].beams.renewed | (.loss_db - 0.6 | fabs) < 0.1 and .shift_deg < 0.01 and .floor_db < -50'
grep -q '</svg>' change.svg || fault 'the picture is complete'
expect 'in words' 0 compare bare.h5 cover.h5
grep -q '^common loss *0\.[56]' out && grep -qE '^pointing +19\.4' out && grep -q '^made again' out || fault "text: $(cat out)"

expect 'the other way around' 0 compare cover.h5 bare.h5 --json
holds 'all signs turn' '.channels[0] | (.loss_db + 0.6 | fabs) < 0.1 and (.points.u - 0.31 | fabs) < 1e-3 and (.phase.defocus_deg + 4 * 14.05 | fabs) < 5'
expect 'toward elsewhere' 0 compare bare.h5 cover.h5 --steer sky:270,60 --taper taylor:nbar=3,sll=-25 --json
holds 'the same slopes' '.channels[0].points | (.u + 0.81 | fabs) < 1e-3 and (.v - 0.12 | fabs) < 1e-3'
expect 'beyond the horizon' 0 compare bare.h5 cover.h5 --steer sky:270,20 --json
holds 'there is no beam' '.channels[0] | .pointing_shift_deg == null and .points.u == null'
make rough rough.txt 20dB --dead 7,46
expect 'a rough cover' 0 compare bare.h5 rough.h5 --json
# Alternate signs are no tilt and no curvature, but for what 9 x 6 less two elements leave: under 6 % of 0.3 mm, 4.215 degrees.
holds 'is all residual' '.channels[0] | .residual_phase_rms_deg > 0.94 * 4.215 and .residual_phase_rms_deg < 1.01 * 4.215 and .pointing_shift_deg < 5 * .pointing_sigma_deg'
holds 'of many times its errors' '.channels[0].phase | .residual_chi2_dof > 1000 and .noise_rms_deg < 0.1'
# 10 log10(0.0736^2 / 52) = -39.8
holds 'and its floor' '.channels[0].beams.kept | .floor_db < -39.4 and .floor_db > -40.5'
expect 'nothing changed' 0 compare bare.h5 same.h5 --json --max-pointing 0.5 --max-residual-phase 2 --max-lost 0 --max-gain-loss 0.2dB --max-sidelobe-rise 0.3dB
holds 'nothing but noise' '.verdict == "kept" and (.limits | length) == 5 and all(.limits[]; .kept) and .channels[0].change_chi2_dof < 1.5'

# ---- limits ----

expect 'limits' 4 compare bare.h5 cover.h5 --max-gain-loss 0.5dB --max-pointing 20 --max-residual-phase 5 --max-residual-amplitude 1dB --max-lost 0 --json
says 'the first that is violated' 'cover.h5: gain loss .* dB, above --max-gain-loss 0.5, and 1 more'
holds 'each' '[.limits[] | [.quantity, .kept]] == [["gain_loss_db", false], ["pointing_shift_deg", true], ["residual_phase_rms_deg", true],
    ["residual_amplitude_rms_db", true], ["lost", false]] and .verdict == "violated"'
expect 'calibrated again' 0 compare bare.h5 cover.h5 --max-gain-loss 1dB --max-sidelobe-rise 3dB --renewed --json
holds 'is what they are for' '.limits_for == "renewed" and .verdict == "kept"'
expect 'an unknown one' 4 compare bare.h5 cover.h5 --steer sky:270,20 --max-pointing 20
expect 'in words' 4 compare bare.h5 cover.h5 --max-pointing 0.1deg
grep -q '^limit *pointing shift 19.4.* at most 0.1: violated' out || fault "limits in text: $(cat out)"

# ---- scales and slopes that gauges have set ----

expect 'gains of mean 1' 0 calibrate cover.cap.h5 --positions positions.txt --source sky:0,90 -o scaled.h5
expect 'hide the loss' 0 compare bare.h5 scaled.h5 --json
holds 'which is said' '.channels[0] | .loss_db == null and .beams.kept.peak_loss_db < 1.5 and (.pointing_shift_deg - 19.4 | fabs) < 0.1'
expect 'a limit of it' 4 compare bare.h5 scaled.h5 --max-gain-loss 1dB --max-lost 2 --json
says 'is not known to be kept' 'scaled.h5: --max-gain-loss 1: gain loss is not known: .*mean .g. of 1'
holds 'is null' '[.limits[] | [.quantity, .worst, .kept]] == [["gain_loss_db", null, false], ["lost", 2, true]] and .verdict == "violated"'
expect 'slopes of 0' 0 calibrate cover.cap.h5 --positions positions.txt --method redundant -o lattice.h5
expect 'a tilt that they hide' 4 compare bare.h5 lattice.h5 --max-pointing 1
says 'is not known' '--max-pointing 1: pointing shift is not known: .*slopes'
grep -q '^limit *pointing shift not known, at most 1: violated' out || fault "limits in text: $(cat out)"
expect 'two such' 4 compare lattice.h5 lattice.h5 --max-pointing 1 --json
holds 'are no better' '.limits == [{"quantity": "pointing_shift_deg", "limit": 1, "worst": null, "polarization": null, "channel": 0, "kept": false}]'
expect 'without the limit' 0 compare bare.h5 lattice.h5 --json
holds 'it is not told' '.channels[0] | .pointing_shift_deg == null and .phase.tilt_rim_deg == [null, null] and .phase.defocus_deg != null'

holds 'nor where the beam goes' '.channels[0].points == {"az_deg": null, "el_deg": null, "u": null, "v": null}'

# ---- two polarisations ----

table 0 0 XY >flat2.txt
table 0.5 0 XY >covered2.txt
for name in flat2 covered2; do
    expect "both $name" 0 simulate --array $name.txt --freq 11.7e9 --source uv:0,0,snr=20dB --gain-errors 1dB,60deg --samples 4096 --type c16 --seed 6 -o $name.cap.h5
    expect "their gains $name" 0 calibrate $name.cap.h5 --positions positions.txt --source sky:0,90 -o $name.h5
done
expect 'each apart' 0 compare flat2.h5 covered2.h5 --json --plot change.png
holds 'by polarisation' '[.channels[].polarization] == ["X", "Y"] and all(.channels[]; (.points.u + 0.155 | fabs) < 2e-3 and .used == 54)'
expect 'neither of two' 3 compare flat2.h5 bare.h5
says 'matches nothing' 'bare.h5: is for other inputs'
expect 'gains of X' 0 calibrate covered2.cap.h5 --positions positions.txt --source sky:0,90 --pol X -o onlyx.h5
expect 'Y is lost' 4 compare flat2.h5 onlyx.h5 --json --max-lost 53
says 'all of it' 'onlyx.h5: elements lost 54 '
holds 'X is compared' '[.channels[] | [.polarization, .used, .lost, .recovered, .error == null]] == [["X", 54, 0, 0, true], ["Y", 0, 54, 0, false]]'
holds 'as it is by itself' '.channels[0].points.u + 0.155 | fabs < 2e-3'
expect 'in text' 0 compare flat2.h5 onlyx.h5 --plot lost.svg
expect 'the other order' 0 compare onlyx.h5 flat2.h5 --json
holds 'has Y beside' '[.channels[].polarization] == ["X"] and .only_after == 54'
expect 'a difference beam' 2 compare bare.h5 cover.h5 --taper bayliss
says 'has no gain to lose' '--taper bayliss: has its null in the look direction'

# ---- what a file leaves open ----

# A file without a word on its time factor: of the same length, since that is all a binary file may be.
LC_ALL=C sed 's/time_factor/time_foctar/g' cover.h5 >open.h5
expect 'a file that leaves it open' 3 compare bare.h5 open.h5
says 'is asked about' 'open.h5: /gain: does not say its time_factor, bare.h5 does; .*--data'
expect 'the other way around' 3 compare open.h5 bare.h5
says 'the same file is named' 'compare: open.h5: /gain: does not say'
expect 'two such files' 0 compare open.h5 open.h5 --json
expect 'the file that says it' 0 compare bare.h5 cover.h5 --json
jq 'del(.after, .data)' out >said.json
expect 'its data' 0 compare bare.h5 open.h5 --data bare.cap.h5 --json
holds 'are named' '.data == "bare.cap.h5"'
jq 'del(.after, .data)' out | cmp -s - said.json || fault 'data of the native layout leave gains as they are'
expect 'a calibration is no data' 3 compare bare.h5 open.h5 --data bare.h5
expect 'no data' 3 compare bare.h5 open.h5 --data none.h5

# Data of others settle nothing; those that the gains are for also say where elements stand.
expect 'data of another array' 0 simulate --array ura:9x6,0.7wl --freq 11.7e9 --source uv:0,0,snr=20dB --samples 64 -o elsewhere.cap.h5
expect 'other places' 3 compare bare.h5 cover.h5 --data elsewhere.cap.h5
says 'are refused' '--data elsewhere.cap.h5: bare.h5: is for another array: element 0 stands'
expect 'nor for export' 3 export bare.h5 --to csv --data elsewhere.cap.h5 -o none.csv
for name in bare cover; do
    cp $name.h5 $name.nowhere.h5
    LC_ALL=C sed -i 's/position/positoin/g' $name.nowhere.h5
done
expect 'gains without positions' 3 compare bare.nowhere.h5 cover.nowhere.h5
says 'what has them' 'bare.nowhere.h5: /array/position: missing; .*--data FILE'
expect 'with the data' 0 compare bare.nowhere.h5 cover.nowhere.h5 --data bare.cap.h5 --json
holds 'as with their own' '.channels[0] | (.points.u + 0.31 | fabs) < 1e-3 and (.points.v - 0.12 | fabs) < 1e-3 and (.loss_db - 0.6 | fabs) < 0.1'

# ---- refusals ----

expect 'one file' 2 compare bare.h5
expect 'three files' 2 compare bare.h5 cover.h5 same.h5
expect 'two looks' 2 compare bare.h5 cover.h5 --steer uv:0,0 --steer uv:0,0.1
expect 'no calibration' 3 compare bare.h5 bare.cap.h5
expect 'no such file' 3 compare none.h5 bare.h5
expect 'a solution that is not there' 2 compare bare.h5 cover.h5 --time 1
expect 'nor in B' 2 compare bare.h5 cover.h5 --time 0,1
says 'which file' '--time 1: cover.h5 has 1'
expect 'nor in A' 2 compare bare.h5 cover.h5 --time 1,0
says 'which file' '--time 1: bare.h5 has 1'
expect 'no time' 2 compare bare.h5 cover.h5 --time 0,
expect 'two dumps' 0 covariance bare.cap.h5 --integration 1ms -o dumps.cov.h5
expect 'their gains' 0 calibrate dumps.cov.h5 --positions positions.txt --source sky:0,90 -o dumps.h5
expect 'with itself' 0 compare dumps.h5 dumps.h5 --time 1,1 --json
holds 'nothing' '.channels[0].residual_phase_rms_deg < 1e-6'
expect 'with the next' 0 compare dumps.h5 dumps.h5 --time 0,1 --json
holds 'noise' '.channels[0].residual_phase_rms_deg > 1e-3'
expect 'a channel that is not there' 2 compare bare.h5 cover.h5 --channel 1
expect 'half an element' 2 compare bare.h5 cover.h5 --max-lost 2.5
expect 'a negative limit' 2 compare bare.h5 cover.h5 --max-lost=-1
expect 'limits of nothing' 2 compare bare.h5 cover.h5 --renewed --max-pointing 1
expect 'the picture is an input' 2 compare bare.h5 cover.h5 --plot cover.svg/x.svg --plot bare.h5
expect 'another frequency' 0 simulate --array flat.txt --freq 12.7e9 --source uv:0,0,snr=20dB --samples 2048 -o high.cap.h5
expect 'its gains' 0 calibrate high.cap.h5 --positions positions.txt --source sky:0,90 -o high.h5
expect 'is refused' 3 compare bare.h5 high.h5
says 'as such' 'high.h5: is for other frequencies'
expect 'gains elsewhere' 0 calibrate cover.cap.h5 --source uv:0,0 -o moved.h5
expect 'another array' 3 compare bare.h5 moved.h5
says 'is one' 'moved.h5: is for another array'
expect 'gains of transmit' 0 calibrate cover.cap.h5 --positions positions.txt --source sky:0,90 --path transmit -o tx.h5
expect 'are others' 3 compare bare.h5 tx.h5
expect 'too few elements' 0 calibrate cover.cap.h5 --positions positions.txt --source sky:0,90 --exclude 0-49 -o few.h5
run compare bare.h5 few.h5
[ "$status" = 0 ] || [ "$status" = 3 ] || fault "a handful: $status"
finish
