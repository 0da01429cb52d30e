#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method positions: elements found where they stand by pilots one after the other, and what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

pilots=('uv:0.1,0.2' 'uv:-0.7,0.3' 'uv:0.5,0.6' 'uv:0.3,-0.8' 'uv:-0.2,-0.5' 'uv:0.9,-0.1')
# Eight elements over two wavelengths (0.214 m), and where they are meant to be: up to a tenth off, by 0 in the mean.
awk 'BEGIN {
    print "number,x,y,z,polarization" >"truth.csv"; print "number,x,y,z" >"nominal.csv"
    for (n = 0; n < 8; n++) {
        x = 0.2 * sin(7 * n + 1); y = 0.2 * cos(4 * n * n); z = 0.1 * sin(5 * n * n)
        s = n % 2 ? -0.02 : 0.02; f = n % 4 < 2 ? 0.011 : -0.011; g = n < 4 ? 0.007 : -0.007
        printf "%d,%.12g,%.12g,%.12g,-\n", 9 - n, x, y, z >"truth.csv"
        printf "%d,%.12g,%.12g,%.12g\n", 9 - n, x + s, y + f, z + g >"nominal.csv"
    }
}'
# One file of six dumps, each with the bytes of a pilot of its own.
expect 'six dumps' 0 simulate --array nominal.csv --freq 1.4e9 --source azel:0,0 --samples 12000 -o all.h5
expect 'as a file' 0 covariance all.h5 --integration 2ms -o dumps.h5
dump=$((8 * 8 * 16)) seed=1
for pilot in "${pilots[@]}"; do
    expect 'a pilot' 0 simulate --array truth.csv --freq 1.4e9 --source "$pilot,snr=10dB" --samples 2000 --seed "$((seed + 10))" -o cap.h5
    expect 'alone' 0 covariance cap.h5 -o one.h5
    dd if=one.h5 of=dumps.h5 bs=1 skip="$(chunk_at one.h5 covariance)" seek="$(($(chunk_at dumps.h5 covariance) + (seed - 1) * dump))" \
        count="$dump" conv=notrunc status=none
    seed=$((seed + 1))
done
(echo direction && printf '"%s"\n' "${pilots[@]}") >pilots.csv

positions=(--method positions)
expect 'positions' 0 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv -o found.csv --json
holds 'what of' '.method == "positions" and .elements == 8 and .pilots == 6 and .channels == 1 and .flagged == [] and .output == "found.csv"'
holds 'a fit' '.positions[0] | .dof == 48 - (4 * 8 + 6 - 4) and .chi2_dof < 3.5 and .stop == "converged" and .largest_deg < 20'
holds 'sizes' '.positions[0] | .shift_rms_m > 0.021 and .shift_rms_m < 0.027 and .sigma_median_m > 0 and .sigma_median_m < 0.003'
jq -r '.positions[0].elements[] | [.element] + .position_m + .sigma_m | @csv' out >told.csv
awk -F, 'FNR == 1 { file++ } file == 1 && FNR > 1 { for (k = 2; k < 5; k++) truth[$1, k] = $k }
    file == 2 { seen++; for (k = 2; k < 5; k++) { d = ($k - truth[$1, k]) / $(k + 3); bad += d * d > 25; all += d * d } }
    END { exit !(seen == 8 && bad == 0 && all < 24 * (1 + 5 * sqrt(6 / 21))) }' truth.csv told.csv || fault "positions are where elements stand: $(cat told.csv)"
expect 'the table serves' 0 weights --array found.csv --freq 1.4e9 --steer azel:5,0 -o w.h5
expect 'in words' 0 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv --exclude 3 -o found.csv
grep -q '^found.csv: 8 elements (1 flagged), 6 pilots, 1 channels$' out || fault "what of: $(head -1 out)"
grep -q '^the whole is turned by ' out || fault 'a turn is told'
[ "$(grep '^3,' found.csv)" = "$(awk -F, '$1 == 3 { printf "%d,%.17g,%.17g,%.17g\n", $1, $2, $3, $4 }' nominal.csv)" ] || fault 'what is excluded stays where it was'
rm found.csv

expect 'a dump less' 2 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv --time 0-4 -o bad.csv
says 'how many' '6 sources for 5 dumps of dumps.h5: expected one for each, in order'
expect 'too few' 2 calibrate dumps.h5 "${positions[@]}" --source uv:0,0 --source uv:0.1,0 --source uv:0,0.1 --time 0-2 -o bad.csv
says 'at least' '3 sources: --method positions needs 4'
expect 'none' 2 calibrate dumps.h5 "${positions[@]}" -o bad.csv
expect 'powers' 2 calibrate dumps.h5 "${positions[@]}" --source uv:0,0,flux=1 -o bad.csv
expect 'a picture' 2 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv -o bad.csv --plot bad.svg
expect 'a path' 2 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv --path receive -o bad.csv
expect 'onto an input' 2 calibrate dumps.h5 "${positions[@]}" --sources pilots.csv -o pilots.csv
expect 'a capture' 3 calibrate all.h5 "${positions[@]}" --sources pilots.csv -o bad.csv
expect 'pilots on a cone' 3 calibrate dumps.h5 "${positions[@]}" --time 0-3 --source uv:0.6,0 --source uv:0,0.6 --source uv:-0.6,0 --source uv:0,-0.6 -o bad.csv
says 'what is open' 'cone'
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
