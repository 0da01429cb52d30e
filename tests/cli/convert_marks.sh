#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# convert --to: which elements they are, and what was made of the samples, comes back from the layouts of others.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# ---- which element is which ----

# Gains are those of the elements, whatever the layout.
expect 'gains of all' 0 simulate --array ula:16,0.5wl --freq 1e9 --source uv:0.3,0,snr=30dB --gain-errors 2dB,60deg --samples 400 --sample-rate 1kHz --time-start 17e8 -o k.h5
expect 'solved' 0 calibrate k.h5 --source uv:0.3,0 -q -o kc.h5
for to in native:part.h5 digital-rf:part.drf sigmf:part.sigmf-meta sigmf:list.sigmf-collection; do
    expect "half of them to $to" 0 convert k.h5 --elements 8-15 -q --to "${to%%:*}" -o "${to#*:}"
    expect "half of them from $to" 0 apply "${to#*:}" --calibration kc.h5 -q -o out.h5
    if [ "$to" = native:part.h5 ]; then mv out.h5 wanted.h5; else h5diff wanted.h5 out.h5 /samples /samples >diffs 2>&1 || fault "$to: $(head -c 300 diffs)"; fi
done
# A recording of a collection that is read alone is the element that it was.
expect 'one of the collection' 0 apply list-3.sigmf-meta --calibration kc.h5 -q -o out.h5
expect 'the same element' 0 convert wanted.h5 --elements 11 -o one.h5
[ "$(rows out.h5 /array/number 1)" = 11 ] || fault 'it is number 11'
h5diff one.h5 out.h5 /samples /samples >diffs 2>&1 || fault "it alone: $(head -c 300 diffs)"

# ---- which calibration was applied, and what the data are ----

expect 'a grid' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=20dB --gain-errors 2dB,40deg --samples 3500 --sample-rate 1kHz --time-start 17e8 -o grid.h5
expect 'its gains' 0 calibrate grid.h5 --source uv:0.3,-0.2 -q -o gains.h5
expect 'applied' 0 apply grid.h5 --calibration gains.h5 -o applied.h5
printf 'number name x y z\n7 east 0 0 0\n8 - 0.31 0.02 0.01\n9 - -0.13 0.2 0\n12 - 0.1 -0.4 0\n13 - 0.3 0.3 0\n' >table.txt
printf '[array]\npositions = table.txt\n[site]\nlatitude_deg = -30.7\nlongitude_deg = 21.4\naltitude_m = 1051\nazimuth_deg = 30\ntilt_deg = 20\n' >array.ini
expect 'at a site' 0 simulate --array array.ini --freq 1.5e9 --source sky:40,50,snr=20dB --samples 300 --sample-rate 1MHz --time-start 17e8 -o site.h5
expect 'its gains' 0 calibrate site.h5 --source sky:40,50 -q -o site.gains.h5
expect 'its covariance' 0 covariance site.h5 -q -o site.cov.h5
expect 'applied' 0 apply site.cov.h5 --calibration site.gains.h5 -q -o site.applied.h5
gains_of() { case $1 in site*) echo site.gains.h5 ;; *) echo gains.h5 ;; esac }
for row in applied.h5:digital-rf:applied.drf applied.h5:sigmf:applied.sigmf-meta applied.h5:sigmf:applied.sigmf-collection site.applied.h5:uvh5:site.applied.uvh5; do
    IFS=: read -r from to name <<<"$row"
    expect "$from to $to" 0 convert "$from" --to "$to" -q -o "$name"
    expect "$name is not divided twice" 3 apply "$name" --calibration "$(gains_of "$from")" -o twice.h5
    says 'which is said' "$name: is calibrated already \(calibration_applied: .*xxh128"
    expect "$name comes back" 0 convert "$name" -o marked.h5
    [ "$(h5dump -a calibration_applied "$from" | tail -n +2)" = "$(h5dump -a calibration_applied marked.h5 | tail -n +2)" ] || fault "$name: the mark comes back"
done
jq 'del(.global["cophase:calibration_applied"])' applied-2.sigmf-meta >other && mv other applied-2.sigmf-meta
jq 'del(.collection["core:streams"][].hash)' applied.sigmf-collection >other && mv other applied.sigmf-collection
expect 'elements of which some are calibrated' 3 info applied.sigmf-collection
says 'are no array' 'applied-2.sigmf-meta.*cophase:calibration_applied: is not that of applied-0.sigmf-meta, expected recordings of one array'
# Of what was UVH5, gains of others are for the other time factor; samples of it are rare, so the mark is put there by hand.
expect 'copy' 0 convert grid.h5 -o factor.h5
expect 'to sigmf' 0 convert factor.h5 --to sigmf -q -o factor.sigmf-meta
jq '.global["cophase:gain_time_factor"] = "exp(-j 2 pi f t)"' factor.sigmf-meta >other && mv other factor.sigmf-meta
for to in digital-rf:factor.drf sigmf:again.sigmf-meta native:marked.h5; do
    expect "the factor to $to" 0 convert factor.sigmf-meta --to "${to%%:*}" -q -o "${to#*:}"
    expect 'and back' 0 convert "${to#*:}" -o "back.${to%%:*}.h5"
    h5dump -a gain_time_factor "back.${to%%:*}.h5" | grep -qF '"exp(-j 2 pi f t)"' || fault "$to: the factor comes back"
done
sed -i 's/exp(-j 2 pi/exp(j 2 pi/' factor.sigmf-meta
expect 'another factor' 3 info factor.sigmf-meta
says 'is refused' 'gain_time_factor is "exp\(j 2 pi f t\)", expected'
expect 'beams' 0 beamform grid.h5 --steer uv:0.3,-0.2 --steer uv:0,0 -q -o beams.h5
for to in digital-rf:beams.drf sigmf:beams.sigmf-meta sigmf:all.sigmf-collection; do
    expect "beams to $to" 0 convert beams.h5 --to "${to%%:*}" -q -o "${to#*:}"
    expect 'they are beams' 0 info "${to#*:}" --json
    holds 'two of them' '.kind == "beams" and .beams == 2'
    expect 'they come back' 0 convert "${to#*:}" -o beams.back.h5
    h5diff beams.h5 beams.back.h5 /beams /beams >diffs 2>&1 || fault "$to: beams come back: $(head -c 300 diffs)"
done

# ---- places in other axes ----

# UVH5 has places in the axes of the earth: they are those of the array, which is turned at its site.
expect 'to UVH5' 0 convert site.cov.h5 --to uvh5 -q -o site.uvh5
expect 'its calibration' 0 apply site.uvh5 --calibration site.gains.h5 -q -o site.out.uvh5
sed 's/^8 - 0.31/8 - 0.315/' table.txt >moved.txt
sed 's/table.txt/moved.txt/' array.ini >moved.ini
expect 'an array of which one moved' 0 simulate --array moved.ini --freq 1.5e9 --source sky:40,50,snr=20dB --samples 300 --sample-rate 1MHz --time-start 17e8 -o moved.h5
expect 'its gains' 0 calibrate moved.h5 --source sky:40,50 -q -o moved.gains.h5
expect 'they' 3 apply site.uvh5 --calibration moved.gains.h5 -q -o none.uvh5
says 'are of another one' 'is for another array: element 8 stands 0.005 m from where it was'

# ---- names of folders ----

expect 'a folder with a slash behind its name' 0 convert grid.h5 --to digital-rf -q -o slash/
expect 'it is there' 0 info slash

# ---- times of floats that were lost ----

# lost.bin: 200 times of 3 elements, sample t is 1 + t mod 100 in all of them, NaN at 0..4, 60..99 and 150; element 1 is NaN at 20 as well.
floats=
for ((v = 1; v <= 100; v++)); do # as little-endian floats
    for ((e = 0; (v >> (e + 1)) > 0; e++)); do :; done
    ((bits = ((e + 127) << 23) | ((v << (23 - e)) & 0x7fffff)))
    printf -v floats[v] '\\x%02x\\x%02x\\x%02x\\x%02x' $((bits & 255)) $((bits >> 8 & 255)) $((bits >> 16 & 255)) $((bits >> 24))
done
for ((t = 0; t < 200; t++)); do
    for ((n = 0; n < 3; n++)); do
        if ((t < 5 || (t >= 60 && t < 100) || t == 150 || (t == 20 && n == 1))); then printf '\x00\x00\xc0\x7f\x00\x00\xc0\x7f'; else printf '%b\x00\x00\x00\x00' "${floats[1 + t % 100]}"; fi
    done
done >lost.bin
printf '{"type": "cf32_le", "elements": 3, "sample_rate_hz": 1e3, "center_freq_hz": 1e9, "time_start_unix_s": 17e8}' >lost.bin.json
for row in c16:native:lost.16.h5 c8:native:lost.8.h5 c16:digital-rf:lost.drf c16:sigmf:lost.sigmf-meta c16:sigmf:lost.sigmf-collection; do
    IFS=: read -r type to name <<<"$row"
    expect "lost times as $type in $to" 0 convert lost.bin --type "$type" --scale 1 --to "$to" -q -o "$name" --json
    holds 'those that are left' '.times == 154'
    expect "$name as it is" 0 convert "$name" -o there.h5
    [ "$(rows there.h5 /gaps 2 | tr '\n' ,)" = '55 95,105 146,' ] || fault "$name: gaps $(rows there.h5 /gaps 2 | tr '\n' ,)"
    rows there.h5 /samples 6 | awk 'BEGIN { t = 5 } { while ((t >= 60 && t < 100) || t == 150) t++; if ($1 != 1 + t % 100 || $5 != $1 || $3 != (t == 20 ? 0 : $1)) bad = 1; t++ }
        END { exit bad || t != 200 }' || fault "$name: samples stand where they were"
    run info "$name" --json
    holds 'and when' '(.time_start_unix_s - 1700000000.005) | fabs < 1e-6'
done
expect 'a part, of a scale that fits' 0 convert lost.bin --type c8 --start 50ms --duration 60ms -o part.h5 --json
holds 'of it' '.times == 20 and .scale == 0.5'
expect 'nothing but lost times' 3 convert lost.bin --type c8 --start 70ms --duration 20ms -o none.h5
says 'is said' 'lost.bin: all of its 20 times were lost'
# Of several channels a time is a gap where all of them lost it.
expect 'two channels' 0 simulate --array ula:3,0.5wl --freq 1e9 --source uv:0.3,0,snr=10dB --channel-count 2 --type c32 --samples 100 --sample-rate 1kHz -o two.h5
at=$(chunk_at two.h5 samples)
nan() { for ((i = 0; i < 6; i++)); do printf '\x00\x00\xc0\x7f'; done | dd of=two.h5 bs=1 seek=$((at + 10 * 48 + $1)) conv=notrunc status=none; }
nan 24
expect 'lost in one of them' 3 convert two.h5 --type c16 -o none.h5
says 'is said' 'sample 10 was lost \(NaN\) in 1 of 2 channels, which integers cannot say'
expect 'the other one' 0 convert two.h5 --type c16 --channels 0 -o out.h5 --json
holds 'has all' '.times == 100'
nan 0
expect 'lost in both' 0 convert two.h5 --type c16 -o out.h5 --json
holds 'is left out' '.times == 99'
[ "$(rows out.h5 /gaps 2)" = '10 11' ] || fault "a gap: $(rows out.h5 /gaps 2)"
expect 'what is still coming' 3 convert lost.bin --follow=10ms --type c16 --scale 1 -o none.h5
says 'is not looked at before' 'lost.bin: has times that were lost \(NaN\), which integers cannot say'
# ... and calibrated: of an array in which an element has no gain.
expect 'some array' 0 simulate --array ula:5,0.5wl --freq 1e9 --source uv:0.3,0,snr=30dB --gain-errors 1dB,40deg --dead 1 --samples 200 --sample-rate 1kHz --time-start 17e8 -o five.h5
expect 'its gains' 0 calibrate five.h5 --source uv:0.3,0 -q -o five.gains.h5
{ for ((t = 0; t < 50; t++)); do for ((n = 0; n < 5; n++)); do if ((t < 10)); then printf '\x00\x00\xc0\x7f\x00\x00\xc0\x7f'; else printf '\x0a\xd7\x23\x3c\x00\x00\x00\x00'; fi; done; done; } >five.bin # 0.01
sed 's/"elements": 3/"elements": 5/' lost.bin.json >five.bin.json
expect 'floats' 0 apply five.bin --calibration five.gains.h5 --force -q -o five.out.h5
[ "$(rows five.out.h5 /samples 10 | grep -c "^nan nan nan nan nan nan nan nan nan nan$")" = 10 ] || fault 'lost times stay lost'
expect 'integers' 3 apply five.bin --calibration five.gains.h5 --force -q --type c16 -o five.none.h5
says 'do not' 'five.bin: has times that were lost \(NaN\), which integers cannot say'
[ ! -e five.none.h5 ] || fault 'nothing is left'
run apply five.bin --calibration five.gains.h5 --start 10ms --duration 40ms --type c16 --json -o five.zero.h5
[ "$status" = 0 ] || fault "small floats: $status"
holds 'how small they are' '.rms_steps > 0.005 and .rms_steps < 0.01 and .saturated == 0'
says 'is said' 'five.zero.h5: its samples have an rms of 0.00[0-9]+ steps, so that rounding took what is smaller than a step'
expect 'quietly' 0 apply five.bin --calibration five.gains.h5 --start 10ms --duration 40ms --type c16 -q -o five.zero.h5
finish
