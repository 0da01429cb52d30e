#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase track: hand-overs without a gap, gain near the ideal array's, obstructions, attitudes, pictures, tables that make no sense.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

n=271 samples=20000
[ "${CPH_TEST_REDUCED:-}" = 1 ] && n=91 samples=4000
array=tri:$n,12.8mm
cophase() { "$COPHASE" "$@" >/dev/null 2>err || fault "cophase $*: $(head -c 300 err)"; }
cophase simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:00Z --duration 60s --min-elevation 20 --step 1s -o passes.csv
for path in receive,11.7GHz,1 transmit,14.25GHz,2; do
    IFS=, read -r way freq seed <<<"$path"
    cophase simulate --array $array --freq "$freq" --samples $samples --source thetaphi:10,30,snr=0dB --gain-errors 1dB,75deg --dead 17 --type c8 --seed "$seed" -o "$way.h5"
    cophase calibrate "$way.h5" --source thetaphi:10,30 --path "$way" -o "$way-cal.h5"
done
own=(--array "$array" --freq 11.7GHz --transmit-freq 14.25GHz --calibration receive-cal.h5 --transmit-calibration transmit-cal.h5)

# ---- a pass ----
expect 'both paths' 0 track passes.csv "${own[@]}" --truth receive.h5 --transmit-truth transmit.h5 --bits 6 --element cos -o track.h5 --json
holds 'no gap' '.gap_s == 0 and (.served_s - 60 | fabs < 1e-6) and .slots == 4 and .handovers >= 1 and .updates == 600'
holds 'make before break' '[.events[] | select(.from != null)] | length >= 1 and all(.[]; (.overlap_s - 1 | fabs) < 1e-6 and .reason == "better")'
holds 'each hand-over has a second of beams beside' '.standby_updates == 10 * .handovers'
# one dead element, 1 dB rms of amplitudes that phases alone do not mend (0.06 dB), 1.6 degrees of steps
holds 'gain is within 0.5 dB of the ideal array, and not above it' '.columns | length == 2 and all(.[]; .through == "truth" and .loss_db.worst < 0.5 and .loss_db.median > 0.02)'
holds 'the beam points' 'all(.columns[]; .pointing_loss_db.worst < 0.05)'
holds 'Doppler and its cure are opposite' '(.columns[0].doppler_hz[0] / .columns[0].freq_hz + .columns[1].doppler_hz[1] / .columns[1].freq_hz | fabs) < 1e-9 and .columns[0].doppler_hz[1] > 1e4'
holds 'nobody said how it stands' .attitude_assumed
rows=$(jq '.updates + .standby_updates' out)
[ "$(rows track.h5 /time_unix_s 1 | wc -l)" = "$rows" ] || fault "the log has $rows rows"
rows track.h5 /standby 1 | grep -c 1 >count
[ "$(<count)" = "$(jq .standby_updates out)" ] || fault 'beams that stand by are marked'
# a standby beam is not sent with
paste <(rows track.h5 /standby 1) <(rows track.h5 /gain_db 2) | awk '{ bad += ($1 == 1) != ($3 == "nan") } END { exit bad > 0 }' || fault 'a satellite that is not served yet is not sent to'
# Without the truth the gain is as the calibration believes: nearly the same.
loss=$(jq '.columns[0].loss_db.worst' out)
expect 'without the truth' 0 track passes.csv "${own[@]}" --bits 6 --element cos -o other.h5 --json
holds 'what the calibration believes' ".columns[0].through == \"calibration\" and (.columns[0].loss_db.worst - $loss | fabs) < 0.1"
expect 'without a calibration' 0 track passes.csv --array $array --freq 11.7GHz --truth receive.h5 -o other.h5 --json
holds 'there is no beam' '.columns[0].loss_db.median > 6'
expect 'no errors, floats, in the middle of an update' 0 track passes.csv --array $array --freq 11.7GHz --rate 100Hz -o other.h5 --json
holds 'nothing is lost' '.columns[0].loss_db.worst < 1e-3 and .columns[0].loss_db.worst >= 0'
# Directivity of a cosine is 4; the gain is that times elements, times the cosine of the scan.
paste <(rows other.h5 /scan_deg 1) <(rows other.h5 /ideal_db 1) | awk -v n=$n '{ d = $2 - 4.3429448 * log(n); bad += d * d > 1e-6 } END { exit bad > 0 }' || fault 'the ideal gain of isotropic elements is their number'
paste <(rows track.h5 /scan_deg 1) <(rows track.h5 /ideal_db 2) | awk -v n=$n '{ d = $2 - 4.3429448 * log(4 * n * cos($1 / 57.29577951)); bad += d * d > 1e-3 } END { exit bad > 0 }' || fault 'that of cosine ones falls with the scan'

# ---- schedule ----
expect 'hysteresis' 0 track passes.csv --array $array --freq 11.7GHz --hysteresis 90deg -o other.h5 --json
holds 'nobody is better by a right angle' '[.events[] | select(.reason == "better")] == []'
printf 'az_deg,el_deg\n0,89\n359,89\n' >pit.csv
expect 'a pit' 0 track passes.csv --array $array --freq 11.7GHz --horizon pit.csv -o other.h5 --json
holds 'why nobody is served' '.gap_s > 50 and .gaps_s.obstructed > 50 and .gaps_s["no rows"] == 0 and .events[0].reason == "obstructed" and .events[0].to == null'
expect 'a floor that is too high' 0 track passes.csv --array $array --freq 11.7GHz --floor 89.9 -o other.h5 --json
holds 'why nobody is served' '.gap_s == 60 and .gaps_s["below the floor"] == 60 and .updates == 0 and .columns[0].gain_db.least == null'
expect 'slots of one second from an edge of their own' 0 track passes.csv --array $array --freq 11.7GHz --slot 1s --slot-start 0.5s --overlap 200ms -o other.h5 --json
holds 'as many as begin' '.slots == 61'
expect 'an edge in UTC, no overlap' 0 track passes.csv --array $array --freq 11.7GHz --slot 7s --slot-start 2026-11-23T10:00:02Z --overlap 0 -o other.h5 --json
# from 2 s on: 7 s each, and what is before; the same in Unix seconds
holds 'as it is' '.slots == 10 and .standby_updates == 0'
rows other.h5 /slot 1 | sort -u >utc
expect 'the same in Unix seconds' 0 track passes.csv --array $array --freq 11.7GHz --slot 7s --slot-start 1795428002 --overlap 0s -o other.h5
rows other.h5 /slot 1 | sort -u | cmp -s - utc && [ "$(sort -g utc | xargs)" = '-1 0 1 2 3 4 5 6 7 8' ] || fault "slots are $(xargs <utc)"
expect 'as seldom as a tenth of a beamwidth allows' 0 track passes.csv --array $array --freq 11.7GHz --rate auto -o other.h5 --json
holds 'which is seldom' '.interval_least_s >= 0.2 and .updates < 300 and .interval_least_s * .turn_deg_s <= 0.1 * .columns[0].hpbw_deg + 1e-9'
holds 'and costs little' '.columns[0].pointing_loss_db.worst < 0.04' # 12 dB times a twentieth squared
awk 'BEGIN { print "time_unix_s,satellite,az_deg,el_deg"; for (t = 0; t <= 30; t++) printf "%d,still,90,60\n%d,fast,0,%d\n", 1795428000 + t, 1795428000 + t, 30 + 2 * t }' >rising.csv
expect 'a beam that stands beside one that does not move' 0 track rising.csv --array disc:331,12.8mm --freq 11.7GHz --rate auto --overlap 15s -o other.h5 --json
holds 'is made as often as it moves' '.handovers == 1 and .events[1].overlap_s == 15 and .standby_updates > 30 and .columns[0].pointing_loss_db.worst < 0.04'

# ---- attitude ----
expect 'turned about its boresight' 0 track passes.csv --array $array --freq 11.7GHz --attitude 0,0,30 -o turned.h5 --json
holds 'somebody said so' '.attitude_assumed == false'
paste <(rows turned.h5 /direction 3) <(rows turned.h5 /az_deg 1) <(rows turned.h5 /el_deg 1) | awk '{
    r = 3.14159265358979 / 180; u = cos($5 * r) * sin(($4 - 30) * r); v = cos($5 * r) * cos(($4 - 30) * r)
    bad += ($1 - u) ^ 2 + ($2 - v) ^ 2 > 1e-16 } END { exit !(NR > 100 && bad == 0) }' || fault 'yaw is the heading of y'
# stated PATH ANGLES NAME: NAME.h5, a calibration that states them
stated() {
    "$COPHASE" simulate --array $array --freq 11.7GHz --attitude "$2" --source thetaphi:10,30,snr=10dB --samples 500 -o "$3-capture.h5" >/dev/null && "$COPHASE" calibrate "$3-capture.h5" --source thetaphi:10,30 --path "$1" -o "$3.h5" >/dev/null || fault "no calibration at $2"
}
stated transmit 0,20,0 sent
stated receive 0,20,0 tilted
stated receive 0,0,0 flat
expect 'as a calibration says' 0 track passes.csv --array $array --freq 11.7GHz --calibration tilted.h5 -o by-file.h5 --json
holds 'which one' '.attitude_assumed == false and .attitude_from == "tilted.h5"'
expect 'as the command line says' 0 track passes.csv --array $array --freq 11.7GHz --calibration flat.h5 --attitude 0,20,0 -o by-word.h5
paste <(rows by-file.h5 /direction 3) <(rows by-word.h5 /direction 3) | awk '{ bad += ($1 - $4) ^ 2 + ($2 - $5) ^ 2 + ($3 - $6) ^ 2 > 1e-24 } END { exit !(NR > 10 && bad == 0) }' || fault 'both are one'
expect 'as the transmit calibration says' 0 track passes.csv --array $array --freq 11.7GHz --transmit-freq 11.7GHz --transmit-calibration sent.h5 -o by-file.h5
grep -q '^attitude: 0,20,0 (roll, pitch, yaw in degrees), of sent.h5$' out || fault "the text does not say whose attitude: $(grep attitude out)"
run track passes.csv --array $array --freq 11.7GHz --calibration flat.h5 --transmit-freq 11.7GHz --transmit-calibration sent.h5 -o by-file.h5
[ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "two attitudes: $status"
says 'both' 'sent.h5: has an attitude of 0,20,0 .*; flat.h5 of 0,0,0 is used'
expect 'two attitudes, told not to remark' 0 track passes.csv --array $array --freq 11.7GHz --calibration flat.h5 --transmit-freq 11.7GHz --transmit-calibration sent.h5 --quiet -o by-file.h5
start=$(awk -F, 'NR == 2 { print $1 }' passes.csv)
printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n%s,0,0,0\n%s,0,0,60\n' "$start" "$(awk -v s="$start" 'BEGIN { printf "%.3f", s + 60 }')" >turning.csv
expect 'turning' 0 track passes.csv --array $array --freq 11.7GHz --attitude turning.csv -o turning.h5 --json
holds 'is seen in how fast directions turn' '.turn_deg_s > 0.3'
expect 'an attitude that ends' 3 track passes.csv --array $array --freq 11.7GHz --attitude <(printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n%s,0,0,0\n%s,0,0,1\n' "$start" "$((${start%.*} + 20))") -o no.h5
says 'which time it lacks' 'has no attitude at time [0-9.]*, when a satellite is served: it goes from [0-9.]* to [0-9.]*$'

expect 'an array that faces the ground' 0 track passes.csv --array $array --freq 11.7GHz --attitude 180,0,0 -o other.h5 --json
holds 'serves nobody' '.served_s == 0 and .updates == 0 and (.gaps_s["behind the array"] - 60 | fabs) < 1e-6 and .events[0].reason == "behind the array"'
expect 'one that turns over' 0 track passes.csv --array $array --freq 11.7GHz --attitude <(sed 1q turning.csv; awk -F, 'NR == 2 { print $1 ",0,0,0"; printf "%.3f,179,0,0\n", $1 + 60 }' turning.csv) -o over.h5 --json
holds 'serves as long as it looks up' '.served_s > 20 and .gaps_s["behind the array"] > 5 and .gaps_s["below the floor"] == 0'
# rows are 1 s apart, in which it turns by 3 degrees: straight between them within a hundredth of a degree
rows over.h5 /scan_deg 1 | awk '{ bad += $1 > 90.5 } END { exit !(NR > 100 && bad == 0) }' || fault 'nothing is served behind the array'
printf 'angle_deg,level_db\n0,0\n10,-1\n20,-3\n' >narrow.csv
expect 'elements that hear 20 degrees around' 0 track passes.csv --array $array --freq 11.7GHz --element narrow.csv -o narrow.h5 --json
holds 'serve what is there' '.gaps_s["behind the array"] > 1'
rows narrow.h5 /scan_deg 1 | awk '{ bad += $1 > 20.1 } END { exit bad > 0 }' || fault 'nothing is served that no element hears'

# ---- nulls ----
expect 'a null on both paths, floats' 0 track passes.csv --array $array --freq 11.7GHz --transmit-freq 14.25GHz --null sky:200,8 --null thetaphi:80,10 --rate 1Hz -o nulls.h5 --json
# floats: 4e-6 of N elements' sum; between updates it is the look that moves
holds 'it is deep' 'all(.columns[]; .nulls | length == 2 and all(.[]; .level_db.worst < -90))'
holds 'and costs little' 'all(.columns[]; .loss_db.worst < 0.2)'
holds 'only who receives is jammed' '.columns[0].sinr_loss_db.worst < 0.2 and .columns[1].sinr_loss_db.worst == null'
expect 'without nulls' 0 track passes.csv --array $array --freq 11.7GHz --rate 1Hz -o plain.h5 --json
paste <(rows nulls.h5 /null_off_deg 2) <(rows nulls.h5 /el_deg 1) <(rows nulls.h5 /az_deg 1) | awk '{
    r = 3.14159265358979 / 180; c = sin($3 * r) * sin(8 * r) + cos($3 * r) * cos(8 * r) * cos(($4 - 200) * r)
    d = cos($1 * r) - c; bad += d * d > 1e-10 } END { exit !(NR > 50 && bad == 0) }' || fault 'how far nulls are from the satellite'
expect 'states, gains known from a calibration' 0 track passes.csv "${own[@]}" --bits 6 --null sky:200,8 --rate 1Hz -o other.h5 --json
holds 'they are nulled as believed' 'all(.columns[]; .nulls[0].level_db.median < -60)'
expect 'a wide null' 0 track passes.csv --array $array --freq 11.7GHz --null sky:200,8 --null-width 4 --rate 1Hz -o other.h5 --json
holds 'is deep in its middle' '.columns[0].nulls[0].level_db.worst < -60 and .columns[0].loss_db.worst < 0.5'
t=${start%.*}
{ echo time_unix_s,satellite,az_deg,el_deg; for ((i = 0; i <= 60; i++)); do echo "$((t + i)),plane,$((100 + i)),10"; [ $i -lt 30 ] && echo "$((t + i)),van,300,5"; done; } >jammers.csv
expect 'jammers that move, and go' 0 track passes.csv --array $array --freq 11.7GHz --transmit-freq 14.25GHz --jammers jammers.csv --rate 2Hz -o moving.h5 --json
holds 'are nulled on receive alone' '.columns[0].nulls[0].level_db.worst < -65 and .columns[1].nulls[0].level_db.worst == null and .columns[0].nulls[1].name == "van"'
holds 'from one update to the next' '.columns[0].sinr_loss_db.p95 < 1 and .columns[0].sinr_loss_apart_db.p95 < 1'
[ "$(rows moving.h5 /null_off_deg 2 | awk '$2 == "nan"' | wc -l)" -gt 50 ] || fault 'who is gone is not nulled'
{ echo time_unix_s,satellite,az_deg,el_deg; awk -F, -v name="$(jq -r '.events[0].to' out)" 'NR > 1 && $2 == name { print $1 ",twin," $3 "," $4 + 0.2 }' passes.csv; } >twin.csv
expect 'a jammer in the main lobe' 0 track passes.csv --array $array --freq 11.7GHz --jammers twin.csv --rate 1Hz -o other.h5 --json
holds 'is said, and the satellite served' '.nulls_in_main_lobe >= 10 and .columns[0].loss_db.worst < 4 and .columns[0].sinr_loss_db.worst > 20'
# A beam 13 degrees wide, 20 degrees off boresight; its first null is 0.27 off in u.
{ echo time_unix_s,satellite,az_deg,el_deg; for ((i = 0; i <= 45; i++)); do echo "$((t + i)),still,90,70"; done; } >still.csv
{ echo time_unix_s,satellite,az_deg,el_deg; for ((i = 0; i <= 45; i++)); do echo "$((t + i)),drone,90,$((20 + i))"; done; } >drone.csv
beside=(track still.csv --array "disc:61,12.8mm" --freq 11.7GHz --rate 1Hz --json -o other.h5)
expect 'a null whose edge is in the main lobe' 0 "${beside[@]}" --null sky:90,44 --null-width 20
holds 'is made narrower, and no more than half of the beam goes' '.nulls_narrowed == .updates and .nulls_in_main_lobe == 0 and .columns[0].nulls[0].level_db.worst < -90 and (.columns[0] | .null_price_db.worst > 0.1 and .null_price_db.worst < 3.011)'
for width in 0 10; do
    expect "a jammer that rises into the main lobe, $width degrees wide" 0 "${beside[@]}" --jammers drone.csv --null-width $width
    holds 'is nulled beside it, left out in it' '.nulls_narrowed >= 1 and .nulls_in_main_lobe >= 10 and .nulls_left_out_beside == 0 and .columns[0].sinr_loss_db.median < 3 and .columns[0].null_price_db.worst < 3.011'
done
# 16 nulls side by side bend the beam as one of high order does.
grid=()
for u in 4 5 6 7; do for v in -15 -5 5 15; do grid+=(--null "uv:-0.0$u,$(awk -v v=$v 'BEGIN { printf "%.3f", v / 1000 }')"); done; done
expect 'narrow nulls beside the main lobe that together take the beam' 0 track still.csv --array ura:6x6,12.8mm --freq 11.7GHz --rate 1Hz "${grid[@]}" -o other.h5 --json
holds 'are left out from the next one on' '.nulls_left_out_beside > 0 and .nulls_in_main_lobe == 0 and .columns[0].null_price_db.worst < 3.011 and .columns[0].nulls[15].level_db.worst < -60'
expect 'nulls that few elements with coarse states cannot make' 0 track passes.csv --array ura:4x4,12.8mm --freq 11.7GHz --null sky:200,8 --bits 1 --rate 1Hz -o other.h5 --json
holds 'are said where they take the look' '.dimmed_by_nulls > 0 and .dimmed_by_nulls <= .updates + .standby_updates'
expect 'many elements with fine states' 0 track passes.csv --array $array --freq 11.7GHz --null sky:200,8 --bits 6 --rate 1Hz -o other.h5 --json
holds 'make theirs' '.dimmed_by_nulls == 0'
expect 'nulls in one place' 0 track passes.csv --array $array --freq 11.7GHz --null sky:200,8 --null sky:200,8 --null sky:200.01,8 --null-width 1 --rate 1Hz -o other.h5 --json
holds 'are one' 'all(.columns[0].nulls[]; .level_db.worst < -60)'
expect 'more than the array can null' 3 track passes.csv --array ura:2x2,12.8mm --freq 11.7GHz --null uv:0.9,0 --null uv:-0.9,0 --null uv:0,0.9 -o no.h5
says 'how many elements there are' '3 nulls of 0 degrees at time [0-9.]+ take 3 degrees of freedom of 4 elements: expected at most half$'
crowd=()
for ((i = 0; i < 258; i++)); do crowd+=(--null "sky:$i,5"); done
expect 'more than any array can null' 3 track passes.csv --array disc:1024,12.8mm --freq 11.7GHz --rate 1Hz "${crowd[@]}" -o no.h5
says 'the limit' ' 258 nulls of 0 degrees at time [0-9.]+ take more than 256 degrees of freedom, which are the most'
expect 'a width of nothing' 2 track passes.csv --array $array --freq 11.7GHz --null-width 3 -o no.h5
expect 'no such jammers' 3 track passes.csv --array $array --freq 11.7GHz --jammers none.csv -o no.h5

# ---- what is radiated near the horizon ----
own_duty=(--array "ura:1x1,12.8mm" --freq 11.7GHz --transmit-freq 14.25GHz --rate 1Hz)
expect 'a cosine over the sky' 0 track passes.csv "${own_duty[@]}" --element cos --duty-below 30 -o other.h5 --json
# of cos(zenith angle) over the hemisphere: sin^2 of the elevation, and four times the sine at most
holds 'in closed form' '.columns[1].duty | .on_s == 60 and (.share_db - 10 * (0.25 | log10) | fabs) < 1e-3 and (.most_gain_db - 10 * (2 | log10) | fabs) < 0.1 and (.energy_s - 15 | fabs) < 0.01'
expect 'an isotropic one' 0 track passes.csv "${own_duty[@]}" --duty-below 30 -o other.h5 --json
holds 'half of it below the ground' '.columns[1].duty | (.share_db - 10 * (0.25 | log10) | fabs) < 1e-3 and (.most_gain_db | fabs) < 1e-3'
holds 'only what sends' '.columns[0].duty == null'
expect 'a tilted array' 0 track passes.csv "${own_duty[@]}" --element cos --attitude 0,90,0 --duty-below 90 -o other.h5 --json
holds 'sends half of it under the ground' '.columns[1].duty | (.share_db - 10 * (0.5 | log10) | fabs) < 0.02'

# ---- images for chips ----
images=(--array "$array" --freq 11.7GHz --transmit-freq 14.25GHz --rate 1Hz)
expect 'images' 0 track passes.csv "${images[@]}" --bits 6 --images images --target packed -o images.h5 --json
holds 'one a slot and path' '.images == 8'
slots=$(awk -F, 'NR > 1 { print $3 }' images/schedule.csv | sort -u)
[ "$(wc -l <<<"$slots")" = 4 ] || fault 'the schedule has all slots'
awk -F, 'NR > 1 { bad += $8 != n[$7]++; rows++ } END { exit !(rows > 120 && bad == 0) }' images/schedule.csv || fault 'beams of an image are counted from 0'
awk -F, 'NR > 1 { print $7 }' images/schedule.csv | sort -u | (cd images && while read -r file; do [ -s "$file" ] || exit 1; done) || fault 'all images are there'
# The first slot's: against weights made for the same directions, within the rounding of 64 phases.
slot=$(head -1 <<<"$slots") steer=()
while read -r u v; do steer+=(--steer "uv:$u,$v"); done < <(paste -d ' ' <(rows images.h5 /slot 1) <(rows images.h5 /direction 3) | awk -v slot="$slot" '$1 == slot { print $2, $3 }')
expect 'the same beams' 0 weights --array $array --freq 11.7GHz "${steer[@]}" -o beams.h5
expect 'are what the image holds' 0 fw-verify "images/slot$slot-receive0-0.img" --weights beams.h5 --max-phase-error 2.9deg --max-lost 0 --json
expect 'chips of small memory' 0 track passes.csv "${images[@]}" --rate 10Hz --images three --target adar300x -o other.h5 --json
holds 'take three images a slot' '.images >= 24'
expect 'chips that set vectors' 0 track passes.csv "${images[@]}" --images vectors --target adar1000 -o other.h5 --json
expect 'a chip of its own bits' 2 track passes.csv "${images[@]}" --bits 6 --images no --target adar1000 -o no.h5
expect 'images for nobody' 2 track passes.csv "${images[@]}" --images no -o no.h5
expect 'another format' 2 track passes.csv "${images[@]}" --images no --target csv -o no.h5
says 'which there are' 'packed, adar1000 or adar300x'
to_chips=(--bits 6 --target packed -o no.h5)
find images -type f | sort | xargs cksum >before
expect 'images among others' 2 track passes.csv "${images[@]}" "${to_chips[@]}" --images images/
says 'what was expected' '--images images/: holds files; expected an empty folder'
find images -type f | sort | xargs cksum | cmp -s before - || fault 'what was there is lost'
expect 'images in a file' 2 track passes.csv "${images[@]}" "${to_chips[@]}" --images passes.csv
expect 'images in no folder' 1 track passes.csv "${images[@]}" "${to_chips[@]}" --images none/images
mkdir empty
expect 'a log within' 2 track passes.csv "${images[@]}" --bits 6 --target packed --images empty -o ./empty/t.h5
says 'which' '-o ./empty/t.h5: would lie in the folder of --images'
expect 'an empty folder' 0 track passes.csv "${images[@]}" --bits 6 --target packed --images empty/ -o other.h5
diff <(ls images) <(ls empty) >/dev/null || fault 'the same images are there'
while read -r folder log; do
    expect "images $folder, log $log" 2 track passes.csv "${images[@]}" --bits 6 --target packed --images $folder -o $log
    [ -z "$(compgen -G 'one*')" ] || fault "$folder and $log left something"
done <<'END'
one one
one/ ./one
one.partial one
one one.partial
one.h5.partial one.h5
END
says 'which' '--images .*one.h5.partial: is -o until that is complete; expected another name'
expect 'a picture until the log is complete' 2 track passes.csv "${images[@]}" --plot-sky one.svg -o one.svg.partial
mkdir left.partial
expect 'one that an interrupted run left' 2 track passes.csv "${images[@]}" "${to_chips[@]}" --images left
says 'what it may be' 'left.partial: exists, perhaps of an interrupted command'
expect 'a run that fails' 3 track passes.csv "${images[@]}" "${to_chips[@]}" --images failed --attitude <(printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n%s,0,0,0\n%s,0,0,1\n' "$start" "$((${start%.*} + 40))")
[ -z "$(compgen -G 'failed*')$(compgen -G 'no.h5*')" ] || fault 'a run that fails left something'
interrupt images-cut 0.3 track passes.csv "${images[@]}" --bits 6 --target packed --rate 1000Hz -o no.h5 --images images-cut
[ "$status" = 1 ] && [ -z "$(compgen -G 'images-cut*')$(compgen -G 'no.h5*')" ] || fault "interrupted: $status, it left $(compgen -G 'images-cut*')"

# ---- pictures ----
expect 'pictures' 0 track passes.csv "${own[@]}" --horizon pit.csv --floor 20 --plot-sky sky.svg --plot-gain gain.png -o other.h5
[ "$(head -c 4 gain.png | tail -c 3)" = PNG ] && grep -q '<svg' sky.svg || fault 'pictures are there'
expect 'two outputs that are one' 2 track passes.csv --array $array --freq 11.7GHz --plot-sky a.svg --plot-gain a.svg -o other.h5
for picture in sky gain; do
    expect "nobody on a picture, $picture" 0 track passes.csv --array $array --freq 11.7GHz --floor 89.9 --images none-$picture --target adar1000 --plot-$picture none-$picture.svg -o other.h5 --json
    holds 'the run is told' '.updates == 0 and .gap_s == 60 and .images == 0'
    grep -q '</svg>' none-$picture.svg || fault "an empty $picture is drawn"
done

# ---- what is said ----
expect 'text' 0 track passes.csv --array $array --freq 11.7GHz -o other.h5
grep -q '^served 60.000 s, gaps 0.000 s, hand-overs [1-9]' out || fault 'text tells what was served'
grep -q '^start  *2026-11-23 10:00:00' out || fault 'text tells when'
grep -qE '^ +0\.000 s  starlink[0-9-]+ +begins to serve; mean elevation [0-9.]+ deg$' out || fault 'text tells who begins'
grep -qE '^ +[0-9.]+ s  starlink[0-9-]+ +takes over: it is higher; .*, its beam stood from 1\.000 s before$' out || fault 'text tells who takes over'
grep -qE '^receive +11\.7 GHz  gain [0-9.]+ to [0-9.]+ dBi, below an ideal array.s by [0-9.]+ dB \(median\), [0-9.]+ dB at worst \(starlink' out || fault 'text tells gains'
expect 'text of gaps' 0 track passes.csv --array $array --freq 11.7GHz --horizon pit.csv -o other.h5
grep -qE '^ +0\.000 s  no satellite for [0-9.]+ s: all above the floor are obstructed$' out || fault 'text tells why there is none'
grep -qE '^served [0-9.]+ s, gaps [0-9.]+ s \(obstructed [0-9.]+ s\), hand-overs 0$' out || fault "text tells gaps by reason: $(cat out)"
# A satellite that stands: no shift, however it is rounded.
printf 'time_unix_s,satellite,az_deg,el_deg,range_km,range_rate_m_s\n0,S,10,60,600,0\n10,S,10,60,600,-0.001\n' >still.csv
expect 'text of what stands' 0 track still.csv --array $array --freq 11.7GHz --transmit-freq 14GHz -o other.h5
grep -q 'Doppler shift 0.0 to 0.0 kHz' out && grep -q 'Doppler pre-compensation 0.0 to 0.0 kHz' out || fault "no minus of nothing: $(grep Doppler out)"
grep -qE -- '-0\.0+( |$)' out && fault "no minus of nothing: $(cat out)"
expect 'what kind it is' 0 info track.h5 --json
holds 'a track' '.kind == "track"'

# ---- what makes no sense ----
expect 'no frequency' 2 track passes.csv --array $array -o no.h5
expect 'no array' 2 track passes.csv --freq 1e9 -o no.h5
expect 'no output' 2 track passes.csv --array $array --freq 11.7GHz
expect 'an overlap beyond a slot' 2 track passes.csv --array $array --freq 11.7GHz --overlap 16s -o no.h5
expect 'a floor beyond the zenith' 2 track passes.csv --array $array --freq 11.7GHz --floor 91 -o no.h5
expect 'a difference beam' 2 track passes.csv --array $array --freq 11.7GHz --taper bayliss -o no.h5
expect 'transmit gains without a frequency' 2 track passes.csv --array $array --freq 11.7GHz --transmit-calibration transmit-cal.h5 -o no.h5
expect 'gains of the other path' 3 track passes.csv --array $array --freq 11.7GHz --calibration transmit-cal.h5 -o no.h5
says 'which' 'holds gains of the transmit path'
expect 'another frequency' 3 track passes.csv --array $array --freq 12.7GHz --calibration receive-cal.h5 -o no.h5
expect 'no table' 3 track no.csv --array $array --freq 11.7GHz -o no.h5
expect 'the table itself' 2 track passes.csv --array $array --freq 11.7GHz -o passes.csv
# option by option: a wrong value is named with its option, and what was expected
while IFS='|' read -r option value words; do
    expect "$option $value" 2 track passes.csv --array $array --freq 11.7GHz "$option=$value" -o no.h5
    grep -qF -e "$option: '$value': expected $words" err || fault "$option $value: says $(cat err)"
done <<'END'
--floor|95|-90 to 90 degrees
--floor|nan|-90 to 90 degrees
--hysteresis|-1|0 to 90 degrees
--null-width|95|0 to 90 degrees
--duty-below|95|above 0 and at most 90 degrees
--duty-below|0|above 0 and at most 90 degrees
--attitude|0,0|roll, pitch and yaw in degrees
--attitude|nan,0,0|roll, pitch and yaw in degrees
--attitude|0,0,0,0|roll, pitch and yaw in degrees
--attitude|0,95,0|roll within +-180, pitch within +-90
--slot-start|0x10|a time such as 2026-11-23T10:00:00Z or Unix seconds
--slot|0|a time of 1ms or more
--slot|0.5ms|a time of 1ms or more
--rate|-1|updates a second, above 0 and at most 1kHz, or auto
--rate|2kHz|updates a second, above 0 and at most 1kHz, or auto
--overlap|-1|a time
--row-gap|0|a time
--bits|0|a whole number from 1 to 16
--state-sense|lead|one of: advance delay
END
expect 'a frequency twice' 2 track passes.csv --array $array --freq 11.7GHz,11700MHz -o no.h5
says 'which' '--freq: 11700MHz was given before'
expect 'another one twice' 2 track passes.csv --array $array --freq 11.7GHz --transmit-freq 11.7GHz --transmit-freq 11.7GHz -o no.h5
says 'which' '--transmit-freq: 11.7GHz was given before'
expect 'a sense of no states' 2 track passes.csv --array $array --freq 11.7GHz --state-sense advance -o no.h5
says 'what it lacks' '--state-sense goes with --bits or --states'
run track --help
grep -qE -e '--(codes|state-search|null-inr)' out && fault 'help shows what is refused'
awk '/:$/ && /^ [A-Z]/ { headed = 1; next } headed { bad += !/^ +-/; headed = 0 } END { exit bad > 0 }' out || fault 'each heading of the help has its options'
head -1 passes.csv >first_row
# table CLAIM WORDS ROWS: a table of these rows is refused with these words
table() {
    { cat first_row && printf '%s\n' "${@:3}"; } >bad.csv
    expect "$1" 3 track bad.csv --array $array --freq 11.7GHz -o no.h5
    says "$1" "$2"
    [ ! -e no.h5 ] && [ ! -e no.h5.partial ] || fault "$1: nothing is left"
}
table 'time that goes back' 'bad.csv: line 3: time' 10,a,1,40,6e5,1 9,a,1,40,6e5,1
table 'a time that is none' 'bad.csv: line 2' nan,a,1,40,6e5,1
table 'an elevation of 95 degrees' 'bad.csv: line 2: el_deg' 10,a,1,95,6e5,1
table 'no rows' 'bad.csv'
expect 'one row' 0 track <(cat first_row && echo 10,a,1,40,6e5,1) --array $array --freq 11.7GHz -o one.h5 --json
holds 'which serves nothing' '.lonely_rows == 1 and .updates == 0'
expect 'nothing is sent' 2 track passes.csv --array $array --freq 11.7GHz --duty-below 20 -o no.h5
expect 'nothing is jammed' 2 track passes.csv --array $array --freq 11.7GHz --jammer-inr 30dB -o no.h5
# Updates of one slot alone would take minutes.
since=$SECONDS
interrupt long.h5 0.3 track passes.csv --array $array --freq 11.7GHz --null sky:200,8 --null-width 6 --bits 6 --rate 1000Hz -o long.h5
[ "$status" = 1 ] && [ "$(wc -l <err)" = 1 ] && [ ! -e long.h5 ] && [ ! -e long.h5.partial ] || fault "interrupted: $status, $(cat err)"
[ $((SECONDS - since)) -lt 30 ] || fault "interrupted after $((SECONDS - since)) s"
finish
