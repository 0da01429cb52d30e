#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase calibrate --method redundant: gains of a lattice without a word of its sky, what stays open, and what it refuses.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# near LIMIT A B SET: gains of B are the SET of A times one factor, within LIMIT, where both have one.
near() {
    paste -d ' ' <(rows "$2" "$4" 2) <(rows "$3" /gain 2) | grep -v nan | awk -v limit="$1" '
        { d = $1 * $1 + $2 * $2; x[NR] = ($3 * $1 + $4 * $2) / d; y[NR] = ($4 * $1 - $3 * $2) / d; X += x[NR]; Y += y[NR] }
        END {
            X /= NR; Y /= NR; m = X * X + Y * Y
            for (i = 1; i <= NR; i++) bad += (x[i] - X) ^ 2 + (y[i] - Y) ^ 2 > limit * limit * m
            exit NR < 30 || bad
        }' || fault "$3 is within $1 of $2"
}

# 48 elements, three sources that nobody names, two elements that cannot be used.
expect 'a scene' 0 simulate --array ura:8x6,0.5wl --freq 11.7e9 --source azel:20,10,snr=-6dB --jammer azel:-30,25,inr=-8dB \
    --jammer azel:5,-40,inr=-10dB --gain-errors 1dB,20deg --dead 3 --weak 30 --sample-rate 1MHz --samples 65536 --type c16 --seed 7 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --method redundant -o cal.h5 --json
holds 'method and gauge' '.method == "redundant" and .sources == [] and (.gauge | test("slopes 0"))'
holds 'broken elements' '[.flagged[] | [.element, .reason]] == [[3, "dead"], [30, "weak"]]'
holds 'groups: 8 x 6 sites have 82' '.channels[0].redundant | .groups == 82 and .redundant_groups == 80'
holds 'degeneracies' '.channels[0].redundant.degeneracies | .amplitude == 1 and .phase == 3 and .phase_slopes == 2 and .total == 4'
holds 'in words' '.channels[0].redundant.degeneracies.words == "overall amplitude, overall phase, 2 phase slopes"'
holds 'it fits' '.channels[0] | .stop == "converged" and .explained_variance_after > 0.99 and .explained_variance_before < 0.95 and .dof == 2 * (1035 - 82 - 46 + 2)'
holds 'chi-square is that of noise' '.channels[0].chi2_dof > 0.9 and .channels[0].chi2_dof < 1.1 and .channels[0].phase_sigma_deg > 0.1'
holds 'chi-squares by element' '.channels[0].redundant.chi2_elements | length == 48 and .[3].chi2 == null and .[4].element == 4 and .[4].chi2 > 0'
holds 'not beyond noise' '.channels[0].chi2_beyond_noise == false'
run calibrate cap.h5 --source azel:20,10 -o poor.h5 --json
holds 'a model without two of the sources is' '.channels[0].chi2_beyond_noise == true'
run calibrate cap.h5 --source azel:20,10 -o poor.h5
grep -q ', chi2 beyond noise$' out || fault "in words: $(tail -1 out)"
expect 'one strong source' 0 simulate --array ura:4x4,0.5wl --freq 11.7e9 --source azel:20,10,snr=20dB --gain-errors 1dB,20deg --samples 8000 --type c16 -o strong.h5
expect 'its gains' 0 calibrate strong.h5 --method redundant -o strong.cal.h5 --json
holds 'has chi-squares by element, too' '[.channels[0].redundant.chi2_elements[].chi2] | length == 16 and all(. != null) and add / 16 > 0.5 and add / 16 < 1.7'
expect 'the damped updates' 0 calibrate cap.h5 --method redundant --solver omnical --tolerance 1e-7 -o damped.h5
expect 'the same to the end' 0 calibrate cap.h5 --method redundant --tolerance 1e-7 -o exact.h5
near 1e-5 exact.h5 damped.h5 /gain
expect 'amplitude and slopes from the sky' 0 calibrate cap.h5 --method redundant --source azel:20,10,flux=-6dB --source azel:-30,25,flux=-8dB \
    --source azel:5,-40,flux=-10dB -o sky.h5 --json
holds 'the gauge says so' '.gauge | test("by given sources")'
near 0.05 cap.h5 sky.h5 /truth/gain
expect 'the same sky without gains' 0 simulate --array ura:8x6,0.5wl --freq 11.7e9 --source azel:20,10,snr=34dB --jammer azel:-30,25,inr=32dB \
    --jammer azel:5,-40,inr=30dB --sample-rate 1MHz --samples 262144 --type c16 --seed 8 -o known.h5
expect 'its covariance' 0 covariance known.h5 -o known.cov.h5
expect 'amplitude and slopes from a model' 0 calibrate cap.h5 --method redundant --model known.cov.h5 -o modelled.h5 --json
holds 'the gauge says which' '.gauge | test("by the model")'
near 0.05 cap.h5 modelled.h5 /truth/gain
expect 'a model that is a capture' 3 calibrate cap.h5 --method redundant --model known.h5 -o bad.h5
says 'what is expected' '--model expects a covariance'
expect 'text' 0 calibrate cap.h5 --method redundant -o text.h5
grep -q '^82 groups of 1035 baselines; open: overall amplitude, overall phase, 2 phase slopes$' out || fault "text says what is open: $(cat out)"
expect 'a wide tolerance' 3 calibrate cap.h5 --method redundant --grid-tolerance 0.3wl -o bad.h5
says 'what is wrong with it' 'elements 0 and 1 are .* m apart'
expect 'short baselines alone' 0 calibrate cap.h5 --method redundant --max-baseline 1.1wl -o short.h5 --json
holds 'are fewer' '.channels[0].redundant.groups == 6'

expect 'an array without redundancy' 0 simulate --array ura:2x2,0.5wl --freq 11.7e9 --source azel:20,10 --sample-rate 1MHz --samples 1024 -o few.h5
expect 'is refused' 3 calibrate few.h5 --method redundant --exclude 3 -o bad.h5
says 'with what is missing' 'expected at least 4'
expect 'a source without a power' 2 calibrate cap.h5 --method redundant --source azel:20,10 -o bad.h5
says 'which' '--source azel:20,10: expected flux='
expect 'a reference' 2 calibrate cap.h5 --method redundant --reference 3 -o bad.h5
expect 'no such method' 2 calibrate cap.h5 --method magic -o bad.h5
says 'which there are' 'model.*redundant'
expect 'a solver for a model' 2 calibrate cap.h5 --source azel:20,10 --solver omnical -o bad.h5
expect 'a tolerance for a model' 2 calibrate cap.h5 --source azel:20,10 --grid-tolerance 1mm -o bad.h5
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
finish
