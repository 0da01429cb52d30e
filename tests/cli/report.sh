#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cophase report: a page of every kind of file, well-formed, of itself alone, its numbers those that the verbs tell; names that are markup; exit codes.
set -u
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# well_formed PAGE: every tag is closed in order, attributes are quoted, & begins a reference, no id is there twice, every reference has its id.
well_formed() {
    if command -v xmllint >/dev/null; then
        xmllint --noout "$1" 2>xml || fault "$1 is well-formed: $(head -c 300 xml)"
    fi
    tr '\n' ' ' <"$1" | sed 's/<style>.*<\/style>//; s/</\n</g' | awk -v page="$1" '
        /^<!DOCTYPE html>/ || NR == 1 { next }
        { gt = index($0, ">"); if (!gt || gsub(/&(lt|gt|amp|quot);/, "") * 0 || /&/) { print "stray markup in " substr($0, 1, 80); exit } tag = substr($0, 2, index($0, ">") - 2) }
        tag ~ /^\// { if (stack[depth] != substr(tag, 2)) { print tag " closes " stack[depth]; exit } depth--; next }
        { name = tag; sub(/[ \/].*/, "", name); rest = tag; gsub(/ [a-z0-9:A-Z-]+="[^"]*"/, "", rest); sub(/\/$/, "", rest)
          if (rest != name) { print "attributes of " substr(tag, 1, 80); exit }
          while (match(tag, / id="[^"]*"/)) { id = substr(tag, RSTART + 5, RLENGTH - 6); if (id in ids) { print "twice: " id; exit } ids[id]; tag = substr(tag, 1, RSTART) substr(tag, RSTART + RLENGTH) }
          work = tag
          while (match(work, /(href="#|url\(#)[^")]*/)) { to = substr(work, RSTART, RLENGTH); sub(/.*#/, "", to); wanted[to]; work = substr(work, RSTART + RLENGTH) }
          if (tag !~ /\/$/) stack[++depth] = name }
        END { if (depth) print depth " are not closed"; for (to in wanted) if (!(to in ids)) { print "leads nowhere: " to; exit } }' >faulty
    [ ! -s faulty ] || fault "$1 is well-formed: $(head -c 300 faulty)"
    # Nothing is loaded: no address but the names of markup languages, no script.
    sed 's/xmlns="[^"]*"//g' "$1" | grep -oiE '(src|href|action|data)="?(https?:)?//|<script|<link|<iframe|@import|url\([^#)]|[ "]on[a-z]+="' >loads
    [ ! -s loads ] || fault "$1 loads nothing: $(head -n 3 loads)"
}

# has CLAIM PATTERN / lacks CLAIM PATTERN: the page.
has() { grep -qE -e "$2" page.html || fault "$1: the page lacks $2"; }
lacks() { ! grep -qE -e "$2" page.html || fault "$1: the page has $2"; }

mkdir set
sim() { "$COPHASE" simulate --array ura:8x6,0.5wl --freq 3GHz --source azel:20,10,snr=0dB --samples 4096 --type c8 --gain-errors 1dB,40deg --dead-count 2 -q "$@" >/dev/null; }
sim --seed 3 -o set/cap.h5
sim --seed 4 -o later.h5
"$COPHASE" covariance set/cap.h5 -o set/cov.h5 -q >/dev/null
"$COPHASE" calibrate set/cov.h5 --source azel:20,10 -o set/cal-1.h5 -q >/dev/null
"$COPHASE" calibrate later.h5 --source azel:20,10 -o set/cal-2.h5 -q >/dev/null
"$COPHASE" weights set/cap.h5 --steer azel:20,10 --calibration set/cal-1.h5 -o set/weights.h5 -q >/dev/null
"$COPHASE" beamform set/cap.h5 --weights set/weights.h5 -o set/beams.h5 -q >/dev/null
jq -n '{format: "cophase-bench", format_version: 1, version: "0.1.0", git: "abc", seed: 1, time_unix_s: 1795374000,
    machine: {cpu: "A <fast> & cheap processor", cores: 2, threads: 2, isa: ["scalar"], governor: null, memory_bytes: 17179869184,
      caches: [{level: 1, type: "data", bytes: 49152}]},
    build: {compiler: "gcc 12", flags: "-O2", openblas: null}, noise: {clock: 0.01},
    roof: [{threads: 1, gflops: {fma: 250, bf16: 500, int16: null, int8: 1000}, bandwidth: [{level: "DRAM", read_bytes_per_s: 35e9, copy_bytes_per_s: null}]}],
    cases: [{name: "few", source: "a field", kernel: "beamform", type: "c8", weight_bits: 8, elements: 64, beams: 2, channels: 1, times: 512, cold: true,
      roof_gflops: 1000, roof: "int8", ratio_to_peer: null, ratio_to_peer_with_conversion: null, verdict: null, peers: [],
      paths: [{isa: "scalar", threads: 1, median_s: 1e-2, p10_s: 1e-2, p90_s: 1e-2, rounds: 25, gflops: 0.8, samples_per_s: 1e8, bytes_per_s: 4e8, roof_share: 0.0008,
        roof: "int8", ratio_to_scalar: 1, error_of_bound: 0.5}]}]}' >set/run-1.json
cp set/run-1.json set/run-2.json
echo '{"kind": "what another verb said"}' >set/notes.json
echo 'positions' >set/readme.txt
head -c 300 set/cov.h5 >set/broken.h5
# Satellites, a direction that is nulled, a pit: hand-overs and gaps.
"$COPHASE" simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:07Z --duration 100s --min-elevation 20 --step 1s -o set/passes.csv >/dev/null
printf 'az_deg,el_deg\n0,70\n359,70\n' >set/pit.csv
"$COPHASE" track set/passes.csv --array ura:8x6,0.5wl --freq 11.7GHz --transmit-freq 14.25GHz --null sky:200,8 --horizon set/pit.csv --rate 2Hz -o set/track.h5 >/dev/null
: >set/empty.h5
cp set/cov.h5 set/cov2.h5.partial
echo '<svg' >set/p.svg.partial

# ---- a folder of all kinds ----
expect 'a page' 0 report set -o page.html --json --mask S.580 --title 'Terminal <7> & "all" of it' --quiet
cp out first.json
holds 'what was read' '[.files[].kind] == ["beams", "calibration", "calibration", "capture", "covariance", "pointing", "bench", "bench", "track", "weights"]'
holds 'what was not' '[.skipped[].file] == ["set/broken.h5", "set/cov2.h5.partial", "set/empty.h5"] and all(.skipped[]; .reason | length > 10) and .others == 4'
holds 'sections in order' '[.sections[].id] == ["array", "calibration", "weights", "covariance", "capture", "beams", "pointing", "track", "bench", "provenance"]'
holds 'figures' '.figures == ([.sections[].figures] | add) and ([.sections[].figures] == [4, 5, 2, 2, 3, 2, 1, 3, 0, 0])'
has 'what is passed over' '4 other files of the folders: of no layout that is read: notes.json, p.svg.partial, pit.csv, readme.txt\.'
holds 'bytes' ".bytes == $(wc -c <page.html)"
[ ! -e page.html.partial ] || fault 'the partial page is gone'
well_formed page.html
[ "$(grep -c 'class="picture"' page.html)" = "$(jq '.figures' first.json)" ] || fault "figures: $(grep -c 'class="picture"' page.html)"
[ "$(grep -c '<svg xmlns[^>]*role="img"[^>]*><title' page.html)" -ge 16 ] || fault 'pictures are told in words'
has 'the title' '<h1>Terminal &lt;7&gt; &amp; &quot;all&quot; of it</h1>'
has 'the language' '<html [^>]*lang="en"'
has 'it fits a phone' 'name="viewport"'
has 'dark and light, paper' 'prefers-color-scheme:dark.*'
has 'paper' '@media print'
has 'why one was not read' 'broken.h5: '
has 'the benchmark' 'A &lt;fast&gt; &amp; cheap processor'
lacks 'colours of the sheet are those of the theme' '<(path|rect)[^>]* fill="#(ffffff|000000)"'

# Its numbers are those of the verbs.
expect 'the track' 0 info set/track.h5 --json
number() { jq -r "$1" out | awk -v format="$2" '{ printf format, $1 }'; }
has 'what was served' "track.h5: served $(number .served_s %.6g) s, $(number .gap_s %.6g) s nobody, $(jq .handovers out) hand-overs; loss of gain"
has 'why nobody was' "nobody served</dt><dd>$(number .gap_s %.6g) s: obstructed"
has 'its loss' "<td>$(number '.columns[0].loss_db.median' %.3f)</td><td>$(number '.columns[0].loss_db.p95' %.3f)</td><td>$(number '.columns[0].loss_db.worst' %.3f)</td>"
[ "$(grep -c '<tr><td>[0-9.]*</td><td class="t">[^<]*</td><td class="t">\(risen\|better\|sets\|obstructed\)</td>' page.html)" = "$(jq '.events | length' out)" ] || fault 'all hand-overs and gaps are listed'
has 'when' 'from</dt><dd>2026-11-23 10:00:07 UTC'
has 'the null' '<td class="t">sky:200,8</td><td class="t">receive</td>'
expect 'the table' 0 info set/passes.csv --json
has 'the highest' "passes.csv: $(jq .satellites out) satellites in 100 s, the highest $(jq -r .highest.satellite out) at"
expect 'the first calibration' 0 info set/cal-1.h5 --json
good=$(jq .good out)
has 'health' "cal-1.h5: $good of 48 elements good: 2 dead; worst standard error"
expect 'the change' 0 compare set/cal-1.h5 set/cal-2.h5 --json
words=$(jq -r '.channels[0] | "\(.lost) elements lost, \(.recovered) recovered"' out)
has 'the change' "cal-2.h5 after cal-1.h5: $words"
run pattern --weights set/weights.h5 --calibration set/cal-2.h5 --mask S.580 --json
words=$(jq -r '.mask.met' out)
level=$(printf %.2f "$(jq .directivity_db out)")
has 'the beam' "weights.h5, beam 0 through cal-2.h5: $level dBi.*mask S.580 $([ "$words" = true ] || echo 'not ')met"

# Provenance: commands with checksums of what they read, each once; checksums of the files.
expect 'history' 0 info set/beams.h5 --json
holds 'commands that made it' '[.history[].command | split(" ")[1]] == ["simulate", "covariance", "calibrate", "weights", "beamform"]'
sum=$(jq -r '.history[-1].inputs[0].xxh128' out)
[ "$(grep -o "<li><code>cophase simulate[^<]*cap.h5" page.html | wc -l)" = 1 ] || fault 'the simulation is told once'
has 'the checksum of the capture' "cap.h5 $sum"
has 'and of the file itself' "<code>$sum</code>"

# ---- the same page twice, of files in another order, of one file ----
run report set -o again.html --mask S.580 --title 'Terminal <7> & "all" of it'
[ "$status" = 0 ] && [ "$(wc -l <err)" = 3 ] && ! grep -qv '^cophase report: not read: set/' err || fault "what was not read is told, a line each: $(cat err)"
grep -q '^passed over: notes.json, p.svg.partial, pit.csv, readme.txt$' out || fault "words: $(cat out)"
cmp -s <(sed 's/[0-9-]* [0-9:]* UTC//' page.html) <(sed 's/[0-9-]* [0-9:]* UTC//' again.html) || fault 'the same files give the same page'
expect 'the other way round' 0 report set/cal-2.h5 set/cal-1.h5 -o page.html --json
holds 'two calibrations' '[.sections[].id] == ["array", "calibration", "provenance"] and .figures == 7'
has 'in the order given' 'cal-1.h5 after cal-2.h5'
expect 'one' 0 report set/run-1.json -o page.html --json
holds 'a benchmark alone' '[.sections[].id] == ["bench", "provenance"] and .figures == 0'
well_formed page.html

# ---- verdicts are of the numbers beside them ----
# The taper widens the main lobe over the mask, and all beyond it is far below.
"$COPHASE" weights --array disc:300,12.8mm --freq 11.7e9 --steer azel:0,0 --taper circular-taylor:nbar=5,sll=-30 -o wide.h5 -q >/dev/null
run pattern --weights wide.h5 --mask 25.209 --json
holds 'the fixture' '.mask | (.met | not) and .beyond.margin_db > 5 and .worst.margin_db < -5'
margins=$(jq -r '.mask | .worst, .beyond | "\(.margin_db) \(.angle_deg)"' out | awk '{ printf "margin %.2f dB at %.2f°\n", $1, $2 }')
expect 'a mask that is not met' 0 report wide.h5 --mask 25.209 -o page.html --json
holds 'in the summary' '.summary[0].tone == "bad"'
has 'the margin that decides' "mask 25.209 not met, $(head -n 1 <<<"$margins")</a>"
has 'the same in the section' "<dt>mask</dt><dd>25.209 not met, $(head -n 1 <<<"$margins")<"
has 'and the other by its name' "<dt>beyond the main lobe</dt><dd>$(tail -n 1 <<<"$margins")<"

# A tilt is a change of phases, too; the advice is that of the verb.
cover() { # NAME OPTIONS...: a calibration through that cover
    local name=$1
    shift
    sim --seed 3 -o "$name-cap.h5" "$@"
    "$COPHASE" calibrate "$name-cap.h5" --source azel:20,10 -o "$name.h5" -q >/dev/null
}
cover bare
cover tilted --cover tilt=2
cover slight --cover tilt=0.5
for after in tilted slight; do
    expect 'what compare says' 0 compare bare.h5 $after.h5 --json
    jq -c '[.advice, (.channels[0] | .phase.tilt_rms_deg, .phase.curvature_rms_deg, .phase.residual_rms_deg, .regain.gain_db)]' out >said
    words=$(jq -r '"\(.[1]) \(.[2]) \(.[3]) \(.[4])"' said | awk '{ printf "phases: tilt %.2f°, curvature %.2f°, left over %.2f° rms; .*a beam would regain %.2f dB", $1, $2, $3, $4 }')
    advice=$(jq -r '.[0]' said)
    expect 'a cover' 0 report bare.h5 $after.h5 -o page.html --json
    has 'parts of the change' "${words/.\*/${advice}[a-z ]*: }"
    holds 'its tone' "[.summary[].tone][2] == \"$([ "$advice" = keep ] && echo good || echo bad)\""
    holds 'the fixtures' "(\"$advice\" == \"keep\") == (\"$after\" == \"slight\")"
done

# A polarisation that is lost, and channels that have no lines of their own.
awk 'BEGIN { print "x y z number polarization"; for (p = 0; p < 2; p++) for (n = 0; n < 12; n++) printf "%.3f %.3f 0 %d %s\n", 0.05 * (n % 4), 0.05 * int(n / 4), n, p ? "Y" : "X" }' >xy.txt
for pair in 'both 3' 'half 12-23'; do
    read -r name dead <<<"$pair"
    "$COPHASE" simulate --array xy.txt --freq 3GHz --source uv:0,0,snr=10dB --samples 4096 --type c8 --dead "$dead" -o "$name-cap.h5" -q >/dev/null
    "$COPHASE" calibrate "$name-cap.h5" --source uv:0,0 -o "$name.h5" -q >/dev/null
done
expect 'a polarisation that is lost' 0 report both.h5 half.h5 -o page.html --json
holds 'asks for a look' '[.summary[] | select(.anchor == "f1-f2") | "\(.tone) \(.text)"] | (.[0] | test("^good .*: X, 0 elements lost, 1 recovered; ")) and .[1] == "bad half.h5 after both.h5: Y, 12 elements lost, 0 recovered; no element has a gain in both"'
for name in few more; do
    sim --seed 7 --channel-count 6 --dead "$([ $name = few ] && echo 2 || echo 2,9)" --dead-count 0 -o $name-cap.h5
    "$COPHASE" calibrate $name-cap.h5 --source azel:20,10 -o $name.h5 -q >/dev/null
done
expect 'more channels than lines' 0 report few.h5 more.h5 -o page.html --json
holds 'are looked at' '[.summary[] | select(.anchor == "f1-f2").text] | length == 5 and (.[4] | startswith("more.h5 after few.h5: 2 of 2 polarisations and channels that are not listed"))'

# ---- what belongs together ----
# Two paths in turn, and another array of as many elements.
mkdir turns
for name in a b; do
    cp "set/cal-$([ $name = a ] && echo 1 || echo 2).h5" turns/$name-receive.h5
    sim --seed "9$([ $name = a ] && echo 1 || echo 2)" -o transmit-cap.h5
    "$COPHASE" calibrate transmit-cap.h5 --source azel:20,10 --path transmit -o turns/$name-transmit.h5 -q >/dev/null
done
"$COPHASE" simulate --array disc:48,50mm --freq 3GHz --source azel:20,10,snr=0dB --samples 4096 --type c8 -q -o other-cap.h5 >/dev/null
"$COPHASE" calibrate other-cap.h5 --source azel:20,10 -o turns/aa-other.h5 -q >/dev/null
expect 'in turn' 0 report turns -o page.html --json
holds 'nothing failed' '.failed == []'
has 'receive beside receive' '>b-receive.h5 <small>after</small> a-receive.h5<'
has 'transmit beside transmit' '>b-transmit.h5 <small>after</small> a-transmit.h5<'
[ "$(grep -o '<small>after</small>' page.html | wc -l)" = 2 ] || fault 'no other is beside another'
expect 'a calibration of another array' 0 report set/weights.h5 set/cap.h5 turns/aa-other.h5 -o page.html --json
holds 'is passed by' '.failed == []'
has 'weights as they are' '>weights.h5, beam 0 as it is: '
has 'the sky, too' '>Sky, not calibrated<'
expect 'and beside one of its own' 0 report set/weights.h5 turns/aa-other.h5 set/cal-1.h5 -o page.html --json
has 'is drawn through that' '>weights.h5, beam 0 through cal-1.h5: '
lacks 'once' 'beam 0 (as it is|through aa-other)'

# ---- figures that fail ----
sim --seed 4 --dead-count 47 -o dead.h5
expect 'one good element' 0 report dead.h5 -o page.html --json
holds 'is listed' '(.failed | length) == 1 and (.failed[0] | .figure == "Sky, not calibrated" and .anchor == "f1" and (.reason | test("47 of 48 elements are flagged")))'
holds 'and in the summary' '[.summary[] | select(.text | test("^Sky, not calibrated: not drawn: dead.h5: ")) | .tone, .anchor] == ["bad", "f1"]'
well_formed page.html

# ---- what angles are of; which channel ----
expect 'of the array' 0 report set/cap.h5 set/weights.h5 -o page.html
has 'the brightest' 'az [0-9.]+°, el [0-9.]+° of the array\)'
has 'the peak' '<dt>peak</dt><dd>az [0-9.]+°, el [0-9.]+° of the array<'
sim --seed 5 --attitude 10,5,30 -o turned.h5
"$COPHASE" weights turned.h5 --steer azel:20,10 -o turned-weights.h5 -q >/dev/null
expect 'what scan says' 0 scan turned.h5 --json
angles=$(jq -r '"\(.peaks[0].az_deg) \(.peaks[0].el_deg)"' out | awk '{ printf "az %.2f°, el %.2f°", $1, $2 }')
holds 'in the sky' '.frame == "sky"'
expect 'of the sky' 0 report turned.h5 turned-weights.h5 -o page.html
has 'the brightest' "$angles of the sky\\)"
has 'the peak' '<dt>peak</dt><dd>az [^<]* of the sky<'
lacks 'the array has none of it' 'of the array[<)]'
sim --seed 6 --channel-count 4 -o channels.h5
expect 'channels' 0 report channels.h5 -o page.html
has 'which one the sky is of' 'The sky is of the first of 4 channels'

# Neither what the old weights lose, -0.003 dB, nor an azimuth of -0.0002 degrees has the sign of a rounding error.
cover lossy --cover loss=0.003dB
for name in bare lossy; do "$COPHASE" calibrate $name-cap.h5 --source azel:20,10,flux=0dB -o $name.h5 -q >/dev/null; done
"$COPHASE" weights --array ura:8x6,0.5wl --freq 3GHz --steer azel:-0.0002,10 -o near.h5 -q >/dev/null
expect 'what compare says' 0 compare lossy.h5 bare.h5 --json
holds 'the fixture' '.channels[0].beams.kept.loss_db | . < -0.002 and . > -0.004'
expect 'zeros' 0 report lossy.h5 bare.h5 -o page.html
lacks 'negative zeros' '[> (]-0(\.0*)?([^0-9.]|$)'
expect 'an angle' 0 report near.h5 -o page.html
has 'the peak' '<dt>peak</dt><dd>az 0.000°, el 10'

# ---- names that are markup ----
mkdir 'a&b'
nasty="a&b/<img src=x onerror=alert(1)> \"'&amp;.h5"
cp set/cal-1.h5 "$nasty"
cp set/cal-1.h5 "a&b/--json.h5"
printf 'x' >"a&b/<p>x<script>alert(1).h5"
cp set/cal-1.h5 -- "--title=x.h5"
expect 'hostile names' 0 report 'a&b' -o page.html --title "</title><script>alert(2)</script>" --json --quiet
holds 'as they are' '.files | length == 2'
well_formed page.html
lacks 'they are text' '<script|<img|<p>x'
has 'and told whole' '&lt;img src=x onerror=alert\(1\)&gt; &quot;'
expect 'a name that begins with a dash' 0 report -o page.html --json -- "--title=x.h5"
holds 'is a file' '.files[0].file == "./--title=x.h5"'
name=$(printf 'not-\xff\xfe-utf8.h5')
cp set/cal-1.h5 "$name"
expect 'a name that is no text' 0 report "$name" -o page.html
well_formed page.html

# ---- faults ----
expect 'no output' 2 report set
says 'which option' '-o'
expect 'no input' 2 report -o page.html
expect 'an output that is an input' 2 report set/cap.h5 -o set/cap.h5
expect 'a folder as output' 2 report set/cap.h5 -o set
# A pointing table with a bad row is a file that cannot be read, in a folder as by its name.
mkdir tables
cp set/passes.csv set/pit.csv tables
printf 'time_unix_s,satellite,az_deg,el_deg\n1000,a,10,20\n1001,a,nan,20\n' >tables/nan.csv
run report tables -o tables.html
[ "$status" = 0 ] && [ "$(wc -l <err)" = 1 ] || fault "a damaged table of a folder: $status, $(cat err)"
says 'which line' 'not read: tables/nan.csv: line 3'
grep -q '^passed over: pit.csv$' out || fault "other tables are passed over: $(cat out)"
expect 'a damaged table, strictly' 3 report tables -o strict.html --strict
expect 'strict' 3 report set -o strict.html --strict
says 'which file' 'broken.h5'
[ ! -e strict.html ] || fault 'no page where strict says no'
expect 'a file that is not there, by a name of parts' 3 report none.h5.partial -o strict.html
says 'so' 'none.h5.partial: cannot open'
expect 'nothing that can be read' 3 report set/broken.h5 later.none -o none.html
mkdir empty
expect 'an empty folder' 3 report empty -o none.html
for mask in nonsense 25.20 S.580x; do
    expect "no such mask: $mask" 2 report set -o none.html --mask $mask
    says 'which' "mask $mask"
done
expect 'a mask that is none' 3 report set -o none.html --mask set/readme.txt
expect 'which is said before anything is read' 2 report set/broken.h5 -o none.html --mask nonsense
expect 'no such file beside one' 0 report set/cal-1.h5 absent.h5 -o page.html --json --quiet
holds 'it is listed' '.skipped[0].file == "absent.h5"'
expect 'no place for it' 1 report set/cal-1.h5 -o nowhere/page.html
[ ! -e none.html ] || fault 'no page of nothing'
TMPDIR=$TMP/absent expect 'no temporary folder' 1 report set/cal-1.h5 -o none.html
mkdir place && TMPDIR=$TMP/place expect 'a temporary folder' 0 report set/cal-1.h5 -o page.html
[ -z "$(ls place)" ] || fault "something is left behind: $(ls place)"

# ---- names, many files, files that go away ----
mkdir -p one/a two/a
cp set/cal-1.h5 one/a/cal.h5
cp set/cal-2.h5 two/a/cal.h5
cp set/cal-2.h5 "two/gréta <&\"'.h5"
expect 'two of one name' 0 report one/a two/a two -o page.html --json
holds 'are told apart' '.files | length == 3'
has 'by their folders' '>one/a/cal.h5 <small>calibration'
has 'both' '>two/a/cal.h5 <small>calibration'
has 'the other one by its name' '>gréta &lt;&amp;&quot;'
well_formed page.html
expect 'one file three ways' 0 report one/a/cal.h5 one/a one/../one/a/cal.h5 -o page.html --json
holds 'is there once' '.files | length == 1'
mkdir many
for i in {1..100}; do cp set/run-1.json "many/r$i.json"; done
cp set/cal-1.h5 many/cal.h5
head -c 4000 set/cov.h5 >many/cut.h5
expect 'a hundred files' 0 report many -o page.html --json --quiet
holds 'all are there' '(.files | length) == 101 and (.skipped | length) == 1'
well_formed page.html
# What is known of a file stays when it goes away; figures say why they are not there.
mkfifo slow.csv
cp set/cal-1.h5 gone.h5
"$COPHASE" report gone.h5 slow.csv set/cal-2.h5 -o page.html --quiet >out 2>err &
{ sleep 0.5 && rm gone.h5 && echo 'none'; } >slow.csv
wait $! || fault "a file that goes away: $(cat err)"
has 'it is told' 'not drawn: gone.h5: cannot open'
has 'beside the others' '>cal-2.h5 <small>calibration'
well_formed page.html

# ---- plot's new kinds ----
expect 'gains' 0 plot set/cal-1.h5 --kind gains --stacked -o p.svg --json
holds 'their numbers' ".parts[0].good == $good and .parts[0].elements == 48"
expect 'gains by themselves' 0 plot set/cal-1.h5 -o p.svg --json
holds 'are what a calibration is drawn as' '.kind == "gains"'
expect 'errors' 0 plot set/cal-1.h5 --kind errors -o p.svg --json
rows set/cal-1.h5 /phase_sigma_rad 1 | grep -v nan | sort -g | tail -n 1 >most
holds 'the worst' "(.parts[0].phase_sigma_max_deg / 57.29577951308232 / $(cat most) - 1 | fabs) < 1e-9"
expect 'array' 0 plot set/cap.h5 --kind array -o p.png
expect 'baselines' 0 plot set/weights.h5 --kind baselines -o p.png
expect 'a calibration has no waterfall' 3 plot set/cal-1.h5 --kind waterfall -o p.svg
expect 'channels of an array' 2 plot set/cal-1.h5 --kind array --channel 1 -o p.svg
expect 'no such solution' 2 plot set/cal-1.h5 --kind gains --time 1 -o p.svg
expect 'stacked what' 2 plot set/cap.h5 --stacked -o p.svg
finish
