#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Recorded files open and say what their observatory says of them; more are in formats.sh. In: COPHASE, COPHASE_DATA.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/../cli/lib.bash"
data=$COPHASE_DATA
[ -d "$data" ] || { echo "no recorded captures in $data"; exit 77; }

info() { expect "$1" 0 info "$2" --json "${@:3}"; }

aavs3=$(echo "$data"/aavs3/*.hdf5) aavs2=$(echo "$data"/aavs2/*.hdf5)
info 'AAVS3' "$aavs3" --positions "$data/aavs3/antenna_locations.txt" --pol XX
holds 'AAVS3 header' '.kind == "covariance" and .format == "aavs" and .elements == 256 and .inputs == 512 and .channels == 1 and .times == 1 and
    .center_freq_hz == 159.375e6 and .missing == [] and .sample_rate_hz == null'
holds 'AAVS3 samples behind a dump' '(.n_samples - 458752 | fabs) < 1'
holds 'AAVS3: 12 inputs outside 0.2 to 5 times the median' '[.health[] | select(.reason != null)] | length == 12'
holds 'AAVS3 names' '.health[0].name == "SB22-11" and .health[1].polarization == "X"'
info 'AAVS3 without positions' "$aavs3"
holds 'the missing positions are named' '.missing == ["positions"] and (.health | length) == 512'
info 'AAVS2' "$aavs2" --positions "$data/aavs2/antenna_locations.txt" --pol XX
holds 'AAVS2: 51 listed' '[.health[] | select(.reason == "listed")] | length == 51'
info 'AAVS2' "$aavs2" --positions "$data/aavs2/antenna_locations.txt" --pol XX --ignore-listed
holds 'AAVS2: 8 bad, 3 of them dead' '[.health[] | select(.reason != null) | .reason] | length == 8 and (map(select(. == "dead")) | length) == 3'

info 'LOFAR' "$(echo "$data"/lofar/*.h5)"
holds 'LOFAR header' '.kind == "covariance" and .format == "cophase" and .elements == 96 and .center_freq_hz == 68359375 and .array.position_frame == "enu"'
holds 'LOFAR: inputs 92 and 93 are dead' '[.health[] | select(.reason != null) | [.element, .reason]] == [[92, "dead"], [93, "dead"]]'
holds 'LOFAR polarisations' '[.health[].polarization] | map(select(. == "X")) | length == 48'
info 'TART, 24 antennas' "$(echo "$data"/tart/tart24_*.h5)"
holds 'TART has no autocorrelations' '.elements == 24 and (.missing | index("diagonal")) != null and .good == 24'
for file in "$data"/tart/tart5_raw_*.h5; do
    info "$(basename "$file")" "$file"
    holds 'TART raw samples' '.kind == "capture" and .elements == 5 and .times == 65535 and .type == "c8" and .real_sampling and
        .sample_rate_hz == 16.368e6 and .if_freq_hz == 4.092e6 and .good == 5'
    holds 'one-bit samples have power 1' '[.health[].power_db] | all(. == 0)'
    # of two levels, +-1, of mean m: E (x - m)^4 / (1 - m^2)^2 = (1 + 3 m^2) / (1 - m^2), to 1 / samples
    holds 'two levels have the kurtosis of two levels' '.health | all(.[]; (.dc_re * .dc_re) as $m | .kurtosis_re + 3 - (1 + 3 * $m) / (1 - $m) | fabs < 1e-3)'
    holds 'three comparators stand off zero, in every recording' '[.health[] | select(.suspect == ["dc"]) | .element] == [0, 1, 4] and .suspected == 3'
    holds 'real samples have no Q' '.health | all(.[]; .iq_gain_db == null and .dc_im == null)'
    ! fftw || holds 'their band is about the IF, 4.092 MHz' '.spectrum as $s | .health[2].spectrum_db as $p | ($p | index(max)) as $k | $s.low_hz + $k * $s.step_hz - 4.092e6 | fabs < 1e6'
done
info 'RENEW, simulated' "$(echo "$data"/renew/*.hdf5)"
holds 'receivers are driven into their limits' '[.health[] | select(.reason == "saturated") | .full_scale_share] | length > 20 and all(. > 0.01)'
expect 'its picture' 0 info "$(echo "$data"/renew/*.hdf5)" --plot renew.png
info 'HERA gains' "$(echo "$data"/hera/*.abs.cal.h5)"
holds 'HERA gains header' '.kind == "calibration" and .elements == 7 and .channels == 64 and .times == 60'
holds 'HERA: antenna 53 is flagged throughout' '[.health[] | select(.reason != null) | .name] == ["53"]'

info 'HERA, one polarisation' "$(echo "$data"/hera/*.uncalibrated.uvh5)"
holds 'HERA header' '.kind == "covariance" and .format == "uvh5" and .elements == 7 and .inputs == 7 and .channels == 64 and .times == 60 and
    .array.position_frame == "ecef" and .missing == [] and .missing_baselines == 0 and (.n_samples - 1562500 * 10.7374181747 | fabs) < 1'
holds 'HERA antennas' '[.health[] | [.element, .name, .polarization]] | .[0] == [24, "HH24", "X"] and .[6] == [53, "HH53", "X"]'
holds 'HERA: 53 is flagged throughout' '[.health[] | select(.reason != null) | [.element, .reason]] == [[53, "listed"]]'
info 'HERA, integers' "$(echo "$data"/uvh5/*.uvh5)"
holds 'HERA, integers: header' '.format == "uvh5" and .elements == 4 and .inputs == 8 and .channels == 64 and .times == 8 and .missing == ["n_samples"] and .good == 8'

finish
