#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --flag-interference: a burst in a capture is left out of what solutions are made of.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ura:5x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --gain-errors 1dB,20deg --sample-rate 1MHz \
    --samples 32000 --type c16 --seed 12 -o cap.h5
expect 'clean dumps' 0 covariance cap.h5 --integration 2ms -o clean.h5
expect 'nothing is taken for interference' 0 calibrate clean.h5 --source azel:20,10 --flag-interference -o cal.h5 --json
holds 'none of sixteen' '.interference == {"threshold_sigma": 6, "left_out": 0, "dumps": 16} and (.flagged == [])'

# Samples of dump 5, 2000 times of 20 elements of 4 bytes, become text.
at=$(chunk_at cap.h5 samples)
yes 'qK7~' | head -c 160000 | dd of=cap.h5 bs=1 seek=$((at + 800000)) conv=notrunc status=none
expect 'a burst in one' 0 covariance cap.h5 --integration 2ms -o burst.h5
expect 'four solutions of four dumps each, one of them spoilt' 0 calibrate burst.h5 --source azel:20,10 --solution-interval 4 --quiet -o raw.h5 --json
holds 'which looks like another source' '.channels[1].residual_excess > 1.5 and .channels[0].residual_excess < 1.5'
expect 'left out' 0 calibrate burst.h5 --source azel:20,10 --solution-interval 4 --flag-interference -o mended.h5 --json
holds 'one dump, and all solutions are good' '.interference.left_out == 1 and (.flagged == []) and all(.channels[]; .explained_variance_after > 0.99)'
expect 'a dump each' 0 calibrate burst.h5 --source azel:20,10 --flag-interference=8 --quiet -o each.h5 --json
holds 'the spoilt one has no gains, and says why' \
    '(.flagged | length == 20 and all(.[]; .reason == "interference" and .solutions == 1)) and .channels[5].flagged == 20 and .channels[4].flagged == 0'

expect 'too low a threshold' 2 calibrate burst.h5 --source azel:20,10 --flag-interference=1 -o bad.h5
says 'what is least' 'at least 3'
expect 'a capture has no dumps' 2 calibrate cap.h5 --source azel:20,10 --flag-interference -o bad.h5
says 'what to do' 'cophase covariance --integration'
expect 'few dumps' 3 calibrate burst.h5 --source azel:20,10 --time 0-6 --flag-interference -o bad.h5
says 'how many it takes' '7 times of 1 channels: 8'
# Carriers that are always there: bytes above 0 carry one at the middle of the band, and a tone of 3/16 of the rate is another; what all
# elements hear besides is noise of some 4 units with 1.4 of their own.
LC_ALL=C awk 'BEGIN {
    srand(5)
    for (t = 0; t < 8000; t++) {
        c = cos(8 * atan2(1, 1) * 3 * t / 16); s = sin(8 * atan2(1, 1) * 3 * t / 16)
        x = 12 * (rand() - 0.5); y = 12 * (rand() - 0.5)
        for (n = 0; n < 8; n++)
            printf "%c%c", int(60 + 12 * c + x + 5 * (rand() - 0.5)), int(60 + 12 * s + y + 5 * (rand() - 0.5))
    }
}' >carrier.bin
echo '{"type": "ci8", "elements": 8, "sample_rate_hz": 1e6, "center_freq_hz": 3e9}' >carrier.bin.json
{
    echo '# idx name E N U flagged'
    for n in {0..7}; do echo "$n e$n $(awk -v n="$n" 'BEGIN { print 0.05 * n }') 0 0 False"; done
} >row.txt
if fftw; then
    expect 'a capture of bytes' 0 convert carrier.bin --positions row.txt -o carrier.h5
    expect 'in sixteen channels' 0 channelize carrier.h5 --into 16 --quiet -o channels.h5
    expect 'in dumps' 0 covariance channels.h5 --integration 800us --quiet -o dumps.h5
    expect 'two of the channels' 0 calibrate dumps.h5 --source sky:0,90 --flag-interference --quiet -o cal.h5 --json
    holds 'are left out at all times, and no others' '.interference.dumps >= 128 and .interference.left_out * 8 == .interference.dumps'
    holds 'by those that have the carriers' '[.channels[] | select(.flagged == 8) | .channel] | unique == [8, 11]'
    # A source above the noise of the elements, in dumps of some thirty samples: powers of all elements go together.
    expect 'clean noise' 0 simulate --array ula:8,0.5wl --freq 3e9 --source azel:20,0,snr=6dB --samples 16000 --seed 6 -o noise.h5
    expect 'in 64 channels' 0 channelize noise.h5 --into 64 --quiet -o narrow.h5
    expect 'in short dumps' 0 covariance narrow.h5 --integration 2ms --quiet -o brief.h5
    expect 'is taken for what it is' 0 calibrate brief.h5 --source azel:20,0 --flag-interference --quiet -o cal.h5 --json
    holds 'none of 448' '.interference.left_out == 0 and .interference.dumps == 448'
fi

compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
