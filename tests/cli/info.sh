#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase info: every kind of file, what is missing, how elements are doing, and files that cannot be read.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# A source of SNR 20 dB: a live element has 101 times the noise power, 20.04 dB, within 5 standard errors of 8000 samples; a
# weak one, its gain 20 dB down, twice the noise power.
"$COPHASE" simulate --array ura:5x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=20dB --dead 3,17 --weak 8 --samples 8000 --type c8 \
    --seed 11 -o cap.h5 >log || fault "simulate: $(cat log)"
expect 'a capture' 0 info cap.h5 --json
holds 'the header is told' '.kind == "capture" and .format == "cophase" and .elements == 20 and .channels == 1 and .times == 8000 and
    .sample_rate_hz == 1e6 and .center_freq_hz == 11.7e9 and .type == "c8" and (.array.label | startswith("ura:5x4,"))'
holds 'what is missing is named' '(.missing | index("positions")) == null and (.missing | index("orientation")) != null'
holds 'every element has a row, in order' '[.health[].element] == [range(20)]'
holds 'faults are found and nothing else' '[.health[] | select(.reason != null) | [.element, .reason]] == [[3, "dead"], [8, "weak"], [17, "dead"]] and .good == 17'
holds 'powers are in units of the noise' '[.health[] | select(.reason == null) | .power_db] | all(. > 19.78 and . < 20.29)'
holds 'a dead element has no power' '.health[3].power_db == null and .health[3].full_scale_share == 0'
expect 'a part of it' 0 info cap.h5 --start 1ms --duration 2ms --exclude 0 --json
holds 'excluded elements are named' '.health[0].reason == "excluded" and .good == 16'
expect 'little memory changes nothing' 0 info cap.h5 --max-memory 100K --json
holds 'the same faults' '[.health[] | select(.reason != null) | .element] == [3, 8, 17]'
expect 'words' 0 info cap.h5
grep -q '17 good, 3 not' out && grep -qE '^ +17 .* dead$' out || fault "the table lacks its rows: $(cat out)"

expect 'a covariance' 0 covariance cap.h5 -o cov.h5
expect 'is told too' 0 info cov.h5 --json
holds 'its header' '.kind == "covariance" and .elements == 20 and .times == 1 and .n_samples == 8000 and .sample_rate_hz == null'
holds 'the same faults from its diagonal' '[.health[] | select(.reason != null) | [.element, .reason]] == [[3, "dead"], [8, "weak"], [17, "dead"]]'
holds 'shares need samples' '.health[0].full_scale_share == null'
expect 'weights' 0 weights cap.h5 --steer azel:20,10 --steer azel:0,0 --exclude 5 -o w.h5
expect 'are told too' 0 info w.h5 --json
holds 'unused elements' '.kind == "weights" and .beams == 2 and [.health[] | select(.reason != null) | [.element, .reason]] == [[5, "weight 0"]]'
expect 'beams' 0 beamform cap.h5 --weights w.h5 -o b.h5
expect 'are told too' 0 info b.h5 --json
holds 'a row a beam' '.kind == "beams" and .beams == 2 and .times == 8000 and [.health[].element] == [0, 1] and .health[0].power_db > 17 and .health[1].power_db < .health[0].power_db - 6'

"$COPHASE" simulate --array ula:6,0.5wl --freq 1e9 --source azel:0,0,snr=30dB --samples 2000 --type c16 --seed 5 -o ok.h5 >log
expect 'nothing wrong' 0 info ok.h5 --json
holds 'nothing is reported' '.good == 6 and ([.health[].full_scale_share] | all(. < 0.01))'

printf 'not HDF5\n' >text.h5
expect 'text is refused' 3 info text.h5
says 'and named' 'text.h5: is not an HDF5 file'
expect 'an absent file' 3 info absent.h5
says 'is named' 'absent.h5: cannot open: No such file'
expect 'a folder' 3 info .
size=$(stat -c %s cov.h5)
for i in $(seq 0 49); do
    head -c $((size * i / 50)) cov.h5 >cut.h5
    expect "a file cut at $i/50" 3 info cut.h5
    says 'is named' 'cut.h5'
done
expect 'no file' 2 info
expect 'a polarisation that is not there' 3 info cap.h5 --pol X
expect 'positions that do not fit' 3 info cap.h5 --positions text.h5
says 'the table and line are named' 'text.h5: line 1'
finish
