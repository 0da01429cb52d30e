#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase plot`: the eigenvalues of a covariance, power over time; what is drawn is what JSON says.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

"$COPHASE" simulate --array ula:12,0.5wl --freq 11.7e9 --source uv:0.3,0,snr=3dB --source uv:-0.4,0,snr=-5dB --samples 4000 --dead 7 \
    --seed 3 --quiet -o cap.h5 >/dev/null || fault 'simulate'
expect 'eigenvalues of a capture' 0 plot cap.h5 -o eigen.svg --json
holds 'one spectrum, the dead left out' '.kind == "eigenvalues" and (.spectra | length == 1) and .spectra[0].used == 11 and [.flagged[].element] == [7]'
holds 'waves are counted' '.spectra[0] | .mdl == 2 and .samples == 4000'
# two waves 0.7 apart on 11 elements are nearly orthogonal: N snr + 1, within 4 / sqrt(K) and what they share
holds 'the largest are the waves' '.spectra[0].eigenvalues as $e | ($e[0] / 22.95 - 1 | fabs) < 0.12 and ($e[1] / 4.48 - 1 | fabs) < 0.12'
holds 'the others are noise' '.spectra[0] | (.noise - 1 | fabs) < 0.05 and .eigenvalues == (.eigenvalues | sort | reverse)'
head -c 100 eigen.svg | grep -q '<?xml' || fault 'no SVG'
"$COPHASE" covariance cap.h5 --integration 1ms -o cov.h5 >/dev/null || fault 'covariance'
expect 'of a dump' 0 plot cov.h5 --time 3 -o eigen.png
grep -q '^11 of 12 elements, eigenvalues from .*; 2 waves by MDL' out || fault "text: $(cat out)"
expect 'no such dump' 2 plot cov.h5 --time 9 -o eigen.png

# Sources in turn: the first half of the time is 10 dB louder than noise, the second 3 dB.
"$COPHASE" simulate --array ula:4,0.5wl --freq 11.7e9 --source uv:0.3,0,snr=10dB --source uv:0.1,0,snr=0dB --in-turn --samples 48000 \
    --seed 5 --quiet -o turns.h5 >/dev/null || fault 'simulate --in-turn'
expect 'power over time' 0 plot turns.h5 --kind waterfall -o fall.png --json
holds 'of elements' '.across == "element" and (.columns_db | length == 4) and (.rows_db | length == 480)'
# rows are means of 100 powers of a wave that all elements share: 10 % each, four times that is 2.2 dB down
holds 'first loud, then quiet' '(.rows_db[:240] | all(.[]; . - 10.41 | fabs < 2.2)) and (.rows_db[240:] | all(.[]; . - 3.01 | fabs < 2.2))'
expect 'a part of it' 0 plot turns.h5 --kind waterfall --start 24000 --elements 1-2 -o fall.png --json
holds 'is quiet' '(.columns_db | length == 2) and (.rows_db | add / length - 3.01 | fabs < 0.3)'
expect 'in words' 0 plot turns.h5 --kind waterfall --start 24000 --elements 1-2 -o fall.png
rate=$("$COPHASE" info turns.h5 --json | jq .sample_rate_hz)
grep -qE "^480 rows \(Time \(ms\), $(jq -n "24000 / $rate * 1000") to $(jq -n "48000 / $rate * 1000")\), " out || fault "the time axis begins where the range does: $(cat out)"
expect 'one channel, a column of it' 0 plot turns.h5 --kind waterfall --across channel -o fall.png --json
holds 'is the mean of all elements' '.across == "channel" and (.columns_db | length == 1) and (.columns_db[0] - 8.10 | fabs < 0.3)'
# 12 dumps of 10 times, of which 4 to 6 and 9 were lost: floats 1 and NaN, as integers with gaps. Two elements.
for dump in {0..11}; do
    part='\x00\x00\x80\x3f'
    case $dump in 4 | 5 | 6 | 9) part='\x00\x00\xc0\x7f' ;; esac
    for _ in {1..40}; do printf '%b' "$part"; done
done >lost.bin
echo '{"type": "cf32_le", "elements": 2, "scale": 1, "sample_rate_hz": 1e3, "center_freq_hz": 1e9, "time_start_unix_s": 1e9}' >lost.bin.json
"$COPHASE" convert lost.bin --type c16 -o lost.h5 >/dev/null || fault 'a capture with gaps'
"$COPHASE" covariance lost.h5 --integration 10ms -o dumps.h5 >/dev/null || fault 'its covariance'
expect 'dumps with gaps' 0 plot dumps.h5 --kind waterfall -o dumps.png --json
holds 'stand where they were' '[.rows_db[] | . == null] == [range(12) | IN(4, 5, 6, 9)]'
expect 'in words' 0 plot dumps.h5 --kind waterfall -o dumps.png
grep -q '^12 rows (Dump, 0 to 12), ' out || fault "rows of dumps: $(cat out)"
expect 'dead elements' 0 plot cap.h5 --kind waterfall -o dead.png --json
holds 'are dark' '(.columns_db[7] == null) and (.columns_db[6] > 0)'
expect 'of beams' 0 beamform cap.h5 --steer uv:0.3,0 --steer uv:-0.9,0 -o beams.h5
expect 'beams' 0 plot beams.h5 --kind waterfall -o beams.svg --json
holds 'are columns' '(.columns_db | length == 2) and .columns_db[0] > .columns_db[1] + 3'

if fftw; then
    "$COPHASE" channelize cap.h5 --into 16 -o channels.h5 >/dev/null || fault 'channelize'
    expect 'channels' 0 plot channels.h5 --kind waterfall -o channels.png --json
    holds 'are columns where there are several' '.across == "channel" and (.columns_db | length == 16)'
    expect 'elements' 0 plot channels.h5 --kind waterfall --across element -o channels.png --json
    holds 'on request' '.across == "element" and (.columns_db | length == 12)'
    "$COPHASE" covariance channels.h5 -o band.h5 >/dev/null || fault 'covariance of channels'
    expect 'covariances' 0 plot band.h5 --kind waterfall -o band.png --json
    holds 'have their powers' '(.columns_db | length == 16) and (.rows_db | length == 1)'
    expect 'a channel' 0 plot band.h5 --channel 15 -o eigen.png
fi

# sizes at which what LAPACK works in ends with a page of memory
for n in 249 251 256; do
    "$COPHASE" simulate --array "disc:$n,12.8mm" --freq 11.7e9 --source uv:0.3,0,snr=0dB --samples 600 --seed 3 --quiet -o many.h5 >/dev/null
    expect "$n elements" 0 plot many.h5 -o eigen.svg --json
    # n snr + 1, within 4 / sqrt(K) and what noise adds
    holds 'the wave is the largest' ".spectra[0] | .used == $n and .mdl == 1 and (.eigenvalues[0] / ($n + 1) - 1 | fabs) < 0.18"
done

expect 'a picture has a name' 2 plot cap.h5
expect 'that says its format' 2 plot cap.h5 -o picture.txt
says 'which' '\.svg or \.png'
expect 'the input is no output' 2 plot cap.h5 -o cap.h5
expect 'beams have no covariance' 3 plot beams.h5 -o eigen.png
expect 'a waterfall has all times' 2 plot cov.h5 --kind waterfall --time 1 -o fall.png
expect 'eigenvalues are not across' 2 plot cov.h5 --across element -o eigen.png
finish
