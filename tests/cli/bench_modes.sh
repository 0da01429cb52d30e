#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase bench --latency` and --scaling: what their JSON holds, and what they refuse. Times themselves are nobody's claim.
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'latency' 0 bench --latency --seconds 1ms --json --html latency.html
holds 'the format is that of a run' '.format == "cophase-bench" and .cases == [] and (.roof | length) == 1'
holds 'blocks of two lengths and new weights, of 8 and 16 bits; new states' '[.latency[] | [.kernel, .weight_bits, .times]] == [["beamform", 8, 64], ["beamform", 8, 256], ["retarget", 8, null], ["beamform", 16, 64], ["beamform", 16, 256], ["retarget", 16, null], ["track", 6, null]]'
holds 'of the terminal' 'all(.latency[]; .elements == 1280 and .beams == 2 and .type == (if .kernel == "track" then "c32" else "c8" end) and .threads == 1 and .runs >= 2000 and (.wrong | not))'
holds 'times are in order' 'all(.latency[]; 0 < .p50_s and .p50_s <= .p99_s and .p99_s <= .p999_s and .p999_s <= .worst_s)'
grep -q 'id="latency"' latency.html || fault 'the page shows them'
if [ -z "${CPH_TEST_REDUCED:-}" ]; then
    expect 'a tier' 0 bench --latency --seconds 1ms --isa scalar
    [ "$(grep -c '^new weights' out)" = 2 ] && grep -q 'tier scalar' out || fault "the table: $(cat out)"
fi

expect 'scaling' 0 bench --scaling --kernel beamform --type c8 --elements 16 --beams 4 --times 50 --threads 2 --seconds 10ms --json --html scaling.html
holds 'one case on one and two threads' '.scaling | length == 1 and ([.[0].threads[].threads] == [1, 2]) and .[0].elements == 16'
holds 'efficiency is gain per thread' '.scaling[0].threads | .[0].efficiency == 1 and ((.[1].gain / 2 - .[1].efficiency) | fabs < 1e-9)'
holds 'beside the gain of the loop' '.scaling[0] | .fma_gain > 0 and .fma_gain == .threads[1].fma_gain and (.limiter | type == "string")'
grep -q 'id="scaling"' scaling.html || fault 'the page shows it'
expect 'on one thread there is one step' 0 bench --scaling --kernel steer --elements 9 --threads 1 --seconds 10ms --json
holds 'alone' '[.scaling[0].threads[].threads] == [1]'
expect 'both at once' 2 bench --scaling --latency
expect 'a list of cases where there are none' 2 bench --latency --csv x.csv
[ ! -e x.csv ] || fault 'nothing is written'
expect 'no case' 2 bench --scaling --filter nonsense

expect 'a page and a list of a run at hand' 0 bench --kernel beamform --elements 9 --beams 2 --times 16 --seconds 10ms --threads 1 --peer none --html run.html --csv -
[ "$(head -c 5 out)" = case, ] && grep -q ',path,scalar,,1,' out || fault "CSV alone is on stdout: $(head -c 300 out)"
grep -q '</html>' run.html || fault 'the page is whole'
mkdir folder
expect 'an output that is no file is refused before anything is timed' 2 bench --html folder

# Whole processes: a small capture shows that all of it is measured; times are nobody's claim.
export TMPDIR=$TMP
expect 'a channelizer of shapes of its own' 2 bench --channelizer --kernel beamform --elements 8
expect 'two modes' 2 bench --channelizer --pipeline
expect 'a pipeline' 0 bench --pipeline --size 1M --threads 1 --max-memory 64M --json
holds 'two verbs' '[.pipeline[].verb] == ["covariance", "beamform"] and .elements == 1280 and .times == 409 and .bytes == 1047040 and .threads == 1'
holds 'their times' 'all(.pipeline[]; .read_s > 0 and .compute_s > 0 and .whole_s > 0 and .peak_bytes > 1e6 and (.ratio_to_longer * ([.read_s, .compute_s] | max) / .whole_s - 1 | fabs) < 1e-6)'
holds 'compressed captures, read here and by HDF5' '[.compressed[].compression] == ["deflate", "bitshuffle"] and all(.compressed[]; .bytes == 1047040 and .stored_bytes > 1e5 and .read_s > 0 and .hdf5_s > 0 and .fetch_s > 0 and .whole_s > 0 and .peak_bytes > 1e6 and (.ratio_to_hdf5 * .read_s / .hdf5_s - 1 | fabs) < 1e-6)'
compgen -G 'cophase-bench-*' >/dev/null && fault 'a pipeline leaves nothing behind'
expect 'a capture without a source' 0 simulate --array ula:4,0.5wl --freq 1GHz --samples 5000 -o small.h5
expect 'one that is there' 0 bench --pipeline --capture small.h5
grep -q '^calibrate' out && fault 'it is not calibrated'
expect 'a capture with a source' 0 simulate --array ura:4x4,0.5wl --freq 1GHz --source uv:0.3,-0.2 --samples 5000 -o source.h5
expect 'its gains' 0 bench --pipeline --capture source.h5 --json
holds 'are found by a whole process, and alone' '[.pipeline[].verb] == ["covariance", "beamform", "calibrate"] and (.pipeline[2] | .compute_s > 0 and .whole_s > 0 and .peak_bytes > 1e6)'
[ -e small.h5 ] || fault 'it stays'
expect 'a size without it' 2 bench --size 1M
expect 'a size and a capture' 2 bench --pipeline --size 1M --capture small.h5
expect 'alone' 2 bench --pipeline --latency
finish
