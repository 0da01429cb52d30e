#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cli/scenario.sh with a smaller terminal: every step runs, no bar is missed, the page is there; a bar that is missed fails.
set -u
script=$(realpath "$(dirname "$0")/../../cli/scenario.sh")
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

ln -s "$COPHASE" cophase # it writes beside the command
# scenario STATUS ELEMENTS DURATION: on one thread, beside other tests
scenario() {
    local status=0
    OMP_NUM_THREADS=1 COPHASE=$PWD/cophase ELEMENTS=$2 DURATION=$3 bash "$script" >out 2>err || status=$?
    [ "$status" = "$1" ] && [ ! -s err ] || fault "$2 elements: exit status $status, $(head -c 300 err)"
}
duration=65s
[ -n "${CPH_TEST_REDUCED:-}" ] && duration=62s
scenario 0 217 $duration
[ "$(grep -cE '  (at most|at least|re-calibrate)' out)" -ge 12 ] && ! grep -q 'missed$' out || fault "bars: $(tail -50 out)"
grep -qE '^  hand-overs +1$' out || fault 'a hand-over is part of it'
grep -q '^<!DOCTYPE html>' scenario/report.html && [ "$(grep -o '<svg' scenario/report.html | wc -l)" -gt 3 ] || fault 'a page with figures'
[ "$(find scenario -name '*.png' | wc -l)" -ge 5 ] && [ -s scenario/images/schedule.csv ] || fault 'pictures and images for chips'
[ -z "$(find scenario -name '*.partial')" ] || fault 'nothing is left half done'
# So few elements cannot be that quiet.
scenario 1 16 2s
grep -qE '^quiet beam .* at most -10.0 dB: missed$' out || fault "a bar that is missed is said: $(tail -50 out)"
finish
