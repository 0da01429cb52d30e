#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate: the gains of a known scene within their error bars, its broken elements, and what it refuses.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# near CLAIM CAPTURE CALIBRATION: gains are the capture's /truth times one factor, within 5 sigma, and the scatter is what the sigmas say.
near() {
    paste -d ' ' <(rows "$2" /truth/gain 2) <(rows "$3" /gain 2) <(rows "$3" /phase_sigma_rad 1) <(rows "$3" /amplitude_sigma 1) |
        grep -v nan | awk '
        { d = $1 * $1 + $2 * $2; x[NR] = ($3 * $1 + $4 * $2) / d; y[NR] = ($4 * $1 - $3 * $2) / d; p[NR] = $5; a[NR] = $6; X += x[NR]; Y += y[NR] }
        END {
            X /= NR; Y /= NR; m = X * X + Y * Y
            for (i = 1; i <= NR; i++) {
                u = (x[i] * X + y[i] * Y) / m - 1; v = (y[i] * X - x[i] * Y) / m / p[i]; u /= a[i]
                bad += u * u > 25 || v * v > 25; U += u * u / NR; V += v * v / NR
            }
            printf "%d compared, %d off, scatter over sigma: amplitude %.2f, phase %.2f\n", NR, bad, sqrt(U), sqrt(V)
            exit NR < 50 || bad || U < 0.5 || U > 1.6 || V < 0.5 || V > 1.6
        }' >near.txt || fault "$1: $(cat near.txt)"
}

# 64 elements; 3 and 17 are dead, 30 is weak (by 20 dB).
scene='--array ura:8x8,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --dead 3,17 --weak 30 --sample-rate 1MHz'
# shellcheck disable=SC2086 # words of their own
expect 'a scene' 0 simulate $scene --samples 4096 --type c8 --seed 7 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --source azel:20,10 -o cal.h5 --plot gains.svg --json
holds 'broken elements by number and reason' \
    '[.flagged[] | [.element, .reason]] == [[3, "dead"], [17, "dead"], [30, "weak"]] and .elements == 64'
holds 'one solution' '.channels | length == 1 and (.[0] | .stop == "converged" and .iterations <= 30 and .freq_hz == 11.7e9 and .time == 0)'
holds 'explained variance' '.channels[0] | .explained_variance_before < 0.95 and .explained_variance_after > 0.99'
holds 'chi-square is that of noise' '.channels[0] | .chi2_dof > 0.9 and .chi2_dof < 1.1 and .baselines == 61 * 60 / 2'
holds 'sigmas, fluxes, files' '.channels[0].phase_sigma_deg > 0.1 and (.channels[0].fluxes | length) == 1 and .output == "cal.h5" and .plot == "gains.svg"'
jq -r '.channels[0].effect | [.phase_rms_deg * 3.14159265358979 / 180, .amplitude_rms_db / 8.685889638065, .floor_db, .loss_db] | @tsv' out >effect.txt
{ cat effect.txt; paste -d ' ' <(rows cal.h5 /phase_sigma_rad 1) <(rows cal.h5 /amplitude_sigma 1) | grep -v nan; } | awk '
    function off(a, b) { return (a - b) ^ 2 > 1e-12 * b * b }
    NR == 1 { phase = $1; amplitude = $2; floor = $3; loss = $4; next }
    { p += $1 * $1; a += $2 * $2 }
    END { n = NR - 1; exit n != 61 || off(phase, sqrt(p / n)) || off(amplitude, sqrt(a / n)) || off(floor, 10 * log((p + a) / n / n) / log(10)) ||
              off(loss, 10 * log(1 + (p + a) / n) / log(10)) }' || fault "the effect of the errors on the array: $(cat effect.txt)"
holds 'the source' '.frame == "array" and .sources[0].name == "azel:20,10" and (.sources[0].u - 0.33682 | fabs) < 1e-5'
[ -s cal.h5 ] && [ ! -e cal.h5.partial ] && grep -q '</svg>' gains.svg || fault 'the files are complete'
near 'gains are true' cap.h5 cal.h5
expect 'what was written is a calibration' 0 info cal.h5 --json
holds 'of kind calibration' '.kind == "calibration" and .elements == 64'

expect 'text' 0 calibrate cap.h5 --source azel:20,10 -o text.h5
grep -q 'amplitude  floor dB' out && grep -qE '^flagged +17 +dead' out && grep -qE 'converged$' out || fault "text names elements and solutions: $(cat out)"

# A covariance file is as good as the capture that it was made of; four dumps are four solutions.
expect 'a covariance' 0 covariance cap.h5 -o cov.h5
expect 'is calibrated too' 0 calibrate cov.h5 --source azel:20,10 -o same.h5
h5diff -p 1e-4 cal.h5 same.h5 /gain >log 2>&1 || fault "covariance and capture give the same gains: $(head -3 log)"
expect 'dumps' 0 covariance cap.h5 --integration 1.024ms -o dumps.h5
expect 'each is solved for' 0 calibrate dumps.h5 --source azel:20,10 --tolerance 1e-10 -o all.h5 --json
holds 'four solutions' '[.channels[].time] == [0, 1, 2, 3] and ([.flagged[].solutions] == [4, 4, 4])'
expect 'one of them' 0 calibrate dumps.h5 --source azel:20,10 --tolerance 1e-10 --time 2 -o third.h5 --json
holds 'its own time' '[.channels[].time] == [2]'
# It was started from the one before: the same, however near its limit that is.
paste <(rows all.h5 /gain 2 -s 2,0,0 -c 1,1,64) <(rows third.h5 /gain 2) |
    awk '{ if ($1 == $1 && $1 != "nan" && (($1 - $3) ^ 2 + ($2 - $4) ^ 2 > 1e-16)) exit 1 } END { if (NR != 64) exit 1 }' ||
    fault 'the third of all is the third alone'
expect 'on one thread' 0 calibrate dumps.h5 --source azel:20,10 --threads 1 -o one.h5
expect 'on three' 0 calibrate dumps.h5 --source azel:20,10 --threads 3 -o three.h5
h5diff one.h5 three.h5 /gain >log 2>&1 || fault "threads change nothing: $(head -3 log)"
expect 'a range of the capture' 0 calibrate cap.h5 --start 2.048ms --duration 1.024ms --source azel:20,10 -o part.h5
h5diff -p 1e-4 third.h5 part.h5 /gain >log 2>&1 || fault "the third dump is that range: $(head -3 log)"

# ---- beyond gains ----

# The second source is told to be a third of a degree from where it is.
expect 'two sources' 0 simulate --array disc:40,0.7wl --freq 11.7e9 --source azel:20,10,snr=0dB --source azel:-25,15,snr=-3dB --gain-errors 1dB,20deg \
    --sample-rate 1MHz --samples 8192 --type c16 --seed 12 -o two.h5
expect 'directions of nobody' 2 calibrate two.h5 --source azel:20,10 --fit directions -o two_cal.h5
says 'the first stays' 'the first --source stays where it is; expected two or more'
expect 'noise and directions' 0 calibrate two.h5 --source azel:20,10 --source azel:-25.3,15.2 --fit noise --fit directions -o two_cal.h5 --json
holds 'the second source is found where it is' '.channels[0].model.directions | .[0].sigma_deg == null and (.[1] |
    .sigma_deg > 0 and .sigma_deg < 0.1 and (.az_deg + 25 | fabs) < 4 * .sigma_deg and (.el_deg - 15 | fabs) < 4 * .sigma_deg)'
holds 'noise of 40 elements, some alike' '.channels[0].model.noise | length == 40 and all(.[]; .power > 0 and .sigma > 0 and .sigma < 0.1 * .power)'
holds 'powers have errors' '.channels[0].model.flux_sigmas | length == 2 and all(.[]; . > 0)'
holds 'no outliers' '.channels[0].model | .outliers == 0 and .worst_outlier == [] and .student_nu == null'
expect 'by other rules' 0 calibrate two.h5 --source azel:20,10 --source azel:-25,15 --robust student -o student.h5 --json
holds 'normal errors need no weights' '.channels[0].model.student_nu == null and .channels[0].stop == "converged"'
expect 'no such rule' 2 calibrate two.h5 --source azel:20,10 --robust magic -o bad.h5
expect 'not of lattices' 2 calibrate two.h5 --method redundant --robust student -o bad.h5
says 'not of lattices' 'robust'

expect 'a reference element' 0 calibrate cap.h5 --source azel:20,10 --reference 9 -o ref.h5
rows ref.h5 /gain 2 | awk 'NR == 10 { exit !($1 > 0 && $2 * $2 < 1e-20) }' || fault 'its phase is 0'
paste -d ' ' <(rows cal.h5 /gain 2) <(rows ref.h5 /gain 2) | grep -v nan | awk '
    { d = $1 * $1 + $2 * $2; x = ($3 * $1 + $4 * $2) / d; y = ($4 * $1 - $3 * $2) / d; if (NR == 1) { X = x; Y = y } }
    { bad += (x - X) ^ 2 + (y - Y) ^ 2 > 1e-20 }
    END { exit NR != 61 || bad || X * X + Y * Y < 0.999999 || X > 0.999999 }' || fault 'all phases are turned alike'
expect 'elements left out' 0 calibrate cap.h5 --source azel:20,10 --exclude 0-4 -o few.h5 --json
holds 'are listed as such' '[.flagged[] | select(.reason == "excluded") | .element] == [0, 1, 2, 3, 4]'
expect 'long baselines alone' 0 calibrate cap.h5 --source azel:20,10 --min-baseline 2wl -o long.h5 --json
holds 'are fewer' '.channels[0].baselines < 1500 and .channels[0].stop == "converged"'
near 'gains of long baselines' cap.h5 long.h5

# A jammer 10 dB above the source: with both in the model gains are true, with one the command says what is missing.
# shellcheck disable=SC2086 # words of their own
expect 'two sources' 0 simulate $scene --jammer azel:-40,5,inr=10dB --samples 4096 --type c16 --seed 8 -o two.h5
expect 'both in the model' 0 calibrate two.h5 --source azel:20,10 --source azel:-40,5 -o both.h5 --json
holds 'the jammer is 10 dB above' '.channels[0].fluxes | (.[1] / .[0] > 9 and .[1] / .[0] < 11)'
holds 'chi-square is that of noise' '.channels[0].chi2_dof > 0.8 and .channels[0].chi2_dof < 1.25'
near 'gains are true' two.h5 both.h5
expect 'given powers' 0 calibrate two.h5 --source azel:20,10,flux=0dB --source azel:-40,5,flux=10dB -o given.h5 --json
holds 'are kept' '.channels[0].fluxes == [1, 10]'
paste -d ' ' <(rows two.h5 /truth/gain 2) <(rows given.h5 /gain 2) | grep -v nan |
    awk '{ a += sqrt($1 * $1 + $2 * $2); b += sqrt($3 * $3 + $4 * $4) } END { exit !(b / a > 0.97 && b / a < 1.03) }' ||
    fault 'given powers set the scale of gains'
run calibrate two.h5 --source azel:20,10 -o one.h5
[ "$status" = 0 ] || fault "a source that is missing is no error: $(cat err)"
says 'but it is said' 'the model lacks a source 10\.. dB below the strongest'
expect 'unless quiet' 0 calibrate two.h5 --source azel:20,10 -o one.h5 --quiet
run calibrate two.h5 --source azel:20,10 --source azel:-40,5 --max-iterations 2 --tolerance 1e-9 -o stopped.h5 --json
[ "$status" = 0 ] || fault "no convergence is no error: $(cat err)"
says 'but it is said' 'not converged: iteration-limit after 2 iterations'
holds 'in JSON too' '.channels[0].stop == "iteration-limit" and .channels[0].iterations == 2'

expect 'no source' 2 calibrate cap.h5 -o bad.h5
says 'one is asked for' '--source'
expect 'no output' 2 calibrate cap.h5 --source azel:20,10
expect 'power of one source alone' 2 calibrate cap.h5 --source azel:20,10,flux=1 --source azel:-40,5 -o bad.h5
expect 'no power' 2 calibrate cap.h5 --source azel:20,10,flux=0 -o bad.h5
expect 'a length without a unit' 2 calibrate cap.h5 --source azel:20,10 --min-baseline 4 -o bad.h5
expect 'limits that exclude each other' 2 calibrate cap.h5 --source azel:20,10 --min-baseline 4wl --max-baseline 2wl -o bad.h5
expect 'a time too many' 2 calibrate dumps.h5 --source azel:20,10 --time 4 -o bad.h5
says 'how many there are' 'dumps.h5 has 4'
expect 'a channel too many' 2 calibrate cap.h5 --source azel:20,10 --channel 1 -o bad.h5
expect 'a reference that is not there' 2 calibrate cap.h5 --source azel:20,10 --reference 64 -o bad.h5
expect 'a cross product' 2 calibrate cap.h5 --source azel:20,10 --pol XY -o bad.h5
expect 'the output is the input' 2 calibrate cap.h5 --source azel:20,10 -o cap.h5
expect 'the output is no file' 2 calibrate cap.h5 --source azel:20,10 -o /dev/null
expect 'no such folder' 1 calibrate cap.h5 --source azel:20,10 -o absent/bad.h5
expect 'a dead reference' 3 calibrate cap.h5 --source azel:20,10 --reference 17 -o bad.h5
says 'why' 'the reference element 17 is dead'
expect 'a weak reference' 3 calibrate cap.h5 --source azel:20,10 --reference 30 -o bad.h5
says 'which' 'reference element 30'
expect 'too few elements' 3 calibrate cap.h5 --source azel:20,10 --exclude 0-60 -o bad.h5
says 'how many are needed' 'at least 4'
expect 'no baseline' 3 calibrate cap.h5 --source azel:20,10 --min-baseline 1km -o bad.h5
expect 'a source twice' 2 calibrate cap.h5 --source azel:20,10 --source azel:20deg,10.0 -o bad.h5
says 'it is named' '--source azel:20deg,10.0: is where --source azel:20,10 is'
expect 'two sources in one place' 3 calibrate cap.h5 --source azel:20,10 --source azel:20,10.0001 -o bad.h5
expect 'the sky without an orientation' 3 calibrate cap.h5 --source sky:20,10 -o bad.h5
expect 'a polarisation that is not there' 3 calibrate cap.h5 --source azel:20,10 --pol X -o bad.h5
expect 'a calibration is no input' 3 calibrate cal.h5 --source azel:20,10 -o bad.h5
expect 'no such file' 3 calibrate absent.h5 --source azel:20,10 -o bad.h5
expect 'too little memory' 4 calibrate cap.h5 --source azel:20,10 --max-memory 1K -o bad.h5 --plot bad.svg
says 'how much is needed' '--max-memory 1024 is too small for cap.h5: expected more than [0-9]{8} bytes'
expect 'so much' 0 calibrate cap.h5 --source azel:20,10 --max-memory "$(grep -oE '[0-9]+ bytes' err | cut -d' ' -f1)" -o least.h5
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
