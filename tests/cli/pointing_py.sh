#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/pointing.py makes a table that is read, of the elements that docs/pointing.md shows; skipped without Skyfield.
set -u
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"

python=
for candidate in python3 /usr/bin/python3; do
    if [ -z "$python" ] && "$candidate" -c 'import skyfield.api' 2>/dev/null; then python=$candidate; fi
done
if [ -z "$python" ]; then
    echo 'python3-skyfield is not installed'
    exit 77
fi
grep -A 1 -B 2 '^2 [0-9]' "$docs/pointing.md" | grep -E '^(EXAMPLE|1 |2 )' >elements.txt
[ "$(wc -l <elements.txt)" = 9 ] || fault 'docs/pointing.md shows elements of three satellites'
words=$(sed -n 's/^\$ python3 docs\/pointing.py \(.*\) >pointing.csv$/\1/p' "$docs/pointing.md")
# shellcheck disable=SC2086 # words
"$python" "$docs/pointing.py" $words >pointing.csv || fault 'docs/pointing.py'
expect 'its table' 0 info pointing.csv --json
holds 'satellites over the site' '.satellites >= 2 and .rows > 200 and .el_deg[0] >= 25 and .range_m[0] > 540e3 and .range_m[1] < 1180e3 and (.range_rate_m_s | map(fabs < 6800) | all)'
awk -F, 'NR > 1 {
    if (($2 in t) && $1 - t[$2] < 1.5) { d = ($5 - r[$2]) / ($1 - t[$2]) - ($6 + v[$2]) / 2; if (d < 0) d = -d; if (d > worst) worst = d; n++ }
    t[$2] = $1; r[$2] = $5; v[$2] = $6
} END { if (n < 100 || worst > 0.5) { print n, worst; exit 1 } }' pointing.csv || fault 'range rates are derivatives'
if "$python" "$docs/pointing.py" elements.txt --site 89,0 --start 2026-11-23T10:00:00Z --duration 1 >none.csv 2>/dev/null; then fault 'nobody up is said'; fi
finish
