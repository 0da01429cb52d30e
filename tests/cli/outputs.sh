#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two outputs that are one file in different spellings: one of them would be lost.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

array=(--array 'ula:4,0.5wl' --freq 1e9 --steer 'uv:0.5,0')
mkdir folder
ln -s folder alias

expect 'weights and their table' 2 weights "${array[@]}" -o new.h5 --csv ./new.h5
says 'which they are' 'new\.h5: is both -o and --csv'
expect 'weights and their codes, a linked folder' 2 weights "${array[@]}" --bits 4 -o folder/w.h5 --codes alias/w.h5
says 'which they are' 'is both -o and --codes'
expect 'both tables' 2 weights "${array[@]}" --bits 4 -o w.h5 --csv q.csv --codes "$PWD/q.csv"
says 'which they are' 'is both --codes and --csv'
expect 'two pictures' 2 pattern --array ura:4x4,0.5wl --plot ./x.png --plot-uv x.png
says 'which they are' 'x\.png: is both --plot and --plot-uv'
expect 'two pictures beside a third' 2 pattern --array ura:4x4,0.5wl --plot x.png --plot-uv folder/y.png --plot-azel alias/../folder/y.png
expect 'outputs of a benchmark' 2 bench --filter none --csv run.html --html ./run.html
says 'which they are' 'is both --csv and --html'
[ -z "$(find . -name '*.h5' -o -name '*.csv' -o -name '*.png' -o -name '*.html')" ] || fault 'a refusal left an output'

echo kept >x.csv
ln -s x.csv linked.csv
expect 'a file and a link to it' 2 weights "${array[@]}" --bits 4 -o w.h5 --csv x.csv --codes linked.csv
[ "$(cat x.csv)" = kept ] || fault 'a refusal wrote over a file'
expect 'one name in two folders' 0 weights "${array[@]}" --bits 4 -o w.h5 --csv x.csv --codes folder/x.csv
[ "$(head -1 x.csv)" != "$(head -1 folder/x.csv)" ] || fault 'the two tables differ'
# In a folder that is not there: 1, and no other output is begun; in place of a folder: 2.
mkdir folder/taken
weights=(weights "${array[@]}" --bits 4 -o early.h5)
quiet=(weights --array 'disc:19,12.8mm' --freq 11.7e9 --steer 'thetaphi:45,0' --zenith 'thetaphi:0,0' --quiet-below 20 -o early.h5)
"$COPHASE" simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:00Z --duration 60s -o passes.csv >/dev/null || fault 'passes'
track=(track passes.csv --array 'tri:19,12.8mm' --freq 11.7GHz)
# option NAME ENDING ARGS...
option() {
    local name=$1 ending=$2
    shift 2
    expect "$1 $name in no folder" 1 "$@" "$name" "none/x$ending"
    says "$1 $name: which" "none/x$ending: cannot write in none/"
    mkdir -p "folder/taken$ending"
    expect "$1 $name that is a folder" 2 "$@" "$name" "folder/taken$ending"
    [ -z "$(compgen -G 'early*')" ] || fault "$1 $name: it left $(compgen -G 'early*')"
}
option --csv '' "${weights[@]}"
option --codes '' "${weights[@]}"
option --quiet-curve .csv "${quiet[@]}"
option -o '' "${track[@]}"
option --plot-sky .svg "${track[@]}" -o early.h5
option --plot-gain .png "${track[@]}" -o early.h5
option -o .csv simulate --passes --site 50,8.5 --shell starlink-550 --start 0 --duration 1s
option --csv '' simulate --kind rev --array 'ula:4,0.5wl' --freq 1e9 -o early.h5
option -o .html report w.h5
option --plot-uv .png pattern --array ura:4x4,0.5wl --plot early.png
# A limit on the size of files is an error of writing, as a full disk is.
expect 'a capture' 0 simulate "${array[@]:0:4}" --source uv:0,0 --samples 40000 --type c8 -o cap.h5
for verb in 'convert cap.h5 --type c32' 'covariance cap.h5 --integration 2us' 'track passes.csv --array tri:19,12.8mm --freq 11.7GHz'; do
    (
        ulimit -f 10
        # shellcheck disable=SC2086 # a verb and its words
        expect "$verb, too large" 1 $verb -o large.h5
        says 'is said' 'large.h5.partial: cannot be written: File too large'
        [ "$faults" = 0 ]
    ) || faults=$((faults + 1))
    [ -z "$(compgen -G 'large.h5*')" ] || fault "$verb: it left $(compgen -G 'large.h5*')"
done
# All or nothing: the log of 60 rows is larger than each image of its beams.
(
    ulimit -f 24
    expect 'a log that fails when it is completed' 1 "${track[@]}" --bits 6 --target packed --rate 1Hz --images images -o large.h5
    says 'is said' 'large.h5.partial: cannot be written: File too large'
    [ "$faults" = 0 ]
) || faults=$((faults + 1))
[ -z "$(compgen -G 'large.h5*')$(compgen -G 'images*')" ] || fault "it left $(compgen -G 'large.h5*') $(compgen -G 'images*')"
mkdir sky.svg.partial
expect 'a picture that fails' 2 "${track[@]}" --rate 1Hz --plot-sky sky.svg -o there.h5 --json
says 'is said' 'sky.svg.partial: exists and is not a regular file'
[ -s out ] && [ -s there.h5 ] || fault 'the log is there, and told'
holds 'as it is' '.updates == 60 and .served_s == 60'
finish
