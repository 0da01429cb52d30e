#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# On an x86 without AVX the command and the kernels run, with scalar kernels.
set -u
fail() {
    echo "failed: $*"
    exit 1
}
command -v qemu-x86_64 >/dev/null || {
    echo 'qemu-x86_64 is not installed (Debian: qemu-user)'
    exit 77
}
if nm "$COPHASE" 2>/dev/null | grep -q __asan_init; then
    echo 'the emulator has no room for the sanitizer'
    exit 77
fi
unset COPHASE_ISA
old=(qemu-x86_64 -cpu Nehalem)

"${old[@]}" "$COPHASE" kernels --json >"$TMP/kernels" 2>"$TMP/err" || fail 'cophase kernels'
jq -e '.isa == "scalar" and .available == ["scalar"] and all(.kernels[]; .bound == "scalar")' "$TMP/kernels" >/dev/null ||
    fail 'every kernel falls back to scalar'
jq -e 'any(.kernels[]; .variants | index("avx2") != null)' "$TMP/kernels" >/dev/null ||
    fail 'the build has variants that this machine cannot run'
"${old[@]}" "$COPHASE" kernels --isa avx2 >"$TMP/out" 2>"$TMP/err"
[ $? = 2 ] && grep -q "'avx2' is not available; there is: scalar\$" "$TMP/err" || fail '--isa avx2 is refused and says what there is'

"${old[@]}" "$COPHASE" simulate --array ula:8,0.5wl --freq 1GHz --source azel:10,0 --samples 2000 --seed 1 -o "$TMP/a.h5" \
    >"$TMP/out" 2>"$TMP/err" || fail "cophase simulate: $(cat "$TMP/err")"
"${old[@]}" "$COPHASE" beamform "$TMP/a.h5" --steer azel:10,0 -o "$TMP/b.h5" >"$TMP/out" 2>"$TMP/err" ||
    fail "cophase beamform: $(cat "$TMP/err")"
CPH_TEST_REDUCED=1 "${old[@]}" "${COPHASE%/*}/tests/check" >"$TMP/out" || {
    cat "$TMP/out"
    fail 'checks of the kernels'
}
grep ' cases, ' "$TMP/out" | grep -qv ' scalar ' && fail 'another tier than scalar was checked'
tail -n 1 "$TMP/out"
