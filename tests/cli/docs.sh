#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every command that the documentation shows runs, in the order shown (after the tables it prints), and no verb is left out.
set -u
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

sed -n 's/^\$ cophase //p' "$docs/cli.md" >commands
sed -n 's/^\$ printf /printf /p' "$docs/cli.md" >tables
# shellcheck source=/dev/null
. ./tables
[ -s commands ] || fault 'docs/cli.md shows no command'
while read -ra words; do
    wanted=0
    case "${words[*]}" in *back-projection* | channelize*) fftw || wanted=1 ;; esac
    expect 'docs/cli.md' "$wanted" "${words[@]}"
done <commands

expect 'satellites' 0 simulate --passes --site 50,8.5,120 --shell starlink-550 --start 2026-11-23T10:00:00Z --duration 20s --min-elevation 25 -o pointing.csv
sed -n 's/^\$ cophase //p' "$docs/pointing.md" >commands-pointing
[ "$(wc -l <commands-pointing)" -ge 5 ] || fault 'docs/pointing.md shows commands'
while read -ra words; do expect 'docs/pointing.md' 0 "${words[@]}"; done <commands-pointing

"$COPHASE" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' >verbs
while read -r verb; do
    grep -q "^## $verb\$" "$docs/cli.md" || fault "docs/cli.md has no section on $verb"
    grep -q "^$verb " commands || fault "docs/cli.md shows no command of $verb"
done <verbs
expect 'what info says' 0 info cap.h5 --json
sed -n '/^## info$/,/^## covariance$/p' "$docs/cli.md" >info.md
jq -r 'keys[], (.spectrum // {} | keys[]), (.array | keys[]), (.health[0] | keys[])' out | while read -r key; do
    grep -q "\`$key\`" info.md || echo "$key"
done >untold
[ ! -s untold ] || fault "docs/cli.md lacks keys of info: $(paste -sd ' ' untold)"
# a table says a thing once
root=$docs/..
for page in README.md docs/cli.md datasets/FORMAT.md; do
    twice=$(awk -F ' [|] ' '!/^[|]/ { split("", seen) } /^[|] `/ && seen[$1]++ { print $1 }' "$root/$page")
    [ -z "$twice" ] || fault "$page has rows twice: $twice"
done
finish
