#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase simulate --kind near-field, cophase calibrate --method near-field: from the field on a plane to gains, through files and tables;
# both solvers, noise, and what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

panel=(--array 'ura:5x4,0.6wl' --freq 10e9 --gain-errors '1dB,40deg' --seed 5)
said=(--array 'ura:5x4,0.6wl' --freq 10e9 --height 3wl)

# ---- without noise, through both forms ----

expect 'a scan' 0 simulate --kind near-field "${panel[@]}" --dead 7 --probe-cosine 1 --element-cosine 0.5 --csv field.csv -o field.h5 --json
holds 'what was made' '.kind == "near-field" and .columns == 37 and .rows == 36 and .sigma == 0 and .dead == [7]'
expect 'its gains' 0 calibrate field.h5 --method near-field -o cal.h5 --json
holds 'how they were found' '.method == "near-field" and (.channels[0]["near-field"] | .solver == "inverse" and .samples == 1332 and .condition < 10 and .resolution == 1)'
holds 'the dead one is flagged' '[.flagged[] | [.element, .reason]] == [[7, "dead"]]'
near_truth 1e-10 19 field.h5 cal.h5
expect 'the result serves' 0 weights --array ura:5x4,0.6wl --freq 10e9 --steer azel:5,5 --calibration cal.h5 -o w.h5
expect 'from the table' 0 calibrate field.csv --method near-field "${said[@]}" --probe-cosine 1 --element-cosine 0.5 -o table.h5
near_truth 1e-10 19 field.h5 table.h5
expect 'excluded elements still radiate' 0 calibrate field.h5 --method near-field --exclude 2 -o ex.h5 --json
holds 'and are flagged' '[.flagged[] | [.element, .reason]] == [[2, "excluded"], [7, "dead"]]'
near_truth 1e-10 18 field.h5 ex.h5
expect 'absolute gains' 0 calibrate field.h5 --method near-field --gauge none -o raw.h5 --json
holds 'in no gauge' '.gauge == "as measured"'
paste -d ' ' <(rows field.h5 /truth/gain 2) <(rows raw.h5 /gain 2) | grep -v nan |
    awk '{ bad += ($1 - $3) ^ 2 + ($2 - $4) ^ 2 > 1e-20 } END { exit NR != 19 || bad > 0 }' || fault 'the gains themselves'
expect 'a reference' 0 calibrate field.h5 --method near-field --reference 3 -o ref.h5
rows ref.h5 /gain 2 | sed -n 4p | awk '{ exit !($1 > 0 && $2 * $2 < 1e-24) }' || fault 'element 3 has phase 0'

# Amplitudes in dB and phases, lines in another order, a tenth of them missing.
awk -F, 'NR == 1 { print "y_m;phase_deg;x_m;amplitude_db"; next }
    NR % 10 { printf "%s;%.15g;%s;%.15g\n", $2, atan2($4, $3) * 45 / atan2(1, 1), $1, 10 * log($3 * $3 + $4 * $4) / log(10) | "sort" }' field.csv >polar.csv
expect 'a table of dB and degrees' 0 calibrate polar.csv --method near-field "${said[@]}" --probe-cosine 1 --element-cosine 0.5 -o polar.h5 --json
holds 'without what is missing' '.channels[0]["near-field"].samples == 1199'
near_truth 1e-9 19 field.h5 polar.h5
expect 'another probe' 0 calibrate field.csv --method near-field "${said[@]}" --quiet -o wrong.h5 --json
holds 'leaves residuals' '.channels[0]["near-field"] | .sigma > 1e-2 and .residual_correlation > 0.2'
expect 'regularised' 0 calibrate field.h5 --method near-field --regularisation 0.01 -o soft.h5 --json
holds 'by that much' '.channels[0]["near-field"].resolution | . > 0.9 and . < 1'

# ---- back-projection: elements 1.2 wavelengths apart are told apart by directions up to 63 degrees ----

expect 'a wider panel' 0 simulate --kind near-field --array ura:4x3,1.2wl --freq 10e9 --gain-errors 1dB,40deg --margin 12wl --height 4wl -o wide.h5
if fftw; then
    expect 'projected' 0 calibrate wide.h5 --method near-field --solver back-projection -o back.h5 --json
    holds 'as far as the scan holds' '.channels[0]["near-field"] | .solver == "back-projection" and .max_angle_deg > 71 and .max_angle_deg < 73'
    near_truth 0.2 12 wide.h5 back.h5
    expect 'up to an angle' 0 calibrate wide.h5 --method near-field --solver back-projection --max-angle 50deg -o back.h5 --json
    holds 'as told' '.channels[0]["near-field"].max_angle_deg | . > 49.99 and . < 50.01'
    # Half a dozen of neighbours within a wavelength: blur is far above the noise, and standard errors hold it (a factor 2, as blur is known).
    for pitch in 0.6wl 0.5wl 1wl; do
        expect 'a dense panel' 0 simulate --kind near-field --array "ura:6x6,$pitch" --freq 10e9 --gain-errors 1dB,20deg --noise -40dB --seed 2 -o dense.h5
        expect 'projected' 0 calibrate dense.h5 --method near-field --solver back-projection -o back.h5
        paste -d ' ' <(rows dense.h5 /truth/gain 2) <(rows back.h5 /gain 2) <(rows back.h5 /phase_sigma_rad 1) | awk '
            { d[NR] = atan2($4 * $1 - $3 * $2, $3 * $1 + $4 * $2); s[NR] = $5; sum += d[NR] }
            END {
                for (i = 1; i <= NR; i++) q += ((d[i] - sum / NR) / s[i]) ^ 2 / NR
                print q
                exit !(NR == 36 && q > 0.25 && q < 4)
            }' >near || fault "errors at $pitch are as large as they are said to be: $(cat near)"
    done
else
    expect 'without FFTW' 1 calibrate wide.h5 --method near-field --solver back-projection -o bad.h5
    says 'says what does not need it' '--solver inverse'
fi

# ---- noise ----

expect 'with noise' 0 simulate --kind near-field --array ura:10x10,0.9wl --freq 10e9 --gain-errors 1dB,40deg --noise -20dB --margin 2wl --spacing 0.49wl --seed 3 -o noisy.h5
expect 'its gains' 0 calibrate noisy.h5 --method near-field -o noisy-cal.h5 --json
holds 'chi-square' '.channels[0].chi2_dof | . > 0.7 and . < 1.3'
honest_phases 100 noisy.h5 noisy-cal.h5

# A height that is not the scan's: residuals are no noise, and errors are as wide as what they leave.
expect 'a scan and its table' 0 simulate --kind near-field --array ura:6x6,0.6wl --freq 10e9 --gain-errors 1dB,20deg --noise -30dB --seed 1 \
    --csv high.csv -o high.h5
expect 'a height of the file itself' 2 calibrate high.h5 --method near-field --height 4wl -o bad.h5
says 'is not said again' 'says where the plane is'
expect 'the right one' 0 calibrate high.csv --method near-field --array ura:6x6,0.6wl --freq 10e9 --height 3wl -o high-cal.h5 --json
holds 'leaves noise' '.channels[0]["near-field"].residual_correlation < 0.1'
run calibrate high.csv --method near-field --array ura:6x6,0.6wl --freq 10e9 --height 3.2wl -o high-cal.h5
says 'another one is told' 'no noise .neighbouring samples correlate'
paste -d ' ' <(rows high.h5 /truth/gain 2) <(rows high-cal.h5 /gain 2) <(rows high-cal.h5 /phase_sigma_rad 1) | awk '
    { d[NR] = atan2($4 * $1 - $3 * $2, $3 * $1 + $4 * $2); s[NR] = $5; sum += d[NR] }
    END { for (i = 1; i <= NR; i++) { q += ((d[i] - sum / NR) / s[i]) ^ 2 / NR; e += d[i] ^ 2 / NR } exit !(NR == 36 && e > 0.0025 && q < 4) }' ||
    fault 'standard errors hold a height that is off'

# ---- refusals ----

expect 'no array' 3 calibrate field.csv --method near-field --freq 10e9 --height 3wl -o bad.h5
says 'says so' 'expected --array'
expect 'no frequency' 3 calibrate field.csv --method near-field --array ura:5x4,18mm --height 3wl -o bad.h5
says 'says so' 'expected --freq'
expect 'no height' 3 calibrate field.csv --method near-field --array ura:5x4,0.6wl --freq 10e9 -o bad.h5
says 'says so' 'expected --height'
expect 'an array that the file has' 2 calibrate field.h5 --method near-field --array ura:5x5,0.6wl -o bad.h5
says 'says so' 'says where its elements stand'
printf 'x y z\n0 0 0\n0.02 0 0.5\n' >steps.txt
expect 'a plane within the array' 2 simulate --kind near-field --array steps.txt --freq 10e9 -o bad.h5
says 'says so' 'below the plane'
expect 'for its gains' 3 calibrate polar.csv --method near-field --array steps.txt --freq 10e9 --height 90mm -o bad.h5
expect 'a solver of another method' 2 calibrate field.h5 --method near-field --solver omnical -o bad.h5
says 'says whose' 'for --method redundant'
expect 'and the other way' 2 calibrate field.h5 --method redundant --solver inverse -o bad.h5
expect 'an angle of the inverse' 2 calibrate field.h5 --method near-field --max-angle 50deg -o bad.h5
expect 'weights of back-projection' 2 calibrate field.h5 --method near-field --solver back-projection --regularisation 0.1 -o bad.h5
expect 'samples too far apart' 0 simulate --kind near-field "${panel[@]}" --spacing 0.7wl -o coarse.h5
expect 'for back-projection' "$(fftw && echo 3 || echo 1)" calibrate coarse.h5 --method near-field --solver back-projection -o bad.h5
expect 'readings of another kind' 3 calibrate field.h5 --method rev -o bad.h5
says 'says which' 'kind is near-field; expected rev'
expect 'a source' 2 simulate --kind near-field "${panel[@]}" --source azel:0,0 -o bad.h5
[ -e bad.h5 ] && fault 'nothing is written'
finish
