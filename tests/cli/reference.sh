#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Published values that verbs print, from the command line, to one unit of their last digit.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# prints CLAIM FILTER VALUE UNIT: the last run's JSON has VALUE, within UNIT
prints() {
    jq -e --argjson value "$3" --argjson unit "$4" "($2) - \$value | fabs <= \$unit" out >/dev/null ||
        fault "$1: $(jq -c "$2" out), published $3"
}

# Lines of isotropic elements half a wavelength apart: elements, taper, then what is published (- for nothing).
while read -r elements taper width width_unit sidelobe directivity directivity_unit loss; do
    expect "$elements elements, $taper" 0 pattern --array "ula:$elements,0.5wl" --taper "$taper" --json
    prints "width of $elements, $taper" '.hpbw_deg[0]' "$width" "$width_unit"
    [ "$sidelobe" = - ] || prints "sidelobe of $elements, $taper" .psll_db "$sidelobe" 0.001
    [ "$directivity" = - ] || prints "directivity of $elements, $taper" .directivity_db "$directivity" "$directivity_unit"
    [ "$loss" = - ] || prints "taper loss of $elements, $taper" .taper_loss_db "$loss" 0.0001
done <<'LINES'
10 uniform 10.2092 0.0001 -12.966 10.0 1e-9 -
16 uniform 6.3587 0.0001 - - - -
64 uniform 1.5864 0.0001 - - - -
10 taylor:nbar=4,sll=-30 12.9412 0.0001 -29.243 9.3115 0.0001 0.6885
10 chebyshev:sll=-26 12.346 0.001 - 9.507 0.001 -
10 binomial 20.22 0.01 - 7.317 0.001 -
LINES
for square in '2x2 7.0827' '8x8 19.7368'; do
    expect "a square of ${square% *}" 0 pattern --array "ura:${square% *},0.5wl" --json
    prints "directivity of ${square% *}" .directivity_db "${square#* }" 0.0001
done

# The errors of rounding spread evenly where the phases do: 64 of them in every step of the shifter, to one turn in all.
while read -r bits rms rms_unit loss loss_unit; do
    elements=$((64 << bits))
    expect "$bits bits" 0 weights --array "ula:$elements,0.5wl" --freq 1e9 --steer "uv:$(jq -n "2 / $elements"),0" --bits "$bits" -o q.h5 --json
    prints "rms error of $bits bits" '.quantised[0].phase_rms_deg' "$rms" "$rms_unit"
    prints "loss of $bits bits" '.quantised[0].loss_db' "$loss" "$loss_unit"
done <<'BITS'
3 12.99 0.01 0.224 0.001
4 6.495 0.001 0.056 0.001
5 3.248 0.001 0.014 0.001
6 1.624 0.001 0.0035 0.0001
BITS
finish
