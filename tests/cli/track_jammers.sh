#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase track: nulls learned from a capture beside the run, held between its bursts while jammers and the array move; their chances, and captures that make no sense.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

n=127 length=12 p95=()
[ "${CPH_TEST_REDUCED:-}" = 1 ] && length=8
array=tri:$n,12.8mm
cophase() { "$COPHASE" "$@" >/dev/null 2>err || fault "cophase $*: $(head -c 300 err)"; }
cophase simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:00Z --duration ${length}s --min-elevation 20 --step 1s -o passes.csv
start=$(awk -F, 'NR == 2 { print int($1) }' passes.csv)
# A plane that goes from west to east in the north (0.7 degrees a second), a van that stands in the south.
{
    echo time_unix_s,satellite,az_deg,el_deg
    for ((i = -2; i <= length + 2; i++)); do
        awk -v t=$((start + i)) -v i=$i 'BEGIN { x = -1000 + 230 * i; printf "%d,plane,%.9f,%.9f\n", t, atan2(x, 14000) * 57.29577951308232, atan2(9000, sqrt(x * x + 14000 ^ 2)) * 57.29577951308232 }'
        echo "$((start + i)),van,200,12"
    done
} >jammers.csv
grep -v plane jammers.csv >van.csv
gains=(--gain-errors "1dB,75deg" --dead 17 --seed 3)
cophase simulate --array $array --freq 11.7GHz --samples 4000 --source thetaphi:10,30,snr=0dB "${gains[@]}" --type c8 -o truth.h5
cophase calibrate truth.h5 --source thetaphi:10,30 -o cal.h5
# capture FILE MOVING ARGS...: of the same array
capture() { cophase simulate --array $array --freq 11.7GHz --moving "$2" --attitude 0,0,0 "${gains[@]}" --type c16 -o "$1" "${@:3}"; }
capture bursts.h5 jammers.csv,inr=40dB --bursts 64,500ms
own=(--array "$array" --freq 11.7GHz --calibration cal.h5 --truth truth.h5 --bits 6 --element cos --rate 4Hz)

# ---- learned from bursts ----
expect 'nulls from a capture' 0 track passes.csv "${own[@]}" --jammer-capture bursts.h5 --jammer-truth jammers.csv -o track.h5 --json
# 40 dB in an element, 61 in the array: a null is worth 1 dB of noise when it is 67 dB under the look's
holds 'hold between bursts' '.columns[0].sinr_loss_apart_db.p95 < 1 and .columns[0].sinr_loss_db.median < 0.5'
holds 'where the jammers are in truth' '[.columns[0].nulls[].name] == ["plane", "van"] and all(.columns[0].nulls[]; .level_db.median < -70)'
holds 'two waves, in every burst, the whole sky searched for each once' '.captures[0] | .waves == 2 and .sky_searches == 2 and .waves_without_direction == 0 and .beams_before_a_burst == 0 and .oldest_s <= 0.5 and .beams_far_from_a_burst == 0'
holds 'the price is told' '.columns[0].null_price_db | .median >= 0 and .p95 < 0.2'
holds 'learned vectors are known to their noise' '[.columns[0].waves[].likely_db.median] | length == 2 and all(.[]; . < -60)'
expect 'directions through the calibration' 0 track passes.csv "${own[@]}" --jammers jammers.csv -o other.h5 --json
holds 'cost more' '.columns[0].sinr_loss_db.median > 3'
expect 'both' 0 track passes.csv "${own[@]}" --jammers van.csv --jammer-capture bursts.h5 --jammer-truth jammers.csv -o other.h5 --json
holds 'null both' '[.columns[0].nulls[].name] == ["van", "plane", "van"] and .columns[0].sinr_loss_apart_db.p95 < 2 and .columns[0].nulls[0].level_db.median < -70'
expect 'without the truth' 0 track passes.csv "${own[@]}" --transmit-freq 14.25GHz --jammer-capture bursts.h5 -o other.h5 --json
holds 'waves are told as they are believed' '[.columns[0].nulls[].name] == ["wave 1", "wave 2"] and all(.columns[0].nulls[]; .level_db.median < -80) and .columns[0].sinr_loss_db.p95 < 0.5 and .columns[0].waves == null'
holds 'who sends has none' 'all(.columns[1].nulls[]; .level_db.worst == null)'
# Which wave is which jammer is open. Directions are off by the calibration's 1 degree of phase over 12 wavelengths: 0.01 degrees, 0.05 near the horizon.
paste <(rows track.h5 /null_off_deg 2) <(rows other.h5 /null_off_deg 2) | awk '
    { a = ($1 - $3) ^ 2 + ($2 - $4) ^ 2; b = ($1 - $4) ^ 2 + ($2 - $3) ^ 2; bad += (a < b ? a : b) > 0.3 ^ 2 } END { exit !(NR > 20 && bad == 0) }' || fault 'waves are found where the jammers are'

expect 'as seldom as motion allows' 0 track passes.csv --array $array --freq 11.7GHz --attitude 0,0,0 --rate auto -o other.h5 --json
holds 'less often than bursts come' '.interval_least_s > 0.5'
expect 'and as bursts do' 0 track passes.csv --array $array --freq 11.7GHz --rate auto --jammer-capture bursts.h5 -o other.h5 --json
holds 'once for each' '.interval_least_s == 0.5'

# The satellite itself is in the samples: 18 dB in the array, of which each burst mixes 1/64 into each jammer, as much as the noise, unless bursts are averaged.
awk -F, -v name="$(jq -r '.events[0].to' out)" 'NR == 1 || $2 == name' passes.csv >served.csv
capture beside.h5 jammers.csv,inr=40dB --moving served.csv,snr=-3dB --bursts 64,250ms
expect 'beside the satellite' 0 track passes.csv "${own[@]}" --jammer-capture beside.h5 --jammer-truth jammers.csv -o other.h5 --json
holds 'nulls are of the mean over bursts' '.columns[0].sinr_loss_apart_db.median < 0.7 and .captures[0].waves == 2'

# Bursts a second apart are few to average over while a plane goes by; of ten times as many samples each mixes in a tenth.
for samples in 64 640; do
    capture beside.h5 jammers.csv,inr=40dB --moving served.csv,snr=-3dB --bursts $samples,1s
    expect "bursts of $samples samples beside the satellite" 0 track passes.csv "${own[@]}" --jammer-capture beside.h5 --jammer-truth jammers.csv -o other.h5 --json
    p95[samples]=$(jq '.columns[0].sinr_loss_apart_db.p95' out)
done
awk -v few="${p95[64]}" -v many="${p95[640]}" 'BEGIN { exit !(few > 1 && many < few / 2) }' || fault "longer bursts: ${p95[64]} dB, then ${p95[640]} dB"

# ---- what losses are by, beside a truth ----
grep -v van jammers.csv >plane.csv
sed 's/van/truck/' van.csv >truck.csv
for truth in jammers plane; do
    expect "beside a van that is known and a truth of $truth" 0 track passes.csv "${own[@]}" --jammers van.csv --jammer-capture bursts.h5 --jammer-truth $truth.csv -o $truth-truth.h5 --json
done
cmp -s <(rows jammers-truth.h5 /sinr_loss_db 1) <(rows plane-truth.h5 /sinr_loss_db 1) || fault 'a name of both tables is one jammer, wherever it is'
expect 'the same place by another name' 0 track passes.csv "${own[@]}" --jammers truck.csv --jammer-capture bursts.h5 --jammer-truth jammers.csv -o other.h5 --json
paste <(rows jammers-truth.h5 /sinr_loss_db 1) <(rows other.h5 /sinr_loss_db 1) | awk '{ bad += !($2 > $1); rows++ } END { exit !(rows > 20 && bad == 0) }' || fault 'is a second jammer'
for jammer in "--jammers served.csv" "--null sky:$(awk -F, 'NR == 5 { print $3 "," $4 }' served.csv)"; do
    # shellcheck disable=SC2086
    expect "$jammer at the satellite, and a truth of others" 0 track passes.csv "${own[@]}" $jammer --jammer-capture bursts.h5 --jammer-truth jammers.csv -o other.h5 --json
    holds 'jams' '.columns[0].sinr_loss_db.median > 40'
done

# ---- one burst; none yet; an array that turns ----
capture one.h5 van.csv,inr=40dB --samples 64
expect 'a jammer that stands, heard once' 0 track passes.csv "${own[@]}" --jammer-capture one.h5 --jammer-truth van.csv -o other.h5 --json
holds 'stays nulled' '.columns[0].sinr_loss_apart_db.p95 < 0.5 and .captures[0].bursts == 1 and .captures[0].oldest_s > 7'
{ echo time_unix_s,satellite,az_deg,el_deg; for ((i = -2; i <= 1; i++)); do echo "$((start + i)),swift,$((40 + 4 * i)),12"; done; } >swift.csv
capture swift.h5 swift.csv,inr=40dB --bursts 64,500ms
expect 'a jammer that is heard no longer' 0 track passes.csv "${own[@]}" --jammer-capture swift.h5 -o other.h5 --json
# 4 degrees of azimuth a second at 12 degrees; samples of a burst are at one time but for microseconds
rows other.h5 /time_unix_s 1 | sort -g >updates
awk -v last="$(tail -1 updates)" -v oldest="$(jq '.captures[0].oldest_s' out)" -v beam="$(jq '.columns[0].hpbw_deg' out)" -v told="$(jq '.captures[0].beams_far_from_a_burst' out)" '
    { far += $1 - (last - oldest) > beam / (4 * cos(12 * 3.14159265358979 / 180)) } END { exit !(far > 10 && (far - told) ^ 2 <= 1) }' updates || fault "beams far from a burst: $(jq -c '.captures' out)"
awk -F, -v from=$((start + 3)) 'NR == 1 || $1 >= from' van.csv >late.csv
capture late.h5 late.csv,inr=40dB --bursts 64,500ms
expect 'a capture that begins late' 0 track passes.csv "${own[@]}" --jammer-capture late.h5 --jammer-truth van.csv -o late-track.h5 --json
holds 'nulls nothing before' '.captures[0].beams_before_a_burst >= 12 and .columns[0].sinr_loss_db.worst > 10 and .columns[0].sinr_loss_db.median < 1'
paste <(rows late-track.h5 /time_unix_s 1) <(rows late-track.h5 /sinr_loss_db 1) | awk -v from=$((start + 3)) '{ bad += ($1 < from + 1e-4) != ($2 > 1); rows++ } END { exit !(rows > 20 && bad < rows / 20) }' || fault 'nulls come when the first burst has ended'
printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n%s,0,0,0\n%s,6,-4,40\n' "$((start - 2))" "$((start + 30))" >turning.csv
cophase simulate --array $array --freq 11.7GHz --moving jammers.csv,inr=40dB --attitude turning.csv "${gains[@]}" --bursts 64,500ms --type c16 -o turning.h5
expect 'an array that turns' 0 track passes.csv "${own[@]}" --attitude turning.csv --jammer-capture turning.h5 --jammer-truth jammers.csv -o other.h5 --json
holds 'keeps its nulls' '.columns[0].sinr_loss_apart_db.p95 < 1 and .captures[0].sky_searches == 2'

expect 'a run says nothing else than its capture' 0 track passes.csv "${own[@]}" --jammer-capture bursts.h5 -o other.h5
grep -q '^attitude: 0,0,0 .*, of bursts.h5$' out || fault "the capture's attitude: $(grep attitude out)"
run track passes.csv "${own[@]}" --attitude 0,20,0 --jammer-capture bursts.h5 -o other.h5
[ "$status" = 0 ] || fault "another attitude than the capture's: $status"
says 'both' 'bursts.h5: has an attitude of 0,0,0 .*; --attitude of 0,20,0 is used'

# ---- what is no jammer ----
capture weak.h5 van.csv,inr=-10dB --bursts 64,500ms
expect 'waves weaker than the noise' 0 track passes.csv "${own[@]}" --jammer-capture weak.h5 -o other.h5 --json
holds 'are none' '.captures[0].waves == 0 and .columns[0].nulls == null'
capture lobe.h5 served.csv,inr=20dB --bursts 64,500ms
expect 'a jammer in the main lobe' 0 track passes.csv "${own[@]}" --jammer-capture lobe.h5 -o other.h5 --json
holds 'is left out and said' '.nulls_in_main_lobe >= 20 and .columns[0].loss_db.median < 3'

# ---- what cannot be told, or nulled ----
expect 'gains that nobody knows' 0 track passes.csv --array $array --freq 11.7GHz --truth truth.h5 --rate 4Hz --jammer-capture one.h5 --jammer-truth van.csv -o other.h5 --json
holds 'a wave is nulled as it came' '.captures[0].waves_without_direction == 1 and .columns[0].sinr_loss_db.p95 < 0.5'
{
    echo time_unix_s,satellite,az_deg,el_deg
    for ((i = -2; i <= length + 2; i += 2)); do for ((k = 0; k < 9; k++)); do echo "$((start + i)),v$k,$((40 * k)),$((6 + 3 * k))"; done; done
} >crowd.csv
cophase simulate --array ura:4x4,12.8mm --freq 11.7GHz --moving crowd.csv,inr=40dB --attitude 0,0,0 --bursts 64,500ms --type c16 -o crowd.h5
expect 'as many jammers as can be told' 0 track passes.csv --array ura:4x4,12.8mm --freq 11.7GHz --rate 1Hz --jammer-capture crowd.h5 -o other.h5 --json
holds 'are said to be more' '.captures[0] | .waves == 7 and .bursts_with_too_many > 0'
expect 'more than can be nulled' 0 track passes.csv --array ura:4x4,12.8mm --freq 11.7GHz --rate 1Hz --null-width 30 --jammer-capture crowd.h5 -o other.h5 --json
holds 'the weakest go, which is said' '.waves_without_room > 0'

# ---- chances ----
expect 'gains known to what the calibration says' 0 track passes.csv "${own[@]}" --null sky:200,12 --rate 1Hz -o other.h5 --json
# the residual of many elements is circular: 95 % are below ln 20 of the mean; 500 draws tell that to 0.4 dB
holds 'in closed form' '.columns[0].nulls[0].likely_db | .slots >= 1 and (.median - .model_median - 4.77 | fabs) < 1.2 and .worst >= .median'
jq -c '.columns[0].nulls[0].likely_db | [.slots, .median, .worst]' out >chances
expect 'its log' 0 info other.h5 --json
holds 'has them, too' '.columns[0].nulls[0].likely_db as $own | '"$(cat chances)"' as $run | $own.slots == $run[0] and ($own.median - $run[1] | fabs) < 0.01 and ($own.worst - $run[2] | fabs) < 1e-4'
expect 'without a calibration' 0 track passes.csv --array $array --freq 11.7GHz --null sky:200,12 --rate 1Hz -o other.h5 --json
holds 'nothing is known' '.columns[0].nulls[0].likely_db == null'

# ---- samples as they come ----
for type in c8 c32; do
    cophase simulate --array $array --freq 11.7GHz --moving jammers.csv,inr=40dB --attitude 0,0,0 "${gains[@]}" --bursts 64,500ms --type $type -o "$type.h5"
    expect "samples of $type" 0 track passes.csv "${own[@]}" --jammer-capture "$type.h5" --jammer-truth jammers.csv -o other.h5 --json
    # eight bits round by four times the noise that two jammers of 40 dB leave room for
    holds 'their scale does not count' ".columns[0].sinr_loss_db.median < $([ $type = c8 ] && echo 2 || echo 0.5)"
done
# Two jammers of 40 dB have an rms of 100 in a part: full scale at 3.2 of that, and at a tenth.
cophase convert c32.h5 --type c16 --scale 0.00977 -o clipped.h5
expect 'samples that clip now and then' 0 track passes.csv "${own[@]}" --jammer-capture clipped.h5 --jammer-truth jammers.csv -o other.h5 --json
holds 'are left out' '.captures[0] | .waves == 2 and .waves_without_direction == 0 and .bursts_clipped == 0 and .snapshots_clipped > 0 and .snapshots_clipped < 0.6 * .snapshots'
holds 'and cost nothing' '.columns[0].sinr_loss_db.median < 0.5 and .columns[0].sinr_loss_apart_db.p95 < 1 and .columns[0].null_price_db.p95 < 0.2'
cophase convert c32.h5 --type c16 --scale 0.0003 -o clipped.h5
run track passes.csv "${own[@]}" --jammer-capture clipped.h5 -o other.h5 --json
[ "$status" = 0 ] || fault "samples that clip always: $status"
holds 'are learned from' '.captures[0] | .bursts_clipped >= .bursts and .snapshots_clipped == 0'
says 'which elements' "clipped.h5: $((n - 1)) live elements \\(0, 1, 2, 3, 4, 5, 6, 7, ...\\) are at full scale"
cophase simulate --array ura:4x4,12.8mm --freq 11.7GHz --sample-rate 2kHz --moving van.csv,inr=30dB --attitude 0,0,0 --type c16 -o long.h5
# 8 snapshots of 16 elements leave 1/8 of the noise, 95 % of times less than 3/8 (1.4 dB), at the middle of a quarter of a second
expect 'samples without a gap' 0 track passes.csv --array ura:4x4,12.8mm --freq 11.7GHz --rate 4Hz --jammer-inr 30dB --jammer-capture long.h5 --jammer-truth van.csv -o other.h5 --json
holds 'are learned from again and again' '.captures[0].bursts >= 16 and .captures[0].oldest_s < 0.11 and .columns[0].sinr_loss_apart_db.median < 1 and .columns[0].sinr_loss_apart_db.p95 < 3'

# ---- frequencies ----
cophase simulate --array $array --freq 11.9GHz --moving jammers.csv,inr=40dB --attitude 0,0,0 --gain-errors 1dB,75deg --seed 4 --bursts 64,500ms --type c16 -o second.h5
two=(--array "$array" --freq "11.7GHz,11.9GHz" --rate 1Hz)
expect 'a capture for each frequency' 0 track passes.csv "${two[@]}" --jammer-capture second.h5 --jammer-capture bursts.h5 -o other.h5 --json
holds 'each has waves of its own' '[.columns[0].nulls[] | select(.level_db.worst != null) | .name] == ["wave 1 at 11.7 GHz", "wave 2 at 11.7 GHz"] and [.columns[1].nulls[] | select(.level_db.worst != null) | .name] == ["wave 1 at 11.9 GHz", "wave 2 at 11.9 GHz"]'
expect 'a frequency without one' 2 track passes.csv "${two[@]}" --jammer-capture bursts.h5 -o no.h5
says 'which' 'no --jammer-capture at 11.9 GHz'
expect 'two at one frequency' 2 track passes.csv "${own[@]}" --jammer-capture bursts.h5 --jammer-capture one.h5 -o no.h5
says 'which files' 'both bursts.h5 and one.h5'
expect 'a power of jammers whose samples tell it' 2 track passes.csv "${own[@]}" --jammer-capture bursts.h5 --jammer-inr 30dB -o no.h5
says 'whose it is' '--jammer-inr goes with --null, --jammers or --jammer-truth: a capture tells'
expect 'another frequency' 3 track passes.csv "${own[@]}" --jammer-capture second.h5 -o no.h5
says 'which it is' 'second.h5: at 11.9 GHz'

# ---- what makes no sense ----
expect 'another array' 3 track passes.csv "${own[@]}" --jammer-capture long.h5 -o no.h5
says 'how many elements there are' "long.h5: 16 elements, expected the $n of"
cophase simulate --array tri:$n,13.5mm --freq 11.7GHz --moving van.csv,inr=40dB --attitude 0,0,0 --samples 64 -o wide.h5
expect 'elements elsewhere' 3 track passes.csv "${own[@]}" --jammer-capture wide.h5 -o no.h5
says 'which one' 'wide.h5: element [0-9]+ is .* m from where'
awk -F, 'NR == 1 { print } NR > 1 { print $1 + 3600 "," $2 "," $3 "," $4 }' OFMT=%.3f CONVFMT=%.3f van.csv >hour.csv
capture hour.h5 hour.csv,inr=40dB --samples 64
expect 'a capture of an hour later' 3 track passes.csv "${own[@]}" --jammer-capture hour.h5 -o no.h5
says 'when it begins' 'hour.h5: its first burst is at .*, none ends before the last update'
[ ! -e no.h5 ] && [ ! -e no.h5.partial ] || fault 'nothing is left'
awk -F, 'NR == 1 { print } NR > 1 { print $1 - 3600 "," $2 "," $3 "," $4 }' OFMT=%.3f CONVFMT=%.3f van.csv >before.csv
capture before.h5 before.csv,inr=40dB --samples 64
expect 'a capture of an hour before' 3 track passes.csv "${own[@]}" --jammer-capture before.h5 -o no.h5
says 'when it ended' 'before.h5: its last burst ends at .*, 36[0-9]{2} s before'
capture short.h5 van.csv,inr=40dB --bursts 8,500ms
expect 'bursts of too few samples' 3 track passes.csv "${own[@]}" --jammer-capture short.h5 -o no.h5
says 'how many it takes' 'short.h5: no burst in it: expected 16 samples'
printf '\000\000\300\177' | dd of=c32.h5 bs=1 seek="$(chunk_at c32.h5 /samples)" conv=notrunc 2>dd.log
expect 'a sample that is no number' 3 track passes.csv "${own[@]}" --jammer-capture c32.h5 -o no.h5
says 'where it is' 'c32.h5: samples 0 to [0-9]+: snapshot 0, element 0: not finite'
expect 'no capture' 3 track passes.csv "${own[@]}" --jammer-capture cal.h5 -o no.h5
says 'what it is' 'cal.h5: .*calibration, expected a capture'
expect 'the capture itself' 2 track passes.csv "${own[@]}" --jammer-capture one.h5 -o one.h5
expect 'a truth of nothing' 2 track passes.csv "${own[@]}" --jammer-truth van.csv -o no.h5
expect 'jammers of another time' 3 track passes.csv "${own[@]}" --jammers hour.csv -o no.h5
says 'when they are' "hour.csv: its first row is at $((start + 3598)).000, after the last update, up to "
expect 'jammers of the hour before' 3 track passes.csv "${own[@]}" --jammers before.csv -o no.h5
says 'when they were' "before.csv: its last row is at $((start + length + 2 - 3600)).000, before the first update, from $start"
expect 'a truth of another time' 3 track passes.csv "${own[@]}" --jammer-capture one.h5 --jammer-truth hour.csv -o no.h5
printf '%s\n' time_unix_s,satellite,az_deg,el_deg "$((start - 60)),van,200,12" "$((start + 60)),van,200,12" >far.csv
expect 'rows too far apart' 3 track passes.csv "${own[@]}" --jammers far.csv -o no.h5
says 'which option counts' 'far.csv: no two rows of a name beside the run are within 60 s \(--row-gap\)'
expect 'rows that --row-gap joins' 0 track passes.csv "${own[@]}" --jammers far.csv --row-gap 121s -o other.h5
[ ! -e no.h5 ] && [ ! -e no.h5.partial ] || fault 'nothing is left of those'
{
    cat far.csv
    for i in 20 21; do echo "$((start + length + i)),late,10,10"; done
} | sort -t, -k1,1n >beside.csv
run track passes.csv "${own[@]}" --jammers beside.csv -o other.h5
[ "$status" = 0 ] || fault "jammers that come later: $status"
says 'that nobody was there' 'beside.csv: has nobody at the time of any update'
expect 'told not to remark' 0 track passes.csv "${own[@]}" --jammers beside.csv --quiet -o other.h5
finish
