"""Terrain, decoded by quantized-mesh-tile: against the source's heights, and tiles against each other."""

import gzip
import io
import json
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyproj
import xarray as xr
import yaml
from matplotlib.tri import LinearTriInterpolator, Triangulation
from PIL import Image
from quantized_mesh_tile.terrain import TerrainTile

from cubes import Field
from matrices import MATRIX_SETS, TILE, to_grid
from patience import PATIENCE
from report import Failure, require

GEODETIC = MATRIX_SETS["WorldCRS84Quad"]
PARTS = 32767
# Places are found by interpolation between exact ones, to within this part of a pixel.
PLACE_TOLERANCE = 0.05


@dataclass
class Mesh:
    """A decoded tile: columns and rows of its lattice, rows from the north, and heights."""

    columns: np.ndarray
    rows: np.ndarray
    heights: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray
    header: dict
    sides: dict
    water: list
    size: int

    @classmethod
    def read(cls, path: Path, extensions: list) -> "Mesh":
        packed = path.read_bytes()
        tile = TerrainTile()
        tile.fromBytesIO(
            io.BytesIO(gzip.decompress(packed)),
            hasLighting="octvertexnormals" in extensions,
            hasWatermask="watermask" in extensions,
        )
        low, high = tile.header["minimumHeight"], tile.header["maximumHeight"]
        u, v, h = (np.asarray(values, dtype=np.int64) for values in (tile.u, tile.v, tile.h))
        for values in (u, v, h):
            require(values.min() >= 0 and values.max() <= PARTS, "a position is outside the tile")
        columns, rows = np.rint(u * TILE / PARTS), TILE - np.rint(v * TILE / PARTS)
        require(np.abs(u - columns * PARTS / TILE).max() <= 0.5, "a place is not one of the lattice")
        return cls(
            columns,
            rows,
            # The step is a power of two: exact.
            low + h * ((high - low) / PARTS),
            np.asarray(tile.indices).reshape(-1, 3),
            np.asarray(tile.vLight),
            tile.header,
            {"west": tile.westI, "south": tile.southI, "east": tile.eastI, "north": tile.northI},
            getattr(tile, "watermask", []),
            len(packed),
        )

    def edge(self, side: str) -> list:
        """(place along the edge, height, normal) of its vertices, in order."""
        numbers = self.sides[side]
        along = self.rows if side in ("west", "east") else self.columns
        return sorted(
            (along[n], self.heights[n], tuple(self.normals[n]) if len(self.normals) else ())
            for n in numbers
        )

    def surface(self) -> np.ndarray:
        """Heights of the mesh at all 257 × 257 places."""
        flat = Triangulation(self.columns, self.rows, self.triangles)
        places = np.arange(TILE + 1)
        heights = LinearTriInterpolator(flat, self.heights)(*np.meshgrid(places, places))
        return np.ma.filled(heights, np.nan)

    def check_shape(self) -> None:
        """Triangles cover the tile once, seen from above against the clock, all corners used."""
        x, y = self.columns[self.triangles], -self.rows[self.triangles]
        areas = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
        require(areas.min() > 0, "a triangle turns the wrong way or is empty")
        require(areas.sum() == 2 * TILE * TILE, f"triangles cover {areas.sum() / 2} of {TILE * TILE}")
        require(np.unique(self.triangles).size == len(self.columns), "a vertex is in no triangle")
        for side, axis, value in [
            ("west", self.columns, 0),
            ("east", self.columns, TILE),
            ("north", self.rows, 0),
            ("south", self.rows, TILE),
        ]:
            require(
                sorted(self.sides[side]) == sorted(np.flatnonzero(axis == value)),
                f"the list of the {side} edge is not that of its vertices",
            )


@dataclass
class Terrain:
    """The terrain of one field as `layer.json` describes it."""

    folder: Path
    layer: dict

    @property
    def ours(self) -> dict:
        return self.layer["cubepress"]

    def tiles(self, z: int) -> list:
        """(x, y) with y from the south of all tiles that are said to exist."""
        return [
            (x, y)
            for box in self.layer["available"][z]
            for y in range(box["startY"], box["endY"] + 1)
            for x in range(box["startX"], box["endX"] + 1)
        ]

    def mesh(self, z: int, x: int, y: int) -> Mesh:
        try:
            return Mesh.read(self.folder / f"{z}/{x}/{y}.terrain", self.layer["extensions"])
        except Failure as failure:
            raise Failure(f"{z}/{x}/{y}: {failure}") from None


def coarsened(field: Field, level: int) -> Field:
    """A field averaged over squares of 2^level cells, weighted by their areas on the ground."""
    if level == 0:
        return field
    side = 2**level
    values = field.values.astype(np.float64)
    weights = np.where(np.isnan(values), 0.0, 1.0)
    if field.is_geographic:
        latitudes = field.first_y + field.step_y * np.arange(values.shape[0])
        weights *= np.cos(np.radians(latitudes))[:, None]
    room = [(0, -n % side) for n in values.shape]
    total, weight = (
        np.pad(part, room).reshape(
            (values.shape[0] + side - 1) // side, side, (values.shape[1] + side - 1) // side, side
        ).sum(axis=(1, 3))
        for part in (np.nan_to_num(values) * weights, weights)
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        means = (total / weight).astype(np.float32)
    return replace(
        field,
        values=means,
        first_x=field.first_x + (side - 1) / 2 * field.step_x,
        first_y=field.first_y + (side - 1) / 2 * field.step_y,
        step_x=field.step_x * side,
        step_y=field.step_y * side,
    )


def one_turn(field: Field) -> Field:
    """Without the columns with which a field repeats its first ones."""
    turn = round(360 / abs(field.step_x)) if field.is_geographic else field.values.shape[1]
    return replace(field, values=field.values[:, :turn])


@dataclass
class Expected:
    """What a field says of some places: bounds, because places are known to a tolerance only."""

    low: np.ndarray
    high: np.ndarray
    is_missing: np.ndarray
    is_rim: np.ndarray  # may be missing or not

    @classmethod
    def of(cls, field: Field, columns, rows, scale: float) -> "Expected":
        off = 0 if field.is_geographic else PLACE_TOLERANCE
        moved = [
            field.sample(columns + a, rows + b, "bilinear") * scale
            for a in (-off, 0, off)
            for b in (-off, 0, off)
        ]
        gaps = np.isnan(moved)
        missing = gaps.all(axis=0)
        return cls(
            np.fmin.reduce(moved), np.fmax.reduce(moved), missing, gaps.any(axis=0) & ~missing
        )

    def off(self, heights, missing: float) -> np.ndarray:
        """How far heights are from what is expected."""
        off = np.maximum(self.low - heights, heights - self.high)
        off = np.where(self.is_missing, np.abs(heights - missing), off)
        return np.where(self.is_rim, 0, np.maximum(off, 0))


def at_lattice(source: Field, coarse: Field, z: int, x: int, y: int, scale: float) -> Expected:
    """What a field, seen at some level, says at the lattice of a tile, y from the south."""
    step = GEODETIC.cell_size(z)
    lons = -180 + (x * TILE + np.arange(TILE + 1)) * step
    lats = 90 - (((1 << z) - 1 - y) * TILE + np.arange(TILE + 1)) * step
    places = to_grid(GEODETIC, source.crs).transform(*np.meshgrid(lons, lats))
    found = Expected.of(coarse, *coarse.indices(*places), scale)
    # The last cells of a level may reach beyond the source.
    columns, rows = source.indices(*places)
    # Far from its meridian a projection may lead into the grid from elsewhere: not back, though.
    with np.errstate(invalid="ignore"):
        back = to_grid(GEODETIC, source.crs).transform(*places, direction="INVERSE")
        found.is_missing |= ~(np.abs(back[1] - lats[:, None]) < step)
    height, width = source.values.shape
    outside = (np.abs(columns + 0.5 - width / 2) > width / 2) | (np.abs(rows + 0.5 - height / 2) > height / 2)
    found.is_rim |= outside & ~found.is_missing
    return found


def layer_document(terrain: Terrain) -> str:
    """`layer.json` is as Cesium reads it, and names exactly the tiles that exist."""
    layer = terrain.layer
    for key, value in [
        ("format", "quantized-mesh-1.0"),
        ("scheme", "tms"),
        ("projection", "EPSG:4326"),
        ("tiles", ["{z}/{x}/{y}.terrain"]),
    ]:
        require(layer[key] == value, f"{key} is {layer[key]}")
    require(set(terrain.tiles(0)) == {(0, 0), (1, 0)}, "the two tiles of zoom 0 must be there")
    require(len(layer["available"]) == layer["maxzoom"] + 1, "available does not fit maxzoom")
    named = [(z, *tile) for z in range(layer["maxzoom"] + 1) for tile in terrain.tiles(z)]
    require(len(named) == len(set(named)), "a tile is named twice")
    there = {
        tuple(int(part) for part in path.relative_to(terrain.folder).with_suffix("").parts)
        for path in terrain.folder.glob("*/*/*.terrain")
    }
    require(set(named) == there, f"{len(set(named) ^ there)} tiles are named or there, not both")
    for z, x, y in named:
        require(z == 0 or (z - 1, x // 2, y // 2) in there, f"{z}/{x}/{y} has no parent")
    errors = terrain.ours["maximumErrors"]
    require(all(a == 2 * b for a, b in zip(errors, errors[1:])), "errors do not halve")
    return f"{len(named)} tiles, errors {errors[0]:.4g} to {errors[-1]:.4g} m"


def every_tile(terrain: Terrain) -> str:
    """quantized-mesh-tile decodes every tile; neighbours share edges to the last bit."""
    triangles = size = edges = 0
    for z in range(terrain.layer["maxzoom"] + 1):
        sides, poles = {}, set()
        width = 2 << z
        for x, y in terrain.tiles(z):
            mesh = terrain.mesh(z, x, y)
            try:
                mesh.check_shape()
                check_sphere(mesh, z, x, y)
            except Failure as failure:
                raise Failure(f"{z}/{x}/{y}: {failure}") from None
            triangles += len(mesh.triangles)
            size += mesh.size
            for side, place in [
                ("west", ("|", x, y)),
                ("east", ("|", (x + 1) % width, y)),
                ("south", ("-", x, y)),
                ("north", ("-", x, y + 1)),
            ]:
                edge = mesh.edge(side)
                if place[0] == "-" and place[2] in (0, 1 << z):
                    poles.add((place[2], tuple({height for _, height, _ in edge})))
                    continue
                if place in sides:
                    require(sides[place] == edge, f"{z}/{x}/{y} does not meet its {side} neighbour")
                    edges += 1
                else:
                    sides[place] = edge
        for pole in {pole for pole, _ in poles}:
            heights = {heights for other, heights in poles if other == pole}
            require(len(heights) == 1 and len(*heights) == 1, f"zoom {z}: a pole has {heights}")
    return f"{triangles} triangles, {size} bytes, {edges} common edges"


def check_sphere(mesh: Mesh, z: int, x: int, y: int) -> None:
    """The sphere of the header holds all vertices, placed by pyproj."""
    step = GEODETIC.cell_size(z)
    lons = -180 + (x * TILE + mesh.columns) * step
    lats = 90 - (((1 << z) - 1 - y) * TILE + mesh.rows) * step
    places = np.stack(geocentric().transform(lons, lats, mesh.heights))
    header = mesh.header
    centre = [[header[f"boundingSphereCenter{axis}"]] for axis in "XYZ"]
    far = np.sqrt(((places - centre) ** 2).sum(axis=0)).max()
    radius = header["boundingSphereRadius"]
    require(abs(far - radius) <= 0.01, f"the sphere's radius is {radius}, a vertex is {far} away")
    require(
        mesh.heights.min() == header["minimumHeight"]
        and header["maximumHeight"] >= mesh.heights.max(),
        "heights are not within those of the header",
    )


def geocentric():
    return pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def chosen(tiles: list, count: int = 6) -> list:
    """Some of the tiles, spread evenly."""
    return [tiles[n * len(tiles) // count] for n in range(count)] if len(tiles) > count else tiles


def heights(terrain: Terrain, field: Field, scale: float) -> str:
    """At every place of the lattice the mesh is within the stated error of the source's heights."""
    field = one_turn(field)
    side = min(abs(field.step_x), abs(field.step_y))
    side *= 1 if field.is_geographic else 180 / np.pi / 6378137.0
    missing = terrain.ours["missing"] * terrain.ours["exaggeration"]
    worst, places = {}, 0
    for z in range(terrain.layer["maxzoom"] + 1):
        level = max(0, round(np.log2(GEODETIC.cell_size(z) / side)))
        coarse = coarsened(field, level)
        for x, y in chosen(terrain.tiles(z)):
            surface = terrain.mesh(z, x, y).surface()
            require(not np.isnan(surface).any(), f"{z}/{x}/{y} has a hole")
            off = at_lattice(field, coarse, z, x, y, scale).off(surface, missing)
            # All places of a pole have one height, the mean of what lies around.
            off[[row for row, pole in [(0, (1 << z) - 1), (TILE, 0)] if y == pole]] = 0
            share = off / terrain.ours["maximumErrors"][z]
            require(
                np.quantile(share, 0.9999) <= 1.0 and share.max() <= 1.05,
                f"{z}/{x}/{y}: off by {off.max():.2f} m, {share.max():.3f} of what is allowed",
            )
            worst[z] = max(worst.get(z, 0), float(share.max()))
            places += off.size
    return f"{places} places; furthest off, as part of the stated error, by zoom: " + " ".join(
        f"{share:.2f}" for share in worst.values()
    )


def pictures(site_folder: Path, document: dict, field: Field, scale: float, missing: float) -> str:
    """Terrain-RGB tiles decode to the source's heights to half of their step of 0.1 m."""
    rgb = document["rgb"]
    tilejson = json.loads((site_folder / rgb["tilejson"]).read_text())
    require(tilejson["encoding"] == "mapbox" and rgb["encoding"] == "mapbox", "the encoding")
    mercator = MATRIX_SETS["WebMercatorQuad"]
    template = str(site_folder / rgb["template"])
    for dimension in document["dimensions"]:
        template = template.replace("{" + dimension["placeholder"] + "}", dimension["default"])
    z = rgb["maxzoom"]
    base = Path(template[: template.index("{z}")])
    found = sorted((int(p.stem), int(p.parent.name)) for p in base.glob(f"{z}/*/*.png"))
    require(found, "there are no tiles")
    field, worst, places = one_turn(field), 0.0, 0
    for x, y in chosen(found):
        with Image.open(template.format(z=z, y=y, x=x)) as picture:
            red, green, blue = np.asarray(picture.convert("RGB"), dtype=np.int64).transpose(2, 0, 1)
        shown = -10000 + 0.1 * (65536 * red + 256 * green + blue)
        columns, rows = field.tile_indices(mercator, z, x, y)
        wrong = Expected.of(field, columns, rows, scale).off(shown, missing)
        # Half a step, and what single precision loses of a place on a steep slope; between the places
        # that bound what is expected a ridge may stand out.
        allowed = 0.06 if field.is_geographic else 1.0
        require(
            np.quantile(wrong, 0.9999) <= allowed, f"{z}/{y}/{x} is off by {wrong.max():.2f} m"
        )
        worst, places = max(worst, float(np.quantile(wrong, 0.9999))), places + wrong.size
    return f"{places} pixels, off by at most {worst:.3f} m but for one in 10,000"


def served(base: str, document: dict) -> str:
    """Tiles come as what they are, packed."""
    layer = document["layer"]
    for dimension in document["dimensions"]:
        layer = layer.replace("{" + dimension["placeholder"] + "}", dimension["default"])
    url = base + layer.removesuffix("layer.json") + "0/0/0.terrain"
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        fields = answer.headers
        require(fields["Content-Encoding"] == "gzip", f"Content-Encoding {fields['Content-Encoding']}")
        require(
            fields["Content-Type"] == "application/vnd.quantized-mesh",
            f"Content-Type {fields['Content-Type']}",
        )
        require(answer.read(2) == b"\x1f\x8b", "the tile is not packed")
    return url


def terrain_checks(report, site, base: str, recipe: Path, shown: list) -> None:
    """The checks of all terrains of a recipe."""
    metres = {"m": 1.0, "km": 1000.0, "ft": 0.3048}
    for entry in yaml.safe_load(recipe.read_text(encoding="utf-8"))["datasets"]:
        wanted = entry.get("terrain")
        if not wanted:
            continue
        name = f"terrain {entry['id']}"
        source = next(
            s for s in shown if s.dataset == entry["id"] and s.variable == wanted["variable"]
        )
        document = json.loads((site.folder / f"api/datasets/{entry['id']}.json").read_text())["terrain"]
        values = {d["placeholder"]: d for d in document["dimensions"]}
        time = values.get("time", {"values": [None]})["values"][-1]
        path = site.folder / document["layer"].replace("{time}", str(time))
        terrain = Terrain(path.parent, json.loads(path.read_text()))
        units = wanted.get("units") or source.cube[source.variable].attrs.get("units")
        unit = metres[{"meters": "m", "metres": "m", "METERS": "m"}.get(units, units)]
        field = source.field(-1)
        report.check(f"{name} layer.json", layer_document, terrain)
        report.check(f"{name} tiles", every_tile, terrain)
        report.check(f"{name} heights", heights, terrain, field, unit * document["exaggeration"])
        if "rgb" in document:
            report.check(
                f"{name} rgb", pictures, site.folder, document, field, unit, wanted.get("missing", 0)
            )
        report.check(f"{name} served", served, base, document)


def relief(x: np.ndarray, y: np.ndarray, top: float) -> np.ndarray:
    """Heights with waves of several lengths, rows along y."""
    across, down = np.meshgrid(np.linspace(0, 6, x.size), np.linspace(0, 5, y.size))
    waves = np.sin(across) * np.cos(down) + 0.3 * np.sin(5 * across + 4 * down)
    return (top * (waves + 0.05 * np.sin(31 * across * down))).astype("float32")


def across_antimeridian(folder: Path) -> tuple:
    """Kilometres, 0–360, latitude ascending, with a hole, partly below sea level."""
    x, y = 170.05 + 0.1 * np.arange(200), -9.95 + 0.1 * np.arange(150)
    values = relief(x, y, 1.5)
    values[60:80, 90:120] = np.nan
    data = xr.Dataset(
        {"h": (("lat", "lon"), values, {"units": "km"})},
        {
            "lon": ("lon", x, {"units": "degrees_east"}),
            "lat": ("lat", y, {"units": "degrees_north"}),
        },
    )
    return data, None, {"error": 10, "missing": -300, "exaggeration": 2}, 2000.0


def projected(folder: Path) -> tuple:
    """Whole feet in UTM, rows from the north."""
    x, y = 450_050 + 100.0 * np.arange(300), 4_400_050 - 100.0 * np.arange(200)
    data = xr.Dataset(
        {"h": (("y", "x"), np.round(relief(x, y, 9000)).astype("int16"), {"units": "ft"})},
        {"x": ("x", x, {"units": "m"}), "y": ("y", y, {"units": "m"})},
    )
    for name in ("x", "y"):
        data[name].attrs["standard_name"] = f"projection_{name}_coordinate"
    return data, "EPSG:32613", {}, 0.3048


def ice(folder: Path) -> tuple:
    """A surface that sinks, on a polar grid."""
    x = -1_500_000 + 10_000.0 * np.arange(301)
    first = relief(x, x, 800) + 2000
    data = xr.Dataset(
        {"h": (("time", "y", "x"), np.stack([first, first - 50]), {"units": "m"})},
        {
            "time": ("time", [0, 1], {"units": "days since 2020-01-01"}),
            "y": ("y", x, {"units": "m", "standard_name": "projection_y_coordinate"}),
            "x": ("x", x, {"units": "m", "standard_name": "projection_x_coordinate"}),
        },
    )
    return data, "EPSG:3413", {}, 1.0


def one_cell(folder: Path) -> tuple:
    data = xr.Dataset(
        {"h": (("lat", "lon"), np.array([[500.0]], "float32"), {"units": "m"})},
        {
            "lon": ("lon", [30.0], {"units": "degrees_east", "bounds": "lon_bnds"}),
            "lat": ("lat", [40.0], {"units": "degrees_north", "bounds": "lat_bnds"}),
            "lon_bnds": (("lon", "n"), [[29.5, 30.5]]),
            "lat_bnds": (("lat", "n"), [[39.5, 40.5]]),
        },
    )
    return data, None, {"max-zoom": 3}, None


def made(cubepress: str, make) -> str:
    """A terrain of a source that is made for it, for each of its times."""
    with tempfile.TemporaryDirectory(prefix="cubepress-terrain-") as name:
        folder = Path(name)
        data, crs, options, scale = make(folder)
        data.to_netcdf(folder / "h.nc")
        dataset = {
            "id": "h", "source": str(folder / "h.nc"), "cube": "none", "series": "none",
            "max-zoom": 0, "terrain": {"variable": "h", "heights-above": "ellipsoid", **options},
        }  # fmt: skip
        dataset |= {"crs": crs} if crs else {}
        recipe = folder / "recipe.yaml"
        recipe.write_text(yaml.safe_dump({"datasets": [dataset]}))
        command = [cubepress, "build", str(recipe), "-o", str(folder / "site"), "-q"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        require(done.returncode == 0, done.stderr[-400:])
        layers = sorted((folder / "site/datasets/h/terrain").rglob("layer.json"))
        require(len(layers) == data["h"].sizes.get("time", 1), f"{len(layers)} terrains")
        notes = []
        for time, path in enumerate(layers):
            terrain = Terrain(path.parent, json.loads(path.read_text()))
            notes = [layer_document(terrain), every_tile(terrain)]
            if scale:
                field = Field.of(data, "h", crs, time)
                notes.append(heights(terrain, field, scale))
        return "; ".join(notes)


def refused(cubepress: str) -> str:
    """Values that are no heights, and errors that cannot be kept, are refused with what to do."""
    wrong = [
        ({"h": "K"}, {}, "State what its numbers are in the recipe"),
        ({"h": "m"}, {"error": 0.001}, "State 'error: "),
        ({"h": "m"}, {"variable": "height"}, "height"),
        ({"h": "m"}, {"water": {"variable": "sea", "values": [1]}}, "sea"),
    ]
    with tempfile.TemporaryDirectory(prefix="cubepress-terrain-") as name:
        folder = Path(name)
        for units, options, words in wrong:
            data, _, _, _ = across_antimeridian(folder)
            data["h"].attrs["units"] = units["h"]
            data["h"].values[0, 0] = 5000
            data.to_netcdf(folder / "h.nc")
            terrain = {"variable": "h", "heights-above": "geoid", **options}
            recipe = folder / "recipe.yaml"
            recipe.write_text(
                yaml.safe_dump({"datasets": [{"source": str(folder / "h.nc"), "terrain": terrain}]})
            )
            command = [cubepress, "build", str(recipe), "-o", str(folder / "site"), "-q"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            said = done.stderr + done.stdout
            report = folder / "site/.cubepress/report.json"
            said += report.read_text() if report.exists() else ""
            require(done.returncode == 1 and words in said, f"{options}: {done.returncode}, {said[-300:]}")
    return f"{len(wrong)} recipes"


def made_terrain_checks(report, cubepress: str) -> None:
    """Terrains of sources made for them: units, projections, holes, times."""
    for make in (across_antimeridian, projected, ice, one_cell):
        report.check(f"terrain {make.__name__.replace('_', ' ')}", made, cubepress, make)
    report.check("terrain refused", refused, cubepress)
