#!/usr/bin/env python3
"""Writes Site/viewer/basemap/*.json from Natural Earth GeoJSON (public domain,
https://www.naturalearthdata.com): geometry only, to a hundredth of a degree.

Usage: Site/make_basemap.py FOLDER   with ne_110m_land, ne_110m_coastline, ne_50m_coastline and
ne_110m_admin_0_countries. Borders are the edges that two countries share.
"""
import json
import sys
from pathlib import Path

OUT = Path(__file__).parent / "viewer" / "basemap"


def features(folder, name):
    with open(Path(folder) / f"{name}.geojson", encoding="utf-8") as file:
        return json.load(file)["features"]


def lines(geometry):
    kind, parts = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [parts]
    if kind in ("MultiLineString", "Polygon"):
        return parts
    return [ring for polygon in parts for ring in polygon]


def rounded(line, digits=2):
    points = [(round(x, digits), round(y, digits)) for x, y, *_ in line]
    return [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]


def write(name, geometry):
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(geometry, separators=(",", ":")) + "\n")


def thinned(line, least):
    """Without points nearer than `least` degrees to the one kept before; both ends stay."""
    kept = [line[0]]
    for point in line[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= least:
            kept.append(point)
    return kept + [line[-1]]


def outline(folder, name, least=0.0):
    found = [thinned(rounded(line), least)
             for one in features(folder, name) for line in lines(one["geometry"])]
    return {"type": "MultiLineString", "coordinates": [line for line in found if len(line) > 1]}


def land(folder):
    rings = [[rounded(ring) for ring in polygon]
             for one in features(folder, "ne_110m_land")
             for polygon in ([one["geometry"]["coordinates"]]
                             if one["geometry"]["type"] == "Polygon"
                             else one["geometry"]["coordinates"])]
    return {"type": "MultiPolygon", "coordinates": rings}


def borders(folder):
    edges = {}
    for one in features(folder, "ne_110m_admin_0_countries"):
        for ring in lines(one["geometry"]):
            points = rounded(ring)
            for pair in zip(points, points[1:]):
                edges.setdefault(frozenset(pair), [0, pair])[0] += 1
    shared = [list(pair) for count, pair in edges.values() if count > 1]
    chains = []
    for start, end in shared:
        if chains and chains[-1][-1] == start:
            chains[-1].append(end)
        else:
            chains.append([start, end])
    return {"type": "MultiLineString", "coordinates": chains}


def main():
    folder = sys.argv[1]
    write("land", land(folder))
    write("coast", outline(folder, "ne_110m_coastline"))
    write("coast-near", outline(folder, "ne_50m_coastline", 0.06))
    write("borders", borders(folder))


main()
