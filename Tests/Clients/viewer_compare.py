"""Comparing and calculating in the viewer, and code that opens what it shows."""

import json
import subprocess
import sys

import numpy as np

from patience import PATIENCE
from report import require
from viewer_browser import FRAMES, Cells, times_of
from viewer_map import OCEAN, SCENARIO

VALUE = "place => { const [one] = cubepress.map.valuesAt(place); return one && [one.values[0], one.level]; }"
PLACE = {"lng": -95.3, "lat": 45.2}


def swipe(viewer) -> str:
    """Left and right of the curtain are two times; the handle moves by key and by drag."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with viewer.window(f"dataset={SCENARIO}&zoom=2.4&lon=-95&lat=45") as window:
        page, side = window.page, window.panel("compare")
        window.set(overlays=[], basemap="none")
        window.settle()
        last = window.picture()
        window.set(time=times[0])
        window.settle()
        first = window.picture()
        window.set(time=times[-1])
        side.get_by_role("button", name="Swipe").click()
        side.get_by_label("Time on the right").select_option(times[0])
        window.settle()
        both = window.picture()
        middle = both.shape[1] // 2
        alike = lambda a, b: (np.abs(a - b).max(-1) <= 2).mean()
        require(alike(both[:, :middle - 3], last[:, :middle - 3]) > 0.99, "the left side is not the shown time")
        require(alike(both[:, middle + 3:], first[:, middle + 3:]) > 0.99, "the right side is not the chosen time")
        require(alike(first, last) < 0.9, "the two times look the same")
        window.look("swipe")
        curtain = page.locator(".curtain")
        curtain.focus()
        curtain.press("ArrowLeft")
        require(window.state("compare")["position"] == 0.48, f"by key: {window.state('compare')}")
        box = curtain.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] - 150, box["y"] + box["height"] / 2, steps=4)
        page.mouse.up()
        require(window.state("compare")["position"] < 0.42, f"by drag: {window.state('compare')}")
        side.get_by_role("button", name="Two maps").click()
        window.until("cubepress.map.other?.loaded()")
        window.jump(-90, 40, 3)
        page.evaluate(FRAMES)
        centres = page.evaluate("[cubepress.map.gl, cubepress.map.other].map((one) => [one.getCenter().lng, one.getCenter().lat, one.getZoom()])")
        require(np.allclose(*centres, atol=1e-6), f"the maps are not linked: {centres}")
        window.look("side-by-side")
        side.get_by_role("button", name="Off", exact=True).click()
        require(window.state("compare") is None, "comparing does not end")
        window.until("document.querySelectorAll('.map canvas.maplibregl-canvas').length === 1")
    return "two times under a curtain and side by side"


def difference(viewer) -> str:
    """The difference of two times is xarray's."""
    document = viewer.document(SCENARIO)
    variable = document["variables"][0]
    times = times_of(variable)
    with viewer.window(f"dataset={SCENARIO}") as window:
        form = window.panel("compare").locator("form")
        form.get_by_label("Time").select_option(times[0])
        form.get_by_role("button", name="Show the difference").click()
        window.until("cubepress.store.get().layers[0].kind !== 'variable'")
        window.settle()
        require(window.state("layers")[0]["kind"] == "difference", f"layers {window.state('layers')}")
        found = window.page.evaluate(VALUE, PLACE)[0]
        row, column = Cells(viewer, document, variable).cell(PLACE["lng"], PLACE["lat"])
        values = viewer.array(document, variable, 0)[:, row, column].values
        wanted = values[times.index(window.state("time"))] - values[0]
        require(np.isclose(found, wanted, atol=1e-3), f"{found}, xarray has {wanted}")
        window.look("difference")
    return f"{found:.3f} K"


def expression(viewer) -> str:
    """A variable of one's own has the values of numpy; a mistake is named with its place."""
    document = viewer.document(OCEAN)
    one, two = document["variables"][:2]
    with viewer.window(f"dataset={OCEAN}&zoom=2") as window:
        side = window.panel("expressions")
        area = side.locator("textarea")
        area.fill("analysed_sst - * 2")
        window.says("#expression-state", "At character 16")
        require(side.get_by_role("button", name="Show it on the map").is_disabled(), "a mistake can be shown")
        area.fill("analysed_st - 273.15")
        text = side.locator("#expression-state").inner_text()
        require("At character 1:" in text and "analysed_sst" in text, f"an unknown name: {text}")
        window.look("expression-mistake")
        side.get_by_label("Name").fill("Before the anomaly")
        side.get_by_label("Unit").fill("°C")
        area.fill("where(sst_anomaly > 0, analysed_sst - sst_anomaly - 273.15, 0)")
        side.get_by_role("button", name="Show it on the map").click()
        window.until("cubepress.store.get().layers[0].kind === 'expression'")
        window.settle()
        cells, checked = Cells(viewer, document, one), 0
        step = times_of(one).index(window.state("time"))
        for lng, lat in ((-40.1, 30.1), (-20.2, 10.3), (60.1, -20.2), (-80.3, -10.2), (30.1, -45.2), (70.1, 10.1)):
            found, level = window.page.evaluate(VALUE, {"lng": lng, "lat": lat})
            row, column = (each >> level for each in cells.cell(lng, lat))
            a, b = (float(viewer.array(document, each, level)[step, row, column]) for each in (one, two))
            wanted = a - b - 273.15 if b > 0 else 0
            require(found is not None and np.isclose(found, wanted, atol=2e-3), f"at {lng}, {lat}: {found}, numpy has {wanted}")
            checked += 1
        window.look("expression")
    return f"{checked} places"


def code(viewer) -> str:
    """The Python that is offered runs and opens the values shown; Julia and R name the same cube."""
    document = viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}") as window:
        side = window.panel("export")
        side.get_by_text("Code that opens what is shown").click()
        texts = {}
        for name in ("Python", "Julia", "R"):
            side.get_by_role("button", name=name, exact=True).click()
            texts[name] = side.locator(".code pre code").first.inner_text()
            require("cube.zarr" in texts[name] and "air_temperature" in texts[name], f"{name}: {texts[name][:200]}")
        window.look("code")
    # From disk: over the network xarray needs a further package, which the text names.
    local = texts["Python"].replace(viewer.address, f"{viewer.site}/")
    require(local != texts["Python"], "the Python does not name the site")
    script = "import matplotlib\nmatplotlib.use('Agg')\n" + local
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
    require(ran.returncode == 0, f"the Python fails: {ran.stderr.strip().splitlines()[-1:]}")
    require("library" in texts["R"] or "Rarr" in texts["R"], f"R: {texts['R'][:100]}")
    require("using" in texts["Julia"], f"Julia: {texts['Julia'][:100]}")
    return f"{len(texts['Python'].splitlines())} lines of Python ran"


def places_export(viewer) -> str:
    """Places are saved as GeoJSON as they were drawn."""
    viewer.document(SCENARIO)
    ring = [[-100, 40], [-90, 40], [-90, 48], [-100, 40]]
    with viewer.window(f"dataset={SCENARIO}") as window:
        window.set(places=[{"type": "Feature", "properties": {"id": "p", "title": "Corn", "colour": "#0072b2"},
                            "geometry": {"type": "Polygon", "coordinates": [ring]}}])
        side = window.panel("export")
        side.get_by_text("Places and series").click()
        with window.page.expect_download() as download:
            side.get_by_role("button", name="Places as GeoJSON").click()
        saved = json.loads(open(download.value.path(), encoding="utf-8").read())
    require(saved["features"][0]["geometry"]["coordinates"] == [ring], f"saved {saved}")
    require("Corn" in json.dumps(saved), "the name is lost")
    return "1 place"


def compare_checks(report, viewer) -> None:
    for check in (swipe, difference, expression, code, places_export):
        report.check(f"viewer {check.__name__.replace('_', ' ')}", check, viewer)

