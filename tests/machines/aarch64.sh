#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The kernels of a static AArch64 build keep their bounds on every tier; a processor without the dot product falls back.
set -u
fail() {
    echo "failed: $*"
    exit 1
}
command -v qemu-aarch64 >/dev/null || {
    echo 'qemu-aarch64 is not installed (Debian: qemu-user)'
    exit 77
}
check=${BUILD:?}/tests/check
export CPH_TEST_REDUCED=1

run() { # CPU: the tiers that were checked, in order of first use
    qemu-aarch64 -cpu "$1" "$check" >"$TMP/out" || {
        cat "$TMP/out"
        fail "on $1"
    }
    awk '/ cases, / && !seen[$2]++ { print $2 }' "$TMP/out" | sort | paste -sd' '
}

known=$(run max) || fail "$known"
[ "$known" = 'neon neondot scalar' ] || fail "a processor that has all checks '$known'"
old=$(run cortex-a53) || fail "$old"
[ "$old" = 'neon scalar' ] || fail "a Cortex-A53 has no dot product but checks '$old'"
for isa in scalar neon; do
    COPHASE_ISA=$isa qemu-aarch64 -cpu max "$check" claims >"$TMP/out" && grep -q "^claims in tier $isa\$" "$TMP/out" || {
        cat "$TMP/out"
        fail "claims in tier $isa"
    }
done
printf 'max: %s; cortex-a53: %s\n' "$known" "$old"
