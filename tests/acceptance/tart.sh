#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Calibration of a recorded array of 24 antennas, without autocorrelations, on the navigation satellites above it: 54 known directions
# (the file's own catalogue of that second), powers unknown, some silent in this band. The image must come out as sharp as with the gains
# that the observatory found by other means (snr 10.5), and must not hang on which satellites or baselines are used.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/tart" ] || {
    echo "no $COPHASE_DATA/tart"
    exit 77
}
file=$(echo "$COPHASE_DATA"/tart/tart24_*.h5)
{
    echo 'name,sky_az_deg,sky_el_deg'
    h5dump -d /truth/sources "$file" | sed '1,/DATA {/d' | tr -d '\n' | grep -o '"[^}]*' | sed 's/\\000//g; s/" *, */,/; s/"//; s/ *, */,/g' | cut -d, -f 1-3
} >catalogue.csv

expect 'raw' 0 scan "$file" --json
holds 'raw: snr 5.1' '.peaks[0].snr - 5.1 | fabs < 0.1'

# least elevation, how many of the catalogue are above it, option
while read -r elevation count baselines; do
    claim="satellites above $elevation degrees, baselines over ${baselines:-0}"
    awk -F, -v least="$elevation" 'NR == 1 || $3 >= least' catalogue.csv >sources.csv
    rm -f cal.h5
    expect "$claim" 0 calibrate "$file" --sources sources.csv ${baselines:+--min-baseline "$baselines"} -o cal.h5 --json
    holds "$claim: $count" ".sources | length == $count"
    holds "$claim: converged, no antenna lost" '.channels[0] | .stop == "converged" and .flagged == 0'
    holds "$claim: explained" '.channels[0] | .explained_variance_before < 0.01 and .explained_variance_after > 0.7'
    holds "$claim: QZS-1 is the brightest" '[.sources, .channels[0].fluxes] | transpose | max_by(.[1])[0].name | startswith("QZS-1 ")'
    expect "$claim: scan" 0 scan "$file" --calibration cal.h5 --json
    holds "$claim: snr" '.peaks[0].snr >= 10.5'
    holds "$claim: on QZS-1" '.peaks[0] | (.az_deg - 268.04 | fabs < 0.8) and (.el_deg - 60.49 | fabs < 0.5)'
done <<'CASES'
0 54
0 54 2wl
20 31
30 21 1wl
50 7
CASES
finish
