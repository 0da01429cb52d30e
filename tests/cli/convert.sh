#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# convert: what comes out is what went in, bit for bit, or requantised by the one rule; and says where it comes from.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# parts FILE [SET]: all parts of the samples, one a line.
parts() { h5dump -A 0 -m %.9g -d "${2:-/samples}" -y -w 0 "$1" | grep -E '^ *-?[0-9.]+(e[-+0-9]+)?,?$' | tr -d ' ,'; }
# attribute FILE NAME: a number, to the last digit that counts.
attribute() { h5dump -m %.6g -a "$2" "$1" | sed -n 's/^ *(0): //p'; }
# times SCALE FACTOR: their product.
times() { awk -v s="$1" -v f="$2" 'BEGIN { printf "%.17g", s * f }'; }
# same CLAIM FILE FILE SET...: the data sets are equal.
same() {
    local claim=$1 a=$2 b=$3 set
    shift 3
    for set in "$@"; do
        h5diff "$a" "$b" "$set" "$set" >diffs 2>&1 || fault "$claim: $set differs: $(head -c 300 diffs)"
    done
}

expect 'a capture' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=20dB --samples 3000 --type c16 \
    --gain-errors 2dB,40deg --dead 3 --sample-rate 2MHz --time-start 1700000000.25 --seed 5 -o cap.h5
expect 'the same of bytes' 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=10dB --samples 3000 --seed 6 -o c8.h5
expect 'its covariance' 0 covariance cap.h5 --integration 0.5ms -o cov.h5

# ---- as it is ----

expect 'a capture' 0 convert cap.h5 -o out.h5 --json
holds 'is said' '.kind == "capture" and .from == "cophase" and .to == "cophase" and .elements == 6 and .times == 3000 and .type == "c16" and .saturated == 0'
same 'a capture stays' cap.h5 out.h5 /samples /array/position /truth/gain
run info cap.h5 --json
jq -S 'del(.file, .history)' out >info.cap
run info out.h5 --json
jq -S 'del(.file, .history)' out >info.out
cmp -s info.cap info.out || fault "what a file says of itself stays: $(diff info.cap info.out | head -5)"
h5dump -a /history out.h5 | grep -o '"command\\\?": *\\\?"cophase [a-z]*' | grep -o '[a-z]*$' | tr '\n' ' ' >history
[ "$(cat history)" = 'simulate convert ' ] || fault "the history is carried: $(cat history)"
# Compressed: the same samples, to others' eyes where they know the filters, and on the way back.
expect 'deflate' 0 convert cap.h5 --compress deflate -o deflate.h5 --json
holds 'is said' '.compression == "deflate"'
h5dump -p -H -d /samples deflate.h5 | grep -q 'COMPRESSION DEFLATE' || fault 'deflate is in the file'
h5diff cap.h5 deflate.h5 /samples /samples >diffs || fault "deflate changes samples: $(head -c 300 diffs)"
expect 'bitshuffle' 0 convert cap.h5 --compress bitshuffle -o bitshuffle.h5
h5dump -p -H -d /samples bitshuffle.h5 | grep -q 'FILTER_ID 32008' || fault 'bitshuffle is in the file'
expect 'the way back' 0 convert bitshuffle.h5 -o back.h5
h5diff cap.h5 back.h5 /samples /samples >diffs || fault "bitshuffle changes samples: $(head -c 300 diffs)"
expect 'a compression that is none' 2 convert cap.h5 --compress zip -o none.h5

expect 'little memory' 0 convert cap.h5 --max-memory 1000 -o small.h5
same 'blocks change nothing' cap.h5 small.h5 /samples
expect 'too little' 4 convert cap.h5 --max-memory 20 -o none.h5
says 'is said' 'memory limit is 20'
expect 'dumps' 0 convert cov.h5 -o covout.h5 --json
holds 'are said' '.kind == "covariance" and .times == 3 and .type == null and .scale == null and .saturated == null and .compression == null'
same 'a covariance stays' cov.h5 covout.h5 /covariance /time_unix_s /n_samples /array/position

# ---- a part of it ----

expect 'some times and elements' 0 convert cap.h5 --start 500us --duration 250us --exclude 0,4 -o part.h5 --json
holds 'are counted' '.elements == 4 and .times == 500'
h5dump -A 0 -d /samples -s 1000,1 -c 500,3 -y -w 0 cap.h5 | grep -E '^ *-?[0-9]+,?$' >wanted
h5dump -A 0 -d /samples -s 0,0 -c 500,3 -y -w 0 part.h5 | grep -E '^ *-?[0-9]+,?$' >got
cmp -s wanted got || fault 'elements 1, 2, 3 from the 1000th sample on'
h5dump -A 0 -d /samples -s 1000,5 -c 500,1 -y -w 0 cap.h5 | grep -E '^ *-?[0-9]+,?$' >wanted
h5dump -A 0 -d /samples -s 0,3 -c 500,1 -y -w 0 part.h5 | grep -E '^ *-?[0-9]+,?$' >got
cmp -s wanted got || fault 'then element 5'
expect 'it' 0 info part.h5 --json
holds 'begins later, elements keep their numbers' '(.time_start_unix_s - 1700000000 | . > 0.2499 and . < 0.2601) and [.health[].element] == [1, 2, 3, 5]'
[ "$(attribute part.h5 time_start_frac_s)" = 0.2505 ] || fault "half a millisecond later: $(attribute part.h5 time_start_frac_s)"
expect 'nothing left' 2 convert cap.h5 --exclude 0-5 -o none.h5
says 'is refused' 'no element is left'

# ---- other types ----

expect 'bytes as words' 0 convert c8.h5 --type c16 -o c16.h5 --json
holds 'of the same scale' '.type == "c16" and .saturated == 0'
expect 'as floats' 0 convert c16.h5 --type c32 -o c32.h5
parts c8.h5 >p8
for wide in c16 c32; do
    parts $wide.h5 >wide
    cmp -s p8 wide || fault "$wide holds the same numbers"
done
scale=$(h5dump -m %.17g -a /samples/scale c8.h5 | sed -n 's/^ *(0): //p')
expect 'and back' 0 convert c32.h5 --type c8 --scale "$scale" -o back.h5 --json
holds 'none saturated' '.type == "c8" and .saturated == 0'
same 'bytes come back' c8.h5 back.h5 /samples

# floor((x m + 2^(s-1)) / 2^s) for a factor m / 2^s, and the limits: FACTOR FILE FILE.
parts cap.h5 >p16
by_rule() {
    awk -v f="$1" 'function floor(x) { return int(x) > x ? int(x) - 1 : int(x) }
        { y = floor($1 * f + 0.5); print (y < -128 ? -128 : y > 127 ? 127 : y) }' p16 >wanted
    parts "$2" >got
    cmp -s wanted got || fault "times $1: $(paste p16 wanted got | awk '$2 != $3' | head -3)"
}
scale=$(h5dump -m %.17g -a /samples/scale cap.h5 | sed -n 's/^ *(0): //p')
expect 'words as bytes' 0 convert cap.h5 --type c8 -o auto.h5 --json
holds 'none saturated' '.saturated == 0'
factor=$(awk -v s="$scale" -v t="$(jq .scale out)" 'BEGIN { print 2 ^ int(log(s / t) / log(2) - 0.5) }')
by_rule "$factor" auto.h5
awk '{ x = $1 < 0 ? -$1 : $1; if (x > m) m = x } END { exit !(m > 63) }' got || fault 'the scale is the smallest that fits'
for f in 256 301 75; do
    expect "coarser by $f" 0 convert cap.h5 --type c8 --scale "$(times "$scale" $f)" -o scaled.h5 --json
    saturated=$(jq .saturated out)
    by_rule "$(times 1 "$(awk -v f=$f 'BEGIN { printf "%.17g", 1 / f }')")" scaled.h5
    paste - - <p16 | awk -v f=$f 'function out(x) { x = x / f + 0.5; return x < -128 || x >= 128 }
        out($1) || out($2) { n++ } END { print n + 0 }' >wanted
    [ "$(cat wanted)" = "$saturated" ] || fault "coarser by $f: $saturated samples saturated, not $(cat wanted)"
done
[ "$saturated" -gt 0 ] || fault 'the last scale saturates some'
expect 'little memory' 0 convert cap.h5 --type c8 --scale "$(times "$scale" 75)" --max-memory 1000 -o small.h5
same 'blocks change nothing' scaled.h5 small.h5 /samples

# Floats to the nearest, ties to even; what no integer is as large as saturates.
expect 'floats' 0 convert cap.h5 --type c32 --scale "$(times "$scale" 2)" -o half.h5
expect 'a scale that floats do not hold' 2 convert cap.h5 --type c32 --scale 1e-50 -o none.h5
says 'is said' 'are beyond what 32-bit floats hold'
parts half.h5 >halves
expect 'to integers' 0 convert half.h5 --type c16 --scale "$(times "$scale" 2)" -o even.h5 --json
holds 'none saturated' '.saturated == 0'
awk 'function floor(x) { return int(x) > x ? int(x) - 1 : int(x) }
    { y = floor($1); d = $1 - y; if (d > 0.5 || (d == 0.5 && y % 2 != 0)) y++; print y }' halves >wanted
parts even.h5 >got
cmp -s wanted got || fault "halves: $(paste halves wanted got | awk '$2 != $3' | head -3)"
grep -q '\.5$' halves || fault 'there are halves'

# ---- words ----

expect 'no output' 2 convert cap.h5
expect 'no input' 2 convert -o none.h5
expect 'the output is the input' 2 convert cap.h5 -o cap.h5
expect 'a bad type' 2 convert cap.h5 --type f4 -o none.h5
for bad in 0 -1 nan inf x ''; do
    expect "scale '$bad'" 2 convert cap.h5 --scale="$bad" -o none.h5
    says 'is refused' '^cophase convert: --scale'
done
expect 'a scale that leaves nothing' 2 convert cap.h5 --scale 1e30 -o none.h5
says 'is refused' 'no integers'
expect 'a type of a covariance' 2 convert cov.h5 --type c8 -o none.h5
says 'is refused' 'cov.h5: is a covariance; --type, --scale and --compress are for samples'
expect 'gains' 0 calibrate cap.h5 --source uv:0.3,-0.2 -o cal.h5
expect 'no data' 3 convert cal.h5 -o none.h5
says 'is refused' 'cal.h5: attribute kind is calibration; expected capture or covariance or beams'
expect 'no such file' 3 convert absent.h5 -o none.h5
[ ! -e none.h5 ] && [ ! -e none.h5.partial ] || fault 'a refused run left a file'
finish
