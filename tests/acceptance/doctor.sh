#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two recorded stations, uncalibrated, on the Sun: as they are, and with tables of positions that are mirrored or out of step.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/aavs3" ] || {
    echo "no $COPHASE_DATA/aavs3"
    exit 77
}

# named CLAIM NAME: the verdict in both polarisations, or another name of it
named() { holds "$1: $2" ".fits == false and (.checks | length == 2) and all(.checks[]; .verdict == \"other\" and ([.best | .name, .same[]] | any(. == \"$2\")))"; }

station() { # NAME SUN
    local file table=$COPHASE_DATA/$1/antenna_locations.txt claim=$1 sun=$2
    file=$(echo "$COPHASE_DATA/$1"/*.hdf5)
    expect "$claim" 0 doctor "$file" --positions "$table" --source "sky:$sun" --json
    holds "$claim: fits" '.fits and (.checks | length == 2) and all(.checks[]; .verdict == "fits" and .as_given.behind == 0)'
    # exp(-s^2) of 52 and 36 degrees rms
    holds "$claim: coherence" 'all(.checks[]; .as_given.coherence > 0.44 and .as_given.coherence < 0.68)'
    holds "$claim: conjugation is told apart" 'all(.checks[].conventions[] | select([.name, .same[]] | any(. == "data conjugated, x and y mirrored")); .fits == false)'

    awk 'NR > 1 { $3 = -$3 } { print }' "$table" >table.txt
    expect "$claim, x mirrored" 4 doctor "$file" --positions table.txt --source "sky:$sun" --json
    named "$claim" 'x mirrored'
    awk 'NR > 1 { $1 = ($1 + 1) % 256 } { print }' "$table" >table.txt
    expect "$claim, rotated" 4 doctor "$file" --positions table.txt --source "sky:$sun" --json
    named "$claim" 'element n of the data is element n+1 of the positions'
    awk 'NR > 1 { $1 = ($1 + 255) % 256; $4 = -$4 } { print }' "$table" >table.txt
    expect "$claim, y mirrored and rotated" 4 doctor "$file" --positions table.txt --source "sky:$sun" --json
    named "$claim" 'y mirrored, element n of the data is element n-1 of the positions'
    # The data against a table turned inside out are conjugated data against the right one.
    awk 'NR > 1 { $3 = -$3; $4 = -$4; $5 = -$5 } { print }' "$table" >table.txt
    expect "$claim, conjugated" 4 doctor "$file" --positions table.txt --source "sky:$sun" --json
    named "$claim" 'data conjugated'
}
station aavs3 282.4,74.4
station aavs2 349.65,81.16
finish
