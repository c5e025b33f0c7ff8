"""Heights that change in time, as maps and globes show them: the published terrain of a scene of the globe, and the
relief of the map viewer, in a real browser."""

import json
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
import yaml

from check_damage import judge, run
from check_globe import PICTURES, Globe, changed
from check_terrain import relief
from report import Skipped, require
from site_folder import Site, served
from viewer_browser import SMALL, Viewer, chromium, new_context

TIMES = ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]
SCENE = {
    "id": "ground", "title": "Ground that sinks", "base": "plain",
    "surface": {"dataset": "ground", "terrain": True, "exaggeration": 24},
    "light": {"kind": "camera", "azimuth": 315, "elevation": 30},
    "view": {"lon": 10, "lat": 47, "distance": 1_200_000, "pitch": -40},
}  # fmt: skip


def relief_checks(report, cubepress: str) -> None:
    if report.only and "relief" not in report.only:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    report.check("relief: a scene of a dataset without terrain is refused", refused, cubepress)
    try:
        with tempfile.TemporaryDirectory(prefix="cubepress-relief-") as name, chromium() as browser:
            site = Site(build(cubepress, Path(name)))
            with served(site, cubepress) as address:
                report.check("relief: terrain of a scene, at each time", globe, browser, address.base)
                viewer = Viewer(browser, site.folder, address.base, PICTURES)
                report.check("relief: the map", flat_and_raised, viewer)
                report.check("relief: by keyboard, in the address, in German", switch, viewer)
    except Skipped as reason:
        report.check("relief", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason


def ground() -> xr.Dataset:
    """Mountains in the first year; the second has them half as high, and others."""
    x, y = 5 + 0.05 * np.arange(200), 50 - 0.05 * np.arange(120)
    first = relief(x, y, 2500) + 2600
    second = 0.5 * first[::-1]
    return xr.Dataset(
        {"h": (("time", "lat", "lon"), np.stack([first, second]), {"units": "m"})},
        {
            "time": ("time", [0, 366], {"units": "days since 2020-01-01"}),
            "lat": ("lat", y, {"units": "degrees_north"}),
            "lon": ("lon", x, {"units": "degrees_east"}),
        },
    )


def recipe(folder: Path, **dataset) -> Path:
    ground().to_netcdf(folder / "ground.nc")
    entry = {
        "id": "ground", "source": str(folder / "ground.nc"), "max-zoom": 4,
        "variables": [{"name": "h", "styles": [{"colours": "viridis", "range": [0, 6000]}]}],
        **dataset,
    }  # fmt: skip
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump({"datasets": [entry], "scenes": [SCENE]}))
    return path


def build(cubepress: str, folder: Path) -> Path:
    terrain = {"variable": "h", "heights-above": "ellipsoid", "error": 20, "exaggeration": 8}
    done = subprocess.run(
        [cubepress, "build", str(recipe(folder, terrain=terrain)), "-o", str(folder / "site"), "-q"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    require(done.returncode == 0, done.stderr[-600:])
    return folder / "site"


def refused(cubepress: str) -> str:
    with tempfile.TemporaryDirectory(prefix="cubepress-relief-") as name:
        folder = Path(name)
        done = run(cubepress, "build", recipe(folder), "-o", folder / "site", "-q")
        return judge(done, (1, 2), "scene ground", "has no terrain")


# Whether the globe says that all is drawn at the very moment when Cesium gets the ground of another time.
EARLY = """async (time) => {
  const { map: { scene: { globe } }, store } = cubepress;
  const before = globe.terrainProvider;
  store.set({ time });
  while (globe.terrainProvider === before) await new Promise((done) => setTimeout(done));
  return cubepress.map.settled;
}"""


def globe(browser, address: str) -> str:
    """Tiles of the very time are asked for, all come, and the ground is another one."""
    context = new_context(browser, viewport=SMALL, locale="en-GB")
    try:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        one = Globe(page, address)
        one.go("#scene=ground")
        pictures = []
        for time in (TIMES[1], TIMES[0], TIMES[1]):
            asked.clear()
            one.set(f"{{ time: {json.dumps(time)} }}")
            pictures.append(one.picture())
            if len(pictures) == 2:
                tiles = [url for url in asked if url.endswith(".terrain")]
                require(tiles, "no terrain of the other time is asked for")
                wrong = [url for url in tiles if TIMES[0].replace(":", "%3A") not in url and TIMES[0] not in url]
                require(not wrong, f"tiles of another time: {wrong[:2]}")
        page.screenshot(path=PICTURES / "relief-globe.png")
        more = page.evaluate("cubepress.map.scene.verticalExaggeration")
        require(more == 3, f"heights of tiles that are 8 times as high are drawn {more} times as high, not 3")
        told = page.locator("h1").inner_text()
        require("heights × 24" in told, f"the title says {told!r}")
        require(not one.troubles, "; ".join(one.troubles[:5]))
        share = changed(pictures[0], pictures[1])
        require(share > 0.03, f"another time changes {share:.2%} of the picture")
        back = changed(pictures[0], pictures[2])
        require(back < share / 10, f"the ground of a time does not come back: {back:.2%} differ")
        require(not page.evaluate(EARLY, TIMES[0]), "the globe is said to be drawn before it has tiles of a new ground")
        bar = page.evaluate("cubepress.time.times().values")
        require(bar == TIMES, f"the time bar has {bar}")
        return f"{len(tiles)} tiles; time changes {share:.0%} of the picture"
    finally:
        context.close()


RAISED = "cubepress.map.gl.getTerrain() && cubepress.map.gl.loaded() && cubepress.map.gl.areTilesLoaded()"


@contextmanager
def opened(viewer: Viewer, fragment: str = "dataset=ground&variable=h"):
    with viewer.window(size=SMALL) as window:
        window.troubles = []
        window.page.on("pageerror", lambda error: window.troubles.append(str(error)))
        window.page.on("response", lambda one: one.status >= 400 and window.troubles.append(f"{one.url}: {one.status}"))
        window.go(fragment)
        yield window


def flat_and_raised(viewer: Viewer) -> str:
    """Seen from straight above the colours stay where they are; from the side there is relief."""
    with opened(viewer) as window:
        window.jump(10, 47, 6)
        before = window.picture()
        window.set(relief=True)
        window.until(RAISED)
        # From above, with the ground no higher, painted pictures are to look like what shaders draw.
        window.page.evaluate("() => { const { gl } = cubepress.map; gl.setTerrain({ ...gl.getTerrain(), exaggeration: 0.0001 }); }")
        window.settle()
        window.until(RAISED)
        share = changed(before, window.picture_when(lambda picture: changed(before, picture, by=12) < 0.02), by=12)
        require(share < 0.02, f"draped values differ in {share:.1%} of the map from drawn ones")
        window.set(relief=False)
        window.until("!cubepress.map.gl.getTerrain()")
        window.set(relief=True)
        window.until(RAISED)
        window.jump(10, 46.5, 6.5, pitch=60)
        window.until(RAISED)
        raised = window.picture_when(lambda picture: changed(before, picture) > 0.1)
        window.look("relief-map")
        window.set(time=TIMES[0])
        window.until(RAISED)
        other = window.picture_when(lambda picture: changed(raised, picture) > 0.05)
        require(changed(raised, other) > 0.05, "another time has the same ground")
        asked = [url for url in window.requests if "/terrain-rgb/" in url]
        require(any(TIMES[0].replace(":", "%3A") in url or TIMES[0] in url for url in asked), f"{asked[-2:]}")
        window.layer(colours="thermal", range=[0, 3000])
        coloured = window.picture_when(lambda picture: changed(other, picture) > 0.05)
        require(changed(other, coloured) > 0.05, "other colours do not show")
        require(not window.troubles, "; ".join(window.troubles[:4]))
    return f"{len(asked)} tiles of heights, {share:.1%} of the map differ from above"


def switch(viewer: Viewer) -> str:
    with opened(viewer) as window:
        page = window.page
        window.until("[...document.querySelectorAll('.map-tools button')].some((one) => one.title === 'Relief (3-D), heights × 8')")
        button = page.get_by_role("button", name="Relief (3-D)")
        require(button.get_attribute("aria-pressed") == "false", "the switch is not off at first")
        button.focus()
        page.keyboard.press("Enter")
        window.until(RAISED)
        require(button.get_attribute("aria-pressed") == "true", "the switch does not say that it is on")
        window.until("cubepress.map.gl.getPitch() > 40 && !cubepress.map.gl.isMoving()")
        told = window.saved_state(lambda state: state.get("relief") is True and state["view"]["pitch"] > 40)
        require(told.get("relief") is True, f"the address says {told}")
        fragment = page.evaluate("location.hash").lstrip("#")
        window.go(fragment)
        window.until(RAISED)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("3")
        window.until("!cubepress.map.gl.getTerrain()")
        window.set(language="de")
        window.until("[...document.querySelectorAll('.map-tools button')].some((one) => one.title === 'Relief (3-D), Höhen × 8')")
        require(not window.troubles, "; ".join(window.troubles[:4]))
    return f"{len(fragment)} characters"
