#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page of cophase report in a real browser (headless Chromium): on a phone and a desk, light, dark and on paper. Skipped without one.
set -u
browser=$(command -v chromium || command -v chromium-browser) || { echo 'no Chromium here (Debian: chromium)'; exit 77; }
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash"
export HOME=$TMP

"$COPHASE" simulate --array ura:8x6,0.5wl --freq 3GHz --source azel:20,10,snr=0dB --samples 4096 --type c8 --gain-errors 1dB,40deg --dead-count 2 --seed 3 -o cap.h5 -q >/dev/null
"$COPHASE" simulate --array ura:8x6,0.5wl --freq 3GHz --source azel:20,10,snr=0dB --samples 4096 --type c8 --gain-errors 1dB,40deg --seed 4 -o later.h5 -q >/dev/null
"$COPHASE" covariance cap.h5 -o cov.h5 -q >/dev/null
"$COPHASE" calibrate cap.h5 --source azel:20,10 -o cal-1.h5 -q >/dev/null
"$COPHASE" calibrate later.h5 --source azel:20,10 -o cal-2.h5 -q >/dev/null
"$COPHASE" weights cap.h5 --steer azel:20,10 --calibration cal-1.h5 -o weights.h5 -q >/dev/null
long=$(printf 'a-name-without-any-blank-%.0s' 1 2 3 4 5 6)
cp cal-1.h5 "$long.h5"
"$COPHASE" beamform cap.h5 --weights weights.h5 -o beams.h5 -q >/dev/null
"$COPHASE" simulate --passes --site 50,8.5 --shell starlink-550 --start 2026-11-23T10:00:07Z --duration 100s --min-elevation 20 --step 1s -o passes.csv >/dev/null
"$COPHASE" track passes.csv --array ura:8x6,0.5wl --freq 11.7GHz --transmit-freq 14.25GHz --null sky:200,8 --rate 2Hz -o track.h5 >/dev/null
expect 'a page' 0 report cap.h5 cov.h5 cal-1.h5 cal-2.h5 "$long.h5" weights.h5 beams.h5 passes.csv track.h5 --mask 25.209 -o page.html --json
figures=$(jq .figures out)
holds 'satellites and what served them' '.sections | any(.[]; .id == "track" and .figures == 3) and any(.[]; .id == "pointing" and .figures == 1)'

# What the browser sees at a width: a frame so wide around the page; overflow, requests, pictures, contrast of all text (WCAG: 4.5).
frame() {
    cat <<HTML
<!DOCTYPE html><html><body style="margin:0"><iframe id="f" src="page.html" style="border:0;width:$1px;height:900px"></iframe><script>
const f = document.getElementById("f");
f.onload = () => {
  const d = f.contentDocument, w = f.contentWindow;
  d.querySelectorAll("details").forEach(e => e.open = true);
  const rgb = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = c => c.slice(0, 3).map(x => x / 255).map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(w.getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const ratio = (a, b) => { const x = light(a), y = light(b); return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const own = e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim());
  const faint = [...d.querySelectorAll("body *")].filter(e => !e.closest("svg") && own(e) && ratio(rgb(w.getComputedStyle(e).color), ground(e)) < 4.5).map(e => e.outerHTML.slice(0, 90));
  const pictures = [...d.querySelectorAll("svg.picture")];
  const inks = pictures.flatMap(p => [...p.querySelectorAll("g")]).filter(g => g.firstElementChild && (g.firstElementChild.getAttribute("href") || "").startsWith("#y") && !g.hasAttribute("fill") && ratio(rgb(w.getComputedStyle(g).fill), ground(g.closest("figure"))) < 4.5).map(g => g.outerHTML.slice(0, 90));
  const seen = pictures.filter(p => { const r = p.getBoundingClientRect(), u = p.querySelector("use").getBoundingClientRect(); return r.width > 250 && r.height > 100 && r.right <= $1 && u.width > 0 && u.height > 0; });
  const told = JSON.stringify({wide: d.documentElement.scrollWidth, pictures: pictures.length, seen: seen.length, faint, inks,
    requests: w.performance.getEntriesByType("resource").length, ground: light(ground(d.body)), titles: pictures.filter(p => p.querySelector("title").textContent && p.querySelector("desc").textContent).length});
  document.body.innerHTML = "";
  document.body.textContent = told;
};
</script></body></html>
HTML
}

# see NAME WIDTH ARGS...: leaves out.
see() {
    local name=$1 width=$2
    shift 2
    frame "$width" >frame.html
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --host-resolver-rules='MAP * ~NOTFOUND' \
        --user-data-dir="$TMP/profile" --enable-logging=stderr --window-size=1400,1000 --virtual-time-budget=20000 "$@" --dump-dom "file://$TMP/frame.html" >dom 2>log
    grep 'CONSOLE' log >console
    [ ! -s console ] || fault "$name: the console is silent: $(head -c 300 console)"
    sed -n 's/.*<body[^>]*>\({.*}\)<\/body>.*/\1/p' dom | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' >out
    holds "$name: does not scroll sideways" ".wide <= $width"
    holds "$name: all pictures are there" ".pictures == $figures and .seen == $figures and .titles == $figures"
    holds "$name: text can be read" '.faint == [] and .inks == []'
    holds "$name: nothing is loaded" '.requests == 0'
}
see 'a phone' 360
holds 'light' '.ground > 0.8'
see 'a desk' 1280
see 'a phone in the dark' 360 --blink-settings=preferredColorScheme=0
holds 'dark' '.ground < 0.05'
see 'a desk in the dark' 1280 --blink-settings=preferredColorScheme=0

timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$TMP/profile" --enable-logging=stderr --no-pdf-header-footer --print-to-pdf=page.pdf "file://$TMP/page.html" >dom 2>log
! grep -q 'CONSOLE' log || fault "on paper: $(grep CONSOLE log | head -c 300)"
[ "$(head -c 5 page.pdf)" = '%PDF-' ] || fault 'no paper'
finish
