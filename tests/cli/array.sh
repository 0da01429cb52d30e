#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `--array`: curved ones, those that text describes, and what is no array; `--path`: gains of receive and transmit.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a ring' 0 pattern --array circle:12,0.5wl --steer azel:10,5 --json
holds 'all of it, in phase where it looks' '.used == 12 and (.look_power_db | fabs) < 1e-5'
expect 'a sphere' 0 pattern --array sphere:61,0.5wl,4wl --json
holds 'its middle faces z' '.elements == 61 and (.peak.u | fabs) < 1e-6 and (.peak.v | fabs) < 1e-6'
expect 'a cylinder in metres' 2 pattern --array cylinder:12x5,0.5wl,20cm
says 'what is missing' '--freq'
expect 'with it' 0 pattern --array cylinder:12x5,0.5wl,20cm --freq 3GHz --json
cp out curved.json
expect 'its plane' 0 pattern --array ura:12x5,0.5wl --json
# Coherent over the arc, each element advanced by its depth: the projected aperture is shorter than the arc.
jq -e --slurpfile c curved.json '$c[0].hpbw_deg[0] > .hpbw_deg[0] * 1.01' out >/dev/null || fault 'a bent array is narrower: a wider beam'
expect 'more than once around' 2 pattern --array cylinder:13x1,0.5wl,1wl
says 'what was expected' 'A d <= 2 pi radius'
expect 'a ring of one' 2 pattern --array circle:1,0.5wl
expect 'no radius' 2 pattern --array sphere:7,0.5wl
says 'an example' 'expected a radius, as in sphere:7,0.5wl,0.25m'

# ---- tables and layouts ----

beam=(--freq 3e9 --steer 'azel:20,10')
printf 'x,y,z,number\n-0.05,-0.05,0,10\n0.05,-0.05,0,11\n-0.05,0.05,0,12\n0.05,0.05,0,13\n' >four.csv
expect 'a table' 0 pattern --array four.csv "${beam[@]}" --json
cp out table.json
expect 'the same by words' 0 pattern --array ura:2x2,100mm "${beam[@]}" --json
jq -e --slurpfile t table.json '.directivity_db - $t[0].directivity_db | fabs < 1e-9' out >/dev/null || fault 'a table is what its words say'
expect 'no frequency' 2 pattern --array four.csv
says 'what is missing' '--freq'
expect 'weights without a frequency' 2 weights --array four.csv --steer uv:0,0 -o w.h5
expect 'weights from data it lacks' 2 weights --array four.csv "${beam[@]}" --method mvdr -o w.h5
expect 'other positions' 2 weights --array four.csv "${beam[@]}" --positions four.csv -o w.h5
expect 'weights over the table' 2 weights --array four.csv "${beam[@]}" -o four.csv
expect 'weights' 0 weights --array four.csv "${beam[@]}" --exclude 12 -o w.h5 --json
holds 'numbers are those of the table' '.elements == 4 and .used == 3 and .flagged[0].element == 12'
h5dump -a /history w.h5 | grep -q 'path[^,]*four.csv' || fault 'the table is among the inputs of the history'
printf 'x y polarization number\n0 0 X 0\n0 0 Y 0\n0.05 0 X 1\n0.05 0 Y 1\n' >dual.txt
expect 'both polarisations at once' 2 weights --array dual.txt "${beam[@]}" -o w.h5
says 'what is missing' '--pol X or --pol Y'
expect 'one of them' 0 weights --array dual.txt "${beam[@]}" --pol Y -o w.h5 --json
holds 'has two elements' '.elements == 2'

mkdir station
printf '0 0\n3.5, -1.25 # a remark\n-2 4 0.5\n' >station/layout.txt
expect 'a layout of OSKAR' 0 weights --array station --freq 150e6 --steer sky:30,60 -o w.h5 --json
holds 'is east, north, up' '.frame == "sky" and (.beams[0].u - 0.25 | fabs) < 1e-9 and (.beams[0].v - 0.4330127 | fabs) < 1e-6'
h5dump -a /history w.h5 | grep -q 'path[^,]*station/layout.txt' || fault 'the layout is among the inputs of the history'
expect 'the file itself' 0 simulate --array station/layout.txt --freq 150e6 --samples 16 --source sky:200,50 -o s.h5
expect 'what it is in' 0 info s.h5 --json
holds 'its frame' '.array.position_frame == "enu" and .array.subarrays == 0 and .array.tilted == 0 and .inputs == 3'

# ---- descriptions ----

cat >roof.ini <<'END'
[array]
generator = ura:6x4,0.5wl
label = roof
[site]
latitude_deg = 52
longitude_deg = 4.4
azimuth_deg = 90
tilt_deg = 30
[element]
pattern = cos:q=1.5
[subarrays]
size = 3x2
END
expect 'a description' 0 pattern --array roof.ini --freq 1e9 --steer sky:90,60 --json
holds 'it leans to the east' '.frame == "sky" and (.look.u | fabs) < 1e-9 and (.look.v | fabs) < 1e-9 and .element == "cos:q=1.5"'
expect 'another element' 0 pattern --array roof.ini --freq 1e9 --element isotropic --json
holds 'is what is asked for' '.element == "isotropic"'
expect 'a capture of it' 0 simulate --array roof.ini --freq 1e9 --samples 16 -o r.h5
expect 'what it holds' 0 info r.h5 --json
holds 'site, label, subarrays' '.array.label == "roof" and .array.latitude_deg == 52 and .array.subarrays == 4'
h5dump -d /array/subarray -y r.h5 | tr -d ' \n' | grep -q 'DATA{0,0,0,1,1,1,0,0,0,1,1,1,2,2,2,3,3,3,2,2,2,3,3,3}' ||
    fault "subarrays are rectangles: $(h5dump -d /array/subarray -y r.h5 | tr -d '\n')"
expect 'in words' 0 info r.h5
grep -q '^subarrays *4$' out || fault "subarrays in words: $(cat out)"
mkdir sub && printf '0,0\n90,-30\n' >sub/element.csv
printf '[array]\npositions = ../four.csv\n[element]\npattern = element.csv\n' >sub/four.ini
expect 'files beside a description' 0 pattern --array sub/four.ini "${beam[@]}" --json
holds 'are found' '.elements == 4 and .element == "sub/element.csv"'
expect 'positions of a description as output' 2 weights --array sub/four.ini "${beam[@]}" -o four.csv
expect 'curved elements' 0 simulate --array sphere:37,0.5wl,2wl --freq 1e9 --samples 16 -o t.h5
expect 'are told' 0 info t.h5 --json
holds 'all but the top' '.array.tilted == 36 and .array.tilt_max_deg > 40 and .array.tilt_max_deg < 46'

# ---- what is none ----

# bad CLAIM STATUS PATTERN ARRAY: by every verb.
bad() {
    expect "weights, $1" "$2" weights --array "$4" "${beam[@]}" -o v.h5
    says "weights, $1" "$3"
    expect "pattern, $1" "$2" pattern --array "$4" --freq 3e9
    says "pattern, $1" "$3"
    expect "simulate, $1" "$2" simulate --array "$4" --freq 3e9 -o v.h5
    says "simulate, $1" "$3"
    [ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault "$1: left an output"
}
mkdir empty
bad 'a folder without a layout' 3 'empty/layout.txt: cannot open' empty
printf 'x,y,listed\n0,0,0\n0.1,0,1\n0.2,0,0\n0.3,0,0\n' >bad.csv
expect 'weights of an array with a listed element' 0 weights --array bad.csv --freq 1e9 --steer uv:0,0 -o bad.h5 --json
expect 'its pattern leaves it out as they do' 0 pattern --array bad.csv --freq 1e9 --json
holds 'three are used' '.used == 3'
cp out own.json
expect 'the pattern of the weights' 0 pattern --weights bad.h5 --json
jq -es '.[0].used == .[1].used and (.[0].directivity_db - .[1].directivity_db | fabs) < 1e-4' own.json out >/dev/null || fault "not that of the weights: $(jq .used out)"
expect 'but for who asks' 0 pattern --array bad.csv --freq 1e9 --ignore-listed --json
holds 'four are used' '.used == 4'
expect 'weights decide for themselves' 2 pattern --weights bad.h5 --ignore-listed
printf 'x,y,E\n0,0,0\n' >mix.csv
bad 'columns of two frames' 3 'mix.csv: line 1 names columns of x y z and of E N U, expected either' mix.csv
printf 'E,N,U\n0,0,0\n0.1,0,0\n0,0.1,0\n0.1,0.1,0\n' >north.csv
expect 'a beam to the north' 0 pattern --array north.csv --freq 1e9 --steer sky:0,80 --json
holds 'has azimuth 0' '.look.az_deg | . >= 0 and . < 1'
expect 'a beam just west of north' 0 pattern --array north.csv --freq 1e9 --steer sky:359.9999999,80
grep -q 'look .*az 0.000 deg' out || fault "north is 0: $(cat out)"
bad 'an absent description' 3 'none.ini: cannot open' none.ini
for file in none.csv cut.h5; do
    printf '\211HDF\r\n\032\n and no more' >cut.h5
    expect "no file of data, $file" 3 weights --array $file --steer uv:0,0 -o v.h5
    says 'it is named' "$file"
    expect "neither text nor data, $file" 2 weights --array $file "${beam[@]}" -o v.h5
    says 'it is named' "$file is neither"
    expect "pattern, $file" 3 pattern --array $file --freq 3e9
    expect "simulate, $file" 3 simulate --array $file --freq 3e9 -o v.h5
done
printf 'this is no table\n' >prose.txt
bad 'prose' 3 'prose.txt: line 1 names a column "this"' prose.txt
printf 'x,y\n0,0\n1\n' >short.csv
bad 'a short line' 3 'short.csv: line 3 has 1 fields' short.csv
: >nothing.csv
bad 'an empty file' 3 'nothing.csv: is empty' nothing.csv
printf '[array]\ngenerator = ura:6x4\n' >word.ini
bad 'words that are none' 3 "word.ini: line 2, generator: 'ura:6x4': expected a pitch" word.ini
printf '[array]\ngenerator = four.csv\n' >loop.ini
bad 'a file for words' 3 "loop.ini: line 2, generator: 'four.csv': expected one of ula" loop.ini
printf '[array]\ngenerator = cylinder:9x2,0.5wl,0.5wl\n' >bent.ini
bad 'a shape that is none' 3 'bent.ini: line 2, generator: cylinder:9x2,0.5wl,0.5wl: .*around' bent.ini
printf '[array]\ngenerator = ura:6x4,0.5wl\n[subarrays]\nsize = 4x2\n' >tile.ini
bad 'subarrays that do not fit' 3 'tile.ini: line 4, size: subarrays of 4x2 do not fill ura:6x4' tile.ini
printf '[array]\ngenerator = disc:7,0.5wl\n[subarrays]\nsize = 1x1\n' >tile.ini
bad 'subarrays of no rows' 3 'do not fill disc' tile.ini
printf '[array]\npositions = gone.csv\n' >gone.ini
bad 'positions that are gone' 3 'gone.ini: line 2, positions: gone.csv: No such file' gone.ini
printf '[array]\ngenerator = ula:4,0.5wl\n[gains]\nreceive = gone.h5\n' >gone.ini
for verb in 'weights --steer uv:0,0 -o v.h5' pattern; do
    # shellcheck disable=SC2086
    expect "$verb: gains that are gone" 3 $verb --array gone.ini --freq 1e9
    says 'where they stand' 'gone.ini: line 4, receive: gone.h5: No such file'
done
printf '[array]\ngenerator = ula:4,0.5wl\n[element]\npattern = foo\n' >el.ini
expect 'an element that is gone' 3 pattern --array el.ini --freq 1e9
says 'where it stands' 'el.ini: line 4, pattern: foo: No such file.*no element is called that'
printf '[array]\ngenerator = ula:4,0.5wl\n[element]\npattern = cos:q=x\n' >el.ini
expect 'an element that is none' 3 pattern --array el.ini --freq 1e9
says 'where it stands' 'el.ini: line 4, pattern: '

# ---- receive and transmit ----

scene=(--array roof.ini --freq 1e9 --source 'uv:0,0,snr=20dB' --samples 2048 --type c16 --gain-errors '2dB,40deg')
expect 'what is received' 0 simulate "${scene[@]}" --seed 3 -o cap_rx.h5
expect 'what is sent' 0 simulate "${scene[@]}" --seed 4 -o cap_tx.h5
expect 'gains of receive' 0 calibrate cap_rx.h5 --source uv:0,0 -o rx.h5
expect 'gains of transmit' 0 calibrate cap_tx.h5 --source uv:0,0 --path transmit -o tx.h5
expect 'whose they are' 0 info tx.h5 --json
holds 'is in the file' '.kind == "calibration" and .path == "transmit"'
expect 'of receive' 0 info rx.h5
grep -q '^path *receive$' out || fault "the path in words: $(cat out)"
expect 'a capture' 0 info cap_rx.h5 --json
holds 'has none' '.path == null'
printf '[gains]\nreceive = rx.h5\ntransmit = tx.h5\n' >>roof.ini
for path in receive transmit; do
    short=$([ $path = receive ] && echo rx || echo tx)
    expect "weights for $path" 0 weights --array roof.ini --freq 1e9 --steer uv:0.3,0.1 --path $path -o $short.w.h5 --json
    holds 'say so' ".path == \"$path\""
    h5dump -a /history $short.w.h5 | grep -q "path[^,]*$short.h5" || fault "gains of $path are among the inputs"
    expect "through what is true of $path" 0 pattern --weights $short.w.h5 --truth cap_$short.h5 --json
    holds 'they are in phase, mean |g| being 1' '(.look_power_db | fabs) < 0.6'
    expect "through the gains of $path" 0 pattern --weights $short.w.h5 --calibration $short.h5 --path $path --json
    holds 'they are exactly so' '(.look_power_db | fabs) < 1e-4'
done
expect 'transmit through receive' 0 pattern --weights tx.w.h5 --truth cap_rx.h5 --json
holds 'is out of phase' '.look_power_db < -1.5'
expect 'a pattern takes them too' 0 pattern --array roof.ini --freq 1e9 --path transmit --json
holds 'and says whose' '.path == "transmit"'
expect 'without --path' 0 weights --array roof.ini --freq 1e9 --steer uv:0.3,0.1 -o w.h5 --json
cmp -s <(h5dump -d /weights w.h5 | sed 1d) <(h5dump -d /weights rx.w.h5 | sed 1d) || fault 'receive is what is meant without --path'
for verb in 'weights cap_rx.h5 --steer uv:0,0 -o v.h5' 'weights --array roof.ini --freq 1e9 --steer uv:0,0 -o v.h5' \
    'weights --array ura:6x4,0.5wl --freq 1e9 --steer uv:0,0 -o v.h5' 'pattern --array roof.ini --freq 1e9' 'scan cap_rx.h5' \
    'beamform cap_rx.h5 --steer uv:0,0 -o v.h5'; do
    read -ra words <<<"$verb"
    expect "${words[0]} with gains of the other path" 3 "${words[@]}" --calibration tx.h5
    says 'which' 'tx.h5: /gain: holds gains of the transmit path, expected those of the receive path'
done
expect 'the other way' 3 weights --array roof.ini --freq 1e9 --steer uv:0,0 --path transmit --calibration rx.h5 -o v.h5
says 'which' 'rx.h5: /gain: holds gains of the receive path'
expect 'a path that is none' 2 weights --array roof.ini --freq 1e9 --steer uv:0,0 --path both -o v.h5
sed '/^transmit/d' roof.ini >half.ini
expect 'a path without gains' 3 weights --array half.ini --freq 1e9 --steer uv:0,0 --path transmit -o v.h5
says 'which' 'half.ini: \[gains\] has no transmit'
printf '[array]\ngenerator = ura:6x4,0.5wl\n[gains]\nreceive = tx.h5\n' >swap.ini
expect 'gains under the wrong name' 3 weights --array swap.ini --freq 1e9 --steer uv:0,0 -o v.h5
expect 'weights over the gains' 2 weights --array roof.ini --freq 1e9 --steer uv:0,0 -o rx.h5
[ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
