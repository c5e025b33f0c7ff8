"""Sites made of small cubes whose values follow from the number of the step."""

import json
import subprocess
from pathlib import Path

import numpy as np
import xarray as xr

from patience import PATIENCE
from report import Failure


def build(cubepress: str, recipe: dict, folder: Path, *options, expect: int = 0) -> str:
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    result = subprocess.run(
        [cubepress, "build", str(path), "-o", str(folder / "site"), "--workers", "2",
         "--log-format", "quiet", *options],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )
    if result.returncode != expect:
        raise Failure(f"cubepress build exits with {result.returncode}: {result.stderr[-600:]}"
                      f"{result.stdout[-600:]}")
    return result.stdout + result.stderr


def small(name: str, source, **keys) -> dict:
    """A recipe with few tiles: what counts here is the arrays."""
    dataset = {"id": name, "source": source, "max-zoom": 0, "tile-matrix-sets": ["WorldCRS84Quad"]}
    return {"datasets": [dataset | keys]}


def snapshot(site: Path) -> dict:
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*.zarr/**/*"))
        if path.is_file()
    }


def again(cubepress: str, folder: Path) -> dict:
    recipe = json.loads((folder / "recipe.yaml").read_text())
    build(cubepress, recipe, folder)
    return snapshot(folder / "site")


def steps(path: Path, count: int, start: int = 0, rows: int = 37, columns: int = 70,
          kind: str = "f4") -> None:
    """A small cube of which each step follows from its number alone."""
    time = np.arange(start, start + count)
    y, x = np.mgrid[0:rows, 0:columns]
    data = (np.sin(time[:, None, None] / 9) * 10 + y[None] / 7 + x[None] / 11).astype(kind)
    data[:, 5:9, 20:30] = np.nan
    xr.Dataset(
        {"v": (("time", "lat", "lon"), data, {"units": "K"})},
        {
            "time": ("time", time, {"units": "days since 2001-01-01"}),
            "lat": ("lat", np.linspace(-18, 18, rows), {"units": "degrees_north"}),
            "lon": ("lon", np.linspace(0, 34.5, columns), {"units": "degrees_east"}),
        },
    ).to_netcdf(path)
