"""Cubes built anew for the cube page: of levels, around a pole."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import xarray as xr

from cube_page import PICTURES, Truth, cube, faithful
from report import Skipped, require
from site_folder import Site, served
from viewer_dimensions import DEPTHS, small_site


def levels(chromium, cubepress: str | None) -> str:
    """A cube of depths stands with the surface on top, from the cube's chunks; its time has a bar of its own."""
    with small_site(chromium, cubepress, PICTURES) as (viewer, made), \
            cube(chromium, viewer.address, "#dataset=small&variable=temperature&lead=depth") as one:
        one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
        truth = Truth(viewer.site, "small", "temperature", time=2)
        require(one.page.evaluate("cubepress.map.cube.upright") == -1, "depth does not go down")
        faithful(one, truth)
        one.page.screenshot(path=PICTURES / "cube-depth.png")
        require(one.page.locator("#time").is_visible(), "there is no bar of time")
        one.page.locator("#time").get_by_role("button", name="First time").click()
        note = faithful(one, Truth(viewer.site, "small", "temperature", time=0))
        one.go("#dataset=small&variable=temperature")
        one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
        faithful(one, Truth(viewer.site, "small", "temperature", depth=0))
        one.page.locator("#dims").get_by_role("slider", name="Depth").fill("5")
        faithful(one, Truth(viewer.site, "small", "temperature", depth=5))
        require(made.sizes["depth"] == len(DEPTHS) and not one.troubles, "; ".join(one.troubles[:5]))
        return note


def polar_source(path: Path) -> None:
    """Four days around the South Pole, in polar stereographic coordinates with cells of 100 km."""
    from pyproj import CRS

    side = (np.arange(60) - 29.5) * 100_000
    chance = np.random.default_rng(11)
    values = chance.uniform(240, 280, (4, 60, 60)).astype("float32")
    values[:, :6, :] = np.nan
    xr.Dataset(
        {"t": (("time", "y", "x"), values, {"units": "K", "long_name": "Temperature", "grid_mapping": "crs"}),
         "crs": ((), 0, CRS.from_epsg(3031).to_cf())},
        {"time": np.array(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], "datetime64[ns]"),
         "y": ("y", side[::-1], {"units": "m", "standard_name": "projection_y_coordinate"}),
         "x": ("x", side, {"units": "m", "standard_name": "projection_x_coordinate"})},
    ).to_netcdf(path)


def polar(chromium, cubepress: str | None) -> str:
    """Faces of a polar grid are drawn in its own coordinates; places are those of its projection."""
    if not cubepress:
        raise Skipped("needs the program")
    from pyproj import Transformer

    with tempfile.TemporaryDirectory() as folder:
        source, site = Path(folder, "polar.nc"), Path(folder, "site")
        polar_source(source)
        ran = subprocess.run([cubepress, "build", source, "-o", site, "--quiet"], capture_output=True, text=True)
        require(ran.returncode == 0, f"cubepress build: {ran.stderr}")
        with served(Site(site), cubepress) as address, cube(chromium, address.base, "#dataset=polar") as one:
            one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
            truth = Truth(site, "polar")
            note = faithful(one, truth)
            one.page.screenshot(path=PICTURES / "cube-polar.png")
            # The published lattice keeps places within a tenth of a cell.
            to_grid = Transformer.from_crs(4326, 3031, always_xy=True).transform
            for row, column in ((30, 30), (10, 50), (55, 3)):
                place = one.page.evaluate("c => cubepress.map.cube.grid.centre(...c)", [row, column])
                x, y = to_grid(*place)
                off = np.hypot(x / 1e5 - (column - 29.5), y / 1e5 - (29.5 - row))
                require(off < 0.1, f"cell {row}, {column} lies at {place}, {off:.2f} cells from where PROJ has it")
            require(not one.troubles, "; ".join(one.troubles[:5]))
            return note
