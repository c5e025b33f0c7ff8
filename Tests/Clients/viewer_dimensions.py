"""A small site of what the demo has not: further dimensions of numbers and of texts, categories, variables to subtract."""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from report import Skipped, require
from site_folder import Site, served
from viewer_browser import Viewer

DEPTHS = [0.5, 2, 5, 10, 25, 50, 100, 250]
BANDS = ["red", "green", "near-infrared"]
CLASSES = ["water", "forest", "grass"]
PLACE = {"lng": 10.3, "lat": 50.4}
VALUE = "place => cubepress.map.valuesAt(place)[0]?.values[0]"


def cube() -> xr.Dataset:
    """Temperature and salt by time and depth, reflectance by band, and classes of land."""
    chance = np.random.default_rng(5)
    lat, lon = 45 + 0.25 * np.arange(40), 0.25 * np.arange(80)
    shape = (3, len(DEPTHS), len(lat), len(lon))
    floats = lambda *size: chance.uniform(5, 20, size).astype("float32")
    return xr.Dataset(
        {
            "temperature": (("time", "depth", "lat", "lon"), floats(*shape), {"units": "degC", "long_name": "Temperature"}),
            "potential": (("time", "depth", "lat", "lon"), floats(*shape), {"units": "degC", "long_name": "Potential temperature"}),
            "reflectance": (("band", "lat", "lon"), floats(len(BANDS), *shape[2:]), {"units": "1", "long_name": "Reflectance"}),
            "cover": (("lat", "lon"), chance.integers(1, 4, shape[2:]).astype("int8"), {
                "long_name": "Land cover", "flag_values": np.array([1, 2, 3], "int8"), "flag_meanings": " ".join(CLASSES)}),
        },
        {
            "time": ("time", np.array(["2020-01-01", "2020-02-01", "2020-03-01"], "datetime64[ns]")),
            "depth": ("depth", np.array(DEPTHS), {"units": "m", "long_name": "Depth", "positive": "down"}),
            "band": ("band", BANDS), "lat": ("lat", lat, {"units": "degrees_north"}), "lon": ("lon", lon, {"units": "degrees_east"}),
        },
    )


@contextmanager
def small_site(browser, cubepress: str | None, pictures: Path):
    """The viewer of a site made of that cube, and the cube."""
    if not cubepress:
        raise Skipped("needs the program")
    with tempfile.TemporaryDirectory() as folder:
        source, site = Path(folder, "small.nc"), Path(folder, "site")
        made = cube()
        made.to_netcdf(source)
        ran = subprocess.run([cubepress, "build", source, "-o", site, "--quiet"], capture_output=True, text=True)
        require(ran.returncode == 0, f"cubepress build: {ran.stderr}")
        with served(Site(site), cubepress) as address:
            yield Viewer(browser, site, address.base, pictures), made


def at(made: xr.Dataset, name: str, **place) -> float:
    return float(made[name].sel(lat=PLACE["lat"], lon=PLACE["lng"], method="nearest").sel(place))


def shows(window, wanted: float, what: str) -> None:
    window.settle()
    found = window.page.evaluate(VALUE, PLACE)
    require(found is not None and np.isclose(found, wanted, rtol=1e-5), f"{what}: {found}, xarray has {wanted}")


def numbers(viewer, made) -> str:
    """Many numbers have a slider with steps, each shows its values; the address and the chart know it."""
    with viewer.window("dataset=small&variable=temperature") as window:
        page, dims = window.page, window.page.locator("#dims")
        time = window.state("time")[:10]
        slider = dims.get_by_role("slider", name="Depth")
        for place in (6, 3):
            slider.fill(str(place))
            shows(window, at(made, "temperature", time=time, depth=DEPTHS[place]), f"depth {DEPTHS[place]}")
        dims.get_by_role("button", name="Depth: one on").click()
        shows(window, at(made, "temperature", time=time, depth=DEPTHS[4]), "one step on")
        require("25 m" in dims.inner_text(), f"the slider says {dims.inner_text()}")
        window.look("dimension-slider")
        window.saved_state(lambda state: state["layers"][0]["dims"].get("depth") == "25")
        link = page.url
        window.panel("series")
        # The map makes room for it.
        window.settle()
        page.mouse.click(*window.project(PLACE["lng"], PLACE["lat"]))
        page.wait_for_selector("#below .u-over")
        require("Depth 25 m" in window.says("#below", "Depth"), "the chart does not name the depth")
        page.goto("about:blank")
        page.goto(link)
        shows(window, at(made, "temperature", time=time, depth=DEPTHS[4]), "from the address")
    return f"{len(DEPTHS)} depths"


def words(viewer, made) -> str:
    """Texts are chosen from a list."""
    with viewer.window("dataset=small&variable=reflectance") as window:
        choice = window.page.locator("#dims").get_by_label("band")
        require(choice.locator("option").all_inner_texts() == BANDS, f"the list has {choice.locator('option').all_inner_texts()}")
        for band in reversed(BANDS):
            choice.select_option(label=band)
            shows(window, at(made, "reflectance", band=band), band)
        window.look("dimension-list")
    return f"{len(BANDS)} bands"


def categories(viewer, made) -> str:
    """Categories have a colour each, named in the legend and under the pointer."""
    with viewer.window("dataset=small&variable=cover") as window:
        legend = window.says("#legends", CLASSES[0])
        require(all(one in legend for one in CLASSES), f"the legend says {legend}")
        window.set(panel=None, basemap="none", overlays=[])
        window.settle()
        picture = window.picture()
        colours = {}
        lon, lat = (one.ravel() for one in np.meshgrid(made.lon[3:-3:4], made.lat[3:-3:4]))
        kinds = made.cover.values[3:-3:4, 3:-3:4].ravel()
        for kind, (x, y) in zip(kinds, window.pixels(np.stack([lon, lat], -1))):
            colours.setdefault(int(kind), set()).add(tuple(picture[int(y), int(x)]))
        require(len(colours) == 3 and all(len(one) == 1 for one in colours.values()) and len(set.union(*colours.values())) == 3,
                f"colours of the classes {colours}")
        window.page.mouse.move(*window.project(PLACE["lng"], PLACE["lat"]))
        window.says("#readout", CLASSES[int(at(made, "cover")) - 1])
        window.look("categories")
    return ", ".join(CLASSES)


def difference(viewer, made) -> str:
    """The difference of two variables is xarray's."""
    with viewer.window("dataset=small&variable=temperature") as window:
        form = window.panel("compare").locator("form")
        form.get_by_label("Variable").select_option("potential")
        form.get_by_role("button", name="Show the difference").click()
        window.until("cubepress.store.get().layers[0].kind === 'difference'")
        window.settle()
        where = {"time": window.state("time")[:10], "depth": float(window.state("layers")[0]["dims"]["depth"])}
        found = window.page.evaluate(VALUE, PLACE)
        wanted = at(made, "temperature", **where) - at(made, "potential", **where)
        require(np.isclose(found, wanted, atol=1e-4), f"{found}, xarray has {wanted}")
        window.look("difference-variables")
    return f"{found:.3f} °C"


def german(viewer, made) -> str:
    """The controls of dimensions speak German too."""
    with viewer.window("dataset=small&variable=temperature", locale="de-DE") as window:
        names = window.page.locator("#dims button").evaluate_all("all => all.map((one) => one.ariaLabel)")
        require(any("zurück" in one for one in names), f"the buttons are called {names}")
    return ", ".join(names)


def dimension_checks(report, browser, cubepress: str | None, pictures: Path) -> None:
    with small_site(browser, cubepress, pictures) as (viewer, made):
        for name, check in [("a dimension of numbers", numbers), ("a dimension of texts", words), ("categories", categories),
                            ("difference of variables", difference), ("dimensions in German", german)]:
            report.check(f"viewer {name}", check, viewer, made)
