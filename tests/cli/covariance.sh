#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase covariance: the matrix of a known scene, dumps, ranges, and what it refuses.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

numbers() { # FILE DATASET [h5dump's selection...]: a number a line
    local file=$1 set=$2
    shift 2
    h5dump -y -m %.17g -d "$set" "$@" -o "$file.txt" "$file" >/dev/null
    grep -oE '[-+0-9.e]+' "$file.txt"
}
values() { # FILE [selection...]: /covariance, an entry a line
    local file=$1
    shift
    numbers "$file" /covariance "$@" | paste -d ' ' - -
}

# One source: R_pq = P a_p a_q* with a_n = exp(+j pi n u), u = cos 10 sin 20 = 0.3368: R_01 = 100 exp(-j 1.0582) =
# 49.04 - 87.16 j and R_00 = 101; an entry's standard deviation is 101 / sqrt(10240) = 1.
expect 'a scene' 0 simulate --array ula:4,0.5wl --freq 11.7e9 --source azel:20,10,snr=20dB --samples 10240 --type c16 \
    --sample-rate 1MHz --time-start 1700000000.25 --seed 3 -o cap.h5
expect 'all of it' 0 covariance cap.h5 -o cov.h5 --json
holds 'one dump' '.kind == "covariance" and .elements == 4 and .channels == 1 and .times == 1 and .output == "cov.h5"'
holds 'of all samples' '.n_samples == 10240 and (.integration_s * 1e6 | round) == 10240'
values cov.h5 | awk '
    NR == 1 { ok += $1 > 96 && $1 < 106 && $2 == 0 }
    NR == 2 { ok += ($1 - 49.04) ^ 2 + ($2 + 87.16) ^ 2 < 25; re = $1; im = $2 }
    NR == 5 { ok += $1 == re && $2 == -im }
    END { exit NR != 16 || ok != 3 }' || fault "R is E[x x^H]: $(values cov.h5)"

# The sums of integers are exact: neither blocks nor threads change a bit.
expect 'small blocks, one thread' 0 covariance cap.h5 --max-memory 1M --threads 1 -o blocks.h5
cmp <(values cov.h5) <(values blocks.h5) || fault 'blocks and threads do not change the matrix'

# Dumps of 1 ms = 1000 samples.
expect 'dumps' 0 covariance cap.h5 --integration 1ms -o dumps.h5 --json
holds 'whole dumps' '.times == 10 and .n_samples == 1000 and .samples_left_out == 240'
expect 'a range' 0 covariance cap.h5 --start 1ms --duration 1ms -o second.h5
cmp <(values dumps.h5 -s 1,0,0,0 -c 1,1,4,4) <(values second.h5) || fault 'the second dump is that of its own range'
numbers dumps.h5 /time_unix_s | awk '{ d = $1 - 1700000000.25 - (NR - 0.5) * 1e-3; bad += d * d > 1e-12 }
    END { exit NR != 10 || bad }' || fault "dumps have their middles: $(numbers dumps.h5 /time_unix_s)"

# The last entry of the first row is not what stands below: whoever reads the matrix says so.
cp cov.h5 crooked.h5
printf '\100' | dd of=crooked.h5 bs=1 seek=$(($(chunk_at cov.h5 covariance) + 3 * 16 + 6)) conv=notrunc 2>log || fault "dd: $(cat log)"
for verb in info scan 'calibrate --source azel:20,10 -o bad.h5'; do
    # shellcheck disable=SC2086 # words of their own
    expect "one triangle is no covariance: $verb" 3 $verb crooked.h5
    says 'where it is not Hermitian' '^cophase [a-z]*: crooked.h5: .*not Hermitian at inputs 0, 3'
done

head -c 1000 /dev/urandom >noise.bin
expect 'no input' 2 covariance -o bad.h5
expect 'the output is the input' 2 covariance cap.h5 -o cap.h5
expect 'the output is no file' 2 covariance cap.h5 -o /dev/null
expect 'a dump of no time' 2 covariance cap.h5 --integration 0s -o bad.h5
expect 'a range of no time' 2 covariance cap.h5 --duration 0ms -o bad.h5
expect 'a dump longer than the capture' 2 covariance cap.h5 --integration 1s -o bad.h5
expect 'a range beyond the capture' 2 covariance cap.h5 --start 1s -o bad.h5
expect 'every element stays' 2 covariance cap.h5 --exclude 1 -o bad.h5
says 'who leaves elements out' 'give them to the verb that reads it'
expect 'its help' 0 covariance --help
grep -qE -e '--exclude|--ignore-listed' out && fault 'covariance --help lists what is always refused'
expect 'help of a verb of one polarisation' 0 doa --help
grep -q 'I for both' out && fault 'doa --help offers a polarisation that it refuses'
expect 'a covariance is no capture' 3 covariance cov.h5 -o bad.h5
expect 'noise is no file' 3 covariance noise.bin -o bad.h5
expect 'no such file' 3 covariance absent.h5 -o bad.h5
expect 'no such folder' 1 covariance cap.h5 -o absent/bad.h5
compgen -G 'bad.h5*' >/dev/null && fault 'failures leave nothing behind'
finish
