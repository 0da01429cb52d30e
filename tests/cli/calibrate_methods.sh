#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method NAME: each method finds the true gains within its standard errors, and refuses what it cannot use.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ura:8x8,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --sample-rate 1MHz \
    --samples 8192 --type c16 --seed 11 -o cap.h5

# The numbers of a set, from the N-th on (its shape is printed before them).
values() { h5dump -y -m %.9g -d "$2" "$1" | grep -oE -- '-?nan|[-+]?[0-9.]+(e[-+]?[0-9]+)?' | tail -n "+$3"; }

# true_gains CAP CAL [FACTOR]: gains are the true ones in their gauge, within standard errors (times FACTOR): mean of squares 1 within 4 of its own
# errors sqrt(2/(n - 1)); of elements that both have.
true_gains() {
    paste <(rows "$1" /truth/gain 2) <(rows "$2" /gain 2) <(rows "$2" /phase_sigma_rad 1) <(rows "$2" /amplitude_sigma 1) | grep -v nan |
        awk -v factor="${3-1}" '
        { a[NR] = sqrt($1 ^ 2 + $2 ^ 2); b[NR] = sqrt($3 ^ 2 + $4 ^ 2); A += a[NR]; B += b[NR]
          x[NR] = ($3 * $1 + $4 * $2) / a[NR] / b[NR]; y[NR] = ($4 * $1 - $3 * $2) / a[NR] / b[NR]; X += x[NR]; Y += y[NR]; p[NR] = $5; q[NR] = $6 }
        END {
            for (i = 1; i <= NR; i++) {
                P += (atan2(y[i] * X - x[i] * Y, x[i] * X + y[i] * Y) / p[i] / factor) ^ 2
                Q += ((b[i] / B * A / a[i] - 1) / q[i] / factor) ^ 2
            }
            limit = 4 * sqrt(2 / (NR - 1)); P = P / NR - 1; Q = Q / NR - 1
            printf "phase %.3f amplitude %.3f of %d, within %.3f\n", P, Q, NR, limit
            exit NR < 30 || P > limit || P < -limit || Q > limit || Q < -limit
        }' >near || fault "$2 has the gains of $1: $(cat near)"
}

# ---- the table ----

expect 'no such method' 2 calibrate cap.h5 --method magic -o bad.h5
says 'which there are' 'model.*redundant'
expect 'the first is the default' 0 calibrate cap.h5 --source azel:20,10 -o model.h5 --json
holds 'and says its name' '.method == "model" and .channels[0].stop == "converged"'
refused() { # METHOD OPTION VALUE: the method does not take the option
    expect "$1 with $2" 2 calibrate cap.h5 --method "$1" "$2" "$3" -o bad.h5
    says "$1 does not take $2" "^cophase calibrate: $2: is not for --method $1; it goes with [a-z]+"
}
expect 'jones of one polarisation' 3 calibrate cap.h5 --method jones --source azel:20,10 -o bad.h5
says 'needs two' 'cap.h5: --method jones needs inputs X and Y'
expect 'jones of no source' 2 calibrate cap.h5 --method jones -o bad.h5
expect 'jones of sources without powers' 2 calibrate cap.h5 --method jones --source azel:20,10 --source azel:30,30 -o bad.h5
says 'needs powers' 'needs the powers of several sources'
expect 'jones of a model and sources without powers' 2 calibrate cap.h5 --method jones --model cap.h5 --source azel:20,10 -o bad.h5
says 'needs powers' 'needs the powers of sources beside a --model'
expect 'more polarised than there is' 2 calibrate cap.h5 --method jones --source azel:20,10,q_over_i=0.8,u_over_i=-0.7 -o bad.h5
says 'is said' 'q_over_i 0.8, u_over_i -0.7, v_over_i 0: polarised by more than 1'
printf 'u,v,q_over_i\n0.1,0.2,1.5\n' >polarised.csv
expect 'in a table' 3 calibrate cap.h5 --method jones --sources polarised.csv -o bad.h5
says 'with its line' 'polarised.csv:2: .*polarised by more than 1'
expect 'polarised for one polarisation' 2 calibrate cap.h5 --source azel:20,10,v_over_i=0.1 -o bad.h5
says 'goes with jones' 'q_over_i= is not for --method model; it goes with jones'
refused model --solver omnical
refused model --grid-tolerance 1mm
refused redundant --reference 3
refused pilot --min-baseline 1wl
true_gains cap.h5 model.h5

# ---- the gauge ----

refused redundant --gauge mean
expect 'a reference' 0 calibrate cap.h5 --source azel:20,10 --gauge reference --reference 5 -o reference.h5 --json
holds 'the gauge says so' '.gauge == "phase of element 5 0, mean |g| 1"'
expect 'no reference' 2 calibrate cap.h5 --source azel:20,10 --gauge reference -o bad.h5
says 'it is missed' 'expected --reference N'
expect 'two gauges' 2 calibrate cap.h5 --source azel:20,10 --gauge mean --reference 3 -o bad.h5
expect 'no gauge where there is a factor' 2 calibrate cap.h5 --source azel:20,10 --gauge none -o bad.h5
says 'why' 'finds gains up to one factor'
expect 'a limit for weak elements' 0 calibrate cap.h5 --source azel:20,10 --weak-below 0.95 -o weak.h5 --json
holds 'flags what is below' '.flagged | length > 3 and all(.[]; .reason == "weak")'
expect 'a limit of all' 2 calibrate cap.h5 --source azel:20,10 --weak-below 1 -o bad.h5

# ---- too few samples ----

for method in 'model --source azel:20,10' 'pilot --source azel:20,10' redundant; do
    # shellcheck disable=SC2086 # words
    expect "one sample is explained by any gains: $method" 3 calibrate cap.h5 --duration 1 --method $method -o bad.h5
    says "$method says so" 'of 1 sample: noise cannot be told from gains by fewer than 3'
    # shellcheck disable=SC2086
    expect "three will do: $method" 0 calibrate cap.h5 --duration 3 --method $method -o three.h5 --quiet
done
expect 'solutions of one sample each' 3 calibrate cap.h5 --duration 10us --solution-interval 1us --source azel:20,10 -o bad.h5
says 'are refused as well' 'of 1 sample:'

# ---- one pilot ----

expect 'a pilot' 0 calibrate cap.h5 --method pilot --source azel:20,10 -o pilot.h5 --json
holds 'alone' '.method == "pilot" and (.channels[0].pilot | .single and .second < .edge * 1.1 and .snr_db > 17 and .snr_db < 19)'
true_gains cap.h5 pilot.h5
same_sigma() { # the mean standard errors of two files agree within 10 %
    paste <(rows "$1" "$3" 1) <(rows "$2" "$3" 1) | grep -v nan | awk '{ a += $1; b += $2 } END { exit a < 0.9 * b || a > 1.1 * b }' || fault "$3 of $1 and $2 differ"
}
same_sigma pilot.h5 model.h5 /phase_sigma_rad
same_sigma pilot.h5 model.h5 /amplitude_sigma
expect 'a pilot against a reference' 0 calibrate cap.h5 --method pilot --source azel:20,10 --reference 5 -o other.h5
same_sigma other.h5 reference.h5 /phase_sigma_rad
expect 'a pilot heard by all' 0 calibrate cap.h5 --method pilot -o near.h5 --json
holds 'has no source' '.sources == []'
expect 'two sources' 0 simulate --array ura:8x8,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --jammer azel:-30,20,inr=-3dB --samples 8192 --seed 3 -o two.h5
run calibrate two.h5 --method pilot --source azel:20,10 -o two.cal.h5
[ "$status" = 0 ] || fault 'two sources: a calibration all the same'
says 'but not to be trusted' 'a second source is there.*not to be trusted'
expect 'two pilots' 2 calibrate cap.h5 --method pilot --source azel:20,10 --source azel:0,0 -o bad.h5
says 'which is too many' '--source azel:0,0: --method pilot takes one'
expect 'a reference that is left out' 3 calibrate cap.h5 --method pilot --reference 5 --exclude 5 -o bad.h5
says 'says so' 'the reference element 5 is excluded'

values() { h5dump -y -m %.9g -d "$2" "$1" | grep -oE -- '-?nan|[-+]?[0-9.]+(e[-+]?[0-9]+)?' | tail -n "+$3"; }

# ---- a model of the sky ----

expect 'a small array' 0 simulate --array ura:2x2,0.5wl --freq 11.7e9 --source azel:20,10 --samples 256 -o small.h5
# What elements without gains hear of the same source, 50 dB above the noise: M is 1e5 times that of the other scene.
expect 'the sky alone' 0 simulate --array ura:8x8,0.5wl --freq 11.7e9 --source azel:20,10,snr=50dB --samples 8192 --seed 4 -o sky.h5
expect 'its covariance' 0 covariance sky.h5 -o skymodel.h5
expect 'a model matrix' 0 calibrate cap.h5 --model skymodel.h5 -o matrix.h5 --json
holds 'in place of sources' '.sources == [] and (.gauge | test("by the model")) and .channels[0].explained_variance_after > 0.9'
true_gains cap.h5 matrix.h5
expect 'neither' 2 calibrate cap.h5 -o bad.h5
says 'what there is' '--source azel:20,10, or --model FILE'
expect 'a model of another kind' 3 calibrate cap.h5 --model sky.h5 -o bad.h5
says 'what is expected' 'kind is capture; --model expects a covariance'
expect 'a model of an array of another size' 3 calibrate small.h5 --model skymodel.h5 -o bad.h5
says 'of which' '64 elements; --model expects the 4'

# ---- times and channels ----

same() { # CLAIM A B SET: numbers agree to 1e-6
    paste <(values "$2" "$4" 4) <(values "$3" "$4" 4) | awk '{ d = $1 - $2; bad += d * d > 1e-12 } END { exit NR < 20 || bad > 0 }' || fault "$1: $4 of $2 and $3 differ"
}
expect 'dumps of 1 ms' 0 covariance cap.h5 --integration 1ms -o fine.h5
expect 'dumps of 2 ms' 0 covariance cap.h5 --integration 2ms -o coarse.h5
expect 'a solution a dump' 0 calibrate coarse.h5 --source azel:20,10 -o dumps.h5 --json
holds 'four of them' '[.channels[].time] == [0, 1, 2, 3]'
expect 'intervals of two' 0 calibrate fine.h5 --source azel:20,10 --solution-interval 2 -o pairs.h5 --json
holds 'are told by their first dump' '[.channels[].time] == [0, 2, 4, 6]'
same 'means of pairs' dumps.h5 pairs.h5 /gain
same 'as many samples' dumps.h5 pairs.h5 /phase_sigma_rad
expect 'seconds without times' 3 calibrate fine.h5 --source azel:20,10 --solution-interval 2ms -o bad.h5
says 'what is missing' 'no time of dump 0 '
expect 'intervals of a capture' 0 calibrate cap.h5 --source azel:20,10 --solution-interval 2ms -o cut.h5 --json
holds 'by number' '[.channels[].time] == [0, 1, 2, 3]'
same 'a capture cut' dumps.h5 cut.h5 /gain
expect 'some dumps' 0 calibrate fine.h5 --source azel:20,10 --time 6,0-1 --solution-interval 2 -o some.h5 --json
holds 'in order, the last alone' '[.channels[].time] == [0, 6]'
expect 'a dump too many' 2 calibrate fine.h5 --source azel:20,10 --time 7-8 -o bad.h5
says 'how many there are' '--time 8: fine.h5 has 8'
expect 'a channel too many' 2 calibrate fine.h5 --source azel:20,10 --channels 1 -o bad.h5
expect 'dumps of a capture' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 2 -o bad.h5
says 'a time is expected' 'as in 10ms'
expect 'too long an interval' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 1s -o bad.h5
expect 'no interval' 2 calibrate cap.h5 --source azel:20,10 --solution-interval 0 -o bad.h5

# ---- a known waveform ----

sent='--freq 11.7e9 --sample-rate 1MHz --samples 8192 --type c16 --seed 11' # the same seed: the same source
# shellcheck disable=SC2086 # words of their own
expect 'what was sent, 60 dB above the noise' 0 simulate --array ula:1,0.5wl --source azel:0,0,snr=60dB $sent -o sent.h5
expect 'a waveform' 0 calibrate cap.h5 --method waveform --waveform sent.h5 --source azel:20,10 --max-lag 20us --exclude 3 -o waveform.h5 --json
holds 'its delays' '.channels[0].waveform | length == 64 and .[4].element == 4 and (map(select(.delay_s != null)) | length == 63 and all(.[]; .delay_s * .delay_s < 25 * .delay_sigma_s * .delay_sigma_s))'
holds 'what was left out' '.flagged == [{"element": 3, "name": null, "polarization": null, "reason": "excluded", "solutions": 1}] and .channels[0].waveform[3].snr == null'
true_gains cap.h5 waveform.h5
paste <(rows waveform.h5 /delay_s 1) <(rows waveform.h5 /gain 2) | awk '{ bad += ($1 ~ /nan/) != ($2 ~ /nan/) || ($1 !~ /nan/ && $1 * $1 > 1e-14) } END { exit NR != 64 || bad > 0 }' || fault 'delays stand in the file'
expect 'as it was measured' 0 calibrate cap.h5 --method waveform --waveform sent.h5 --source azel:20,10 --max-lag 20us --gauge none -o absolute.h5 --json
holds 'says so' '.gauge == "as measured"'
# The 1000 of 60 dB divide the gains; noise leaves 1/sqrt(2 K SNR) = 0.8 % of each part.
paste <(rows cap.h5 /truth/gain 2) <(rows absolute.h5 /gain 2) | awk '{ bad += (1000 * $3 - $1) ^ 2 + (1000 * $4 - $2) ^ 2 > (6 * 0.0078) ^ 2 * 2 } END { exit NR != 64 || bad > 0 }' || fault 'absolute gains are the true ones'
rows sent.h5 /samples 2 | awk '{ print $1 "," $2 }' >sent.csv
: >nothing.csv
expect 'an empty table' 3 calibrate cap.h5 --method waveform --waveform nothing.csv -o none.h5
says 'is said' 'nothing.csv: holds no sample; expected a line re,im for each'
expect 'the same as a table' 0 calibrate cap.h5 --method waveform --waveform sent.csv --source azel:20,10 --max-lag 20us --exclude 3 -o table.h5
same 'a table of samples' waveform.h5 table.h5 /gain
expect 'from 100 us on' 0 calibrate cap.h5 --method waveform --waveform sent.h5 --source azel:20,10 --start 100us --max-lag 200us -o late.h5 --json
holds 'is found where it is' '.channels[0].waveform | all(.[]; .delay_s + 1e-4 | . * . < 1e-14)'
expect 'no waveform' 2 calibrate cap.h5 --method waveform -o bad.h5
says 'what is missing' 'expected --waveform FILE'
expect 'a waveform of many elements' 3 calibrate cap.h5 --method waveform --waveform two.h5 -o bad.h5
says 'what is expected' 'expects a capture of one'
expect 'a waveform of a covariance' 3 calibrate coarse.h5 --method waveform --waveform sent.h5 -o bad.h5
expect 'another rate' 0 simulate --array ula:1,0.5wl --freq 11.7e9 --source azel:0,0 --sample-rate 2MHz --samples 100 -o fast.h5
expect 'is refused' 3 calibrate cap.h5 --method waveform --waveform fast.h5 -o bad.h5
says 'which was expected' 'expected 1000000, that of cap.h5'
printf '1,0\n2,x\n' >odd.csv
expect 'a table that is none' 3 calibrate cap.h5 --method waveform --waveform odd.csv -o bad.h5
says 'where' 'odd.csv:2: expected re,im'
expect 'too little memory' 2 calibrate cap.h5 --method waveform --waveform sent.h5 --max-memory 1M -o bad.h5
says 'what to do' 'take less by'
refused waveform --samples 100

# ---- a band ----

for method in delay bandpass; do
    expect "$method of one channel" 3 calibrate cap.h5 --method "$method" --source azel:20,10 -o bad.h5
    says 'how many there must be' '1 channels; --method [a-z]* needs three and more'
    expect "$method of two sources" 2 calibrate cap.h5 --method "$method" --source azel:20,10 --source azel:0,0 -o bad.h5
    refused "$method" --waveform sent.h5
done

# ---- single receivers ----

expect 'a capture without faults' 0 calibrate cap.h5 --method receiver -o clean.h5 --json
holds 'has none to speak of' '.method == "receiver" and .output == "clean.h5" and (.channels[0].receivers | length > 5 and
    all(.[]; (.offset_re | fabs) < 5 * .offset_sigma and (.offset_im | fabs) < 5 * .offset_sigma and (.image_re | fabs) < 5 * .image_sigma and
    (.image_im | fabs) < 5 * .image_sigma and .image_db < -20))'
expect 'it is a capture' 0 info clean.h5 --json
holds 'of floats' '.kind == "capture" and .type == "c32"'
expect 'what is left of it' 0 calibrate clean.h5 --method receiver -o cleaner.h5 --json
holds 'is rounding' '.channels[0].receivers | all(.[]; (.offset_re | fabs) < 0.01 * .offset_sigma and (.image_re | fabs) < 0.05 * .image_sigma)'
expect 'a covariance' 3 calibrate coarse.h5 --method receiver -o bad.h5
expect 'a picture' 2 calibrate cap.h5 --method receiver -o bad.h5 --plot bad.svg
expect 'too short' 3 calibrate cap.h5 --method receiver --duration 10us -o bad.h5
says 'how long it has to be' 'times: 16 are the least'
refused receiver --source azel:20,10

# ---- both ways ----

expect 'a far end' 3 calibrate dumps.h5 --method reciprocity --backward model.h5 -o bad.h5
says 'how many times' 'model.h5: .* 1 times; expected'
expect 'the way back is the way there' 0 calibrate dumps.h5 --method reciprocity --backward dumps.h5 -o ratio.h5 --json
holds 'what it is' '.method == "reciprocity" and .gauge == "transmit over receive gain; mean phase 0, mean |g| 1" and .channels[0].soundings >= 2'
holds 'no errors, as nothing differs' '.channels[0] | .phase_sigma_deg < 1e-3 and .amplitude_sigma < 1e-5 and .flagged >= 0'
expect 'what was written' 0 info ratio.h5 --json
holds 'is of the transmit path' '.kind == "calibration" and .path == "transmit" and .times == 1'
h5dump -a /history ratio.h5 | grep -q 'dumps.h5' || fault 'the history names both files'
expect 'no way back' 2 calibrate dumps.h5 --method reciprocity -o bad.h5
says 'what is missing' 'expected --backward FILE'
expect 'single solutions' 3 calibrate model.h5 --method reciprocity --backward model.h5 -o bad.h5
says 'how many there must be' '1 soundings .*: 2 are the least'
expect 'a way back that is none' 3 calibrate dumps.h5 --method reciprocity --backward cap.h5 -o bad.h5
expect 'onto the way back' 2 calibrate dumps.h5 --method reciprocity --backward dumps.h5 -o dumps.h5
refused model --backward dumps.h5

# ---- lacking channels ----

run calibrate cap.h5 --source azel:20,10 --fill-channels 3MHz -o single.h5 --json
[ "$status" = 0 ] || fault "one channel can be solved, if not filled: $(cat err)"
says 'that there is nothing to fill it from' '^cophase calibrate: --fill-channels: 1 channels: 3 are the least$'
holds 'nothing was filled' '.filled.max_gap_hz == 3e6 and .filled.gains == 0 and .filled.elements == []'
expect 'without' 0 calibrate cap.h5 --source azel:20,10 -o single.h5 --json
holds 'nothing is said' '.filled == null'
expect 'a gap of no width' 2 calibrate cap.h5 --source azel:20,10 --fill-channels 0Hz -o bad.h5
refused waveform --fill-channels 3MHz

# ---- sources from a table ----

for method in pilot delay; do
    expect "$method of a power" 2 calibrate cap.h5 --method "$method" --source azel:20,10,flux=3 -o bad.h5
    says 'who takes it' "flux= is not for --method $method; it goes with model, redundant"
done

printf '# two\nname;flux;direction\nPilot;0dB;azel:20,10\n"";0.1;"uv:0.3;-0.2"\n' >odd.csv
expect 'cells are cut at the separator of the first line' 3 calibrate cap.h5 --sources odd.csv -o bad.h5
says 'which line is wrong' 'odd.csv:4: '
printf '# two\nname;flux;az_deg;el_deg\nPilot;0dB;20;10\n"";-20dB;-40;30\n' >sources.csv
expect 'a table of sources' 0 calibrate cap.h5 --sources sources.csv -o table.h5 --json
holds 'their names and powers' '[.sources[].name] == ["Pilot", "azel:-40,30"] and .channels[0].fluxes == [1, 0.01] and (.gauge | test("given powers"))'
expect 'two in one place' 2 calibrate cap.h5 --source azel:-40,30,flux=0.5 --sources sources.csv -o bad.h5
says 'which' '--source azel:-40,30: is where'
expect 'powers of some' 2 calibrate cap.h5 --source azel:1,1 --sources sources.csv -o bad.h5
says 'what is missing' 'expected flux= with all sources'
h5dump -a /history table.h5 | grep -q 'sources.csv' || fault 'the history names the table'
printf 'az_deg,el_deg,flux\n20,10,0\n' >zero.csv
expect 'a power of nothing' 3 calibrate cap.h5 --sources zero.csv -o bad.h5
says 'says where' 'zero.csv:2: flux 0'
expect 'a table that is the output' 2 calibrate cap.h5 --sources zero.csv -o zero.csv
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
