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
jq -e '[.kernels[] | .name] | index("beamform_rows_c8_i8") != null and (unique | length) == length' "$TMP/all" >/dev/null ||
    fail 'each kernel is listed once'
jq -e 'all(.kernels[]; .bound as $b | .variants | index("scalar") != null and index($b) != null)' "$TMP/all" >/dev/null ||
    fail 'every kernel has a scalar variant and uses one that it has'

"$COPHASE" kernels --isa scalar --json | jq -e '.isa == "scalar" and all(.kernels[]; .bound == "scalar")' >/dev/null ||
    fail '--isa scalar holds for every kernel'
COPHASE_ISA=scalar "$COPHASE" kernels --json | jq -e '.isa == "scalar"' >/dev/null || fail 'COPHASE_ISA is read'

"$COPHASE" kernels >"$TMP/table" || fail 'the table'
grep -q '^steer_c32 .*\*' "$TMP/table" || fail 'the table marks the variant in use'

sets=$(jq -r '[.kernels[].variants[]] | unique | .[]' "$TMP/all" | sort | xargs)
[ "$(head -n 1 "$TMP/table" | tr -s ' ' '\n' | sed '1d;$d' | sort | xargs)" = "$sets" ] || fail 'the table has a column for each set that the build has'

for isa in avx2 avx512 avx512bf16 avx512vnni neon neondot; do
    if jq -e --arg isa $isa '.available | index($isa) != null' "$TMP/all" >/dev/null; then
        "$COPHASE" kernels --isa $isa --json | jq -e --arg isa $isa '.isa == $isa' >/dev/null || fail "--isa $isa holds"
    else
        "$COPHASE" kernels --isa $isa >"$TMP/out" 2>"$TMP/err"
        [ $? = 2 ] && grep -q "'$isa' is not available; there is: scalar" "$TMP/err" || fail "--isa $isa says what there is"
        COPHASE_ISA=$isa "$COPHASE" kernels >"$TMP/out" 2>"$TMP/err"
        [ $? = 2 ] && grep -q "'$isa' is not available; there is: scalar" "$TMP/err" || fail "COPHASE_ISA=$isa says what there is"
    fi
done

"$COPHASE" kernels --isa quantum >"$TMP/out" 2>"$TMP/err"
[ $? = 2 ] || fail 'an unknown instruction set is a usage error'
grep -q "quantum.*scalar" "$TMP/err" && [ "$(wc -l <"$TMP/err")" = 1 ] && [ ! -s "$TMP/out" ] ||
    fail 'one line says what there is'
"$COPHASE" kernels extra 2>"$TMP/err"
[ $? = 2 ] || fail 'an argument too many is a usage error'
"$COPHASE" kernels --help | grep -q 'cophase kernels --isa scalar --json' || fail 'help shows examples'
