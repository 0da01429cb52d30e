#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase info: what the samples of each element look like, against samples of known faults; how much of a capture is looked at.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# 4096 times of 6 elements, int8: noise (rms 20 a part); the same with an offset of (10, -5); with Q 1.2 times I and 8 degrees ahead;
# a line at 20/128 of the rate, amplitude 50; noise of rms 60, cut off; with Q 0.8 times I and 6 degrees behind. The number of samples
# that were cut off goes to stderr. A line of the output is 4096 numbers.
faulty() {
    awk 'function uniform() { x = x * 16807 % 2147483647; return x / 2147483647 }
        function put(v) { v = v < 0 ? -int(0.5 - v) : int(v + 0.5); v = v > 127 ? 127 : v < -127 ? -127 : v
            full = full || v == 127 || v == -127; printf "\\x%02x%s", (v + 256) % 256, ++n % 4096 == 0 ? "\n" : "" }
        function pair(i, q) { full = 0; put(i); put(q); return full }
        BEGIN {
            x = 4711; turn = 8 * atan2(1, 1)
            for (t = 0; t < 4096; t++)
                for (e = 0; e < 6; e++) {
                    r = sqrt(-2 * log(uniform())); a = turn * uniform(); i = 20 * r * cos(a); q = 20 * r * sin(a)
                    if (e == 0) pair(i, q)
                    if (e == 1) pair(i + 10, q - 5)
                    if (e == 2) pair(i, 1.2 * (q * cos(turn / 45) + i * sin(turn / 45)))
                    if (e == 3) pair(50 * cos(turn * 20 * t / 128), 50 * sin(turn * 20 * t / 128))
                    if (e == 4) cut += pair(3 * i, 3 * q)
                    if (e == 5) pair(i, 0.8 * (q * cos(turn / 60) - i * sin(turn / 60)))
                }
            print cut >"/dev/stderr"
        }'
}
faulty 2>clipped.count | while IFS= read -r line; do printf '%b' "$line"; done >cap.bin
[ "$(wc -c <cap.bin)" = 49152 ] || fault "the samples: $(wc -c <cap.bin)"
echo '{"type": "ci8", "elements": 6, "scale": 0.5, "center_freq_hz": 1e9, "sample_rate_hz": 1e6}' >cap.bin.json

expect 'faulty receivers' 0 info cap.bin --json
holds 'all was looked at' '.looked_at == {times: 4096, places: 1, share: 1}'
holds 'a member for everything' '.health | all(.[]; [has("rms", "rms_dbfs", "peak_dbfs", "full_scale_share", "dc_re", "dc_im", "dc_sigma", "dc_db", "iq_gain_db",
    "iq_gain_sigma_db", "iq_phase_deg", "iq_phase_sigma_deg", "image_db", "kurtosis_re", "kurtosis_im", "kurtosis_sigma", "samples", "not_finite",
    "samples_effective", "spectrum_db", "suspect", "reason")] | all)'
holds 'faults and nothing else' '[.health[] | .suspect] == [[], ["dc"], ["iq"], ["not-gaussian"], [], ["iq"]] and .suspected == 4'
holds 'the one that is cut off is left out' '.health[4].reason == "saturated" and .good == 5'
# standard errors: of powers of 4096 samples 0.07 dB, of offsets 20 / 64 a part, of gain 0.136 dB and of phase 0.9 degrees; five of them
holds 'levels' '.health[0] | (.rms - 0.5 * 28.28 | fabs) < 0.6 and (.rms_dbfs + 13.05 | fabs) < 0.35 and (.power_db - 23.01 | fabs) < 0.35'
holds 'offsets, in units of the signal' '.health[1] | (.dc_re - 5 | fabs) < 0.8 and (.dc_im + 2.5 | fabs) < 0.8 and (.dc_db + 8.06 | fabs) < 0.9 and (.dc_sigma - 0.156 | fabs) < 0.02'
holds 'Q is larger, and ahead' '.health[2] | (.iq_gain_db - 1.58 | fabs) < 0.7 and (.iq_phase_deg - 8 | fabs) < 4.5 and (.image_db + 18.8 | fabs) < 3'
holds 'Q is smaller, and behind' '.health[5] | (.iq_gain_db + 1.94 | fabs) < 0.7 and (.iq_phase_deg + 6 | fabs) < 4.5'
holds 'their standard errors' '.health[0] | (.iq_gain_sigma_db / 0.1357 - 1 | fabs) < 0.1 and (.iq_phase_sigma_deg / 0.895 - 1 | fabs) < 0.1 and (.kurtosis_sigma / 0.0765 - 1 | fabs) < 0.1'
holds 'kurtosis of noise' '.health[:3] | all(.[]; (.kurtosis_re | fabs) < 0.4 and (.kurtosis_im | fabs) < 0.4)'
holds 'kurtosis of a line' '.health[3] | (.kurtosis_re + 1.5 | fabs) < 0.01 and (.kurtosis_im + 1.5 | fabs) < 0.01'
jq -e --argjson cut "$(cat clipped.count)" '.health[4].full_scale_share * 4096 - $cut | fabs < 1e-6' out >/dev/null || fault "the share that is cut off is $(cat clipped.count) of 4096"
if fftw; then
    holds 'columns stand where they are said to' '.spectrum == {across: "frequency", columns: 128, low_hz: -500000, step_hz: 7812.5, resolution_hz: 11718.75}'
    holds 'the line is above the middle' '.health[3].spectrum_db | length == 128 and .[84] == max and (.[84] - 26.2 | fabs < 0.1) and .[44] < max - 40'
    holds 'columns add up to the power' '[.health[0, 3] | .power_db - ([.spectrum_db[] | select(. != null) | pow(10; . / 10)] | add | log10 * 10)] | all(.[]; fabs < 0.3)'
else
    holds 'no spectrum without FFTW' '.spectrum == null and (.health | all(.[]; .spectrum_db == null))'
fi

cp out whole
cp out first
expect 'little memory' 0 info cap.bin --max-memory 60K --json
cmp -s whole out || fault 'little memory changes no digit'
expect 'some elements' 0 info cap.bin --elements 2,5 --json
holds 'are as before' '[.health[].element] == [2, 5]'
jq -S '[.health[] | del(.relative_db)]' out >some && jq -S '[.health[2, 5] | del(.relative_db)]' whole | cmp -s - some || fault 'parts say the same'
expect 'in words' 0 info cap.bin
grep -qE '^ +2 .* 1\.[0-9]+ +0\.1[0-9] +[0-9.]+ +0\.[89][0-9] .* iq$' out || fault "the imbalance and its errors: $(grep '^ *2 ' out)"
grep -qE '^ +4 .* saturated$' out || fault "the words: $(cat out)"
LC_ALL=C grep -q '[^ -~]' out && fault 'words that are not for a terminal are ASCII'

! fftw || grep -qx 'spectrum     128 columns of 7812.5 Hz; lines narrower than 11718.8 Hz are drawn as wide as that' out || fault 'how fine the spectrum is'

# A few samples judge nobody but the dead one: lines whose Q is half of I.
for few in 1 2 31 32; do
    awk -v few=$few 'BEGIN { for (t = 0; t < few; t++) for (e = 0; e < 5; e++) {
        a = 0.7 * t + e; x = e == 4 ? 0 : 40 * cos(a); y = e == 4 ? 0 : 0.5 * 40 * sin(a)
        printf "\\x%02x\\x%02x", (int(x + 256.5)) % 256, (int(y + 256.5)) % 256 } }' >few.text
    printf '%b' "$(cat few.text)" >few.bin
    echo '{"type": "ci8", "elements": 5, "scale": 1, "sample_rate_hz": 1e6}' >few.bin.json
    expect "$few samples" 0 info few.bin --json
    if [ "$few" -lt 32 ]; then
        holds 'suspect nothing' '.suspected == 0 and (.health | all(.[]; .suspect == null)) and [.health[].reason] == [null, null, null, null, "dead"]'
        expect 'in words' 0 info few.bin
        grep -qx "looked at    $few of $few times: too few samples to judge elements by" out || fault "few samples in words: $(grep looked out)"
    else
        holds 'are enough' '.suspected == 4 and .health[0].suspect == ["iq"]'
    fi
done

# Channels: powers differ from one to the next, and nothing is taken for a fault.
expect 'a band' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=10dB --samples 600 --channel-count 5 --seed 4 -o band.h5
expect 'it' 0 info band.h5 --json
holds 'has a column a channel' '.spectrum == {across: "channel", columns: 5, low_hz: null, step_hz: null, resolution_hz: null} and ([.health[] | .spectrum_db | length] | all(. == 5))'
holds 'moments of all of them' '.suspected == 0 and (.health | all(.[]; .samples == 3000 and (.kurtosis_sigma / 0.0894 - 1 | fabs) < 0.01))'
cp out whole
expect 'channel by channel, for want of memory' 0 info band.h5 --max-memory 20K --json
cmp -s whole out || fault 'nor does it change digits of channels'

# Real samples have no I and Q.
echo '{"type": "ri8", "elements": 6, "scale": 1, "sample_rate_hz": 1e6}' >real.bin.json
cp cap.bin real.bin
expect 'they' 0 info real.bin --json
holds 'are told with nulls' '.real_sampling and .times == 8192 and (.health | all(.[]; .dc_im == null and .iq_gain_db == null and .iq_phase_deg == null and
    .image_db == null and .kurtosis_im == null and .dc_re != null and .kurtosis_re != null))'
! fftw || holds 'half a spectrum' '.spectrum.low_hz == 0 and .spectrum.columns == 65'

# Of 200 GB some is looked at, all of it on request.
echo '{"type": "ci16_le", "elements": 1280, "scale": 1, "sample_rate_hz": 1e6}' >large.bin.json
if truncate -s 204800000000 large.bin 2>/dev/null; then
    expect 'a large capture' 0 info large.bin --json
    holds 'from many places' '.times == 40000000 and .looked_at.places == 16 and .looked_at.times * 5120 <= 33554432 and .looked_at.times * 5120 > 30000000 and .good == 0'
    expect 'in words' 0 info large.bin
    grep -q '^looked at .* of 40000000 times, in stretches from end to end$' out || fault "how much is said: $(head -20 out)"
    [ "$(grep -cE '^ +[0-9]+ .* dead$' out)" = 64 ] || fault 'a long table is cut'
    grep -q '^1216 more that stand out' out || fault 'and says so'
    rm large.bin
fi
expect 'all of a small one' 0 info cap.bin --all --json
expect 'a picture' 0 info cap.bin --plot health.svg --json
cmp -s out first || fault 'says the same'
head -c 100 health.svg | grep -q '<?xml' || fault 'no SVG'
expect 'of real samples' 0 info real.bin --plot real.png
expect 'of channels' 0 info band.h5 --plot band.png
cmp -n 8 real.png band.png || fault 'no PNG'
"$COPHASE" simulate --array ula:2,0.5wl --freq 1e9 --source uv:0.3,0,snr=10dB --samples 600 --dead 0,1 -o dead.h5 >/dev/null || fault simulate
expect 'of what is dead' 0 info dead.h5 --plot dead.png
expect 'a picture of another kind' 2 info cap.bin --plot health.txt
expect 'a covariance' 0 covariance band.h5 -o cov.h5
expect 'has none' 2 info cov.h5 --plot cov.png
says 'which is said' 'cov.h5: is of kind covariance; --plot is for samples'
expect 'has no samples' 2 info cov.h5 --all
says 'which is said' 'cov.h5: is of kind covariance; --all is for samples'
expect 'it is told as ever' 0 info cov.h5 --json
holds 'without what samples tell' '.looked_at == null and .spectrum == null and .suspected == 0 and (.health | all(.[]; has("rms") | not))'
finish
