#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --bits`, `--states`: weights that hardware takes, and the nulls that hold on them.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
beam=(--array 'disc:1280,0.5wl' --freq 11.7e9 --steer 'thetaphi:40,25')

expect 'nulls on six bits' 0 weights "${beam[@]}" --bits 6 --null thetaphi:46.8,25 --null thetaphi:10,60 -o w.h5 --codes codes.csv --json
holds 'what the states are' '.states == {table: "6 bits", count: 64, sense: "advance", search: "error"}'
holds 'one beam, one channel' '(.quantised | length) == 1 and .quantised[0].beam == 0 and .quantised[0].channel == 0'
holds 'the weights had them' 'all(.quantised[0].nulls[]; .before_db < -100)'
holds 'both nulls are 20 dB below what unknown gains do' 'all(.quantised[0].nulls[]; .after_db < -78.6)'
holds 'what is stored is told, and what was planned' '(.beams[0].null_planned_db | max) < -100 and (.quantised[0].nulls[0].after_db - .beams[0].null_db[0] | fabs) < 0.01 and (.quantised[0].nulls[1].after_db - .beams[0].null_db[1] | fabs) < 0.01'
holds 'the look loses little' '.quantised[0].loss_db | . > 0 and . < 0.3'
[ "$(tail -n +2 codes.csv | cut -d, -f4 | sort -u | wc -l)" -le 64 ] || fault 'more codes than six bits have'
[ "$(wc -l <codes.csv)" = 1281 ] || fault "a code an element: $(wc -l <codes.csv)"
[ "$(head -1 codes.csv)" = beam,channel,element,code ] || fault "columns: $(head -1 codes.csv)"
[ ! -e codes.csv.partial ] && [ ! -e w.h5.partial ] || fault 'the outputs are complete'
expect 'the file has what was said' 0 pattern --weights w.h5 --json
holds 'its beam points where it did' '(.peak.u - 0.58256 | fabs) < 2e-3 and (.look_power_db | fabs) < 0.01'

# Four states a quarter turn apart and a line half a wavelength apart: a wave from u = 0.5 advances by a quarter turn an
# element, and so the hardware coefficient, its conjugate, goes back by one.
printf 'code,phase_deg\n0xA0,0\n0xA1,90\n0xA2,180\n0xA3,270\n' >quarter.csv
expect 'a table of a file' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --states quarter.csv -o q.h5 --codes q.csv --json
holds 'its name' '.states.table == "quarter.csv" and .states.count == 4'
holds 'no loss' '(.quantised[0].loss_db | fabs) < 1e-6 and .quantised[0].phase_rms_deg < 1e-4'
hex_last() { cut -d, -f4 q.csv | tail -n +2 | sed 's/0x[aA]//' | paste -sd' '; }
goes() { # STEP: the last digits of the codes change by STEP from element to element, modulo 4
    local last='' digit
    for digit in $(hex_last); do
        [ -z "$last" ] || [ $(((digit - last + 4) % 4)) = "$1" ] || return 1
        last=$digit
    done
}
goes 3 || fault "the coefficient is conj(w): codes $(hex_last)"
expect 'a chip that delays' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --states quarter.csv --state-sense delay -o d.h5 --codes q.csv
goes 1 || fault "a delaying chip steps up: codes $(hex_last)"
h5dump -a /history q.h5 | grep -q 'path[^,]*quarter.csv' || fault 'the table is among the inputs of the history'

line=(--array 'ula:48,0.5wl' --freq 1e9 --steer 'uv:0.187,0' --taper 'taylor:nbar=4,sll=-30' --bits 3 --amplitude-bits 2)
expect 'the best match' 0 weights "${line[@]}" -o e.h5 --json
holds 'is no pattern' '.quantised[0].psll_db == null and .states.table == "3+2 bits" and .states.count == 32'
expect 'its sidelobes' 0 pattern --weights e.h5 --json
cp out error.json
expect 'the lowest sidelobes' 0 weights "${line[@]}" --state-search sidelobes -o s.h5 --json
cp out search.json
expect 'their sidelobes' 0 pattern --weights s.h5 --json
jq -e --slurpfile e error.json '.psll_db < $e[0].psll_db' out >/dev/null || fault 'the search lowers the sidelobes'
jq -e --slurpfile s search.json '.psll_db - $s[0].quantised[0].psll_db | fabs < 0.01' out >/dev/null ||
    fault 'what is said is what the file does'
for table in adar1000 adar1000:vectors; do
    expect "$table" 0 weights --array ula:16,0.5wl --freq 1e9 --steer uv:0.3,0 --states $table --null uv:-0.26,0 -o a.h5 --json
    holds "$table nulls" '.quantised[0].nulls[0].after_db < -45'
done
# ---- states of one amplitude make no taper ----
flat=(weights --array 'disc:61,12.8mm' --freq 11.7GHz --steer 'uv:0.1,0.2')
for states in 'bits 6' 'states adar1000'; do
    read -ra of <<<"--$states"
    run "${flat[@]}" "${of[@]}" --taper hann -o a.h5
    [ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "$states: $status, $(<err)"
    says "$states" '^cophase weights: taper hann: states of one amplitude do not make it'
    expect "$states, told not to remark" 0 "${flat[@]}" "${of[@]}" --taper hann -q -o a.h5
    expect "$states, no taper" 0 "${flat[@]}" "${of[@]}" -o a.h5
done
printf 'u,v,taper\n0,0,\n0.1,0,hann\n' >tapered.csv
run weights --array 'disc:61,12.8mm' --freq 11.7GHz --beam-list tapered.csv --bits 6 -o a.h5
says 'of a beam alone' '^cophase weights: taper hann: states'
expect 'attenuators make it' 0 "${flat[@]}" --bits 6 --amplitude-bits 4 --taper hann -o a.h5
expect 'text' 0 weights "${line[@]}" --null uv:0.4,0 --null-inr 30dB -o t.h5
grep -q '^  null uv:0.4,0 ' out || fault "a line a null: $(cat out)"

# A calibrated array with two dead elements: what a jammer on the first sidelobe sends through the beam falls by 40 dB. The same
# seed gives both captures the same gains.
scene=(--array 'ura:8x8,0.5wl' --freq 11.7e9 --gain-errors '1dB,40deg' --dead '3,17' --sample-rate 1MHz --samples 4096 --type c16 --seed 7)
expect 'a source' 0 simulate "${scene[@]}" --source 'azel:20,10,snr=10dB' -o cap.h5 --json
expect 'its gains' 0 calibrate cap.h5 --source azel:20,10 -o cal.h5 --json
expect 'a jammer' 0 simulate "${scene[@]}" --source 'uv:-0.02,0.174,snr=40dB' -o jam.h5 --json
for table in 'bits 6' 'states adar1000' 'states adar1000:vectors'; do
    read -ra words <<<"--$table"
    expect "a beam, $table" 0 weights cap.h5 --calibration cal.h5 --steer azel:20,10 "${words[@]}" -o b0.h5 --json
    expect "a null, $table" 0 weights cap.h5 --calibration cal.h5 --steer azel:20,10 "${words[@]}" --null uv:-0.02,0.174 -o b1.h5 --codes live.csv --json
    holds 'dead elements are not driven' '.used == 62 and [.flagged[].element] == [3, 17]'
    holds 'the null on paper' '.quantised[0].nulls[0].after_db < -50 and .quantised[0].loss_db < 0.5'
    [ "$(cut -d, -f3 live.csv | grep -cxE '3|17')" = 0 ] && [ "$(wc -l <live.csv)" = 63 ] || fault 'a code for each live element'
    expect "with the jammer in it, $table" 0 beamform jam.h5 --weights b0.h5 -o o0.h5 --json
    cp out plain.json
    expect "with the null on it, $table" 0 beamform jam.h5 --weights b1.h5 -o o1.h5 --json
    jq -e --slurpfile p plain.json '.beams[0].power_db < $p[0].beams[0].power_db - 40' out >/dev/null ||
        fault "$table: the null takes the jammer out: $(jq .beams[0].power_db plain.json out | paste -sd' ')"
done

refused=(--array 'ula:8,0.5wl' --freq 1e9 --steer 'uv:0,0' -o v.h5)
expect 'bits and states' 2 weights "${refused[@]}" --bits 6 --states adar1000
expect 'no bits' 2 weights "${refused[@]}" --bits 0
expect 'too many bits' 2 weights "${refused[@]}" --bits 12 --amplitude-bits 5
expect 'attenuators alone' 2 weights "${refused[@]}" --amplitude-bits 3
expect 'an INR without states' 2 weights "${refused[@]}" --null uv:0.5,0 --null-inr 40dB
expect 'a sense without states' 2 weights "${refused[@]}" --state-sense advance
expect 'a search without states' 2 weights "${refused[@]}" --state-search error
says 'what goes with it' '--bits or --states'
expect 'no jammer' 2 weights "${refused[@]}" --bits 6 --null uv:0.5,0 --null-inr 0
expect 'an INR of nothing' 2 weights "${refused[@]}" --bits 6 --null-inr 30dB
expect 'a sense that is none' 2 weights "${refused[@]}" --bits 6 --state-sense up
expect 'codes over the weights' 2 weights "${refused[@]}" --bits 6 --codes v.h5
expect 'codes over the table' 2 weights "${refused[@]}" --states quarter.csv --codes quarter.csv
expect 'weights over the table' 2 weights --array ula:8,0.5wl --freq 1e9 --steer uv:0,0 --states quarter.csv -o quarter.csv
expect 'no table' 3 weights "${refused[@]}" --states none.csv
expect 'more nulls than phases' 3 weights "${refused[@]}" --bits 6 --null uv:0.4,0 --null uv:0.5,0 --null uv:0.6,0 --null uv:0.7,0 --null uv:0.8,0
printf '1,0\n1,90\n' >twice.csv
expect 'a code twice' 3 weights "${refused[@]}" --states twice.csv
says 'which' 'code 0x1 twice'
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
[ "$(wc -l <quarter.csv)" = 5 ] || fault 'a refusal changed the table'
# What states lose is said, but not with --quiet.
expect 'a capture' 0 simulate --array ula:16,0.5wl --freq 11.7e9 --source uv:0.1,0 --samples 200 --seed 3 -o line.h5
wide=(weights line.h5 --steer "uv:0.1,0" --null "uv:-0.42,0" --null-width 4 -o v.h5)
run "${wide[@]}" --bits 5
[ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "a wide null in states: status $status, $(cat err)"
says 'the width is lost' '^cophase weights: states keep the centre of each null alone'
expect 'as it was asked' 0 "${wide[@]}"
expect 'quietly' 0 "${wide[@]}" --bits 5 --quiet
run weights line.h5 --steer uv:0.1,0 --method mvdr --bits 5 -o v.h5
[ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "adaptive weights in states: status $status, $(cat err)"
says 'what helps' 'lose the nulls of adaptive weights: --method conventional or lcmv with --null'
expect 'with amplitudes' 0 weights line.h5 --steer uv:0.1,0 --method mvdr --bits 5 --amplitude-bits 5 -o v.h5
expect 'phases are all that conventional ones need' 0 weights line.h5 --steer uv:0.1,0 --bits 5 -o v.h5
finish
