#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: tests/firmware/firmware.sh [--rewrite]    Runs the firmware profile's test program on every emulated target and
# compares: integers with the host's bit for bit, floats within their bound; instructions, sizes and stack with expected.tsv
# (2 %) and limits.tsv; undefined symbols with what a bare target has; every switch off by itself.
# --rewrite writes expected.tsv anew instead of comparing with it.
# In: FIRMWARE (folder that .ci/firmware wrote), HOST_OBJ (the profile's objects in libcophase), CC.
set -u
here=tests/firmware
work=$FIRMWARE/test
compile=(-O2 -std=c11 -ffreestanding -Wall -Wextra -Wconversion -Wshadow -Werror)
# The compiler must not find memcpy inside memcpy.
board=(-fno-tree-loop-distribute-patterns)
fault() {
    printf 'firmware: %s\n' "$*" >&2
    return 1
}
parts() { sed -n "s|^FW_PART(\(.*\))|$here/fw_run_\1.c|p" "$here/parts.def"; }
each_target() { grep -v '^#' "$here/targets.tsv"; }
switches() { sed -n 's/^#define \(CPH_FW_[A-Z0-9_]*\) 1$/\1/p' "$FIRMWARE/cophase_fw_config.h"; }

# What a bare target may lack: two functions of C, without an FPU what libgcc does instead, and without long products and divisions
# these (docs/firmware.md lists them).
undefined() { # NAME PREFIX OBJECT
    local allowed='memcpy|memset|cph_.*' s status=0
    case $1 in
    m3 | m0plus) allowed+='|__aeabi_(f|i2f|ui2f|cf)[a-z0-9]*' ;;&
    m0plus) allowed+='|__aeabi_(lmul|uidiv)' ;;
    riscv32) allowed+='|__[a-z0-9]*sf[23]|__[a-z]*[sd]isf|__fix[a-z]*sf[sd]i' ;;
    esac
    for s in $("${2}nm" -u "$3" | awk '{ print $2 }' | grep -vxE "$allowed"); do
        fault "$1 needs $s" || status=1
    done
    return $status
}

# The same of code made small, and of a processor that has no emulator here.
small() {
    local name prefix flags size status=0
    while IFS='|' read -r name prefix flags; do
        for size in -O2 -Os; do
            # shellcheck disable=SC2086 # flags are a list
            "${prefix}gcc" $flags "${compile[@]}" $size -I"$FIRMWARE" -c -o "$work/$name.o" "$FIRMWARE/cophase_fw.c" ||
                fault "$name: does not compile with $size" || return
            undefined "$name" "$prefix" "$work/$name.o" || status=1
        done
    done <<'ROWS'
m0plus|arm-none-eabi-|-mcpu=cortex-m0plus -mthumb
riscv32|riscv64-unknown-elf-|-march=rv32imac -mabi=ilp32
ROWS
    return $status
}

build() { # NAME PREFIX FLAGS RUN LINK
    local link=() files=("$here/fw_sink.c") console=$here/board_user.c
    case $4 in qemu-system-*) console=$here/board_mps.c link=(-T "$here/link_mps.ld") ;; esac
    mapfile -t -O 1 files < <(parts)
    # shellcheck disable=SC2086 # flags are lists
    "${2}gcc" $3 "${compile[@]}" "${board[@]}" -DFW_AMALGAM -I"$FIRMWARE" -I. -nostdlib -static -o "$work/$1.elf" "${files[@]}" "$console" \
        $here/board_libc.c "$FIRMWARE/lib/$1/libcophase_fw.a" "${link[@]}" $5 -lgcc || fault "$1: does not build"
}

run() { # NAME RUN
    # shellcheck disable=SC2086 # a list
    case $2 in
    qemu-system-*) timeout 100 $2 -nographic -monitor none -serial null -icount shift=6 -kernel "$work/$1.elf" \
        -chardev "file,id=out,path=$work/$1.out" -semihosting-config enable=on,target=native,chardev=out </dev/null ;;
    *) timeout 100 "$2" "$work/$1.elf" >"$work/$1.out" ;;
    esac || fault "$1: $2 ended with $?"
    [ "$(tail -n 1 "$work/$1.out")" = end ] || fault "$1: the test program did not reach its end"
}

# Lines of two runs, in step: everything equal but floats, which are mantissa and exponent, and may differ by twice their bound.
compare() { # NAME HOST'S
    grep -v '^count' "$work/$1.out" | awk -v host="$2" -v name="$1" '
        function value(m, e) { return m * 2 ^ e }
        function fault(text) { printf "firmware: %s: %s\n", name, text; faults++ }
        {
            if ((getline line < host) <= 0) { fault("prints more than the host"); exit }
            if (line == $0) next
            n = split(line, h)
            if ($1 != "float" || h[1] != "float" || h[2] != $2 || h[3] != $3 || h[6] != $6 || h[7] != $7 || $4 == "none" || h[4] == "none")
                { fault("\"" $0 "\" is \"" line "\" on the host"); next }
            d = value($4, $5) - value(h[4], h[5])
            if (d > 2 * value($6, $7) || -d > 2 * value($6, $7)) fault("\"" $0 "\" is \"" line "\" on the host: beyond its bound")
        }
        END { if ((getline line < host) > 0) fault("prints less than the host"); exit faults > 0 }' >&2
}

# Instructions an item, the most of any count of that name.
counts() { # NAME RATE
    awk -v t="$1" -v rate="$2" '
        $1 == "count" { v = $4 * rate / 1000 / $3; if (v > most[$2]) most[$2] = v }
        END { for (n in most) printf "%s instructions %s %.2f\n", t, n, most[n] }' "$work/$1.out" | sort
}

target() { # a line of targets.tsv
    local name prefix flags emulator link rate status=0
    IFS='|' read -r name prefix flags emulator link rate <<<"$1"
    undefined "$name" "$prefix" "$FIRMWARE/lib/$name/cophase_fw.o" || status=1
    # Nothing is written but what the caller gives.
    grep -qx "$name writable total 0" "$FIRMWARE/sizes.txt" || fault "$name has data that change" || status=1
    build "$name" "$prefix" "$flags" "$emulator" "$link" && run "$name" "$emulator" || return 1
    compare "$name" "$work/host.lines" || status=1
    [ "$rate" = 0 ] || counts "$name" "$rate" >"$work/$name.counts"
    printf 'firmware: %-8s %s groups, %s floats\n' "$name" "$(grep -c '^hash' "$work/$name.out")" "$(grep -c '^float' "$work/$name.out")"
    return $status
}

# The host, from the two files, from them under sanitizers, and from the objects of libcophase: the same bits.
host() {
    local sources
    mapfile -t sources < <(parts)
    sources+=("$here/fw_sink.c" "$here/board_host.c")
    "$CC" "${compile[@]}" -DFW_AMALGAM -I"$FIRMWARE" -I. -o "$work/host" "$FIRMWARE/cophase_fw.c" "${sources[@]}" &&
        "$work/host" >"$work/host.lines" || fault 'the test program does not run on the host' || return
    "$CC" "${compile[@]}" -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -DFW_AMALGAM -I"$FIRMWARE" -I. -o "$work/sanitized" \
        "$FIRMWARE/cophase_fw.c" "${sources[@]}" && "$work/sanitized" >"$work/sanitized.out" ||
        fault 'the test program does not run under sanitizers' || return
    compare sanitized "$work/host.lines" || return
    # shellcheck disable=SC2086 # a list
    "$CC" "${compile[@]}" -Iinclude -I. -o "$work/library" "${sources[@]}" $HOST_OBJ && "$work/library" >"$work/library.out" ||
        fault 'the test program does not run on libcophase' || return
    compare library "$work/host.lines"
}

# Switches off: still without a warning.
without() { # SWITCH...
    local define=() s
    for s in "$@"; do define+=("-D$s=0"); done
    "$CC" "${compile[@]}" "${define[@]}" -I"$FIRMWARE" -fsyntax-only "$FIRMWARE/cophase_fw.c" ||
        fault "does not compile with these off: $*"
}
# Each off alone, all but each, all; beams without a layout.
off() {
    local s all others status=0
    mapfile -t all < <(switches)
    for s in "${all[@]}"; do
        mapfile -t others < <(switches | grep -vx "$s")
        without "$s" || status=1
        without "${others[@]}" || status=1
    done
    without "${all[@]}" || status=1
    without CPH_FW_PACKED CPH_FW_ADAR1000 CPH_FW_ADAR300X || status=1
    return $status
}

# Zephyr asks for no number that the header refuses.
kconfig() {
    grep -A 3 -x 'config COPHASE_FW_ELEMENTS_MAX' "$FIRMWARE/zephyr/Kconfig" | grep -qx "$(printf '\trange 1 65536')" ||
        fault 'zephyr/Kconfig: COPHASE_FW_ELEMENTS_MAX has no range'
}

# The example compiles, and what it does not call, or has switched off, is not linked.
example() {
    local gcc=(arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16) s status=0
    "${gcc[@]}" "${compile[@]}" -ffunction-sections -fdata-sections -DCPH_FW_ADAR1000=0 -DCPH_FW_ADAR300X=0 -I"$FIRMWARE" -nostdlib \
        -Wl,--gc-sections -Wl,-emain -o "$work/example.elf" "$FIRMWARE/example.c" "$FIRMWARE/cophase_fw.c" "$here/board_libc.c" ||
        fault 'the example does not build' || return
    for s in $(arm-none-eabi-nm "$work/example.elf" | awk '$2 ~ /[Rr]/ { print $3 }' | grep -E '^(cph_)?fw_'); do
        fault "the example carries the table $s, which it does not use" || status=1
    done
    return $status
}

measured() { # all figures of this run
    cat "$work"/*.counts
    awk '$3 == "total" || $1 == "m4f"' "$FIRMWARE/sizes.txt"
}

# Rows TARGET KIND NAME VALUE of two files: 2 %, both ways, so that the table stays true. Another compiler makes other code.
expected() {
    if ! grep -q "^# .*: gcc $(arm-none-eabi-gcc -dumpversion);" "$here/expected.tsv"; then
        printf 'firmware: %s is of another compiler: not compared\n' "$here/expected.tsv"
        return 0
    fi
    awk -v table="$here/expected.tsv" '
        /^#/ { next }
        NR == FNR { want[$1 " " $2 " " $3] = $4; next }
        { key = $1 " " $2 " " $3 }
        !(key in want) { print "firmware: " key " is not in " table; faults++; next }
        { d = $4 - want[key]; if (d < 0) d = -d; if (d > 0.02 * want[key] + 0.005) { print "firmware: " key " is " $4 ", expected " want[key]; faults++ } delete want[key] }
        END { for (key in want) { print "firmware: " key " is in " table " but was not measured"; faults++ }
              if (faults) print "firmware: to take these as expected: make firmware-expected"; exit faults > 0 }' \
        "$here/expected.tsv" <(measured) >&2
}

# Rows TARGET KIND MOST PATTERN: the sum over all names that the pattern matches whole.
limits() {
    local t kind most pattern sum status=0
    while read -r t kind most pattern; do
        case $t in '#'* | '') continue ;; esac
        sum=$(measured | awk -v t="$t" -v k="$kind" -v p="^($pattern)\$" '$1 == t && $2 == k && $3 ~ p { s += $4; n++ } END { print n ? s : "none" }')
        awk -v s="$sum" -v m="$most" 'BEGIN { exit s == "none" || s > m }' || fault "$t $kind of $pattern: $sum, at most $most" || status=1
    done <"$here/limits.tsv"
    return $status
}

main() {
    local status=0
    rm -rf "$work"
    mkdir -p "$work"
    host || return 1
    each_target | xargs -d '\n' -P "$(nproc)" -I '{}' bash "$here/firmware.sh" --target '{}' || status=1
    small || status=1
    off || status=1
    kconfig || status=1
    example || status=1
    if [ "${1-}" = --rewrite ]; then
        {
            printf '# SPDX-License-Identifier: MIT\n# target, kind, name, value: gcc %s; instructions an item, bytes. Written by: make firmware-expected\n' \
                "$(arm-none-eabi-gcc -dumpversion)"
            measured
        } >"$here/expected.tsv"
    else
        expected || status=1
    fi
    limits || status=1
    [ $status = 0 ] && printf 'firmware: %s targets equal the host; sizes, stack and instructions as expected\n' "$(each_target | wc -l)"
    return $status
}

case ${1-} in
--target) target "$2" ;;
*) main "$@" ;;
esac
