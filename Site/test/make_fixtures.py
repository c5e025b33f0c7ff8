#!/usr/bin/env python3
"""Writes the fixtures of Site/test with other people's programs: what they say is what ours must say.

    python3 make_fixtures.py

Needs zarr 3.1, numcodecs, numpy 2, cftime, pyproj, shapely. Writes into fixtures/ beside this script. The colours
come from our own builder (see make_colours.sh), since the browser must agree with it.
"""

import base64
import json
import pathlib
import tempfile

import cftime
import numpy as np
import pyproj
import shapely
import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
TYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]


def write(name, value):
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


def plain(array):
    """Numbers that JSON can hold: NaN is null, 64-bit integers are text."""
    array = np.asarray(array)
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8:
        return [str(x) for x in array.ravel().tolist()]
    if array.dtype.kind == "b":
        return array.astype(int).ravel().tolist()
    return [None if np.isnan(x) else x for x in array.astype("f8").ravel().tolist()] if array.dtype.kind == "f" \
        else array.ravel().tolist()


def objects(folder):
    return {str(path.relative_to(folder)): base64.b64encode(path.read_bytes()).decode()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def pattern(shape, dtype):
    """Numbers without symmetry."""
    numbers = (np.arange(int(np.prod(shape))) * 7919 + 13) % 251
    if dtype == "bool":
        return (numbers % 3 == 0).reshape(shape)
    shift = 0 if np.dtype(dtype).kind == "u" else 100
    return (numbers - shift).astype(dtype).reshape(shape)


def make_zarr():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        expected = {"v3": {}, "v2": {}, "loose": {}}
        v3 = zarr.open_group(str(root / "v3"), mode="w", zarr_format=3, attributes={"title": "Fixture"})

        def add(path, data, codecs, chunks, fill=0, attributes=None, skip=None, names=None):
            where = v3.create_group(path.rpartition("/")[0]) if "/" in path else v3
            array = zarr.create(
                store=v3.store, path=path, shape=data.shape, chunks=chunks, dtype=data.dtype, fill_value=fill,
                codecs=codecs, attributes=attributes or {}, dimension_names=names, zarr_format=3)
            if skip is not None:
                data = data.copy()
                data[skip] = fill
            array[...] = data
            expected["v3"][path] = {"shape": list(data.shape), "type": str(data.dtype), "values": plain(array[...])}
            return where

        for dtype in TYPES:
            add(f"type_{dtype}", pattern((7, 5), dtype), [BytesCodec(), GzipCodec()], (3, 2))
        floats = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-7, 65504, 2**-24, 1.5], "float16")
        array = zarr.create(store=v3.store, path="halves", shape=(8,), chunks=(8,), dtype="float16", zarr_format=3,
                            codecs=[BytesCodec()], fill_value=0)
        array[...] = floats
        expected["v3"]["halves"] = {"shape": [8], "type": "float16", "values": [
            None if np.isnan(x) else "inf" if x == np.inf else "-inf" if x == -np.inf else float(x) for x in floats]}
        small = pattern((6, 4), "int32")
        add("big_endian", small, [BytesCodec(endian="big")], (4, 4))
        add("transposed", pattern((4, 5, 6), "int16"), [TransposeCodec(order=(2, 0, 1)), BytesCodec(), GzipCodec()], (3, 2, 4))
        twice = [TransposeCodec(order=(2, 0, 1)), TransposeCodec(order=(1, 0, 2)), BytesCodec()]
        add("transposed_twice", pattern((4, 5, 6), "int16"), twice, (3, 2, 4))
        add("checked", small, [BytesCodec(), GzipCodec(), Crc32cCodec()], (4, 4))
        add("scalar", np.array(42.5), [BytesCodec()], ())
        add("whole", pattern((9, 9), "float32"), [BytesCodec(), GzipCodec()], (9, 9), fill=np.nan)
        add("inner/deep", small, [BytesCodec(), GzipCodec()], (6, 4))
        cube = pattern((3, 40, 50), "int16")
        packed = {"scale_factor": 0.01, "add_offset": 273.15, "_FillValue": -32768}
        for place in ("start", "end"):
            sharding = ShardingCodec(
                chunk_shape=(1, 8, 8), codecs=[BytesCodec(), GzipCodec()],
                index_codecs=[BytesCodec(), Crc32cCodec()], index_location=place)
            # A whole shard and some chunks are not written.
            skip = np.zeros(cube.shape, bool)
            skip[1, 32:, 32:] = True
            skip[0, :16, 8:24] = True
            add(f"sharded_{place}", cube, [sharding], (1, 32, 32), fill=-32768, attributes=packed, skip=skip,
                names=["time", "lat", "lon"])
        blocks = ShardingCodec(
            chunk_shape=(5, 4, 4), codecs=[BytesCodec(), GzipCodec()], index_codecs=[BytesCodec(), Crc32cCodec()],
            index_location="start")
        add("series", pattern((17, 12, 12), "float32"), [blocks], (20, 16, 16), fill=np.nan, names=["time", "lat", "lon"])
        zarr.consolidate_metadata(str(root / "v3"), zarr_format=3)

        loose = zarr.open_group(str(root / "loose"), mode="w", zarr_format=3)
        array = loose.create_array("a", data=small, chunks=(4, 4), compressors=GzipCodec())
        expected["loose"]["a"] = {"shape": [6, 4], "type": "int32", "values": plain(small)}

        v2 = zarr.open_group(str(root / "v2"), mode="w", zarr_format=2, attributes={"title": "Fixture"})
        from numcodecs import GZip, Zlib
        for key, options in {
                "zlib": {"compressor": Zlib()}, "gzip": {"compressor": GZip()}, "plain": {"compressor": None},
                "fortran": {"compressor": Zlib(), "order": "F"}, "big": {"compressor": Zlib(), "dtype": ">i4"},
                "slashes": {"compressor": Zlib(), "dimension_separator": "/"}}.items():
            dtype = options.pop("dtype", "<i4")
            array = zarr.create(store=v2.store, path=key, shape=small.shape, chunks=(4, 3), dtype=dtype, fill_value=0,
                                zarr_format=2, **options)
            array[...] = small
            array.attrs["_ARRAY_DIMENSIONS"] = ["y", "x"]
            expected["v2"][key] = {"shape": [6, 4], "type": "int32", "values": plain(small)}
        zarr.consolidate_metadata(str(root / "v2"), zarr_format=2)
        write("zarr", {"objects": objects(root), "expected": expected})


def make_times():
    # Some of all ages, and all around the Gregorian reform.
    days = sorted([*range(-800000, 200000, 3217), *range(-141440, -141410)])
    calendars = {}
    for name in ("standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day"):
        dates = cftime.num2date(days, "days since 1970-01-01", calendar=name)
        calendars[name] = [[n, d.year, d.month, d.day] for n, d in zip(days, dates)]
    write("times", calendars)


def make_geo():
    rng = np.random.default_rng(3)
    sphere = pyproj.Geod(a=6371007.1809, b=6371007.1809)
    pairs = []
    for _ in range(40):
        lon1, lat1, lon2, lat2 = rng.uniform([-180, -89, -180, -89], [180, 89, 180, 89])
        azimuth, _, metres = sphere.inv(lon1, lat1, lon2, lat2)
        lon, lat, _ = sphere.fwd(lon1, lat1, azimuth, metres / 3)
        pairs.append([lon1, lat1, lon2, lat2, azimuth % 360, metres, lon, lat])
    # A polar grid whose mesh is exact at its nodes: where places fall is PROJ's word.
    crs = pyproj.Transformer.from_crs(3413, 4326, always_xy=True)
    rows, columns, step = 60, 80, 16
    at = lambda n: sorted({*range(0, n, step), n})
    x = lambda column: -2_000_000 + 50_000 * np.asarray(column, "f8")
    y = lambda row: 1_500_000 - 50_000 * np.asarray(row, "f8")
    lon, lat = crs.transform(*np.meshgrid(x(at(columns)), y(at(rows))))
    inside = rng.uniform([0, 0], [rows, columns], (200, 2))
    places = np.transpose(crs.transform(x(inside[:, 1]), y(inside[:, 0])))
    lattice = {"rows": at(rows), "columns": at(columns), "longitude": lon.ravel().tolist(), "latitude": lat.ravel().tolist()}
    areas = [pyproj.Geod(a=6371007.1809, b=6371007.1809).geometry_area_perimeter(
        shapely.Polygon([(w, s), (e, s), (e, n), (w, n)]).segmentize(0.05))[0] for w, s, e, n in [(0, 0, 1, 1), (10, 50, 14, 53)]]
    # Points in a polygon with a hole, by shapely (straight edges in longitude and latitude).
    angles = np.sort(rng.uniform(0, 2 * np.pi, 40))
    outer = np.c_[10 + rng.uniform(6, 12, 40) * np.cos(angles), 50 + rng.uniform(5, 9, 40) * np.sin(angles)]
    hole = np.c_[10 + 3 * np.cos(angles[::-1]), 50 + 2 * np.sin(angles[::-1])]
    polygon = shapely.Polygon(outer, [hole])
    points = rng.uniform([-5, 38], [25, 62], (600, 2))
    write("geo", {
        "pairs": pairs, "mesh": {"grid": {"rows": rows, "columns": columns}, **lattice,
                                 "positions": inside.tolist(), "places": places.tolist()},
        "areas": areas,
        "polygon": {"coordinates": [outer.tolist() + [outer[0].tolist()], hole.tolist() + [hole[0].tolist()]],
                    "points": points.tolist(), "inside": shapely.contains_xy(polygon, points).astype(int).tolist()}})


def make_stats():
    rng = np.random.default_rng(5)
    cases = []
    for count in (1, 2, 7, 50, 501):
        values = np.round(rng.normal(10, 4, count), 2)
        missing = rng.random(count) < (0.2 if count > 5 else 0)
        weights = np.round(rng.uniform(0.2, 2, count), 3)
        v, w = values[~missing], weights[~missing]
        mean = np.average(v, weights=w)
        edges = np.histogram_bin_edges(v, 8)
        cases.append({
            "values": [None if m else x for x, m in zip(values.tolist(), missing)], "weights": weights.tolist(),
            "mean": v.mean(), "median": np.median(v), "deviation": v.std(), "minimum": v.min(), "maximum": v.max(),
            "weightedMean": mean, "weightedDeviation": np.sqrt(np.average((v - mean) ** 2, weights=w)),
            "weightedMedian": float(np.percentile(v, 50, weights=w, method="inverted_cdf")),
            "percentiles": np.percentile(v, [2, 25, 90]).tolist(),
            "weightedPercentiles": [float(np.percentile(v, p, weights=w, method="inverted_cdf")) for p in (2, 25, 90)],
            "edges": edges.tolist(), "counts": np.histogram(v, edges)[0].tolist()})
    write("stats", cases)


def make_expressions():
    """Expressions of ours beside NumPy's, evaluated on the same numbers; missing values must stay missing."""
    rng = np.random.default_rng(7)
    n = 300
    a, b = np.round(rng.normal(0, 3, n), 3).astype("f4"), np.round(rng.uniform(-4, 4, n), 3).astype("f4")
    q = rng.integers(0, 16, n).astype("f4")
    for one in (a, b, q):
        one[rng.random(n) < 0.1] = np.nan
    x, y, k = (one.astype("f8") for one in (a, b, q))
    known = lambda result, *of: np.where(np.logical_or.reduce([np.isnan(one) for one in of]), np.nan, result)
    true = lambda one: (one != 0) & ~np.isnan(one)
    both = lambda p, r: np.where((p == 0) | (r == 0), 0, known(1.0, p, r))
    either = lambda p, r: np.where(true(p) | true(r), 1, known(0.0, p, r))
    less, more = known(x < y, x, y), known(x > 1, x)
    whole = np.nan_to_num(k).astype(int)
    with np.errstate(all="ignore"):
        cases = {
            "a + b * 2 - a / b": x + y * 2 - x / y, "-a ^ 2": -(x ** 2), "2 ** -a": 2 ** -x, "a % b": np.mod(x, y),
            "(a - b) / (a + b)": (x - y) / (x + y), "a < b": less, "a >= 1 || b < 0": either(known(x >= 1, x), known(y < 0, y)),
            "a > 1 && a < b": both(more, less), "!(a < b)": known(1 - less, less), "a == b": known(x == y, x, y),
            "where(a > 1, b, -1)": np.where(np.isnan(more), np.nan, np.where(more == 1, y, -1)),
            "min(a, b, 0)": np.minimum(np.minimum(x, y), 0), "max(a, b)": np.maximum(x, y), "clamp(a, -1, 1)": np.clip(x, -1, 1),
            "sqrt(abs(a)) + log10(b)": np.sqrt(np.abs(x)) + np.log10(y), "atan2(a, b) * sin(a) ^ 2": np.arctan2(x, y) * np.sin(x) ** 2,
            "round(a * 2) + floor(b) - ceil(b)": np.round(x * 2) + np.floor(y) - np.ceil(y), "isnan(a) + 0": np.isnan(x).astype(float),
            "q & 6": known(whole & 6, k), "q | 1": known(whole | 1, k), 'flag(q, "ice")': known((whole & 4) == 4, k),
            'flag(q, "low cloud")': known((whole & 3) == 1, k), 'flag(q, "seven")': known(whole == 7, k),
            "exp(-a * a) * pi + e": np.exp(-x * x) * np.pi + np.e, "a - b - 1": x - y - 1, "2 ^ 3 ^ 2 + 0 * a": 512 + 0 * x,
            "a and not b > 0": both(np.where(np.isnan(x), np.nan, x), known(1 - (y > 0), y)),
        }
    write("expressions", {"a": plain(a), "b": plain(b), "q": plain(q), "cases": {
        ours: [None if np.isnan(v) else "inf" if v == np.inf else "-inf" if v == -np.inf else float(f"{v:.12g}")
               for v in np.asarray(values, "f8")] for ours, values in cases.items()}})


def make_places():
    """Well-known text by shapely, and what it is as GeoJSON."""
    rng = np.random.default_rng(9)
    ring = lambda x, y, r: [(x, y), (x + r, y), (x + r, y + r), (x, y + r), (x, y)]
    shapes = [
        shapely.Point(3.25, -51.5), shapely.Point(1e-7, 2.5e1), shapely.Point(1, 2, 3),
        shapely.LineString(rng.uniform(-80, 80, (4, 2)).round(3)), shapely.Polygon(ring(0, 0, 8), [ring(2, 2, 3)]),
        shapely.MultiPolygon([shapely.Polygon(ring(0, 0, 2)), shapely.Polygon(ring(5, 5, 4), [ring(6, 6, 1)])])]
    flat = [shapely.force_2d(shape) for shape in shapes]
    write("places", {"texts": [shapely.to_wkt(shape, rounding_precision=-1) for shape in shapes],
                     "geometries": [json.loads(shapely.to_geojson(shape)) for shape in flat]})


if __name__ == "__main__":
    make_zarr()
    make_times()
    make_geo()
    make_stats()
    make_expressions()
    make_places()
