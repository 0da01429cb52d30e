#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `--beam-list`: a table of beams is what as many --steer would be; `weights --csv`: a table of what they became.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
array=(--array 'ura:6x5,0.5wl' --freq 11.7GHz)

expect 'beams of the command line' 0 weights "${array[@]}" --steer azel:20,-10 --steer azel:-35,5.5 --taper taylor:nbar=4,sll=-25 -o steer.h5
printf 'el_deg,az_deg\r\n-10,20\r\n\r\n5.5 , -35\r\n' >azel.csv
expect 'the same as a table, columns turned' 0 weights "${array[@]}" --beam-list azel.csv --taper taylor:nbar=4,sll=-25 -o list.h5 --json
holds 'names are the words' '[.beams[].name] == ["azel:20,-10", "azel:-35,5.5"]'
h5diff steer.h5 list.h5 /weights && h5diff steer.h5 list.h5 /direction || fault 'a table is what as many --steer are'
h5dump -a /history list.h5 | grep -q 'path[^,]*azel.csv' || fault 'the table is among the inputs of the history'

# Every kind of column points to the same place: theta 30, phi 90 is v = 0.5, elevation 30.
printf '\xef\xbb\xbfdirection;name\n# a remark\n"uv:0,0.5";"a, ""b"""\n' >word.csv
printf 'phi_deg\ttheta_deg\n90\t30\n' >theta.csv
printf 'v,name,u\n0.5,,0\n' >uv.csv
printf 'direction\nazel:0,30\n' >alone.csv
for table in word theta uv alone; do
    expect "the table $table" 0 weights "${array[@]}" --beam-list $table.csv -o $table.h5 --json
    holds "$table points to v = 0.5" '(.beams | length) == 1 and (.beams[0].u | fabs) < 1e-12 and (.beams[0].v - 0.5 | fabs) < 1e-12'
    cp out $table.json
done
jq -e '.beams[0].name == "a, \"b\""' word.json >/dev/null || fault "a name in quotes: $(jq -c .beams word.json)"

printf 'u,v,taper,name\n0.1,0,,plain\n0.1,0,"taylor:nbar=3,sll=-20",tapered\n0.1,0,"chebyshev:sll=-40",low\n0.1,0,"taylor:nbar=3,sll=-20",again\n' >tapers.csv
expect 'tapers of their own behind a --steer' 0 weights "${array[@]}" --steer uv:0,0.3 --beam-list tapers.csv --taper hann -o t.h5 --json
holds 'are told' '[.beams[].taper] == [null, null, "taylor:nbar=3,sll=-20", "chebyshev:sll=-40", "taylor:nbar=3,sll=-20"]'
row=0
for taper in hann hann taylor:nbar=3,sll=-20 chebyshev:sll=-40 taylor:nbar=3,sll=-20; do
    steer=uv:0.1,0
    [ $row = 0 ] && steer=uv:0,0.3
    expect "beam $row" 0 pattern --weights t.h5 --beam $row --json
    cp out beam.json
    expect "$taper" 0 pattern --array ura:6x5,0.5wl --steer $steer --taper "$taper" --json
    jq -e --slurpfile b beam.json '(.directivity_db - $b[0].directivity_db | fabs) < 1e-5 and (.peak.u - $b[0].peak.u | fabs) < 1e-5' out >/dev/null ||
        fault "beam $row has the taper $taper"
    row=$((row + 1))
done

# A wave from u = 0.5 advances by a quarter turn an element half a wavelength on; the coefficient goes back by one.
expect 'a table of weights' 0 weights --array ula:4,0.5wl --freq 1e9 --steer uv:0.5,0 --beam-list word.csv -o q.h5 --csv q.csv
[ "$(head -1 q.csv)" = beam,name,direction,channel,freq_hz,element,w_re,w_im,amplitude_db,phase_deg,c_re,c_im,c_phase_deg ] ||
    fault "columns: $(head -1 q.csv)"
[ "$(wc -l <q.csv)" = 9 ] && [ ! -e q.csv.partial ] || fault "a line an element of both beams: $(wc -l <q.csv)"
sed -n 2,5p q.csv | sed 's/"[^"]*"/x/g' | awk -F, '
    NR == 1 { phase = $10; c = $13 }
    NR > 1 { if (cos(($10 - phase - 90) * 3.14159265 / 180) < 1 - 1e-9 || cos(($13 - c + 90) * 3.14159265 / 180) < 1 - 1e-9) exit 1; phase = $10; c = $13 }
    $6 != NR - 1 || $5 != 1e9 || $7 != $11 || $8 != -$12 || ($9 + 12.0412) ^ 2 > 1e-8 { exit 1 }
    ($7 - 0.25 * cos($10 * 3.14159265 / 180)) ^ 2 > 1e-12 { exit 1 }' || fault "phases, amplitudes, the conjugate: $(cat q.csv)"
grep -q '^1,"a, ""b""","azel:0.000000,30.000000",0,' q.csv || fault "names and directions: $(tail -1 q.csv)"
# The step that reference-values.json has: pitch 0.1 m, 1 GHz, 45 degrees from broadside, 1.4819862 rad.
expect 'a published phase step' 0 weights --array ula:5,0.1m --freq 1e9 --steer azel:45,0 -o s.h5 --csv s.csv
tail -n +2 s.csv | sed 's/"[^"]*"/x/g' | awk -F, '
    NR > 1 { step = ($10 - last + 720) % 360 * 3.141592653589793 / 180; if ((step - 1.4819862) ^ 2 > 1e-14) exit 1 }
    { last = $10 }' || fault "the step: $(cut -d, -f11 s.csv | paste -sd' ')"

expect 'a capture' 0 simulate --array ura:6x5,0.5wl --freq 11.7e9 --source azel:20,-10,snr=20dB --samples 500 --dead 3 -o cap.h5
expect 'beams of it through a table' 0 beamform cap.h5 --beam-list azel.csv --steer azel:20,-10 -o beams.h5 --json
holds 'the first two hear the same, the third less' '(.beams | length) == 3 and (.beams[0].power_db - .beams[1].power_db | fabs) < 1e-6 and .beams[2].power_db < .beams[0].power_db - 10'
expect 'a flagged element' 0 weights cap.h5 --exclude 3 --beam-list azel.csv -o f.h5 --csv f.csv
grep -q ',3,0,0,,,0,0,$' f.csv || fault 'has no decibels'

awk 'BEGIN { print "u,v"; for (i = 0; i < 3000; i++) printf "%.4f,%.4f\n", i / 6000, -i / 7000 }' >many.csv
expect 'thousands of beams' 0 weights "${array[@]}" --beam-list many.csv -o many.h5 --json
holds 'are all there' '(.beams | length) == 3000 and (.beams[2999].v + 0.4284 | fabs) < 1e-9'

expect 'many on states, one thread' 0 weights "${array[@]}" --beam-list many.csv --bits 4 --threads 1 -o one.h5 --codes one.csv
expect 'three threads' 0 weights "${array[@]}" --beam-list many.csv --bits 4 --threads 3 -o three.h5 --codes three.csv
h5diff one.h5 three.h5 /weights || fault 'states do not depend on the threads'
cmp one.csv three.csv || fault 'codes do not depend on the threads'

refuse() { # CLAIM TEXT WORDS: exit 3, with file and line
    printf '%b' "$2" >bad.csv
    expect "$1" 3 weights "${array[@]}" --beam-list bad.csv -o v.h5
    says "$1" "$3"
}
refuse 'no header' '0.1,0.2\n' "bad.csv:1: no column is called '0.1'"
refuse 'half a pair' 'u,name\n0,a\n' 'bad.csv:1: expected one of'
refuse 'two ways' 'u,v,direction\n0,0,"uv:0,0"\n' 'bad.csv:1: expected one of'
refuse 'a column twice' 'u,v,u\n0,0,0\n' 'bad.csv:1: column u twice'
refuse 'an unknown column' 'u,v,tapir\n0,0,0\n' 'bad.csv:1: .*tapir'
refuse 'a direction outside' '# r\nu,v\n0,0\n0.8,0.8\n' "bad.csv:4: 'uv:0.8,0.8' is out of range"
refuse 'words for numbers' 'az_deg,el_deg\n1,east\n' "bad.csv:2: 'east'"
refuse 'cells missing' 'u,v\n1\n' 'bad.csv:2: expected 2 cells'
refuse 'cells too many' 'direction,name\nuv:0,0,a\n' 'bad.csv:2: expected 2 cells.*quote'
refuse 'an unknown taper' 'u,v,taper\n0,0,kaiser\n' 'bad.csv:2: .*kaiser'
refuse 'a long name' 'u,v,name\n0,0,12345678901234567890123456789012\n' 'bad.csv:2: name'
refuse 'no beams' 'u,v\n' 'bad.csv: no beams'
expect 'no table' 3 weights "${array[@]}" --beam-list none.csv -o v.h5
says 'which' 'none.csv'
expect 'the table for an output' 2 weights "${array[@]}" --beam-list azel.csv -o azel.csv
expect 'the table for a table' 2 weights "${array[@]}" --beam-list azel.csv -o v.h5 --csv azel.csv
expect 'one file for both' 2 weights "${array[@]}" --beam-list azel.csv -o v.h5 --csv v.h5
expect 'two tables' 2 weights "${array[@]}" --beam-list azel.csv --beam-list uv.csv -o v.h5
expect 'tapers of adaptive beams' 2 weights cap.h5 --beam-list tapers.csv --method mvdr --loading oas -o v.h5
expect 'a table in no folder' 1 weights "${array[@]}" --beam-list azel.csv -o v.h5 --csv nowhere/v.csv
expect 'weights and a table' 2 beamform cap.h5 --weights list.h5 --beam-list azel.csv -o v.h5
[ "$(wc -l <azel.csv)" = 4 ] && [ ! -e v.h5 ] && [ ! -e v.h5.partial ] || fault 'a refusal left an output'
finish
