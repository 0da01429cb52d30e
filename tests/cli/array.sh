#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `--array`: curved ones, and what is no array.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

expect 'a ring' 0 pattern --array circle:12,0.5wl --steer azel:10,5 --json
holds 'all of it, in phase where it looks' '.used == 12 and (.look_power_db | fabs) < 1e-5'
expect 'a sphere' 0 pattern --array sphere:61,0.5wl,4wl --json
holds 'its middle faces z' '.elements == 61 and (.peak.u | fabs) < 1e-6 and (.peak.v | fabs) < 1e-6'
expect 'a cylinder in metres' 2 pattern --array cylinder:12x5,0.5wl,20cm
says 'what is missing' '--freq'
expect 'with it' 0 pattern --array cylinder:12x5,0.5wl,20cm --freq 3GHz --json
cp out curved.json
expect 'its plane' 0 pattern --array ura:12x5,0.5wl --json
# Coherent over the arc, each element advanced by its depth: the projected aperture is shorter than the arc.
jq -e --slurpfile c curved.json '$c[0].hpbw_deg[0] > .hpbw_deg[0] * 1.01' out >/dev/null || fault 'a bent array is narrower: a wider beam'
expect 'more than once around' 2 pattern --array cylinder:13x1,0.5wl,1wl
says 'what was expected' 'A d <= 2 pi radius'
expect 'a ring of one' 2 pattern --array circle:1,0.5wl
expect 'no radius' 2 pattern --array sphere:7,0.5wl
says 'an example' 'expected a radius, as in sphere:7,0.5wl,0.25m'
expect 'curved elements' 0 simulate --array sphere:37,0.5wl,2wl --freq 1e9 --samples 16 -o t.h5
expect 'are told' 0 info t.h5 --json
holds 'all but the top' '.array.tilted == 36 and .array.tilt_max_deg > 40 and .array.tilt_max_deg < 46'
finish
