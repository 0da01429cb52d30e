#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method coupling-matrix: a matrix without symmetry found by pilots one after the other, used by weights and pattern.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# Six ports, S_kn of magnitudes up to 0.15 and any phase, both ways unlike, reflections up to 0.3; columns of S are rows of C.
awk 'BEGIN {
    print "# HZ S RI R 50"; line = "1.4e9"
    for (k = 0; k < 6; k++) {
        for (n = 0; n < 6; n++) {
            m = k == n ? 0.3 * sin(3 * k + 1) : 0.15 / (1 + (k > n ? k - n : 0.6 * (n - k))); p = 2 * k * k + 5 * n
            re = m * cos(p); im = m * sin(p); line = line sprintf(" %.9g %.9g", re, im)
            printf "%.9g %.9g\n", re + (k == n), im >("truth." n "." k)
        }
        print line; line = ""
    }
}' >ports.s6p
pilots=('0.1,0.2' '-0.7,0.3' '0.5,0.6' '0.3,-0.8' '-0.2,-0.5' '0.9,-0.1' '-0.9,0' '0,0.95' '-0.5,-0.8' '0.6,-0.2' '-0.3,0.7' '0.2,-0.3' '-0.6,-0.2' '0.75,0.35' '-0.1,0' '0.45,0.1' '-0.4,0.4' '0.1,-0.95')
sources=()
for pilot in "${pilots[@]}"; do sources+=(--source "uv:$pilot,snr=20dB"); done
(echo direction && printf '"uv:%s"\n' "${pilots[@]}") >pilots.csv
array=(--array 'ura:3x2,0.5wl' --freq 1.4e9)
expect 'pilots in turn' 0 simulate "${array[@]}" "${sources[@]}" --in-turn --coupling ports.s6p --samples 72000 --type c16 --seed 5 -o cap.h5 --json
holds 'says so' '.in_turn and .coupling == "ports.s6p"'
expect 'a dump each' 0 covariance cap.h5 --integration 4ms -o dumps.h5
matrix=(--method coupling-matrix --sources pilots.csv)
expect 'a matrix' 0 calibrate dumps.h5 "${matrix[@]}" -o c.h5 --json
holds 'what of' '.method == "coupling-matrix" and .elements == 6 and .pilots == 18 and .flagged == [] and .output == "c.h5" and .gauge == "mean phase 0, mean |g| 1"'
holds 'a fit' '.channels[0] | .looks == 18 and .dof == 2 * (6 * (18 - 6) - 17) and .chi2_dof > 0.4 and .chi2_dof < 1.8 and .stop == "converged" and .condition > 1 and .condition < 100'
jq -r '.channels[0] as $c | range(6) as $i | range(6) as $m | "\($i) \($m) \($c.matrix[$i][$m][0]) \($c.matrix[$i][$m][1]) \($c.matrix_sigma[$i][$m])"' out >told
for i in 0 1 2 3 4 5; do for m in 0 1 2 3 4 5; do echo "$i $m $(cat "truth.$i.$m")"; done; done >truth
# One complex factor is open; the one that fits best takes a degree or two of freedom, 36 sigma^2 follow a chi-square of twice 36.
judge='FNR == NR { re[$1, $2] = $3; im[$1, $2] = $4; next }
    { r = re[$1, $2]; i = im[$1, $2]; fr += ($3 * r + $4 * i) / $5 ^ 2; fi += ($4 * r - $3 * i) / $5 ^ 2; p += (r * r + i * i) / $5 ^ 2
      a[FNR] = $3; b[FNR] = $4; s[FNR] = $5; x[FNR] = r; y[FNR] = i; n = FNR }
    END { fr /= p; fi /= p
          for (k = 1; k <= n; k++) { d = ((a[k] - fr * x[k] + fi * y[k]) ^ 2 + (b[k] - fr * y[k] - fi * x[k]) ^ 2) / s[k] ^ 2; sum += d; if (d > 16) bad++ }
          print sum / n; exit !(bad == 0 && n == cells && sum / n < 1 + 5 / sqrt(n)) }'
awk -v cells=36 "$judge" truth told >fit || fault "the matrix is the true one within its errors: $(cat fit) $(head -8 told)"
transposed=$(awk '{ print $2, $1, $3, $4 }' truth | awk -v cells=36 "$judge" - told) && fault "its transpose is not: $transposed"
expect 'in words' 0 calibrate dumps.h5 "${matrix[@]}" -o words.h5
grep -q '^words.h5: coupling of 6 elements (0 flagged), 18 pilots, 1 channels$' out || fault "what of: $(head -1 out)"
expect 'one that is not heard' 0 calibrate dumps.h5 "${matrix[@]}" --exclude 4 -o five.h5 --json
holds 'has no row' '.channels[0] | .matrix[4][0] == [null, null] and .matrix[0][4][0] != null and .flagged == 1'
jq -r '.channels[0] as $c | range(6) as $i | select($i != 4) | range(6) as $m | "\($i) \($m) \($c.matrix[$i][$m][0]) \($c.matrix[$i][$m][1]) \($c.matrix_sigma[$i][$m])"' out >told
awk -v cells=30 "$judge" truth told >fit || fault "the others have theirs: $(cat fit)"
expect 'a reference' 0 calibrate dumps.h5 "${matrix[@]}" --reference 2 -o ref.h5 --json
holds 'has phase 0' '.channels[0].matrix[2][2][1] | fabs < 1e-12'

# ---- what it is for ----
# Beams through a network that is known: those made with C are what is wanted, those made without are not.
aim=(--array 'ura:3x2,0.5wl' --freq 1.4e9 --steer 'uv:0.3,-0.2' --taper hamming)
expect 'with coupling' 0 weights "${aim[@]}" --calibration c.h5 -o with.h5
expect 'as wanted' 0 weights "${aim[@]}" -o want.h5
# beam FILE ARGS...: what the pattern is, into FILE.
beam() {
    local file=$1
    shift
    expect "the pattern of $file" 0 pattern "$@" --json
    jq '[.peak.u, .peak.v, .directivity_db, .psll_db]' out >"$file"
}
# alike CLAIM A B TOLERANCE
alike() { jq -ne --slurpfile a "$2" --slurpfile b "$3" --argjson t "$4" '[range(4) | ($a[0][.] - $b[0][.]) | fabs] | max < $t' >/dev/null || fault "$1: $(jq -c . "$2" "$3" | tr '\n' ' ')"; }
beam wanted --weights want.h5
beam told --weights with.h5 --calibration c.h5
beam true --weights with.h5 --coupling ports.s6p
beam spoilt --weights want.h5 --coupling ports.s6p
alike 'through C they are as wanted' told wanted 1e-4
alike 'through the network they are as wanted' true wanted 0.05
jq -ne --slurpfile a spoilt --slurpfile b wanted '$a[0][0] - $b[0][0] | fabs > 0.02' >/dev/null || fault "without C they are not: $(cat spoilt)"
expect 'both' 3 pattern --weights with.h5 --calibration c.h5 --coupling ports.s6p
says 'not both' 'c.h5: holds coupling'
run apply dumps.h5 --calibration c.h5 -o flat.h5
says 'gains alone' '^cophase apply: c.h5: holds coupling ./coupling., which stays in the data: only the gains are divided out$'
run weights dumps.h5 --method mvdr --steer uv:0.3,-0.2 --calibration c.h5 -o mvdr.h5
says 'adaptive' 'holds coupling ./coupling., which adaptive weights are chosen without$'
[ -e flat.h5 ] && [ -e mvdr.h5 ] || fault 'they are made all the same'

# ---- what is refused ----
expect 'a dump less' 2 calibrate dumps.h5 "${matrix[@]}" --time 0-16 -o no.h5
says 'how many' '18 sources for 17 dumps of dumps.h5'
six=()
for pilot in "${pilots[@]:0:6}"; do six+=(--source "uv:$pilot"); done
expect 'too few' 3 calibrate dumps.h5 --method coupling-matrix "${six[@]}" --time 0-5 -o no.h5
says 'more than elements' '6 looks at single sources; expected more than the 6 elements'
expect 'on a line' 3 calibrate dumps.h5 --method coupling-matrix --sources <(echo direction && for i in $(seq 11 28); do echo "\"uv:0.0$i,0\""; done) -o no.h5
says 'what is open' 'do not tell 6 elements apart'
expect 'no such element' 3 calibrate dumps.h5 "${matrix[@]}" --reference 9 -o no.h5
expect 'a picture' 2 calibrate dumps.h5 "${matrix[@]}" -o no.h5 --plot no.svg
expect 'powers' 2 calibrate dumps.h5 "${matrix[@]}" --gauge none -o no.h5
expect 'ports' 3 simulate --array ura:2x2,0.5wl --freq 1.4e9 --source uv:0,0 --coupling ports.s6p -o no.h5
says 'as many as elements' 'has 6 ports, expected one for each of 4 elements'
expect 'readings' 2 simulate "${array[@]}" --kind rev --in-turn -o no.h5
compgen -G 'no.*' >/dev/null && fault 'failures leave nothing behind'
finish
