#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A log of track to who reads it: info says what the run said, plot draws what the run drew, however many rows there are; pointing tables over the sky.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

"$COPHASE" simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:07Z --duration 100s --min-elevation 20 --step 1s -o passes.csv >/dev/null
t=$(awk -F, 'NR == 2 { print int($1) }' passes.csv)
{ echo time_unix_s,satellite,az_deg,el_deg; for ((i = 0; i <= 100; i++)); do echo "$((t + i)),plane,$((100 + i)),10"; [ $i -lt 30 ] && echo "$((t + i)),van <1> & \"co\",300,5"; done; } >jammers.csv
# obstructed for some of the time
printf 'az_deg,el_deg\n0,70\n359,70\n' >pit.csv
own=(--array "tri:61,12.8mm" --freq 11.7GHz --transmit-freq 14.25GHz)

# plain lines of a picture: their places, a number a line
lines() { grep -o '<path style="fill:none[^>]*' "$1" | grep -o ' d="[^"]*"' | grep -oE -- '-?[0-9]+(\.[0-9]+)?'; }
# where each of its lines, the axes' and curves', begins and ends
ends() { grep -o '<path style="fill:none[^>]*' "$1" | grep -o ' d="[^"]*"' | grep -oE -- '-?[0-9. ML-]+' | awk '{ gsub(/[ML]/, "") } NF >= 2 { print $1; print $2; print $(NF - 1); print $NF }'; }
# same CLAIM HOW A B: they are the same in both pictures; levels are floats in the log
same() { paste <("$2" "$3") <("$2" "$4") | awk '{ n++; bad += NF != 2 || ($1 - $2) ^ 2 > 0.0025 } END { exit !(n > 100 && bad == 0) }' || fault "$1"; }

# ---- info ----
expect 'a run' 0 track passes.csv "${own[@]}" --jammers jammers.csv --null sky:200,8 --rate 5Hz --plot-sky sky.svg --plot-gain gain.svg -o track.h5 --json
cp out run.json
expect 'its log' 0 info track.h5 --json
holds 'kind, array and nulls' '.kind == "track" and .elements == 61 and .array.label == "tri:61,12.8mm" and .missing == ["orientation"] and .nulls == ["sky:200,8", "plane", "van <1> & \"co\""]'
# numbers of the log are floats where they are levels: medians and shares fall into the same or a neighbouring step of 5e-4 to 5e-3 dB
jq -e -n --slurpfile a run.json --slurpfile b out '
    def close($x; $y): if ($x | type) == "number" and ($y | type) == "number" then ($x - $y | fabs) <= 0.006 + 1e-9 * ($x | fabs) else $x == $y end;
    $a[0] as $r | $b[0] as $l | ["slots", "served_s", "gap_s", "gaps", "handovers", "updates", "standby_updates", "start_unix_s", "end_unix_s", "slot_s", "interval_most_s", "satellites"]
    | all(.[]; close($r[.]; $l[.])) and ($r.events == $l.events) and ($l.columns | length == 2)
      and ([$r.columns, $l.columns] | transpose | all(.[]; . as [$x, $y] | [$y | paths(scalars)] | length > 20 and all(.[]; . as $p | close($x | getpath($p); $y | getpath($p)))))' >/dev/null || fault 'info tells what the run told'
holds 'as many rows' ".rows == $(jq '.updates + .standby_updates' run.json)"
holds 'who served how long' '([.served[].served_s] | add - 100 | fabs) < 1e-6 and .satellites_served == (.served | length) and (.served | all(.[]; .highest_el_deg > 25 and .first_unix_s >= 1795428007)) and ([.served[].served_s] == ([.served[].served_s] | sort | reverse))'
holds 'how it was made' '[.history[].command | split(" ")[1]] == ["track"]'
holds 'what nulls cost' '.columns[0].null_price_db | .worst > 0 and .median >= 0'
expect 'in words' 0 info track.h5
grep -q 'nulls cost median' out || fault "words lack what nulls cost: $(cat out)"
grep -q '^served 100.000 s, gaps 0.000 s' out && grep -qE '^satellites +[0-9]+, [0-9]+ served$' out && grep -q '^time  *2026-11-23 10:00:07' out || fault "words: $(cat out)"
expect 'what is for samples' 2 info track.h5 --plot p.svg
says 'why' 'of kind track; --plot is for samples'
expect 'part of it' 2 info track.h5 --start 3

# ---- plot ----
expect 'the sky' 0 plot track.h5 -o sky-log.svg --json
holds 'is what is drawn without a kind' '.kind == "sky" and .points == 500 and .handovers >= 2'
same 'the same sky' lines sky.svg sky-log.svg
expect 'gain' 0 plot track.h5 --kind track-gain -o gain-log.svg
same 'the same gain' ends gain.svg gain-log.svg
expect 'nulls' 0 plot track.h5 --kind track-nulls -o nulls.svg --json
holds 'which' '.nulls == ["sky:200,8", "plane", "van <1> & \"co\""] and .path == "receive" and .freq_hz == 11.7e9'
expect 'of the other column' 0 plot track.h5 --kind track-nulls --channel 1 -o nulls.png --json
holds 'which' '.path == "transmit" and .freq_hz == 14.25e9'
awk -F, -v OFS=, 'NR > 1 { $4 = 10 } { print }' passes.csv >low.csv
expect 'a log in which nobody is served' 0 track low.csv --array ura:4x4,0.5wl --freq 11.7GHz -o low.h5
expect 'has no picture' 3 plot low.h5 -o no.svg
says 'of which file' 'low.h5: serves no satellite'
# Interrupted before the first beam: while the horizon, read by then, is read again for its checksum.
mkfifo wall.pipe
feed() { timeout 20 bash -c "printf 'az_deg,el_deg\\n0,5\\n' >wall.pipe"; }
env --default-signal=INT "$COPHASE" track passes.csv "${own[@]}" --horizon wall.pipe -o no.h5 >out 2>err </dev/null &
feed && kill -INT $! && feed
wait $!
status=$?
[ "$status" = 1 ] && grep -q '^cophase track: interrupted$' err && [ ! -e no.h5 ] || fault "interrupted early: $status, $(cat err)"
# Tables of other things.
printf 'az_deg,el_deg\n0,30\n' >wall.csv
printf 'time_unix_s,roll_deg,pitch_deg,yaw_deg\n1000,0,0,0\n' >ship.csv
expect 'a horizon' 3 info wall.csv
says 'what it is' 'wall.csv: is a table of a horizon, which track --horizon takes'
expect 'attitudes' 3 plot ship.csv -o no.svg
says 'what they are' 'ship.csv: is a table of attitudes'
printf 'time_unix_s,az_deg,el_deg\n1000,0,0\n' >nobody.csv
expect 'directions of nobody' 3 info nobody.csv
says 'what is read' 'nobody.csv: is not an HDF5 file'
expect 'no such column' 2 plot track.h5 --kind track-nulls --channel 2 -o no.svg
expect 'its array' 0 plot track.h5 --kind array -o array.svg
expect 'other files have no gain over time' 3 plot passes.csv --kind track-gain -o no.svg
expect 'nor samples' 3 plot track.h5 --kind waterfall -o no.svg
expect 'all of it' 2 plot track.h5 --duration 3 -o no.svg
expect 'the input itself' 2 plot track.h5 -o track.h5
expect 'the sky of a capture' 3 plot jammers.csv.none --kind sky -o no.svg

# ---- gaps ----
expect 'a pit' 0 track passes.csv "${own[@]}" --horizon pit.csv --rate 5Hz -o pit.h5 --json
cp out run.json
expect 'has gaps' 0 info pit.h5 --json
holds 'whose reasons are told' ".gap_s > 1 and .gaps_s.obstructed == .gap_s and (.gap_s - $(jq .gap_s run.json) | fabs) < 1e-9 and .slots == $(jq .slots run.json)"
expect 'gaps are not drawn over' 0 plot pit.h5 --kind track-gain -o pit.svg
gaps=$(jq '[.events[] | select(.to == null)] | length' run.json)
# four curves, each a line more for every gap in it
breaks=$(grep '<path style="fill:none;stroke-width:1.6' pit.svg | grep -o ' d="[^"]*"' | awk '{ n += gsub(/M /, "") } END { print n }')
inner=$(jq '[.events[1:-1][] | select(.to == null)] | length' run.json)
[ "$gaps" -ge 1 ] && [ "$breaks" -ge $((4 * (1 + inner))) ] || fault "$breaks lines for $gaps gaps"
expect 'no nulls' 3 plot pit.h5 --kind track-nulls -o no.svg
says 'are there' 'pit.h5: has no nulls'
expect 'nobody served' 0 track passes.csv "${own[@]}" --floor 89.9 -o none.h5
expect 'is told' 0 info none.h5 --json
holds 'in numbers' '.rows == 0 and .gap_s == 100 and .columns[0].gain_db.median == null and .served == []'
expect 'in words' 0 info none.h5
expect 'and not drawn' 3 plot none.h5 -o no.svg
[ ! -e no.svg ] || fault 'nothing is left'

# ---- many rows ----
expect 'ten thousand updates a column' 0 track passes.csv --array ura:2x2,12.8mm --freq 11.7GHz --rate 200Hz -o long.h5 --json
holds 'more than a picture holds' '.updates == 20000'
expect 'points are bounded' 0 plot long.h5 --kind track-gain -o long.svg --json
holds 'and even' '.points <= 16384 and .points > 8000'
head -c 3000 track.h5 >cut.h5
for file in cut.h5 /dev/null; do
    expect "$file" 3 info $file
    expect "$file" 3 plot $file --kind sky -o no.svg
done

# ---- pointing tables ----
expect 'a table' 0 plot passes.csv -o passes.svg --json
holds 'passes' ".kind == \"sky\" and .passes == .satellites and .rows == $(($(wc -l <passes.csv) - 1)) and .passes_left_out == 0 and .points < .rows"
cp out csv.json
expect 'in HDF5' 0 simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:07Z --duration 100s --min-elevation 20 --step 1s -o passes.h5
expect 'the same' 0 plot passes.h5 -o again.svg --json
holds 'the same sky' ".rows == $(jq .rows csv.json) and .passes == $(jq .passes csv.json) and (.points - $(jq .points csv.json) | fabs) < 10"
# two satellites: one sets and rises again an hour later, the other one stays; one is below the ground
{ echo time_unix_s,satellite,az_deg,el_deg; for i in 0 1 2 3 4 5; do echo "$((1000 + i)),a,$((10 * i)),$((20 + i))"; echo "$((1000 + i)),deep,0,-1"; done; for i in 0 1 2; do echo "$((4600 + i)),a,$((100 + i)),30"; done; } >two.csv
expect 'two passes of one' 0 plot two.csv -o two.svg --json
holds 'are two' '.passes == 2 and .satellites == 2 and .points == 9'
# more than are kept: every satellite's path is thinned, none is lost
awk 'BEGIN { print "time_unix_s,satellite,az_deg,el_deg"; for (i = 0; i < 100; i++) for (s = 0; s < 400; s++) printf "%d,s%d,%.3f,%.3f\n", i, s, 0.9 * s, 10 + 0.6 * i }' >many.csv
expect '40000 rows' 0 plot many.csv -o many.svg --json
holds 'are thinned' '.rows == 40000 and .passes == 400 and .passes_left_out == 0 and .points <= 16384 and .points > 4000'
[ "$(stat -c %s many.svg)" -lt 2000000 ] || fault 'a small picture'
awk 'BEGIN { print "time_unix_s,satellite,az_deg,el_deg"; for (s = 0; s < 20000; s++) printf "%d,s%d,%.3f,%.3f\n%d,s%d,%.3f,%.3f\n", 10 * s, s, 0.01 * s, 45, 10 * s + 1, s, 0.01 * s, 46 }' >most.csv
expect '20000 passes' 0 plot most.csv -o most.svg --json
holds 'some are not drawn, and that is said' '.passes == 20000 and .points == 16384 and .passes_left_out == 20000 - 16384'
expect 'nothing above the ground' 3 plot <(printf 'time_unix_s,satellite,az_deg,el_deg\n1,a,2,-3\n') --kind sky -o no.svg
finish
