#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase weights --quiet-below`: less EIRP under an elevation at a price, as states too, the trade, the zenith, refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

flat=(--array 'disc:127,0.6wl' --freq 14.25e9 --element cos --steer 'thetaphi:45,20')
quiet=(weights "${flat[@]}" --zenith 'thetaphi:0,0' --quiet-below 20)
level() { printf '.quiet.beams[0].compared[] | select(.weights == "%s") | ' "$1"; }

expect 'quiet weights' 0 "${quiet[@]}" --quiet-price 0.5dB -o w.h5 --json
holds 'what was asked' '.quiet | .below_deg == 20 and .from_deg == 0 and .price_db == 0.5 and .criterion == "integrated" and .used == 127'
holds 'the price is paid in full' "[$(level quiet).loss_db][0] - 0.5 | fabs < 1e-3"
holds 'far below the plain beam and the tapers' '[.quiet.beams[0].compared[].integrated_db] == ([.quiet.beams[0].compared[].integrated_db] | sort | reverse) and .quiet.beams[0].compared[3].weights == "quiet" and .quiet.beams[0].compared[3].integrated_relative_db < -8'
holds 'as low as can be' '.quiet.beams[0] | .compared[3].integrated_db - .bound_db < 1e-3 and .compared[3].integrated_db - .bound_db > -1e-6'
holds 'the highest is told with its place' '.quiet.beams[0].compared[3].worst_at | .elevation_deg > -0.001 and .elevation_deg < 20.001'
cp out price.json
holds 'it is what is sent' '.path == "transmit"'
expect 'the pattern of that file' 0 pattern --weights w.h5 --element cos --json
jq -e --slurpfile made price.json '(.peak.u - 0.664 | fabs) < 0.02' out >/dev/null || fault "points where it was told: $(jq -c .peak out)"

for states in '--bits 6' '--states adar1000:vectors'; do
    # shellcheck disable=SC2086 # two words
    expect "states ($states)" 0 "${quiet[@]}" $states --codes codes.csv -o s.h5 --json
    holds 'at least 10 dB under the plain beam' "[$(level 'quiet, states').integrated_relative_db][0] < -10"
    holds 'at the price' "[$(level 'quiet, states').loss_db][0] <= 1.0000001"
    holds 'no lower than any weights can' "[$(level 'quiet, states').integrated_db][0] >= .quiet.beams[0].bound_db"
    holds 'what states lose is told' "([$(level 'quiet, states').loss_db][0] - [$(level quiet).loss_db][0] - .quantised[0].loss_db | fabs < 1e-9) and .quantised[0].phase_rms_deg == null"
    [ "$(wc -l <codes.csv)" = 128 ] || fault "codes of 127 elements: $(wc -l <codes.csv) lines"
done
# 25.218 is flat beyond 19.1 degrees, so the least margin is where most goes; the highest is climbed to by two ways.
expect 'EIRP density' 0 "${quiet[@]}" --bits 6 --eirp-density 14dBW -o d.h5 --json
holds 'as the worst place has it' '.quiet | .eirp_density_dbw_4khz == 14 and .mask == "47 CFR 25.218(f)(1)" and all(.beams[0].compared[]; .density.highest.density_dbw_4khz - 14 - .worst_db | . < 1e-3 and . > -0.4)'
holds 'and its mask' 'all(.quiet.beams[0].compared[].density.least_margin; .mask_dbw_4khz == -14 and .off_axis_deg > 19.1 and (.mask_dbw_4khz - .density_dbw_4khz - .margin_db | fabs) < 1e-9)'
expect 'EIRP density over the mask' 0 "${quiet[@]}" --eirp-density 60 -o d.h5
grep -q 'least margin -[0-9.]* dB ([-0-9.]* above -14.00)' out || fault "a density over its mask is above it: $(grep margin out)"
# 15 - 25 log10(angle) dBW/4kHz to 7 degrees off the look: the region from 38 degrees begins 7 degrees under it
expect 'EIRP density near the look' 0 weights "${flat[@]}" --zenith thetaphi:0,0 --quiet-below 42 --quiet-from 38 --eirp-density 50 -o d.h5 --json
holds 'is held against the part of the mask that is there' 'all(.quiet.beams[0].compared[].density.least_margin; .off_axis_deg as $a | $a > 2.9 and (($a < 7 and (.mask_dbw_4khz - 15 + 25 * ($a | log10) | fabs) < 1e-9) or .mask_dbw_4khz <= -6))'
expect 'the worst azimuth' 0 "${quiet[@]}" --quiet-price 0.3dB --quiet-criterion worst -o v.h5 --json
cp out worst.json
expect 'against the integral' 0 "${quiet[@]}" --quiet-price 0.3dB -o v.h5 --json
jq -e --slurpfile worst worst.json '.quiet.beams[0].compared[3].worst_db > $worst[0].quiet.beams[0].compared[3].worst_db + 0.5' out >/dev/null ||
    fault "is lower by its own criterion"
expect 'a trade' 0 "${quiet[@]}" --bits 6 --quiet-curve trade.csv -o v.h5
[ "$(head -1 trade.csv)" = price_db,relative_db,states_relative_db ] || fault "columns of the trade: $(head -1 trade.csv)"
awk -F, 'NR > 2 && $2 > last + 1e-9 { bad = 1 } { last = $2 } END { exit bad || NR != 8 }' trade.csv || fault "more gain buys more: $(cat trade.csv)"
expect 'a table by its name' 0 "${quiet[@]}" --bits 6 --quiet-curve trade.CSV -o v.h5
cmp trade.csv trade.CSV || fault 'the same table'
expect 'its picture' 0 "${quiet[@]}" --quiet-curve trade.svg -o v.h5
grep -q '<svg' trade.svg || fault 'a picture of the trade'
grep -q 'quiet  ' out || fault "a line of the comparison: $(cat out)"

refused=(weights "${flat[@]}" -o r.h5)
expect 'no zenith' 3 "${refused[@]}" --quiet-below 20
says 'what to give' 'array_to_enu.*--zenith'
expect 'a zenith in the sky' 2 "${refused[@]}" --quiet-below 20 --zenith sky:0,90
expect 'a look within the region' 2 "${refused[@]}" --zenith thetaphi:0,0 --quiet-below 50
says 'where it points' '45\.00 degrees of elevation'
printf 'theta_deg,power_db\n0,0\n30,-1\n60,-4\n' >e60.csv
expect 'a look that elements do not have' 2 weights --array ura:8x8,0.5wl --freq 11.7e9 --element e60.csv --steer thetaphi:65,20 --zenith thetaphi:0,0 --quiet-below 35 --quiet-from 28 -o r.h5
says 'why' 'the elements radiate nothing toward the look'
expect 'a second look there' 2 "${refused[@]}" --zenith thetaphi:0,0 --quiet-below 20 --steer thetaphi:85,0 --quiet-curve late.csv
[ -z "$(compgen -G 'late.csv*')" ] || fault 'no trade of weights that there are not'
expect 'no price' 2 "${refused[@]}" --zenith thetaphi:0,0 --quiet-below 20 --quiet-price 0
while IFS='|' read -r option value words; do
    expect "$option $value" 2 "${refused[@]}" --zenith thetaphi:0,0 --quiet-below 20 "$option=$value"
    grep -qF -e ": $words" err && grep -q -e "--quiet" err || fault "$option $value: says $(cat err)"
done <<'END'
--quiet-below|95|'95': expected -90 to 90 degrees
--quiet-below|-1|-1 degrees, expected more than 0 of --quiet-from
--quiet-from|-91|'-91': expected -90 to 90 degrees
--quiet-from|30|20 degrees, expected more than 30
--quiet-price|0|'0': expected above 0 and at most 20 dB
--quiet-price|-1dB|'-1dB': expected above 0 and at most 20 dB
--quiet-price|21|'21': expected above 0 and at most 20 dB
--quiet-curve|curve.pdf|curve.pdf: a picture's name must end in .svg or .png
END
expect 'a density of nothing' 2 "${refused[@]}" --eirp-density 14
expect 'a criterion of nothing' 2 "${refused[@]}" --quiet-criterion integrated
expect 'a price of nothing' 2 "${refused[@]}" --quiet-price 1
expect 'a region upside down' 2 "${refused[@]}" --quiet-below 20 --quiet-from 30 --zenith thetaphi:0,0
expect 'what is received' 2 "${refused[@]}" --quiet-below 20 --zenith thetaphi:0,0 --path receive
expect 'a mask as well' 2 "${refused[@]}" --quiet-below 20 --mask 25.209
expect 'a taper as well' 2 "${refused[@]}" --quiet-below 20 --taper hann
expect 'a null as well' 2 "${refused[@]}" --quiet-below 20 --null uv:0.5,0
printf 'u,v,taper\n0,0,hann\n' >beams.csv
expect 'tapers of a table as well' 2 weights --array 'disc:127,0.6wl' --freq 14.25e9 --beam-list beams.csv --quiet-below 20 --zenith thetaphi:0,0 -o r.h5
says 'which' '--quiet-below finds the taper'
expect 'elements that face up only' 3 "${refused[@]}" --quiet-below -20 --quiet-from -40 --zenith thetaphi:0,0
if [ -e r.h5 ] || [ -e r.h5.partial ]; then fault 'a refusal left an output'; fi
finish
