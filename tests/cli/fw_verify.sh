#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase fw-verify: an image decodes into the weights it was made from, and damage is found.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array=(--array 'tri:61,0.5wl' --freq 11.7e9)
expect 'beams' 0 weights "${array[@]}" --steer azel:20,10 --steer azel:-30,25 -o w.h5

# Weights that are states already come back as they were: the same pattern, to what single precision leaves of weights.
for chip in 'adar1000 --states adar1000' 'adar1000 --states adar1000:vectors' 'adar300x --states adar300x' 'packed --bits 6'; do
    read -ra words <<<"$chip"
    made=("${words[@]:1}")
    target=("${words[@]:1}")
    [ "${words[0]}" != adar300x ] || target=()
    # --quiet: no remark where states do not make the taper
    expect "states, $chip" 0 weights "${array[@]}" --steer azel:20,10 --taper 'taylor:nbar=4,sll=-25' "${made[@]}" --quiet -o q.h5
    for sense in advance delay; do
        expect "their image, $chip" 0 export q.h5 --target "${words[0]}" "${target[@]}" --state-sense $sense -o q.img --json
        cp out exported
        [ $sense = delay ] || holds 'nothing is lost' '.beams[0] | .loss_db == 0 and .phase_rms_deg == 0 and .amplitude_rms == 0'
        expect "decoded, $chip" 0 fw-verify q.img --weights q.h5 -o d.h5 --json
        [ $sense = delay ] || holds 'is what it was' '.beams[0] | .phase_max_deg < 1e-4 and .gain_max_db < 1e-5 and .loss_db < 1e-9 and .driven == 61 and .lost == 0 and .extra == 0'
        [ $sense = delay ] || holds 'with its pattern' '.beams[0] | .pointing_shift_deg < 1e-5 and (.sidelobe_rise_db | fabs) < 1e-5 and (.wanted.directivity_db - .decoded.directivity_db | fabs) < 1e-6'
        holds "sense and checksum, $chip $sense" ".sense == \"$sense\" and .crc32 == \"$(jq -r .crc32 exported)\""
        holds 'the beam points where it did' '.beams[0].pointing_shift_deg < 0.3 and .beams[0].loss_db < 0.3'
    done
done
expect 'states' 0 weights "${array[@]}" --steer azel:20,10 --states adar1000 -o q.h5
expect 'an image' 0 export q.h5 --target adar1000 -o q.img
expect 'decoded' 0 fw-verify q.img --weights q.h5 -o d.h5
expect 'its pattern' 0 pattern --weights q.h5 --json
cp out before
expect 'and that of the image' 0 pattern --weights d.h5 --json
jq -e --slurpfile b before '(.psll_db - $b[0].psll_db | fabs) < 1e-5 and (.peak.u - $b[0].peak.u | fabs) < 1e-7 and (.peak.v - $b[0].peak.v | fabs) < 1e-7
    and (.directivity_db - $b[0].directivity_db | fabs) < 1e-6' out >/dev/null || fault "are the same: $(head -c 900 out)"

# Against the weights that were wanted: what five bits cost, in closed form at most half a step, 5.625 degrees, once the common phase is fitted.
expect 'five bits' 0 export w.h5 --target packed --bits 5 -o five.img --json
cp out exported
expect 'against what was wanted' 0 fw-verify five.img --weights w.h5 --json
holds 'errors of half a step' 'all(.beams[]; .phase_max_deg > 3 and .phase_max_deg < 6.5 and .gain_max_db < 1e-5)'
jq -e --slurpfile e exported '[.beams[].loss_db] as $l | [$e[0].beams[].loss_db] | (.[0] - $l[0] | fabs) < 1e-9 and (.[1] - $l[1] | fabs) < 1e-9' out >/dev/null ||
    fault 'the loss that export told'
holds 'the image' '.format == "packed" and .bits == 5 and .path == "receive" and .elements == 61 and (.beams | length) == 2 and .limits == []'
expect 'limits kept' 0 fw-verify five.img --weights w.h5 --max-gain-loss 0.1dB --max-phase-error 7deg --max-lost 0 --json
holds 'all are told' '[.limits[] | [.limit, .kept]] == [["gain_loss_db", true], ["phase_error_deg", true], ["lost", true]]'
for limit in '--max-gain-loss 0.001dB' '--max-phase-error 2deg' '--max-pointing 0.0001deg' '--max-gain-error 0dB'; do
    read -ra words <<<"$limit"
    expect "$limit" 4 fw-verify five.img --weights w.h5 "${words[@]}" --json
    says 'which, and how much' "${words[0]}: .* of beam [01] is [0-9.e-]*.*, more than"
    holds 'the JSON is there' '.limits[0].kept == false'
done
expect 'one beam' 0 export w.h5 --target packed --beams 1 -o one.img
expect 'of two' 3 fw-verify one.img --weights w.h5
says 'which' '--beams'
expect 'which one' 0 fw-verify one.img --weights w.h5 --beams 1 --json
holds 'it is' '.beams[0].beam == 1 and .beams[0].loss_db < 0.02'
expect 'to transmit' 0 weights "${array[@]}" --steer azel:20,10 --path transmit -o t.h5
expect 'an image' 0 export t.h5 --target packed -o t.img
expect 'of the other path' 3 fw-verify t.img --weights w.h5 --beams 0
says 'which is said' 't.img: an image to transmit, the weights of w.h5 are to receive'
expect 'of its own' 0 fw-verify t.img --weights t.h5
expect 'the other one' 4 fw-verify one.img --weights w.h5 --beams 0 --max-gain-loss 1dB

# Measured states that the table of the chip does not have: read with the right table they are right.
awk 'BEGIN { print "code,phase_deg,gain_db"; for (k = 0; k < 64; k++) printf "%d,%.4f,%.4f\n", k, k * 5.625 + 9 * sin(k / 7), -0.4 * (k % 3) }' >measured.csv
expect 'measured' 0 export w.h5 --target packed --states measured.csv -o m.img --json
jq -r '.beams[0].loss_db' out >loss
expect 'with them' 0 fw-verify m.img --weights w.h5 --states measured.csv --json
jq -e --argjson loss "$(cat loss)" '(.beams[0].loss_db - $loss | fabs) < 1e-9' out >/dev/null || fault 'is what export told'
expect 'without them' 0 fw-verify m.img --weights w.h5 --json
jq -e --argjson loss "$(cat loss)" '.beams[0].loss_db > $loss + 0.01' out >/dev/null || fault 'is not'

# Calibrations: the image is of their 1/g, of the channel and the solution that are said.
# Phases are off by at most half a step of six bits, 2.8125 degrees, and by as much with what they share fitted.
expect 'a capture' 0 simulate --array ula:8,0.5wl --freq 1e9 --source uv:0.1,0,snr=20dB --gain-errors 1dB,60deg --dead 5 --samples 4096 --type c16 \
    --seed 3 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --source uv:0.1,0 --solution-interval 2ms -o cal.h5
for chip in 'adar1000 --states adar1000:vectors' adar300x; do
    read -ra words <<<"$chip"
    expect "corrections, $chip" 0 export cal.h5 --target "${words[@]}" --time 1 -o cal.img --json
    cp out exported
    expect "decoded, $chip" 0 fw-verify cal.img --weights cal.h5 --time 1 --max-lost 0 --max-phase-error 5.63deg -o d.h5 --json
    holds 'all but the dead element' '.beams[0] | .driven == 7 and .lost == 0 and .extra == 0 and .pointing_shift_deg == null and .wanted == null'
    jq -e --slurpfile e exported '(.beams[0].loss_db - $e[0].beams[0].loss_db | fabs) < 1e-9' out >/dev/null || fault 'the loss that export told'
done
expect 'where it points' 4 fw-verify cal.img --weights cal.h5 --time 1 --max-pointing 1deg
says 'is not known' '--max-pointing: pointing shift of beam 0 is not known'
expect 'a solution that is not there' 2 fw-verify cal.img --weights cal.h5 --time 2
expect 'a solution of weights' 2 fw-verify five.img --weights w.h5 --time 0
expect 'a capture' 3 fw-verify cal.img --weights cap.h5
says 'what was expected' 'expected a calibration or weights'

# Damage, one bit at a time: of the header, of a beam, of its checksum.
for at in 5 20 40 290 -1; do
    cp q.img bad.img
    [ "$at" -ge 0 ] || at=$(($(wc -c <q.img) - 1))
    byte=$(od -An -t u1 -j "$at" -N 1 q.img)
    printf "\\x$(printf %x $((byte ^ 16)))" | dd of=bad.img bs=1 seek="$at" conv=notrunc status=none
    expect "byte $at" 3 fw-verify bad.img --weights q.h5
    says 'is found' 'damaged'
done
head -c 200 q.img >bad.img
expect 'cut short' 3 fw-verify bad.img --weights q.h5
cat q.img q.img >bad.img
expect 'too long' 3 fw-verify bad.img --weights q.h5
: >empty.img
expect 'an empty file' 3 fw-verify empty.img --weights q.h5
says 'is empty' 'empty.img: no beam image: it is empty'
expect 'no image' 3 fw-verify w.h5 --weights w.h5
says 'what was expected' 'CPHB'
expect 'not there' 3 fw-verify absent.img --weights w.h5
expect 'another array' 0 weights --array ula:8,0.5wl --freq 1e9 --steer uv:0,0 -o other.h5
expect 'does not fit' 3 fw-verify q.img --weights other.h5
says 'both sizes' '61 elements, .* 8'
expect 'no weights' 2 fw-verify q.img
expect 'output over the input' 2 fw-verify q.img --weights q.h5 -o q.img
expect 'text' 0 fw-verify five.img --weights w.h5
grep -q '^beam 1  loss 0.0' out || fault "a line a beam: $(cat out)"
finish
