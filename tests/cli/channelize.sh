#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase channelize: what it states, that other verbs work channel by channel on what it writes, wisdom, and what it refuses.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a scene' 0 simulate --array ula:8,0.5wl --freq 11.7e9 --source azel:20,10,snr=10dB --samples 40000 --type c8 \
    --sample-rate 1MHz --gain-errors 1dB,30deg --dead 5 --seed 3 -o cap.h5
if ! fftw; then
    expect 'without FFTW' 1 channelize cap.h5 --into 8 -o none.h5
    says 'why' 'FFTW'
    [ ! -e none.h5 ] || fault 'no output is left'
    finish
    exit
fi

# 65 dB are designed by 8 taps and half a channel of transition; 2x begins at the channel's edge.
expect 'channels' 0 channelize cap.h5 --into 8 -o ch.h5 --json
holds 'what came of it' '.kind == "capture" and .channels == 8 and .elements == 8 and .output == "ch.h5" and .real_sampling == false'
holds 'times' '.times == 4993 and .samples_per_time == 8 and .samples_left_out == 0 and .sample_rate_hz == 125000'
holds 'frequencies' '.channel_width_hz == 125000 and .first_channel_hz == 11699500000'
holds 'aliases' '.alias_db < -60 and .alias_db > -70 and .ripple_db < 0.01 and (.edge_db + 6.02 | fabs) < 0.1'
holds 'its band' '.passband_hz == 62500 and .stopband_from_hz == 93750'
expect 'oversampled' 0 channelize cap.h5 --into 8 --oversample 2 --taps 12 -o ch2.h5 --json
holds 'twice the rate' '.sample_rate_hz == 250000 and .samples_per_time == 4 and .alias_db < -85 and .edge_db > -0.01'
expect 'narrow' 0 channelize cap.h5 --into 8 --taps 32 --transition 0.1 -o narrow.h5 --json
holds 'nine tenths of a channel' '.passband_hz == 112500 and .alias_db < -45'
# Of channels that are twice oversampled not all times are news.
"$COPHASE" simulate --array ula:8,0.5wl --freq 3e9 --source azel:20,0,snr=0dB --samples 32000 --seed 11 -q -o long.h5 >/dev/null || fault 'simulate long.h5'
for s in 1 2; do
    expect "${s}x" 0 channelize long.h5 --into 16 --oversample $s -o long-ch.h5 --json
    holds "${s}x: independent times" "$([ $s = 1 ] && echo '.independent > 0.9' || echo '.independent > 0.6 and .independent < 0.8')"
    share=$(jq .independent out)
    expect "${s}x: a covariance" 0 covariance long-ch.h5 -o long-cov.h5 --json
    holds "${s}x: counts independent samples" ".n_samples / $((2000 * s)) / $share | . > 0.99 and . < 1.001"
    expect "${s}x: gains" 0 calibrate long-cov.h5 --source azel:20,0 -o long-cal.h5 --json
    holds "${s}x: chi-square of 16 channels is as noise makes it" '[.channels[].chi2_dof] | add / length | . > 0.85 and . < 1.15'
done
for few in '2' '3' '4 --oversample 2 --transition 1'; do
    # shellcheck disable=SC2086 # options
    expect "into $few" 0 channelize cap.h5 --into $few -o few.h5 --json
    holds "into $few: the band does not come back as its own alias" '.alias_db < -60'
done
expect 'in words' 0 channelize cap.h5 --into 8 -o words.h5
grep -q '8 channels of 125000 Hz, 8 elements' out || fault "words: $(cat out)"

# Neither blocks nor threads change a bit, and a part begins later.
expect 'small blocks' 0 channelize cap.h5 --into 8 --max-memory 9M --threads 1 -o blocks.h5
cmp <(h5dump -y -d /samples ch.h5 | tail -n +2) <(h5dump -y -d /samples blocks.h5 | tail -n +2) >/dev/null || fault 'blocks and threads change nothing'
expect 'a part' 0 channelize cap.h5 --into 8 --start 8us --duration 20ms --exclude 0,1 -o part.h5 --json
holds 'of six elements' '.elements == 6 and .times == 2493'
cmp <(rows ch.h5 /samples 2 --start 1,3,2 --count 1,1,6) <(rows part.h5 /samples 2 --start 0,3,0 --count 1,1,6) || fault 'a part holds what the whole does'

# One channel divided further lies about its own centre; truth and history come along.
expect 'one channel of eight' 0 channelize ch2.h5 --channels 3 --into 4 -o fine.h5 --json
holds 'its frequencies' '.channels == 4 and .channel_width_hz == 62500 and .first_channel_hz == 11699750000 and .gaps == 0'
for file in ch.h5 fine.h5; do
    cmp <(rows cap.h5 /truth/gain 2) <(rows $file /truth/gain 2) || fault "$file has the truth of the capture"
done
cmp <(rows cap.h5 /truth/gain 2 --start 2 --count 6) <(rows part.h5 /truth/gain 2) || fault 'the truth of the elements that are left'

# Gains, matrices and beams of every channel.
expect 'its matrix' 0 covariance ch2.h5 -o cov.h5 --json
holds 'of all channels' '.channels == 8 and (.n_samples / 9977 - 0.744 | fabs) < 0.001'
expect 'calibrated' 0 calibrate ch2.h5 --source azel:20,10 -o cal.h5 --json
holds 'in every channel' '(.channels | length) == 8'
for channel in 0 7; do
    paste -d ' ' <(rows cap.h5 /truth/gain 2) <(rows cal.h5 /gain 2 --start "0,$channel,0" --count 1,1,8) | grep -v nan | awk '
        { d = $1 * $1 + $2 * $2; x[NR] = ($3 * $1 + $4 * $2) / d; y[NR] = ($4 * $1 - $3 * $2) / d; X += x[NR]; Y += y[NR] }
        END {
            if (NR != 7) exit 1
            for (i = 1; i <= NR; i++) bad += (x[i] - X / NR) ^ 2 + (y[i] - Y / NR) ^ 2 > 0.0025 * (X * X + Y * Y) / NR / NR
            exit bad > 0
        }' || fault "gains of channel $channel are those of the truth"
done
expect 'beams' 0 beamform ch2.h5 --calibration cal.h5 --steer azel:20,10 -o beams.h5 --json
holds 'of all channels' '.channels == 8 and .times == 9977'

# Beams of the whole band, through the gains of each channel: half a metre of delay at 1 MHz is nothing, and the powers agree.
expect 'a narrow beam' 0 beamform cap.h5 --calibration cal.h5 --steer azel:20,10 -o beams.h5 --json
jq '.beams[0].power_db' out >narrow
expect 'a wide beam' 0 beamform cap.h5 --calibration cal.h5 --steer azel:20,10 --wideband 8 -o wide.h5 --json
holds 'its samples' '.channels == 8 and .times == 39880 and (.beams | length) == 1'
holds 'its error' '.error_db < -40 and .error_db > -120'
[ "$(jq --argjson narrow "$(cat narrow)" '.beams[0].power_db - $narrow | fabs < 0.1' out)" = true ] || fault "powers agree: $(cat narrow out)"
expect 'a wide beam of channels' 3 beamform ch.h5 --steer azel:20,10 --wideband 8 -o no.h5
expect 'odd' 2 beamform cap.h5 --steer azel:20,10 --wideband 9 -o no.h5
expect 'no integers' 2 beamform cap.h5 --steer azel:20,10 --wideband 8 --weight-bits 8 -o no.h5
expect 'not gone on with' 2 beamform cap.h5 --steer azel:20,10 --wideband 8 --resume -o no.h5
expect 'too many' 3 beamform cap.h5 --steer azel:20,10 --wideband 8192 -o no.h5
says 'how many samples it takes' '126976 at least'
expect 'little memory for it' 4 beamform cap.h5 --steer azel:20,10 --wideband 1024 --max-memory 1M -o no.h5

# Wisdom: kept once, a bad file is said, passed over and replaced.
kept=$XDG_CACHE_HOME/cophase/fftw-wisdom
grep -q fftw "$kept" || fault 'wisdom is kept'
echo 'no wisdom' >"$kept"
run channelize cap.h5 --into 8 -o again.h5
[ "$status" = 0 ] || fault "bad wisdom is passed over: $status"
says 'which file' "$kept: is no wisdom"
expect 'replaced' 0 channelize cap.h5 --into 8 -o again.h5
XDG_CACHE_HOME=/dev/null/no expect 'a cache that cannot be' 0 channelize cap.h5 --into 8 -o again.h5

expect 'no number of channels' 2 channelize cap.h5 -o no.h5
expect 'one channel' 2 channelize cap.h5 --into 1 -o no.h5
says 'what it is' 'baseband already'
expect 'one channel and options of channels' 2 channelize cap.h5 --into 1 --transition 0.2 -o no.h5
expect 'one channel and taps' 2 channelize cap.h5 --into 1 --taps 4 -o no.h5
expect 'odd channels' 2 channelize cap.h5 --into 9 --oversample 2 -o no.h5
expect 'too oversampled' 2 channelize cap.h5 --into 8 --oversample 3 -o no.h5
expect 'no taps' 2 channelize cap.h5 --into 8 --taps 0 -o no.h5
expect 'a transition' 2 channelize cap.h5 --into 8 --transition 2 -o no.h5
expect 'no output' 2 channelize cap.h5 --into 8
expect 'channels already' 3 channelize ch.h5 --into 8 -o no.h5
says 'how many' '8 channels'
expect 'a channel that is not there' 2 channelize ch.h5 --channels 8 --into 4 -o no.h5
expect 'a matrix' 3 channelize cov.h5 --into 8 -o no.h5
expect 'too short' 3 channelize cap.h5 --into 8192 -o no.h5
says 'how much it takes' '65536 at least'
expect 'little memory' 4 channelize cap.h5 --into 1024 --max-memory 1M -o no.h5
[ ! -e no.h5 ] || fault 'nothing is left of failures'
finish
