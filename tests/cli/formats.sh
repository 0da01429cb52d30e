#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Captures in plain bytes, read in place by every verb: the same results as of their native twins.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# words FILE: samples of a native capture, a part a line.
words() { h5dump -A 0 -d /samples -y -w 0 "$1" | grep -E '^ *-?[0-9]+,?$' | tr -d ' ,'; }
# bytes: parts of 8 bits, a line each, as bytes.
bytes() { awk '{ printf "\\x%02x", ($1 + 256) % 256 }' | xargs -0 printf '%b'; }

expect 'a capture' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=10dB --samples 500 --gain-errors 1dB,20deg --seed 4 -o cap.h5
scale=$(h5dump -m %.17g -a /samples/scale cap.h5 | sed -n 's/^ *(0): //p')
words cap.h5 | bytes >samples
[ "$(wc -c <samples)" = 6000 ] || fault "the bytes of a capture: $(wc -c <samples)"
for n in 0 1 2 3 4 5; do printf '%s E%s %s\n' "$n" "$n" "$((n % 3)) $((n / 3)) 0"; done >places
expect 'the native one' 0 convert cap.h5 --positions places -o native.h5
expect 'its covariance' 0 covariance native.h5 -o native.cov.h5
run info native.h5 --json
jq -S '[.health, .good, .times, .elements, .type, .scale, .center_freq_hz, .array.extent_m]' out >native.info

cp samples plain.bin
printf '{"type": "ci8", "elements": 6, "scale": %s, "center_freq_hz": 1e9, "sample_rate_hz": 1e6}' "$scale" >plain.bin.json
cp samples rec.sigmf-data
printf '{"global": {"core:datatype": "ci8", "core:num_channels": 6, "core:version": "1.0.0", "core:sample_rate": 1e6, "cophase:scale": %s},
    "captures": [{"core:sample_start": 0, "core:frequency": 1e9}], "annotations": []}' "$scale" >rec.sigmf-meta
# Receivers one behind the other, unsigned, in a frame.
le() { # VALUE BYTES
    local i
    for ((i = 0; i < $2; i++)); do printf '%b' "\\x$(printf %02x $((($1 >> (8 * i)) & 255)))"; done
}
{
    le 0x2bf7b95a 4 && le 0 4 && head -c 20 /dev/zero && le 6 4 && le 0 8 && le 1000000000 8 && le 0 8 && le 1000000 8
    le 500 8 && le 1700000000000 8 && le 0 4 && le 0 4 && le 0 8 && le 0 4 && le 8 4 && head -c 920 /dev/zero
    words cap.h5 | awk '{ at[NR - 1] = $1 + 128 } END { for (n = 0; n < 6; n++) for (t = 0; t < 500; t++)
        for (k = 0; k < 2; k++) print at[(t * 6 + n) * 2 + k] }' | bytes
} >frames.iqf

in_units='del(.power_db, .rms, .dc_re, .dc_im, .dc_sigma, .spectrum_db)'
for file in plain.bin rec.sigmf-meta rec.sigmf-data frames.iqf; do
    expect "$file" 0 info $file --positions places --json
    wanted=native.info
    # Frames say no scale.
    [ $file != frames.iqf ] || { wanted=frames.info && jq -S "[(.[0] | map($in_units)), .[1], .[2], .[3], .[4], 1, .[6], .[7]]" native.info >frames.info; }
    jq -S '[.health, .good, .times, .elements, .type, .scale, .center_freq_hz, .array.extent_m]' out >got
    [ $file != frames.iqf ] || { jq -S ".[0] |= map($in_units)" got >got.less && mv got.less got; }
    cmp -s $wanted got || fault "$file says the same: $(diff $wanted got | head -5)"
    expect "$file as native" 0 convert $file --positions places -o twin.h5 --json
    holds "$file is said" '.elements == 6 and .times == 500 and .type == "c8"'
    words native.h5 >wanted
    words twin.h5 >got
    cmp -s wanted got || fault "$file: the same samples: $(diff wanted got | head -5)"
    [ $file != frames.iqf ] || continue
    expect "covariance of $file" 0 covariance $file --positions places -o twin.cov.h5
    h5diff native.cov.h5 twin.cov.h5 /covariance /covariance >diffs 2>&1 || fault "$file: the same covariance: $(head -c 300 diffs)"
    expect "calibration of $file" 0 calibrate $file --positions places --source sky:0,60 -o twin.cal.h5
done

# Cut within a time: whole ones are used, and it is said, once.
head -c 5990 samples >plain.bin
run convert plain.bin -o cut.h5 --json
[ "$status" = 0 ] || fault "a cut file: $status"
[ "$(cat err)" = 'cophase convert: plain.bin: ends within a time: its last 2 bytes are not used' ] || fault "a cut file is told: $(cat err)"
holds 'whole times are used' '.times == 499'
expect 'it' 0 convert plain.bin --quiet -o cut.h5
run info plain.bin --json
holds 'has a remark' '.remark == "ends within a time: its last 2 bytes are not used"'
words native.h5 | head -n $((499 * 12)) >wanted
words cut.h5 >got
cmp -s wanted got || fault 'the times before the cut'

# Real samples stay real.
printf '{"type": "ri8", "elements": 3, "if_freq_hz": 2.5e5, "sample_rate_hz": 1e6}' >plain.bin.json
cp samples plain.bin
expect 'real samples' 0 convert plain.bin -o real.h5
h5dump -A 0 -d /samples -y -w 0 real.h5 | grep -E '^ *-?[0-9]' | tr -d ' ' | tr ',' '\n' | grep . >got
words native.h5 >wanted
cmp -s wanted got || fault 'real samples are the bytes'
expect 'they' 0 info real.h5 --json
holds 'stay real' '.real_sampling and .times == 2000 and .if_freq_hz == 250000'

printf '{"type": "ci8", "elements": 6, "order": "sideways"}' >plain.bin.json
expect 'a bad sidecar' 3 info plain.bin
says 'is named' 'plain.bin.json: order: is "sideways"'
printf '{' >plain.bin.json
expect 'no JSON' 3 info plain.bin
rm plain.bin.json
expect 'nothing beside it' 3 info plain.bin
says 'is no HDF5' 'not an HDF5 file'

# ---- sidecars ----

cp samples plain.bin
printf '{"type": "ci8", "elements": "6"}' >plain.bin.json
expect 'a number as text' 3 info plain.bin
says 'is named' 'plain.bin.json: elements: is no key, or its value is of another kind'
printf '{"type": "ci8", "elements": 6, "sample_rate_hz": 0}' >plain.bin.json
expect 'a rate of 0' 3 info plain.bin
says 'is named' 'plain.bin.json: sample_rate_hz: is 0, expected'
rm plain.bin.json
for key in 'elements = 3' 'type = ci8'; do
    printf '[samples]\ntype = ci8\nelements = 6\n%s\n' "$key" >plain.bin.ini
    expect "$key again" 3 info plain.bin
    says 'is named' "plain.bin.ini: ${key% =*}: is there twice"
done
printf '[samples]\ntype = ci8\nelements = 6\ncomment = first\ncomment = second\n' >plain.bin.ini
expect 'remarks' 0 info plain.bin

# ---- what metadata of SigMF say ----

# meta GLOBAL CAPTURES: of a recording of 500 times.
meta() { printf '{"global": {"core:datatype": "ci8", "core:num_channels": 6, "core:version": "1.0.0"%s}, "captures": %s, "annotations": []}' "$1" "$2" >rec.sigmf-meta; }
rate=', "core:sample_rate": 1000'
# The time of a later segment is that of its sample, counted with what was lost before it: 100 + 70 ms.
for row in '[{"core:sample_start": 0, "core:global_index": 0}, {"core:sample_start": 100, "core:global_index": 170, "core:datetime": "2023-11-14T22:13:20Z"}]:70' \
    '[{"core:sample_start": 0, "core:global_index": 5}, {"core:sample_start": 50, "core:global_index": 75}, {"core:sample_start": 100, "core:global_index": 175, "core:datetime": "2023-11-14T22:13:20Z"}]:70' \
    '[{"core:sample_start": 0}, {"core:sample_start": 170, "core:datetime": "2023-11-14T22:13:20Z"}]:0'; do
    meta "$rate" "${row%:*}"
    expect 'a segment with a time' 0 info rec.sigmf-meta --json
    holds 'the start' "(.time_start_unix_s - 1699999999.83) | fabs < 1e-6"
    holds 'what was lost' ".times_lost == ${row##*:}"
done
# A dump of which more than half was lost is left out, unless it is the only one: followed or not.
meta "$rate" '[{"core:sample_start": 0, "core:global_index": 0, "core:frequency": 1e9}, {"core:sample_start": 100, "core:global_index": 4600, "core:frequency": 1e9}]'
for row in '5000 1 500' '500 1 400' '200 3 100' '201 1 201'; do
    read -r length dumps least <<<"$row"
    for follow in -q --follow=0s; do
        rm -f dumps.h5
        expect "dumps of $length ($follow)" 0 covariance rec.sigmf-meta --integration "$length" "$follow" -o dumps.h5 --json
        holds 'that have half' ".times == $dumps and .n_samples == $least"
    done
done
expect 'none that has half' 3 covariance rec.sigmf-meta --integration 1000 -o none.h5
meta "$rate" '[{"core:sample_start": 0, "core:global_index": 1000}, {"core:sample_start": 100, "core:global_index": 1099}]'
expect 'numbers that go back' 3 info rec.sigmf-meta
says 'are named' 'rec.sigmf-meta: core:global_index: is 1099 at sample 100, which is number 1100 or later'
meta "$rate" '[{"core:sample_start": 0, "core:global_index": 1000}, {"core:sample_start": 100, "core:global_index": 50}]'
expect 'numbers that go back far' 3 info rec.sigmf-meta
says 'are named' 'rec.sigmf-meta: core:global_index: is 50 at sample 100, which is number 1100 or later'
for row in '"core:sample_rate": 0:a number above 0' '"core:sample_rate": -1:a number above 0' '"cophase:scale": 0:a number above 0' '"cophase:independent": 2:0 to 1' \
    '"cophase:wave_speed_m_s": -3:a number, not negative'; do
    key=${row%:*}
    meta ", $key" '[]'
    expect "$key" 3 info rec.sigmf-meta
    says 'is named' "rec.sigmf-meta: $(cut -d '"' -f 2 <<<"$key"): is ${key##* }, expected ${row##*:}"
done
meta "$rate" 5
expect 'captures that are none' 3 info rec.sigmf-meta
says 'are named' 'rec.sigmf-meta: captures: is no list'
meta "$rate" '[{"core:sample_start": 0}, 5]'
expect 'a capture that is none' 3 info rec.sigmf-meta
says 'is named' 'rec.sigmf-meta: captures: entry 1 is no object'

# ---- frames ----

# frame NUMBER RECEIVERS SAMPLES VALUE: of 2 receivers of 4 samples that are all the same.
frame() {
    le 0x2bf7b95a 4 && le 0 4 && head -c 20 /dev/zero && le "$2" 4 && le 0 8 && le 1000000000 8 && le 0 8 && le 1000000 8
    le "$3" 8 && le 1700000000000 8 && le 0 4 && le "$1" 4 && le 0 8 && le 0 4 && le 8 4 && head -c 920 /dev/zero
    head -c 16 /dev/zero | tr '\0' "$(printf '%b' "\\x$(printf %02x $((128 + $4)))")"
}
for bad in '2 1000000' '1000000 4' '3 4' '2 3'; do
    { frame 0 2 4 1 && frame 1 2 4 2 && frame 2 "${bad% *}" "${bad#* }" 3 && frame 3 2 4 4 && frame 4 2 4 5; } >bad.iqf
    expect "a damaged frame of $bad" 3 info bad.iqf
    says 'is said' 'bad.iqf: (the frame at byte 2080 has|no frame begins at byte)'
    run convert bad.iqf --skip-bad -o good.h5
    case $bad in '2 3') ;; *) grep -qE '^cophase convert: bad.iqf: left out: the frame at byte 2080 has ' err || fault "the file is named once: $(cat err)" ;; esac
    expect 'it is left out' 0 convert bad.iqf --skip-bad -q -o good.h5
    case $bad in # of a frame that is shorter than it was the end alone is lost
    '2 3') wanted='1 1 1 1 2 2 2 2 3 3 3 4 4 4 4 5 5 5 5 ' gaps= ;;
    *) wanted='1 1 1 1 2 2 2 2 4 4 4 4 5 5 5 5 ' gaps='8 12 ' ;;
    esac
    [ "$(words good.h5 | awk 'NR % 4 == 1' | tr '\n' ' ')" = "$wanted" ] || fault "$bad: samples of the others: $(words good.h5 | awk 'NR % 4 == 1' | tr '\n' ' ')"
    [ -z "$gaps" ] || [ "$(rows good.h5 /gaps 2 | tr '\n' ' ')" = "$gaps" ] || fault "$bad: it is a gap"
done
{ frame 0 2 4 1 && frame 1 2 4 2 | head -c 1030; } >bad.iqf
expect 'a frame that is cut' 0 info bad.iqf -q --json
holds 'is said' '.times == 4 and .remark == "ends within a frame, which is not used"'
finish
