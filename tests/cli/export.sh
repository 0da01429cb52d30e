#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase export: what is written reads back as the gains of the calibration, in every format; what is refused.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# Eight dipoles whose inputs stand in no order: Y before X, numbers falling. Subband 350 of mode 3 is 68359375 Hz.
awk 'BEGIN { print "x y number name polarization"
    for (n = 7; n >= 0; n--) for (p = 0; p < 2; p++) printf "%g %g %d D,%d %s\n", 3 * n, (n * n) % 5, n, n, p ? "X" : "Y" }' |
    tr -d , >dipoles.txt
expect 'a capture' 0 simulate --array dipoles.txt --freq 68359375 --source uv:0.1,0,snr=10dB --gain-errors 1dB,60deg --dead 5 --samples 4096 \
    --type c16 --seed 9 -o cap.h5
expect 'its dumps' 0 covariance cap.h5 --integration 2.048ms -o cov.h5
expect 'their gains' 0 calibrate cov.h5 --source uv:0.1,0 -o cal.h5

# ---- CSV ----

expect 'a table' 0 export cal.h5 --to csv -o cal.csv --json
holds 'of everything' '.format == "csv" and .holds == "gain" and .times == 2 and .rows == 32 and .flagged == 2 and .elements == 16 and .subbands == null'
head -1 cal.csv | grep -qx 'time,time_unix_s,channel,freq_hz,element,name,polarization,flag,gain_re,gain_im,phase_sigma_rad,amplitude_sigma,filled' ||
    fault "columns: $(head -1 cal.csv)"
awk -F, 'NR > 1 { print $9 == "" ? "nan nan" : $9 " " $10 }' cal.csv >csv.gain
cmp <(rows cal.h5 /gain 2 | sed 's/-nan/nan/g') csv.gain || fault 'every digit of the gains'
cmp <(rows cal.h5 /phase_sigma_rad 1 | sed 's/-nan/nan/g') <(awk -F, 'NR > 1 { print $11 == "" ? "nan" : $11 }' cal.csv) || fault 'and of the errors'
awk -F, 'NR == 2 { exit !($1 == 0 && $4 == 68359375 && $5 == 7 && $6 == "D7" && $7 == "Y" && $8 == "good") }' cal.csv || fault "who is who: $(sed -n 2p cal.csv)"
[ "$(grep -c ',dead,,,,,0$' cal.csv)" = 2 ] || fault "flagged elements have no numbers: $(grep dead cal.csv)"
expect 'one solution' 0 export cal.h5 --to csv --time 1 -o one.csv
cmp <(sed 1d one.csv) <(grep '^1,' cal.csv) || fault 'is part of all'

# Marks of any input will do: those that another calibration has flags of.
expect 'some left out' 0 calibrate cov.h5 --source uv:0.1,0 --exclude 2 -o less.h5
cp cal.h5 marked.h5
h5copy -i less.h5 -s /flag -o marked.h5 -d /filled || fault 'h5copy'
expect 'what was filled' 0 export marked.h5 --to csv -o marked.csv --json
awk -F, 'NR > 1 { wanted = $5 == 2 || $8 == "dead"; n += $13; bad += $13 != wanted } END { exit bad > 0 || n != 6 }' marked.csv ||
    fault "is marked: $(cut -d, -f 1,5,7,8,13 marked.csv | grep ',1$')"
holds 'and counted' '.filled == 6 and .flagged == 2'
expect 'in C' 0 export marked.h5 --to c-header -o marked.h --json
holds 'of one solution' '.filled == 3 and .rows == 16'
[ "$(grep -c 'good, filled in from other channels' marked.h)" = 2 ] || fault 'a comment says so'
expect 'info' 0 info marked.h5 --json
holds 'tells it' '.gains | .count == 32 and .flagged == 2 and .filled == 6 and .delays == false and .leakages == false'
expect 'of captures' 0 info cap.h5 --json
holds 'nothing of the kind' '.gains == null'

# ---- LOFAR ----

expect 'a LOFAR table' 0 export cal.h5 --to lofar-caltable --mode 3 --station RS509 --time 1 -o table.dat --json
holds 'its size' '.rows == 16 and .subbands == 1 and .holds == "correction"'
sed -n '1,/^HeaderStop$/p' table.dat 2>/dev/null | tr -d '\0' >head.txt
grep -qx 'CalTableHeader.Observation.Station = RS509' head.txt && grep -qx 'CalTableHeader.Observation.Mode = 3' head.txt &&
    [ "$(head -1 head.txt)" = HeaderStart ] || fault "its lines: $(head -5 head.txt)"
length=$(wc -c <head.txt)
[ "$(wc -c <table.dat)" = $((length + 512 * 16 * 16)) ] || fault 'two doubles for 16 inputs and 512 subbands'
tail -c +$((length + 1)) table.dat | od -An -v -t f8 -w16 --endian=little >numbers.txt
# Line 350 * 16 + 2 dipole + (Y: 1) times the gain of that input is 1; 0 for the dead one and for other subbands.
awk -F, '$1 == 1 { print $5, ($7 == "Y"), $9 == "" ? "nan nan" : $9 " " $10 }' cal.csv >gains.txt
awk 'NR == FNR { g[350 * 16 + 2 * $1 + $2 + 1] = $3 " " $4; next }
    !(FNR in g) || g[FNR] == "nan nan" { bad += $1 != 0 || $2 != 0; dead += FNR in g; next }
    { split(g[FNR], z, " "); re = z[1] * $1 - z[2] * $2; im = z[1] * $2 + z[2] * $1; bad += (re - 1) ^ 2 + im ^ 2 > 1e-24; good++ }
    END { printf "%d good, %d dead, %d bad\n", good, dead, bad; exit good != 15 || dead != 1 || bad }' gains.txt numbers.txt >table.txt ||
    fault "corrections at their places: $(cat table.txt)"
expect 'a mode of other frequencies' 3 export cal.h5 --to lofar-caltable --mode 5 -o bad.dat
says 'which' '68359375 Hz is no subband of mode 5'
expect 'no mode' 2 export cal.h5 --to lofar-caltable -o bad.dat
expect 'one channel' 2 export cal.h5 --to lofar-caltable --mode 3 --channel 0 -o bad.dat
expect 'one polarisation' 0 calibrate cov.h5 --source uv:0.1,0 --pol X -o x.h5
expect 'is no table' 3 export x.h5 --to lofar-caltable --mode 3 -o bad.dat
says 'what is missing' 'X and Y of every dipole'

# ---- C ----

expect 'a header' 0 export cal.h5 --to c-header --name rx -o rx_cal.h
cat >use.c <<'CODE'
#include "rx_cal.h"
#include "rx_cal.h"
#include <stdio.h>
int main(void)
{
    printf("%.9g\n", RX_FREQ_HZ);
    for (int i = 0; i < RX_ELEMENTS; i++)
        printf("%lu %d %d %.9g %.9g\n", rx_number[i], rx_polarization[i] == 'Y', rx_flag[i], (double)rx_coefficient[i][0],
               (double)rx_coefficient[i][1]);
    return 0;
}
CODE
gcc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror use.c -o use 2>gcc.txt || fault "it compiles: $(head -5 gcc.txt)"
./use >used.txt
[ "$(head -1 used.txt)" = 68359375 ] || fault "frequency: $(head -1 used.txt)"
# Floats have 24 bits: 2^-24 each of re and im.
paste -d ' ' <(sed 1d used.txt) <(awk -F, '$1 == 0 { print $5, ($7 == "Y"), $9 == "" ? "nan nan" : $9 " " $10 }' cal.csv) | awk '
    { bad += $1 != $6 || $2 != $7 || $3 != ($8 == "nan") }
    $3 { bad += $4 != 0 || $5 != 0; dead++; next }
    { re = $4 * $8 - $5 * $9; im = $4 * $9 + $5 * $8; bad += (re - 1) ^ 2 + im ^ 2 > (2 ^ -23) ^ 2 }
    END { exit NR != 16 || dead != 1 || bad }' || fault "coefficients: $(head -3 used.txt)"
grep -q 'c = conj(w)' rx_cal.h || fault 'the convention is told'
expect 'the same again' 0 export cal.h5 --to c-header --name rx -o rx2.h
cmp -s rx_cal.h rx2.h || fault 'gives the same bytes'

# ---- refusals ----

expect 'no format' 2 export cal.h5 -o bad.csv
expect 'no such format' 2 export cal.h5 --to fits -o bad.csv
says 'which there are' 'csv'
expect 'no output' 2 export cal.h5 --to csv
expect 'no name for C' 2 export cal.h5 --to c-header --name 1st -o bad.h
expect 'a name for a table' 2 export cal.h5 --to csv --name rx -o bad.csv
expect 'a mode for a table' 2 export cal.h5 --to csv --mode 3 -o bad.csv
expect 'a time too many' 2 export cal.h5 --to csv --time 2 -o bad.csv
expect 'a channel too many' 2 export cal.h5 --to c-header --channel 1 -o bad.h
expect 'a capture' 3 export cap.h5 --to csv -o bad.csv
expect 'the output is the input' 2 export cal.h5 --to csv -o cal.h5
expect 'the output is no file' 2 export cal.h5 --to csv -o /dev/null
compgen -G 'bad.*' >/dev/null && fault 'failures leave nothing behind'
compgen -G '*.partial' >/dev/null && fault 'nor half of a file'
# Gains of an open time factor are taken as they stand, which is told.
LC_ALL=C sed 's/time_factor/time_foctar/g' cal.h5 >open.h5
expect 'an open time factor' 0 export open.h5 --to c-header -o open.h --json
holds 'is told' '.time_factor_known == false and .data == null'
grep -q 'does not say its time factor' open.h || fault 'the header tells of the time factor'
expect 'with data' 0 export open.h5 --to c-header --data cap.h5 -o closed.h --json
holds 'it is known' '.time_factor_known == true and .data == "cap.h5"'
grep -q 'does not say its time factor' closed.h && fault 'the header tells what is known'
expect 'the output is the data' 2 export open.h5 --to csv --data cap.h5 -o cap.h5
finish
