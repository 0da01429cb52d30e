#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Elements of satellites (TLE) to a pointing table that cophase reads, by Skyfield (SGP4).

Debian: apt install python3-skyfield. Needs no network. See pointing.md."""
import argparse
import csv
import datetime
import sys

import numpy
from skyfield.api import EarthSatellite, load, wgs84


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("elements", help="text file: a name and two lines a satellite (or the two lines alone)")
    parser.add_argument("--site", required=True, help="LATITUDE,LONGITUDE[,METRES], degrees (WGS 84)")
    parser.add_argument("--start", required=True, help="first time, UTC: 2026-11-23T10:00:00Z")
    parser.add_argument("--duration", type=float, default=600.0, help="seconds (default: 600)")
    parser.add_argument("--step", type=float, default=1.0, help="seconds from row to row (default: 1)")
    parser.add_argument("--min-elevation", type=float, default=10.0, help="degrees (default: 10)")
    return parser.parse_args()


def satellites(path, scale):
    """(name, satellite) of every pair of lines; a line before it is its name."""
    with open(path, encoding="utf-8") as text:
        lines = [line.rstrip() for line in text if line.strip()]
    for i in range(len(lines) - 1):
        if lines[i].startswith("1 ") and lines[i + 1].startswith("2 "):
            named = i > 0 and not lines[i - 1].startswith("2 ")
            name = lines[i - 1].removeprefix("0 ").strip() if named else lines[i][2:7]
            yield name, EarthSatellite(lines[i], lines[i + 1], name, scale)


def rows(options):
    scale = load.timescale(builtin=True)
    place = [float(value) for value in options.site.split(",")]
    site = wgs84.latlon(*place[:2], elevation_m=place[2] if len(place) > 2 else 0.0)
    start = datetime.datetime.fromisoformat(options.start.replace("Z", "+00:00"))
    if start.tzinfo is None:
        start = start.replace(tzinfo=datetime.timezone.utc)
    seconds = numpy.arange(int(options.duration / options.step + 1e-9) + 1) * options.step
    times = scale.from_datetimes([start + datetime.timedelta(seconds=s) for s in seconds])
    for name, satellite in satellites(options.elements, scale):
        seen = (satellite - site).at(times)
        # Elevation and azimuth about the site's zenith and north, and their rates.
        el, az, distance, _, _, rate = seen.frame_latlon_and_rates(site)
        for k in numpy.flatnonzero(el.degrees >= options.min_elevation):
            yield (start.timestamp() + seconds[k], name, az.degrees[k], el.degrees[k], distance.m[k],
                   rate.km_per_s[k] * 1e3)


def main():
    table = sorted(rows(arguments()), key=lambda row: row[:2])
    if not table:
        sys.exit("pointing.py: no satellite is up in that time")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["time_unix_s", "satellite", "az_deg", "el_deg", "range_m", "range_rate_m_s"])
    for time, name, az, el, distance, rate in table:
        out.writerow([f"{time:.6f}", name, f"{az:.6f}", f"{el:.6f}", f"{distance:.3f}", f"{rate:.6f}"])


if __name__ == "__main__":
    main()
