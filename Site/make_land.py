#!/usr/bin/env python3
"""Writes Templates/partials/land.mustache: the land of the world as one compact SVG path.

Input: Natural Earth 1:110m land as GeoJSON (public domain, https://www.naturalearthdata.com).
Units of the path are tenths of a degree, x = longitude, y = -latitude; points that change the
outline by less than a fifth of a degree are left out (Douglas-Peucker), and so are islands
smaller than half a square degree.

Usage: Site/make_land.py ne_110m_land.geojson > Templates/partials/land.mustache
"""
import json
import sys


def distance(point, start, end):
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    share = 0 if length == 0 else max(0, min(1, ((x - x1) * dx + (y - y1) * dy) / length))
    return ((x - x1 - share * dx) ** 2 + (y - y1 - share * dy) ** 2) ** 0.5


def simplified(points, tolerance):
    if len(points) < 3:
        return points
    index, worst = max(
        ((i, distance(points[i], points[0], points[-1])) for i in range(1, len(points) - 1)),
        key=lambda pair: pair[1])
    if worst <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[:index + 1], tolerance)[:-1] + simplified(points[index:], tolerance)


def area(ring):
    pairs = zip(ring, ring[1:])
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def path(ring):
    half = len(ring) // 2
    kept = simplified(ring[:half + 1], 0.2)[:-1] + simplified(ring[half:], 0.2)
    whole = [(round(x * 10), round(-y * 10)) for x, y in kept]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in zip(whole, whole[1:-1])]
    line = "".join(f"{'' if x < 0 or i == 0 else ' '}{x}{'' if y < 0 else ' '}{y}"
                   for i, (x, y) in enumerate(steps) if (x, y) != (0, 0))
    return f"M{whole[0][0]} {whole[0][1]}l{line}z"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        features = json.load(file)["features"]
    rings = []
    for feature in features:
        geometry = feature["geometry"]
        parts = geometry["coordinates"]
        for polygon in parts if geometry["type"] == "MultiPolygon" else [parts]:
            rings += [ring for ring in polygon if area(ring) > 0.5]
    print("".join(path([tuple(point[:2]) for point in ring]) for ring in rings), end="")


main()
