#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Captures in layouts of others, recorded by others, through the verbs. In: COPHASE, COPHASE_DATA.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/../cli/lib.bash"
data=$COPHASE_DATA
[ -d "$data" ] || { echo "no recorded captures in $data"; exit 77; }

# places N: a table of positions of N elements on a parabola, in places.txt.
places() { for ((i = 0; i < $1; i++)); do echo "$i e$i $i $((i * i)) 0 False"; done >places.txt; }

# power FILE...: mean |x|^2 of files of one sub-channel, by h5dump; what a recorder that goes on over a loss fills in is left out.
power() {
    for file in "$@"; do cp -f "$file" part.h5 && rows part.h5 /rf_data 2; done |
        awk '$1 != -32768 || $2 != -32768 { sum += $1 * $1 + $2 * $2; n++ } END { printf "%.17g", sum / n }'
}

real=$data/digital_rf/example/ch0
expect 'Digital RF, a real receiver' 0 info "$real" --json
holds 'what it says' '.format == "digital_rf" and .elements == 1 and .times == 10000 and .type == "c16" and .sample_rate_hz == 10000 and
    .center_freq_hz == 440e6 and .time_start_unix_s == 1567105700 and .gaps == 0 and .missing == ["positions"] and .good == 1'
places 1
expect 'a beam of it' 0 beamform "$real" --positions places.txt --steer uv:0,0 --start 100ms --duration 200ms -o beam.h5
expect 'its beam' 0 info beam.h5 --json
holds 'a beam starts with its range' '.times == 2000 and (.time_start_unix_s - 1567105700.1 | fabs) < 1e-6'
expect 'its covariance' 0 covariance "$real" -o real.h5 --json
holds 'the first sample was not recorded' '.n_samples == 9999'
[ "$(rows real.h5 /covariance 2 | awk -v power="$(power "$real"/*/rf@*.h5)" '{ print ($1 / power - 1) ^ 2 < 1e-12 && $2 == 0 }')" = 1 ] ||
    fault 'the power of a real receiver'

gaps=$(echo "$data"/digital_rf/synthetic/sc16_x1_*)
expect 'Digital RF with gaps' 0 info "$gaps" --json
holds 'its gaps' '.times == 798 and .gaps == 3 and .times_lost == 202 and .missing == ["positions", "frequency"]'
expect 'a covariance over gaps' 0 covariance "$gaps" -o all.h5 --json
holds 'samples that were recorded' '.times == 1 and .n_samples == 798 and .samples_left_out == 0'
[ "$(rows all.h5 /covariance 2 | awk -v power="$(power "$gaps"/*/rf@*.h5)" '{ print ($1 / power - 1) ^ 2 < 1e-12 }')" = 1 ] ||
    fault 'a covariance leaves the gaps out'
# 1.005 s are 67 samples: dump 4 begins at number 268, of which 300 to 432 were lost, dump 5 lies in the loss, dump 6 holds 433 to 468 less two.
expect 'dumps over gaps' 0 covariance "$gaps" --integration 1005ms -o dumps.h5 --json
holds 'dumps that were half recorded' '.times == 11 and .n_samples == 34'
rows dumps.h5 /time_unix_s 1 | awk '{ d = $1 - last } NR > 1 && d > 1.6 { holes++ } { last = $1 } END { exit holes != 2 }' ||
    fault 'dumps keep their times'
expect 'a range that was lost' 3 info "$gaps" --start 5s --duration 1s
says 'that is said' 'were lost'
places 8
several=$(echo "$data"/digital_rf/synthetic/fc32_x8_*)
expect '8 sub-channels' 0 info "$several" --positions places.txt --json
holds 'a file that is missing is a gap' '.elements == 8 and .type == "c32" and .times == 934 and .gaps == 1 and .times_lost == 66 and .missing == ["frequency"]'
expect 'the frequency is named' 3 scan "$several" --positions places.txt
says 'the frequency' 'no frequency'

# dot SLOT A B FILE: mean x_A conj(x_B) over a pilot slot of frame 0 of FILE, by h5dump.
dot() {
    for n in "$2" "$3"; do
        h5dump -y -d /Data/Pilot_Samples -s "0,0,$1,$n,0" -c 1,1,1,1,1024 -o "antenna$n.txt" "$4" >/dev/null
        grep -oE -- '-?[0-9]+' "antenna$n.txt" | paste - - >"antenna$n.pairs"
    done
    paste "antenna$2.pairs" "antenna$3.pairs" | awk '{ re += $1 * $3 + $2 * $4; im += $2 * $3 - $1 * $4 } END { printf "%.17g %.17g", re / NR, im / NR }'
}
cp "$data"/renew/*.hdf5 renew.h5
expect 'RENEW' 0 info renew.h5 --json
holds 'pilot and uplink slots of 5 frames' '.format == "renew" and .elements == 32 and .type == "c16" and .times == 5 * 7 * 512 and .sample_rate_hz == 1e6 and
    .center_freq_hz == 3.6e9 and .gaps == 9 and .times_lost == (4 * 24 + 19 - 35) * 512 and .missing == ["positions", "time"]'
expect 'a dump a slot' 0 covariance renew.h5 --integration 512us -o slots.h5 --json
holds 'all slots' '.times == 35 and .n_samples == 512 and .samples_left_out == 0'
read -r re im <<<"$(dot 2 3 17 renew.h5)"
rows slots.h5 /covariance 2 -s 2,0,3,17 -c 1,1,1,1 | awk -v re="$re" -v im="$im" '{ exit !(($1 - re) ^ 2 + ($2 - im) ^ 2 < 1e-12 * (re ^ 2 + im ^ 2)) }' ||
    fault 'the third pilot of antennas 3 and 17'
places 32
expect 'an image of pilots' 0 scan renew.h5 --positions places.txt --duration 512us --ignore-listed --json
holds 'of 32 antennas' '.peaks | length > 0'

bfiq=$data/borealis/bfiq.hdf5
expect 'Borealis samples' 0 info "$bfiq" --json
holds 'sequences' '.format == "borealis" and .kind == "capture" and .elements == 2 and .times == 104 * 298 and .gaps == 103 and .center_freq_hz == 10.5e6 and
    (.sample_rate_hz - 10000 / 3 | fabs) < 0.1 and .missing == ["positions"] and [.health[].name] == ["main", "intf"]'
expect 'a covariance of it' 0 covariance "$bfiq" -o bfiq.h5 --json
holds 'of what was recorded' '.n_samples == 104 * 298'
expect 'Borealis lag products' 0 info "$data/borealis/rawacf.hdf5" --json
holds 'dumps' '.kind == "covariance" and .elements == 2 and .times == 3 * 75 and .n_samples == 34 and .missing == ["positions"]'

expect 'Acoular' 0 info "$data/acoular/beamformer_traj_time_data.h5" --json
holds 'samples' '.format == "acoular" and .real_sampling and .elements == 5 and .times == 83 and .sample_rate_hz == 6000 and
    .missing == ["positions", "frequency", "time", "wave_speed"]'
expect 'its covariance' 0 covariance "$data/acoular/beamformer_traj_time_data.h5" -o acoular.h5
expect 'AIAA samples' 0 info "$data/acoular/b11aTimeSeries.h5" --json
holds 'samples' '.format == "aiaa" and .real_sampling and .elements == 8 and .times == 480 and .sample_rate_hz == 48000 and .wave_speed_m_s == 343 and
    .array.extent_m[0] == 1 and (.missing | index("positions")) == null'
expect 'AIAA matrices' 0 info "$data/acoular/b11aCsmEss.h5" --json
holds 'channels' '.kind == "covariance" and .channels == 65 and .channel_freq_hz[4] == 1500 and .wave_speed_m_s == 343'
# Four sources within 0.3 m of the axis at 0.75 m: at 750 Hz one lobe, near boresight. At the speed of light there would be none.
expect 'an image of sound' 0 scan "$data/acoular/b11aCsmEss.h5" --channel 2 --json
holds 'where the sources are' '.peaks[0] | (.u * .u + .v * .v) < 0.16'
for verb in scan doa doctor; do
    look=() && [ $verb = doctor ] && look=(--source "uv:0,0")
    expect "$verb of what does not swing" 3 $verb "$data/acoular/b11aCsmEss.h5" "${look[@]}"
    says 'which channel' 'channel 0 is at 0 Hz'
done

# Written again as Digital RF: the files that the recorder made, beginning with the same samples.
for channel in "$real" "$gaps" "$several"; do
    rm -rf again
    expect "$channel again" 0 convert "$channel" --to digital-rf -o again
    diff <(cd "$channel" && find . -name 'rf@*' | sed 's|.*/||' | sort) <(cd again && find . -name 'rf@*' | sed 's|.*/||' | sort) >diffs ||
        fault "$channel: the same files: $(head -3 diffs)"
    for file in "$channel"/*/rf@*.h5; do
        h5diff "$file" again/*/"${file##*/}" /rf_data_index /rf_data_index >diffs 2>&1 || fault "$file: the same index: $(head -3 diffs)"
    done
    expect "$channel natively" 0 convert "$channel" -o native.h5
    expect 'and what was written again' 0 convert again -o twin.h5
    h5diff native.h5 twin.h5 /samples /samples >diffs 2>&1 || fault "$channel: the same samples: $(head -3 diffs)"
done

# flat FILE SET: numbers of a data set, a line each.
flat() { h5dump -y -w 0 -m %.17g -d "$2" "$1" | grep -E '^ *-?[0-9]' | tr -d ' ' | tr ',' '\n' | grep .; }

# Visibilities written again as UVH5: the same matrices, of one polarisation and of two.
for file in "$data"/hera/*.uncalibrated.uvh5 "$data"/uvh5/*.uvh5; do
    rm -f again.uvh5
    expect "$file natively" 0 convert "$file" -o native.h5
    expect 'as UVH5' 0 convert native.h5 --to uvh5 --quiet -o again.uvh5
    expect 'and back' 0 convert again.uvh5 -o twin.h5
    for set in /covariance /channel_freq_hz /array/number /array/name; do
        h5diff native.h5 twin.h5 $set $set >diffs 2>&1 || fault "$file: $set comes back: $(head -3 diffs)"
    done
    paste <(flat native.h5 /time_unix_s) <(flat twin.h5 /time_unix_s) | awk '($1 - $2) ^ 2 > 1.7e-9 { bad = 1 } END { exit bad || NR < 1 }' ||
        fault "$file: times come back within 40 us"
    # Baselines as pyuvdata wrote them: east, north, up of antenna 2 less antenna 1, whichever comes first.
    for uv in "$file" again.uvh5; do
        rm -f look.h5 && cp "$uv" look.h5
        paste -d ' ' <(flat look.h5 /Header/ant_1_array) <(flat look.h5 /Header/ant_2_array) <(flat look.h5 /Header/uvw_array | paste - - -) |
            awk '{ s = $1 <= $2 ? 1 : -1; a = s > 0 ? $1 : $2; b = s > 0 ? $2 : $1; printf "%d-%d %.4f %.4f %.4f\n", a, b, s * $3, s * $4, s * $5 }' | sed 's/-0\.0000/0.0000/g' | sort -u
    done >uvw
    sort uvw | uniq -c | awk '$1 != 2 { print }' >alone
    awk '{ split($2, e, "-"); if (!($2 in x)) { x[$2] = $3; y[$2] = $4; z[$2] = $5; n++ } else if (($3 - x[$2]) ^ 2 + ($4 - y[$2]) ^ 2 + ($5 - z[$2]) ^ 2 > 1e-6) bad = 1 } END { exit bad }' \
        alone || fault "$file: baselines: $(head -4 alone)"
done
finish
