#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# convert --to: what comes back from the layout of others is what went in; what they cannot hold is refused; nothing is overwritten.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# told FILE: what info says of it, but for its name and layout.
told() { run info "$1" --json && jq -S 'del(.file, .format, .history)' out; }
# comes_back FILE COPY SET...: the data sets of COPY as a native file, and what is said of it, are those of FILE.
comes_back() {
    local file=$1 copy=$2 set
    shift 2
    told "$file" >wanted
    told "$copy" >got
    diff wanted got >diffs || fault "$copy says the same: $(head -5 diffs)"
    rm -f back.h5
    expect "$copy as native" 0 convert "$copy" -o back.h5
    for set in "$@"; do
        h5diff "$file" back.h5 "$set" "$set" >diffs 2>&1 || fault "$copy: $set comes back: $(head -c 300 diffs)"
    done
}
# interrupted SIGNAL NAME VERB...: the signal on the way leaves neither NAME nor anything partial, nor says that it does.
interrupted() {
    local signal=$1 name=$2 later status
    shift 2
    for later in 0.02 0.005 0.002 0 0.05 0.1 0.2; do
        rm -rf "$name" "${name%-data}-meta" cut-*.sigmf-* cut.sigmf-collection
        signalled "$signal" "$name" "$later" "$@"
        [ "$status" = 1 ] || continue
        says "$signal is said" 'interrupted'
        [ "$(wc -l <err)" = 1 ] || fault "$signal: nothing else is: $(cat err)"
        [ ! -e "$name" ] || fault "$signal: there is no $name"
        ls -d ./*.partial >left 2>/dev/null && fault "$signal leaves $(cat left)"
        return
    done
    fault "never interrupted in time: $*"
}

simulate() { # NAME WORDS...
    local name=$1
    shift
    "$COPHASE" simulate --array ura:3x2,0.5wl --freq 1e9 --source uv:0.3,-0.2,snr=20dB --source uv:-0.1,0.4,snr=3dB --gain-errors 2dB,40deg \
        --dead 3 --samples 3500 --sample-rate 1kHz --time-start 1700000000.25 --seed 5 "$@" -o "$name" >log || fault "simulate: $(cat log)"
}
for type in c8 c16 c32; do simulate $type.h5 --type $type; done

# ---- Digital RF ----

for type in c8 c16 c32; do
    expect "$type to Digital RF" 0 convert $type.h5 --to digital-rf -o drf.$type --json
    holds 'it is said' '.to == "digital_rf" and .times == 3500 and .elements == 6'
    comes_back $type.h5 drf.$type /samples /truth/gain /truth/source /array/position
done
# The first sample is number 1700000000250; files span a second.
for second in 0 1 2 3; do
    file=drf.c16/2023-11-14T22-00-00/rf@170000000$second.000.h5
    [ -e "$file" ] || fault "the file of second $second"
    case $second in
    0) first=1700000000250 rows=750 ;;
    3) first=1700000003000 rows=750 ;;
    *) first=170000000${second}000 rows=1000 ;;
    esac
    [ "$(h5dump -y -d /rf_data_index "$file" | grep -oE '[0-9]{2,}, 0$')" = "$first, 0" ] || fault "$file begins with sample $first"
    h5dump -H -d /rf_data "$file" | grep -q "SIMPLE { ( $rows, 6 ) /" || fault "$file holds $rows samples"
done
[ "$(find drf.c16 -name 'rf@*' | wc -l)" = 4 ] || fault 'four files'
for attribute in 'sample_rate_numerator 1000' 'sample_rate_denominator 1' 'num_subchannels 6' 'is_complex 1' 'is_continuous 0' 'H5Tget_size 2' \
    'subdir_cadence_secs 3600' 'file_cadence_millisecs 1000'; do
    [ "$(h5dump -a "${attribute% *}" drf.c16/drf_properties.h5 | sed -n 's/^ *(0): //p')" = "${attribute#* }" ] || fault "attribute $attribute"
done

# Gaps: what was lost is left out, in files and between them.
expect 'times in the middle' 0 convert drf.c16 --start 500ms --duration 1 -o one.h5
rm -r drf.c16/2023-11-14T22-00-00/rf@1700000001.000.h5
expect 'a loss' 0 convert drf.c16 -o lost.h5
expect 'it again' 0 convert lost.h5 --to digital-rf -o drf.lost
comes_back lost.h5 drf.lost /samples /gaps
[ "$(cd drf.lost && find . -name 'rf@*' | sort)" = "$(cd drf.c16 && find . -name 'rf@*' | sort)" ] || fault 'a file that was lost is not made'
expect 'a part over the loss' 0 convert lost.h5 --start 100ms --duration 2s --exclude 0,2 --to digital-rf -o drf.part --json
holds 'its times' '.times == 1000 and .elements == 4'
expect 'natively' 0 convert lost.h5 --start 100ms --duration 2s --exclude 0,2 -o part.h5
comes_back part.h5 drf.part /samples /gaps /truth/gain

# Real samples; a rate that is a fraction: 200/3 a second, so that no file but every third begins with a whole second.
expect 'at another rate' 0 simulate --array ula:3,0.5wl --freq 1e9 --source uv:0.3,0,snr=20dB --samples 700 --type c16 --sample-rate 66.666666666666667Hz \
    --time-start 1699999998 -o slow.h5
expect 'it' 0 convert slow.h5 --to digital-rf -o drf.slow
comes_back slow.h5 drf.slow /samples
[ "$(h5dump -a sample_rate_numerator drf.slow/drf_properties.h5 | sed -n 's/^ *(0): //p')/$(h5dump -a sample_rate_denominator drf.slow/drf_properties.h5 |
    sed -n 's/^ *(0): //p')" = 200/3 ] || fault 'the rate is a fraction of whole numbers'
printf '{"type": "ri16_le", "elements": 2, "if_freq_hz": 250, "sample_rate_hz": 1e3, "time_start_unix_s": 1e9}' >real.bin.json
tail -c 8000 c16.h5 >real.bin
expect 'real samples' 0 convert real.bin -o real.h5
expect 'them' 0 convert real.h5 --to digital-rf -o drf.real
comes_back real.h5 drf.real /samples

# ---- SigMF ----

for type in c8 c16 c32; do
    expect "$type to SigMF" 0 convert $type.h5 --to sigmf -q -o $type.sigmf-meta --json
    holds 'it is said' '.to == "sigmf" and .times == 3500 and .elements == 6'
    case $type in c8) name=ci8 bytes=2 ;; c16) name=ci16_le bytes=4 ;; *) name=cf32_le bytes=8 ;; esac
    [ "$(stat -c %s $type.sigmf-data)" = $((3500 * 6 * bytes)) ] || fault "the bytes of $type.sigmf-data"
    jq -e --arg type $name '.global["core:datatype"] == $type and .global["core:version"] == "1.0.0" and .global["core:num_channels"] == 6 and
        .global["core:sample_rate"] == 1000 and .global["core:extensions"] == [{"name": "cophase", "version": "1.0.0", "optional": true}] and
        (.captures | length) == 1 and .captures[0]["core:sample_start"] == 0 and .captures[0]["core:frequency"] == 1e9 and
        .captures[0]["core:datetime"] == "2023-11-14T22:13:20.250000000Z" and .annotations == []' $type.sigmf-meta >log ||
        fault "what $type.sigmf-meta says: $(head -c 500 $type.sigmf-meta)"
    expect "$type comes back" 0 convert $type.sigmf-meta -o back.h5
    for set in /samples /truth/gain /truth/source; do
        h5diff $type.h5 back.h5 $set $set >diffs 2>&1 || fault "$type.sigmf-meta: $set comes back: $(head -c 300 diffs)"
    done
    run info back.h5 --json
    jq -S '[.times, .elements, .scale, .type, .sample_rate_hz, .center_freq_hz, .time_start_unix_s, .health]' out >got
    run info $type.h5 --json
    jq -S '[.times, .elements, .scale, .type, .sample_rate_hz, .center_freq_hz, .time_start_unix_s, .health]' out >wanted
    cmp -s wanted got || fault "$type.sigmf-meta says the same: $(diff wanted got | head -5)"
done
expect 'a loss' 0 convert lost.h5 --to sigmf -q -o lost.sigmf-data
jq -e '[.captures[] | [.["core:sample_start"], .["core:global_index"], .["core:datetime"]]] ==
    [[0, 0, "2023-11-14T22:13:20.250000000Z"], [750, 1750, "2023-11-14T22:13:22.000000000Z"]]' lost.sigmf-meta >log || fault "segments: $(cat log)"
rm -f back.h5
expect 'it comes back' 0 convert lost.sigmf-meta -o back.h5
for set in /samples /gaps; do h5diff lost.h5 back.h5 $set $set >diffs 2>&1 || fault "SigMF: $set comes back: $(head -c 300 diffs)"; done
expect 'real samples to SigMF' 0 convert real.h5 --to sigmf -q -o real.sigmf-meta
cmp -s real.bin real.sigmf-data || fault 'real samples are the bytes they were'
comes_back real.h5 real.sigmf-meta /samples

# Collections: a recording an element, hashes of what was written, and all of it back bit for bit.
printf 'number name x y\n0 east 0 0\n1 - 0.1 0\n2 west 0 0.2\n' >named.txt
expect 'elements with names' 0 simulate --array named.txt --freq 1e9 --source uv:0.3,0,snr=20dB --samples 100 --sample-rate 1kHz -o named.h5
for type in c8 c16 c32 lost real named; do
    rm -f back.h5
    expect "$type to a collection" 0 convert $type.h5 --to sigmf -q -o all-$type.sigmf-collection --json
    holds 'it is said' '.to == "sigmf" and (.output | endswith(".sigmf-collection"))'
    expect "$type comes back from it" 0 convert all-$type.sigmf-collection -o back.h5
    for set in /samples /truth/gain /truth/source /gaps /array/name; do
        h5ls $type.h5$set >/dev/null 2>&1 || continue
        h5diff $type.h5 back.h5 $set $set >diffs 2>&1 || fault "collection of $type: $set comes back: $(head -c 300 diffs)"
    done
    for file in $type.h5 back.h5; do
        run info "$file" --json
        jq -S '[.times, .elements, .scale, .type, .sampling, .sample_rate_hz, .center_freq_hz, .if_freq_hz, .time_start_unix_s, .health]' out >"said.$file"
    done
    cmp -s said.$type.h5 said.back.h5 || fault "collection of $type says the same: $(diff said.$type.h5 said.back.h5 | head -5)"
    jq -r '.collection | select(.["core:version"] == "1.0.0") | .["core:streams"][] | .hash + "  " + .name + ".sigmf-meta"' all-$type.sigmf-collection >sums
    sha512sum --quiet -c sums >log 2>&1 || fault "hashes of metadata: $(cat log)"
    [ "$(wc -l <sums)" = "$(find . -name "all-$type-*.sigmf-meta" | wc -l)" ] || fault "a hash for each"
    for meta in all-"$type"-*.sigmf-meta; do
        jq -r '.global | select(.["core:num_channels"] == 1) | .["core:sha512"]' "$meta" | sed "s/\$/  ${meta%meta}data/"
    done >sums
    sha512sum --quiet -c sums >log 2>&1 || fault "hashes of samples: $(cat log)"
    [ -s sums ] || fault "sums of samples"
done
[ "$(find . -name 'all-c8-*' | wc -l)" = 12 ] || fault 'two files an element'
[ -z "$(find . -name '*.sigmf-*.partial')" ] || fault 'nothing partial is left'
sed -i 's/"core:sample_rate": 1000/"core:sample_rate": 1001/' all-c8-2.sigmf-meta
expect 'metadata that were changed' 3 info all-c8.sigmf-collection
says 'are said' 'all-c8-2.sigmf-meta: has SHA-512 [0-9a-f]{12}\.\.\., expected [0-9a-f]{12}\.\.\. as the collection says'
rm all-c8.sigmf-collection
expect 'a recording of a collection that is there' 2 convert c16.h5 --to sigmf -q -o all-c8.sigmf-collection
says 'is not overwritten' 'all-c8-0.sigmf-data: exists'

# ---- UVH5 ----

# Four antennas, numbers falling, the first without Y; X and Y of each stand at one place.
cat >places.txt <<'END'
number E N U polarization
30 0 0 0 X
21 1.1 0.4 0.02 Y
21 1.1 0.4 0.02 X
12 -0.7 2.3 0 X
12 -0.7 2.3 0 Y
7 3.1 -1.9 0.1 X
7 3.1 -1.9 0.1 Y
END
printf '[array]\npositions = places.txt\nframe = enu\n[site]\nlatitude_deg = -30.7\nlongitude_deg = 21.4\naltitude_m = 1051\n' >site.ini
expect 'a capture at a site' 0 simulate --array site.ini --freq 1.5e8 --source sky:40,50,snr=60dB --samples 2000 --sample-rate 1MHz --time-start 1700000000.25 \
    --type c32 --gain-errors 3dB,60deg --seed 9 -o site.h5
expect 'its dumps' 0 covariance site.h5 --integration 1ms -o site.cov.h5
h5copy -i site.h5 -o site.cov.h5 -s /truth -d /truth || fault 'h5copy'
expect 'as UVH5' 0 convert site.cov.h5 --to uvh5 -o site.uvh5 --json
holds 'it is said' '.to == "uvh5" and .times == 2 and .elements == 7'
expect 'it comes back' 0 convert site.uvh5 -o back.h5
# numbers FILE SET: all of them, a line each.
numbers() { rows "$1" "$2" 1; }
# Inputs of the covariance by antenna and polarisation; R[p][q] of its first dump.
numbers site.cov.h5 /covariance | paste - - | awk '{ printf "R %d %d %d %s %s\n", int((NR - 1) / 49), int((NR - 1) / 7) % 7, (NR - 1) % 7, $1, $2 }' >entries
numbers site.uvh5 /Header/ant_1_array >first
numbers site.uvh5 /Header/ant_2_array >second
numbers site.uvh5 /Header/polarization_array >products
[ "$(paste -sd ' ' products)" = '-5 -7 -8 -6' ] || fault "products: $(paste -sd ' ' products)"
[ "$(paste -d , first second | paste -sd ' ')" = "$(printf '7,7 7,12 7,21 7,30 12,12 12,21 12,30 21,21 21,30 30,30 %.0s' 1 2 | sed 's/ $//')" ] ||
    fault "baselines: $(paste -d , first second | paste -sd ' ')"
paste -d ' ' first second >ends
# visdata of (1, 2), product ab, is E[conj(x_1a) x_2b]: R of row 2b, column 1a. Antenna 30 has no Y: flagged.
rows site.uvh5 /Data/visdata 8 | paste -d ' ' ends - >visibilities
rows site.uvh5 /Data/nsamples 4 | paste -d ' ' ends - >counts
awk 'BEGIN { split("30X 21Y 21X 12X 12Y 7X 7Y", name, " "); for (i in name) input[name[i]] = i - 1; split("XX XY YX YY", product, " ") }
    $1 == "R" { re[$2, $3, $4] = $5; im[$2, $3, $4] = $6; next }
    FILENAME == "visibilities" { for (k = 1; k <= 4; k++) {
        a = $1 substr(product[k], 1, 1); b = $2 substr(product[k], 2, 1); t = int((FNR - 1) / 10)
        if (!(a in input) || !(b in input)) { if ($(1 + 2 * k) != 0) print "lost", $0; flagged++; continue }
        p = input[b]; q = input[a]; n++
        if ($(1 + 2 * k) != re[t, p, q] || $(2 + 2 * k) != im[t, p, q]) print "differs", a, b, $(1 + 2 * k), $(2 + 2 * k), re[t, p, q], im[t, p, q] } }
    END { if (n != 2 * (6 * 4 + 3 * 2 + 1) || flagged != 2 * 9) print "count", n, flagged }' entries visibilities >wrong
[ ! -s wrong ] || fault "visibilities are those of the covariance: $(head -3 wrong)"
awk '{ for (k = 3; k <= 6; k++) n[$k]++ } END { exit !(n[0] == 18 && length(n) == 2) }' counts || fault 'what is missing counts nothing'
# Back: inputs X by rising number, then Y.
numbers back.h5 /covariance | paste - - | awk '{ print int((NR - 1) / 64), int((NR - 1) / 8) % 8, (NR - 1) % 8, $1, $2 }' >got
awk 'BEGIN { split("5 3 2 0 6 4 1 -1", from, " ") } FILENAME == "entries" { re[$2, $3, $4] = $5; im[$2, $3, $4] = $6; next }
    { p = from[$2 + 1]; q = from[$3 + 1]; if (p < 0 || q < 0) { if ($4 !~ /nan/) print; next } n++
      if ($4 != re[$1, p, q] || $5 != im[$1, p, q]) print }
    END { if (n != 98) print "count", n }' entries got >wrong
[ ! -s wrong ] || fault "the matrix comes back: $(head -3 wrong)"
run info back.h5 --json
holds 'and what is said of it' '.n_samples == 1000 and .integration_s == 0.001 and .channel_freq_hz == [1.5e8] and (.time_start_unix_s - 1700000000.25 | fabs) < 0.01 and
    .array.position_frame == "ecef" and .array.latitude_deg == -30.7 and .array.altitude_m == 1051'
paste -d ' ' <(numbers site.cov.h5 /time_unix_s) <(numbers back.h5 /time_unix_s) | awk '{ d = $1 - $2; if (d * d > 1.7e-9) bad = 1 } END { exit bad || NR != 2 }' ||
    fault 'times come back within the steps of a Julian date, 40 us'
numbers site.h5 /truth/gain | paste - - >gains
numbers back.h5 /truth/gain | paste - - >got
awk 'BEGIN { split("6 4 3 1 7 5 2 0", from, " ") } FILENAME == "gains" { g[FNR] = $0; next } from[FNR] > 0 && $0 != g[from[FNR]] { bad = 1 } END { exit bad }' \
    gains got || fault "the truth comes back: $(cat got)"
# A wave from azimuth 40, elevation 50: without gain errors conj(x_1) x_2 turns by 2 pi f uvw.s/c, uvw position 2 - position 1 in east, north, up.
# Noise is 1e-3 of a sample, 1000 of them: 1e-3/sqrt(500) of the phase, six times that.
expect 'good receivers' 0 simulate --array site.ini --freq 1.5e8 --source sky:40,50,snr=60dB --samples 1000 --sample-rate 1MHz --time-start 1700000000 --type c32 \
    --seed 9 -o good.h5
expect 'their covariance' 0 covariance good.h5 -o good.cov.h5
h5dump -d /integration_s good.cov.h5 >log 2>&1 || fault 'a dump says how long it is'
expect 'as UVH5' 0 convert good.cov.h5 --to uvh5 -o good.uvh5
paste -d ' ' <(rows good.uvh5 /Header/uvw_array 3) <(rows good.uvh5 /Data/visdata 8) | awk 'BEGIN { pi = atan2(0, -1); d = pi / 180; e = cos(50 * d) * sin(40 * d)
        n = cos(50 * d) * cos(40 * d); u = sin(50 * d) }
    { phase = atan2($5, $4) - 2 * pi * 1.5e8 / 299792458 * ($1 * e + $2 * n + $3 * u); phase -= 2 * pi * int(phase / (2 * pi) + (phase > 0 ? 0.5 : -0.5))
      if (phase * phase > 7.2e-8) bad = 1; length2 += $1 ^ 2 + $2 ^ 2 + $3 ^ 2 } END { exit bad || NR != 10 || length2 < 10 }' ||
    fault 'phases are those of the baselines'
# Each antenna is where the site and its east, north, up are, in axes of the earth.
paste -d ' ' <(numbers good.uvh5 /Header/antenna_numbers) <(rows good.uvh5 /Header/antenna_positions 3) | awk 'BEGIN { d = atan2(0, -1) / 180; la = -30.7 * d; lo = 21.4 * d
        e[7] = 3.1; n[7] = -1.9; u[7] = 0.1; e[12] = -0.7; n[12] = 2.3; u[12] = 0; e[21] = 1.1; n[21] = 0.4; u[21] = 0.02; e[30] = n[30] = u[30] = 0 }
    { E = -sin(lo) * $2 + cos(lo) * $3; N = -sin(la) * (cos(lo) * $2 + sin(lo) * $3) + cos(la) * $4; U = cos(la) * (cos(lo) * $2 + sin(lo) * $3) + sin(la) * $4
      if ((E - e[$1]) ^ 2 + (N - n[$1]) ^ 2 + (U - u[$1]) ^ 2 > 1e-18) bad = 1 } END { exit bad || NR != 4 }' || fault 'places of antennas'
# What the memo requires.
for name in latitude longitude altitude telescope_name instrument history Nants_data Nants_telescope ant_1_array ant_2_array antenna_names antenna_numbers \
    antenna_positions Nbls Nblts Nfreqs Npols Ntimes Nspws uvw_array time_array integration_time freq_array channel_width spw_array polarization_array version \
    phase_center_catalog/0/cat_name phase_center_catalog/0/cat_type phase_center_id_array phase_center_app_ra phase_center_app_dec phase_center_frame_pa vis_units; do
    h5ls "good.uvh5/Header/$name" >/dev/null 2>&1 || fault "the header has $name"
done
expect 'a scan of it' 0 scan good.uvh5 --pol X --json
holds 'finds the source' '.peaks[0] | (.az_deg - 40 | fabs) < 3 and (.el_deg - 50 | fabs) < 3'

# ---- refusals ----

expect 'a covariance that is there' 2 convert site.cov.h5 --to uvh5 -o back.h5
says 'is not overwritten' 'back.h5: exists'
expect 'samples' 3 convert c16.h5 --to uvh5 -o none
says 'are said' 'c16.h5: is capture, uvh5 is of covariances'
expect 'the covariance of an array somewhere' 0 covariance c16.h5 -o nowhere.h5
expect 'it' 3 convert nowhere.h5 --to uvh5 -o none
says 'is said' 'none: cannot be made: UVH5 needs how the array is turned'
expect 'a recording that is there' 2 convert c16.h5 --to sigmf -q -o c8.sigmf-meta
says 'is not overwritten' 'c8.sigmf-(meta|data): exists'
rm c8.sigmf-meta
expect 'samples that are there' 2 convert c16.h5 --to sigmf -q -o c8.sigmf-meta
says 'are not overwritten' 'c8.sigmf-data: exists'
expect 'no name of a recording' 2 convert c16.h5 --to sigmf -q -o none.h5
says 'is said' 'none.h5: is no name of a recording, expected it to end in .sigmf-meta, or .sigmf-collection of one an element'

expect 'a folder that is there' 2 convert c16.h5 --to digital-rf -o drf.c8
expect 'a file that is there' 2 convert c16.h5 --to digital-rf -o c8.h5
says 'is not overwritten' 'c8.h5: exists'
mkdir none.partial
expect 'what an interrupted command left' 2 convert c16.h5 --to digital-rf -o none
says 'is not overwritten' 'none.partial: exists, perhaps of an interrupted command'
rmdir none.partial
"$COPHASE" simulate --array ula:3,0.5wl --freq 1e9 --source uv:0.3,0,snr=20dB --samples 100 -o timeless.h5 >log
expect 'no start' 3 convert timeless.h5 --to digital-rf -o none
says 'is said' 'none: cannot be made: .* when the first one was is unknown'
expect 'dumps' 0 covariance c16.h5 -o cov.h5
expect 'a covariance' 3 convert cov.h5 --to digital-rf -o none
says 'is said' 'cov.h5: is covariance, digital-rf is of samples'
expect 'no layout' 2 convert c16.h5 --to sideways -o none
expect 'channels' 0 simulate --array ula:6,0.5wl --freq 1.5e9 --source azel:20,10,snr=10dB --samples 500 --sample-rate 1kHz --time-start 1700000000.25 --channel-count 4 -o channels.h5
expect 'of them several' 3 convert channels.h5 --to digital-rf -o none
says 'are said' 'none: would hold 4 channels, Digital RF has one'
expect 'one of them' 0 convert channels.h5 --channels 2 --to digital-rf -o drf.channel
expect 'natively' 0 convert channels.h5 --channels 2 -o channel.h5
comes_back channel.h5 drf.channel /samples
[ ! -e none ] && [ ! -e none.partial ] || fault 'a refused run left a file'

expect 'a long one' 0 simulate --array ula:4,0.5wl --freq 1.5e9 --source azel:20,10,snr=10dB --samples 400000 --sample-rate 1kHz --time-start 1e9 -o long.h5
interrupted INT drf.cut convert long.h5 --to digital-rf --max-memory 6K -o drf.cut
interrupted TERM cut.sigmf-data convert long.h5 --to sigmf --max-memory 6K -o cut.sigmf-meta
[ ! -e cut.sigmf-meta ] || fault 'what was interrupted is no recording'
interrupted INT cut-0.sigmf-data convert long.h5 --to sigmf --max-memory 6K -o cut.sigmf-collection
[ -z "$(find . -name 'cut-*.sigmf-data' -o -name 'cut*.sigmf-collection')" ] || fault 'what was interrupted is no collection'
interrupted INT cut.h5 convert long.h5 --max-memory 6K -o cut.h5
finish
