#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Damaged captures: one line and exit status 3; with --skip-bad the rest is done, and what is missing is a gap.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# skips CLAIM ARGS...: done, with words on stderr about what was left out; leaves them in err.
skips() {
    local claim=$1
    shift
    run "$@"
    [ "$status" = 0 ] || fault "$claim: exit status $status (cophase $*): $(head -c 300 err)"
    grep -q '^cophase [a-z]*: ' err || fault "$claim: says nothing about what is left out"
}
# chunk FILE N: where the samples' chunk N begins in the file, and its bytes.
chunk() { h5ls -va "$1/samples" | awk '/^ *0x/ { print $3, $2 }' | sed -n "$(($2 + 1))p"; }
# hurt FILE N: bytes in the middle of a chunk become others.
hurt() {
    local at bytes
    read -r at bytes <<<"$(chunk "$1" "$2")"
    printf '\377\377\377\377' | dd of="$1" bs=1 seek=$((at + bytes / 2)) conv=notrunc status=none
}
# gaps FILE: sample and global sample of each, one a line.
gaps() { h5dump -d /gaps -y "$1" | grep -oE '[0-9]+,?$' | tr -d ',' | paste -d ' ' - -; }
# times FILE START COUNT: samples of the file as text.
times() { h5dump -d /samples -s "$2,0" -c "$3,16" -y -w 0 "$1" | grep -E '^ *-?[0-9]'; }

# Seven chunks of 16384 times and one of 1696.
expect 'a capture' 0 simulate --array ula:32,0.5wl --freq 1GHz --source uv:0.3,0 --samples 100000 -o cap.h5
for how in deflate bitshuffle; do
    expect "$how" 0 convert cap.h5 --compress "$how" -o whole.h5
    [ "$(chunk whole.h5 6)" != '' ] || fault 'the chunks are there'

    cp whole.h5 bad.h5
    if [ "$how" = deflate ]; then hurt bad.h5 2; hurt bad.h5 5; else
        # The bytes of its first block are more than there are.
        for n in 2 5; do
            read -r at _ <<<"$(chunk bad.h5 "$n")"
            printf '\177' | dd of=bad.h5 bs=1 seek=$((at + 12)) conv=notrunc status=none
        done
    fi
    expect "$how: damaged chunks" 3 covariance bad.h5 -o none.h5
    says 'the first is named' 'bad\.h5: /samples: chunk at \[32768, 0\]'
    [ ! -e none.h5 ] || fault 'nothing is written'
    skips "$how: they" convert bad.h5 --skip-bad -o rest.h5
    [ "$(wc -l <err)" = 2 ] || fault "both are told: $(cat err)"
    says 'the first' 'samples 32768 to 49151 are left out: bad\.h5: /samples: chunk at \[32768, 0\]'
    says 'the other' 'samples 81920 to 98303 are left out: bad\.h5: /samples: chunk at \[81920, 0\]'
    [ "$(gaps rest.h5)" = $'32768 49152\n65536 98304' ] || fault "$how: gaps are $(gaps rest.h5)"
    for part in '0 0' '32762 32762' '32768 49152' '65530 81914' '65536 98304'; do
        read -r is was <<<"$part"
        [ "$(times rest.h5 "$is" 6)" = "$(times cap.h5 "$was" 6)" ] || fault "$how: samples from $is on are those from $was on"
    done
    expect 'the rest' 0 info rest.h5 --json
    holds 'has gaps' '.times == 67232 and .gaps == 2 and .times_lost == 32768'
    expect 'said by nobody' 0 convert bad.h5 --skip-bad --quiet -o quiet.h5
done

# A part that is whole needs nothing; ranges count what was lost.
expect 'a part before the damage' 0 convert bad.h5 --duration 32768 -o part.h5
skips 'a part across it' convert bad.h5 --skip-bad --start 32000 --duration 20000 -o part.h5
[ "$(gaps part.h5)" = '768 17152' ] || fault "gaps of a part are $(gaps part.h5)"
[ "$(times part.h5 768 6)" = "$(times cap.h5 49152 6)" ] || fault 'samples of a part'
skips 'a part that begins in it' convert bad.h5 --skip-bad --start 40000 --duration 20000 -o late.h5
[ "$(times late.h5 0 6)" = "$(times cap.h5 49152 6)" ] || fault 'it begins behind the damage'
run convert bad.h5 --skip-bad --start 33000 --duration 1000 -o none.h5
[ "$status" = 3 ] && [ ! -e none.h5 ] || fault "a part of which nothing is left: $status"

# Verbs respect the gap.
skips 'dumps' covariance bad.h5 --skip-bad --integration 16384 -o dumps.h5
expect 'they' 0 info dumps.h5 --json
holds 'are those that nothing was lost of' '.times == 4 and .n_samples == 16384'
skips 'beams' beamform bad.h5 --skip-bad --steer uv:0.3,0 -o beams.h5
[ "$(gaps beams.h5)" = $'32768 49152\n65536 98304' ] || fault "gaps of beams are $(gaps beams.h5)"
skips 'the same in one thread and little memory' covariance bad.h5 --skip-bad --threads 1 --max-memory 1M -o one.h5
skips 'as in two' covariance bad.h5 --skip-bad --threads 2 -o two.h5
h5diff one.h5 two.h5 /covariance /covariance >diffs || fault "threads change the covariance: $(head -c 300 diffs)"

# The end of the file is gone, in the middle of a chunk, compressed or not.
for file in whole.h5 cap.h5; do
    read -r at bytes <<<"$(chunk "$file" 4)"
    head -c $((at + bytes / 2)) "$file" >cut.h5
    expect "$file cut off" 3 covariance cut.h5 -o none.h5
    says 'is said' 'cut\.h5: .*truncated'
    skips 'it' convert cut.h5 --skip-bad -o rest.h5
    says 'is told' 'samples 65536 to 99999 are left out: cut\.h5: /samples: chunk at \[65536, 0\]'
    expect 'the rest' 0 info rest.h5 --json
    holds 'is there' '.times == 65536 and .gaps == 0'
    [ "$(times rest.h5 65530 6)" = "$(times cap.h5 65530 6)" ] || fault "$file: the last samples"
done
head -c 600 cap.h5 >cut.h5
expect 'nothing is left' 3 convert cut.h5 --skip-bad -o none.h5

# A filter that nobody has: its number, and no gap.
LC_ALL=C sed 's/\x08\x7d/\xe7\x80/g' whole.h5 >other.h5
expect 'a filter that is not installed' 3 covariance other.h5 -o none.h5
says 'is named' 'other\.h5: /samples: .*32999.* is not installed'
expect 'nor is it damage' 3 covariance other.h5 --skip-bad -o none.h5
says 'as before' '32999'


# 200 GB of nothing: what is asked for is read, and no more.
truncate -s 200000000000 sparse.bin && printf '{"type": "ci8", "elements": 8, "sample_rate_hz": 1e9, "center_freq_hz": 1e9}' >sparse.bin.json
expect 'a sparse file' 0 convert sparse.bin --start 12499999000 --duration 1000 -o end.h5 --json
holds 'its end' '.times == 1000'
expect 'with --skip-bad' 0 convert sparse.bin --start 12499999000 --duration 1000 --skip-bad -o end.h5
rm sparse.bin
# ---- other kinds ----

# Five dumps, a chunk each; beams of four chunks; the third and the second are hurt.
expect 'a capture that began' 0 simulate --array ula:32,0.5wl --freq 1GHz --source uv:0.3,0 --samples 5000 --time-start 17e8 -o timed.h5
expect 'dumps' 0 covariance timed.h5 --integration 1000 -o dumps.h5
h5repack -f /covariance:FLET -l /covariance:CHUNK=1x1x32x32 dumps.h5 bad.cov.h5 || fault 'h5repack'
spoil() { # FILE SET N
    local at bytes
    read -r at bytes <<<"$(h5ls -va "$1/$2" | awk '/^ *0x/ { print $3, $2 }' | sed -n "$(($3 + 1))p")"
    printf '\1\2\3\4' | dd of="$1" bs=1 seek=$((at + bytes / 2)) conv=notrunc status=none
}
spoil bad.cov.h5 covariance 2
expect 'a damaged dump' 3 convert bad.cov.h5 -o none.h5
skips 'it' convert bad.cov.h5 --skip-bad -o four.h5
says 'and tells' 'dumps 2 to 2 are left out: bad.cov.h5: /covariance: chunk at \[2, 0, 0, 0\]'
expect 'the others' 0 info four.h5 --json
holds 'are four' '.kind == "covariance" and .times == 4'
for part in '0 0' '1 1' '2 3' '3 4'; do
    read -r is was <<<"$part"
    for file in "four.h5 $is" "dumps.h5 $was"; do
        h5dump -y -w 0 -d /covariance -s "${file#* },0,0,0" -c 1,1,32,32 "${file% *}" | grep -E '^ *-?[0-9]' >"dump.${file% *}"
        h5dump -y -d /time_unix_s -s "${file#* }" -c 1 "${file% *}" | grep -E '^ *[0-9]' >>"dump.${file% *}"
    done
    cmp -s dump.four.h5 dump.dumps.h5 || fault "dump $is is that which was number $was"
done
expect 'beams' 0 beamform cap.h5 --steer uv:0.3,0 --steer uv:0,0 -o beams.h5
h5repack -f /beams:FLET -l /beams:CHUNK=25000x1x2 beams.h5 bad.beams.h5 || fault 'h5repack'
spoil bad.beams.h5 beams 1
skips 'beams' convert bad.beams.h5 --skip-bad -o left.h5
says 'and tell' 'samples 25000 to 49999 are left out'
expect 'the rest' 0 info left.h5 --json
holds 'is there' '.kind == "beams" and .times == 75000'
[ "$(gaps left.h5)" = '25000 50000' ] || fault "gaps of beams: $(gaps left.h5)"
expect 'gains' 0 calibrate cap.h5 --source uv:0.3,0 -q -o gains.h5
expect 'of which nothing is left out' 2 info gains.h5 --skip-bad
says 'are named' 'gains.h5: is of kind calibration \(cophase\); --skip-bad is for captures, beams, and covariances'
finish
