#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase pattern --element` with far fields: formats, polarisation, one field each, refusals.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# near CLAIM EXPRESSION VALUE TOLERANCE: of the JSON in `out`
near() {
    jq -e --argjson value "$3" --argjson tolerance "$4" "($2) - \$value | fabs <= \$tolerance" out >/dev/null ||
        fault "$1: $(jq -c "$2" out), expected $3"
}

# feed KIND PX PY [TIMES]: a Huygens source, field (1 + cos theta) (PX x' + PY y') with numbers or `RE,IM`, in a format's text.
feed() {
    awk -v kind="$1" -v x="$2" -v y="$3" -v by="${4:-1}" 'BEGIN {
        pi = atan2(0, -1); split(x ",0", X, ","); split(y ",0", Y, ",")
        if (kind == "ffd") print "0 180 37\n0 345 24\nFrequencies 1\nFrequency 1e10"
        if (kind == "ffe") print "##File Type: Far field\n#Frequency: 1e10\n#Coordinate System: Spherical"
        for (a = 0; a < (kind == "cut" ? 12 : 37); a++) {
            if (kind == "cut") printf "phi\n-180 5 73 %d 2 1 2\n", 15 * a
            for (b = 0; b < (kind == "cut" ? 73 : 24); b++) {
                t = (kind == "cut" ? 5 * b - 180 : 5 * a) * pi / 180
                p = (kind == "cut" ? 15 * a : 15 * b) * pi / 180
                f = by * (1 + cos(t))
                tr = f * (X[1] * cos(p) + Y[1] * sin(p)); ti = f * (X[2] * cos(p) + Y[2] * sin(p))
                pr = f * (Y[1] * cos(p) - X[1] * sin(p)); pi_ = f * (Y[2] * cos(p) - X[2] * sin(p))
                h = sqrt(0.5)
                if (kind == "cut") # rhc, lhc: (x +- j y) / sqrt 2
                    printf "%.8e %.8e %.8e %.8e\n", h * f * (X[1] - Y[2]), h * f * (X[2] + Y[1]), h * f * (X[1] + Y[2]), h * f * (X[2] - Y[1])
                else if (kind == "ffe")
                    printf "%d %d %.8e %.8e %.8e %.8e -1 -2 -3\n", 5 * a, 15 * b, tr, ti, pr, pi_
                else
                    printf "%.8e %.8e %.8e %.8e\n", tr, ti, pr, pi_
            }
        }
    }'
}

for kind in cut ffe ffd; do
    feed $kind 1 0 >x.$kind
    feed $kind 0 1 >y.$kind
    feed $kind 0.7071067811865476 0,-0.7071067811865476 >right.$kind
    expect "a $kind of a Huygens source" 0 pattern --array ula:1,0.5wl --element x.$kind --json
    # (1 + cos)^2 over the mean 4 / 3: 3.
    near "its directivity ($kind)" .directivity_db 4.7712 1e-4
    near "its level as it is ($kind)" .peak_power_db 6.0206 1e-4
    holds "is linear ($kind)" '.polarization.name == "total" and .polarization.sense == "linear" and .polarization.cross_db == null and .element == "x.'$kind'"'
    expect "right-hand of a right-hand $kind" 0 pattern --array ula:1,0.5wl --element right.$kind:polarization=rhcp --json
    near "has all ($kind)" .directivity_db 4.7712 1e-4
    holds "and its sense ($kind)" '.polarization.sense == "right" and .polarization.axial_ratio_db < 1e-3 and .polarization.cross_db < -70'
    expect "x of a right-hand $kind" 0 pattern --array ula:1,0.5wl --element right.$kind:polarization=x --json
    near "has half ($kind)" .directivity_db 1.7609 1e-4
    near "and as much across ($kind)" .polarization.cross_db 0 1e-4
done
holds 'the frequency of the file' '.element_freq_hz == 1e10'

expect 'an array of fields' 0 pattern --array ura:4x4,0.5wl --freq 10GHz --element x.ffd --steer thetaphi:30,0 --json
cp out alike.json
holds 'leans to boresight' '.look_power_db < 5.5 and .peak.u < 0.5 and .peak.u > 0.4'
for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    ln -s x.ffd "each$n.ffd"
    printf '%d,x.ffd\n' $n
done >list.csv
sed -i '1i element,file' list.csv
for each in each%d.ffd list.csv; do
    expect "a field each by $each" 0 pattern --array ura:4x4,0.5wl --freq 10GHz --element "$each" --steer thetaphi:30,0 --json
    jq -es '.[0].directivity_db - .[1].directivity_db | fabs < 1e-4' alike.json out >/dev/null || fault "$each: not as alike ones"
    jq -es '.[0].psll_db - .[1].psll_db | fabs < 1e-3' alike.json out >/dev/null || fault "$each: another sidelobe"
done

# Elements x and y: what radiates along x is one of two.
printf 'element,file\n0,x.ffd\n1,y.ffe\n' >cross.csv
expect 'elements across each other' 0 pattern --array ula:2,0.5wl --freq 10GHz --element cross.csv:polarization=x --json
near 'half the amplitude' .look_power_db 0 1e-4
near 'as much in y' .polarization.cross_db 0 1e-3

# A field about the array's origin, read for two elements: their phases are in it already.
expect 'phases about the array' 0 pattern --array ula:2,0.5wl --freq 10GHz --element x.ffd:origin=array --steer uv:0.5,0 --json
near 'two alike of one phase, weights a quarter of a turn to each side' .look_power_db 2.4083 1e-3
expect 'they need a frequency' 3 pattern --array ula:2,0.5wl --element x.ffd:origin=array
says 'which is named' 'needs --freq'

# What is dark has no beam: behind one-sided elements, a field of zeros, a polarisation that a field does not have.
for array in ura:8x8,0.5wl ula:8,0.5wl ula:1,0.5wl; do
    expect "$array looks back" 3 pattern --array "$array" --element cos --steer azel:180,0
    says "where, of $array" "$array: no element radiates toward azel:180,0"
done
expect 'elements that radiate back, too' 0 pattern --array ura:8x8,0.5wl --element x.ffd --steer azel:150,0 --json
holds 'have a beam there' '.peak.w < 0 and .directivity_db > 0'
awk 'NR > 4 { $0 = "0 0 0 0" } 1' x.ffd >zero.ffd
expect 'a field of zeros' 3 pattern --array ula:2,0.5wl --element zero.ffd
says 'the file' 'zero.ffd: the field is 0 everywhere'
: >e.ffd
expect 'an empty field' 3 pattern --array ula:2,0.5wl --element e.ffd
says 'so' 'e.ffd: is empty: expected start, stop'
printf '0,0\n91,-3\n' >wide.csv
expect 'an element that radiates back' 3 pattern --array ula:2,0.5wl --element wide.csv
says 'the limit' 'wide.csv: line 2: expected rising angles from 0 to 90 degrees'
expect 'a polarisation that is not there' 3 pattern --array ula:2,0.5wl --element x.ffd:polarization=y
says 'which' 'no element radiates in polarisation y'
expect 'elements without power ahead' 0 pattern --array ula:8,0.5wl --element dipole --steer azel:90,0
grep -qE 'inf|nan' out && fault "no number: $(cat out)"

expect 'text' 0 pattern --array ula:1,0.5wl --element right.cut:polarization=lhcp
grep -q '^polarisation  lhcp, at the peak right' out || fault "no polarisation in the text: $(cat out)"
expect 'elements without a polarisation' 0 pattern --array ula:2,0.5wl --json
holds 'say none' '.polarization == null and .element_freq_hz == null'

expect 'an unknown polarisation' 2 pattern --array ula:2,0.5wl --element x.ffd:polarization=z
says 'those there are' 'rhcp'
expect 'a field of another band' 3 pattern --array ula:2,0.5wl --freq 12GHz --element x.ffd
says 'its frequency' 'x.ffd: is for 1e\+10 Hz'
expect 'a file that is not there' 3 pattern --array ula:2,0.5wl --element none.ffe
says 'its name' 'none.ffe: No such file'
sed '7s/.*/1 2 3/' x.ffd >short.ffd
expect 'a line too short' 3 pattern --array ula:2,0.5wl --element short.ffd
says 'file and line' 'short.ffd:7: expected'
printf 'element,file\n0,x.ffd\n' >one.csv
expect 'a list with a gap' 3 pattern --array ula:2,0.5wl --element one.csv
says 'the element' 'one.csv: no element 1'
printf 'element,file\n0,x.ffd\n0,y.ffd\n' >twice.csv
expect 'an element twice' 3 pattern --array ula:2,0.5wl --element twice.csv
says 'the line' 'twice.csv:3: element 0 was listed before'
printf 'element,file\n0,x.ffd\n1,x.ffd\n9,y.ffd\n' >strange.csv
expect 'an element that the array does not have' 3 pattern --array ula:2,0.5wl --element strange.csv
says 'the line' 'strange.csv:4: the array has no element 9'
printf 'element,file\nx.ffd\n' >none.csv
expect 'a list of no elements' 3 pattern --array ula:2,0.5wl --element none.csv
says 'the line' 'none.csv:2: expected element,file'
expect 'a picture over the field' 2 pattern --array ula:2,0.5wl --element list.csv:origin=element --plot list.csv
# Zeros without an end, and a line without one: not taken into memory.
truncate -s 300M zeros
head -c 100000 /dev/zero | tr '\0' 7 >endless
for sort in 'zeros has a zero byte' 'endless is longer than 4095 bytes'; do
    expect "a mask of ${sort%% *}" 3 pattern --array ula:2,0.5wl --mask "${sort%% *}"
    says 'the line' "line 1 ${sort#* }"
    expect "a beam list of ${sort%% *}" 3 weights --array ula:2,0.5wl --freq 1e9 --beam-list "${sort%% *}" -o w.h5
    says 'the line' "line 1 ${sort#* }"
    (printf 'element,file\n'; head -c 9999 "${sort%% *}") >ends.csv
    expect "an element list of ${sort%% *}" 3 pattern --array ula:2,0.5wl --element ends.csv
    says 'the line' "line 2 ${sort#* }"
done
ln -s zeros zeros.cut
expect 'a field of zeros' 3 pattern --array ula:2,0.5wl --element zeros.cut
says 'the line' 'zeros.cut: line 1 has a zero byte'
# Turned elements: each has its 3 in its own boresight, and x' of two that face apart are added as vectors.
printf 'x,y,z,nx,ny,nz\n0,0,0,0.6,0,0.8\n' >tilted.csv
expect 'a tilted element' 0 pattern --array tilted.csv --freq 10GHz --element x.ffd --steer uv:0.6,0 --json
near 'is as good there' .directivity_db 4.7712 1e-4
near 'and as strong' .look_power_db 6.0206 1e-4
expect 'beside its boresight' 0 pattern --array tilted.csv --freq 10GHz --element x.ffd:polarization=y --steer uv:0,0 --json
holds 'no cross polarisation in the plane it is tilted in' '.look_power_db < -60'
printf 'x,y,z,nx,ny,nz\n0,0,0,0.6,0,0.8\n0,0,0,0,0.6,0.8\n' >apart.csv
expect 'two tilted apart' 0 pattern --array apart.csv --freq 10GHz --element x.ffd --json
# Both have 1 + 0.8 along x there.
near 'add there' .look_power_db 5.1055 1e-4

# Ports 0 and 1, s12 not s21: a = (1/2, 1/2), b = (0.05 + 0.2, -0.1 + 0.15), together 0.3 beside 1.
printf '# GHz S RI\n1 0.1 0 -0.2 0 0.4 0 0.3 0\n' >two.s2p
expect 'coupled elements' 0 pattern --array ula:2,0.5wl --coupling two.s2p --json
near 'more is radiated' .look_power_db 2.2789 1e-4
near 'the worst reflection' .coupling.worst_reflection_db -6.0206 1e-4
near 'the mean one' .coupling.mean_reflection_db -8.8606 1e-4
near 'the mismatch loss' .coupling.mismatch_loss_db 0.6048 1e-4
holds 'which element, and of what' '.coupling.worst_element == 0 and .coupling.radiator == "voltage" and .coupling.freq_hz == 1e9 and .coupling.norm < 1'
expect 'currents' 0 pattern --array ula:2,0.5wl --coupling two.s2p:radiator=current --json
near 'less is radiated' .look_power_db -3.0980 1e-4
sed 's/^1 /10 /' two.s2p >ten.s2p
expect 'embedded patterns' 0 pattern --array ula:2,0.5wl --freq 10GHz --element cross.csv:polarization=x --coupling ten.s2p --json
near 'have the coupling in them' .look_power_db 0 1e-4
holds 'and say so' '.coupling.radiator == null and .coupling.worst_element == 0'
expect 'coupling in the text' 0 pattern --array ula:2,0.5wl --coupling two.s2p
grep -q '^reflection    worst -6.02 dB (element 0), mean -8.86 dB, mismatch loss 0.605 dB$' out || fault "no reflection: $(cat out)"
printf '# GHz S RI\n1 1.1 0 0 0 0 0 0.3 0\n' >active.s2p
run pattern --array ula:2,0.5wl --coupling active.s2p
[ "$status" = 0 ] || fault "an active network: exit status $status"
says 'an active network is told' 'active.s2p: makes power, its largest singular value is 1.100000'
expect 'but not when quiet' 0 pattern --array ula:2,0.5wl --coupling active.s2p --quiet
expect 'ports that are no elements' 3 pattern --array ula:3,0.5wl --coupling two.s2p
says 'how many' 'two.s2p: has 2 ports, expected one for each of 3 elements'
expect 'another frequency' 3 pattern --array ula:2,0.5wl --freq 2GHz --coupling two.s2p
says 'the frequencies' 'is for 1e\+09 to 1e\+09 Hz'
printf '# GHz S RI\n1 0 0 0\n' >torn.s2p
expect 'a torn file' 3 pattern --array ula:2,0.5wl --coupling torn.s2p
says 'the line' 'torn.s2p:2: '
expect 'an unknown radiator' 2 pattern --array ula:2,0.5wl --coupling two.s2p:radiator=charge
says 'those there are' 'voltage'
finish
