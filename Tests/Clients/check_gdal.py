"""GDAL's WMTS driver reads the site over HTTP, and its pixels have the colours of the source."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from check_pixels import bins_off, zoom_and_tiles
from matrices import MATRIX_SETS, TILE
from patience import PATIENCE
from report import Failure, require
from site_folder import Served, Site

READER = Path(__file__).with_name("gdal_read.py")
# EPSG codes that a client may report for each set.
CODES = {
    "WebMercatorQuad": {"3857"},
    "WorldCRS84Quad": {"CRS84", "4326"},
    "UPSAntarcticWGS84Quad": {"5042", "32761"},
    "UPSArcticWGS84Quad": {"5041", "32661"},
}


def gdal_checks(report, site: Site, served: Served, shown: list) -> None:
    for variable in shown:
        for matrix_set in variable.matrix_sets:
            name = f"GDAL {variable.dataset}/{variable.variable}/{matrix_set}"
            report.check(name, reads_colours, site, served, variable, matrix_set)


def filled_block(site: Site, layer, style: str, matrix_set: str, z: int, tiles: list, times: list) -> list:
    """A block of 2 × 2 tiles that has as many tiles as can be at all of these times."""

    def exists(x: int, y: int, time: dict) -> bool:
        return (site.folder / layer.key(style, matrix_set, z, x, y, **time)).exists()

    def filled(corner: tuple) -> int:
        x, y = corner
        block = [(x + dx, y + dy) for dx in (0, 1) for dy in (0, 1)]
        return min(sum(exists(a, b, time) for a, b in block) for time in times)

    x, y = max(tiles, key=filled)
    return [(a, b) for b in (y, y + 1) for a in (x, x + 1) if (a, b) in tiles]


def reads_colours(site: Site, served: Served, shown, matrix_set: str) -> str:
    style = shown.styles[0]
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    time = {layer.time: layer.dimensions[layer.time][0]} if layer.time else {}
    block = filled_block(site, layer, style.id, matrix_set, z, tiles, [time])
    xs, ys = [x for x, _ in block], [y for _, y in block]
    definition = MATRIX_SETS[matrix_set]
    left, _, _, top = definition.bounds(z, min(xs), min(ys))
    _, bottom, right, _ = definition.bounds(z, max(xs), max(ys))
    size = [(max(xs) - min(xs) + 1) * TILE, (max(ys) - min(ys) + 1) * TILE]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "window.npy"
        answer = run_reader(
            {
                "capabilities": served.capabilities,
                "layer": layer.places[matrix_set][0],
                "style": style.id,
                "matrix_set": layer.places[matrix_set][1],
                "zoom": z,
                "bounds": [left, bottom, right, top],
                "size": size,
                "out": str(out),
            }
        )
        require("error" not in answer, answer.get("error", ""))
        picture = np.load(out)
    require(answer["crs"] in CODES[matrix_set], f"GDAL takes the CRS for {answer['crs']}")
    step = answer["transform"][1]
    require(
        abs(step / definition.cell_size(z) - 1) < 1e-9,
        f"GDAL's pixels are {step} wide, the tile matrix has {definition.cell_size(z)}",
    )
    for offset in answer["offset"]:
        require(abs(offset - round(offset)) < 1e-3, f"GDAL's pixels lie {offset} from the tiles'")
    covered = answer.get("covered")
    require(covered, "the window lies outside of what GDAL takes for the layer's extent")
    # GDAL knows one time: the default one.
    time = layer.times.index(layer.dimensions[layer.time][0]) if layer.time else None
    field = shown.field(time)
    off = np.concatenate(
        [
            np.concatenate(
                [
                    bins_off(
                        field, style, definition, z, x, y,
                        picture[(y - min(ys)) * TILE :][:TILE, (x - min(xs)) * TILE :][:, :TILE],
                    )
                    for x in sorted(set(xs))
                ],
                axis=1,
            )
            for y in sorted(set(ys))
        ]
    )  # fmt: skip
    row, column, height, width = covered
    off = off[row : row + height, column : column + width]
    share = float((off <= 1).mean())
    note = f"zoom {z}, {off.size} pixels, {share:.2%} as the source says"
    require(share >= 0.998, note)
    require((picture[..., 3] > 0).any(), "GDAL read nothing but transparent pixels")
    return note


def run_reader(job: dict) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([job], file)
        file.flush()
        result = subprocess.run(
            ["/usr/bin/python3", str(READER), file.name],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    if result.returncode != 0:
        raise Failure(f"gdal_read.py: {result.stderr.strip().splitlines()[-1:]}")
    return json.loads(result.stdout.splitlines()[-1])
