#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# apply: captures and covariances come out calibrated, once, and with a calibration that is theirs.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

scene=(--array 'ura:4x4,0.5wl' --freq 1e9 --source 'uv:0.3,-0.2,snr=20dB' --samples 4096 --gain-errors '2dB,40deg' --dead '3,7')
expect 'a capture' 0 simulate "${scene[@]}" --type c16 --seed 3 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --source uv:0.3,-0.2 -o cal.h5
expect 'its covariance' 0 covariance cap.h5 -o cov.h5
expect 'raw' 0 scan cap.h5 --json
holds 'raw: no peak at the source' '.peaks[0] | (.u - 0.3 | fabs) > 0.05 or (.v + 0.2 | fabs) > 0.05 or .snr < 6'

# ---- captures ----

expect 'a capture' 0 apply cap.h5 --calibration cal.h5 -o out.h5 --json
holds 'is said' '.kind == "capture" and .type == "c32" and .elements == 16 and .times == 4096 and .solutions == 1 and .overridden == []'
holds 'elements without a gain' '[.flagged[] | [.element, .reason]] == [[3, "dead"], [7, "dead"]]'
expect 'the output' 0 info out.h5 --json
holds 'is of floats, and lists them' '.type == "c32" and .times == 4096 and ([.health[] | select(.reason == "listed") | .element] == [3, 7])'
expect 'the image' 0 scan out.h5 --json
holds 'is that of the source' '.peaks[0] | (.u - 0.3 | fabs) < 0.02 and (.v + 0.2 | fabs) < 0.02'
expect 'gains of what is calibrated' 0 calibrate out.h5 --source uv:0.3,-0.2 -o again.h5 --json
holds 'which explains itself' '.channels[0] | .explained_variance_before > 0.999'
h5dump -d /gain -y -w 0 again.h5 | grep -E '^ *-?[0-9.]+(e[-+0-9]+)?,?$' | tr -d ' ,' | paste - - >gains
awk 'function off(x) { return x > 1e-4 || x < -1e-4 } off($1 - 1) || off($2) { bad = 1 } END { exit bad || NR != 14 }' gains ||
    fault "gains of calibrated elements are 1: $(cat gains)"

# In little memory, block by block: the same samples.
expect 'little memory' 0 apply cap.h5 --calibration cal.h5 --max-memory 20000 -o small.h5
h5diff out.h5 small.h5 /samples /samples >diffs || fault "blocks change samples: $(head -c 300 diffs)"
expect 'too little memory' 4 apply cap.h5 --calibration cal.h5 --max-memory 100 -o none.h5
says 'is said' 'max-memory 100'

# Integers: rounded to half a step of what the floats are.
expect 'integers' 0 apply cap.h5 --calibration cal.h5 --type c16 -o int.h5 --json
holds 'are said' '.type == "c16" and .saturated == 0'
expect 'the image of integers' 0 scan int.h5 --json
holds 'is that of the source' '.peaks[0] | (.u - 0.3 | fabs) < 0.02 and (.v + 0.2 | fabs) < 0.02'
h5diff -d 0.50001 out.h5 int.h5 /samples /samples >diffs 2>&1
grep -q 'differences\|position' diffs && fault "integers are not the nearest: $(head -c 300 diffs)"
expect 'a type of a covariance' 2 apply cov.h5 --calibration cal.h5 --type c8 -o none.h5
says 'is said' '--type is for captures'
expect 'a covariance is not gone on with' 2 apply cov.h5 --calibration cal.h5 --resume -o none.h5
says 'is said' 'cov.h5: is a covariance; --resume is for captures'

# ---- covariances ----

expect 'a covariance' 0 apply cov.h5 --calibration cal.h5 -o outcov.h5 --json
holds 'is said' '.kind == "covariance" and .type == null and .saturated == null and .leakage_taken_out == null and .leakage_left == null'
expect 'the covariance of a calibrated capture' 0 covariance out.h5 -o covout.h5
peak=$(h5dump -d /covariance -y -w 0 covout.h5 | awk '/^ *-?[0-9]/ { x = $1 + 0; if (x > m) m = x } END { print m * 1e-5 }')
# Flagged elements are 0 in the one and NaN in the other: some that both have are compared.
h5dump -d /covariance -y -w 0 outcov.h5 | grep -c nan >nans
[ "$(cat nans)" = $((2 * (16 * 16 - 14 * 14))) ] || fault "entries of flagged elements are NaN: $(cat nans)"
for at in 0,0,0,1 0,0,5,2 0,0,15,14; do
    for file in outcov covout; do h5dump -d /covariance -s "$at" -c 1,1,1,1 -y -w 0 "$file.h5" | grep -E '^ *-?[0-9.]+e?[-+0-9]*,?$' | tr -d ' ,' >"$file.txt"; done
    paste outcov.txt covout.txt | awk -v p="$peak" '{ d = $1 - $2; if (d < 0) d = -d; if (d > p) bad = 1 } END { exit bad || NR != 2 }' ||
        fault "entry $at: $(paste outcov.txt covout.txt)"
done
expect 'its image' 0 scan outcov.h5 --json
holds 'is that of the source' '.peaks[0] | (.u - 0.3 | fabs) < 0.02 and (.v + 0.2 | fabs) < 0.02'

# ---- once ----

h5dump -a /calibration_applied out.h5 | grep -q 'xxh128' || fault 'the mark carries a checksum'
for file in out outcov covout; do
    expect "$file, twice" 3 apply $file.h5 --calibration cal.h5 -o none.h5
    says 'is refused' "$file.h5: is calibrated already .*cal.h5"
    [ ! -e none.h5 ] || fault "$file: an output all the same"
done
run apply out.h5 --calibration cal.h5 --force -o twice.h5 --json
[ "$status" = 0 ] || fault "--force: $status $(cat err)"
says '--force says what it overrides' 'overridden: out.h5: is calibrated already'
holds 'and in JSON' '.overridden == ["already-calibrated"]'

# ---- the right one ----

expect 'another frequency' 0 simulate --array 'ura:4x4,0.5wl' --freq 1.2e9 --source uv:0.3,-0.2,snr=20dB -o other.h5
expect 'a capture of other places' 3 apply other.h5 --calibration cal.h5 -o none.h5
says 'is refused' 'cal.h5: is for another array: element 0 stands'
run apply other.h5 --calibration cal.h5 --force -o forced.h5 --json
[ "$status" = 0 ] || fault "--force: $status $(cat err)"
says 'both are overridden' 'overridden: cal.h5: is for another array'
says 'the frequency too' 'overridden: cal.h5: is for other frequencies'
holds 'in JSON' '.overridden == ["frequency", "position"]'
expect 'another frequency' 0 simulate --array cap.h5 --freq 1.2e9 --source uv:0.3,-0.2,snr=20dB -o other.h5
expect 'of the same array' 3 apply other.h5 --calibration cal.h5 -o none.h5
says 'is refused' 'cal.h5: is for other frequencies'
expect 'fewer elements' 0 simulate --array 'ula:6,0.5wl' --freq 1e9 --source uv:0,0 -o fewer.h5
expect 'other elements' 3 apply fewer.h5 --calibration cal.h5 -o none.h5
says 'are refused' 'cal.h5: is for another array'

# Times that nobody knows: with --force the first solution, which is said.
expect 'dumps' 0 covariance cap.h5 --integration 1.024ms -o dumps.h5
expect 'their gains' 0 calibrate dumps.h5 --source uv:0.3,-0.2 -o many.h5
expect 'which is for which' 3 apply dumps.h5 --calibration many.h5 -o none.h5
says 'is not known' 'time unknown: .*--force takes the first'

# Others who divide refuse what apply refuses, and take what it takes.
divide() { # CLAIM STATUS CALIBRATION FILE [WHY [covariance]]: all verbs with --calibration
    local ends=$2 claim=$1 calibration=$3 file=$4
    expect "$claim: scan" "$ends" scan "$file" --calibration "$calibration"
    [ "$ends" = 0 ] || says 'why' "$5"
    expect "$claim: doa" "$ends" doa "$file" --calibration "$calibration" --sources 1
    [ "$ends" = 0 ] || says 'why' "$5"
    expect "$claim: doctor" "$ends" doctor "$file" --calibration "$calibration" --source uv:0.3,-0.2
    [ "$ends" = 0 ] || says 'why' "$5"
    for method in conventional mvdr; do
        expect "$claim: weights $method" "$ends" weights "$file" --calibration "$calibration" --steer uv:0.3,-0.2 --method $method -o w.h5
        [ "$ends" = 0 ] || says 'why' "$5"
    done
    [ "${6-}" = covariance ] && return
    expect "$claim: beamform" "$ends" beamform "$file" --calibration "$calibration" --steer uv:0.3,-0.2 -o b.h5
    [ "$ends" = 0 ] || says 'why' "$5"
}
divide 'once' 0 cal.h5 cap.h5
divide 'twice' 3 cal.h5 out.h5 'out.h5: is calibrated already .*expected no --calibration'
divide 'twice' 3 cal.h5 outcov.h5 'outcov.h5: is calibrated already' covariance
for at in 1700000000 1700000600 1800000000; do
    expect 'a capture of a time' 0 simulate "${scene[@]}" --type c16 --seed 3 --time-start $at -o t$at.h5
done
expect 'dumps' 0 covariance t1700000000.h5 --integration 1.024ms -o dumps.h5
expect 'their gains' 0 calibrate dumps.h5 --source uv:0.3,-0.2 -o many.h5
expect 'gains of one time' 0 calibrate t1700000000.h5 --source uv:0.3,-0.2 -o one.h5
divide 'the same time' 0 many.h5 t1700000000.h5
expect 'gains of many times for an array' 0 weights many.h5 --steer uv:0.3,-0.2 -o w.h5
expect 'and given apart' 0 weights one.h5 --calibration many.h5 --steer uv:0.3,-0.2 -o w.h5
divide 'its dumps' 0 many.h5 dumps.h5 '' covariance
divide 'one solution, minutes later' 0 one.h5 t1700000600.h5
divide 'one solution, years later' 0 one.h5 t1800000000.h5
for at in 1700000600 1800000000; do
    expect 'apply, solutions of other times' 3 apply t$at.h5 --calibration many.h5 -o none.h5
    says 'why' 'many.h5: is for other times'
    divide 'solutions of other times' 3 many.h5 t$at.h5 'many.h5: is for other times'
done

# ---- leakages ----

# Any numbers will do for a single polarisation: gains alone are divided out, and that is said.
cp cal.h5 leaky.h5
h5copy -i cal.h5 -s /gain -o leaky.h5 -d /leakage || fault 'h5copy'
run apply cov.h5 --calibration leaky.h5 -o told.h5
[ "$status" = 0 ] || fault "leakages: $status $(cat err)"
says 'leakages stay' '^cophase apply: leaky.h5: holds leakages .*stay in 14 of 14 inputs.*only the gains are divided out of these$'
[ "$(wc -l <err)" = 1 ] || fault "leakages: more than a line: $(cat err)"
expect 'no remark' 0 apply cov.h5 --calibration leaky.h5 --quiet -o quiet.h5 --json
holds 'in JSON' '.leakage_taken_out == 0 and .leakage_left == 14'
h5diff outcov.h5 quiet.h5 /covariance /covariance >diffs || fault "leakages change the data: $(head -c 300 diffs)"
h5copy -i cal.h5 -s /chi2_dof -o leaky.h5 -d /leakage_sigma || fault 'h5copy'
expect 'errors of another shape' 3 apply cov.h5 --calibration leaky.h5 -o none.h5
says 'are refused' 'leaky.h5: /leakage_sigma'

# ---- words ----

expect 'no calibration' 2 apply cap.h5 -o none.h5
says 'is asked for' 'expected --calibration FILE'
expect 'no output' 2 apply cap.h5 --calibration cal.h5
expect 'no input' 2 apply --calibration cal.h5 -o none.h5
expect 'the output is the input' 2 apply cap.h5 --calibration cal.h5 -o cap.h5
expect 'gains of the other path' 3 apply cap.h5 --calibration cal.h5 --path transmit -o none.h5
says 'are refused' 'receive path'
expect 'no capture' 3 apply cal.h5 --calibration cal.h5 -o none.h5
says 'is said' 'expected capture or covariance'
expect 'a bad type' 2 apply cap.h5 --calibration cal.h5 --type f4 -o none.h5
[ ! -e none.h5 ] || fault 'a refused run left a file'
finish
