#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase export of beams: images whose bytes are those that the chips want, tables for firmware; what is refused.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
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

# What firmware makes of the table is what the host makes: the same bytes where states have one amplitude; registers and attenuations
# of the coefficients where they have more.
expect 'beams' 0 weights --array tri:61,0.5wl --freq 11.7e9 --steer azel:20,10 --steer azel:-30,25 -o even.h5
expect 'a tapered one' 0 weights --array tri:61,0.5wl --freq 11.7e9 --steer azel:20,10 --taper 'taylor:nbar=4,sll=-25' -o tapered.h5
expect 'as tables' 0 export even.h5 --target fw-table --name even --states adar1000 -o even.h
expect 'both' 0 export tapered.h5 --target fw-table --name tapered -o tapered.h
expect 'in floats' 0 export tapered.h5 --target c-header --name exact -o exact.h
expect 'as an image of codes' 0 export even.h5 --target packed --bits 5 -o even5.img
expect 'as an image of registers' 0 export even.h5 --target adar1000 --gain-code 42 -o even1000.img
cat >firmware.c <<'CODE'
#include "even.h"
#include "exact.h"
#include "tapered.h"
#include <math.h>
#include <stdio.h>
#include "cophase/fw.h"
enum { N = EVEN_ELEMENTS };
static uint32_t beam[4 * N];
static const uint32_t zero[N];
static void put(const char *name, const cph_fw_chip *chip, const cph_fw_units *units, const uint32_t *phase)
{
    const size_t size = cph_fw_beam_size(chip, N);
    printf("%s %d", name, (int)cph_fw_beam_pack(chip, units, phase, beam, size));
    for (size_t i = 0; i < size; i++)
        printf(" %d", ((const unsigned char *)beam)[i]);
    putchar('\n');
}
static uint32_t code(const cph_fw_chip *chip, size_t n)
{
    uint32_t got = 0;
    return cph_fw_beam_get(chip, beam, sizeof beam, n, &got) == CPH_OK ? got : 0xFFFFFFFF;
}
static double part(uint32_t bits) { return (bits & 0x20 ? 1.0 : -1.0) * (bits & 0x1F); }
int main(void)
{
    const cph_fw_states states = {.arcs = EVEN_ARCS, .last = even_last, .first = even_first, .code = even_code};
    const cph_fw_chip packed = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 5}, registers = {.layout = CPH_FW_LAYOUT_ADAR1000, .states = &states},
                      vectors = {.layout = CPH_FW_LAYOUT_ADAR1000}, attenuated = {.layout = CPH_FW_LAYOUT_ADAR300X};
    const cph_fw_units plain = {.elements = N, .phase = zero, .gain_all = 42, .dead = even_dead};
    cph_fw_units shaped = {.elements = N, .phase = zero, .amplitude = tapered_amplitude[0], .dead = tapered_dead};
    printf("states %d\n", (int)cph_fw_states_check(&states));
    put("packed", &packed, &plain, even_phase[0]);
    put("packed", &packed, &plain, even_phase[1]);
    put("registers", &registers, &plain, even_phase[1]);
    double most = 0.0, worst = 0.0, worst_db = 0.0;
    for (int n = 0; n < N; n++)
        most = fmax(most, hypot(exact_coefficient[0][n][0], exact_coefficient[0][n][1]));
    if (cph_fw_beam_pack(&vectors, &shaped, tapered_phase[0], beam, sizeof beam) != CPH_OK)
        return 1;
    for (int n = 0; n < N; n++) {
        const uint32_t got = code(&vectors, (size_t)n);
        worst = fmax(worst, fabs(part(got >> 8 & 0xFF) - 31.0 * exact_coefficient[0][n][0] / most));
        worst = fmax(worst, fabs(part(got >> 16) - 31.0 * exact_coefficient[0][n][1] / most));
    }
    uint8_t attenuation[N];
    shaped.amplitude = NULL;
    shaped.gain = attenuation;
    if (cph_fw_gain_codes(cph_fw_adar300x_law(), 64, N, tapered_gain[0], attenuation) != CPH_OK ||
        cph_fw_beam_pack(&attenuated, &shaped, tapered_phase[0], beam, sizeof beam) != CPH_OK)
        return 1;
    for (int n = 0; n < N; n++)
        worst_db = fmax(worst_db, fabs(0.5 * (code(&attenuated, (size_t)n) >> 6) +
                                       20.0 * log10(hypot(exact_coefficient[0][n][0], exact_coefficient[0][n][1]) / most)));
    printf("worst %.6f %.6f\n", worst, worst_db);
    return 0;
}
CODE
if command -v cc >/dev/null; then
    cc -std=c11 -Wall -Wextra -Werror -I. -I"$root" -I"$root/include" -o firmware firmware.c "$root"/kernels/fw/*.c -lm 2>cc.txt && ./firmware >made ||
        fault "firmware takes the table: $(head -5 cc.txt)"
    # 28 bytes of header, two words of dead elements, a CRC; a beam and its CRC
    {
        printf 'states 0\npacked 0 %s\npacked 0 %s\n' "$(bytes even5.img 40 40)" "$(bytes even5.img 84 40)"
        printf 'registers 0 %s\n' "$(bytes even1000.img 300 256)"
    } >wanted
    grep -v worst made | cmp -s - wanted || fault "the bytes of the host: $(head -c 400 made) are not $(head -c 400 wanted)"
    # 0.501 of a register's step, and half of an amplitude's, 2^-10 of it; half a step of 0.5 dB in amplitude is 20 log10 2/(1 + 10^-(1/40)).
    awk '/^worst/ { ok = $2 <= 0.501 + 0.0006 && $3 <= 0.2537 + 0.001 } END { exit !ok }' made || fault "registers and attenuations: $(tail -1 made)"
fi

# States of another chip than the ADAR1000 keep their codes; a file has to say whose they are.
printf 'code,phase_deg\n0x0012,0\n0x0134,90\n0x0256,180\n0x0378,270\n' >four.csv
expect 'codes of a file' 2 export w.h5 --target fw-table --states four.csv -o four.h
says 'ask whose they are' '--chip'
expect 'another chip' 0 export w.h5 --target fw-table --states four.csv --chip other -o four.h
grep -A 2 'beam_code' four.h | paste -sd' ' | grep -q '0x0012, 0x0134, 0x0256, 0x0378' || fault "codes as they are: $(grep -A 2 beam_code four.h)"
grep -q 'I + 256' four.h && fault 'and no word of registers'
expect 'an ADAR1000' 0 export w.h5 --target fw-table --states quarter.csv --chip adar1000 -o quarter.h
grep -A 2 'beam_code' quarter.h | grep -q '0x203f, 0x3f20, 0x201f, 0x1f20' || fault "I + 256 Q: $(grep -A 2 beam_code quarter.h)"
expect 'codes that it lacks' 3 export w.h5 --target fw-table --states foreign.csv --chip adar1000 -o x.h
expect 'the ADAR300x' 0 export w.h5 --target fw-table --states adar300x -o x300.h
printf 'code,phase_deg\n0x10000,0\n1,180\n' >wide.csv
expect 'a code that is too wide' 3 export w.h5 --target fw-table --states wide.csv --chip other -o x.h
says 'which' '0x10000 has more than 16 bits'
expect 'a chip of an image' 2 export w.h5 --target adar1000 --chip other -o x.img

# Gains whose inverse no float holds are told, whatever is made of them.
at=$(h5ls -va cal.h5/gain | awk '/Address:/ { print $2 }')
cp cal.h5 tiny.h5
printf '\x9c\x57\x77\x27\x26\x6c\xa1\x37\0\0\0\0\0\0\0\0' | dd of=tiny.h5 bs=1 seek=$((at + 32)) conv=notrunc status=none # 1e-40
for target in c-header fw-table packed adar1000 adar300x; do
    expect "a gain of 1e-40, $target" 3 export tiny.h5 --target $target -o tiny.out
    says "which, $target" 'tiny.h5: the gain of element 2 has no inverse in a float'
done

# ---- refused ----

expect 'a capture' 3 export cap.h5 --target packed -o x.img
says 'what may be given' 'cap.h5: is a capture file, expected a calibration or weights'
expect 'a name that C has not' 2 export w.h5 --target fw-table --name 9x -o x.h
says 'what one is' "--name '9x': expected a name of C: a letter or _, then"

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
