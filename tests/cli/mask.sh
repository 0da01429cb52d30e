#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase pattern --mask`: the terminal against its mask, what is reported where it is not kept, files, refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

terminal='disc:1280,12.8mm'
taper=circular-taylor:nbar=4,sll=-30
for freq in 11.7e9 14.25e9; do
    for scan in 0:5 40:7; do
        expect "the terminal at $freq Hz, ${scan%:*} degrees off" 0 pattern --array "$terminal" --freq "$freq" --element cos \
            --taper "$taper" --steer "thetaphi:${scan%:*},0" --mask 25.209 --mask-from "${scan#*:}" --json
        holds 'the mask is kept with nothing relaxed' '.mask.met and .mask.worst.margin_db > 0 and .mask.relaxed_share == 0'
        holds 'from where it was asked for' ".mask.met_from_deg < ${scan#*:} and .mask.worst.angle_deg >= ${scan#*:}"
        holds 'the taper costs little' '.taper_loss_db <= 0.7'
        holds 'the excess inside the main lobe is there' '.mask.main_lobe.margin_db < -9 and .mask.main_lobe.angle_deg < .mask.main_lobe_deg'
    done
done

expect 'the main lobe is over the mask' 4 pattern --array "$terminal" --freq 11.7e9 --element cos --taper "$taper" --mask 25.209 --plot cut.svg
says 'by how much, and where it is kept' 'violated from 1.50 degrees on, by up to 9.7. dB; met from 4.1'
grep -q 'Angle |      Level |       Mask |     Margin' out || fault "no table: $(cat out)"
grep -q '^main lobe     margin -9.7' out || fault "no excess in the main lobe: $(cat out)"
[ -s cut.svg ] || fault 'no picture'

expect 'a uniform aperture' 4 pattern --array ura:30x30,0.5wl --element cos --mask 25.209 --mask-from 7 --json
holds 'its sidelobes are over it too' '.mask.beyond.margin_db < -3 and (.mask.met | not)'

# The mask itself: level plus margin is the limit; EIRP is gain plus density.
small='ura:16x16,0.5wl'
for name in S.465 S.580 S.1528 S.1855 25.218:density=-14; do
    "$COPHASE" pattern --array "$small" --element cos --taper taylor --mask "$name" --json >out 2>err
    status=$?
    holds "$name: the status says whether it is kept" ".mask.met == ($status == 0)"
    [ "$status" = 0 ] || [ "$status" = 4 ] || fault "$name: $(cat err)"
    holds "$name: rows add up" '(.mask.rows | length) > 8 and ([.mask.rows[] | select(.level_db != null) | .mask_db - .level_db - .margin_db | fabs] | max) < 1e-9'
    holds "$name: rising angles" '[.mask.rows[].angle_deg] as $a | $a == ($a | sort)'
done
holds 'the unit of a density' '.mask.unit == "dBW/4kHz"'
expect 'a mask for larger antennas' 4 pattern --array "$small" --element cos --mask S.580 --json
holds 'is said to be one' '(.mask.in_scope | not) and .mask.diameter_wl == 8'

printf '# a mask\nangle,level\n0,30\n10,30\n20,20\n90,20\n' >mask.csv
expect 'a mask of a file' 0 pattern --array "$small" --element cos --mask mask.csv --mask-cuts 5 --json
holds 'its straight lines' '[.mask.rows[] | select(.angle_deg > 10 and .angle_deg < 20) | .mask_db - (40 - .angle_deg) | fabs] | length > 0 and max < 1e-9'
holds 'the peak is under it' '.mask.met and .mask.start_deg == 0 and .mask.source == "mask.csv"'
expect 'the mask is no picture' 2 pattern --array "$small" --mask mask.csv --plot mask.csv
for text in '0,30' '0,30\n10' '0,30\n0,20' '0,30\n200,1' '0,30\n10,nan'; do
    printf "$text\n" >bad.csv
    expect "a file of '$text'" 3 pattern --array "$small" --mask bad.csv
    says 'it is named' 'bad.csv'
done
expect 'a name that is none' 3 pattern --array "$small" --mask S.999
says 'the masks there are' 'S.1855'
expect 'a density that is not given' 2 pattern --array "$small" --mask 25.218
expect 'a key of another mask' 2 pattern --array "$small" --mask S.465:density=1
expect 'an angle without a mask' 2 pattern --array "$small" --mask-from 5
expect 'an angle beyond the sphere' 2 pattern --array "$small" --mask S.465 --mask-from 190
expect 'no cuts' 2 pattern --array "$small" --mask S.465 --mask-cuts 0
expect 'a single element' 2 pattern --array ula:1,0.5wl --mask S.465
finish
