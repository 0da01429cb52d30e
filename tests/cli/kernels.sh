#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase kernels` lists what the build has, and --isa decides what is used.
set -u
fail() {
    echo "failed: $*"
    exit 1
}
unset COPHASE_ISA

"$COPHASE" kernels --json >"$TMP/all" || fail 'exit status'
jq -e '.isa as $isa | .available | index("scalar") == 0 and index($isa) != null' "$TMP/all" >/dev/null ||
    fail 'the tier in use is available, and scalar always is'
jq -e '[.kernels[] | .name] | index("beamform_c8") != null and (unique | length) == length' "$TMP/all" >/dev/null ||
    fail 'each kernel is listed once'
jq -e 'all(.kernels[]; .bound as $b | .variants | index("scalar") != null and index($b) != null)' "$TMP/all" >/dev/null ||
    fail 'every kernel has a scalar variant and uses one that it has'

"$COPHASE" kernels --isa scalar --json | jq -e '.isa == "scalar" and all(.kernels[]; .bound == "scalar")' >/dev/null ||
    fail '--isa scalar holds for every kernel'
COPHASE_ISA=scalar "$COPHASE" kernels --json | jq -e '.isa == "scalar"' >/dev/null || fail 'COPHASE_ISA is read'

"$COPHASE" kernels >"$TMP/table" || fail 'the table'
grep -q '^steer_c32 .*\*' "$TMP/table" || fail 'the table marks the variant in use'

"$COPHASE" kernels --isa quantum >"$TMP/out" 2>"$TMP/err"
[ $? = 2 ] || fail 'an unknown instruction set is a usage error'
grep -q "quantum.*scalar" "$TMP/err" && [ "$(wc -l <"$TMP/err")" = 1 ] && [ ! -s "$TMP/out" ] ||
    fail 'one line says what there is'
"$COPHASE" kernels extra 2>"$TMP/err"
[ $? = 2 ] || fail 'an argument too many is a usage error'
"$COPHASE" kernels --help | grep -q 'cophase kernels --isa scalar --json' || fail 'help shows examples'
