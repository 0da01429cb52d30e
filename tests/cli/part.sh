#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --start, --duration, --elements and --channels: a part of a capture is what stands there, in every verb.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

numbers() { # FILE DATASET [h5dump's selection...]: a number a line
    local file=$1 set=$2
    shift 2
    h5dump -y -m %.9g -d "$set" "$@" -o "$BASHPID.txt" "$file" >/dev/null
    grep -oE "[-+0-9.e]+" "$BASHPID.txt"
}

expect 'a capture' 0 simulate --array ula:6,0.5wl --freq 1.5e9 --source azel:20,10,snr=10dB --samples 3000 --type c16 --sample-rate 1MHz \
    --time-start 1700000000 --seed 5 -o cap.h5
expect 'times are times or samples' 0 covariance cap.h5 --start 500us --duration 1ms -o time.h5
expect 'the same in samples' 0 covariance cap.h5 --start 500 --duration 1000 -o samples.h5
cmp <(numbers time.h5 /covariance) <(numbers samples.h5 /covariance) || fault '500us at 1 MHz are 500 samples'
expect 'dumps too' 0 covariance cap.h5 --start 500 --duration 1000 --integration 500 -o two.h5 --json
holds 'two of 500' '.times == 2 and .n_samples == 500'

# Elements 1, 4 and 5: rows and columns of the whole matrix, under their own numbers.
expect 'elements' 0 covariance cap.h5 --elements 4-5,1 -o some.h5 --json
holds 'three' '.elements == 3'
expect 'all of them' 0 covariance cap.h5 -o all.h5
cmp <(numbers some.h5 /covariance) <(numbers all.h5 /covariance | awk '{ e = int((NR - 1) / 2); p = int(e / 6); q = e % 6
    if ((p == 1 || p >= 4) && (q == 1 || q >= 4)) print }') || fault 'three rows and columns of six'
expect 'who they are' 0 info cap.h5 --elements 4-5,1 --json
holds 'and no others' '.elements == 3 and [.health[].element] == [1, 4, 5]'
expect 'an array of them' 0 beamform cap.h5 --elements 1,4,5 --steer azel:20,10 -o sub.h5 --json
holds 'of three' '.elements == 3 and .times == 3000'
expect 'without the others' 0 beamform cap.h5 --exclude 0,2-3 --steer azel:20,10 -o without.h5
cmp <(numbers sub.h5 /beams | tail -n 20) <(numbers without.h5 /beams | tail -n 20) || fault 'elements that are not there are as those left out'

# Applied to a part: the same samples as that part of the whole, and its time.
expect 'a calibration' 0 calibrate cap.h5 --source azel:20,10 -o cal.h5
expect 'the whole' 0 apply cap.h5 --calibration cal.h5 -o whole.h5
expect 'a part' 0 apply cap.h5 --calibration cal.h5 --start 1000 --duration 7 --elements 0-3 -o part.h5 --json
holds 'of seven samples' '.times == 7 and .elements == 4'
cmp <(numbers part.h5 /samples) <(numbers whole.h5 /samples -s 1000,0 -c 7,4) || fault 'the part is that of the whole'
# A double holds the time of day to 0.24 us.
h5dump -a time_start_frac_s part.h5 | awk '/\(0\)/ { d = $2 - 0.001; ok = d * d < 1e-12 } END { exit !ok }' || fault 'its time is its own'

expect 'channels that are not there' 2 covariance cap.h5 --channels 1 -o bad.h5
says 'which' '--channels: cap.h5 has no channel 1'
expect 'elements that are not there' 2 covariance cap.h5 --elements 2,6 -o bad.h5
says 'which' '--elements: cap.h5 has no element 6'
expect 'no list' 2 covariance cap.h5 --elements 4-2 -o bad.h5
expect 'no capture' 2 scan all.h5 --elements 0-2
expect 'channels of a covariance' 2 calibrate all.h5 --channels 0 --elements 0-2 --source uv:0.2,0 -o bad.h5
says 'only what is for captures is named' 'all.h5: is of kind covariance; --elements is for captures$'
expect 'beyond the end' 2 covariance cap.h5 --start 2999 --duration 2 -o bad.h5
expect 'no samples' 2 covariance cap.h5 --duration 0 -o bad.h5
expect 'no whole samples' 2 covariance cap.h5 --duration 1.5 -o bad.h5
compgen -G 'bad.h5*' >/dev/null && fault 'failures leave nothing behind'
# ---- times ----

# Ten digits of a time stand before the point: all are printed, and what a time in one double cannot tell is kept apart.
expect 'a capture of a time' 0 simulate --array ula:8,0.5wl --freq 1e9 --source uv:0.2,0,snr=20dB --sample-rate 1e6 --samples 8000 --time-start 1700000000.25 -o timed.h5
expect 'a part 1 ms later' 0 convert timed.h5 --start 1ms --json -o later.h5
[ "$(h5dump -a /time_start_frac_s -m %.15g later.h5 | awk '/\(0\)/ { print $2 }')" = 0.251 ] || fault "the part begins at $(h5dump -a /time_start_frac_s -m %.15g later.h5)"
expect 'a part of the part' 0 convert later.h5 --start 1ms --json -o latest.h5
[ "$(h5dump -a /time_start_frac_s -m %.15g latest.h5 | awk '/\(0\)/ { print $2 }')" = 0.252 ] || fault "its part begins at $(h5dump -a /time_start_frac_s -m %.15g latest.h5)"
expect 'in text' 0 info later.h5
grep -q '22:13:20.251000 UTC' out || fault "the time in text: $(grep time out)"
expect 'in JSON' 0 info later.h5 --json
grep -q '"time_start_unix_s": 1700000000.251,' out || fault "the time in JSON: $(grep unix_s out)"
grep -q '"sample_rate_hz": 1000000.0,' out || fault "other numbers: $(grep rate_hz out)"
expect 'dumps' 0 covariance timed.h5 --integration 1ms -o timedcov.h5
expect 'their solutions' 0 calibrate timedcov.h5 --source uv:0.2,0 --json -o timedcal.h5
holds 'are 1 ms apart' '[.channels[].time_unix_s] | length == 8 and ([.[] - 1700000000] | . == sort and (.[0] - 0.2505 | fabs) < 1e-6 and (.[7] - 0.2575 | fabs) < 1e-6)'
finish
