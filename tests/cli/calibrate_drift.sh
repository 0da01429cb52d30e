#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method drift: what many solutions know together, and what it refuses.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ura:5x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --sample-rate 1MHz \
    --samples 32000 --type c16 --seed 11 -o cap.h5
expect 'sixteen dumps' 0 covariance cap.h5 --integration 2ms -o cov.h5
expect 'a solution each' 0 calibrate cov.h5 --source azel:20,10 -o cal.h5
expect 'all together' 0 calibrate cap.h5 --source azel:20,10 -o whole.h5
expect 'smoothed' 0 calibrate cal.h5 --method drift --interval 2ms -o smooth.h5 --json
holds 'keys' '.method == "drift" and .times == 16 and .elements == 20 and (.gauge | endswith("of the first time"))'
holds 'nothing stands out' '.channels[0] | .outliers == [] and .jumps == [] and .phase_chi2_dof < 1.4 and .amplitude_chi2_dof < 1.4'

listed() { h5dump -d /gain "$1" | awk '/^ *\([0-9]+,[0-9]+,[0-9]+\)|^ *-?[0-9.e+-]+,?$/ { gsub(/[^-0-9.e+ ]/, " "); print $NF }'; }
# Gains of the last time against those of the whole capture, in standard errors of one dump's gain: a quarter of one is expected of sixteen.
listed smooth.h5 | tail -n 40 >smooth.txt
listed whole.h5 | tail -n 40 >whole.txt
listed cal.h5 | tail -n 40 >single.txt
distance() { paste "$1" "$2" | awk '{ s += ($1 - $2) ^ 2; n++ } END { if (n != 40) exit 1; printf "%.6f\n", sqrt(s / n) }'; }
near=$(distance smooth.txt whole.txt)
far=$(distance single.txt whole.txt)
awk -v a="$near" -v b="$far" 'BEGIN { exit !(a > 0 && a < 0.5 * b) }' || fault "smoothed gains are $near off, single ones $far"

listed_sigma() { rows "$1" /phase_sigma_rad 1; }
expect 'a prediction' 0 calibrate cal.h5 --method drift --interval 2ms --ahead 1s -o ahead.h5 --json
holds 'one time more' '.times == 17'
# Some milliseconds bound a rate of wander no better than their noise; far ahead that is all there is, and grows as the root of the time.
expect 'far ahead' 0 calibrate cal.h5 --method drift --interval 2ms --ahead 100s -o far.h5
paste <(listed_sigma ahead.h5) <(listed_sigma far.h5) | awk '
    NR > 320 { n++; bad += !($1 > 3 * last[NR - 20] && $2 > 9 * $1 && $2 < 10.1 * $1) } { last[NR] = $1 } END { exit !(n == 20 && bad == 0) }' ||
    fault 'standard errors grow with the time ahead'

printf 'unix_s kelvin\n-1 300\n0.011 303\n5 290\n' >kelvin.txt
expect 'temperatures' 0 calibrate cal.h5 --method drift --interval 2ms --temperatures kelvin.txt -o warm.h5 --json
holds 'a slope an element, none of them real' \
    '.channels[0].slopes | length == 20 and all(.[]; (.phase_deg_per_kelvin | fabs) < 5 * .phase_sigma_deg_per_kelvin)'

expect 'times that are not known' 3 calibrate cal.h5 --method drift -o bad.h5
says 'what would help' 'cal.h5: does not tell the time of solution 0; expected --interval'
expect 'temperatures that end early' 3 calibrate cal.h5 --method drift --interval 1s --temperatures kelvin.txt -o bad.h5
says 'by how much' 'kelvin.txt: ends 10 s before'
expect 'no temperatures' 3 calibrate cal.h5 --method drift --interval 1s --temperatures none.txt -o bad.h5
says 'which file' 'none.txt: cannot open'
expect 'gains of the other path' 2 calibrate cal.h5 --method drift --interval 1s --path transmit -o bad.h5
says 'whose they are' '--path transmit: cal.h5 holds gains of the receive path'
printf '1 2\n1 3\n' >twice.txt
expect 'temperatures that stand still' 3 calibrate cal.h5 --method drift --interval 1s --temperatures twice.txt -o bad.h5
says 'where' 'twice.txt: '
expect 'a reference element' 0 calibrate cov.h5 --source azel:20,10 --reference 3 -o reference.h5
expect 'has no errors' 3 calibrate reference.h5 --method drift --interval 1s -o bad.h5
says 'which' 'element 3, time 0: its standard errors'
expect 'two times' 0 calibrate cov.h5 --source azel:20,10 --time 0 -o one.h5
expect 'are too few' 3 calibrate one.h5 --method drift --interval 1s -o bad.h5
says 'how many' '1 times: 3 are the least'
expect 'a capture' 3 calibrate cap.h5 --method drift -o bad.h5
says 'what was expected' 'expected calibration'
expect 'onto itself' 2 calibrate cal.h5 --method drift --interval 1s -o cal.h5
expect 'a picture' 2 calibrate cal.h5 --method drift --interval 1s -o bad.h5 --plot bad.svg
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
