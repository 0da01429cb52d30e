#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase scan` of recorded stations before calibration: the figures that are published beside the recordings.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/aavs3" ] || {
    echo "no $COPHASE_DATA/aavs3"
    exit 77
}

# peak CLAIM SNR AZ EL DEGREES: the strongest peak's snr to 0.05, its direction within DEGREES on the sky
peak() {
    holds "$1: snr $2" ".peaks[0].snr - $2 | fabs <= 0.051"
    holds "$1: at $3 $4" "(.peaks[0] | [.az_deg, .el_deg]) as [\$az, \$el] | (3.14159265 / 180) as \$r |
        ((\$el * \$r | sin) * ($4 * \$r | sin) + (\$el * \$r | cos) * ($4 * \$r | cos) * ((\$az - $3) * \$r | cos)) | [., 1] | min | acos / \$r < $5"
    holds "$1: in the sky" '.frame == "sky"'
}
station() { # NAME [OPTION...]
    local folder=$COPHASE_DATA/$1
    shift
    expect "${folder##*/} $*" 0 scan "$folder"/*.hdf5 --positions "$folder/antenna_locations.txt" --json "$@"
}

station aavs3 --pol XX
peak 'AAVS3' 40.5 283.0 74.5 0.15
holds 'AAVS3: bad inputs by autocorrelation' '.elements == 256 and .used == 244 and .polarization == "X"'
station aavs2 --pol XX --ignore-listed
peak 'AAVS2' 42.2 348.7 81.2 0.3
holds 'AAVS2: bad inputs by autocorrelation' '.used == 248'
station aavs2 --pol XX
peak 'AAVS2 without listed elements' 37.7 348.7 81.2 0.3
holds 'AAVS2: listed elements' '[.flagged[] | select(.reason == "listed")] | length == 51'
station aavs3
holds 'AAVS3: both polarisations' '.polarization == "I" and .elements == 512 and .peaks[0].snr > 40'

expect 'LOFAR' 0 scan "$COPHASE_DATA"/lofar/*.h5 --json
peak 'LOFAR' 5.2 301.5 68.7 0.5
holds 'LOFAR: dead inputs' '[.flagged[] | [.element, .reason]] == [[92, "dead"], [93, "dead"]]'
expect 'TART' 0 scan "$COPHASE_DATA"/tart/tart24*.h5 --json
peak 'TART' 5.1 104.3 63.7 1
holds 'TART: has no autocorrelations' '.normalised == false'

# Before any calibration a beam shows Cassiopeia A alone; what it leaves when it is taken out is Cygnus A, then the Sun.
expect 'LOFAR, cleaned' 0 scan "$COPHASE_DATA"/lofar/*.h5 --clean 3 --json
holds 'LOFAR, cleaned: what is there' '[[299.98, 68.94], [296, 32.65], [97.63, 35.16]] as $sky | [.peaks, $sky] | transpose |
    all(.[]; (.[0].az_deg - .[1][0] | fabs) < 2 and (.[0].el_deg - .[1][1] | fabs) < 0.5)'
expect 'LOFAR: sources are not counted' 3 scan "$COPHASE_DATA"/lofar/*.h5 --method music
says 'LOFAR: a number helps' '\(--sources-count K\)'
finish
