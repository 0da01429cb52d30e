#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the kernels' public calls claim (wrong arguments, special values, formats) holds in every tier of this machine.
set -u
fail() {
    echo "failed: $*"
    exit 1
}
check=${COPHASE%/*}/tests/check
"$COPHASE" kernels --json >"$TMP/kernels" || fail 'cophase kernels'
for isa in $(jq -r '.available[]' "$TMP/kernels"); do
    COPHASE_ISA=$isa "$check" claims >"$TMP/out" || {
        cat "$TMP/out"
        fail "claims in tier $isa"
    }
    grep -q "^claims in tier $isa" "$TMP/out" || fail "tier $isa was not taken"
done
"$check" nonsense >"$TMP/out" 2>&1 && fail 'a kernel that is not there passes'
exit 0
