#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Beams of a known sky have the power that theory says, whatever the memory, the threads and the way to the weights.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# 36 elements without gain errors; a source of SNR 6 dB an element.
"$COPHASE" simulate --array ura:9x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=6dB --samples 20000 --type c16 --seed 3 -o cap.h5 >log ||
    fault "simulate: $(cat log)"

# Toward the source: SNR and the noise of 36 elements, 10^0.6 + 1/36, within 5 standard errors of 20000 samples (3.5 %).
# Away from it in azimuth and elevation: a beam of the wrong sign or with swapped axes would find it there.
expect 'beamform' 0 beamform cap.h5 --steer azel:20,10 --steer azel:-20,10 --steer azel:20,-10 --steer azel:10,20 -o a.h5 --json
holds 'a beam in the look direction has unit gain' \
    '[pow(10; .beams[0].power_db / 10) / (pow(10; 0.6) + 1 / 36)] | .[0] > 0.965 and .[0] < 1.035'
holds 'beams elsewhere have less' '[.beams[1:][].power_db] | all(. < 0)'
holds 'the JSON counts' '.elements == 36 and .times == 20000 and .channels == 1 and .flagged == [] and .output == "a.h5" and .frame == "array"'
holds 'directions are in degrees' '.beams[0] | .az_deg > 19.9999 and .az_deg < 20.0001 and .el_deg > 9.9999 and .u > 0.3368'

same() { # FILE CLAIM: its beams are those of a.h5
    h5diff a.h5 "$1" /beams /beams >log 2>&1 || fault "$2: $(head -3 log)"
}
expect 'with little memory' 0 beamform cap.h5 --steer azel:20,10 --steer azel:-20,10 --steer azel:20,-10 --steer azel:10,20 --max-memory 5M -o b.h5
same b.h5 'beams do not depend on the memory'
expect 'with one thread' 0 beamform cap.h5 --steer azel:20,10 --steer azel:-20,10 --steer azel:20,-10 --steer azel:10,20 --threads 1 -o c.h5
same c.h5 'beams do not depend on the threads'
expect 'weights' 0 weights cap.h5 --steer azel:20,10 --steer azel:-20,10 --steer azel:20,-10 --steer azel:10,20 -o w.h5
expect 'with weights of a file' 0 beamform cap.h5 --weights w.h5 -o d.h5
same d.h5 'beams do not depend on the way to the weights'
expect 'a part' 0 beamform cap.h5 --steer azel:20,10 --start 5ms --duration 2ms -o e.h5 --json
holds 'the part has its length' '.times == 2000'
h5dump -d /beams -s 5000,0,0 -c 3,1,1 a.h5 2>log | grep -o '[-0-9.e]*,$\|[-0-9.e]*$' >want
h5dump -d /beams -s 0,0,0 -c 3,1,1 e.h5 2>log | grep -o '[-0-9.e]*,$\|[-0-9.e]*$' >got
[ -s want ] && cmp -s want got || fault 'the part begins where it should'

expect 'excluded elements' 0 beamform cap.h5 --steer azel:20,10 --exclude 0-8,35 -o f.h5 --json
holds 'excluded elements are listed' '[.flagged[].element] == [range(9)] + [35] and ([.flagged[].reason] | unique) == ["excluded"]'
holds 'the rest still has unit gain' \
    '[pow(10; .beams[0].power_db / 10) / (pow(10; 0.6) + 1 / 26)] | .[0] > 0.965 and .[0] < 1.035'

# Weights of 8 bits are off by half a step, 1/254 of the largest part, in each part: a source's amplitude by at most sqrt(2)/254 of itself,
# its power by twice that; the limit, 4 sqrt(2)/254, leaves as much again for the noise.
for bits in 8 16 32; do
    expect "weights of $bits bits" 0 beamform cap.h5 --steer azel:20,10 --weight-bits "$bits" -o "w$bits.h5" --json
    jq '.beams[0].power_db' out >"power$bits"
done
for bits in 8 16; do
    jq -en --slurpfile a "power$bits" --slurpfile b power32 'pow(10; ($a[0] - $b[0]) / 10) | (. - 1 | fabs) < 0.0223' >log 2>&1 ||
        fault "$bits bits keep the beam: $(cat "power$bits" power32)"
done
h5diff w8.h5 w32.h5 /beams /beams >log 2>&1 && fault '8 bits round weights'
expect 'weights of 12 bits' 2 beamform cap.h5 --steer azel:20,10 --weight-bits 12 -o g.h5
says 'the choices are named' '8, 16 or 32'

# One sample that is NaN: written over the first of a file.
expect 'floats' 0 simulate --array ula:6,0.5wl --freq 1GHz --samples 100 --type c32 -o nan.h5
printf '\000\000\300\177' | dd of=nan.h5 bs=1 seek="$(chunk_at nan.h5 samples)" conv=notrunc 2>log || fault "dd: $(cat log)"
run beamform nan.h5 --steer uv:0,0 -o g.h5
[ "$status" = 0 ] || fault "a NaN is no error: $(cat err)"
says 'but it is said' '^cophase beamform: 1 of 1 beams are not finite: .* cophase info'
expect 'info names it' 0 info nan.h5 --json
holds 'the element' '[.health[] | select(.reason == "not-finite") | .element] == [0]'
expect 'an element left out takes its NaN along' 0 beamform nan.h5 --steer uv:0,0 --exclude 0 -o g.h5 --json
holds 'the rest is finite' '.beams[0].power_db != null'
rm -f g.h5

expect 'memory that cannot suffice is a limit' 4 beamform cap.h5 --steer azel:20,10 --max-memory 16 -o g.h5
expect 'a range beyond the end is refused' 2 beamform cap.h5 --steer azel:20,10 --start 1s -o g.h5
says 'the length is named' '0.02 s'
expect 'a direction on the sky needs an orientation' 3 beamform cap.h5 --steer sky:20,10 -o g.h5
says 'what is missing is named' 'array_to_enu'
expect 'no element is left' 3 beamform cap.h5 --steer azel:20,10 --exclude 0-35 -o g.h5
says 'of which file' '^cophase beamform: cap.h5: no beam .*all 36 elements are flagged'
expect 'an element that is not there' 2 beamform cap.h5 --steer azel:20,10 --exclude 36 -o g.h5
expect 'weights of a file come with their taper' 2 beamform cap.h5 --weights w.h5 --taper uniform -o g.h5
says 'the taper is named' 'taper'
expect 'weights of another array' 0 weights --array ura:9x4,0.6wl --freq 11.7e9 --steer uv:0,0 -o other.h5
expect 'are refused' 3 beamform cap.h5 --weights other.h5 -o g.h5
expect 'weights at another frequency' 0 weights --array ura:9x4,12.8mm --freq 14e9 --steer uv:0,0 -o other.h5
expect 'are refused too' 3 beamform cap.h5 --weights other.h5 -o g.h5
says 'both frequencies are named' '1.17e.10 Hz.*1.4e.10 Hz'
LC_ALL=C sed 's/channel_freq_hz/channel_freq_no/g; s/center_freq_hz/center_freq_no/g' w.h5 >nofreq.h5
expect 'weights without a frequency' 3 beamform cap.h5 --weights nofreq.h5 -o g.h5
says 'what they lack is named' 'channel_freq_hz'
[ ! -e g.h5 ] && [ ! -e g.h5.partial ] || fault 'a refused run left an output'
finish
