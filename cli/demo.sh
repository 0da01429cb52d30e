#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: cli/demo.sh    A satellite terminal, simulated, calibrated and judged against the truth of the simulation.
# In: COPHASE (the command's path). Writes into the folder demo beside it.
# shellcheck source=cli/steps.bash
. "$(dirname "$0")/steps.bash"
begin "$(dirname "$COPHASE")/demo"

array=disc:1280,0.5wl freq=11.7e9 satellite=azel:20,10 jammer=azel:-40,5

simulate() { # NAME MORE...: the same terminal each time: the seed decides on errors and faults
    local name=$1
    shift
    run "$name.json" simulate --array $array --freq $freq --source $satellite,snr=0dB "$@" --samples 8192 --type c8 \
        --gain-errors 2dB,75deg --dead-count 20 --weak-count 12 --seed 7 -o "$name.h5"
}

printf 'A terminal with 1280 elements at 11.7 GHz sees a satellite 20 degrees off in azimuth and 10 in elevation.\n\n'
simulate sky
run info.json info sky.h5
run cov.json covariance sky.h5 -o sky-cov.h5
run cal.json calibrate sky-cov.h5 --source $satellite -o cal.h5 --plot gains.png
run before.json weights sky.h5 --steer $satellite -o before.h5
run after.json weights sky.h5 --steer $satellite --calibration cal.h5 -o after.h5
run beams-before.json beamform sky.h5 --weights before.h5 -o beams-before.h5
run beams-after.json beamform sky.h5 --weights after.h5 -o beams-after.h5
run scan-before.json scan sky-cov.h5 --plot scan-before.png
run scan-after.json scan sky-cov.h5 --calibration cal.h5 --plot scan-after.png

printf '\nThe same terminal with a jammer, ten times as strong in each element as the satellite:\n\n'
simulate jammed --jammer $jammer,inr=10dB
run cov-jammed.json covariance jammed.h5 -o jammed-cov.h5
run cal-jammed.json calibrate jammed-cov.h5 --source $satellite --source $jammer -o cal-jammed.h5
run after-jammed.json weights jammed.h5 --steer $satellite --calibration cal-jammed.h5 -o after-jammed.h5
run scan-jammed.json scan jammed-cov.h5 --calibration cal-jammed.h5 --plot scan-jammed.png

printf '\nThe beams toward the satellite, against the gains that the simulation knows, and a perfect array:\n\n'
run pattern-before.json pattern --weights before.h5 --truth sky.h5 --plot cut-before.png
run pattern-after.json pattern --weights after.h5 --truth sky.h5 --plot cut-after.png --plot-uv map-after.png
run pattern-jammed.json pattern --weights after-jammed.h5 --truth jammed.h5
run pattern-ideal.json pattern --array $array --freq $freq --steer $satellite

# Every number of the table comes from the JSON above; a row is a name, a format, and values.
tabulated '
    def unit: [.u, .v, (1 - .u * .u - .v * .v | sqrt)];
    def angle($a; $b): [$a, $b | unit] | transpose | map(.[0] - .[1] | . * .) | add | sqrt / 2 | asin * 2 * 45 / (1 | atan);
    def patterns(f): [$pattern_before, $pattern_after, $pattern_jammed, $pattern_ideal | .[0] | f];
    def nearest($peaks; $to): [$peaks[] | {off: angle(.; $to), snr}] | min_by(.off);
    def scans(f): [$scan_before, $scan_after, $scan_jammed | nearest(.[0].peaks; $sky[0].sources[0]) | f];
    def among($found; $true): "\($true - ($true - $found) | length) of \($true | length)";
    def flags(f): [[], [$cal, $sky], [$cal_jammed, $jammed]
        | if . == [] then null else {found: [.[0][0].flagged[].element], dead: .[1][0].dead, weak: .[1][0].weak} | f end];
    ["", "%s", "uncalibrated", "calibrated", "beside jammer", "ideal"],
    ["gain toward the satellite", "%.2f dB"] + patterns(.directivity_db - .peak_power_db + .look_power_db),
    ["peak sidelobe", "%.2f dB"] + patterns(.psll_db),
    ["pointing error of the beam", "%.3f deg"] + patterns(angle(.peak; .look)),
    ["power of its beam, measured", "%.2f dB"] + [$beams_before, $beams_after | .[0].beams[0].power_db],
    ["satellite in the scan, off by", "%.2f deg"] + scans(.off),
    ["snr of it", "%.1f"] + scans(.snr),
    ["dead elements flagged", "%s"] + flags(among(.found; .dead)),
    ["weak elements flagged", "%s"] + flags(among(.found; .weak)),
    ["good elements flagged", "%s"] + flags(.found - .dead - .weak | length)
    ' sky jammed cal cal-jammed scan-before scan-after scan-jammed \
    beams-before beams-after pattern-before pattern-after pattern-jammed pattern-ideal | awk -F '\t' '{
        printf "%-31s", $1
        for (i = 3; i <= 6; i++) printf "%15s", $i == "" ? (NR > 1 ? "-" : "") : sprintf($2, $i)
        printf "\n"
    }'
listed ./*.h5 ./*.png
