#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Recorded visibilities of HERA, before and after the observatory's own calibration, and the gains between the two: apply
# makes the one of the other, and redundant calibration leaves less than the shipped gains do. In: COPHASE, COPHASE_DATA.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/hera" ] || {
    echo "no $COPHASE_DATA/hera"
    exit 77
}
name=$COPHASE_DATA/hera/zen.2458043.40141.xx.HH.XRAA
raw=$name.uncalibrated.uvh5 calibrated=$name.uvh5 gains=$name.abs.cal.h5

# ---- the shipped gains ----

expect 'apply' 0 apply "$raw" --calibration "$gains" -o out.uvh5 --json
holds 'the antenna that is flagged throughout' '.format == "uvh5" and .solutions == 60 and [.flagged[].element] == [53] and .overridden == []'
# Real and imaginary parts, flagged entries too, to 1e-6 of the largest.
limit=$(h5dump -d /Data/visdata -y -w 0 "$calibrated" | awk '/^ *-?[0-9]/ { x = $1 < 0 ? -$1 : $1 + 0; if (x > m) m = x } END { print m * 1e-6 }')
h5diff -d "$limit" "$calibrated" out.uvh5 /Data/visdata /Data/visdata >diffs 2>&1 || fault "visibilities: $(head -c 300 diffs)"
[ ! -s diffs ] || fault "visibilities: $(head -c 300 diffs)"
h5diff "$raw" out.uvh5 /Header /Header >diffs 2>&1 || fault "the header is copied: $(head -c 300 diffs)"
expect 'what comes of it' 0 info out.uvh5 --json
holds 'is UVH5' '.format == "uvh5" and .elements == 7 and .times == 60 and ([.health[] | select(.reason == "listed") | .element] == [53])'
expect 'visibilities are not gone on with' 2 apply "$raw" --calibration "$gains" --resume -o rest.uvh5
says 'who is' '--resume is for captures'
expect 'twice' 3 apply out.uvh5 --calibration "$gains" -o twice.uvh5
says 'is refused' 'is calibrated already'

# A native copy of the raw data keeps what gains mean that don't say their time factor: divided, it is a native copy of the calibrated ones.
expect 'native' 0 convert "$raw" -q --json -o raw.h5
expect 'apply' 0 apply raw.h5 --calibration "$gains" --json -o native.h5
expect 'what is calibrated' 0 convert out.uvh5 -q --json -o wanted.h5
limit=$(h5dump -d /covariance -y -w 0 wanted.h5 | awk '/^ *-?[0-9]/ { x = $1 < 0 ? -$1 : $1 + 0; if (x > m) m = x } END { print m * 1e-6 }')
h5diff -N -d "$limit" wanted.h5 native.h5 /covariance /covariance >diffs 2>&1 || fault "a native copy: $(head -c 300 diffs)"

# ---- redundant calibration ----

# explained_variance_before is that of equal gains: on calibrated data, of the gains that were divided out. Weights are by
# autocorrelations, so that both shares are of the same sum. "channel time residual baselines" a line.
solved() {
    run calibrate "$1" --method redundant -o "$2.h5" --json
    [ "$status" = 0 ] || fault "$1: exit status $status: $(head -c 300 err)"
    jq -r ".channels[] | select(.explained_variance_after != null) | \"\(.channel)_\(.time) \(1 - .explained_variance_$3) \(.baselines)\"" out | sort >"$2.txt"
}
solved "$raw" own after
# Single baselines are flagged here and there; 2700 solutions have every baseline of 4 antennas.
[ "$(wc -l <own.txt)" -gt 2700 ] || fault "solutions: $(wc -l <own.txt)"
solved out.uvh5 shipped before
join own.txt shipped.txt >both.txt
awk '{ split($1, at, "_"); c = at[1]; own[c] += $2; shipped[c] += $4; n[c]++; if ($2 >= $4) bad = bad " " $1 }
     END { for (c in n) { if (!(own[c] < shipped[c])) print "channel", c, own[c] / n[c], shipped[c] / n[c]; k++ }
           if (bad != "") print "no better:" bad; if (k < 58) print "only", k, "channels" }' both.txt >worse
[ ! -s worse ] || fault "residuals: $(head -c 300 worse)"
cut -d_ -f1 shipped.txt | sort -u >channels
# In one channel interference makes antennas weak or hot before calibration.
cut -d_ -f1 both.txt | sort -u | comm -23 channels - >alone
[ "$(wc -l <alone)" -le 1 ] || fault "channels without a solution of their own: $(cat alone)"
awk '{ own += $2; shipped += $4 } END { printf "residual over power: own gains %.4f, shipped gains %.4f\n", own / NR, shipped / NR }' both.txt

# Own gains, divided out, explain what their solver said: they are conjugates of what the shipped ones are, and say so.
expect 'apply own gains' 0 apply "$raw" --calibration own.h5 -o self.uvh5
solved self.uvh5 self before
join own.txt self.txt | awk '$3 == $5 { n++; d = $2 - $4; if (d > 1e-5 || d < -1e-5) bad = bad " " $0 } END { if (bad != "" || n < 2000) print n, bad }' >worse
[ ! -s worse ] || fault "own gains: $(head -c 300 worse)"

# What own gains are, once the shipped ones are divided out, in the gauge without degeneracies: how each element deviates.
h5dump -d /gain -y -w 0 shipped.h5 | grep -E '^ *(-?[0-9.]+(e[-+0-9]+)?|-?nan),?$' | tr -d ' ,' | paste - - >deviation
awk '$1 !~ /nan/ { n = (NR - 1) % 7; p = atan2($2, $1); a = log($1 * $1 + $2 * $2) / 2; phase[n] += p * p; gain[n] += a * a; k[n]++ }
     END { split("24 25 37 38 39 52 53", name, " ")
           for (n = 0; n < 7; n++) if (k[n] > 0) printf "antenna %d: %.2f deg, %.3f (relative) rms from the shipped gains, %d solutions\n",
               name[n + 1], sqrt(phase[n] / k[n]) * 57.29578, sqrt(gain[n] / k[n]), k[n] }' deviation >elements
cat elements
[ "$(wc -l <elements)" = 6 ] || fault "elements: $(cat elements)"
awk '$3 + 0 > 20 { exit 1 }' elements || fault "phases are those of the shipped gains: $(cat elements)"

# The shipped gains do not say that they are of the other time factor: the data do. Exported, they are then conjugates of the file's.
expect 'compare' 3 compare own.h5 "$gains"
expect 'with the data' 0 compare own.h5 "$gains" --data "$raw" --time 30 --channel 30 --json
holds 'phases are those of the shipped gains' '.channels[0] | .used == 5 and .residual_phase_rms_deg < 20 and .phase.tilt_rms_deg < 20'
expect 'export' 0 export "$gains" --to csv --time 30 --channel 30 -o file.csv
expect 'export for the data' 0 export "$gains" --to csv --time 30 --channel 30 --data "$raw" -o data.csv
paste -d, file.csv data.csv | awk -F, 'NR > 1 && $8 == "good" { n++; if ($9 != $22 || $10 != -$23 || $20 != "X") bad = 1 } END { exit bad || n != 6 }' ||
    fault "exported gains: $(head -c 300 data.csv)"
finish
