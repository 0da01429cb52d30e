#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase simulate --moving: sources follow their tables through bursts, whatever the blocks, and are silent where tables know nothing.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# From east, rising from 30 to 60 degrees on a great circle; rows every two seconds, none from 8 to 12 s of the second one.
awk 'BEGIN {
    print "time_unix_s,satellite,az_deg,el_deg"
    for (i = 0; i <= 20; i += 2) printf "%d,UP,90,%g\n", 1.8e9 + i, 30 + i * 1.5
}' >up.csv
awk 'BEGIN {
    print "time_unix_s,satellite,az_deg,el_deg"
    for (i = 4; i <= 16; i += 2) printf "%d,LATE,200,%g\n", 1.8e9 + i, 70 - i
}' >late.csv
capture=(--freq 11.7e9 --type c32 --sample-rate 1MHz --bursts "64,512ms" --seed 5)

# phases FILE: of the second element against the first, a burst a line, in half turns.
phases() {
    "$COPHASE" covariance "$1" --integration 64us -o phases.h5 >/dev/null || fault "covariance of $1"
    rows phases.h5 /covariance 8 | awk '{ printf "%.5f\n", atan2($6, $5) / 3.14159265358979 }'
}
# near FILE EXPRESSION: phases are within 2e-3 (60 dB over the noise in 64 samples: 4e-5 rms) of the closed form in t, seconds from the first row.
near() {
    phases "$1" >got.txt
    awk -v pi=3.14159265358979 "{ t = (NR - 1) * 0.512 + 32e-6; d = \$1 - ($2); if (d < 0) d = -d; if (d > 2e-3) bad++ }
        END { if (NR < 40 || bad > 0) { print NR, bad; exit 1 } }" got.txt || fault "$1 has phases of $2"
}

expect 'a rising jammer' 0 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv,inr=60dB --attitude 0,0,0 -o up.h5 --json
holds 'as many bursts as there are rows for' '.times == 40 * 64 and .gaps == 39 and .time_start_unix_s == 1.8e9 and .frame == "sky"'
holds 'a source a satellite' '.sources == [{"kind": "jammer", "moving": "up.csv", "satellite": "UP", "power_db": 60}]'
near up.h5 'cos((30 + 1.5 * t) * pi / 180)'
expect 'info' 0 info up.h5 --json
holds 'gaps are told' '.gaps == 39 and .times_lost == 39 * (512000 - 64) and .time_start_unix_s == 1.8e9 and (.missing | index("orientation")) == null'
h5dump -d /truth/source up.h5 | grep -q 'UP' || fault '/truth/source names the satellite'
expect 'turned by half a turn' 0 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv,inr=60dB --attitude 0,0,180 -o turned.h5
near turned.h5 '-cos((30 + 1.5 * t) * pi / 180)'
expect 'rolled, x is lower' 0 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv,inr=60dB --attitude 20,0,0 -o rolled.h5
near rolled.h5 'cos((50 + 1.5 * t) * pi / 180)'

# An attitude that turns as the jammer rises leaves the phase as it is: roll -1.5 degrees a second against a rise of 1.5.
awk 'BEGIN { print "time_unix_s,roll_deg,pitch_deg,yaw_deg"; for (i = -4; i <= 24; i += 4) printf "%d,%g,0,0\n", 1.8e9 + i, -1.5 * i }' >ship.csv
expect 'on a ship' 0 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv,inr=60dB --attitude ship.csv -o ship.h5
near ship.h5 'cos(30 * pi / 180)'

# Two tables, integers: one scale for all times, and silence outside a table. A burst's mean power is within 5 / sqrt(64) of what is on.
run simulate --array ula:2,0.5wl --freq 11.7e9 --type c16 --sample-rate 1MHz --bursts 64,512ms --seed 5 \
    --moving up.csv,snr=10dB --moving late.csv,inr=20dB --attitude 0,0,0 -o two.h5 --json
[ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "another one comes late: status $status, $(cat err)"
# from 0 to 39 x 0.512 s and 64 samples, known from 4 to 16
says 'which is told' 'late.csv: knows Unix 1800000004.000 to 1800000016.000 alone: silent for 7.96806 s of 19.9681'
holds 'three kinds of words' '[.sources[] | .kind, .satellite] == ["source", "UP", "jammer", "LATE"]'
"$COPHASE" covariance two.h5 --integration 64us -o two_cov.h5 >/dev/null
rows two_cov.h5 /covariance 8 | awk '{
    t = (NR - 1) * 0.512 + 32e-6; want = t > 4 && t < 16 ? 111 : 11; if ($1 < want * 0.375 || $1 > want * 1.625) bad++
} END { if (NR != 40 || bad > 0) { print NR, bad; exit 1 } }' || fault 'a source is heard while its table knows it, no longer'

expect 'in small blocks' 0 simulate --array ula:2,0.5wl --freq 11.7e9 --type c16 --sample-rate 1MHz --bursts 64,512ms --seed 5 \
    --moving up.csv,snr=10dB --moving late.csv,inr=20dB --attitude 0,0,0 --max-memory 100 --threads 1 --quiet -o small.h5
cmp <(rows two.h5 /samples 4) <(rows small.h5 /samples 4) || fault 'blocks and threads do not change samples'
expect 'all in a row' 0 simulate --array ula:2,0.5wl --freq 11.7e9 --type c32 --sample-rate 10kHz --moving up.csv,inr=60dB --attitude 0,0,0 \
    --samples 20000 --time-start 1800000001 -o row.h5 --json
holds 'without gaps' '.gaps == 0 and .times == 20000 and .time_start_unix_s == 1800000001'
expect 'a start in UTC' 0 simulate --array ula:2,0.5wl --freq 1e9 --source azel:10,0 --samples 9 --time-start 2027-01-15T08:00:00.5Z -o still.h5 --json
holds 'is in Unix seconds' '.time_start_unix_s == 1800000000.5'
expect 'a start that is none' 2 simulate --array ula:2,0.5wl --freq 1e9 --source azel:10,0 --time-start 2027-01-15 -o no.h5
expect 'bursts of what stands' 0 simulate --array ula:4,0.5wl --freq 1e9 --source azel:10,0 --bursts 10,1ms --samples 25 -o still.h5 --json
holds 'the last one is shorter' '.times == 25 and .gaps == 2'

at=(--array 'ula:2,0.5wl' --freq 11.7e9 --attitude '0,0,0' --moving up.csv)
expect 'a capture before the table' 3 simulate "${at[@]}" --moving late.csv --time-start 1800000000 --samples 100 -o no.h5
says 'which table' 'late.csv: knows Unix 1800000004.000 to 1800000016.000 alone, and the capture is from 1800000000.000 to 1800000000.000'
expect 'one after it' 3 simulate "${at[@]}" --time-start 1.9e9 -o no.h5
says 'which table' 'up.csv: knows Unix 1800000000.000 to 1800000020.000 alone'
expect 'tables of other times' 3 simulate "${at[@]}" --time-start 0 --samples 4096 -o no.h5
head -2 up.csv >one.csv
expect 'a table of one row' 3 simulate --array 'ula:2,0.5wl' --freq 11.7e9 --attitude 0,0,0 --moving one.csv -o no.h5
says 'which it is' 'one.csv: no two rows of a satellite are within 60 s'
expect 'no orientation' 3 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv -o no.h5
says 'no orientation' 'expected --attitude'
expect 'an attitude that ends too soon' 3 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv --attitude <(head -n 4 ship.csv) -o no.h5
expect 'no table' 3 simulate --array ula:2,0.5wl "${capture[@]}" --moving none.csv --attitude 0,0,0 -o no.h5
printf 'time,satellite\n' >bad.csv
expect 'a table that is none' 3 simulate --array ula:2,0.5wl "${capture[@]}" --moving bad.csv --attitude 0,0,0 -o no.h5
expect 'words that are none' 2 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv,power=3 --attitude 0,0,0 -o no.h5
expect 'bursts longer than they are apart' 2 simulate --array ula:2,0.5wl --freq 1e9 --bursts 64,10us -o no.h5
expect 'bursts as long as they are apart' 0 simulate --array ula:2,0.5wl --freq 1e9 --sample-rate 1MHz --bursts 64,64us --samples 128 -o still.h5 --json
holds 'have no gaps' '.gaps == 0 and .times == 128'
expect 'bursts between samples' 2 simulate --array ula:2,0.5wl --freq 1e9 --sample-rate 10Hz --bursts 1,0.15s -o no.h5
says 'what would do' '--bursts: 0.15 s are 1.5 samples of --sample-rate: expected a whole number of them, as 0.2s are'
run simulate --array ula:2,0.5wl --freq 1e9 --sample-rate 3MHz --bursts 16,100.1us --samples 64 -o no.h5
next=$(sed 's/.*, as \([0-9.e-]*s\) are$/\1/' err)
expect "what is said does: $next" 0 simulate --array ula:2,0.5wl --freq 1e9 --sample-rate 3MHz --bursts "16,$next" --samples 64 -o still.h5
[ "$(rows still.h5 /gaps 2 | xargs)" = '16 300 32 600 48 900' ] || fault "gaps are $(rows still.h5 /gaps 2 | xargs)"
# a burst a second where a sample is 0.1 s long, in the table's 20 s: the last one begins at 19 s
expect 'bursts to the end of the table' 0 simulate --array ula:2,0.5wl --freq 11.7e9 --sample-rate 10Hz --bursts 2,1s --moving up.csv,inr=20dB --attitude 0,0,0 -o still.h5 --json
holds 'none is beyond it' '.times == 40 and .gaps == 19'
expect 'a table for what does not move' 2 simulate --array ula:2,0.5wl --freq 1e9 --source azel:10,0 --attitude ship.csv -o no.h5
says 'what goes with it' '--attitude ship.csv: .* expected that, or three angles'
expect 'three angles for what does not move' 0 simulate --array ula:2,0.5wl --freq 1e9 --source azel:10,0 --attitude 0,0,30 -o still.h5
printf 'E,N,U\n0,0,0\n0,0.0128,0\n0.0128,0,0\n' >enu.csv
expect 'an array that stands' 2 simulate --array enu.csv "${capture[@]}" --moving up.csv --attitude 0,10,0 -o no.h5
says 'why it cannot be turned' '--attitude: positions are in axes of the site'
expect 'the same followed' 2 track up.csv --array enu.csv --freq 11.7GHz --attitude 0,10,0 -o no.h5
says 'why it cannot be turned' '--attitude: positions are in axes of the site'
expect 'the same as it stands' 0 track up.csv --array enu.csv --freq 11.7GHz -o track.h5
expect 'in turn' 2 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv --attitude 0,0,0 --in-turn -o no.h5
expect 'the input as output' 2 simulate --array ula:2,0.5wl "${capture[@]}" --moving up.csv --attitude 0,0,0 -o up.csv
expect 'for captures alone' 2 simulate --kind coupling --array ura:2x2,0.5wl --freq 1e9 --attitude 0,0,0 -o no.h5
finish
