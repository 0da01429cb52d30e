#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase track --quiet-below`: less toward the horizon at a price while satellites are followed, held against sums over the sky.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

array=(--array 'disc:127,12.8mm' --freq 11.7GHz --transmit-freq 14.25GHz --element cos)
# Two satellites, a hand-over, looks from 40 to 60 degrees.
{
    echo time_unix_s,satellite,az_deg,el_deg,range_m,range_rate_m_s
    for ((i = 0; i <= 60; i++)); do
        echo "$((1800000000 + i)),up,$((100 + i)),$((40 + i / 3)),600000,0"
        echo "$((1800000000 + i)),down,$((300 - i)),$((58 - i / 3)),600000,0"
    done
} >table.csv
track=(track table.csv "${array[@]}" -o t.h5 --json)

for states in '' '--bits 6' '--states adar1000:vectors'; do
    # shellcheck disable=SC2086 # two words, or none
    expect "quiet${states:+, $states}" 0 "${track[@]}" $states --rate 2Hz --quiet-below 20 --duty-below 20
    holds 'what was asked' '.columns[1].quiet | .below_deg == 20 and .from_deg == 0 and .price_db == 1 and .plans == 1 and .looks == 4 and .plain_updates == 0'
    holds 'each update' '.columns[1].quiet.updates == .updates and .updates == 120 and .columns[1].quiet.searches == .handovers + 1'
    holds 'only what sends' '.columns[0].quiet == null and .columns[0].loss_db.worst < 0.2'
    holds 'a tenth of what the plain beam sends there' '.columns[1].quiet.integrated_relative_db.worst < -10'
    holds 'at the price' '.columns[1].quiet.loss_db.worst <= 1.1 and .columns[1].loss_db.worst <= 1.15'
    holds 'its energy is less than that of plain beams' '.columns[1].duty | .saved_db > 10 and (.saved_db - 10 * (.plain.energy_s / .energy_s | log10) | fabs) < 1e-6'
    holds 'passes have all of it' '.columns[1].duty | (([.passes[].energy_s] | add) / .energy_s - 1 | fabs) < 1e-9 and (([.passes[].plain_energy_s] | add) / .plain.energy_s - 1 | fabs) < 1e-9 and ([.passes[].on_s] | add) == .on_s and .on_s == 60 and .pass_count == 2 and .silent_slots == 0'
done
# The integral of the form at one look against that of rings over all of the sky, a third of a beamwidth apart, in floats: a few percent.
head -1 table.csv >one.csv
awk -F, 'NR > 1 && $2 == "up" && $1 >= 1800000015 && $1 <= 1800000030' table.csv >>one.csv
one=(track one.csv "${array[@]}" --bits 6 --rate 2Hz --quiet-below 20 --duty-below 20 -o one.h5 --json)
expect 'one slot' 0 "${one[@]}"
holds 'as the sky says' '.slots == 1 and (.columns[1] | (.duty.saved_equal_eirp_db + .quiet.integrated_relative_db.median | fabs) < 0.2)'
level=$(jq '.columns[1].quiet.integrated_relative_db.median' out)
expect 'EIRP density' 0 "${one[@]}" --eirp-density 14dBW/4kHz
# 25.218 is -14 dBW/4kHz beyond 19.1 degrees, and the look 25 degrees above the region
holds 'against its mask' '.columns[1].duty | (.density, .plain.density) | .mask == "47 CFR 25.218(f)(1)" and .least_margin.mask_dbw_4khz == -14 and .least_margin.off_axis_deg > 19.1 and (.least_margin.margin_db + 14 + .highest.density_dbw_4khz | fabs) < 1e-6'
expect 'the log' 0 info one.h5 --json
holds 'knows nothing of it' '[.. | objects | select(has("quiet") or has("duty"))] == []'
# What ends 30 degrees up sends nothing under 20, whatever is asked of it.
printf 'theta_deg,power_db\n0,0\n30,-1\n60,-6\n' >ends.csv
dark=(track one.csv --array 'disc:127,12.8mm' --freq 11.7GHz --transmit-freq 14.25GHz --element ends.csv --rate 2Hz --duty-below 20 --eirp-density 14 -o one.h5)
expect 'elements that end above' 0 "${dark[@]}"
if grep -qiE '\b(nan|inf)\b' out; then fault "no numbers: $(grep -iE 'nan|inf' out)"; fi
grep -q 'under 20 deg goes nothing' out || fault "nothing goes there: $(cat out)"
grep -q 'EIRP density there none' out || fault "nor has a density: $(cat out)"
expect 'and in JSON' 0 "${dark[@]}" --json
holds 'of nothing' '.columns[1].duty | .energy_s == 0 and .share_db == null and .density.highest.density_dbw_4khz == null'
expect 'one element' 0 track one.csv --array ula:1,12.8mm --freq 11.7GHz --transmit-freq 14.25GHz --rate 2Hz --duty-below 20 -o one.h5
grep -q 'at most 0\.00 dBi' out || fault "of 0 dBi: $(cat out)"
expect 'nobody is served' 0 track one.csv "${array[@]}" --floor 80 --rate 2Hz --duty-below 20 -o one.h5 --json
holds 'all slots are silent' '.slots as $slots | .columns[1].duty | .on_s == 0 and .silent_slots == $slots and $slots > 0 and .pass_count == 0 and .below_deg == 20'
# Yaw turns the region with the array: the same beams, but for lattice and states. A tilt is seen by both sums.
expect 'turned' 0 "${one[@]}" --attitude 0,0,70
holds 'about the same' ".columns[1].quiet.integrated_relative_db.median - $level | fabs < 2"
expect 'tilted' 0 "${one[@]}" --attitude 8,-12,30
holds 'as the sky says' '.columns[1] | (.duty.saved_equal_eirp_db + .quiet.integrated_relative_db.median | fabs) < 0.2 and .quiet.integrated_relative_db.median < -8'
printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n1800000000,0,0,0\n1800000060,6,0,90\n' >moving.csv
expect 'rolling' 0 "${one[@]}" --attitude moving.csv
# 1.5 degrees in 15 s, a tenth of a beamwidth each (9.1 degrees): one or two of them
holds 'plans follow up, not the yaw' '.columns[1].quiet | .plans >= 2 and .plans <= 3 and .integrated_relative_db.worst < -8'

# Elements that end 40 degrees up: nothing goes under 20 until the array has rolled by 20.
printf 'theta_deg,power_db\n0,0\n30,-1\n50,-6\n' >ends.csv
rolled=(track one.csv --array 'disc:127,12.8mm' --freq 11.7GHz --transmit-freq 14.25GHz --element ends.csv --rate 2Hz --quiet-below 20 -o one.h5 --json)
expect 'nothing goes there at all' 3 "${rolled[@]}"
says 'why' 'radiate nothing under that elevation'
printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n1800000000,0,0,0\n1800000015,0,0,0\n1800000030,30,0,0\n' >moving.csv
expect 'nothing at first' 0 "${rolled[@]}" --attitude moving.csv
holds 'plain beams until then' '.columns[1].quiet | .plain_updates > 15 and .plain_updates < 25 and .updates == 30 and .searches == 1 and .looks == 0'

# Known gains are divided out, and what dead elements miss is seen.
for path in receive,11.7GHz,1 transmit,14.25GHz,2; do
    IFS=, read -r way freq seed <<<"$path"
    "$COPHASE" simulate --array disc:127,12.8mm --freq "$freq" --samples 20000 --source thetaphi:10,30,snr=20dB --gain-errors 1dB,75deg --dead 17 --type c8 --seed "$seed" -o "$way.h5" >/dev/null 2>&1
    "$COPHASE" calibrate "$way.h5" --source thetaphi:10,30 --path "$way" -o "$way-cal.h5" >/dev/null 2>&1
done
known=(--calibration receive-cal.h5 --transmit-calibration transmit-cal.h5)
expect 'calibrated' 0 "${one[@]}" "${known[@]}"
holds 'as quiet as believed' '.columns[1] | .used == 126 and .quiet.integrated_relative_db.median < -10'
expect 'and as it is' 0 "${one[@]}" "${known[@]}" --truth receive.h5 --transmit-truth transmit.h5
holds 'errors of the calibration are heard' '.columns[1] | .quiet.integrated_relative_db.median < -5 and (.duty.saved_equal_eirp_db + .quiet.integrated_relative_db.median | fabs) < 0.2'
expect 'images' 0 "${one[@]}" --images images --target packed
holds 'of its beams' '.images == 2'

refused=(track table.csv "${array[@]}" -o r.h5)
expect 'a taper as well' 2 "${refused[@]}" --quiet-below 20 --transmit-taper hann
expect 'a null as well' 2 "${refused[@]}" --quiet-below 20 --null sky:0,50
expect 'a density of no region' 2 "${refused[@]}" --quiet-below 20 --eirp-density 14
expect 'a density of nothing known' 2 "${refused[@]}" --duty-below 20 --eirp-density 14dBm
says 'what is' 'dBW/4kHz'
expect 'above the floor' 2 "${refused[@]}" --quiet-below 30
says 'where that is' '--floor, 25 degrees'
expect 'a price of nothing' 2 "${refused[@]}" --quiet-price 1
expect 'nothing is sent' 2 track table.csv --array disc:127,12.8mm --freq 11.7GHz --quiet-below 20 -o r.h5
if [ -e r.h5 ] || [ -e r.h5.partial ]; then fault 'a refusal left an output'; fi
finish
