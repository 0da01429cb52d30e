#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Calibration of a recorded station on Cassiopeia A and Cygnus A together, their powers unknown, X and Y separately. The
# Galaxy is in these data too, and strong between neighbours: the figure must not hang on which short baselines are used.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/lofar" ] || {
    echo "no $COPHASE_DATA/lofar"
    exit 77
}
file=$(echo "$COPHASE_DATA"/lofar/*.h5)
model=(--source 'sky:299.98,68.94' --source 'sky:296.00,32.65')

expect 'raw' 0 scan "$file" --json
holds 'raw: snr 5.2' '.peaks[0].snr - 5.2 | fabs < 0.1'

for baselines in '' 1wl 2wl 3wl 4wl 6wl; do
    claim="baselines over ${baselines:-0}"
    rm -f cal.h5
    run calibrate "$file" "${model[@]}" ${baselines:+--min-baseline "$baselines"} -o cal.h5 --json
    [ "$status" = 0 ] || fault "$claim: exit status $status: $(head -c 300 err)"
    says "$claim: a source is missing" 'source'
    holds "$claim: X and Y" '[.channels[].polarization] | sort == ["X", "Y"]'
    holds "$claim: converged" 'all(.channels[]; .stop == "converged")'
    holds "$claim: Cygnus A is the weaker" 'all(.channels[].fluxes; .[1] > 0 and .[1] < .[0])'
    holds "$claim: no power" '[.flagged[] | select(.reason == "dead") | .element] | sort == [92, 93]'
    expect "$claim: scan" 0 scan "$file" --calibration cal.h5 --json
    holds "$claim: snr" '.peaks[0].snr >= 10.0'
    holds "$claim: Cassiopeia A" '.peaks[0] | (.az_deg - 299.98 | fabs < 2) and (.el_deg - 68.94 | fabs < 0.5)'
    holds "$claim: Cygnus A" '.peaks[1] | (.az_deg - 296 | fabs < 2) and (.el_deg - 32.65 | fabs < 2)'
done
finish
