"""Small cubes of every kind that arrays can be made of, and what else must be true of them."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr


def nothing(dataset: Path) -> None:
    """No further check."""


@dataclass
class Source:
    name: str
    write: object
    variables: list = field(default_factory=lambda: ["v"])
    check: object = nothing


def grid(rows: int, columns: int) -> dict:
    return {
        "lat": ("lat", np.linspace(60, -60, rows), {"units": "degrees_north"}),
        "lon": ("lon", -180 + (np.arange(columns) + 0.5) * 360 / columns, {"units": "degrees_east"}),
    }


def field_values(shape, seed: int = 3) -> np.ndarray:
    """Smooth values with holes."""
    random = np.random.default_rng(seed)
    axes = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    values = sum(np.sin(a / (3 + 4 * i)) for i, a in enumerate(axes)) * 5 + 280
    values += random.normal(0, 0.2, shape)
    values[random.random(shape) < 0.1] = np.nan
    values[..., : shape[-2] // 4, : shape[-1] // 3] = np.nan
    return values


def times(count: int) -> dict:
    return {"time": ("time", np.arange(count) * 6, {"units": "hours since 1999-12-31T18:00"})}


def double(path: Path) -> None:
    data = field_values((4, 131, 517))
    xr.Dataset({"v": (("time", "lat", "lon"), data)}, times(4) | grid(131, 517)).to_netcdf(path)


def is_double(dataset: Path) -> None:
    for level, name in ((0, "float64"), (1, "float32")):
        document = json.loads((dataset / f"cube.zarr/{level}/v/zarr.json").read_text())
        assert document["data_type"] == name, document["data_type"]


def packed(path: Path) -> None:
    data = field_values((3, 300, 700))
    cube = xr.Dataset({"v": (("time", "lat", "lon"), data)}, times(3) | grid(300, 700))
    cube.to_netcdf(path, encoding={"v": {
        "dtype": "int16", "scale_factor": 0.003, "add_offset": 275.0, "_FillValue": -32768}})


def unsigned_bytes(path: Path) -> None:
    """Stored as signed bytes that mean unsigned ones, without a number for missing."""
    with netCDF4.Dataset(path, "w") as cube:
        for name, size in (("lat", 90), ("lon", 180)):
            cube.createDimension(name, size)
            axis = cube.createVariable(name, "f8", (name,))
            axis[:] = grid(90, 180)[name][1]
            axis.units = grid(90, 180)[name][2]["units"]
        variable = cube.createVariable("v", "i1", ("lat", "lon"))
        variable.set_auto_maskandscale(False)
        variable.setncattr("_Unsigned", "true")
        variable.setncattr("scale_factor", 0.5)
        variable[:] = (np.arange(90 * 180).reshape(90, 180) % 251).astype("u1").view("i1")


def whole(path: Path) -> None:
    random = np.random.default_rng(1)
    data = random.integers(-2_000_000_000, 2_000_000_000, (2, 60, 130))
    cube = xr.Dataset({"v": (("time", "lat", "lon"), data.astype("i4"))}, times(2) | grid(60, 130))
    cube["v"].attrs["_FillValue"] = np.int32(-7)
    cube.to_netcdf(path)


def classes(path: Path) -> None:
    random = np.random.default_rng(5)
    data = np.repeat(np.repeat(random.integers(0, 6, (2, 80, 150)), 4, 1), 4, 2).astype("u1")
    attributes = {"flag_values": np.arange(6, dtype="u1"), "flag_meanings": "a b c d e f"}
    data[:, :40, :100] = 255
    xr.Dataset(
        {"v": (("time", "lat", "lon"), data, attributes | {"_FillValue": np.uint8(255)})},
        times(2) | grid(320, 600),
    ).to_netcdf(path)


def bits(path: Path) -> None:
    random = np.random.default_rng(6)
    data = random.integers(0, 16, (2, 300, 400)).astype("i4")
    attributes = {"flag_masks": np.array([1, 2, 4, 8], "i4"), "flag_meanings": "a b c d"}
    xr.Dataset(
        {"v": (("time", "lat", "lon"), data, attributes)}, times(2) | grid(300, 400)
    ).to_netcdf(path)


def further(path: Path) -> None:
    """Depths before times in the file, columns before rows, and a second variable without times."""
    data = field_values((3, 5, 40, 90)).astype("f4")
    xr.Dataset(
        {
            "v": (("depth", "time", "lon", "lat"), data.transpose(0, 1, 3, 2)),
            "still": (("lat", "lon"), data[0, 0]),
        },
        times(5) | grid(40, 90)
        | {"depth": ("depth", [0.5, 10.0, 200.0], {"units": "m", "positive": "down"})},
    ).transpose("depth", "time", "lat", "lon").to_netcdf(path)


def long(path: Path) -> None:
    """So many times that a window has several blocks of them."""
    data = (np.arange(8_500)[:, None, None] * 0.01 + np.arange(6)[None, :, None]
            + np.arange(7)[None, None, :])
    xr.Dataset({"v": (("time", "lat", "lon"), data)}, times(8_500) | grid(6, 7)).to_netcdf(path)


def has_blocks(dataset: Path) -> None:
    document = json.loads((dataset / "series.zarr/0/v/zarr.json").read_text())
    inner = document["codecs"][0]["configuration"]["chunk_shape"]
    assert inner == [8192, 1, 1], inner


def curvilinear(path: Path) -> None:
    rows, columns = 120, 200
    y, x = np.mgrid[0:rows, 0:columns]
    angle = np.deg2rad(25)
    lon = 10 + (x * np.cos(angle) - y * np.sin(angle)) * 0.1
    lat = 40 + (x * np.sin(angle) + y * np.cos(angle)) * 0.1
    data = field_values((2, rows, columns)).astype("f4")
    xr.Dataset(
        {"v": (("time", "y", "x"), data, {"coordinates": "lat lon"})},
        times(2) | {
            "lat": (("y", "x"), lat, {"units": "degrees_north", "standard_name": "latitude"}),
            "lon": (("y", "x"), lon, {"units": "degrees_east", "standard_name": "longitude"}),
        },
    ).to_netcdf(path)


def projected(path: Path) -> None:
    rows, columns = 200, 260
    data = field_values((2, rows, columns)).astype("f4")
    cube = xr.Dataset(
        {"v": (("time", "y", "x"), data, {"grid_mapping": "ps"})},
        times(2) | {
            "y": ("y", 4e6 - np.arange(rows) * 25e3,
                  {"units": "m", "standard_name": "projection_y_coordinate"}),
            "x": ("x", -3e6 + np.arange(columns) * 25e3,
                  {"units": "m", "standard_name": "projection_x_coordinate"}),
        },
    )
    cube["ps"] = ((), 0, {
        "grid_mapping_name": "polar_stereographic", "latitude_of_projection_origin": 90.0,
        "straight_vertical_longitude_from_pole": -45.0, "standard_parallel": 70.0,
        "false_easting": 0.0, "false_northing": 0.0, "semi_major_axis": 6378273.0,
        "inverse_flattening": 298.279411123064,
    })
    cube.to_netcdf(path)


def mesh_fits(dataset: Path) -> None:
    """Corners of cells between the nodes of the mesh lie within a tenth of a cell of PROJ's."""
    import pyproj
    import zarr

    root = json.loads((dataset / "cube.zarr/zarr.json").read_text())["attributes"]
    mesh = root["cubepress"]["grids"]["g0"]["mesh"]
    nodes = zarr.open_group(str(dataset / "cube.zarr/mesh/g0"), mode="r")
    lon, lat = (np.deg2rad(nodes[name][:]) for name in ("longitude", "latitude"))
    directions = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    level = xr.open_zarr(str(dataset / "cube.zarr"), group="0", chunks=None, decode_coords="all")
    crs = pyproj.CRS.from_wkt(level["crs"].attrs["crs_wkt"])
    x = level["x"].values[0] + (np.arange(level.sizes["x"] + 1) - 0.5) * 25e3
    y = level["y"].values[0] - (np.arange(level.sizes["y"] + 1) - 0.5) * 25e3
    place = pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    true_lon, true_lat = (np.deg2rad(v) for v in place.transform(*np.meshgrid(x, y)))
    truth = np.stack([np.cos(true_lat) * np.cos(true_lon), np.cos(true_lat) * np.sin(true_lon),
                      np.sin(true_lat)])
    rows, columns = np.array(mesh["rows"]), np.array(mesh["columns"])
    found = np.stack([
        np.stack([np.interp(np.arange(rows[-1] + 1), rows, line) for line in
                  np.stack([np.interp(np.arange(columns[-1] + 1), columns, row)
                            for row in part]).T]).T
        for part in directions
    ])
    found /= np.linalg.norm(found, axis=0)
    metres = np.linalg.norm(found - truth, axis=0) * 6_371_000
    # 25 km on the map are no less than 24 km on the ground here.
    assert metres.max() < 0.1 * 24e3 * 1.1, f"a corner is off by {metres.max():.0f} m"


SOURCES = [
    Source("doubles", double, check=is_double),
    Source("packed numbers", packed),
    Source("unsigned bytes", unsigned_bytes),
    Source("large whole numbers", whole),
    Source("classes", classes),
    Source("bits", bits),
    Source("further dimensions", further, ["v", "still"]),
    Source("a long series", long, check=has_blocks),
    Source("a curvilinear grid", curvilinear),
    Source("a projected grid", projected, check=mesh_fits),
]
