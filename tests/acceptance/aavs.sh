#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Calibration of two recorded stations on the Sun, the brightest source of their sky, and the scans before and after.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/aavs3" ] || {
    echo "no $COPHASE_DATA/aavs3"
    exit 77
}

# calibrate CLAIM NAME SUN EXPLAINED OPTION...: by baselines longer than 4 wavelengths, into cal.h5
calibrate() {
    local claim=$1 name=$2 sun=$3 explained=$4
    shift 4
    files=("$COPHASE_DATA/$name"/*.hdf5 --positions "$COPHASE_DATA/$name/antenna_locations.txt" "$@")
    rm -f cal.h5
    expect "$claim" 0 calibrate "${files[@]}" --source "sky:$sun" --min-baseline 4wl -o cal.h5 --json
    holds "$claim: explained variance" ".channels[0].explained_variance_after >= $explained"
    holds "$claim: converged in 30 iterations" '.channels[0] | .stop == "converged" and .iterations <= 30'
    holds "$claim: one solution of 159.375 MHz" '(.channels | length == 1) and .channels[0].freq_hz == 159375000'
    holds "$claim: output" '.output == "cal.h5"'
}

# before CLAIM FROM TO: what equal gains explain
before() { holds "$1: explained before" ".channels[0].explained_variance_before | . > $2 and . < $3"; }

# image CLAIM SUN SNR: the calibrated scan peaks within 0.3 degrees of the Sun, with that snr or more
image() {
    local az=${2%,*} el=${2#*,}
    expect "$1: scan" 0 scan "${files[@]}" --calibration cal.h5 --json
    holds "$1: snr" ".peaks[0].snr >= $3"
    holds "$1: on the Sun" "(.peaks[0] | [.az_deg, .el_deg]) as [\$az, \$el] | (3.14159265 / 180) as \$r |
        ((\$el * \$r | sin) * ($el * \$r | sin) + (\$el * \$r | cos) * ($el * \$r | cos) * ((\$az - $az) * \$r | cos)) | [., 1] | min | acos / \$r < 0.3"
}

# flagged CLAIM REASON [ELEMENT...]: exactly these, by their numbers
flagged() {
    local claim=$1 reason=$2
    shift 2
    holds "$claim: $reason" "[.flagged[] | select(.reason == \"$reason\") | .element] | sort == [$(IFS=,; echo "$*")]"
}

calibrate 'AAVS3' aavs3 282.4,74.4 0.98 --pol XX
before 'AAVS3' 0.33 0.36
flagged 'AAVS3' weak 0 72 73 85 98 115 117 121 155 188 242 244
holds 'AAVS3: elements have names' 'all(.flagged[]; .name | startswith("SB"))'
image 'AAVS3' 282.4,74.4 40.5

calibrate 'AAVS2' aavs2 349.65,81.16 0.98 --pol XX
before 'AAVS2' 0.29 0.31
holds 'AAVS2: listed elements' '[.flagged[] | select(.reason == "listed")] | length == 51'
image 'AAVS2' 349.65,81.16 41

# Without the list the solver has to find the elements that would spoil the image.
calibrate 'AAVS2, list ignored' aavs2 349.65,81.16 0.98 --pol XX --ignore-listed
holds 'AAVS2: no listed elements' 'all(.flagged[]; .reason != "listed")'
holds 'AAVS2: gains too low to divide by' '[.flagged[] | select(.reason == "weak") | .element] | contains([33, 42, 71, 76, 136])'
image 'AAVS2, list ignored' 349.65,81.16 43

# The other polarisation, of which the recordings are a little worse.
for station in 'AAVS3 aavs3 282.4,74.4' 'AAVS2 aavs2 349.65,81.16'; do
    read -r claim name sun <<<"$station"
    calibrate "$claim, Y" "$name" "$sun" 0.97 --pol YY
    holds "$claim, Y: bad inputs are flagged" '[.flagged[] | select(.reason != "listed")] | length > 2'
done

# Both polarisations, one file, calibrated separately.
files=("$COPHASE_DATA"/aavs3/*.hdf5 --positions "$COPHASE_DATA/aavs3/antenna_locations.txt")
rm -f cal.h5
expect 'AAVS3, X and Y' 0 calibrate "${files[@]}" --source sky:282.4,74.4 --min-baseline 4wl -o cal.h5 --json
holds 'AAVS3, X and Y' '.elements == 512 and ([.channels[].polarization] | sort == ["X", "Y"]) and all(.channels[]; .explained_variance_after > 0.98)'
image 'AAVS3, X and Y' 282.4,74.4 40.5
run calibrate "${files[@]}" --method pilot --source sky:282.4,74.4 -o cal.h5
[ "$status" = 0 ] && [ "$(grep -cE '^[XY]: source [0-9.]+ dB above the noise' out)" = 2 ] || fault "each line says of which polarisation it is: $(tail -3 out)"

# jones CLAIM OPTION...: X and Y of input `$in` together, into cal.h5
jones() {
    local claim=$1
    shift
    rm -f cal.h5
    expect "$claim" 0 calibrate "$in" "${positions[@]}" --method jones --source "sky:$sun" --min-baseline 4wl "$@" -o cal.h5 --json
    holds "$claim: converged" 'all(.channels[]; .stop == "converged")'
}

# X and Y together, with leakages; the Sun does not tell the phase between them. Of data that the calibration was applied to, the Sun is as much
# explained by no gains and leakages at all, but for leakages into inputs whose antenna's other one is flagged.
for station in 'AAVS3 aavs3 282.4,74.4 41.9 41.3' 'AAVS2 aavs2 349.65,81.16 40.9 39.4'; do
    read -r claim name sun snr_x snr_y <<<"$station"
    in=$(echo "$COPHASE_DATA/$name"/*.hdf5)
    positions=(--positions "$COPHASE_DATA/$name/antenna_locations.txt")
    jones "$claim, jones"
    holds "$claim, jones: explained variance of all four correlations" 'all(.channels[]; .explained_variance_after >= 0.98)'
    holds "$claim, jones: more than gains alone explain" 'all(.channels[]; .explained_variance_after > .explained_variance_before + 0.01)'
    holds "$claim, jones: no X-Y phase" 'all(.channels[].jones; .xy_phase_determined == false and .open == 4 and .outliers > 0)'
    holds "$claim, jones: leakages" 'all(.channels[].jones; .leakage_rms > 0.07 and .leakage_rms < 0.13)'
    expect "$claim: calibrated" 0 apply "$in" --calibration cal.h5 --quiet -o out.h5 --json
    holds "$claim: with inverses" '.leakage_taken_out > 380 and .leakage_left < 8'
    for side in "X $snr_x" "Y $snr_y"; do
        read -r pol snr <<<"$side"
        expect "$claim: image" 0 scan out.h5 "${positions[@]}" --pol "$pol$pol" --json
        holds "$claim: image of $pol" ".peaks[0] | .snr >= $snr and (.el_deg - ${sun#*,} | fabs) < 0.1"
    done
    in=out.h5
    jones "$claim, again"
    holds "$claim, again: nothing is left" 'all(.channels[]; .jones.leakage_rms < 0.02 and .explained_variance_before >= 0.975
        and .explained_variance_after < .explained_variance_before + 0.001)'
done

# Student's t gives up more correlations than Huber's rule, and finds the same gains within their standard errors.
read -r name sun <<<'aavs3 282.4,74.4'
in=$(echo "$COPHASE_DATA/$name"/*.hdf5)
positions=(--positions "$COPHASE_DATA/$name/antenna_locations.txt")
jones 'AAVS3, student' --robust student
holds 'AAVS3, student: explained variance' 'all(.channels[]; .explained_variance_after >= 0.98 and .jones.student_nu != null and .jones.outliers > 1000)'
cp cal.h5 student.h5
jones 'AAVS3, huber' --robust huber
expect 'AAVS3: weights of either kind find the same gains' 0 compare cal.h5 student.h5 --max-residual-phase 0.5 --max-residual-amplitude 0.1dB --max-lost 0 --json
finish
