#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A cover is laid over a calibrated array: compare advises to calibrate again, which brings the beam back; nothing, and a cover that
# changes all elements alike, need none; wrong covers.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# make NAME SAMPLES [OPTIONS...]: a terminal of 217 elements, and its calibration by a source of known power.
make() {
    local name=$1 samples=$2
    shift 2
    expect "a capture $name" 0 simulate --array tri:217,12.8mm --freq 11.7e9 --source azel:20,10,snr=-5dB --samples "$samples" \
        --gain-errors 1dB,60deg --seed 9 "$@" -o "$name.cap.h5" --json
    cp out "$name.json"
    expect "its gains $name" 0 calibrate "$name.cap.h5" --source azel:20,10,flux=-5dB -o "$name.h5"
}
# look NAME GAINS: dB of the beam toward the source, at equal total power of the weights, of noise that enters behind the elements.
look() {
    expect "weights for $1" 0 weights "$1.cap.h5" --steer azel:20,10 --calibration "$2.h5" -o w.h5
    expect "the beam of $1" 0 pattern --weights w.h5 --truth "$1.cap.h5" --json
    jq '.directivity_db - .peak_power_db + .look_power_db' out
}
make bare 20000
make again 16000
make film 20000 --cover loss=1.5dB
make cover 20000 --cover loss=0.5dB,loss-to=3dB,phase=30deg
make wedge 20000 --cover tilt=3deg,toward=25deg

jq -e '.cover == null' bare.json >/dev/null || fault 'no cover'
jq -e '.cover | (.loss_mean_db - 1.7 | fabs) < 0.2 and (.phase_rms_deg - 30 | fabs) < 5 and (.loss_rms_db - 0.72 | fabs) < 0.1' cover.json >/dev/null ||
    fault "the cover: $(jq -c .cover cover.json)"

expect 'under the cover' 0 compare bare.h5 cover.h5 --steer azel:20,10 --json
holds 'it advises' '.advice == "re-calibrate" and .channels[0].regain.renew and .channels[0].regain.changed'
# 4.34 (30 deg in rad)^2 = 1.19 dB of the response, in a finite draw.
holds 'by what is regained' '.channels[0].regain | .gain_db > 0.8 and .gain_db < 1.6 and .errors_db > 0 and .errors_db < 0.2'
# Gains of equal weight are not the best for unequal losses: 0.12 dB of signal to noise for 0.5 to 3 dB.
jq -e --slurpfile made cover.json '.channels[0].beams.renewed.loss_db - $made[0].cover.loss_mean_db | . > 0 and . < 0.2' out >/dev/null ||
    fault "back within 0.2 dB of the mean loss: $(jq -c .channels[0].beams.renewed.loss_db out)"
kept=$(look cover bare) renewed=$(look cover cover) ideal=$(look bare bare)
awk -v k="$kept" -v r="$renewed" -v i="$ideal" 'BEGIN { exit !(i - k > 0.8 && (i - r)^2 < 0.2^2) }' ||
    fault "the beam by the true gains: bare $ideal dB, cover $kept dB by old gains, $renewed by new ones"
expect 'in words' 0 compare bare.h5 cover.h5 --steer azel:20,10
grep -qE '^advice +re-calibrate: a beam would regain [01]\.[0-9]+ dB' out || fault "text: $(cat out)"
grep -q '; worth it above 0.1 dB, or for sidelobes more than 1 dB lower$' out || fault "what would be worth it: $(cat out)"
expect 'not for that little' 0 compare bare.h5 cover.h5 --steer azel:20,10 --worth 3dB,9dB --json
holds 'then it is kept' '.advice == "keep"'

expect 'nothing new' 0 compare bare.h5 again.h5 --steer azel:20,10 --json
holds 'is kept' '.advice == "keep" and (.channels[0].regain.changed | not)'
expect 'nothing new, in words' 0 compare bare.h5 again.h5
grep -q '^advice *keep the calibration: nothing has changed beyond the errors of the gains: chi2/dof [0-9.]*, by chance up to 1\.[0-9]*$' out || fault "text: $(cat out)"
expect 'the same loss of all' 0 compare bare.h5 film.h5 --steer azel:20,10 --json
holds 'is nothing to calibrate' '.advice == "keep" and (.channels[0].loss_db - 1.5 | fabs) < 0.2'
# Toward the azimuth 25 degrees from x: the beam of old weights goes the other way.
expect 'a wedge' 0 compare bare.h5 wedge.h5 --json
holds 'is calibrated away' '.advice == "re-calibrate" and .channels[0].regain.gain_db > 1'
holds 'where it sends the beam' '.channels[0].points | (.u + 0.052336 * 0.906308 | fabs) < 2e-3 and (.v + 0.052336 * 0.422618 | fabs) < 2e-3'

for word in loss=-1dB loss=3dB,loss-to=1dB ripple=1dB wet=1dB wet-share=2 tilt=100 phase= grain=1wl loss; do
    expect "a cover $word" 2 simulate --array ura:2x2,0.5wl --freq 11.7e9 --cover "$word" -o no.h5
done
# cover WORD WORDS: refused with these
cover() {
    expect "a cover $1" 2 simulate --array ura:2x2,0.5wl --freq 11.7e9 --cover "$1" -o no.h5
    grep -qF -e "--cover: '$1': $2" err || fault "a cover $1: says $(cat err)"
}
cover grain=3cm 'grain goes with phase or wet-share'
cover loss=1dB,toward=20 'toward goes with tilt or ripple'
cover ripple-length=3cm 'ripple-length goes with ripple'
cover wet-share=0.5 'wet-share goes with wet or wet-phase'
cover ripple=1dB,ripple-length=0m 'expected ripple-length above 0 beside ripple'
cover wet=3,wet-share=0 'expected wet-share above 0 beside wet'
cover wet=3 'expected wet-share above 0 beside wet'
cover spots=3 'expected loss=VALUE loss-to=VALUE phase=VALUE grain=VALUE tilt=VALUE toward=VALUE ripple=VALUE ripple-length=VALUE wet=VALUE wet-phase=VALUE wet-share=VALUE'
expect 'none of all that' 0 simulate --array ura:2x2,0.5wl --freq 11.7e9 --cover phase=0,grain=3cm,wet=0,wet-share=0,ripple=1dB,ripple-length=3cm,toward=9 -o some.h5

# Readings are of what is under the cover, and say what it is: the truth's mean power is down by its loss.
for kind in rev coded near-field coupling; do
    for word in loss=0dB loss=3dB; do
        expect "$kind under $word" 0 simulate --kind $kind --array ura:4x4,0.5wl --freq 11.7e9 --gain-errors 1dB,20deg --cover "$word" -o "$kind-$word.h5" --json
        holds 'what it takes' "(.cover.loss_mean_db - ${word//[a-z=B]/} | fabs) < 1e-9 and .cover.phase_rms_deg < 1e-9"
    done
    [ $kind = coupling ] && continue
    awk '{ p[NR > 16] += $1 * $1 + $2 * $2 } END { d = 4.342944819 * log(p[0] / p[1]) - 3; exit !(NR == 32 && d * d < 1e-10) }' \
        <(rows $kind-loss=0dB.h5 /truth/gain 2) <(rows $kind-loss=3dB.h5 /truth/gain 2) || fault "$kind: gains are those under the cover"
done
expect 'the truth under a cover' 0 calibrate rev-loss=3dB.h5 --method rev -o rev-gains.h5
near_truth 1e-3 16 rev-loss=3dB.h5 rev-gains.h5
expect 'less than nothing' 2 compare bare.h5 cover.h5 --worth 0dB,-1dB
[ ! -e no.h5 ] || fault 'a file of a bad cover'
finish
