#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `cophase bench --compare`, --from, --csv, --html: two runs made here by jq, so that what must be said of them is known.
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

# Two cases: one bound by int8, one by DRAM; times have a scatter of 1 %. All speeds and roofs are divided by $slow.
# shellcheck disable=SC2016 # $-names are jq's
run_of='
def path($isa; $threads; $s; $flop; $roof; $rate): ($s * $slow) as $s |
  {isa: $isa, threads: $threads, median_s: $s, p10_s: ($s * 0.99), p90_s: ($s * 1.01), rounds: 25,
   gflops: ($flop / $s / 1e9), samples_per_s: (1e6 / $s), bytes_per_s: (4e6 / $s),
   roof_share: ($flop / $s / ($rate / $slow)), roof: $roof, ratio_to_scalar: 1, error_of_bound: 0.5};
def roof($threads; $g):
  {threads: $threads, gflops: {fma: (250 * $g), bf16: (500 * $g), int16: null, int8: (1000 * $g)},
   bandwidth: [{level: "DRAM", read_bytes_per_s: (35e9 * $g), copy_bytes_per_s: null}]};
def shape($n; $b; $name):
  {name: $name, source: "a field, a \"shape\"", kernel: "beamform", type: "c8", weight_bits: 8, elements: $n,
   beams: $b, channels: 1, times: 512, cold: true, roof_gflops: 1000, roof: "int8", ratio_to_peer: 0.5,
   ratio_to_peer_with_conversion: null, verdict: "slower"};
{format: "cophase-bench", format_version: 1, version: "0.1.0", git: "abc", seed: 1, time_unix_s: 1795374000,
 machine: {cpu: "A <fast> & cheap processor", cores: 2, threads: 2, isa: ["scalar", "avx2"], governor: null,
   memory_bytes: 17179869184, caches: [{level: 1, type: "data", bytes: 49152}]},
 build: {compiler: "gcc 12", flags: "-O2", openblas: null},
 roof: [roof(1; 1 / $slow), roof(2; 2 / $slow)], noise: {clock: 0.01},
 cases: [
   shape(64; 16; "many") + {paths: [path("scalar"; 1; 1e-2; 8e6; "int8"; 1e12), path("avx2"; 1; 1e-5; 8e6; "int8"; 1e12),
       path("avx2"; 2; 5e-6; 8e6; "int8"; 2e12)],
     peers: [{name: "openblas", core: "Haswell", threads: 1, median_s: 5e-6, p10_s: null, p90_s: null, gflops: 1600,
       median_with_conversion_s: null}]},
   shape(1280; 2; "few") + {paths: [path("avx2"; 1; 1e-4; 8e6; "DRAM"; 1.4e11)], peers: []}]}'
make_run() { jq -n --argjson slow "$1" "$run_of" >"$2"; }
make_run 1 old.json
change() { jq "$2" "${3:-old.json}" >"$1"; }

# ---- verdicts ----
expect 'a run equals itself' 0 bench --compare old.json old.json --json
holds 'every path is the same' '.paths.same == 4 and (.regression | not) and all(.cases[].paths[]; .verdict == "same")'

change slower.json '.cases[0].paths[1] |= (.median_s *= 1.2 | .p10_s *= 1.2 | .p90_s *= 1.2 | .gflops /= 1.2 | .roof_share /= 1.2)'
expect 'a path that takes 20 % longer is a regression' 4 bench --compare old.json slower.json --json
says 'the message counts it' '1 of 4 paths is slower'
holds 'it alone is slower' '[.cases[].paths[] | select(.verdict == "slower") | .isa + (.threads | tostring)] == ["avx2" + "1"]'
holds 'speed is old over new time' '.cases[0].paths[1].speed | . > 0.833 and . < 0.834'
expect 'and an improvement the other way' 0 bench --compare slower.json old.json --json
holds 'it is faster' '.cases[0].paths[1].verdict == "faster" and .paths.faster == 1'
run bench --compare old.json slower.json
grep -qE '^beamform c8/8 +64x16.* avx2 +1 .* slower$' out || fault "the table lists what is slower: $(cat out)"

change little.json '.cases[0].paths[1] |= (.median_s *= 1.02 | .gflops /= 1.02 | .roof_share /= 1.02)'
expect '2 % are none' 0 bench --compare old.json little.json --json
holds 'all the same' '.paths.same == 4'

change loud.json '.cases[0].paths[1] |= (.p10_s *= 0.7 | .p90_s *= 1.3 | .median_s *= 1.1 | .gflops /= 1.1 | .roof_share /= 1.1)'
expect '10 % in a scatter of 30 % are no regression' 0 bench --compare old.json loud.json --json
holds 'but nothing is proved' '.cases[0].paths[1].verdict == "too noisy to say"'
change loud2.json '.cases[0].paths[1] |= (.median_s *= 3 | .p90_s *= 3 | .p10_s *= 2 | .gflops /= 3 | .roof_share /= 3)'
expect 'three times as long is slower in any noise' 4 bench --compare old.json loud2.json

make_run 1.25 slow.json
expect 'a machine that is slower as a whole is no regression' 0 bench --compare old.json slow.json --json
holds 'that is said' '.same_machine and any(.differences[]; test("20 % slower on 1 thread")) and .paths.same == 4'
change slow_slower.json '.cases[1].paths[0] |= (.median_s *= 1.2 | .gflops /= 1.2 | .roof_share /= 1.2)' slow.json
expect 'a path that is slower than the machine explains is' 4 bench --compare old.json slow_slower.json --json
holds 'that path' '.cases[1].paths[0] | .verdict == "slower" and .own > 0.83 and .own < 0.84 and .machine > 0.79 and .machine < 0.81'
change lone_roof.json '.roof[0].gflops.int8 *= 1.3 | .cases[0].paths[0,1].roof_share /= 1.3'
expect 'a roof that moves alone accuses no kernel' 0 bench --compare old.json lone_roof.json --json
holds 'but makes the verdict unsure' '.cases[0].paths[1].verdict == "too noisy to say"'

change other.json '.machine.cpu = "another"' slow.json
expect 'on another machine times count as they are' 4 bench --compare old.json other.json --json
holds 'and it is said' '(.same_machine | not) and any(.differences[]; test("different machines: another"))'
change newer.json '.version = "0.2.0" | .git = null | .build.compiler = "gcc 13"'
expect 'other versions are compared' 0 bench --compare old.json newer.json --json
holds 'and said' '(.differences | length) == 3 and any(.differences[]; . == "version: 0.2.0, was 0.1.0")'

# ---- what is missing ----
change fewer.json 'del(.cases[1]) | del(.cases[0].paths[2])'
expect 'a case and a path that are gone are no regression' 0 bench --compare old.json fewer.json --json
holds 'they are listed' '[.only_in_old[] | .name + (.isa // "")] == ["manyavx2", "few"] and .only_in_new == []'
expect 'nor new ones' 0 bench --compare fewer.json old.json --json
holds 'they are listed too' '(.only_in_new | length) == 2 and .only_in_old == []'
run bench --compare old.json fewer.json
grep -q 'only in the old run: beamform c8/8 .*1280x2' out || fault "the table names the case: $(cat out)"
change renamed.json '.cases[0].name = "x" | .cases |= reverse'
expect 'cases are known by their shape, in any order' 0 bench --compare old.json renamed.json --json
holds 'all four' '.paths.same == 4'
change hot.json '.cases[].cold = false'
expect 'without a common case there is nothing to say' 3 bench --compare old.json hot.json
change null.json '.cases[].paths[] |= (.median_s = null | .p10_s = null | .gflops = null | .roof_share = null)'
expect 'null is no figure' 0 bench --compare old.json null.json --json
holds 'and no verdict' '.paths["no figure"] == 4 and .cases[0].paths[0].speed == null'

# ---- files that are no runs ----
head -c 200 old.json >cut.json
expect 'half a file' 3 bench --compare old.json cut.json
says 'names it' 'cut.json: is not JSON: line'
expect 'no file' 3 bench --compare none.json old.json
change foreign.json '.format = "other"'
expect 'a foreign format' 3 bench --compare foreign.json old.json
says 'says what was expected' 'foreign.json.*cophase-bench'
change future.json '.format_version = 2'
expect 'a newer format' 3 bench --compare future.json old.json
says 'says which' 'format version 2.*up to 1'
change wrong.json '.cases[1].paths[0].median_s = "fast"'
expect 'a text for a number' 3 bench --from wrong.json --csv -
says 'says where' 'cases\[1\].paths\[0\].median_s: expected a number'
expect 'one run alone' 2 bench --compare old.json
expect 'a third run' 2 bench --compare old.json old.json old.json
expect '--from without an output' 2 bench --from old.json
expect '--compare with an output' 2 bench --compare old.json old.json --html x.html
[ ! -e x.html ] || fault 'nothing is written'

# ---- CSV ----
expect 'CSV to stdout' 0 bench --from old.json --csv -
[ "$(wc -l <out)" = 6 ] || fault "a row a path and a peer: $(cat out)"
[ "$(head -n 1 out | tr ',' '\n' | wc -l)" = 26 ] || fault 'columns'
grep -qF 'many,"a field, a ""shape""",beamform,c8,8,64,16,1,512,cold,path,avx2,,2,25,int8,5e-06,' out || fault "quotes: $(cat out)"
tail -n 1 out | sed 's/"[^"]*"//g' | tr ',' '\n' | wc -l | grep -qx 26 || fault 'as many columns in a row'
grep -q 'nan' out && fault 'null is an empty field'
expect 'CSV to a file' 0 bench --from old.json --csv run.csv
[ ! -s out ] && [ -s run.csv ] && [ ! -e run.csv.partial ] || fault 'it is the file alone'
mkdir folder
expect 'an output that is no file' 2 bench --from old.json --csv folder
expect 'an output that is the input' 2 bench --from old.json --html old.json
[ -s old.json ] || fault 'the input is left'
expect 'an output that cannot be' 1 bench --from old.json --html none/x.html

# ---- the page ----
expect 'HTML' 0 bench --from old.json --html run.html
[ -s run.html ] && [ ! -e run.html.partial ] || fault 'the page is there'
grep -qiE '<script|https?://|<link|<img|@import|url\(' run.html && fault 'the page needs nothing else'
grep -q 'A &lt;fast&gt; &amp; cheap processor' run.html || fault 'names are escaped'
[ "$(grep -c '<circle class="dot' run.html)" = 4 ] || fault 'the roofline has a point a path'
grep -q 'prefers-color-scheme:dark' run.html && grep -q 'name="viewport"' run.html || fault 'dark, and for a phone'
grep -q 'class="loss">0.50' run.html || fault 'a loss is shown'
expect 'a page without figures' 0 bench --from null.json --html null.html
grep -qE '[^a-z](nan|inf)[^a-z]' null.html && fault 'what is null is a dash'
[ "$(grep -c '<circle class="dot' null.html)" = 0 ] || fault 'and no point'
echo '{"format": "cophase-bench", "format_version": 1}' >empty.json
expect 'a page of nothing' 0 bench --from empty.json --html empty.html
finish
