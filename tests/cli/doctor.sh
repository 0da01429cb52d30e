#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase doctor: names what is wrong with positions, order, direction and data of a known scene, and with nothing else.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# An array without symmetry, its heights too: index, east, north, up. 2 m are a wavelength.
awk 'BEGIN { print "idx name E N U flagged"
    for (n = 0; n < 40; n++)
        printf "%d A%d %.3f %.3f %.3f False\n", n, n, 14 * (n * 0.618034 % 1) - 7 + n / 40, 14 * (n * n * 0.414214 % 1) - 6, 2 * (n * 0.732051 % 1) }' >true.txt
scene=(--freq 149896229 --source 'sky:70,62,snr=-3dB' --samples 4096 --type c16 --seed 5)
expect 'a capture' 0 simulate --array true.txt "${scene[@]}" --gain-errors 1dB,35deg --dead 7 -o cap.h5
# The conjugate of what an array receives is what the array turned inside out would.
awk 'NR > 1 { $3 = -$3; $4 = -$4; $5 = -$5 } { print }' true.txt >inverse.txt
expect 'the conjugate' 0 simulate --array inverse.txt "${scene[@]}" --gain-errors 1dB,35deg -o conjugate.h5

doctor() { # CLAIM STATUS FILE POSITIONS [OPTION...]
    local claim=$1 status=$2 file=$3 positions=$4
    shift 4
    expect "$claim" "$status" doctor "$file" --positions "$positions" --json "$@"
}
# named CLAIM NAME REMEDY: the verdict, its words or those of its line, and what mends it
named() {
    holds "$1: another" '.fits == false and .checks[0].verdict == "other"'
    holds "$1: named" ".checks[0].best | [.name, .same[]] | any(. == \"$2\")"
    holds "$1: mended" ".checks[0].best.remedy | contains(\"$3\")"
    says "$1: on stderr" 'fits better than as given'
}

# ---- nothing wrong ----

doctor 'as it is' 0 cap.h5 true.txt --source sky:70,62
holds 'as it is: fits' '.fits and .checks[0].verdict == "fits" and .frame == "sky"'
holds 'as it is: first, by itself' '.checks[0] | (.conventions[0].name == "as given") and .as_given.behind_sigma == 0 and .as_given.fits'
holds 'as it is: coherence of 35 degrees rms' '.checks[0].as_given | (.coherence > 0.55 and .coherence < 0.85) and .chance < 1e-6'
holds 'as it is: numbers' '.checks[0] | .elements == 40 and .used == 39 and (.flagged | length == 1) and .tried > 150 and .calibrated == false'
holds 'as it is: the source' '.sources[0] | (.az_deg - 70 | fabs < 1e-9) and (.el_deg - 62 | fabs < 1e-9)'
holds 'as it is: no more than asked for' '.checks[0].conventions | length == 6'
doctor 'two of them' 0 cap.h5 true.txt --source sky:70,62 --list 2
holds 'two of them' '.checks[0].conventions | length == 2'
expect 'in words' 0 doctor cap.h5 --positions true.txt --source sky:70,62
grep -q '^verdict: the data fit as given' out || fault "no verdict: $(cat out)"

# ---- one thing wrong ----

doctor 'conjugated' 4 conjugate.h5 true.txt --source sky:70,62
named 'conjugated' 'data conjugated' 'conjugate the samples'
awk 'NR > 1 { $3 = -$3 } { print }' true.txt >x.txt
doctor 'x mirrored' 4 cap.h5 x.txt --source sky:70,62
named 'x mirrored' 'x mirrored' 'x to the other side'
awk 'NR > 1 { t = $3; $3 = $4; $4 = t } { print }' true.txt >xy.txt
doctor 'x and y swapped' 4 cap.h5 xy.txt --source sky:70,62
named 'x and y swapped' 'x and y swapped' 'exchange x and y'
awk 'NR > 1 { $1 = ($1 + 1) % 40 } { print }' true.txt >next.txt
doctor 'rotated' 4 cap.h5 next.txt --source sky:70,62
named 'rotated' 'element n of the data is element n+1 of the positions' 'n+1'
awk 'NR > 1 { $1 = ($1 + 37) % 40 } { print }' true.txt >back.txt
doctor 'rotated back' 4 cap.h5 back.txt --source sky:70,62
named 'rotated back' 'element n of the data is element n-3 of the positions' 'n-3'
awk 'NR > 1 { $1 = 39 - $1 } { print }' true.txt >reverse.txt
doctor 'reversed' 4 cap.h5 reverse.txt --source sky:70,62
named 'reversed' 'element n of the data is element 39-n of the positions' '39-n'
awk 'NR > 1 { $3 /= 0.3048; $4 /= 0.3048; $5 /= 0.3048 } { print }' true.txt >feet.txt
doctor 'feet' 4 cap.h5 feet.txt --source sky:70,62
named 'feet' 'positions are in feet' '0.3048'

# ---- directions ----

doctor 'west of north' 4 cap.h5 true.txt --source sky:290,62
named 'west of north' 'azimuth counts the other way' ''
doctor 'from south' 4 cap.h5 true.txt --source sky:250,62
named 'from south' 'azimuth counts from south' ''
doctor 'zenith angle' 4 cap.h5 true.txt --source sky:70,28
named 'zenith angle' 'the elevation is a zenith angle' 'zenith angle'
doctor 'the other order' 4 cap.h5 true.txt --source sky:62,70
named 'the other order' 'elevation stands before azimuth' 'elevation stands before'
doctor 'radians' 4 cap.h5 true.txt --source sky:1.2217,1.0821
named 'radians' 'angles are in radians' 'radians'
doctor 'theta and phi' 4 cap.h5 true.txt --source thetaphi:20,28
named 'theta and phi' 'phi stands before theta' 'phi stands before'
doctor 'nowhere' 4 cap.h5 true.txt --source sky:200,40
holds 'nowhere' '.fits == false and .checks[0].verdict == "nothing"'
says 'nowhere' 'nothing fits'

# ---- several at once ----

awk 'NR > 1 { $3 = -$3; $1 = ($1 + 1) % 40 } { print }' true.txt >both.txt
doctor 'mirrored and rotated' 4 conjugate.h5 both.txt --source sky:70,62
named 'mirrored and rotated' 'data conjugated, x mirrored, element n of the data is element n+1 of the positions' 'conjugate the samples'

# ---- swapped channels, against a calibration ----

expect 'gains' 0 calibrate cap.h5 --positions true.txt --source sky:70,62 -o cal.h5
doctor 'calibrated' 0 cap.h5 true.txt --source sky:70,62 --calibration cal.h5
holds 'calibrated: in phase' '.checks[0] | .calibrated and .as_given.coherence > 0.95 and .swaps == []'
awk 'NR > 1 { if ($1 == 4) $1 = 29; else if ($1 == 29) $1 = 4 } { print }' true.txt >swapped.txt
doctor 'two swapped' 4 cap.h5 swapped.txt --source sky:70,62 --calibration cal.h5
holds 'two swapped: named' '.checks[0] | .verdict == "fits" and (.swaps | length == 1) and .swaps[0].elements == [4, 29]'
holds 'two swapped: by how much' '.checks[0] | (.swaps[0].chi2_improvement > .swap_threshold) and .swaps[0].what != "channels"'
says 'two swapped' '1 pair'
expect 'in words' 4 doctor cap.h5 --positions swapped.txt --source sky:70,62 --calibration cal.h5
grep -qE '^swapped: elements 4 \(A29\) and 29 \(A4\) \((positions|data or positions)\)' out || fault "no pair: $(cat out)"

# ---- refusals ----

expect 'no source' 2 doctor cap.h5
says 'no source' '--source'
expect 'no such dump' 2 doctor cap.h5 --positions true.txt --source sky:70,62 --time 3
expect 'no such channel' 2 doctor cap.h5 --positions true.txt --source sky:70,62 --channel 1
expect 'too few' 3 doctor cap.h5 --positions true.txt --source sky:70,62 --exclude 0-36
says 'too few' 'expected at least 4'
expect 'an array that does not know the sky' 0 simulate --array ura:6x6,0.5wl --freq 1e9 --source uv:0.3,0.2,snr=10dB --samples 512 -o flat.h5
expect 'sky' 3 doctor flat.h5 --source sky:10,20
# A square array turned by a half is itself, listed backwards: told on one line.
expect 'symmetric' 0 doctor flat.h5 --source uv:0.3,0.2 --json
holds 'symmetric' '.checks[0].as_given.same | any(. == "x and y mirrored, element n of the data is element 35-n of the positions")'
expect 'symmetric, wrong' 4 doctor flat.h5 --source uv:-0.3,-0.2 --json
holds 'symmetric, wrong' '.checks[0].best | [.name, .same[]] | (any(. == "data conjugated")) and any(. == "x and y mirrored") and any(. == "element n of the data is element 35-n of the positions")'
finish
