"""Makes the small CF test files and what xarray, netCDF4 and cftime read in them.

    python make_cubes.py [SHARED_DATA]

writes ../CubesTests/Fixtures/*, cubes_fixtures.json, cubes_calendars.json and, when a folder of
shared data is given, cubes_shared.json. Seeds are fixed: a second run writes the same files.
Needs numpy, xarray, netCDF4, cftime, zarr.
"""

import json
import math
import os
import sys

import cftime
import netCDF4
import numpy as np
import xarray as xr

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "CubesTests", "Fixtures")


def iso(d):
    sign = "-" if d.year < 0 else ""
    s = f"{sign}{abs(d.year):04d}-{d.month:02d}-{d.day:02d}T{d.hour:02d}:{d.minute:02d}:{d.second:02d}"
    if d.microsecond:
        s += f".{d.microsecond:06d}".rstrip("0")
    return s + "Z"


def times_of(values, units, calendar):
    dates = cftime.num2date(np.asarray(values), units, calendar=calendar)
    return [iso(d) for d in np.atleast_1d(dates)]


def number(x):
    x = float(x)
    return None if math.isnan(x) else x


def described(values, seed=1):
    """Statistics and samples of decoded values whose last two dimensions are row and column."""
    a = np.asarray(values, dtype="f8")
    good = a[~np.isnan(a)]
    rng = np.random.default_rng(seed)
    samples = []
    for flat in sorted(set(rng.integers(0, a.size, 12).tolist() + [0, a.size - 1])):
        index = [int(i) for i in np.unravel_index(flat, a.shape)]
        samples.append({"index": index, "value": number(a[tuple(index)])})
    if good.size:
        for flat in rng.integers(0, good.size, 8):
            flat = np.flatnonzero(~np.isnan(a))[flat]
            index = [int(i) for i in np.unravel_index(flat, a.shape)]
            samples.append({"index": index, "value": number(a[tuple(index)])})
    return {
        "shape": list(a.shape),
        "count": int(good.size),
        "missing": int(a.size - good.size),
        "minimum": number(good.min()) if good.size else None,
        "maximum": number(good.max()) if good.size else None,
        "mean": number(good.mean()) if good.size else None,
        "samples": samples,
    }


def axis(values):
    v = np.asarray(values, dtype="f8")
    return {"count": int(v.size), "first": float(v[0]), "last": float(v[-1])}


# --- shared data, read by xarray -------------------------------------------------------------


def shared(root):
    cases = []

    def add(sources, variables, rows=None, columns=None, time=None, options=None, drop=None,
            default_fill=False, crs=None, extras=None):
        paths = [os.path.join(root, s) for s in sources]
        if paths[0].endswith(".nc"):
            sets = [xr.open_dataset(p, decode_times=False, engine="netcdf4") for p in paths]
        else:
            group = "0.zarr" if paths[0].endswith(".levels") else None
            path = os.path.join(paths[0], group) if group else paths[0]
            sets = [xr.open_zarr(path, decode_times=False)]
        case = {"sources": sources, "variables": {}, "options": options or {}}
        ds = sets[0]
        if time:
            stamps = []
            for s in sets:
                stamps += times_of(np.atleast_1d(s[time].values), s[time].attrs["units"],
                                   s[time].attrs.get("calendar", "standard"))
            case["times"] = stamps
        if rows:
            case["rows"] = axis(ds[rows].values)
            case["columns"] = axis(ds[columns].values[: -drop] if drop else ds[columns].values)
        if extras:
            case["extras"] = extras
        if crs:
            case["crs"] = crs
        for name in variables:
            parts = [s[name].values for s in sets]
            a = np.concatenate(parts) if len(parts) > 1 else parts[0]
            a = a.astype("f8")
            if default_fill:
                a[a == float(np.float32(netCDF4.default_fillvals["f4"]))] = np.nan
            if drop:
                a = a[..., :-drop]
            case["variables"][name] = described(a)
        cases.append(case)

    nc = "netcdf/"
    for f in ["SMALL_total_column_co2.nc", "SMALL_total_column_co2.nc4.k4.nc"]:
        add([nc + f], ["tcco2"], "latitude", "longitude", "time")
    add([nc + "A1B_north_america.nc"], ["air_temperature"], "latitude", "longitude", "time")
    nemo = sorted(os.listdir(os.path.join(root, nc, "nemo")))
    add([nc + "nemo/" + f for f in nemo], ["tos"], time="time_centered")
    add([nc + "eraint_uvz.nc"], ["z", "u", "v"], "latitude", "longitude",
        extras={"month": ["1", "7"], "level": ["200", "500", "850"]})
    add([nc + "basin_mask.nc"], ["basin"], "Y", "X")
    ghrsst = sorted(os.listdir(os.path.join(root, nc, "ghrsst")))
    add([nc + "ghrsst/" + f for f in ghrsst], ["sst_anomaly", "analysed_sst"], "lat", "lon", "time")
    add([nc + "polar_toa_brightness_temperature.nc"], ["data"], "y", "x", "time", default_fill=True)
    add([nc + "ta_Amon_BCC-ESM1_historical_r1i1p1f1_gn_185001-201412.nc"], ["ta"], "lat", "lon",
        "time")
    add(["dem/etopo20.nc"], ["ROSE"], "ETOPO20Y", "ETOPO20X1_1081", drop=1)
    add(["dem/BEDMAP_elevation.nc"], ["z"], "y", "x", options={"crs": "EPSG:3031"})
    add(["dem/tut_relief.nc"], ["z"], "lat", "lon")
    for f in ["cube-1-250-250.zarr", "cube-1-250-250.levels"]:
        add(["zarr/xcube/" + f],
            ["conc_chl", "conc_tsm", "kd489", "quality_flags", "c2rcc_flags"], "lat", "lon", "time")
    return cases


# --- calendars, read by cftime ---------------------------------------------------------------


def calendars():
    names = ["standard", "gregorian", "Gregorian", "proleptic_gregorian", "julian", "noleap",
             "365_day", "all_leap", "366_day", "360_day", "STANDARD"]
    references = [
        "1970-01-01", "1-1-1 00:00:0.0", "0001-01-01", "1582-10-04", "1582-10-15", "1600-02-28",
        "1700-02-28 12:00", "1900-02-28", "2000-02-28T18:30:15", "-1-12-30", "-0004-02-28",
        "-4712-01-01 12:00:00", "1858-11-17 00:00:00.0 UTC", "2000-01-01 00:00 +02:00",
        "2000-01-01 06:00:00 -0330", "0000-01-01", "1999-12-30 23:59:59.999999Z", "9999-12-30",
    ]
    steps = [
        ("days", [0, 1, 2, 59, 60, 365, 366, 1461, 36524, 146097, -1, -366, -800000, 0.5, 0.1,
                  17182.423171296297, 735234.123456789, 1e-6]),
        ("hours", [0, 23.999999, -25, 1e6, 1 / 3]),
        ("minutes", [1, 1441, -0.25]),
        ("seconds", [0, 86399, 86400.5, -1, 1.0000015, 1e9]),
        ("milliseconds", [1, 86400000, -1]),
        ("microseconds", [1, -1, 2**53 + 1]),
        ("msec", [1]), ("h", [1]), ("hr", [1]), ("d", [1]), ("s", [1]), ("mins", [1]), ("DAYS", [1]),
    ]
    rows = []
    for name in names:
        for reference in references:
            for unit, values in steps:
                units = f"{unit} since {reference}"
                for value in values:
                    try:
                        date = cftime.num2date(value, units, calendar=name.lower())
                    except (ValueError, OverflowError):
                        continue
                    rows.append([name, units, value, iso(date)])
    for value in [0, 1, 1.5, -13, 240.25]:
        units = "months since 1860-02-30"
        rows.append(["360_day", units, value, iso(cftime.num2date(value, units, "360_day"))])
    # Thin out: every calendar, reference and unit stays, not every combination.
    kept = [row for index, row in enumerate(rows) if index % 7 == 0 or row[2] == 1]
    return kept


# --- fixtures, read by netCDF4 ---------------------------------------------------------------


def fixtures():
    os.makedirs(FIXTURES, exist_ok=True)
    cases = {}

    def new(name, format="NETCDF4"):
        path = os.path.join(FIXTURES, name + ".nc")
        return path, netCDF4.Dataset(path, "w", format=format)

    def degrees(ds, lats=(-1.5, -0.5, 0.5, 1.5), lons=(10.0, 11.0, 12.0, 13.0, 14.0)):
        for name, values, units in [("lat", lats, "degrees_north"), ("lon", lons, "degrees_east")]:
            ds.createDimension(name, len(values))
            v = ds.createVariable(name, "f8", (name,))
            v.units = units
            v[:] = values

    def put(ds, name, type, dims, raw, fill=None, **attributes):
        v = ds.createVariable(name, type, dims, fill_value=fill)
        v.set_auto_maskandscale(False)
        for key, value in attributes.items():
            v.setncattr(key, value)
        v[:] = np.asarray(raw)
        return v

    def golden(case, path, names, **more):
        ds = netCDF4.Dataset(path)
        out = {"variables": {}, **more}
        for name in names:
            v = ds[name]
            a = np.ma.filled(np.ma.asarray(v[:]).astype("f8"), np.nan)
            out["variables"][name] = described(a)
        ds.close()
        cases[case] = out

    raw = np.arange(20, dtype="i4").reshape(4, 5)

    path, ds = new("packing", "NETCDF3_CLASSIC")
    degrees(ds)
    put(ds, "negative", "i2", ("lat", "lon"), raw * 100, fill=np.int16(300),
        scale_factor=-0.5, add_offset=3.0)
    put(ds, "unsigned", "i1", ("lat", "lon"), (raw * 13).astype("u1").view("i1"), fill=np.int8(-9),
        _Unsigned="true", scale_factor=np.float32(0.1))
    put(ds, "several_missing", "i2", ("lat", "lon"), raw, missing_value=np.array([3, 7, 11, 19], "i2"))
    put(ds, "packed_range", "i2", ("lat", "lon"), raw, valid_range=np.array([2, 15], "i2"),
        scale_factor=0.25)
    put(ds, "range_ends", "f4", ("lat", "lon"), raw, valid_min=np.float32(4), valid_max=np.float32(9))
    default = netCDF4.default_fillvals["f4"]
    put(ds, "default_fill", "f4", ("lat", "lon"), np.where(raw % 6 == 0, default, raw))
    put(ds, "default_fill_short", "i2", ("lat", "lon"), np.where(raw % 6 == 0, -32767, raw))
    put(ds, "byte_without_fill", "i1", ("lat", "lon"), np.where(raw % 6 == 0, -127, raw))
    put(ds, "nan", "f8", ("lat", "lon"), np.where(raw % 4 == 0, np.nan, raw))
    ds.close()
    golden("packing", path, ["negative", "several_missing", "packed_range", "range_ends",
                             "default_fill", "default_fill_short", "nan", "unsigned"])
    # netCDF4 masks -127 in bytes, the NetCDF User's Guide ("byte" has no default fill) does not.
    cases["packing"]["variables"]["byte_without_fill"] = described(
        np.where(raw % 6 == 0, -127, raw))

    path, ds = new("types")
    degrees(ds)
    for type in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]:
        put(ds, type, type, ("lat", "lon"), raw)
    compound = ds.createCompoundType(np.dtype([("a", "f8"), ("b", "i4")]), "pair")
    ds.createVariable("compound", compound, ("lat", "lon"))
    ds.createVariable("text", str, ("lat",))[:] = np.array(["a", "b", "c", "d"], dtype=object)
    ds.close()
    golden("types", path, ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"],
           skipped=["compound", "text"])

    path, ds = new("order", "NETCDF3_64BIT_OFFSET")
    degrees(ds, lats=(60.0, 50.0, 40.0), lons=(170.0, 175.0, 180.0, -175.0))
    ds.createDimension("time", None)
    t = ds.createVariable("time", "f8", ("time",))
    t.units, t.calendar = "days since 2000-01-01", "julian"
    t[:] = [0, 1]
    r = np.arange(24, dtype="f4").reshape(4, 2, 3)
    v = ds.createVariable("transposed", "f4", ("time", "lon", "lat"))
    v[:] = r.transpose(1, 0, 2)
    ds.close()
    cases["order"] = {
        "variables": {"transposed": described(r.transpose(1, 2, 0))},
        "columns": {"count": 4, "first": 170.0, "last": 185.0},
        "rows": {"count": 3, "first": 60.0, "last": 40.0},
        "times": times_of([0, 1], "days since 2000-01-01", "julian"), "notes": ["antimeridian"]}

    path, ds = new("wrap")
    degrees(ds, lats=(-45.0, 45.0), lons=tuple(np.arange(0, 361, 45.0)))
    w = np.arange(18, dtype="f4").reshape(2, 9)
    put(ds, "field", "f4", ("lat", "lon"), w)
    ds.close()
    cases["wrap"] = {"variables": {"field": described(w[:, :-1])},
                     "columns": {"count": 8, "first": 0.0, "last": 315.0}, "notes": ["wrap-column"]}

    path, ds = new("groups")
    degrees(ds)
    g = ds.createGroup("ocean")
    g.createDimension("depth", 3)
    d = g.createVariable("depth", "f4", ("depth",))
    d.units, d.positive = "m", "down"
    d[:] = [0.494025, 10.5, 100]
    g3 = np.arange(60, dtype="f8").reshape(3, 4, 5)
    v = g.createVariable("temperature", "f8", ("depth", "lat", "lon"), zlib=True,
                         chunksizes=(1, 2, 5))
    v[:] = g3
    ds.close()
    cases["groups"] = {"variables": {"ocean/temperature": described(g3)},
                       "extras": {"depth": ["0.494025", "10.5", "100"]}}

    path, ds = new("labels")
    degrees(ds)
    ds.createDimension("band", 3)
    ds.createDimension("letters", 8)
    b = ds.createVariable("band", "S1", ("band", "letters"))
    b[:] = netCDF4.stringtochar(np.array(["red", "near IR", "a/b"], dtype="S8"))
    ds.createDimension("member", 2)
    m = ds.createVariable("member", str, ("member",))
    m[:] = np.array(["r1i1p1f1", "r2i1p1f1"], dtype=object)
    ds.createDimension("height", 1)
    h = ds.createVariable("height", "f8", ("height",))
    h.units, h.axis = "m", "Z"
    h[:] = [2.0]
    t = ds.createVariable("when", "i4", ())
    t.units, t.standard_name, t.calendar = "hours since 2020-02-28 12:00", "time", "noleap"
    t[:] = 36
    flags = (np.arange(120).reshape(2, 3, 1, 4, 5) % 3).astype("f4")
    v = put(ds, "classes", "f4", ("member", "band", "height", "lat", "lon"), flags,
            flag_values=np.array([0, 1, 2], "f4"), flag_meanings="land\tsea ice", coordinates="when")
    ds.close()
    cases["labels"] = {"variables": {"classes": described(flags[:, :, 0])},
                       "extras": {"member": ["r1i1p1f1", "r2i1p1f1"],
                                  "band": ["red", "near-IR", "a-b"]},
                       "times": times_of([36], "hours since 2020-02-28 12:00", "noleap")}

    path, ds = new("curvilinear")
    ds.createDimension("j", 4)
    ds.createDimension("i", 6)
    jj, ii = np.meshgrid(np.arange(4), np.arange(6), indexing="ij")
    for name, values, units in [("TLAT", 40 + jj + 0.1 * ii, "degrees_north"),
                                ("TLONG", 10 + ii - 0.2 * jj, "degrees_east")]:
        put(ds, name, "f8", ("j", "i"), values, units=units)
    c = np.arange(24, dtype="f4").reshape(4, 6)
    put(ds, "sst", "f4", ("j", "i"), c, coordinates="TLONG TLAT")
    ds.close()
    cases["curvilinear"] = {"variables": {"sst": described(c)}}

    path, ds = new("rotated")
    for name, values in [("rlat", [-1.0, 0.0, 1.0]), ("rlon", [-2.0, -1.0, 0.0, 1.0])]:
        ds.createDimension(name, len(values))
        v = put(ds, name, "f8", (name,), values, units="degrees",
                standard_name="grid_latitude" if name == "rlat" else "grid_longitude")
    p = ds.createVariable("rotated_pole", "i4", ())
    p.grid_mapping_name = "rotated_latitude_longitude"
    p.grid_north_pole_latitude, p.grid_north_pole_longitude = 39.25, -162.0
    put(ds, "tas", "f4", ("rlat", "rlon"), np.arange(12).reshape(3, 4), grid_mapping="rotated_pole")
    put(ds, "pr", "f4", ("rlat", "rlon"), np.arange(12).reshape(3, 4),
        grid_mapping="rotated_pole: rlat rlon")
    ds.close()
    golden("rotated", path, ["tas", "pr"], rows={"count": 3, "first": -1.0, "last": 1.0})

    path, ds = new("unnamed")
    for name, values in [("y", [1e6, 2e6, 3e6]), ("x", [-1e6, 0.0, 1e6, 2e6])]:
        ds.createDimension(name, len(values))
        put(ds, name, "f8", (name,), values, units="m")
    put(ds, "z", "f4", ("y", "x"), np.arange(12).reshape(3, 4))
    ds.close()
    golden("unnamed", path, ["z"], options={"crs": "EPSG:3031"})

    path, ds = new("filter")
    degrees(ds)
    v = ds.createVariable("zstd", "i4", ("lat", "lon"), compression="zstd")
    v[:] = raw
    put(ds, "plain", "i4", ("lat", "lon"), raw)
    ds.close()
    cases["filter"] = {"variables": {"plain": described(raw)}, "skipped": ["zstd"]}

    # Four files along time: overlapping, unsorted, with a gap, each packed in its own way.
    stack, stamps = {}, {}
    for number_, (days, scale) in enumerate([([0, 1, 2], 0.5), ([6, 7], 0.25), ([2, 3], 2.0)]):
        path, ds = new(f"join{number_}", "NETCDF3_CLASSIC")
        degrees(ds)
        ds.createDimension("time", None)
        ds.createDimension("nv", 2)
        put(ds, "time", "i4", ("time",), days, units="days since 2001-02-27", calendar="Standard",
            bounds="time_bnds")
        put(ds, "time_bnds", "i4", ("time", "nv"), [[d, d + 1] for d in days])
        values = np.stack([raw + 100 * d + number_ for d in days])
        put(ds, "field", "i2", ("time", "lat", "lon"), values, scale_factor=scale)
        ds.close()
        for day, value in zip(days, values * scale):
            stack.setdefault(day, value)
    order = sorted(stack)
    cases["join"] = {
        "sources": ["join0.nc", "join1.nc", "join2.nc"],
        "variables": {"field": described(np.stack([stack[d] for d in order]))},
        "times": times_of(order, "days since 2001-02-27", "standard"),
        "notes": ["unsorted-times", "repeated-times", "missing-times"]}

    # Chunks that hold several times and members, stored in an unusual order.
    path, ds = new("chunks")
    degrees(ds)
    ds.createDimension("member", 3)
    ds.createDimension("time", 10)
    put(ds, "time", "i4", ("time",), np.arange(10), units="days since 2001-01-01")
    put(ds, "member", "i4", ("member",), [4, 5, 6])
    values = np.random.default_rng(7).integers(-500, 500, (4, 3, 10, 5)).astype("i2")
    v = ds.createVariable("field", "i2", ("lat", "member", "time", "lon"), zlib=True,
                          chunksizes=(3, 2, 4, 2), fill_value=-499)
    v.scale_factor = 0.5
    v.set_auto_maskandscale(False)
    v[:] = values
    ds.close()
    golden("chunks", path, [], extras={"member": ["4", "5", "6"]})
    with xr.open_dataset(path) as read:
        cases["chunks"]["variables"] = {
            "field": described(read.field.transpose("time", "member", "lat", "lon").values)}

    # One file for each group of members: some with a dimension, one with a coordinate only; the
    # times of the last one are others.
    files = [("e0", [2], [0, 1]), ("e1", [7, 3], [0, 1]), ("e2", None, [1, 2])]
    for name, members, days in files:
        path, ds = new(f"member_{name}")
        degrees(ds)
        ds.createDimension("time", len(days))
        put(ds, "time", "i4", ("time",), days, units="days since 2001-01-01")
        if members is None:
            put(ds, "member", "i4", (), 1)
            dims, coordinates = ("time", "lat", "lon"), {"coordinates": "member"}
        else:
            ds.createDimension("member", len(members))
            put(ds, "member", "i4", ("member",), members)
            dims, coordinates = ("time", "member", "lat", "lon"), {}
        shape = tuple(len(ds.dimensions[d]) for d in dims)
        put(ds, "field", "f4", dims,
            np.random.default_rng(len(name) + len(days) + shape[1]).normal(size=shape), **coordinates)
        ds.close()
    names = [f"member_{name}.nc" for name, _, _ in files]
    with xr.open_dataset(os.path.join(FIXTURES, names[0])) as e0, \
            xr.open_dataset(os.path.join(FIXTURES, names[1])) as e1, \
            xr.open_dataset(os.path.join(FIXTURES, names[2])) as e2:
        joined = xr.concat([e0, e1, e2.expand_dims("member")], dim="member", join="outer")
        joined = joined.field.transpose("time", "member", "lat", "lon")
        cases["members"] = {
            "sources": names, "options": {"join": "member"},
            "variables": {"field": described(joined.values)},
            "times": times_of([0, 1, 2], "days since 2001-01-01", "standard"),
            "extras": {"member": [str(m) for m in joined.member.values]},
            "notes": ["missing-fields"]}
    return cases


def write(name, value):
    with open(os.path.join(HERE, name), "w") as f:
        json.dump(value, f, separators=(",", ":"), allow_nan=False)
        f.write("\n")


if __name__ == "__main__":
    write("cubes_calendars.json", calendars())
    write("cubes_fixtures.json", fixtures())
    if len(sys.argv) > 1:
        write("cubes_shared.json", shared(sys.argv[1]))
