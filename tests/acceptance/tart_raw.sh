#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Raw 1-bit samples of 5 antennas, 20 dB below the noise what a satellite sends: gains that its code shows in the first 2 ms (dominant
# eigenvector) make weights that raise the SNR after correlation by 5.5 dB at least in the last 2 ms (7.0 at best), for each of the 8
# strongest. In reduced runs: of one capture.
set -u
lib=$(realpath "$(dirname "$0")/../cli/lib.bash")
# shellcheck source=tests/cli/lib.bash
. "$lib"
[ -d "$COPHASE_DATA/tart" ] || {
    echo "no $COPHASE_DATA/tart"
    exit 77
}
despread=$(dirname "$COPHASE")/tests/despread
visible=' 23 13 16 7 20 31 10 29 6 32 3 27 '
ms2=16368 times=32705 # of 65535 real samples as complex baseband

for file in "$COPHASE_DATA"/tart/tart5_raw_*.h5; do
    name=$(basename "$file" .h5)
    "$despread" find "$file" >found.txt || fault "$name: find"
    [ "$(wc -l <found.txt)" = 12 ] || fault "$name: $(wc -l <found.txt) satellites, not 12"
    gains=()
    while read -r prn lag doppler _; do
        case $visible in
        *" $prn "*) ;;
        *) fault "$name: PRN $prn was not in the sky" ;;
        esac
        rm -f gain.h5 weights.h5 beam.h5
        "$despread" learn "$file" "$prn" "$lag" "$doppler" gain.h5 || fault "$name: PRN $prn: learn"
        expect "$name: PRN $prn: weights" 0 weights "$file" --duration $ms2 --calibration gain.h5 --steer uv:0,0 --method mvdr -o weights.h5
        expect "$name: PRN $prn: beam" 0 beamform "$file" --weights weights.h5 --start $((times - ms2)) --duration $ms2 -o beam.h5
        gain=$("$despread" gain "$file" beam.h5 "$prn" "$lag" "$doppler" | awk '{ printf "%.2f", $2 - $1 }')
        awk -v g="${gain:-0}" 'BEGIN { exit !(g >= 5.5 && g < 7.5) }' || fault "$name: PRN $prn: ${gain:-no} dB"
        gains+=("$gain")
    done < <(head -n 8 found.txt)
    echo "$name: ${gains[*]} dB"
    [ "${CPH_TEST_REDUCED:-0}" = 1 ] && break
done

# Elements as they are, in no phase, are no beam.
read -r prn lag doppler _ <found.txt
rm -f weights.h5 beam.h5
expect 'without a calibration' 0 weights "$file" --steer uv:0,0 -o weights.h5
expect 'its beam' 0 beamform "$file" --weights weights.h5 --start $((times - ms2)) --duration $ms2 -o beam.h5
"$despread" gain "$file" beam.h5 "$prn" "$lag" "$doppler" | awk '{ exit !($2 - $1 < 3) }' || fault 'a beam without a calibration is none'
finish
