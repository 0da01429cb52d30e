#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights`: covariances, gains and constraints that cannot serve: which one, why, and what helps, in a line; and that it helps.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
elements=3
look='azel:-15,0'

# put FILE SET ENTRY NUMBER...: complex doubles from an entry on: one, half-kilo (512), nan; imaginary parts are zero.
put() {
    local file=$1 set=$2 entry=$3 at
    declare -A bytes=([zero]='\0\0\0\0\0\0\0\0' [one]='\0\0\0\0\0\0\360\077' [half-kilo]='\0\0\0\0\0\0\200\100' [nan]='\0\0\0\0\0\0\370\177')
    at=$(($(chunk_at "$file" "$set") + 16 * entry))
    shift 3
    for number; do
        printf '%b' "${bytes[$number]//\\/\\0}${bytes[zero]//\\/\\0}" | dd of="$file" bs=1 seek=$at conv=notrunc 2>log || fault "dd: $(cat log)"
        at=$((at + 16))
    done
}

expect 'a capture' 0 simulate --array ula:$elements,0.5wl --freq 11.7e9 --source azel:20,0,snr=30dB --samples 500 --type c16 --seed 3 -o cap.h5
expect 'its covariance' 0 covariance cap.h5 -o cov.h5
expect 'a healthy one' 0 weights cov.h5 --steer $look --method mvdr -o good.h5 --json
holds 'uses all' '.used == 3'

# One wave and no noise: every entry 1. Less power on a diagonal than the wave has there. Not a number in an entry, on a diagonal, in all.
for name in singular indefinite entry diagonal all; do cp cov.h5 $name.h5; done
put singular.h5 covariance 0 one one one one one one one one one
put indefinite.h5 covariance 8 half-kilo
put entry.h5 covariance 5 nan
put diagonal.h5 covariance 4 nan
put all.h5 covariance 0 nan nan nan nan nan nan nan nan nan

while IFS='|' read -r status pattern words; do
    read -ra words <<<"$words"
    expect "${words[*]}" "$status" weights "${words[@]}" -o v.h5
    says "${words[*]}" "$pattern"
    [ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault "${words[*]}: left an output"
done <<TABLE
3|singular: element 1 has no power of its own; load the diagonal \(--loading |singular.h5 --steer $look --method mvdr
3|singular: element 1 has no power of its own; load the diagonal|singular.h5 --steer $look --method gsc
3|singular: element 1 has no power of its own; load the diagonal|singular.h5 --steer $look --method robust-capon
3|singular: element 1 has no power of its own; load the diagonal|singular.h5 --steer $look --method white-noise
3|singular: element 1 has no power of its own; load more$|singular.h5 --steer $look --method mvdr --loading fixed:1e-14
3|indefinite \(element 2: a pivot of -0.9|indefinite.h5 --steer $look --method mvdr
3|indefinite \(element 2: a pivot of -0.9|indefinite.h5 --steer $look --method lcmv:derivative=1
3|2 snapshots for 3 live elements.*load the diagonal, or take more snapshots \(--loading ledoit-wolf|cap.h5 --steer $look --method mvdr --duration 2us
3|all 3 elements are flagged|all.h5 --steer $look --method mvdr
3|all 3 elements are flagged|cov.h5 --exclude 0-2 --steer $look --method mvdr
3|all 3 elements are flagged|cov.h5 --exclude 0-2 --steer $look --method subspace
3|all 3 elements are flagged|cap.h5 --exclude 0-2 --steer $look --method nlms
3|all 3 elements are flagged|cap.h5 --exclude 0-2 --steer $look --method mvdr --beamspace 2
3|all 3 elements are flagged|cap.h5 --exclude 0-2 --steer $look --method mvdr --subarrays 2
3|4 constraints are more than 3 live elements|cov.h5 --steer $look --method lcmv --null uv:0.5,0 --null uv:0.8,0 --null uv:-0.8,0
3|3 constraints are more than 2 live elements|cap.h5 --exclude 0 --steer $look --method nlms --null uv:0.5,0 --null uv:0.8,0
3|constraint 1 depends on those before it|cov.h5 --steer $look --method gsc --null $look
3|constraint 2 depends on those before it|cap.h5 --steer $look --method qrd-rls --null uv:0.5,0 --null uv:0.5,0
3|3 waves leave nothing of 3 live elements|cov.h5 --steer $look --method subspace:waves=3
3|the 1 waves leave less than -60 dB toward the look|cov.h5 --steer azel:20,0 --method subspace:waves=1,protect=1
TABLE

# What is suggested helps; an element that is not a number is left out with its name.
expect 'loading' 0 weights singular.h5 --steer $look --method mvdr --loading relative:-20dB -o w.h5
expect 'automatic loading' 0 weights cap.h5 --steer $look --method mvdr --duration 2us --loading ledoit-wolf -o w.h5
expect 'projection' 0 weights singular.h5 --steer $look --method subspace:waves=1 -o w.h5
for name in entry diagonal; do
    expect "not a number in its $name" 0 weights $name.h5 --steer $look --method mvdr -o w.h5 --json
    holds 'leaves one element out' '.used == 2 and .flagged[0].reason == "not-finite"'
done
finish
