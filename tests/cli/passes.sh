#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase simulate --passes: tables of satellites over a site, in text and HDF5, with rates that fit and floors that hold.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

at=(--passes --site '50,8.5,120' --start 2026-11-23T10:00:00Z)
expect 'a table' 0 simulate "${at[@]}" --shell starlink-550 --min-elevation 25 --step 500ms -o passes.csv --json
holds 'what it has' '.kind == "pointing" and .satellites == 1584 and .time_start_unix_s == 1795428000 and .duration_s == 600 and .frame == "sky" and
    .seen > 10 and .passes >= .seen and .highest.el_deg > 60 and .highest.range_m > 545e3 and .highest.range_m < 700e3'
# 269.5 s over a round Earth that does not turn; this one turns along (4 %), and is 12 km flatter here (1 %)
holds 'no pass is longer than geometry allows' '.longest_pass_s > 200 and .longest_pass_s < 290'
rows=$(jq .rows out)
expect 'info reads it' 0 info passes.csv --json
holds 'all of it' ".rows == $rows and .el_deg[0] >= 25 and .range_m[0] > 545e3 and .range_m[1] < 1160e3 and (.range_rate_m_s | map(fabs < 6700) | all)"
expect 'the same in HDF5' 0 simulate "${at[@]}" --shell starlink-550 --min-elevation 25 --step 500ms -o passes.h5
expect 'info reads that' 0 info passes.h5 --json
holds 'as much of it' ".rows == $rows and .el_deg[0] >= 25"
h5dump -a /history passes.h5 | grep -q -- simulate || fault 'its history says what made it'

# Rates are derivatives of ranges: of neighbours half a second apart, within the third derivative over 24 (0.03 m/s) and rounding (4 mm/s).
awk -F, 'NR > 1 {
    if (($2 in t) && $1 - t[$2] < 0.6) { d = ($5 - r[$2]) / ($1 - t[$2]) - ($6 + v[$2]) / 2; if (d < 0) d = -d; if (d > worst) worst = d; n++ }
    t[$2] = $1; r[$2] = $5; v[$2] = $6
} END { if (n < 1000 || worst > 0.1) { print n, worst; exit 1 } }' passes.csv || fault 'range rates are derivatives'
# What is over a site at 50 degrees north of an inclination of 53 goes east.
awk -F, 'NR > 1 { e = cos($4 * 0.0174532925) * sin($3 * 0.0174532925) * $5; if (($2 in x) && e <= x[$2]) bad++; x[$2] = e; n++ }
    END { exit !(n > 1000 && bad == 0) }' passes.csv || fault 'satellites go east'

expect 'all shells' 0 simulate "${at[@]}" --shell starlink --duration 5s -o all.csv --json
holds 'have all satellites' '.satellites == 4408 and (.shells | length) == 5'
expect 'a shell of its own' 0 simulate --passes --site=-33.9,151.2 --shell 1200km,87.9,18,40,3 --start 1795428000 --duration 20s --step 10s -o own.csv --json
holds 'its numbers' '.satellites == 720 and .time_start_unix_s == 1795428000 and .site.latitude_deg == -33.9 and .rows > 0'
expect 'again' 0 simulate --passes --site=-33.9,151.2 --shell 1200km,87.9,18,40,3 --start 1795428000 --duration 20s --step 10s -o again.csv
cmp -s own.csv again.csv || fault 'the same command makes the same table'

mkdir folder.csv
expect 'nobody is up' 4 simulate --passes --site 89,0 --shell 550km,10,3,3 --start 0 --duration 10s -o none.csv
says 'nobody is up' 'none of 9 satellites is above 10 degrees'
[ ! -e none.csv ] && [ ! -e none.csv.partial ] || fault 'nothing is left of an empty table'
expect 'neither text nor HDF5' 2 simulate "${at[@]}" --shell starlink-550 -o passes.txt
says 'what is' '-o passes.txt: expected a table.s name, that ends in .csv or .h5'
expect 'no ending' 2 simulate "${at[@]}" --shell starlink-550 -o ./folder.csv/passes
expect 'no folder' 1 simulate "${at[@]}" --shell starlink-550 -o none/passes.csv
expect 'a folder' 2 simulate "${at[@]}" --shell starlink-550 -o folder.csv
expect 'no site' 2 simulate --passes --shell starlink --start 0 -o no.csv
expect 'no shell' 2 simulate --passes --site 1,2 --start 0 -o no.csv
expect 'no start' 2 simulate --passes --site 1,2 --shell starlink -o no.csv
expect 'a shell twice' 2 simulate --passes --site 1,2 --shell starlink-550 --shell starlink --start 0 -o no.csv
expect 'a shell that is none' 2 simulate --passes --site 1,2 --shell 550,53,72 --start 0 -o no.csv
says 'what a shell is' 'as in 550km,53,72,22'
expect 'a site that is none' 2 simulate --passes --site 91,2 --shell starlink --start 0 -o no.csv
expect 'a time that is none' 2 simulate --passes --site 1,2 --shell starlink --start 2026-02-30T00:00:00Z -o no.csv
expect 'options of captures' 2 simulate --passes --site 1,2 --shell starlink --start 0 --array ura:4x4,0.5wl -o no.csv
says 'options of captures' '--array: is not for --passes'
expect 'options of passes' 2 simulate --array ura:4x4,0.5wl --freq 1e9 --site 1,2 -o no.h5
says 'options of passes' '--site: goes with --passes'
expect 'too many satellites' 2 simulate --passes --site 1,2 --shell 550km,53,1000,1000 --start 0 -o no.csv
expect 'too many of two shells' 2 simulate --passes --site 1,2 --shell 550km,53,256,255 --shell starlink-550 --start 0 -o no.csv
says 'how many' 'makes it 66864 satellites, expected at most 65536'
expect 'shells of one orbit' 0 simulate --passes --site 50,8.5 --shell 560km,97.6,6,58 --shell 560km,97.6,4,43 --start 0 -o two.csv
cut -d, -f2 two.csv | grep -q '^560km-97.6-6x58-' && cut -d, -f2 two.csv | grep -q '^560km-97.6-4x43-' || fault 'satellites have names of their own'
expect 'a shell twice' 2 simulate --passes --site 50,8.5 --shell 560km,97.6,6,58 --shell 560km,97.6,6,58 --start 0 -o no.csv
finish
