#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bad files and bad places: the right exit status, one line that names the file and what was expected, nothing left
# behind, and no runaway memory.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
[ -n "${CPH_TEST_REDUCED:-}" ] || ulimit -v 8000000 # a file's claims don't decide on memory; sanitizers map terabytes

mkdir in to
"$COPHASE" simulate --array ura:5x3,0.5wl --freq 11.7e9 --source azel:20,10 --samples 6000 --type c32 --seed 5 -o in/good.h5 >log 2>&1 ||
    fault "simulate: $(cat log)"

# A file of HDF5 carries names as plain bytes; another name of the same length takes something away.
without() { # WHAT INSTEAD FILE: a copy of good.h5 that lacks the name WHAT
    LC_ALL=C sed "s/$1/$2/g" in/good.h5 >"in/$3"
    cmp -s in/good.h5 "in/$3" && fault "$1 is not in the file"
}

# refuses CLAIM STATUS PATTERN VERB ARGS...: with an output to/o.h5, of which nothing is left.
refuses() {
    local claim=$1 wanted=$2 pattern=$3
    shift 3
    expect "$claim" "$wanted" "$@" -o to/o.h5
    says "$claim" "$pattern"
    [ -z "$(ls -A to)" ] || fault "$claim: left $(ls -A to)" && rm -rf to/*
}

# Every verb that reads a capture.
each() { # CLAIM STATUS PATTERN FILE
    refuses "beamform, $1" "$2" "$3" beamform "$4" --steer azel:20,10
    refuses "covariance, $1" "$2" "$3" covariance "$4"
    refuses "calibrate, $1" "$2" "$3" calibrate "$4" --source azel:20,10
    refuses "weights, $1" "$2" "$3" weights "$4" --steer azel:20,10
    expect "info, $1" "$2" info "$4"
    expect "scan, $1" "$2" scan "$4"
}

# ---- contents ----

printf 'This is text and no capture, although it is long enough to look like something.\n' >in/text.h5
: >in/empty.h5
mkdir in/folder.h5
each 'a file that is not there' 3 'in/absent.h5' in/absent.h5
each 'not HDF5' 3 'in/text.h5' in/text.h5
says 'what else it might be' 'plain binary needs a sidecar beside it, its name with .json or .ini'
each 'an empty file' 3 'in/empty.h5' in/empty.h5
each 'a folder' 3 'in/folder.h5' in/folder.h5

size=$(stat -c %s in/good.h5)
for ((i = 1; i <= 50; i++)); do
    head -c $((size * i / 51)) in/good.h5 >in/cut.h5
    refuses "truncated to $i of 51 parts" 3 'in/cut.h5' beamform in/cut.h5 --steer azel:20,10
done
head -c $((size - 1)) in/good.h5 >in/cut.h5
refuses 'the last byte is missing' 3 'in/cut.h5' beamform in/cut.h5 --steer azel:20,10

without center_freq_hz venter_freq_hz nofreq.h5
refuses 'no frequency' 3 'in/nofreq.h5.*freq' beamform in/nofreq.h5 --steer azel:20,10
without '\x00position' '\x00positiom' nopos.h5
refuses 'no positions' 3 'in/nopos.h5.*position' beamform in/nopos.h5 --steer azel:20,10
without sample_rate_hz tample_rate_hz norate.h5
refuses 'no sample rate where seconds are asked for' 3 'in/norate.h5.*sample_rate_hz' beamform in/norate.h5 --steer azel:20,10 --start 10us

expect 'covariance' 0 covariance in/good.h5 -o in/cov.h5
refuses 'a covariance is no capture' 3 'in/cov.h5.*covariance.*capture' beamform in/cov.h5 --steer azel:20,10
refuses 'a capture is no weights' 3 'in/cov.h5' beamform in/good.h5 --weights in/cov.h5
refuses 'a capture is no calibration' 3 'in/good.h5' beamform in/good.h5 --steer uv:0,0 --calibration in/good.h5 </dev/null

# All bits set is a NaN: in two or three samples in the middle of the file, so that positions and headers stay whole.
cp in/good.h5 in/nan.h5
printf '\377%.0s' {1..16} | dd of=in/nan.h5 bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
expect 'NaN samples are no obstacle to calibration' 0 calibrate in/nan.h5 --source azel:20,10 -o to/o.h5 --json
holds 'NaN samples flag their elements' '.flagged | length >= 1 and length <= 3 and all(.reason == "not-finite")'
run beamform in/nan.h5 --steer azel:20,10 -o to/b.h5 --json
[ "$status" = 0 ] || fault "NaN samples are no obstacle to beams: $(cat err)"
says 'NaN in beams is said' 'beams are not finite'
holds 'power of NaN is null' '.beams[0].power_db == null'
rm -f to/*

# ---- places ----

for place in in/good.h5 in/../in/good.h5; do
    expect 'the output is the input' 2 beamform in/good.h5 --steer uv:0,0 -o $place
done
ln in/good.h5 in/same.h5 && ln -s good.h5 in/link.h5
expect 'the output is the input by another name' 2 beamform in/good.h5 --steer uv:0,0 -o in/same.h5
expect 'the output is the input by a link' 2 beamform in/good.h5 --steer uv:0,0 -o in/link.h5
cmp -s in/good.h5 <(cat in/same.h5) && h5ls in/good.h5 >/dev/null || fault 'the input was touched'

for place in /dev/null /dev/full in/folder.h5; do
    expect "the output $place is no regular file" 2 beamform in/good.h5 --steer uv:0,0 -o $place
    says "the output $place is named" "$place"
done
mkfifo in/pipe && expect 'the output is a pipe' 2 beamform in/good.h5 --steer uv:0,0 -o in/pipe
[ -c /dev/null ] && [ -c /dev/full ] && [ -d in/folder.h5 ] && [ -p in/pipe ] || fault 'an output that is no regular file was replaced'
ls /dev/null.partial /dev/full.partial in/*.partial 2>/dev/null && fault 'a partial file was left'
expect 'the folder of the output is not there' 1 beamform in/good.h5 --steer uv:0,0 -o to/no/such/o.h5
says 'it is named' 'to/no/such'

if [ "$(id -u)" != 0 ]; then
    mkdir shut && chmod 500 shut
    expect 'a folder that is not writable' 1 beamform in/good.h5 --steer uv:0,0 -o shut/o.h5
    [ -z "$(ls -A shut)" ] || fault 'something was left in it'
fi

expect 'a picture in a folder that is not there' 1 pattern --array ula:8,0.5wl --plot to/no/such.svg
expect 'an unknown kind of picture' 2 pattern --array ula:8,0.5wl --plot to/picture.gif
run pattern --array ula:8,0.5wl --json && "$COPHASE" pattern --array ula:8,0.5wl --json >/dev/full 2>err
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] || fault "standard output is full: $(cat err)"

# A full disk, where root may mount one.
mkdir full
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
    trap 'umount full 2>/dev/null' EXIT
    expect 'the disk fills' 1 simulate --array ula:8,0.5wl --freq 1e9 --samples 100000 -o full/o.h5
    cp in/good.h5 full/fill 2>/dev/null
    expect 'the disk is full' 1 covariance in/good.h5 -o full/o.h5
    expect 'the disk is still full' 1 beamform in/good.h5 --steer uv:0,0 -o full/o.h5
    [ "$(ls -A full)" = fill ] || fault "a full disk: left $(ls -A full)"
    umount full
else
    echo 'no tmpfs to fill here: the full disk was not tried'
fi
finish
