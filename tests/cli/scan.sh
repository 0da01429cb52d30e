#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase scan`: finds simulated sources where they stand, leaves out what is bad, and refuses what it cannot do.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

simulate() {
    "$COPHASE" simulate --array ura:8x6,0.5wl --freq 11.7e9 --source azel:20,-12,snr=0dB --samples 2000 --seed 7 \
        --dead 3,17 --quiet "$@" >/dev/null || fault "simulate $*"
}
# at CLAIM AZ EL TOLERANCE: the strongest peak
at() { holds "$1" "(.peaks[0].az_deg - $2 | fabs) < $4 and (.peaks[0].el_deg - $3 | fabs) < $4"; }

simulate -o cap.h5
expect 'a capture' 0 scan cap.h5 --json
at 'the source is found' 20 -12 0.2
holds 'in the array frame' '.frame == "array" and .polarization == null and .time_unix_s == null'
holds 'dead elements are named and left out' '.elements == 48 and .used == 46 and [.flagged[] | [.element, .reason]] == [[3, "dead"], [17, "dead"]]'
holds 'peaks come strongest first' '(.peaks | length) == 5 and ([.peaks[].snr] == ([.peaks[].snr] | sort | reverse))'
holds 'the source stands out' '.peaks[0].snr > 8 and .peaks[1].snr < 1'
cp out cap.json
expect 'on one thread, scalar' 0 scan cap.h5 --json --threads 1 --isa scalar
jq -e --slurpfile first cap.json '.peaks[0].snr - $first[0].peaks[0].snr | fabs < 1e-4' out >/dev/null || fault 'the same on any tier'

expect 'its covariance' 0 covariance cap.h5 -o cov.h5 --quiet --json
expect 'a covariance' 0 scan cov.h5 --json
jq -e --slurpfile first cap.json '.peaks[0].u - $first[0].peaks[0].u | fabs < 1e-6' out >/dev/null || fault 'a capture is scanned as its covariance is'

simulate --array disc:60,0.5wl --source uv:-0.3,0.55,snr=-3dB -o two.h5
expect 'two sources' 0 scan two.h5 --peaks 2 --grid 101 --radius 0.9 --json
holds 'are two peaks, the stronger first' '.peaks | length == 2 and (.[0].v + 0.208 | fabs) < 0.01 and (.[1].u + 0.3 | fabs) < 0.01 and (.[1].v - 0.55 | fabs) < 0.01'
holds 'grid and radius are what was asked for' '.grid == 101 and .radius == 0.9'

expect 'text and picture' 0 scan cap.h5 --exclude 5,7-8 --plot sky.png
grep -qE '^ +1 +20\.' out || fault "the table: $(cat out)"
[ "$(grep -c excluded out)" = 3 ] || fault 'excluded elements are listed'
[ "$(head -c 4 sky.png | tail -c 3)" = PNG ] || fault 'no sky.png'

expect 'part of a capture' 0 scan cap.h5 --start 0.5ms --duration 1ms --json
at 'finds the source too' 20 -12 0.5
expect 'a dump that is not there' 2 scan cov.h5 --time 1
says 'how many there are' 'cov.h5 has 1'
expect 'a channel that is not there' 2 scan cap.h5 --channel 1
expect 'a radius beyond the horizon' 2 scan cap.h5 --radius 1.5
expect 'all but one excluded' 3 scan cap.h5 --exclude 0-46
says 'what may help' '--channel and --time choose what is looked at'
says 'what is left' '47 of 48'
for n in $(seq 0 47); do echo "$n a$n 0 0 0 False"; done >pile.txt
expect 'elements in one place' 3 scan cap.h5 --positions pile.txt
says 'who says so' '^cophase scan: pile.txt: all 48 elements stand at one place'
sed '2s/ 0 0 0 / 0 1e30 0 /' pile.txt >far.txt
expect 'an element out of this world' 3 scan cap.h5 --positions far.txt
says 'which' '^cophase scan: far.txt: element 1 stands 1e\+30 m'
expect 'no such file' 3 scan none.h5
"$COPHASE" weights cap.h5 --steer uv:0,0 -o w.h5 >/dev/null || fault 'weights'
expect 'weights are no sky' 3 scan w.h5
expect 'a picture over the input' 2 scan cap.h5 --plot cap.h5

simulate --array disc:60,0.5wl --source uv:-0.3,0.55,snr=-3dB --source uv:0.11,0.1,snr=-14dB -o three.h5
expect 'sources one after the other' 0 scan three.h5 --clean 3 --json
holds 'come with standard errors' '[.peaks[] | .sigma_deg > 0 and .sigma_u > 0 and .sigma_v > 0 and .value_sigma > 0 and .sigma_deg < 1] | all'
holds 'which places are within' '.peaks as $p | ($p[2].u - 0.11 | fabs) < 5 * $p[2].sigma_u and ($p[2].v - 0.1 | fabs) < 5 * $p[2].sigma_v'
holds 'come with their fluxes' '.cleaned and (.peaks | length == 3) and (.peaks[0].value / .peaks[1].value - 1.995 | fabs) < 0.1 and (.peaks[0].value / .peaks[2].value - 25.1 | fabs) < 4'
holds 'at their places' '.peaks as $p | ($p[1].u + 0.3 | fabs) < 0.003 and ($p[1].v - 0.55 | fabs) < 0.003 and ($p[2].u - 0.11 | fabs) < 0.01 and ($p[2].v - 0.1 | fabs) < 0.01'
holds 'and leave next to nothing' '.deviation_left < 0.05 * .deviation'
expect 'as text, with a picture of what is left' 0 scan three.h5 --clean 2 --plot left.png
grep -qE '^2 sources taken out leave 0\.' out || fault "what is left: $(cat out)"
grep -q 'snr   sigma deg        flux       sigma' out || fault "sigmas are listed: $(cat out)"
for method in capon music; do
    expect "$method" 0 scan three.h5 --method "$method" --peaks 3 --plot "$method.svg" --json
    holds "$method shows the sources" '[.peaks[].u] | sort | (.[0] + 0.3 | fabs) < 0.01 and (.[1] - 0.11 | fabs) < 0.015 and (.[2] - 0.334 | fabs) < 0.01'
done
holds 'music counts them' '.sources_count == 3 and .normalised == false'
expect 'capon of few snapshots' 3 scan three.h5 --method capon --duration 10us
says 'to load' '\(--loading -20dB\)'
expect 'capon, loaded' 0 scan three.h5 --method capon --duration 10us --loading -10dB
expect 'clean is for beams' 2 scan three.h5 --method music --clean 2
expect 'sources are for music' 2 scan three.h5 --sources-count 2
finish
