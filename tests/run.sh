#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: tests/run.sh TEST...    Runs test programs and scripts, two at a time.
# A test exits 0 (passed), 77 (skipped: its last line says why) or else (failed: its output is shown). A CUnit program
# that knows --list is run suite by suite. Each test gets COPHASE (the command's path), COPHASE_DATA (recorded
# captures), and TMP, a directory of its own that is removed afterwards.
set -u
cd "$(dirname "$0")/.." || exit 1
export COPHASE=${COPHASE:-$PWD/${BUILD:-build}/cophase}
export COPHASE_DATA=${COPHASE_DATA:-$(realpath -m "$PWD/../shared/data")}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export work

one() { # one test: its words are "path [suite]"; the result goes to a file of its own
    read -r path suite <<<"$1"
    local name=${path#"${BUILD:-build}/"}${suite:+ $suite} start=$EPOCHREALTIME log tmp status=0 verdict
    tmp=$(mktemp -d "$work/tmp.XXXXXX") && log=$(mktemp "$work/log.XXXXXX") || exit 1
    case $path in
    *.sh) set -- bash "$path" ;;
    *) set -- "$path" ${suite:+"$suite"} ;;
    esac
    TMP=$tmp TMPDIR=$tmp timeout "${CPH_TEST_TIMEOUT:-600}" "$@" >"$log" 2>&1 </dev/null || status=$?
    rm -rf "$tmp"
    case $status in
    0) verdict=passed ;;
    77) verdict=skipped ;;
    124) verdict=failed; echo "no end after ${CPH_TEST_TIMEOUT:-600} s" >>"$log" ;;
    *) verdict=failed ;;
    esac
    local seconds
    seconds=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
    {
        printf '%-7s %6s s  %s' "$verdict" "$seconds" "$name"
        [ "$verdict" = skipped ] && printf ': %s' "$(tail -n 1 "$log")"
        printf '\n'
        [ "$verdict" = failed ] && sed 's/^/    /' "$log" && printf '    exit status %s\n' "$status"
        printf '%s\n' "$verdict" >>"$work/verdicts"
    } >"$log.out"
    cat "$log.out"
}
export -f one

list() { # a CUnit program that cannot say its suites is run whole, which says why
    local path suites
    for path in "$@"; do
        case $path in
        */unit) suites=$("$path" --list) && [ -n "$suites" ] && sed "s|^|$path |" <<<"$suites" && continue ;;
        esac
        printf '%s\n' "$path"
    done
}

list "$@" >"$work/list"
: >"$work/verdicts"
xargs -d '\n' -P 2 -I '{}' bash -c 'one "$1"' _ '{}' <"$work/list"
count() { grep -cx "$1" "$work/verdicts"; }
lost=$(($(wc -l <"$work/list") - $(wc -l <"$work/verdicts")))
failed=$(($(count failed) + lost))
printf '%s passed, %s failed, %s skipped\n' "$(count passed)" "$failed" "$(count skipped)"
[ "$failed" = 0 ] && [ -s "$work/verdicts" ]
