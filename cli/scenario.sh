#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: cli/scenario.sh    A satellite terminal at 50 degrees north, from captures to beams that follow satellites: calibrated, jammed, quiet,
# under a cover. Every number is simulated; exit status 1 where one misses its bar.
# In: COPHASE (the command's path), ELEMENTS, DURATION. Writes into the folder scenario beside the command.
# shellcheck source=cli/steps.bash
. "$(dirname "$0")/steps.bash"
begin "$(dirname "$COPHASE")/scenario"

elements=${ELEMENTS:-1280} array=disc:${ELEMENTS:-1280},12.8mm duration=${DURATION:-5min} start=1795428000 source=thetaphi:30,70
overhead=(--passes --site '50,8.5,120' --shell starlink-550 --start "$start" --min-elevation 20 --step 1s)
errors=(--gain-errors '1dB,75deg' --dead-count $((elements / 100)))
terminal=(--array "$array" --freq 11.7GHz --transmit-freq 14.25GHz --element cos --attitude '0,0,0' --horizon trees.csv --hysteresis 90deg)

# calibrated PREFIX MORE...: captures of both paths, 10 ms at -10 dB in an element, and their gains; the seed decides on errors and faults.
calibrated() {
    local prefix=$1 way freq seed
    shift
    while read -r way freq seed; do
        run "$prefix$way.json" simulate --array "$array" --freq "$freq" --source $source,snr=-10dB --sample-rate 1MHz --samples 10000 \
            "${errors[@]}" --seed "$seed" "$@" -o "$prefix$way.h5"
        run "$prefix$way-cal.json" calibrate "$prefix$way.h5" --source $source,flux=-10dB --path "$way" -o "$prefix$way-cal.h5"
    done <<<$'receive 11.7GHz 1\ntransmit 14.25GHz 2'
}

# follow OUTPUT TABLE GAINS TRUTH MORE...: by calibrations of prefix GAINS, judged by the true gains of captures of prefix TRUTH.
follow() {
    local output=$1 table=$2 gains=$3 truth=$4
    shift 4
    run "$output.json" track "$table" "${terminal[@]}" --calibration "${gains}receive-cal.h5" --transmit-calibration "${gains}transmit-cal.h5" \
        --truth "${truth}receive.h5" --transmit-truth "${truth}transmit.h5" --bits 6 "$@" -o "$output.h5"
}

printf 'Satellites of the 550 km shell over 50 degrees north; a house to the east, trees to the south (trees.csv):\n\n'
printf 'az_deg,el_deg\n0,10\n60,15\n80,50\n120,50\n130,30\n220,30\n225,12\n359,10\n' >trees.csv
run passes.json simulate "${overhead[@]}" --duration "$duration" -o passes.csv

printf '\nThe terminal is calibrated on both paths, and serves, keeping each satellite until it sets:\n\n'
calibrated ''
follow pass passes.csv '' '' --duty-below 20deg --plot-sky pass-sky.png --plot-gain pass-gain.png

printf '\nTwo jammers, 40 dB over the noise in each element: a mast, and a plane that goes by (jammers.csv); nulls toward where they are\n'
printf 'through the calibration, and nulls learned from bursts of samples, which have the satellites in them, too:\n\n'
awk -v start="$start" 'BEGIN {
    print "time_unix_s,satellite,az_deg,el_deg"
    for (i = -1; i <= 301; i++) printf "%d,mast,200,8\n%d,plane,%.3f,%.3f\n", start + i, start + i, (240 + 0.6 * i) % 360, 35 - 20 * (i / 150 - 1) ^ 2
}' >jammers.csv
follow jammed-places passes.csv '' '' --jammers jammers.csv --jammer-inr 40dB
run bursts.json simulate --array "$array" --freq 11.7GHz --attitude '0,0,0' "${errors[@]}" --seed 1 \
    --moving jammers.csv,inr=40dB --moving passes.csv,snr=-10dB --bursts 64,500ms --type c16 -o bursts.h5
follow jammed passes.csv '' '' --jammer-capture bursts.h5 --jammer-truth jammers.csv --jammer-inr 40dB --plot-gain jammed-gain.png

printf '\nTransmit beams that are quiet under 20 degrees of elevation: toward 45 degrees (look.csv), beside tapers, and all through the pass:\n\n'
printf 'time_unix_s,satellite,az_deg,el_deg\n%s,still,20,45\n%s,still,20,45\n' "$start" $((start + 15)) >look.csv
quiet=(--quiet-below 20 --quiet-price 0.8dB)
run tapers.json weights transmit.h5 --calibration transmit-cal.h5 --path transmit --element cos --steer thetaphi:45,70 --zenith thetaphi:0,0 \
    "${quiet[@]}" --bits 6 --quiet-curve quiet.png -o quiet.h5
follow quiet-look look.csv '' '' "${quiet[@]}" --duty-below 20deg
follow quiet-pass passes.csv '' '' "${quiet[@]}" --duty-below 20deg

printf '\nA cover is laid over the elements; the pass by the old gains and by new ones:\n\n'
calibrated covered- --cover loss=0.5dB,loss-to=3dB,phase=30deg
for way in receive transmit; do
    run compare-$way.json compare $way-cal.h5 covered-$way-cal.h5 --steer $source --plot covered-$way.png
done
follow covered-old passes.csv '' covered-
follow covered-new passes.csv covered- covered- --plot-gain covered-gain.png

printf '\nThe beams of a minute as images for ADAR1000 chips, and a page of all this:\n\n'
run minute-passes.json simulate "${overhead[@]}" --duration 1min -o minute.csv
run images.json track minute.csv "${terminal[@]}" --calibration receive-cal.h5 --transmit-calibration transmit-cal.h5 \
    --images images --target adar1000 -o minute.h5
run report.json report passes.csv pass.h5 jammed.h5 quiet-pass.h5 covered-old.h5 covered-new.h5 receive-cal.h5 covered-receive-cal.h5 transmit-cal.h5 covered-transmit-cal.h5 \
    quiet.h5 receive.h5 --title 'A terminal at 50 degrees north' -o report.html

# Every number comes from the JSON above; a row is a name, a value, its format, and its bar: at most, at least, or this word.
printf '\n'
missed=0
tabulated '
    def worst(f): map(f) | max;
    def taper($name; $title): $tapers[0].quiet.beams[0].compared | map(select(.weights == $name))[0]
        | ["  \($title): EIRP there", .integrated_relative_db, "%.1f dB"], ["  gain that costs", .loss_db, "%.2f dB"];
    $pass[0] as $p | [$jammed_places, $jammed | .[0].columns[0]] as $j | [$quiet_look, $quiet_pass | .[0].columns[1]] as $q | [[$compare_receive[0], $covered_receive[0]], [$compare_transmit[0], $covered_transmit[0]]] as $c
    | def over_mean(f): $c | worst((.[0].channels[0].beams | f.loss_db) - .[1].cover.loss_mean_db);
    ["pass: served", $p.served_s, "%.0f s"],
    ["  without a satellite", $p.gap_s, "%.0f s", "most", 0],
    ["  hand-overs", $p.handovers, "%d"],
    ["  of them with both beams for less than 1 s", ($p.events | map(select(.from != null and .to != null and .overlap_s < 0.999)) | length), "%d", "most", 0],
    ["  gain lost against an ideal array, worst", ($p.columns | worst(.loss_db.worst)), "%.2f dB", "most", 0.5],
    ["  the same for 95 % of updates", ($p.columns | worst(.loss_db.p95)), "%.2f dB"],
    ["  pointing loss, worst", ($p.columns | worst(.pointing_loss_db.worst)), "%.3f dB", "most", 0.05],
    ["jammers, nulls from a capture: SINR lost, 95 %", $j[1].sinr_loss_apart_db.p95, "%.2f dB", "most", 1],
    ["  level of nulls, 95 % of updates", ($j[1].nulls | worst(.level_db.p95)), "%.1f dB"],
    ["  gain that they cost, 95 %", $j[1].null_price_db.p95, "%.3f dB"],
    ["  nulls toward known places: SINR lost, 95 %", $j[0].sinr_loss_apart_db.p95, "%.2f dB"],
    ["  level of these nulls, 95 %", ($j[0].nulls | worst(.level_db.p95)), "%.1f dB"],
    ["quiet beam toward 45 deg: EIRP under 20 deg", $q[0].quiet.integrated_relative_db.worst, "%.1f dB", "most", -10],
    ["  gain lost against an ideal array", $q[0].loss_db.worst, "%.2f dB", "most", 1],
    taper("circular-taylor:nbar=4,sll=-25"; "Taylor taper of -25 dB"),
    taper("circular-taylor:nbar=5,sll=-30"; "Taylor taper of -30 dB"),
    ["quiet pass: energy under 20 deg", -$q[1].duty.saved_db, "%.1f dB", "most", -10],
    ["  worst update", $q[1].quiet.integrated_relative_db.worst, "%.1f dB", "most", -10],
    ["  gain lost against an ideal array, worst", $q[1].loss_db.worst, "%.2f dB", "most", 1],
    ["cover: its mean loss", ($c | worst(.[1].cover.loss_mean_db)), "%.2f dB"],
    ["  advice", ($c | map(.[0].advice) | unique | join(", ")), "%s", "is", "re-calibrate"],
    ["  lost above that by the old gains", over_mean(.kept), "%.2f dB"],
    ["  by new ones", over_mean(.renewed), "%.2f dB", "most", 0.2],
    ["  of the pass, against the bare array: old gains", ($covered_old[0].columns | worst(.loss_db.worst)) - ($p.columns | worst(.loss_db.worst)), "%.2f dB"],
    ["  new gains", ($covered_new[0].columns | worst(.loss_db.worst)) - ($p.columns | worst(.loss_db.worst)), "%.2f dB", "most", 0.2],
    ["images for chips", $images[0].images, "%d"]
    ' pass jammed-places jammed tapers quiet-look quiet-pass compare-receive compare-transmit covered-receive covered-transmit covered-old covered-new images | awk -F '\t' '
    BEGIN { words["most"] = "at most "; words["least"] = "at least "; printf "%-53s%14s  %s\n", "", "", "bar" }
    {
        met = $4 == "" || $2 != "" && ($4 == "most" ? $2 + 0 <= $5 + 0 : $4 == "least" ? $2 + 0 >= $5 + 0 : $2 == $5)
        printf "%-53s%14s%s%s\n", $1, sprintf($3, $2), $4 == "" ? "" : "  " words[$4] sprintf($3, $5), met ? "" : ": missed"
        missed += !met
    }
    END { exit missed > 0 }' || missed=1
listed ./*.h5 ./*.png ./*.html
exit $missed
