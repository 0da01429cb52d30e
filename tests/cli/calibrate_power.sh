#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase simulate --kind, cophase calibrate --method rev and hadamard: from readings to gains, through files and tables; which root, what
# leaks, what real shifters do, and what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

planar=(--array 'ura:6x5,0.5wl' --freq 11.7e9 --gain-errors '1dB,20deg' --seed 5)

# ---- power: noise-free to 1e-10, through both forms ----

expect 'sweeps' 0 simulate --kind rev "${planar[@]}" --dead 7 --source azel:20,-10 --csv rev.csv -o rev.h5 --json
holds 'what was made' '.kind == "rev" and .sweeps == 30 and .steps == 16 and .dead == [7]'
expect 'their gains' 0 calibrate rev.h5 --method rev -o rev-cal.h5 --json
holds 'are settled' '.method == "rev" and .channels[0].rev.verdict == "settled" and .channels[0].rev.roots == "closed"'
holds 'the dead one is flagged' '[.flagged[] | [.element, .reason]] == [[7, "dead"]]'
near_truth 1e-10 29 rev.h5 rev-cal.h5
expect 'from the table' 0 calibrate rev.csv --method rev --array ura:6x5,0.5wl --freq 11.7e9 --source azel:20,-10 -o table-cal.h5
near_truth 1e-10 29 rev.h5 table-cal.h5
expect 'the result serves' 0 weights --array ura:6x5,0.5wl --freq 11.7e9 --steer azel:5,5 --calibration table-cal.h5 -o w.h5
# Powers in dB say so; where they don't, they are below 0.
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "power") at = i; $at = "power_db" } NR > 1 { $at = sprintf("%.17g", 10 * log($at) / log(10)) } { print }' rev.csv >db.csv
table=(--method rev --array 'ura:6x5,0.5wl' --freq 11.7e9 --source 'azel:20,-10')
expect 'powers in dB' 0 calibrate db.csv "${table[@]}" -o db-cal.h5
h5diff -p 1e-9 table-cal.h5 db-cal.h5 /gain /gain >diffs || fault "powers in dB are the same: $(head -c 300 diffs)"
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "power_db") at = i; $at = "power" } NR > 1 { $at -= 60 } { print }' db.csv >mute.csv
expect 'dB in disguise' 3 calibrate mute.csv "${table[@]}" -o bad.h5
says 'what is expected' 'line 2: power is -.*, expected a linear power, not negative; dB go into a column power_db'
awk -F, -v OFS=, 'NR == 1 { print $0, "power_db"; next } { print $0, 0 }' rev.csv >both.csv
expect 'both' 3 calibrate both.csv "${table[@]}" -o bad.h5
says 'which' 'expected either power or power_db'
expect 'all but one left out' 3 calibrate rev.h5 --method rev --exclude 1-29 -o bad.h5
says 'why' '1 of 30 elements are live: gains are known up to a common factor, which takes 2 at least'
expect 'a picture' 0 calibrate rev.csv --method rev --array ura:6x5,0.5wl --freq 11.7e9 -o plot.h5 --plot gains.svg
expect 'a reference' 0 calibrate rev.h5 --method rev --reference 3 -o ref.h5
rows ref.h5 /gain 2 | sed -n 4p | awk '{ exit !($1 > 0 && $2 * $2 < 1e-24) }' || fault 'element 3 has phase 0'
expect 'shares as they are' 0 calibrate rev.h5 --method rev --gauge none --weak-below 0 -o raw.h5 --json
holds 'in no gauge' '.gauge == "as measured"'
rows raw.h5 /gain 2 | grep -v nan | awk '{ s += sqrt($1 * $1 + $2 * $2) } END { exit !(s < 20) }' || fault 'shares are below 1'
expect 'excluded elements still radiate' 0 calibrate rev.h5 --method rev --exclude 2 -o ex.h5 --json
holds 'and are flagged' '[.flagged[] | [.element, .reason]] == [[2, "excluded"], [7, "dead"]]'
near_truth 1e-10 28 rev.h5 ex.h5
expect 'what info says' 0 info rev.h5 --json
holds 'a kind of its own' '.kind == "rev" and .elements == 30'
holds 'its readings' '.readings == {"sweeps": 30, "steps": 16, "groups": false, "sigma": null, "signal": true}'
expect 'in words' 0 info rev.h5
grep -q '^sweeps  *30 of 16 steps, each turns one element$' out || fault "info tells the sweeps: $(cat out)"
grep -qE '^(times|health)' out && fault 'sweeps are no times, and tell no element'"'"'s health'
expect 'codes, read again' 0 simulate --kind coded "${planar[@]}" --noise -40dB --repeats 1000 --pairs -o often.h5
expect 'in words' 0 info often.h5
grep -q '^codes  *32 in pairs x 1000, in 1 state$' out || fault "info tells the codes: $(cat out)"
expect 'small errors' 0 calibrate often.h5 --method hadamard -o often-cal.h5
awk '/converged/ { exit !($(NF - 3) > 1e-5 && $(NF - 3) < 1e-4) }' out || fault "standard errors keep their digits: $(cat out)"

# A strong element: its second root is the right one, and only that all shares add up to 1 tells.
expect 'a strong element' 0 simulate --kind rev --array ula:7,0.5wl --freq 11.7e9 --gain-errors 0.5dB,10deg --weak 0-4,6 --seed 3 -o strong.h5
expect 'its gains' 0 calibrate strong.h5 --method rev -o strong-cal.h5 --json
holds 'one strong root' '.channels[0].rev.strong_roots == 1'
run calibrate strong.h5 --method rev --roots weak -o wrong-cal.h5 --json
says 'the rule of weak roots is not believed' 'shares do not add up to 1'
holds 'takes the other' '.channels[0].rev.strong_roots == 0 and .channels[0].rev.roots == "weak"'
expect 'nothing known' 3 calibrate strong.h5 --method rev --roots open -o bad.h5
says 'both candidates' 'roots of 7 of 7 sweeps stay open under --roots open: sweep 0 is a share of [-0-9.e]+ at [-0-9.]+ deg or [-0-9.e]+ at [-0-9.]+ deg; .*expected --roots weak'

# Groups of half an array: equal amplitudes leave their roots open, and no rule guesses them.
few=(--array 'ura:4x4,0.5wl' --freq 11.7e9 --gain-errors '1dB,30deg' --noise -40dB --seed 4)
for group in 16 8; do
    expect "groups of $group" 0 simulate --kind rev "${few[@]}" --group-size "$group" -o half.h5
    expect "$group: closure" 3 calibrate half.h5 --method rev -o bad.h5
    says "$group: suggests what helps" 'stay open .*expected smaller groups'
    expect "$group: weak roots" 3 calibrate half.h5 --method rev --roots weak -o bad.h5
    says "$group: are not asserted of half an array" 'groups of half of all elements may be above one half'
done
expect 'smaller groups' 0 simulate --kind rev "${few[@]}" --group-size 4 -o quarter.h5
expect 'have weak roots' 0 calibrate quarter.h5 --method rev --roots weak -o quarter-cal.h5
honest_phases 16 quarter.h5 quarter-cal.h5

# Real shifters, groups of a large array, noise.
chip=(--array 'disc:150,0.5wl' --freq 11.7e9 --gain-errors '1dB,20deg' --seed 9 --states adar1000 --steps 32)
expect 'real shifters' 0 simulate --kind rev "${chip[@]}" --group-size 12 --states-unknown -o chip.h5
expect 'their table' 0 calibrate chip.h5 --method rev --states adar1000 -o chip-cal.h5
near_truth 1e-10 150 chip.h5 chip-cal.h5
expect 'noise' 0 simulate --kind rev "${chip[@]}" --group-size 12 --noise -30dB -o noisy.h5
expect 'its gains' 0 calibrate noisy.h5 --method rev -o noisy-cal.h5 --json
holds 'chi-square is that of noise' '.channels[0] | .chi2_dof > 0.9 and .chi2_dof < 1.1 and .phase_sigma_deg > 0.01'
honest_phases 150 noisy.h5 noisy-cal.h5
# Amplitudes that change with the state tell roots apart by themselves.
expect 'one by one' 0 simulate --kind rev "${planar[@]}" --states adar1000 --steps 32 --noise -60dB -o alone.h5
run calibrate alone.h5 --method rev --roots open -o alone-cal.h5 --json
[ "$status" = 0 ] || fault "an open rule ends with $status"
holds 'what is open is listed with both roots' '.channels[0].rev | .verdict == "settled" or all(.ambiguous[]; .roots | length == 2)'
holds 'and flagged' '(.channels[0].rev.ambiguous | length) == ([.flagged[] | select(.reason == "unsolved")] | length)'

# ---- codes ----

expect 'codes' 0 simulate --kind coded "${planar[@]}" --dead 7 --csv coded.csv -o coded.h5 --json
holds 'the next Hadamard matrix' '.codes == 32 and .pairs == false and .states == 1'
expect 'their gains' 0 calibrate coded.h5 --method hadamard -o coded-cal.h5 --json
holds 'the dead one' '[.flagged[] | [.element, .reason]] == [[7, "dead"]]'
holds 'codes of condition 1' '.channels[0].hadamard.condition == 1'
near_truth 1e-10 29 coded.h5 coded-cal.h5
expect 'from the table' 0 calibrate coded.csv --method hadamard -o table-cal.h5
near_truth 1e-10 29 coded.h5 table-cal.h5
expect 'a leak' 0 simulate --kind coded "${planar[@]}" --leak 20dB -o leak.h5
expect 'spoils single codes' 0 calibrate leak.h5 --method hadamard -o leak-cal.h5
near_truth 1e-10 30 leak.h5 leak-cal.h5 >leaky
[ -s leaky ] && faults=$((faults - 1)) || fault 'a leak shows without pairs'
expect 'pairs' 0 simulate --kind coded "${planar[@]}" --leak 20dB --pairs --csv pairs.csv -o pairs.h5
expect 'cancel it' 0 calibrate pairs.h5 --method hadamard -o pairs-cal.h5 --json
holds 'and say it' '.channels[0].hadamard | .pairs and .leak > 9.999 and .leak < 10.001'
near_truth 1e-10 30 pairs.h5 pairs-cal.h5
expect 'from the table' 0 calibrate pairs.csv --method hadamard -o table-cal.h5
near_truth 1e-10 30 pairs.h5 table-cal.h5
printf '%s\n' code,phase_deg,gain_db 0,3,-0.2 1,88,0.4 2,191,-1.1 3,275,0.3 >skew.csv
skew=(--kind coded --array 'disc:60,0.5wl' --freq 11.7e9 --gain-errors '1dB,20deg' --seed 2 --states skew.csv)
expect 'real shifters' 0 simulate "${skew[@]}" --states-unknown -o skew.h5
expect 'their table' 0 calibrate skew.h5 --method hadamard --states skew.csv -o skew-cal.h5
near_truth 1e-10 60 skew.h5 skew-cal.h5
expect 'noise' 0 simulate "${skew[@]}" --noise -10dB --pairs --repeats 3 -o noisy.h5
expect 'its gains' 0 calibrate noisy.h5 --method hadamard -o noisy-cal.h5
honest_phases 60 noisy.h5 noisy-cal.h5

# ---- tables of states ----

expect 'shifters with errors of their own' 0 simulate --kind coded --array ura:6x5,0.5wl --freq 11.7e9 --all-states --bits 3 --state-errors 0.5dB,20deg \
    --noise -60dB --gain-errors 1dB,10deg --seed 4 -o own.h5
expect 'gains are those at rest' 0 calibrate own.h5 --method hadamard -o own-cal.h5
near_truth 0.01 30 own.h5 own-cal.h5

printf '%s\n' code,phase_deg,gain_db 7,321,-0.8 0,0,0 1,41,0.3 2,93,0.6 3,139,0.1 4,176,-0.4 5,229,-1.2 6,268,-0.9 >real.csv
real=(--kind coded --array 'disc:20,0.5wl' --freq 11.7e9 --gain-errors '1dB,20deg' --seed 4 --states real.csv --all-states --states-unknown)
expect 'every state of a shifter' 0 simulate "${real[@]}" --stuck-bit 3:2=1 --stuck-bit 11:0=0 --pairs --leak 10dB -o states.h5 --csv states-in.csv --json
holds 'as many as the table has' '.states == 8'
expect 'its table' 0 calibrate states.h5 --method states -o found.csv --json
holds 'stuck bits are named' '[.flagged[] | [.element, .reason, .stuck.bit, .stuck.value]] == [[3, "inconsistent", 2, 1], [11, "inconsistent", 0, 0]]'
holds 'how far off states are' '.phase_off_rms_deg > 3 and .phase_off_rms_deg < 6 and (.states | length == 8) and .states[0].phase_sigma_deg == 0'
same_table() { # LIMIT A B: codes, phases and gains agree
    paste -d, <(grep '^[0-9]' "$2" | sort -n) <(grep '^[0-9]' "$3" | sort -n) | awk -F, -v limit="$1" '
        { p = $2 - $(NF / 2 + 2); if (NF % 2) p = $2 - $5; while (p > 180) p -= 360; while (p < -180) p += 360 }
        { d = (NF % 2 ? $6 : $(NF / 2 + 3)) - $3; bad += p * p > limit * limit || d * d > limit * limit }
        END { exit NR < 8 || bad }' || fault "$3 is the table $2 within $1"
}
same_table 1e-9 real.csv found.csv
expect 'from a text table' 0 calibrate states-in.csv --method states -o found.csv
same_table 1e-9 real.csv found.csv
grep -q '^flagged     3  inconsistent: bit 2 is always 1$' out || fault "text names the stuck bit: $(cat out)"
expect 'the table serves' 0 simulate --kind rev --array ula:8,0.5wl --freq 11.7e9 --gain-errors 1dB,20deg --states real.csv --states-unknown -o serve.h5
expect 'in a calibration' 0 calibrate serve.h5 --method rev --states found.csv -o serve-cal.h5
near_truth 1e-10 8 serve.h5 serve-cal.h5
expect 'without it' 0 calibrate serve.h5 --method rev --roots weak -o wrong-cal.h5
near_truth 1e-2 8 serve.h5 wrong-cal.h5 >off
[ -s off ] && faults=$((faults - 1)) || fault 'a table matters'
expect 'noise, and shifters that differ' 0 simulate "${real[@]}" --noise -20dB --repeats 2 --state-errors 0.2dB,2deg -o states.h5
expect 'the mean table' 0 calibrate states.h5 --method states -o found.csv --json
holds 'shifters differ by more than noise' '.chi2_dof > 1.5 and .flagged == [] and all(.states[]; .spread < 0.2)'
same_table 3 real.csv found.csv
expect 'one state' 3 calibrate coded.h5 --method states -o bad.csv
says 'is no table' 'is of one state'
expect 'a path of a table' 2 calibrate states.h5 --method states --path transmit -o bad.csv
says 'has none' '--path: is not for --method states'
expect 'a picture of a table' 2 calibrate states.h5 --method states --plot bad.svg -o bad.csv

# ---- refusals ----

refused() { # CLAIM SAYS ARGS...: bad input, with these words
    local claim=$1 words=$2
    shift 2
    expect "$claim" 3 calibrate "$@" -o bad.h5
    says "$claim" "$words"
}
refused 'a covariance method' 'kind is rev; expected' rev.h5 --source azel:0,0
refused 'the other kind' 'kind is coded; expected rev|is a coded file, expected rev' coded.h5 --method rev
refused 'the other table' 'names' coded.csv --method rev
refused 'no such file' 'none.csv' none.csv --method rev
sed '20d' rev.csv >cut.csv
refused 'a missing step' 'cut.csv: sweep 1, from line 18, has 15 steps, expected 16' cut.csv --method rev
sed '20s/.*/&\n&/' rev.csv >cut.csv
refused 'a step twice' 'line 21: sweep 1 has this state already on line 20' cut.csv --method rev
awk -F, -v OFS=, 'NR == 20 { $4 = "nan" } 1' rev.csv >cut.csv
refused 'NaN' 'line 20: .* is "nan"' cut.csv --method rev
sed '4d' coded.csv >cut.csv
refused 'a missing code' 'lacks a line: code 2' cut.csv --method hadamard
head -c 3000 rev.h5 >cut.h5
refused 'a file that is cut' 'cut.h5' cut.h5 --method rev
refused 'an array of another size' 'readings of 30 elements, --array ula:4,0.5wl has 4' rev.csv --method rev --array ula:4,0.5wl --freq 1e9
refused 'positions for nothing' '--source needs positions' rev.csv --method rev --source azel:0,0
expect 'another meter than that of the file' 2 calibrate rev.h5 --method rev --source azel:0,0 -o bad.h5
says 'the file knows' '--source azel:0,0: rev.h5 says what its elements give at the meter'
expect 'other places than those of the file' 2 calibrate rev.h5 --method rev --array ura:6x5,0.5wl -o bad.h5
says 'the file knows' 'rev.h5: says where its elements stand; --array is for tables'
expect 'another frequency than that of the file' 2 calibrate rev.h5 --method rev --freq 1e9 -o bad.h5
says 'the file knows' 'rev.h5: says its frequency, 1.17e\+10 Hz; --freq is for tables'
expect 'states that are not known' 0 simulate --kind rev --array ura:4x4,0.5wl --freq 11.7e9 --gain-errors 1dB,40deg --noise -40dB --states adar1000 \
    --states-unknown --seed 3 -o unknown.h5
expect 'for what they are meant to be' 3 calibrate unknown.h5 --method rev -o bad.h5
says 'what to do' 'no combination of roots adds up to 1.*expected --roots weak or open, or --states'
grep -q 'nan' err && fault 'no number that is none in words'
expect 'two meters' 2 calibrate rev.h5 --method rev --source azel:0,0 --source azel:1,1 -o bad.h5
says 'one' 'takes one source'
refused 'a picture of nothing' '--plot needs positions' rev.csv --method rev --plot bad.svg
refused 'settings that the table lacks' 'chip.h5: has setting [0-9]+, which --states lacks' chip.h5 --method rev --states skew.csv
expect 'a root rule for codes' 2 calibrate coded.h5 --method hadamard --roots weak -o bad.h5
says 'who takes it' 'is not for --method hadamard; it goes with rev'
expect 'a wrong rule' 2 calibrate rev.h5 --method rev --roots strong -o bad.h5
misused() { # CLAIM SAYS ARGS...: wrong words on the command line of simulate
    local claim=$1 words=$2
    shift 2
    expect "$claim" 2 simulate --array ula:4,0.5wl --freq 1e9 "$@" -o bad.h5
    says "$claim" "$words"
}
misused 'samples of readings' 'is not for --kind rev, but for capture' --kind rev --samples 5
misused 'pairs of a capture' 'is not for --kind capture, but for coded' --pairs
misused 'no such kind' 'kind' --kind images
misused 'a group beyond the array' 'there are 4 elements' --kind rev --group-size 12
misused 'stuck bits without states' 'go with --all-states' --kind coded --stuck-bit 1:1=1
misused 'a stuck bit' 'expected ELEMENT:BIT=VALUE' --kind coded --all-states --stuck-bit 1:1
misused 'two tables' 'either --bits or --states' --kind rev --bits 4 --states adar1000
misused 'a strength of the meter' 'without snr=' --kind rev --source azel:0,0,snr=3dB

compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
# ---- what would be without effect ----

expect 'no such matrix' 2 simulate --kind rev --array ura:4x4,0.5wl --freq 11.7e9 --group-size 3 -o none.h5
says 'is said' '--group-size 3: there is no Hadamard matrix'
expect 'a bit that no shifter has' 2 simulate --kind coded --array ura:4x4,0.5wl --freq 11.7e9 --bits 4 --all-states --stuck-bit 3:9=0 -o none.h5
says 'is said' '--stuck-bit 3:9=0: no state of the shifters has bit 9'
expect 'its highest bit' 0 simulate --kind coded --array ura:4x4,0.5wl --freq 11.7e9 --bits 4 --all-states --stuck-bit 3:3=0 -o stuck.h5
expect 'the sense of no table' 2 calibrate rev.h5 --method rev --state-sense delay -o none.h5
says 'is said' '--state-sense goes with --states'
[ ! -e none.h5 ] || fault 'a refused run left a file'
finish
