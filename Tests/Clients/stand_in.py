#!/usr/bin/env python3
"""Makes a small site in Python alone, as our program should make it, to test the checks themselves.

    stand_in.py RECIPE OUT BASE_URL [--fault half-pixel|swapped-times|seam|colour]

Slow and simple: one style of each variable, few zooms. With --fault the site has a mistake that
the checks must find (see `run --self-test`).
"""

import argparse
import sys
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from PIL import Image

from matrices import MATRIX_SETS, to_grid
from recipe import read_recipe

URNS = {
    "WebMercatorQuad": "urn:ogc:def:crs:EPSG::3857",
    "WorldCRS84Quad": "urn:ogc:def:crs:OGC:1.3:CRS84",
    # Not 5042: QGIS before 3.44 swaps its axes; 32761 is the same projection, northing first.
    "UPSAntarcticWGS84Quad": "urn:ogc:def:crs:EPSG::32761",
    "UPSArcticWGS84Quad": "urn:ogc:def:crs:EPSG::5041",
}


NORTHING_FIRST = {"UPSAntarcticWGS84Quad"}


def corner(name: str, x: float, y: float) -> str:
    """A corner in the axis order of a set's CRS."""
    return f"{y!r} {x!r}" if name in NORTHING_FIRST else f"{x!r} {y!r}"


def time_labels(shown) -> list:
    if not shown.steps:
        return []
    times = pd.DatetimeIndex(shown.cube["time"].values)
    return [time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in times]


def geographic_bounds(field) -> tuple:
    if not field.is_geographic:
        return -180.0, -90.0, 180.0, -60.0
    if field.is_periodic:
        return -180.0, -90.0, 180.0, 90.0
    rows, columns = field.values.shape
    xs = sorted([field.first_x - field.step_x / 2, field.first_x + (columns - 0.5) * field.step_x])
    ys = sorted([field.first_y - field.step_y / 2, field.first_y + (rows - 0.5) * field.step_y])
    return xs[0], ys[0], xs[1], ys[1]


@lru_cache(maxsize=4096)
def pixel_indices(name: str, z: int, x: int, y: int, grid_crs: str) -> tuple:
    """Coordinates of a tile's pixels in the CRS of a grid."""
    easting, northing = np.meshgrid(*MATRIX_SETS[name].pixel_centres(z, x, y))
    return to_grid(MATRIX_SETS[name], grid_crs).transform(easting, northing)


def write_tiles(shown, style, out: Path, fault: str | None) -> dict:
    """Writes all tiles of one style; returns by matrix set and zoom the tiles that exist."""
    written = {}
    labels = time_labels(shown) or [None]
    for name in shown.matrix_sets:
        matrix_set = MATRIX_SETS[name]
        for time, label in enumerate(labels):
            source = len(labels) - 1 - time if fault == "swapped-times" else time
            field = shown.field(source)
            if fault == "half-pixel":
                field.first_x += field.step_x / 2
            finest = field.finest_zoom(matrix_set)
            for z in range(finest + 1):
                for y in range(matrix_set.height << z):
                    for x in range(matrix_set.width << z):
                        indices = field.indices(*pixel_indices(name, z, x, y, field.crs))
                        values = field.sample(*indices, style.interpolation)
                        if np.isnan(values).all():
                            continue
                        picture = style.draw(values)
                        if fault == "colour":
                            picture = picture[..., [2, 1, 0, 3]]
                        if fault == "seam" and name != "UPSArcticWGS84Quad" and x == 0:
                            picture[:, 0] = 0
                        folder = out / "datasets" / shown.dataset / "tiles" / shown.variable
                        folder = folder / style.id / name / (label or "") / str(z) / str(y)
                        folder.mkdir(parents=True, exist_ok=True)
                        Image.fromarray(picture, "RGBA").save(folder / f"{x}.png")
                        written.setdefault(name, {}).setdefault(z, set()).add((x, y))
    return written


def matrix_set_xml(matrix_set, zooms) -> str:
    matrices = "".join(
        f"""
      <TileMatrix>
        <ows:Identifier>{z}</ows:Identifier>
        <ScaleDenominator>{matrix_set.scale_denominator(z)!r}</ScaleDenominator>
        <TopLeftCorner>{corner(matrix_set.id, *matrix_set.origin)}</TopLeftCorner>
        <TileWidth>256</TileWidth>
        <TileHeight>256</TileHeight>
        <MatrixWidth>{matrix_set.width << z}</MatrixWidth>
        <MatrixHeight>{matrix_set.height << z}</MatrixHeight>
      </TileMatrix>"""
        for z in range(max(zooms) + 1)
    )
    return f"""
    <TileMatrixSet>
      <ows:Identifier>{matrix_set.id}</ows:Identifier>
      <ows:SupportedCRS>{URNS[matrix_set.id]}</ows:SupportedCRS>{matrices}
    </TileMatrixSet>"""


def layer_xml(shown, style, written, base: str) -> str:
    west, south, east, north = geographic_bounds(shown.field(0))
    labels = time_labels(shown)
    dimension = template_time = ""
    if labels:
        values = "".join(f"\n        <Value>{label}</Value>" for label in labels)
        dimension = f"""
      <Dimension>
        <ows:Identifier>time</ows:Identifier>
        <ows:UOM>ISO8601</ows:UOM>
        <Default>{labels[-1]}</Default>{values}
      </Dimension>"""
        template_time = "{time}/"
    links = boxes = ""
    for name, zooms in written.items():
        limits = "".join(
            f"""
          <TileMatrixLimits>
            <TileMatrix>{z}</TileMatrix>
            <MinTileRow>{min(y for _, y in tiles)}</MinTileRow>
            <MaxTileRow>{max(y for _, y in tiles)}</MaxTileRow>
            <MinTileCol>{min(x for x, _ in tiles)}</MinTileCol>
            <MaxTileCol>{max(x for x, _ in tiles)}</MaxTileCol>
          </TileMatrixLimits>"""
            for z, tiles in sorted(zooms.items())
        )
        finest = max(zooms)
        columns, rows = zip(*zooms[finest])
        left, _, _, top = MATRIX_SETS[name].bounds(finest, min(columns), min(rows))
        _, bottom, right, _ = MATRIX_SETS[name].bounds(finest, max(columns), max(rows))
        boxes += f"""
      <ows:BoundingBox crs="{URNS[name]}">
        <ows:LowerCorner>{corner(name, left, bottom)}</ows:LowerCorner>
        <ows:UpperCorner>{corner(name, right, top)}</ows:UpperCorner>
      </ows:BoundingBox>"""
        links += f"""
      <TileMatrixSetLink>
        <TileMatrixSet>{name}</TileMatrixSet>
        <TileMatrixSetLimits>{limits}
        </TileMatrixSetLimits>
      </TileMatrixSetLink>"""
    root = f"{base}datasets/{shown.dataset}"
    legend = f"{root}/legends/{shown.variable}/{style.id}.png"
    template = (
        f"{root}/tiles/{shown.variable}/{{Style}}/{{TileMatrixSet}}/{template_time}"
        "{TileMatrix}/{TileRow}/{TileCol}.png"
    )
    return f"""
    <Layer>
      <ows:Title>{escape(shown.variable)}</ows:Title>
      <ows:WGS84BoundingBox>
        <ows:LowerCorner>{west} {south}</ows:LowerCorner>
        <ows:UpperCorner>{east} {north}</ows:UpperCorner>
      </ows:WGS84BoundingBox>
      <ows:Identifier>{shown.dataset}.{shown.variable}</ows:Identifier>{boxes}
      <Style isDefault="true">
        <ows:Title>{style.id}</ows:Title>
        <ows:Identifier>{style.id}</ows:Identifier>
        <LegendURL format="image/png" xlink:href="{legend}" width="64" height="16"/>
      </Style>
      <Format>image/png</Format>{dimension}{links}
      <ResourceURL format="image/png" resourceType="tile" template="{template}"/>
    </Layer>"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("base")
    parser.add_argument("--fault")
    parser.add_argument("--dataset", action="append")
    arguments = parser.parse_args()
    layers, zooms = "", {}
    for shown in read_recipe(arguments.recipe):
        if arguments.dataset and shown.dataset not in arguments.dataset:
            continue
        style = shown.styles[0]
        written = write_tiles(shown, style, arguments.out, arguments.fault)
        layers += layer_xml(shown, style, written, arguments.base)
        legends = arguments.out / "datasets" / shown.dataset / "legends" / shown.variable
        legends.mkdir(parents=True, exist_ok=True)
        bar = style.draw(np.linspace(*style.range, 64)[None, :].repeat(16, axis=0))
        Image.fromarray(bar, "RGBA").save(legends / f"{style.id}.png")
        for name, by_zoom in written.items():
            zooms.setdefault(name, set()).update(by_zoom)
    sets = "".join(matrix_set_xml(MATRIX_SETS[name], zs) for name, zs in zooms.items())
    url = f"{arguments.base}wmts/1.0.0/WMTSCapabilities.xml"
    document = f"""<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
    xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">
  <ows:ServiceIdentification>
    <ows:Title>Stand-in</ows:Title>
    <ows:ServiceType>OGC WMTS</ows:ServiceType>
    <ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>
  </ows:ServiceIdentification>
  <Contents>{layers}{sets}
  </Contents>
  <ServiceMetadataURL xlink:href="{url}"/>
</Capabilities>
"""
    path = arguments.out / "wmts/1.0.0/WMTSCapabilities.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
