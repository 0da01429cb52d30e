#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase doa`: simulated sources within their standard errors by every method, counts, averages, files, and what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

simulate() { "$COPHASE" simulate --freq 11.7e9 --quiet "$@" >/dev/null || fault "simulate $*"; }
# at CLAIM SOURCE AZ EL: within 5 standard errors, and that is less than a tenth of a degree
at() { holds "$1" ".sources[$2] | ((.az_deg - $3) * (.el_deg * 3.14159265 / 180 | cos) | . * .) + (.el_deg - $4 | . * .) < 25 * .sigma_deg * .sigma_deg and .sigma_deg < 0.1"; }

simulate --array ura:8x6,0.5wl --source azel:20,-12,snr=10dB --source azel:-5,30,snr=0dB --samples 2000 --seed 7 --dead 3,17 -o cap.h5
for method in bartlett capon music esprit ml; do
    expect "$method" 0 doa cap.h5 --method "$method" --json
    holds "$method counts two sources" '.mdl == 2 and .aic >= 2 and .sources_count == 2 and (.sources | length) == 2'
    [ "$method" = bartlett ] && continue # its peaks shift each other
    [ "$method" = capon ] || at "$method finds the stronger" 0 20 -12
    [ "$method" = capon ] || at "$method finds the weaker" 1 -5 30
    holds "$method knows their powers" '(.sources[0].snr | 9.5 < . and . < 10.5) and (.sources[1].snr | 0.9 < . and . < 1.1)'
done
holds 'the conditional bound is the lower one' '[.sources[] | .conditional_sigma_deg < .sigma_deg] | all'
holds 'dead elements are named and left out' '.elements == 48 and .used == 46 and [.flagged[].element] == [3, 17] and (.eigenvalues | length) == 46'
holds 'noise and snapshots' '(.noise - 1 | fabs) < 0.02 and .samples == 2000 and .frame == "array" and .iterations > 0'
cp out ml.json
for method in music esprit ml; do
    expect "$method, a part of the sky" 0 doa cap.h5 --method "$method" --radius 0.45 --json
    holds "$method lists what is in it" '(.sources | length) == 1 and (.remarks | any(test("1 of the directions found lie beyond")))'
    at "$method: the stronger" 0 20 -12
done
expect 'one thread, scalar' 0 doa cap.h5 --method ml --json --threads 1 --isa scalar
jq -e --slurpfile first ml.json '.sources[0].u - $first[0].sources[0].u | fabs < 1e-8' out >/dev/null || fault 'the same on any tier'

expect 'its covariance' 0 covariance cap.h5 -o cov.h5 --quiet --json
expect 'a covariance' 0 doa cov.h5 --json
at 'is as good as the capture' 1 -5 30
expect 'text, picture and table' 0 doa cov.h5 --plot sky.svg --csv sources.csv
grep -qE '^ +1 +20\.0' out || fault "the table: $(cat out)"
grep -q '^eigenvalues, dB over the noise.s: 2[0-9.]* 1[0-9.]* |' out || fault "the eigenvalues: $(cat out)"
grep -q "<svg" sky.svg || fault "no sky.svg"
[ "$(head -1 sources.csv | tr , '\n' | wc -l)" = 13 ] && [ "$(wc -l <sources.csv)" = 3 ] || fault "sources.csv: $(cat sources.csv)"

simulate --array ula:10,0.5wl --source azel:20,0,snr=20dB --source azel:8,0,snr=20dB --samples 200 --seed 3 -o line.h5
for method in capon music root-music esprit ml; do
    expect "$method on a line" 0 doa line.h5 --method "$method" --json --plot "$method.png"
    [ "$(head -c 4 "$method.png" | tail -c 3)" = PNG ] || fault "no $method.png"
    holds "$method finds both" '([.sources[].az_deg] | sort) as $az | ($az[0] - 8 | fabs) < 0.1 and ($az[1] - 20 | fabs) < 0.1'
done
expect 'a beam does not part them' 0 doa line.h5 --method bartlett --json
holds 'as music does' '.sources[1].az_deg - 8 | fabs > 1'
expect 'averages' 0 doa line.h5 --smooth 7 --forward-backward --json
holds 'are of parts of the line' '(.eigenvalues | length) == 7 and ([.sources[].az_deg] | sort | .[0] - 8 | fabs) < 0.1'
expect 'more sources than there are' 0 doa line.h5 --sources-count 4 --json
holds 'are remarked on' '(.sources | length) == 4 and (.remarks | any(test("MDL counts 2 waves"))) and (.remarks | any(test("--smooth")))'
expect 'another rule' 0 doa line.h5 --sources-count aic --json
holds 'counts as much or more' '.sources_count >= 2'
simulate --array ula:10,0.5wl --samples 200 --seed 5 -o silent.h5
expect 'noise alone' 0 doa silent.h5 --json --plot silent.svg
holds 'has no sources' '.sources == [] and .sources_count == 0 and (.remarks | any(test("no source")))'

# low over the plane of the array, and near the end of a line
simulate --array ura:8x8,0.5wl --source uv:0.985,0,snr=20dB --samples 500 --seed 1 -o low.h5
simulate --array ula:10,0.5wl --source uv:0.9,0,snr=20dB --source uv:-0.95,0,snr=20dB --samples 500 --seed 1 -o ends.h5
for method in bartlett capon music ml; do
    expect "$method, a low source" 0 doa low.h5 --method "$method" --sources-count 1 --json
    at "$method finds it" 0 80.063 0
    [ "$method" = bartlett ] && continue
    expect "$method, sources at both ends" 0 doa ends.h5 --method "$method" --json
    holds "$method finds both" '([.sources[].u] | sort) as $u | ($u[0] + 0.95 | fabs) < 0.001 and ($u[1] - 0.9 | fabs) < 0.001'
done
simulate --array ula:10,0.5wl --source uv:1,0,snr=20dB --samples 500 --seed 2 -o edge.h5
awk 'BEGIN { for (i = 0; i < 10; i++) printf "%d e%d %.7f 0 0\n", i, i, i * 0.0121711 }' >row.txt
expect 'phases of no direction' 0 doa edge.h5 --positions row.txt --json
holds 'are told to be beyond the rim' '(.sources[0].u > 0.999999) and (.remarks | any(test("source 1 stands on the rim")))'

# gains that are known, and noise that goes with them
simulate --array ura:8x6,0.5wl --source azel:20,-12,snr=10dB --gain-errors 1dB,30deg --samples 4000 --seed 9 -o raw.h5
"$COPHASE" calibrate raw.h5 --source azel:20,-12 -o cal.h5 --quiet >/dev/null || fault 'calibrate'
expect 'a calibration' 0 doa raw.h5 --calibration cal.h5 --method esprit --sources-count 1 --json
holds 'puts the source back' '.calibrated and (.sources[0].az_deg - 20 | fabs) < 0.05 and (.sources[0].el_deg + 12 | fabs) < 0.05'
expect 'noise behind the gains' 0 doa raw.h5 --calibration cal.h5 --noise gain --sources-count 1 --json

expect 'a plane is no line' 3 doa cap.h5 --method root-music
says 'what root-MUSIC needs' 'line of equally spaced elements'
expect 'smoothing a plane' 3 doa cap.h5 --smooth 8
expect 'more sources than elements' 3 doa line.h5 --sources-count 10
says 'how many there may be' '10 sources are too many for 10 elements'
expect 'more than the parts have elements' 3 doa line.h5 --sources-count 5 --smooth 5
says 'that parts are meant' 'of a part'
expect 'esprit without pairs' 3 doa line.h5 --method esprit --sources-count 3 --exclude 1,3,5,7
says 'how many there are' 'there are 1'
expect 'too few snapshots to count' 3 doa cap.h5 --duration 1us
says 'what helps' '--sources-count K'
says 'to give the number' 'give their number'
expect 'capon of few snapshots' 3 doa cap.h5 --duration 20us --method capon --sources-count 2
says 'to load' '\(--loading -20dB\)'
expect 'capon, loaded' 0 doa cap.h5 --duration 20us --method capon --sources-count 2 --loading -20dB
expect 'loading is for capon' 2 doa cap.h5 --loading -20dB
expect 'no such method' 2 doa cap.h5 --method guess
expect 'no such count' 2 doa cap.h5 --sources-count some
says 'what is expected' 'a number from 1 on, aic or mdl'
expect 'no sources asked for' 2 doa cap.h5 --sources-count 0
expect 'a channel that is not there' 2 doa cap.h5 --channel 1
expect 'a table over the input' 2 doa cap.h5 --csv cap.h5
expect 'two outputs in one' 2 doa cap.h5 --csv a.png --plot a.png
awk 'BEGIN { print "x y number name polarization"
    for (n = 0; n < 8; n++) for (p = 0; p < 2; p++) printf "%g 0 %d D%d %s\n", 1.5 * n, n, n, p ? "X" : "Y" }' >dipoles.txt
"$COPHASE" simulate --array dipoles.txt --freq 1e8 --source uv:0.1,0,snr=10dB --samples 1000 --seed 9 --quiet -o dual.h5 >/dev/null ||
    fault 'simulate dipoles'
expect 'two polarisations' 2 doa dual.h5
says 'what is missing' '--pol X or --pol Y'
expect 'one of them' 0 doa dual.h5 --pol Y --method root-music --json
holds 'is told' '.polarization == "Y" and (.sources[0].u - 0.1 | fabs) < 0.005'
finish
