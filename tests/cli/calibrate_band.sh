#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method delay and bandpass: cables of different lengths, simulated over channels; delays and the gains of every channel are
# those of the truth within their standard errors.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

channels=16
expect 'a band' 0 simulate --array ura:4x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --samples 4000 --channel-count "$channels" \
    --delay-errors 30ns --gain-errors 1dB,20deg --dead 3 --seed 5 -o band.h5 --json
holds 'its channels' '.channels == 16 and .elements == 16 and .times == 4000'
expect 'what it is' 0 info band.h5 --json
holds 'channels around the frequency' '.channels == 16 and .center_freq_hz == 11.7e9'
[ "$(rows band.h5 /channel_freq_hz 1 | sed -n '1p;9p;16p' | awk '{ printf "%.0f ", $1 }')" = '11692500000 11700500000 11707500000 ' ] || fault 'side by side'
expect 'small blocks' 0 simulate --array ura:4x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=0dB --samples 4000 --channel-count "$channels" \
    --delay-errors 30ns --gain-errors 1dB,20deg --dead 3 --seed 5 --max-memory 20K --threads 1 -o blocks.h5
h5diff band.h5 blocks.h5 /samples /samples >diffs || fault "blocks change nothing: $(head -c 300 diffs)"
expect 'one channel' 2 simulate --array ura:4x4,0.5wl --freq 11.7e9 --delay-errors 30ns -o bad.h5
says 'is turned by no delay' 'expected --channel-count'
expect 'below 0 Hz' 2 simulate --array ura:4x4,0.5wl --freq 5MHz --channel-count 10 -o bad.h5
says 'is no channel' 'down to 0 Hz'
expect 'readings have none' 2 simulate --kind rev --array ura:4x4,0.5wl --freq 11.7e9 --channel-count 4 -o bad.h5

# delays METHOD: of the JSON in out, less their mean, against the truth: none beyond 5 standard errors, and these of the size of the deviations
delays() {
    paste <(rows band.h5 /truth/delay_s 1) <(jq -r ".channels[0].$1[] | [.delay_s // \"nan\", .delay_sigma_s // \"nan\"] | @tsv" out) |
        grep -v nan | awk '
        { t[NR] = $1; found[NR] = $2; sigma[NR] = $3; mean += $1 }
        END {
            if (NR != 15) exit 1
            for (i = 1; i <= NR; i++) { z = (found[i] - t[i] + mean / NR) / sigma[i]; sum += z * z; bad += z * z > 25 }
            exit bad > 0 || sum / NR < 0.2 || sum / NR > 3
        }' || fault "$1: delays are those of the truth"
}

# gains METHOD FILE: of all channels against the truth, turned by its delays, but for one complex factor a channel
gains() {
    local c
    for ((c = 0; c < channels; c++)); do
        paste <(rows band.h5 /truth/gain 2) <(rows band.h5 /truth/delay_s 1)
    done >truth.txt
    paste truth.txt <(rows "$2" /gain 2) <(rows "$2" /phase_sigma_rad 1) <(rows "$2" /amplitude_sigma 1) | awk '
        {
            c = int((NR - 1) / 16)
            if ($0 ~ /nan/) next
            turn = -6.283185307179586 * (c - 7.5) * 1e6 * $3
            re = $1 * cos(turn) - $2 * sin(turn); im = $1 * sin(turn) + $2 * cos(turn); power = re * re + im * im
            k = ++count[c]
            x[c, k] = ($4 * re + $5 * im) / power; y[c, k] = ($5 * re - $4 * im) / power
            X[c] += x[c, k]; Y[c] += y[c, k]; phase[c, k] = $6; amplitude[c, k] = $7
        }
        END {
            for (c = 0; c < 16; c++)
                for (k = 1; k <= count[c]; k++) {
                    m = (X[c] * X[c] + Y[c] * Y[c]) / count[c]
                    p = (y[c, k] * X[c] - x[c, k] * Y[c]) / m / phase[c, k]
                    a = ((x[c, k] * X[c] + y[c, k] * Y[c]) / m - 1) / amplitude[c, k]
                    P += p * p; A += a * a; n++; bad += p * p > 25 || a * a > 25
                }
            exit n != 240 || bad > 0 || P / n < 0.3 || P / n > 2.2 || A / n < 0.3 || A / n > 2.2
        }' || fault "$1: gains are those of the truth in every channel"
}

for method in delay bandpass; do
    expect "$method" 0 calibrate band.h5 --method "$method" --source azel:20,10 -o "$method.h5" --json
    holds 'every channel converges' '(.channels | length) == 16 and all(.channels[]; .stop == "converged" and .flagged == 1)'
    delays "$method"
    gains "$method" "$method.h5"
done

# Of one element more than of all: the reference's delay is 0 and so is its error, the others have theirs.
expect 'a reference' 0 calibrate band.h5 --method delay --source azel:20,10 --reference 5 -o reference.h5 --json
holds 'its delay is none' '.channels[0].delay[5] | .delay_s == 0 and .delay_sigma_s == 0'
jq -r '.channels[0].delay[] | .delay_s // "nan"' out | paste <(rows band.h5 /truth/delay_s 1) - | awk '
    NR == 6 { at = $1 } { t[NR] = $1; found[NR] = $2 }
    END { for (i = 1; i <= NR; i++) if (t[i] !~ /nan/) { n++; bad += (found[i] - t[i] + at) ^ 2 > (5 * 1.6e-10) ^ 2 } exit n != 15 || bad > 0 }' ||
    fault 'the others have theirs less that'
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
