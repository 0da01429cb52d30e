#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --follow: a capture that is still being written gives, bit for bit, what it gives when it is finished; an end that never comes, and a file that
# goes away, are said.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
append=$(dirname "$COPHASE")/tests/append
[ -x "$append" ] || { echo "no $append: make tests builds it"; exit 77; }

# same CLAIM FILE FILE SET...: their data sets are equal.
same() {
    local claim=$1 one=$2 other=$3 set
    shift 3
    for set in "$@"; do
        h5diff "$one" "$other" "$set" "$set" >diffs 2>&1 || fault "$claim: $set differs: $(head -c 300 diffs)"
    done
}

# recorder ARGS...: append in the background until its readers may come.
recorder() {
    rm -f live.h5 live.h5.close
    coproc RECORDER { exec "$append" "$@" 2>&1; }
    read -r _ <&"${RECORDER[0]}"
    recorder=$RECORDER_PID
}

# live CLAIM OUTPUT ARGS...: runs cophase, which has nothing to fail of, while live.h5 is written; that is closed when OUTPUT was begun.
live() {
    local claim=$1 output=$2 pid i
    shift 2
    "$COPHASE" "$@" -o "$output" >out 2>err </dev/null &
    pid=$!
    for ((i = 0; i < 5000; i++)); do
        [ -e "$output.partial" ] || ! kill -0 $pid 2>/dev/null && break
        sleep 0.005
    done
    : >live.h5.close
    wait $pid
    status=$?
    wait "$recorder"
    [ "$status" = 0 ] || fault "$claim: exit status $status: $(head -c 300 err)"
    [ ! -s err ] || fault "$claim: words on stderr: $(head -c 300 err)"
}

simulate() { # NAME WORDS...
    local name=$1
    shift
    expect "$name" 0 simulate --array ura:3x2,0.5wl --freq 1e9 --source azel:20,10,snr=10dB --gain-errors 1dB,20deg --samples 3000 \
        --sample-rate 10kHz --time-start 1700000000.25 --seed 11 --type c16 "$@" -o "$name"
}
simulate cap.h5
simulate band.h5 --channel-count 3
expect 'a calibration' 0 calibrate cap.h5 --source azel:20,10 -o cal.h5

# ---- HDF5 ----

words_of() { # VERB: its words and the data sets of its output
    case $1 in
    covariance) words=(covariance) sets=(/covariance /time_unix_s /integration_s /n_samples) ;;
    dumps) words=(covariance --integration 450 --elements 1-4) sets=(/covariance /time_unix_s /integration_s /n_samples) ;;
    beamform) words=(beamform --steer "azel:20,10" --steer "uv:0,0" --calibration cal.h5) sets=(/beams) ;;
    apply) words=(apply --calibration cal.h5 --type c16) sets=(/samples) ;;
    convert) words=(convert --type c32) sets=(/samples) ;;
    channelize) words=(channelize --into 8) sets=(/samples /channel_freq_hz) ;;
    esac
}
verbs=(covariance dumps beamform apply convert)
fftw && verbs+=(channelize)
for verb in "${verbs[@]}"; do
    words_of "$verb"
    expect "$verb: of the finished file" 0 "${words[@]}" cap.h5 -o "whole.$verb.h5" --json
    jq -S 'del(.input, .output)' out >whole.json
    mode=swmr
    [ "$verb" = dumps ] && mode=deflate
    recorder $mode cap.h5 live.h5 1100 20
    live "$verb: while it is written" "live.$verb.h5" "${words[@]}" live.h5 --follow=20s --json
    holds "$verb: until its writer closes it" '.follow_ended == "closed"'
    jq -S 'del(.input, .output, .follow_ended)' out | cmp - whole.json || fault "$verb: the same is said: $(cat out)"
    same "$verb" "live.$verb.h5" "whole.$verb.h5" "${sets[@]}"
done
expect 'a part of it' 0 covariance cap.h5 --start 500 --duration 1500 --integration 300 -o part.h5
recorder swmr cap.h5 live.h5 300 20
expect 'until so much is there' 0 covariance live.h5 --start 500 --duration 1500 --integration 300 --follow=20s -o live.part.h5 --json
holds 'it ends before the file does' '.follow_ended == "duration" and .times == 5'
same 'a part' live.part.h5 part.h5 /covariance /time_unix_s
: >live.h5.close
wait "$recorder"
expect 'channels' 0 covariance band.h5 --integration 400 -o whole.band.h5
recorder killed band.h5 live.h5 900 5
wait "$recorder"
expect 'a writer that died' 0 covariance live.h5 --integration 400 --follow=100ms -o live.band.h5 --json
holds 'is waited for, not longer' '.follow_ended == "quiet"'
same 'channels' live.band.h5 whole.band.h5 /covariance /time_unix_s /channel_freq_hz
expect 'its elements' 0 info live.h5 --follow=0s --json
holds 'are told as of now' '.times == 3000 and .good == 6 and .follow_ended == "quiet"'
recorder locked cap.h5 live.h5 3000 1
expect 'a writer without SWMR' 3 info live.h5 --follow
says 'is said' "live.h5: is being written without HDF5's SWMR mode"
: >live.h5.close
wait "$recorder"

# ---- interrupted, and gone on with ----

recorder swmr cap.h5 live.h5 400 5
env --default-signal=INT "$COPHASE" covariance live.h5 --integration 300 --follow -o live.int.h5 >out 2>err </dev/null &
pid=$!
while [ ! -e live.int.h5.partial ] && kill -0 $pid; do sleep 0.01; done
sleep 0.2
kill -INT $pid
wait $pid
[ $? = 1 ] || fault "SIGINT ends it: $(cat err)"
says 'SIGINT is said' 'covariance: .*interrupted'
[ -e live.int.h5.partial ] || fault 'it leaves what there is'
: >live.h5.close
wait "$recorder"
expect 'gone on with' 0 covariance live.h5 --integration 300 --follow=0s --resume -o live.int.h5
expect 'as one' 0 covariance cap.h5 --integration 300 -o whole.int.h5
same 'resumed' live.int.h5 whole.int.h5 /covariance /time_unix_s /n_samples

# ---- plain bytes ----

# pieces FILE TO BYTES...: appends FILE to TO in pieces, times cut within.
pieces() {
    local from=$1 to=$2 at size
    at=$(stat -c %s "$to")
    shift 2
    for size in "$@"; do
        sleep 0.02
        tail -c +$((at + 1)) "$from" | head -c "$size" >>"$to"
        at=$((at + size))
    done
}
expect 'SigMF' 0 convert cap.h5 --quiet --to sigmf -o s.sigmf-meta
mv s.sigmf-data whole
: >s.sigmf-data
pieces whole s.sigmf-data 1001 5003 30000 1 35995 &
expect 'SigMF grows, from nothing on' 0 convert s.sigmf-meta --follow=20s --duration 3000 -o s.h5 --json
holds 'all of it came' '.times == 3000 and .follow_ended == "duration"'
wait $!
same 'SigMF' s.h5 cap.h5 /samples
head -c 1001 whole >raw.bin
printf '{"type": "ci16_le", "elements": 6, "sample_rate_hz": 10000, "center_freq_hz": 1e9}' >raw.json
pieces whole raw.bin 40000 30999 &
expect 'plain bytes grow' 0 convert raw.bin --follow=20s --duration 3000 -o raw.h5
wait $!
expect 'plain bytes, finished' 0 convert raw.bin -o raw1.h5
same 'plain bytes' raw.h5 raw1.h5 /samples
head -c 20000 whole >real.bin
printf '{"type": "ri16_le", "elements": 12, "sample_rate_hz": 10000, "center_freq_hz": 1e9, "if_freq_hz": 2500}' >real.json
pieces whole real.bin 20001 31999 &
expect 'real samples grow' 0 covariance real.bin --integration 300 --follow=20s --duration 1400 -o real.h5
wait $!
expect 'real samples, finished' 0 covariance real.bin --integration 300 --duration 1400 -o real1.h5
same 'real samples' real.h5 real1.h5 /covariance /n_samples
expect 'no more comes' 0 convert raw.bin --follow=100ms -o raw2.h5 --json
holds 'which is the end' '.times == 3000 and .follow_ended == "quiet"'
expect 'not that far' 3 convert raw.bin --follow=100ms --start 5000 -o none.h5
says 'is said' 'has 3000 samples, and no more came'
for how in 'rm' 'truncate -s 500'; do
    head -c 60000 whole >gone.bin
    cp raw.json gone.json
    rm -f none.h5.partial
    {
        for ((i = 0; i < 4000; i++)); do
            [ -e none.h5.partial ] && break
            sleep 0.005
        done
        $how gone.bin
    } &
    run covariance gone.bin --integration 100 --follow=20s -o none.h5
    [ "$status" = 3 ] || fault "$how while it is followed: exit status $status: $(head -c 300 err)"
    says "$how is said" 'gone.bin: (was (removed or replaced|cut off) while it was followed|ends at byte 500, it was longer when)'
    says "$how: what was made stays" '^cophase covariance: left none.h5.partial$'
    h5dump -a /partial none.h5.partial >/dev/null && [ ! -e none.h5 ] || fault "$how leaves it marked"
    wait $!
done
head -c 60000 whole >gone.bin
{
    for ((i = 0; i < 4000; i++)); do
        [ -e none1.h5.partial ] && break
        sleep 0.005
    done
    truncate -s 500 gone.bin
} &
expect 'convert, which cannot go on' 3 convert gone.bin --follow=20s -o none1.h5
[ ! -e none1.h5.partial ] && [ ! -e none1.h5 ] || fault 'convert leaves nothing'
wait $!
head -c 60007 whole >odd.bin
cp raw.json odd.json
run convert odd.bin --follow=0s -o odd.h5
[ "$status" = 0 ] || fault "a time that never is whole: exit status $status"
says 'it is told' '^cophase convert: odd.bin: ends within a time: its last 7 bytes are not used$'

# Metadata that are written again: a gap behind what was read, a capture before it is there.
meta() { # CAPTURE...: s.sigmf-meta with other captures, written in place
    jq --argjson c "[$*]" '.captures = $c' whole.meta >s.new
    cat s.new >s.sigmf-meta
}
jq '.captures = [.captures[0]]' s.sigmf-meta >whole.meta
begin='{"core:sample_start": 0, "core:global_index": 0}'
later='{"core:sample_start": 1500, "core:global_index": 1700}'
last='{"core:sample_start": 2500, "core:global_index": 3000}'
meta "$begin, $later, $last"
cp whole s.sigmf-data
expect 'gaps of SigMF, finished' 0 convert s.sigmf-meta -o gaps.h5
meta "$begin"
head -c $((1000 * 24)) whole >s.sigmf-data
{
    sleep 0.3
    printf '{"global": {' >s.sigmf-meta # half of it
    sleep 0.1
    meta "$begin, $later, $last"
    sleep 0.1
    pieces whole s.sigmf-data 15000 25000 3000
    pieces whole s.sigmf-data 5000
} &
expect 'gaps of SigMF, followed' 0 convert s.sigmf-meta --follow=20s --duration 3500 -o live.gaps.h5
wait $!
same 'gaps that metadata tell later' live.gaps.h5 gaps.h5 /samples /gaps
meta "$begin"
{
    for ((i = 0; i < 4000; i++)); do
        [ -e none2.h5.partial ] && break
        sleep 0.005
    done
    meta "$begin, $later"
} &
run covariance s.sigmf-meta --integration 100 --follow=20s -o none2.h5
[ "$status" = 3 ] || fault "what was read says otherwise: exit status $status"
says 'which is said' 's.sigmf-meta: captures: say something else of samples that were read already'
wait $!

# KrakenSDR: nothing, then less than a header, then a frame.
le() { # VALUE BYTES...: little-endian numbers
    local value n
    while [ $# -gt 0 ]; do
        for ((value = $1, n = $2; n > 0; n--, value >>= 8)); do printf '%b' "\\x$(printf %02x $((value & 255)))"; done
        shift 2
    done
}
kraken() { # TIMES INDEX: a frame of two receivers
    le $((0x2bf7b95a)) 4 0 24 2 4 0 8 1000000000 8 0 8 1000000 8 "$1" 4 0 4 1700000000000 8 0 4 "$2" 4 0 12 8 4
    head -c 920 /dev/zero
    tail -c +$((1 + 5000 * $2)) whole | head -c $((4 * $1))
}
{ kraken 500 0; kraken 500 1; } >frames
head -c 4000 frames >cut.iqf
run convert cut.iqf --follow=0s -o cut.h5
[ "$status" = 0 ] || fault "a frame that is cut: exit status $status: $(cat err)"
says 'it is told' '^cophase convert: cut.iqf: ends within a frame, which is not used$'
: >live.iqf
pieces frames live.iqf 2 700 2000 3346 &
expect 'frames from nothing on' 0 convert live.iqf --follow=20s --duration 1000 -o frames.h5 --json
holds 'all of them' '.times == 1000'
wait $!
expect 'frames, finished' 0 convert frames -o frames1.h5
same 'KrakenSDR' frames.h5 frames1.h5 /samples

# ---- Digital RF: files appear, one is missing ----

simulate slow.h5 --sample-rate 1kHz
expect 'Digital RF' 0 convert slow.h5 --to digital-rf -o whole.drf
files=(whole.drf/*T*/rf@*.h5)
rm "${files[1]}" # a gap
mkdir live.drf "live.drf/$(basename "$(dirname "${files[0]}")")"
cp -r whole.drf/drf_properties.h5 whole.drf/metadata live.drf
expect 'nothing is there, nothing comes' 3 convert live.drf --follow=100ms -o none.h5
says 'is said' 'live.drf: .*holds no samples'
{
    for file in "${files[0]}" "${files[@]:2}"; do
        sleep 0.05
        part=live.drf/${file#*/}
        cp "$file" "${part/rf@/tmp.rf@}"
        sleep 0.02
        mv "${part/rf@/tmp.rf@}" "$part"
    done
} &
expect 'a folder grows' 0 beamform live.drf --steer azel:20,10 --follow=20s --duration 3s -o live.drf.h5 --json
holds 'until it is whole' '.follow_ended == "duration" and .times < 3000'
wait $!
expect 'as a whole' 0 beamform whole.drf --steer azel:20,10 -o whole.drf.h5
same 'Digital RF' live.drf.h5 whole.drf.h5 /beams /gaps
for to in native sigmf digital-rf; do
    end=
    [ $to = sigmf ] && end=.sigmf-meta
    expect "gaps, to $to" 0 convert whole.drf --quiet --to $to -o "whole.$to$end"
    expect "gaps, followed to $to" 0 convert live.drf --quiet --follow=0s --to $to -o "live.$to$end"
    expect "$to as native" 0 convert "whole.$to$end" -o one.h5
    expect "$to, followed, as native" 0 convert "live.$to$end" -o other.h5
    same "gaps to $to" one.h5 other.h5 /samples /gaps
done

# Copied into their places slowly, not in order.
rm -rf slow.drf && mkdir slow.drf "slow.drf/$(basename "$(dirname "${files[0]}")")"
cp -r whole.drf/drf_properties.h5 whole.drf/metadata slow.drf
{
    for file in "${files[0]}" "${files[@]:2}"; do
        part=slow.drf/${file#*/}
        head -c 3000 "$file" >"$part"
        sleep 0.2
        cat "$file" >"$part"
    done
} &
expect 'files that are copied slowly' 0 beamform slow.drf --steer azel:20,10 --follow=20s --duration 3s -o slow.drf.h5
wait $!
same 'copied slowly' slow.drf.h5 whole.drf.h5 /beams /gaps
expect 'with the missing one' 0 convert slow.h5 --to digital-rf -o all.drf
{
    for ((i = 0; i < 4000; i++)); do
        [ -e late.h5.partial ] && break
        sleep 0.005
    done
    cp "all.drf/${files[1]#*/}" slow.drf/late
    mv slow.drf/late "slow.drf/${files[1]#*/}"
} &
run covariance slow.drf --integration 100 --follow=1s -o late.h5
[ "$status" = 0 ] || fault "a file that comes too late: exit status $status: $(cat err)"
says 'is told' "^cophase covariance: slow.drf: $(basename "${files[1]}") got its name after later ones were read"
wait $!
rm "slow.drf/${files[1]#*/}"
head -c 3000 "${files[2]}" >"slow.drf/${files[2]#*/}"
run covariance slow.drf --integration 100 --follow=100ms -o none3.h5
[ "$status" = 3 ] || fault "a file that stays damaged: exit status $status"
says 'is said' 'rf@.*\.h5: .*(damaged|truncated)'

expect 'dumps' 0 covariance whole.drf --integration 400 -o whole.gap.h5
expect 'dumps, followed' 0 covariance live.drf --integration 400 --follow=0s -o live.gap.h5
same 'dumps with a gap' live.gap.h5 whole.gap.h5 /covariance /time_unix_s /n_samples

# ---- what it does not go with ----

expect 'damage' 2 covariance cap.h5 --follow --skip-bad -o none.h5
expect 'a covariance' 2 info part.h5 --follow
expect 'an open end is no scale' 2 convert cap.h5 --follow --type c8 -o none.h5
expect 'no time' 2 covariance cap.h5 --follow=soon -o none.h5
finish
