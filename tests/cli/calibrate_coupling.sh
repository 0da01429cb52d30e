#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method coupling: from scattering parameters to gains, in and out told apart; sub-lattices, signs, and what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# lattice SPREAD: an 8 x 1 line as lattice.s8p, and its gains as receive and transmit: r_k = a exp(j p), t_n likewise; without loss of its own.
lattice() {
    awk -v spread="$1" 'BEGIN {
        for (k = 0; k < 8; k++) {
            a[k] = 1 + 0.2 * sin(3 * k); p[k] = spread * sin(2 + 5 * k)
            b[k] = 1 + 0.3 * cos(2 * k); q[k] = spread * cos(1 + 4 * k * k)
            printf "%.15g %.15g\n", a[k] * cos(p[k]), a[k] * sin(p[k]) >"receive"
            printf "%.15g %.15g\n", b[k] * cos(q[k]), b[k] * sin(q[k]) >"transmit"
        }
        print "# HZ S RI R 50"
        for (k = 0; k < 8; k++)
            for (n = 0; n < 8; n++) {
                d = k > n ? k - n : n - k
                c = d ? 0.05 / d : 0; f = p[k] + q[n] - 1.7 * d + 0.3 * d * d
                printf "%s%.15g %.15g%s", k + n ? " " : "1e10 ", a[k] * c * b[n] * cos(f), a[k] * c * b[n] * sin(f), n == 7 ? "\n" : ""
            }
    }' >lattice.s8p
}

# near TRUTH CAL: all gains there are are those of the truth times one factor.
near() {
    paste -d ' ' "$1" <(rows "$2" /gain 2) | grep -v nan | awk '
        { d = $1 * $1 + $2 * $2; x[NR] = ($3 * $1 + $4 * $2) / d; y[NR] = ($4 * $1 - $3 * $2) / d; X += x[NR]; Y += y[NR] }
        END {
            if (NR < 4) exit 1
            X /= NR; Y /= NR; m = X * X + Y * Y
            for (i = 1; i <= NR; i++) bad += (x[i] - X) ^ 2 + (y[i] - Y) ^ 2 > 1e-18 * m
            exit bad > 0
        }' || fault "$2 has the gains of $1"
}

line=(--method coupling --array 'ula:8,0.5wl')

lattice 1.0
expect 'receive gains' 0 calibrate lattice.s8p "${line[@]}" -o in.h5 --json
holds 'what they are from' '.channels[0].coupling | .gains == "receive" and .links == 56 and .displacements == 7 and .sublattices == 1'
holds 'signs are clear' '.channels[0].coupling | .choices == 2 and .margin > 0.3 and .sigma < 1e-12'
near receive in.h5
expect 'transmit gains' 0 calibrate lattice.s8p "${line[@]}" --path transmit -o out.h5 --json
holds 'are others' '.channels[0].coupling.gains == "transmit"'
near transmit out.h5
expect 'a reference' 0 calibrate lattice.s8p "${line[@]}" --reference 3 --exclude 5 -o ref.h5 --json
holds 'and an element less' '[.flagged[] | [.element, .reason]] == [[5, "excluded"]]'
near receive ref.h5
rows ref.h5 /gain 2 | sed -n 4p | awk '{ exit !($1 > 0 && $2 * $2 < 1e-24) }' || fault 'element 3 has phase 0'
expect 'the result serves' 0 weights --array ula:8,0.5wl --freq 10e9 --steer azel:5,0 --calibration in.h5 -o w.h5

run calibrate lattice.s8p "${line[@]}" --max-baseline 0.6wl -o half.h5 --json
[ "$status" = 0 ] || fault 'nearest neighbours are enough for half of them'
says 'leave two lattices' 'leave 2 sub-lattices apart'
holds 'one of them unsolved' '[.flagged[].element] == [1, 3, 5, 7] and all(.flagged[]; .reason == "unsolved")'
near receive half.h5

lattice 3.1
run calibrate lattice.s8p "${line[@]}" -o signs.h5
[ "$status" = 0 ] || fault 'gains far from equal are solved'
says 'leave signs open' 'signs of lattice lines are open'

# ---- files of couplings, made here ----

# truth DATASET CAL: all gains there are are those of the simulation times one factor.
truth() {
    rows sim.h5 "$1" 2 >truth.txt
    near truth.txt "$2"
}

panel=(--kind coupling --array 'ura:5x4,0.5wl' --freq 10e9 --gain-errors '1dB,20deg' --seed 3)
expect 'couplings' 0 simulate "${panel[@]}" -o sim.h5 --json
holds 'what was made' '.kind == "coupling" and .elements == 20 and .sigma == 0'
expect 'receive gains of them' 0 calibrate sim.h5 --method coupling -o sim-in.h5 --json
holds 'from all links' '.channels[0].coupling | .gains == "receive" and .links == 380 and .sigma < 1e-12'
truth /truth/gain sim-in.h5
expect 'transmit gains of them' 0 calibrate sim.h5 --method coupling --path transmit -o sim-out.h5
truth /truth/gain_transmit sim-out.h5
cmp -s <(rows sim.h5 /truth/gain 2) <(rows sim.h5 /truth/gain_transmit 2) && fault 'both paths have gains of their own'
expect 'a dead element' 0 simulate "${panel[@]}" --dead 4 -o sim.h5
expect 'is flagged' 0 calibrate sim.h5 --method coupling -o sim-in.h5 --json
holds 'as what nothing is heard of' '[.flagged[] | [.element, .reason]] == [[4, "unsolved"]]'
truth /truth/gain sim-in.h5
expect 'noise' 0 simulate "${panel[@]}" --noise -40dB -o sim.h5
expect 'is in chi-square' 0 calibrate sim.h5 --method coupling -o sim-in.h5 --json
holds 'as it is' '.channels[0].chi2_dof | . > 0.7 and . < 1.3'
expect 'a table' 0 simulate "${panel[@]}" -o sim.h5 --csv sim.csv
awk 'NR == 1 { print; next } NR % 19 != 0 { line[n++] = $0 } END { while (n-- > 0) print line[n] }' sim.csv >some.csv
expect 'pairs in another order, some missing' 0 calibrate some.csv --method coupling --array ura:5x4,0.5wl --freq 10e9 -o table-in.h5 --json
holds 'fewer links' '.channels[0].coupling | .links < 380 and .links > 340'
truth /truth/gain table-in.h5
printf 'receiver,transmitter,re,im\n0,1,1,0\n1,0,1,0\n0,1,1,0\n' >twice.csv
expect 'a pair twice' 3 calibrate twice.csv --method coupling --array ula:2,0.5wl --freq 10e9 -o bad.h5
says 'where' 'twice.csv.*line 4: what element 0 hears of 1'
printf 'receiver,transmitter,re\n0,1,1\n' >half.csv
expect 'half a number' 3 calibrate half.csv --method coupling --array ula:2,0.5wl --freq 10e9 -o bad.h5
says 'what was expected' 'expected either re and im'
expect 'edges that differ' 0 simulate "${panel[@]}" --noise -40dB --edge-errors 1dB,10deg -o edges.h5
expect 'raise it' 0 calibrate edges.h5 --method coupling -o edges-in.h5 --json
holds 'by much' '.channels[0].chi2_dof > 10'
expect 'what info says' 0 info sim.h5 --json
holds 'the kind' '.kind == "coupling" and .inputs == 20'
expect 'an array that the file has' 2 calibrate sim.h5 --method coupling --array ura:5x5,0.5wl -o bad.h5
expect 'readings of another kind' 3 calibrate sim.h5 --method rev -o bad.h5
expect 'edges of a field' 2 simulate --kind near-field --array ura:5x4,0.5wl --freq 10e9 --edge-errors 1dB,10deg -o bad.h5

expect 'no array' 2 calibrate lattice.s8p --method coupling -o bad.h5
says 'says so' 'expected --array'
expect 'another array' 3 calibrate lattice.s8p --method coupling --array ula:7,0.5wl -o bad.h5
says 'says both' 'has 8 ports, --array ula:7,0.5wl 7 elements'
expect 'another frequency' 3 calibrate lattice.s8p "${line[@]}" --freq 12e9 -o bad.h5
expect 'no pair near enough' 3 calibrate lattice.s8p "${line[@]}" --max-baseline 0.1wl -o bad.h5
says 'says so' 'distances in use'
expect 'a source' 2 calibrate lattice.s8p "${line[@]}" --source azel:0,0 -o bad.h5
[ -e bad.h5 ] && fault 'nothing is written'
finish
