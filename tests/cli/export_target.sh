#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase export of beams: images whose bytes are those that the chips want, tables for firmware; what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# bytes FILE OFFSET COUNT: in decimal, on one line.
bytes() { od -An -v -t u1 -j "$2" -N "$3" "$1" | paste -sd' ' | tr -s ' ' | sed 's/^ //'; }
# word FILE OFFSET: a little-endian number.
word() { od -An -v -t u4 --endian=little -j "$2" -N 4 "$1" | tr -d ' '; }

# Six elements half a wavelength apart and a wave from u = 0.5, which advances by a quarter turn an element: the coefficient,
# conj(w), goes back by one. Two beams; the second one looks to the other side.
expect 'beams' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --steer uv:-0.5,0 -o w.h5

# ---- packed ----

expect 'an image of codes' 0 export w.h5 --target packed --bits 4 -o p.img --json
holds 'what it says' '.format == "packed" and .holds == "coefficient" and .elements == 6 and (.beams | length) == 2 and .beam_bytes == 4 and .flagged == 0'
holds 'that nothing is lost: quarter turns are codes' 'all(.beams[]; .loss_db < 1e-9 and .phase_rms_deg < 1e-3)'
[ "$(head -c 4 p.img)" = CPHB ] && [ "$(bytes p.img 4 4)" = '1 0 1 4' ] || fault "the header: $(bytes p.img 0 8)"
[ "$(word p.img 12)" = 6 ] && [ "$(word p.img 16)" = 2 ] && [ "$(word p.img 20)" = 4 ] || fault 'elements, beams and their bytes'
[ "$(word p.img 24)" = "$(wc -c <p.img)" ] && jq -e --argjson size "$(wc -c <p.img)" '.bytes == $size' out >/dev/null || fault 'its size'
# 28 bytes, a word of dead elements, a CRC; then the codes, the first in the lower half of the first byte.
codes() { bytes "$1" "$2" 3 | awk '{ for (i = 1; i <= 3; i++) printf "%d %d ", $i % 16, int($i / 16); print "" }'; }
steps() { awk '{ for (i = 2; i <= NF; i++) printf "%d ", ($i - $(i - 1) + 16) % 16; print "" }'; }
[ "$(codes p.img 36 | steps)" = '12 12 12 12 12 ' ] || fault "the coefficient is conj(w): codes $(codes p.img 36)"
[ "$(codes p.img 44 | steps)" = '4 4 4 4 4 ' ] || fault "the other side: codes $(codes p.img 44)"
expect 'a chip that delays' 0 export w.h5 --target packed --bits 4 --state-sense delay -o d.img
[ "$(codes d.img 36 | steps)" = '4 4 4 4 4 ' ] || fault "steps the other way: codes $(codes d.img 36)"
[ "$(word d.img 8)" = 1 ] || fault "and the image says so: settings $(word d.img 8)"
expect 'one of them' 0 export w.h5 --target packed --bits 4 --beams 1 -o one.img --json
holds 'which' '[.beams[].beam] == [1]'
[ "$(codes one.img 36 | steps)" = '4 4 4 4 4 ' ] || fault "the second one: $(codes one.img 36)"

# ---- ADAR1000 ----

expect 'registers' 0 export w.h5 --target adar1000 --gain-code 100 -o r.img --json
holds 'two chips a beam' '.beam_bytes == 32'
# gain (attenuator out), I, Q, 0; two channels of the second chip have no element and are off.
bytes r.img 36 24 | xargs -n 4 | awk '{ i = $2 >= 32 ? $2 - 32 : -$2; q = $3 >= 32 ? $3 - 32 : -$3
    angle = atan2(q, i) * 57.29578; if (NR > 1) { d = (angle - last + 720) % 360; bad += d < 265 || d > 275 }
    last = angle; size = sqrt(i * i + q * q); bad += $1 != 100 || $4 != 0 || size < 28.5 || size > 31.8 } END { exit bad > 0 || NR != 6 }' ||
    fault "a quarter turn back each: $(bytes r.img 36 24)"
[ "$(bytes r.img 60 8)" = '128 32 32 0 128 32 32 0' ] || fault "channels without an element are off: $(bytes r.img 60 8)"
expect 'the other sense of the attenuator' 0 export w.h5 --target adar1000 --gain-code 100 --attenuator-bit low -o a.img
[ "$(bytes a.img 36 1)" = 228 ] && [ "$(bytes a.img 60 1)" = 0 ] && [ "$(word a.img 8)" = 2 ] || fault "sets the bit: $(bytes a.img 36 32)"
expect 'every setting' 0 export w.h5 --target adar1000 --states adar1000:vectors -o v.img --json
holds 'is nearer' 'all(.beams[]; .loss_db < 0.001)'
# States measured on a chip: registers of four quarter turns.
printf 'code,phase_deg\n0x3F20,0\n0x203F,90\n0x1F20,180\n0x201F,270\n' >quarter.csv
expect 'states of a file' 0 export w.h5 --target adar1000 --states quarter.csv -o q.img
bytes q.img 36 24 | xargs -n 4 | awk '{ print $2 " " $3 }' | sort -u | paste -sd, | grep -qx '31 32,32 31,32 63,63 32' || fault 'those registers alone'
printf 'code,phase_deg\n0x4000,0\n0x203F,90\n' >foreign.csv
expect 'a code that the chip lacks' 3 export w.h5 --target adar1000 --states foreign.csv -o x.img
says 'it is named' '0x4000'
expect 'transmit weights' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --path transmit -o tx.h5
expect 'are for transmit' 0 export tx.h5 --target adar1000 -o tx.img --json
[ "$(word tx.img 8)" = 4 ] || fault "settings: $(word tx.img 8)"
# The phase that all elements share is the weights': of a beam to broadside each has the setting of 0 degrees.
expect 'to broadside' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0,0 -o zero.h5
expect 'as an image' 0 export zero.h5 --target adar1000 -o zero.img
[ "$(bytes zero.img 37 2) $(bytes zero.img 57 2)" = '63 32 63 32' ] || fault "the phase: $(bytes zero.img 36 24)"
expect 'a taper' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --taper 'taylor:nbar=3,sll=-25' -o taper.h5
"$COPHASE" export taper.h5 --target adar1000 -o taper.img >/dev/null 2>err || fault 'its image'
says 'is lost, which is said' 'taper.img: beam 0: amplitudes are lost \([0-9]+ % rms\)'

# ---- ADAR300x: phase and attenuation in six bits each, the first element in the most significant ----

expect 'tapered beams' 0 weights --array ula:6,0.5wl --freq 1e9 --steer uv:0.5,0 --taper 'taylor:nbar=3,sll=-25' -o t.h5
expect 'phases and attenuations' 0 export t.h5 --target adar300x -o x.img --json
holds 'little is lost' '.beams[0].loss_db < 0.01 and .beams[0].amplitude_rms < 0.03'
bytes x.img 36 9 | xargs -n 3 | awk '{ v = ($1 * 256 + $2) * 256 + $3; print int(v / 262144), int(v / 4096) % 64; print int(v / 64) % 64, v % 64 }' >pairs
awk '{ p[NR] = $1; a[NR] = $2 } END { for (i = 2; i <= 6; i++) bad += (p[i] - p[i - 1] + 64) % 64 != 48
    exit bad || a[1] != a[6] || a[2] != a[5] || a[3] != a[4] || !(a[1] > a[2] && a[2] > a[3]) || a[3] > 12 }' pairs || fault "codes: $(paste -sd, pairs)"

# ---- dead elements ----

expect 'a capture' 0 simulate --array ula:8,0.5wl --freq 1e9 --source uv:0.1,0,snr=20dB --gain-errors 1dB,60deg --dead 5 --samples 4096 --type c16 \
    --seed 3 -o cap.h5
expect 'its gains' 0 calibrate cap.h5 --source uv:0.1,0 -o cal.h5
expect 'a calibrated beam' 0 weights cap.h5 --calibration cal.h5 --steer uv:0.3,0 -o cw.h5
expect 'its image' 0 export cw.h5 --target adar1000 -o cw.img --json
holds 'one element is off' '.flagged == 1'
[ "$(word cw.img 28)" = 32 ] && [ "$(bytes cw.img 56 4)" = '128 32 32 0' ] || fault "element 5: $(word cw.img 28), $(bytes cw.img 56 4)"
expect 'a calibration by itself' 0 export cal.h5 --target adar300x -o cal.img --json
holds 'is a beam of corrections' '.holds == "correction" and (.beams | length) == 1 and .flagged == 1 and .rows == 8'

# ---- C ----

expect 'fixed point' 0 export cal.h5 --target fw-table --name rx --states adar1000 -o rx.h
expect 'every digit' 0 export cal.h5 --target csv -o cal.csv
expect 'coefficients of weights' 0 export w.h5 --target c-header --name two -o two.h --json
holds 'beams' '.format == "c-header" and .holds == "coefficient" and .rows == 6'
cat >use.c <<'CODE'
#include "rx.h"
#include "two.h"
#include <stdio.h>
int main(void)
{
    for (int n = 0; n < RX_ELEMENTS; n++)
        printf("%lu %.9f %u %u\n", rx_number[n], rx_phase[0][n] / 4294967296.0, (unsigned)rx_gain[0][n],
               (unsigned)(rx_dead[n / 32] >> n % 32 & 1));
    for (int b = 0; b < TWO_BEAMS; b++)
        for (int n = 1; n < TWO_ELEMENTS; n++) /* c[n] conj(c[n - 1]) */
            printf("turn %.4f %.4f\n",
                   two_coefficient[b][n][0] * two_coefficient[b][n - 1][0] + two_coefficient[b][n][1] * two_coefficient[b][n - 1][1],
                   two_coefficient[b][n][1] * two_coefficient[b][n - 1][0] - two_coefficient[b][n][0] * two_coefficient[b][n - 1][1]);
    printf("arcs %d %x %x %d\n", RX_ARCS, (unsigned)rx_code[16], (unsigned)rx_last[16], rx_first[255]);
    return 0;
}
CODE
if command -v cc >/dev/null && cc -std=c11 -Wall -Werror -o use use.c && ./use >used; then
    paste -d' ' <(head -8 used) <(tail -n +2 cal.csv | awk -F, '{ print $9 == "" ? "nan nan" : $9 " " $10 }') | awk '
        $5 == "nan" { bad += $4 != 1 || $3 != 0; dead++; next }
        { size[NR] = 1 / sqrt($5 * $5 + $6 * $6); gain[NR] = $3; if (size[NR] > most) most = size[NR]
          turn = atan2(-$6, $5) / 6.28318530718 - $2; turn -= int(turn + 1000.5) - 1000; bad += turn * turn > 1e-14 || $4 != 0 }
        END { for (n in size) bad += (gain[n] - 32768 * size[n] / most) ^ 2 > 0.26; exit bad > 0 || dead != 1 }' ||
        fault "corrections 1/g in binary angles: $(head -8 used)"
    grep '^turn' used | sort -u | paste -sd, | grep -qx 'turn -\?0.0000 -0.0278,turn -\?0.0000 0.0278' || fault "coefficients conj(w): $(grep '^turn' used)"
    grep -qx 'arcs 129 3536 20000000 127' used || fault "arcs of the ADAR1000: $(tail -1 used)"
fi

# ---- refused ----

expect 'the old word' 0 export w.h5 --to packed -o old.img
cmp -s <(head -c 28 old.img) <("$COPHASE" export w.h5 --target packed -o new.img >/dev/null && head -c 28 new.img) || fault 'is the same'
expect 'gains of weights' 3 export w.h5 --target csv -o x.csv
says 'what csv is of' 'is of calibrations'
expect 'a beam that is not there' 2 export w.h5 --target packed --beams 2 -o x.img
expect 'bits of a chip that has its own' 2 export w.h5 --target adar1000 --bits 5 -o x.img
expect 'too many bits' 2 export w.h5 --target packed --bits 9 -o x.img
expect 'a gain of another chip' 2 export w.h5 --target adar300x --gain-code 3 -o x.img
expect 'no format' 2 export w.h5 -o x.img
expect 'an unknown one' 2 export w.h5 --target adar2000 -o x.img
expect 'a channel that is not there' 2 export w.h5 --target packed --channel 1 -o x.img
for n in $(seq 0 121); do echo "--steer uv:0.$((100 + n)),0"; done | xargs "$COPHASE" weights --array ula:6,0.5wl --freq 1e9 -o many.h5 --quiet >/dev/null
expect 'more beams than the chip holds' 3 export many.h5 --target adar1000 -o x2.img
says 'how many it holds' '121 beams'
expect 'a part of them' 0 export many.h5 --target adar1000 --beams 1-121 -o x2.img
ls ./*.partial >/dev/null 2>&1 && fault "left behind: $(ls ./*.partial)"
finish
