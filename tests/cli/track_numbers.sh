#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase track: numbers of its summary against its log, other verbs and closed forms.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# A satellite that rises and sets as a tent does, a row every 10 s: 25 degrees are crossed between rows.
awk 'BEGIN { print "time_unix_s,satellite,az_deg,el_deg"
    for (t = 0; t <= 400; t += 10) printf "%d,A,%.3f,%.3f\n", 1795428000 + t, 100 + 0.2 * t, 60 - 0.31 * (t > 200 ? t - 200 : 200 - t) }' >tent.csv
run=(track tent.csv --freq 11.7GHz --rate 2Hz --json -q -o track.h5)

# ---- an array in wavelengths is one array ----
expect 'two paths of an array in wavelengths' 0 "${run[@]}" --array ura:8x8,0.5wl --transmit-freq 14.25GHz
holds 'no path loses' '.columns | length == 2 and all(.[]; .loss_db.worst < 0.05)'
widths=$(jq '.columns[0].hpbw_deg / .columns[1].hpbw_deg' out)
holds 'the beam is narrower where the wave is shorter' "($widths / (14.25 / 11.7) - 1 | fabs) < 0.02"
expect 'the same in metres' 0 "${run[@]}" --array ura:8x8,12.811643mm --transmit-freq 14.25GHz
holds 'is the same' "(.columns[0].hpbw_deg / .columns[1].hpbw_deg - $widths | fabs) < 1e-4"

# ---- widths are those of the tapered beam ----
taper=taylor:nbar=4,sll=-35
expect 'a taper' 0 "${run[@]}" --array ura:8x8,12.8mm --taper $taper
width=$(jq '.columns[0].hpbw_deg' out)
expect 'its pattern' 0 pattern --array ura:8x8,12.8mm --freq 11.7GHz --steer thetaphi:0,0 --taper $taper --json
holds 'has the same width' "([.hpbw_deg[]] | min / $width - 1 | fabs) < 1e-6"

# ---- states of one amplitude make no taper ----
tapered=(track tent.csv --freq 11.7GHz --rate 2Hz --json --array 'disc:61,12.8mm')
for states in '--bits 6' '--states adar1000' '--images DIR --target packed'; do
    read -ra of <<<"$states"
    expect "$states, no taper" 0 "${tapered[@]}" "${of[@]/DIR/images0}" -o plain.h5
    width=$(jq '.columns[0].hpbw_deg' out)
    run "${tapered[@]}" "${of[@]/DIR/images1}" --taper hann -o track.h5
    [ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "$states: $status, $(<err)"
    says "$states" '^cophase track: --taper hann: states of one amplitude do not make it'
    holds "$states: nothing above the ideal" "(.columns[0].hpbw_deg / $width - 1 | fabs) < 1e-6 and .columns[0].loss_db.median >= 0"
    for set in gain_db ideal_db loss_db; do
        diff <(rows plain.h5 /$set 1) <(rows track.h5 /$set 1) >/dev/null || fault "$states: $set is that without a taper"
    done
    rm -r images0 images1 2>/dev/null
done
expect 'no remarks' 0 "${tapered[@]}" --bits 6 --taper hann -q -o track.h5
expect 'attenuators' 0 "${tapered[@]}" --bits 6 --amplitude-bits 5 --taper hann -o track.h5
holds 'make it' '(.columns[0].gain_db.median < 17) and (.columns[0].loss_db.worst | fabs) < 0.3'
run "${tapered[@]}" --transmit-freq 14GHz --transmit-taper hann --bits 4 -o track.h5
says 'of the transmit path' '--transmit-taper hann: states'

# ---- percentiles of large losses ----
printf 'time_unix_s,satellite,az_deg,el_deg\n' >jammers.csv
awk -F, 'NR > 1 { printf "%s,J,%.3f,%.3f\n", $1, $3, $4 - 9 }' tent.csv >>jammers.csv
expect 'a jammer beside the beam' 0 "${run[@]}" --array ura:8x8,12.8mm --jammers jammers.csv --jammer-inr 60dB --element cos
rows track.h5 /sinr_loss_db 1 | grep -v nan | sort -g >losses
for share in 50:median 95:p95; do
    want=$(awk -v n="$(wc -l <losses)" -v share="${share%:*}" 'NR >= n * share / 100 { print; exit }' losses)
    holds "its ${share#*:}" "(.columns[0].sinr_loss_db.${share#*:} - $want | fabs) < 0.01"
done
printf 'angle_deg,level_db\n0,0\n10,-60\n90,-80\n' >beam.csv
expect 'elements that hear little where satellites are' 0 "${run[@]}" --array ura:2x2,12.8mm --element beam.csv
rows track.h5 /gain_db 1 | sort -g >gains
for share in 5:p5 50:median; do
    want=$(awk -v n="$(wc -l <gains)" -v share="${share%:*}" 'NR >= n * share / 100 { print; exit }' gains)
    holds "gain's ${share#*:}" ".columns[0].gain_db | .least < -21 and (.${share#*:} - $want | fabs) < 0.02"
done

# ---- gaps ----
expect 'nothing in the way' 0 "${run[@]}" --array ura:8x8,12.8mm
# 60 - 0.31 d = 25 at 112.9 s from the middle
holds 'is below the floor before and after' '.gaps == 2 and .gaps_s.obstructed == 0 and (.gaps_s["below the floor"] - (400 - 2 * 112.903) | fabs) < 6'
# A pole, and a low table: one gap has two reasons.
printf 'az_deg,el_deg\n0,0\n124,0\n125,80\n127,80\n128,0\n359,0\n' >pole.csv
expect 'a pole' 0 "${run[@]}" --array ura:8x8,12.8mm --horizon pole.csv
holds 'makes another gap' '.gaps == 3 and .gaps_s.obstructed > 5'
awk 'BEGIN { print "time_unix_s,satellite,az_deg,el_deg"
    for (t = 0; t <= 60000; t++) printf "%d,A,100,%d\n", 1795428000 + t, t % 20 < 10 ? 40 : 10 }' >blinks.csv
expect 'gaps beyond those that are listed' 0 track blinks.csv --freq 11.7GHz --array ura:2x2,12.8mm --rate 0.1Hz --json -q -o track.h5
holds 'are counted' '.gaps == 3000 and (.events | length) == 1000'
finish
