#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# convert from and to the native layout drops nothing but chunks and filters; what other layouts have no place for is said, what they have comes back.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# same CLAIM FILE FILE: all groups, data sets, types, shapes, values and attributes of both, but for the history.
same() {
    for file in "$2" "$3"; do
        h5dump -m %.17g "$file" | sed '1d; /ATTRIBUTE "history" {/,/^   }$/d' >"dump.$file"
    done
    [ "$(wc -l <"dump.$2")" -gt 100 ] || fault "$1: nothing in $2"
    diff "dump.$2" "dump.$3" >diffs || fault "$1: $(head -8 diffs)"
}
# twice NAME: NAME.h5 as a native file is the same.
twice() {
    expect "$1 as native" 0 convert "$1.h5" -o "$1.back.h5"
    same "$1 is the same" "$1.h5" "$1.back.h5"
}

# A dual-polarised array at a site: names, numbers, marks, subarrays, an element that is turned.
cat >table.txt <<'END'
number name x y z nx ny nz polarization listed subarray
7 east 0 0 0 0 0 1 X 0 1
7 east-y 0 0 0 0 0 1 Y 0 1
9 north 0.1 0.02 0.01 0.6 0 0.8 X 1 2
12 - -0.13 0.2 0 0 0 1 Y 0 -
END
printf '[array]\npositions = table.txt\nlabel = "four of them"\n[site]\nlatitude_deg = -30.7\nlongitude_deg = 21.4\naltitude_m = 1051\nazimuth_deg = 30\ntilt_deg = 20\n' >array.ini
made() { # NAME WORDS...
    expect "$1" 0 simulate --array array.ini --freq 1.5e9 --source sky:40,50,snr=10dB --source sky:-40,50,snr=3dB --jammer sky:200,40,inr=10dB --in-turn \
        --gain-errors 1dB,30deg --dead 1 --weak 2 --samples 700 --sample-rate 1MHz --time-start 1700000000.1234567 --seed 3 "${@:2}" -o "$1.h5"
}
made full --channel-count 3 --delay-errors 20ns --type c16
[ "$(rows full.h5 /truth/delay_s 1 | grep -vc nan)" = 3 ] || fault 'three elements have delays, a dead one has none'
twice full
for type in c8 c32; do
    made $type --type $type
    twice $type
done
expect 'dumps' 0 covariance c32.h5 --integration 100us -o cov.h5
h5copy -i full.h5 -o cov.h5 -s /truth -d /truth || fault 'h5copy'
twice cov
# What files say that simulate does not: real samples, another wave speed, applied gains, times that were lost.
printf '{"type": "ri16_le", "elements": 2, "if_freq_hz": 250, "sample_rate_hz": 1e3, "time_start_unix_s": 1e9}' >bytes.bin.json
tail -c 2000 c8.h5 >bytes.bin
expect 'real samples' 0 convert bytes.bin -o real.h5
twice real
expect 'a grid' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=20dB --gain-errors 2dB,40deg --samples 3500 --sample-rate 1kHz --time-start 17e8 -o grid.h5
expect 'its gains' 0 calibrate grid.h5 --source uv:0.3,-0.2 -q -o gains.h5
expect 'applied' 0 apply grid.h5 --calibration gains.h5 -o applied.h5
h5dump -a calibration_applied applied.h5 | grep -q xxh128 || fault 'it says what was applied'
twice applied
if fftw; then
    expect 'oversampled channels' 0 channelize c32.h5 --into 8 --oversample 2 -o over.h5
    h5dump -a /samples/independent over.h5 | grep -q '(0): 0\.' || fault 'not all times are independent'
    twice over
fi

# ---- a part: the truth is that of the channel ----

expect 'the last channel' 0 convert full.h5 --channels 2 -o last.h5
twice last
# g exp(-j 2 pi (f - centre) delay), f - centre 1 MHz.
paste -d ' ' <(rows full.h5 /truth/gain 2) <(rows full.h5 /truth/delay_s 1) <(rows last.h5 /truth/gain 2) <(rows last.h5 /truth/delay_s 1) | grep -v nan | awk '{
        p = -2 * atan2(0, -1) * 1e6 * $3; d = ($1 * cos(p) - $2 * sin(p) - $4) ^ 2 + ($1 * sin(p) + $2 * cos(p) - $5) ^ 2
        turned += sin(p) ^ 2; if (d > 1e-24 || $3 != $6) bad = 1 } END { exit bad || NR != 3 || turned < 1e-3 }' || fault 'gains of the truth are those of the channel'
expect 'without an element' 0 convert full.h5 --exclude 9 -o fewer.h5
[ "$(rows fewer.h5 /truth/delay_s 1)" = "$(rows full.h5 /truth/delay_s 1 | sed 3d)" ] || fault 'delays are those of the elements that are left'

# ---- other layouts ----

run convert last.h5 --to digital-rf -o drf
[ "$status" = 0 ] || fault "to Digital RF: $status"
says 'the start is rounded' '^cophase convert: drf: samples are counted from 1970 on: the first one is 283\.5 ns later than last.h5 says$'
[ "$(wc -l <err)" = 1 ] || fault "one remark: $(cat err)"
expect 'and comes back' 0 convert drf -o drf.back.h5
grep -q '^drf.back.h5: capture (cophase), 4 elements' out || fault "the layout of the output is said: $(cat out)"
expect 'that' 0 convert drf -o drf.back.h5 --json
holds 'and both layouts' '.from == "digital_rf" and .to == "cophase" and (has("format") | not)'
same 'through Digital RF' last.h5 drf.back.h5
expect 'quietly' 0 convert last.h5 --to digital-rf -q -o drf.quiet
for name in last.sigmf-meta last.sigmf-collection; do
    rm -f sigmf.h5
    run convert last.h5 --to sigmf -o $name
    [ "$status" = 0 ] || fault "to $name: $status"
    says 'what is left behind is said' "^cophase convert: $name: sigmf has no place for positions, the site, which elements are listed as bad, subarrays and how elements are turned: left behind\$"
    expect 'it comes back' 0 convert $name -o sigmf.h5
    for object in samples truth/gain truth/delay_s truth/source array/name array/number array/polarization; do
        h5diff last.h5 sigmf.h5 $object $object >diffs 2>&1 || fault "$name: $object comes back: $(head -c 300 diffs)"
    done
    for attribute in time_start_unix_s time_start_frac_s center_freq_hz sample_rate_hz; do
        [ "$(h5dump -m %.17g -a $attribute last.h5 | tail -n +2)" = "$(h5dump -m %.17g -a $attribute sigmf.h5 | tail -n +2)" ] || fault "$name: $attribute comes back to the last bit"
    done
done
if fftw; then
    for to in sigmf:one.sigmf-meta digital-rf:drf.one; do
        expect "a channel to $to" 0 convert over.h5 --channels 3 --to "${to%:*}" -q -o "${to#*:}"
        expect 'it comes back' 0 convert "${to#*:}" -o "${to%:*}.over.h5"
        [ "$(h5dump -a /samples/independent over.h5 | tail -n +2)" = "$(h5dump -a /samples/independent "${to%:*}.over.h5" | tail -n +2)" ] || fault "$to: independent comes back"
    done
fi
finish
