#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase bench`: what it lists, what it refuses, what its JSON holds. Times themselves are nobody's claim here.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
short=(--seconds 10ms --threads 2)

expect '--list' 0 bench --list
grep -qE '^terminal +beamform c8 w8 1280x2 ' out || fault '--list names the terminal'
grep -qE '^sweep +beamform c32 2048x256 ' out || fault '--list reaches the end of the sweep'
grep -q '^tiers of this machine: .*scalar' out || fault '--list shows the tiers'
expect '--list of a filter' 0 bench --list --filter 'mimo 3276' --json
holds 'a filter wants every word' '.cases | length == 2 and all(.[]; .name == "mimo" and (.case | test("64x16x3276")))'

expect 'a case of its own' 0 bench --kernel beamform --type c8 --weight-bits 8 --elements 17 --beams 3 --times 33 --hot --json "${short[@]}"
holds 'the format is named' '.format == "cophase-bench" and .format_version == 1 and .seed == 1'
holds 'the machine is described' '.machine | .cores >= 1 and .memory_bytes > 0 and (.isa | index("scalar") != null) and has("governor") and (.huge_pages | type == "boolean") and (.caches | type == "array")'
holds 'the build is described' '.build | has("compiler") and has("flags") and (.openblas | test("OpenBLAS"))'
holds 'the roof is measured on one thread and two' '[.roof[].threads] == [1, 2] and all(.roof[]; .gflops.fma > 0 and (.bandwidth | length == 4) and .bandwidth[0].read_bytes_per_s > 0)'
holds 'the case is the one asked for' '.cases | length == 1 and (.[0] | .kernel == "beamform" and .type == "c8" and .weight_bits == 8 and .elements == 17 and .beams == 3 and .times == 33 and (.cold | not))'
holds 'every path has times in order' 'all(.cases[0].paths[]; .p10_s <= .median_s and .median_s <= .p90_s and .p10_s > 0 and .rounds >= 3 and .gflops > 0)'
holds 'every path is within its bound' 'all(.cases[0].paths[]; .error_of_bound <= 1)'
holds 'there is a scalar path on one thread, and one on two' '.cases[0].paths | any(.[]; .isa == "scalar" and .threads == 1 and .ratio_to_scalar == 1) and any(.[]; .threads == 2)'
holds 'the peer is compared' '.cases[0] | (.peers | length == 2) and .peers[0].name == "openblas" and .peers[0].median_with_conversion_s >= .peers[0].median_s and .ratio_to_peer > 0 and .ratio_to_peer_with_conversion > 0 and (.verdict | type == "string")'
holds 'GFLOP/s are 8 a complex multiply-add' '.cases[0] | . as $c | all(.paths[]; (.gflops * .median_s * 1e9 / (8 * 17 * 3 * 33) - 1) | fabs < 1e-6)'

holds 'a hot case has no bandwidth of memory of its own' '.cases[0] | .read_bytes_per_s == null and .read_bytes_per_s_all_threads == null'
expect 'a cold case' 0 bench --kernel beamform --type c8 --weight-bits 8 --elements 17 --beams 1 --times 99 --json --peer none "${short[@]}"
holds 'a plain read beside it is its bandwidth, of one thread and of two' '.cases[0] | .read_bytes_per_s > 0 and .read_bytes_per_s_all_threads > 0 and all(.paths[]; .isa != "read")'
holds 'which bounds its paths: 8 operations for two bytes' '.cases[0] | . as $c | all(.paths[] | select(.roof == "DRAM"); (.roof_gflops * 1e9 / (4 * (if .threads == 1 then $c.read_bytes_per_s else $c.read_bytes_per_s_all_threads end)) - 1) | fabs < 1e-6)'

for kernel in covariance steer convert; do
    expect "$kernel" 0 bench --kernel "$kernel" --type c16 --elements 9 --beams 2 --json --peer none "${short[@]}"
    holds "$kernel has no peer when none is wanted" '.cases[0] | .peers == [] and .ratio_to_peer == null and .verdict == "no peer" and (.paths | length >= 1)'
done
expect 'MVDR' 0 bench --kernel mvdr --elements 9 --channels 35 --json "${short[@]}"
holds 'MVDR of matrices has OpenBLAS beside it' '.cases[0] | .kernel == "mvdr" and .channels == 35 and .ratio_to_peer > 0 and all(.paths[]; .error_of_bound <= 1) and (.peers[0].call | test("cpotrf"))'
holds 'GFLOP/s are those of a factorisation and two solves' '.cases[0] | all(.paths[]; (.gflops * .median_s * 1e9 / (35 * (4 / 3 * 9 * 80 + 8 * 81)) - 1) | fabs < 1e-6)'
expect 'StEFCal' 0 bench --kernel stefcal --elements 35 --channels 9 --times 6 --json "${short[@]}"
holds 'StEFCal has OpenBLAS beside it' '.cases[0] | .kernel == "stefcal" and .channels == 9 and .ratio_to_peer > 0 and all(.paths[]; .error_of_bound <= 1) and (.peers[0].call | test("gemv|hemv|dotc"))'
holds 'GFLOP/s are those of a complex and a real product of all pairs' '.cases[0] | all(.paths[]; (.gflops * .median_s * 1e9 / (10 * 9 * 6 * 35 * 34) - 1) | fabs < 1e-6)'
expect 'steering has libm beside it' 0 bench --kernel steer --elements 9 --beams 2 --json "${short[@]}"
holds 'libm is the peer' '.cases[0].peers | length == 1 and .[0].name == "libm" and .[0].core == null'

if grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null; then
    holds 'where the system has no huge pages none are claimed' '.machine.huge_pages | not'
fi
expect 'a tier' 0 bench --kernel beamform --elements 9 --isa scalar --threads 1 --seconds 10ms --json
holds '--isa scalar leaves scalar alone' 'all(.cases[0].paths[]; .isa == "scalar" and .threads == 1) and .isa_limit == "scalar" and .roof[0].gflops.bf16 == null'
expect 'a table for people' 0 bench --kernel beamform --elements 9 --beams 2 --times 16 --peer none "${short[@]}"
grep -q '^roof, 1 thread: FMA ' out && grep -q '^  scalar  ' out || fault "the table: $(head -c 600 out)"

expect 'an unknown family' 2 bench --kernel calibrate
says 'the families are listed' 'beamform, covariance, steer, convert, mvdr or stefcal'
expect 'an unknown type' 2 bench --kernel beamform --elements 4 --type c64
expect 'weights of 12 bits' 2 bench --kernel beamform --elements 4 --weight-bits 12
expect 'a family without a size' 2 bench --kernel beamform
expect 'a size without a family' 2 bench --elements 4
expect 'no elements' 2 bench --kernel beamform --elements 0
expect 'an unknown peer' 2 bench --peer mkl
expect 'no time to measure' 2 bench --seconds 0s
expect 'a filter that nothing passes' 2 bench --filter nonsense
expect 'a filter beside a case of its own' 2 bench --kernel beamform --elements 4 --filter lofar
expect 'an argument too many' 2 bench extra
finish
