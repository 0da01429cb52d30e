#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase simulate: the file holds what was asked for, whatever the blocks and the threads.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

samples() { # FILE: its samples
    h5dump -y -d /samples -o "$1.txt" "$1" >/dev/null
    cat "$1.txt"
}
sounds() { # FILE ELEMENT: whether the element has a sample that is not 0
    h5dump -y -d /samples -s "0,$2" -c 64,1 -o raw.txt "$1" >/dev/null
    grep -q '[1-9]' raw.txt
}

scene=(--array "ura:8x8,0.5wl" --freq 11.7e9 --source "azel:20,10,snr=0dB" --jammer "azel:-40,5,inr=30dB")
scene+=(--type c8 --gain-errors "1dB,20deg" --dead "3,17" --seed 7)

expect 'the manual'\''s scene' 0 simulate "${scene[@]}" --samples 4096 --dead-mode zero -o cap.h5 --json
holds 'a capture' '.kind == "capture" and .elements == 64 and .times == 4096 and .type == "c8" and .output == "cap.h5"'
holds 'its truth' '.dead == [3, 17] and .center_freq_hz == 11.7e9 and .frame == "array" and .seed == 7'
holds 'its sources' '[.sources[] | .kind, ([.az_deg, .el_deg, .power_db][] * 1000 | round)] ==
    ["source", 20000, 10000, 0, "jammer", -40000, 5000, 30000]'
h5dump -H -d /samples cap.h5 | grep -q '( 4096, 64 )' || fault 'samples are [time, element]'
[ "$(h5dump -d /truth/gain cap.h5 | grep -ci 'nan')" = 4 ] || fault 'the gains of the dead are NaN, no others'
h5dump -d /truth/source cap.h5 | grep -q 'jammer' || fault '/truth/source lists the jammer'
for n in 3 17; do
    sounds cap.h5 $n && fault "dead element $n is silent"
done
sounds cap.h5 4 || fault 'element 4 is heard'
[ ! -e cap.h5.partial ] || fault 'no partial file is left'

expect 'faults at random' 0 simulate "${scene[@]}" --samples 64 --dead-mode noise --weak 5 --weak-count 2 --dead-count 3 \
    -o noise.h5 --json
sounds noise.h5 3 || fault 'a dead element has noise in mode noise'
holds 'as many as asked for, those listed among them' '(.dead | length) == 5 and (.weak | length) == 3 and
    (.dead + .weak | unique | length) == 8 and (.weak | index(5)) != null and (.dead | index(17)) != null'

expect 'small blocks, one thread' 0 simulate "${scene[@]}" --samples 4096 --threads 1 --max-memory 1000 -o blocks.h5
cmp <(samples cap.h5) <(samples blocks.h5) || fault 'blocks and threads do not change samples'
expect 'another seed' 0 simulate "${scene[@]}" --samples 4096 --seed 8 -o other.h5
cmp -s <(samples cap.h5) <(samples other.h5) && fault 'another seed gives other samples'

expect 'the array of a file' 0 simulate --array cap.h5 --freq 11.7GHz --samples 16 --type c32 --source uv:0.1,-0.2 \
    -o again.h5 --json
holds 'the array of a file' '.elements == 64 and .type == "c32" and .scale == 1 and .sources[0].v == -0.2'
expect 'a terminal' 0 simulate --array disc:1280,12.8mm --freq 11.7GHz --samples 16 --type c16 -o disc.h5 --json \
    --seed 18446744073709551615
holds 'a terminal' '.elements == 1280 and .sources == [] and .seed == "18446744073709551615"'

# Stopped half-way: no output, a partial file that says so. Who stops a command often sends the signal twice at once.
for signal in TERM HUP; do
    "$COPHASE" simulate --array ura:16x16,0.5wl --freq 1GHz --samples 100000000 -o long.h5 >out 2>err &
    for _ in $(seq 100); do
        [ -s long.h5.partial ] && break
        sleep 0.05
    done
    kill -$signal $!
    sleep 0.005
    kill -$signal $! 2>/dev/null
    wait $! && fault "$signal: an interrupted run fails"
    says "$signal: it is said" '^cophase simulate: interrupted$'
    says "$signal: and what stays" '^cophase simulate: left long.h5.partial$'
    [ ! -e long.h5 ] || fault "$signal: an interrupted run leaves no output"
    h5dump -a /partial long.h5.partial >/dev/null || fault "$signal: an interrupted run leaves a marked partial file"
    rm -f long.h5.partial
done

ok=(--array "ula:4,0.5wl" --freq 1GHz)
expect 'no frequency' 2 simulate --array ula:4,0.5wl -o bad.h5
expect 'no array' 2 simulate --freq 1GHz -o bad.h5
expect 'a hexagon of 8' 2 simulate --array tri:8,0.5wl --freq 1GHz -o bad.h5
expect 'an element that is not there' 2 simulate "${ok[@]}" --dead 4 -o bad.h5
says 'it is named' 'element 4'
expect 'dead and weak' 2 simulate "${ok[@]}" --dead 1 --weak 1 -o bad.h5
expect 'more dead than elements' 2 simulate "${ok[@]}" --dead-count 5 -o bad.h5
expect 'a negative rms' 2 simulate "${ok[@]}" --gain-errors=-1dB,3deg -o bad.h5
expect 'a source has no inr' 2 simulate "${ok[@]}" --source azel:20,10,inr=3dB -o bad.h5
expect 'an output that is no file' 2 simulate "${ok[@]}" -o /dev/null
expect 'an output that is the input' 2 simulate --array cap.h5 --freq 1GHz -o cap.h5
expect 'a sky that the array does not know' 3 simulate "${ok[@]}" --source sky:20,10 -o bad.h5
expect 'no such file' 3 simulate --array absent.h5 --freq 1GHz -o bad.h5
expect 'no such folder' 1 simulate "${ok[@]}" -o absent/bad.h5
compgen -G 'bad.h5*' >/dev/null && fault 'failures leave nothing behind'
finish
