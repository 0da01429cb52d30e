#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pointing tables: info tells them, nonsense is refused in one line with its place, no length needs memory.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

cat >table.csv <<'END'
# of an orbit program
time,satellite,az_deg,el_deg,range_km,range_rate_km_s
2026-11-23T10:00:00Z,"ISS (ZARYA)",350,26.5,900.5,-6.25
2026-11-23T10:00:00Z,OTHER,10,40,,
2026-11-23T10:00:00.1Z,"ISS (ZARYA)",350.5,26.75,899.9,-6.2
END
expect 'a table' 0 info table.csv --json
holds 'what is in it' '.kind == "pointing" and .rows == 3 and .satellites == 2 and .time_start_unix_s == 1795428000 and
    .time_end_unix_s == 1795428000.1 and .frame == "sky" and .highest.satellite == "OTHER" and (.highest.az_deg - 10 | fabs) < 1e-9'
holds 'extents' '(.el_deg | map(. * 100 | round)) == [2650, 4000] and (.range_m | map(round)) == [899900, 900500] and (.range_rate_m_s | map(round)) == [-6250, -6200]'
expect 'words' 0 info table.csv
grep -q '^rows *3 of 2 satellites$' out || fault "rows are told: $(cat out)"
expect 'it has no samples' 2 info table.csv --all
expect 'nor a part' 2 info table.csv --start 1s
expect 'it is no capture' 3 covariance table.csv -o no.h5

# refused NAME PATTERN: info of the table on stdin ends with 3 and one line that names file and place.
refused() {
    cat >"$1.csv"
    expect "$1" 3 info "$1.csv"
    says "$1" "^cophase info: $1\\.csv: $2"
}
head=time_unix_s,satellite,az_deg,el_deg
printf '%s\n5,A,1,2\n4,A,1,2\n' $head | refused back 'line 3: time goes back to 4 from 5'
printf '%s\n5,A,1,2\n5,A,1,2\n' $head | refused twice 'line 3: time 5 is there twice for satellite A'
printf '%s\n5,A,nan,2\n' $head | refused nan 'line 2: az_deg is nan, expected -360 to 360'
printf '%s\n5,A,1,95\n' $head | refused high 'line 2: el_deg is 95, expected -90 to 90'
printf '%s\n5,A,400,9\n' $head | refused around 'line 2: az_deg is 400'
printf '%s\n' $head | refused rowless 'has no rows'
printf 'satellite,az_deg,time\nA,1,2\n' | refused lacking 'line 1 names no column el_deg'
printf '%s,range_m\n5,A,1,2,-3\n' $head | refused near 'line 2: range_m is -3, expected metres above 0'
printf '%s\n5,A,1,many\n' $head | refused words 'line 2: el_deg is many'
printf '%s\n5,%s,1,2\n' $head "$(printf 'x%.0s' {1..64})" | refused long 'line 2: satellite x+ is longer than 63 bytes'
printf '%s\n5,A\0,1,2\n' $head | refused binary 'line 2 has a zero byte'
printf '' | refused empty 'is empty'
printf '%s,el_deg\n5,A,1,2,3\n' $head | refused doubled 'line 1 names column el_deg twice'
printf '%s\n5,A,1e300,2\n' $head | refused huge 'line 2: az_deg is 1e300'
printf '%s\n5,A,1,1e999\n' $head | refused beyond 'line 2: el_deg is 1e999'
printf '%s\n-1e18,A,1,2\n' $head | refused never 'line 2: time_unix_s is -1e18'
printf '%s,range_rate_m_s\n5,A,1,2,3e8\n' $head | refused light 'line 2: range_rate_m_s is 3e\+08'
printf '%s\n5,A,1\n' $head | refused few 'line 2 has 3 cells, expected 4'
printf '%s\n5,,1,2\n' $head | refused nameless 'line 2: satellite is empty'
{ printf '%s\n5,A,1,2' $head && head -c 1000000 /dev/zero | tr '\0' ' ' && echo; } | refused wide 'line 2 is longer than 4095 bytes'
awk -v head=$head 'BEGIN { print head; for (i = 0; i < 65537; i++) print i ",S" i ",1,2" }' | refused crowd 'line 65538: satellite S65536 is one more than the 65536 satellites'
mkdir folder.csv
# Whoever takes a table says the same of it; what is no table at all is told by those that take nothing else.
head -c 65536 "$COPHASE" >program.csv
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "x"; print "" }' >words.csv
for bad in back nan high empty rowless doubled lacking huge wide folder program words; do
    expect "$bad is tracked" 3 track "$bad.csv" --array ura:2x2,12.8mm --freq 11.7GHz -o no.h5
    says "$bad is tracked" "^cophase track: $bad\\.csv: "
    expect "$bad moves a source" 3 simulate --array ura:2x2,12.8mm --freq 11.7GHz --attitude 0,0,0 --moving "$bad.csv,inr=3dB" -o no.h5
    says "$bad moves a source" "^cophase simulate: $bad\\.csv: "
    expect "$bad is looked at" 3 info "$bad.csv"
done
[ ! -e no.h5 ] && [ ! -e no.h5.partial ] || fault 'a refusal leaves nothing'

# As other programs write them.
printf '\xef\xbb\xbf%s\r\n5,A,1,30\r\n\r\n6,A,2,31' $head >windows.csv
expect 'a mark, other ends of lines, none at the last' 0 info windows.csv --json
holds 'is read' '.rows == 2 and .el_deg == [30, 31]'
expect 'a pipe' 0 info <(cat table.csv) --json
holds 'is a table' '.rows == 3'
expect 'a pipe of something else' 3 info <(echo words)
expect 'a pipe to follow' 0 track <(cat windows.csv) --array ura:2x2,12.8mm --freq 11.7GHz -o piped.h5

# Ranges and rates that contradict each other: a circle around a point 500 km off its plane, its range and rate in closed form, every 2 s.
# path RANGE RATE DIGITS: the table, both times so much, ranges of so many digits behind the point
path() {
    awk -v head=$head,range_m,range_rate_m_s -v a="$1" -v b="$2" -v digits="$3" 'BEGIN {
        print head
        for (i = 0; i < 100; i++) { x = 7000 * 2 * (i - 50); r = sqrt(25e10 + x * x); printf "%d,A,10,40,%." digits "f,%.6f\n", 1000 + 2 * i, a * r, b * 7000 * x / r }
    }'
}
path 1 1 3 >right.csv
expect 'a range that changes as its rate says' 0 info right.csv
path 1 1 0 | awk -F, -v OFS=, 'NR > 1 { $5 = int($5 / 1000 + 0.5) * 1000 } { print }' >round.csv
expect 'rounded to kilometres' 0 info round.csv
for wrong in "1 -1" "0.001 1" "1 0.001"; do
    # shellcheck disable=SC2086 # two words
    path $wrong 3 >wrong.csv
    for verb in "info wrong.csv" "track wrong.csv --array ura:2x2,12.8mm --freq 11.7GHz --rate 1Hz -o wrong.h5"; do
        # shellcheck disable=SC2086 # words
        run $verb
        [ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "$verb, $wrong: $status, $(cat err)"
        says "which row, $wrong" 'wrong.csv: line 3: range of A changes by .* m in 2 s, its rate says '
    done
done
path 0.001 0.001 6 >small.csv
expect 'another scale for both' 0 info small.csv

# Many rows.
rows=300000
[ -n "${CPH_TEST_REDUCED:-}" ] && rows=3000
awk -v rows=$rows -v head=$head 'BEGIN {
    print head
    for (i = 0; i < rows; i++) printf "%.1f,S%d,%.6f,%.6f\n", 1.8e9 + int(i / 10) * 0.1, i % 10, i * 0.37 % 360, 20 + i % 60
}' >many.csv
expect 'many rows' 0 info many.csv --json
holds 'all of them' ".rows == $rows and .satellites == 10"
finish
