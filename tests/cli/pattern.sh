#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase pattern`: published metrics from the command line, signs of directions, pictures, refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# near CLAIM EXPRESSION VALUE TOLERANCE: of the JSON in `out`
near() {
    jq -e --argjson value "$3" --argjson tolerance "$4" "($2) - \$value | fabs <= \$tolerance" out >/dev/null ||
        fault "$1: $(jq -c "$2" out), expected $3"
}

expect 'a Taylor line' 0 pattern --array ula:10,0.5wl --taper taylor:nbar=4,sll=-30 --json
near 'directivity' .directivity_db 9.3115 1e-4
near 'width at half power' '.hpbw_deg[0]' 12.9412 1e-4
near 'sidelobe' .psll_db -29.243 1e-3
near 'taper loss' .taper_loss_db 0.6885 1e-4
holds 'taper, frame, one plane, no frequency' '.taper == "taylor:nbar=4,sll=-30" and .frame == "array" and (.hpbw_deg | length) == 1 and .freq_hz == null'

expect 'a steered line' 0 pattern --array ula:10,0.5wl --taper taylor:nbar=4,sll=-30 --steer azel:30,0 --json
near 'its peak' .peak.az_deg 30 1e-5
near 'u of its peak' .peak.u 0.5 1e-6
near 'unit response at the peak' .peak_power_db 0 1e-5

expect 'a Chebyshev line' 0 pattern --array ula:10,0.5wl --taper chebyshev:sll=-26 --json
near 'its directivity' .directivity_db 9.507 1e-3
near 'its width at half power' '.hpbw_deg[0]' 12.346 1e-3
near 'its sidelobes' .psll_db -26 1e-4
expect 'a binomial line' 0 pattern --array ula:10,0.5wl --taper binomial --json
near 'its directivity' .directivity_db 7.317 1e-3
near 'its width at half power' '.hpbw_deg[0]' 20.22 1e-2
expect 'a round taper' 0 pattern --array disc:500,0.5wl --taper circular-taylor:sll=-25 --json
holds 'its sidelobes are near their level' '.psll_db > -26 and .psll_db < -24 and .taper_loss_db < 0.7'
expect 'an unknown taper' 2 pattern --array ula:10,0.5wl --taper kaiser
says 'the tapers there are' 'circular-taylor:nbar=4,sll=-30 chebyshev'
expect 'a key of another taper' 2 pattern --array ula:10,0.5wl --taper hann:sll=-30
says 'the keys there are' 'shape=VALUE'

expect 'a difference beam' 0 pattern --array ura:40x10,0.5wl --taper bayliss --steer azel:0,10 --json
holds 'has a null between two lobes' '.difference.null_db < -60 and ((.difference.twin.u + .peak.u) | fabs < 1e-4)'
holds 'neither of which is a sidelobe' '.psll_db > -31 and .psll_db < -27'
# That of the line, 0.7956, times the root of the Taylor efficiency across it (0.6885 dB).
near 'its slope over the steepest' .difference.slope_ratio 0.7350 2e-4
expect 'a sum beam' 0 pattern --array ura:4x4,0.5wl --json
holds 'is no difference' '.difference == null'
expect 'one cosine element' 0 pattern --array ula:1,0.5wl --element cos:q=2 --json
near 'its directivity is 6' .directivity_db 7.7815 1e-4
holds 'its pattern is named' '.element == "cos:q=2"'
printf 'angle,level\n0,0\n30,-1.2494\n60,-6.0206\n89,-35.163\n' >element.csv
expect 'a measured element' 0 pattern --array ula:10,0.5wl --element element.csv --steer azel:30,0 --json
holds 'what is seen there' '(.look_power_db + 1.2494 | fabs < 1e-4) and .element == "element.csv"'
printf '0,0\n100,-3\n' >behind.csv
expect 'an element that radiates backward' 3 pattern --array ula:1,0.5wl --element behind.csv
says 'the file and what was expected' 'behind.csv: line 2: expected rising angles from 0 to 90'
expect 'an unknown element' 3 pattern --array ula:1,0.5wl --element horn
says 'the elements there are' 'dipole:height=0.25,axis=x'
expect 'a dipole in its ground' 2 pattern --array ula:1,0.5wl --element dipole:height=0
says 'what height is' 'height is above 0'

expect 'a rectangle with a frequency' 0 pattern --array ura:8x6,12.8mm --freq 11.7GHz --steer uv:-0.2,0.35 --json
near 'u of its peak' .peak.u -0.2 1e-6
near 'v of its peak' .peak.v 0.35 1e-6
holds 'the long axis has the narrower lobe' '.hpbw_deg | length == 2 and .[0] < .[1]'
near 'its frequency' .freq_hz 11.7e9 0

expect 'a grating lobe' 0 pattern --array ula:8,1.2wl --steer azel:20,0 --json
near 'is as high as the main lobe' .psll_db 0 1e-4

expect 'text and pictures' 0 pattern --array ura:4x4,0.5wl --plot cut.svg --plot-uv uv.png
grep -q '^directivity' out || fault "no directivity in the text: $(cat out)"
[ -s cut.svg ] && grep -q '<svg' cut.svg || fault 'no cut.svg'
[ "$(head -c 4 uv.png | tail -c 3)" = PNG ] || fault 'no uv.png'
expect 'one file for both pictures' 2 pattern --array ura:4x4,0.5wl --plot both.svg --plot-uv both.svg
[ ! -e both.svg ] || fault 'a refused run left a picture'
expect 'a single element has no lobe' 0 pattern --array ula:1,0.5wl --json
holds 'null where there is nothing' '.psll_db == null and .hpbw_deg == [] and .psll_at.u == null'

expect 'a capture with two dead elements' 0 simulate --array ula:10,0.5wl --freq 1e9 --samples 10 --dead 2,7 -o cap.h5
expect 'weights that know nothing of them' 0 weights cap.h5 --steer azel:20,0 -o w.h5
expect 'against the truth' 0 pattern --weights w.h5 --truth cap.h5 --json
holds 'dead elements are silent' '.elements == 10 and .used == 8'
near 'eight tenths of the response are left' .look_power_db -1.9382 1e-4
expect 'a capture with cables' 0 simulate --array ura:4x4,0.5wl --freq 3e9 --source uv:0.3,0.2,snr=40dB --channel-count 6 --delay-errors 100ns \
    --gain-errors 1dB,20deg --dead 3 --samples 300 --seed 4 --type c32 -o late.h5
expect 'their gains' 0 calibrate late.h5 --source uv:0.3,0.2 -o late.cal.h5
expect 'weights of an outer channel' 0 weights late.h5 --steer uv:0.3,0.2 --channels 5 --calibration late.cal.h5 -o late.w.h5
expect 'the truth in that channel' 0 pattern --weights late.w.h5 --truth late.h5 --json
near 'finds its elements in step but for the mean gain, of errors of 1 dB' .look_power_db 0 1
near 'so that the beam stands where it should' .peak.u 0.3 0.001
cp late.w.h5 nan.w.h5
at=$(LC_ALL=C grep -obUaP '\x00\x00\x00\x74\xd0\x5e\xe6\x41' nan.w.h5 | tail -1 | cut -d: -f1) # 3002.5 MHz
printf '\377' | dd of=nan.w.h5 bs=1 seek=$((at + 6)) conv=notrunc status=none
printf '\377' | dd of=nan.w.h5 bs=1 seek=$((at + 7)) conv=notrunc status=none
expect 'a frequency that is none' 3 pattern --weights nan.w.h5
says 'which' 'nan.w.h5: /channel_freq_hz: channel 0 is -?nan Hz'
expect 'the truth of another geometry' 3 pattern --array ula:10,0.4wl --freq 1e9 --truth cap.h5
says 'what differs' 'cap.h5: is for another array: element [0-9]+ stands [0-9.]+ m from where it was'
expect 'of the same one' 0 pattern --array ula:10,0.5wl --freq 1e9 --truth cap.h5 --json
holds 'dead elements are silent here too' '.used == 8'
expect 'the truth without a frequency' 2 pattern --array ula:10,0.5wl --truth cap.h5
says 'what it needs' '--truth needs --freq'
expect 'truth and calibration at once' 2 pattern --weights w.h5 --truth cap.h5 --calibration cap.h5
expect 'a truth that is none' 3 pattern --weights w.h5 --truth w.h5
says 'it is named' 'w.h5'

"$COPHASE" simulate --array ula:10,0.299792458m --freq 1e9 --source azel:20,0 --samples 100 -o strong.h5 >log &&
    "$COPHASE" calibrate strong.h5 --source azel:20,0 -o cal.h5 >log || fault "a calibration: $(cat log)"
expect 'a calibration at another frequency' 3 pattern --array ula:10,0.299792458m --freq 2e9 --calibration cal.h5
says 'which' '^cophase pattern: cal.h5: '

expect 'nothing to analyse' 2 pattern --json
expect 'a pitch in metres without a frequency' 2 pattern --array ula:4,10mm
says 'what is missing' '--freq'
expect 'two beams at once' 2 pattern --array ula:4,0.5wl --steer uv:0,0 --steer uv:0.1,0
expect 'a sky direction without a site' 3 pattern --array ula:4,0.5wl --steer sky:10,50
says 'what to give instead' 'azel:'
expect 'a hexagon of 8' 2 pattern --array tri:8,0.5wl
expect 'a channel of no file' 2 pattern --array ula:4,0.5wl --channel 1
says 'what has channels' '--channel chooses among the channels of a file'
expect 'a channel of another frequency' 2 pattern --array w.h5 --freq 1e9 --channel 1
says 'what has channels' 'without --freq'
expect 'an unknown picture' 2 pattern --array ula:4,0.5wl --plot-uv map.gif
expect 'absent weights' 3 pattern --weights none.h5
expect 'a picture in no folder' 1 pattern --array ula:4,0.5wl --plot nowhere/cut.png
[ ! -s out ] || fault 'a failure printed a result'
finish
