"""The globe of a made site in a real browser: its scenes, light and time, values, keys, accessibility."""

import json
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from report import Report, Skipped, require
from site_folder import Site, served
from viewer_browser import PHONE, SMALL, Watched, chromium as browser, new_context, picture_of, saved_state
from viewer_pixels import style_of

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"
PANELS = ["scene", "layers", "colours", "light", "settings"]
# A copy of what is drawn, as it is in the very frame.
PICTURE = """() => {
  const { scene, widget } = cubepress.map;
  scene.requestRender();
  scene.render(widget.clock.currentTime);
  return scene.canvas.toDataURL("image/png");
}"""


class Globe(Watched):
    """A page of the globe, and what went wrong in it."""

    def __init__(self, page, address: str):
        super().__init__(page, address, "globe/index.html", "window.cubepress?.map?.settled")

    def picture(self) -> np.ndarray:
        return picture_of(self.page.evaluate(PICTURE))


def accessible(one: Globe, pictures: Path, panels: list) -> str:
    """axe finds nothing serious in any panel."""
    one.accessible(panels, pictures, "panel")
    return f"{len(panels)} panels"


@contextmanager
def globe(chromium, address: str, fragment: str, size: dict = SMALL, script: str | None = None, **options):
    context = new_context(chromium, viewport=size, accept_downloads=True, **{"locale": "en-GB", **options})
    if script:
        context.add_init_script(script)
    try:
        one = Globe(context.new_page(), address)
        one.go(fragment)
        yield one
    finally:
        context.close()


def scene(chromium, address: str, name: str) -> str:
    """A scene comes up whole, without a failed request or a word on the console."""
    with globe(chromium, address, f"#scene={name}") as one:
        picture = one.picture()
        one.page.screenshot(path=PICTURES / f"globe-{name}.png")
        require(not one.troubles, "; ".join(one.troubles[:5]))
        kinds = len(np.unique(picture.reshape(-1, 3) // 16, axis=0))
        require(kinds > 40, f"only {kinds} colours are to be seen")
        return f"{kinds} colours"


def whole(chromium, address: str, name: str, size: dict) -> str:
    """Nothing is seen through a part of the earth that goes all around, where its ends or tiles meet."""
    with globe(chromium, address, f"#scene={name}", size) as one:
        one.page.evaluate("() => { cubepress.map.scene.backgroundColor = Cesium.Color.MAGENTA; }")
        picture = one.picture()
        red, green, blue = (picture[..., band] for band in range(3))
        beside = (red > green + 90) & (blue > green + 90)
        rows = [row for row in range(len(picture)) if (~beside[row]).sum() > 50]
        # Mountains stand out against the sky around it.
        rows = rows[len(rows) // 4: -len(rows) // 4]
        holes = 0
        for row in rows:
            across = np.flatnonzero(~beside[row])
            holes += int(beside[row, across[0] + 8:across[-1] - 8].sum())
        require(holes <= 3, f"{holes} pixels show what lies behind the earth")
        return f"{len(rows)} rows of pixels, {holes} holes"


def changed(before: np.ndarray, after: np.ndarray, by: int = 8) -> float:
    """The share of pixels that differ by more than some steps of 256."""
    return float((np.abs(before - after).max(axis=2) > by).mean())


def time_and_light(one: Globe) -> str:
    """The picture follows time and light, and comes back with them."""
    page = one.page
    times = page.evaluate("cubepress.time.times().values")
    require(len(times) > 1, "the scene has no times")
    one.set(f"{{ time: {json.dumps(times[0])}, light: {{ ...state.light, kind: 'none' }} }}")
    first = one.picture()
    one.set(f"{{ time: {json.dumps(times[-1])} }}")
    later = one.picture()
    # From one day to the next the sea changes little.
    share = changed(first, later, by=1)
    require(share > 0.01, f"another time changes {share:.2%} of the picture")
    one.set(f"{{ time: {json.dumps(times[0])} }}")
    again = changed(first, one.picture(), by=1)
    require(again < share / 20, f"the picture of a time does not come back: {again:.2%} of it differ")
    lights = []
    for light in ("{ kind: 'camera', azimuth: 315, elevation: 30 }", "{ kind: 'camera', azimuth: 135, elevation: 30 }",
                  "{ kind: 'sun', date: '2006-01-01T00:00:00Z' }", "{ kind: 'sun', date: '2006-01-01T12:00:00Z' }"):
        one.set(f"{{ light: {{ ...state.light, ...{light} }} }}")
        lights.append(one.picture())
    for a, b, what in ((first, lights[0], "a lamp"), (lights[0], lights[1], "the side of the lamp"),
                       (lights[2], lights[3], "the hour of the sun")):
        require(changed(a, b) > 0.02, f"{what} changes {changed(a, b):.2%} of the picture")
    # Light only darkens: colours stay within those of the legend.
    require((lights[0] <= first + 4).mean() > 0.98, "light makes colours brighter than the legend's")
    return f"time changes {share:.0%}, the lamp {changed(first, lights[0]):.0%} of the picture"


def values(one: Globe, site: Path) -> str:
    """What the read-out says of a place is what xarray reads there, of layers and surface."""
    # On the equator and far from it, where land and where sea.
    places = [(-40.3, 30.2), (10.4, -0.3), (100.1, 45.7)]
    told = 0
    for lng, lat in places:
        place = {"lng": lng, "lat": lat}
        one.page.evaluate("place => cubepress.map.refine(place)", place)
        one.page.wait_for_function("""(place) => {
          const found = cubepress.map.valuesAt(place);
          return found.length && found.every((one) => one.level === 0);
        }""", arg=place)
        found = one.page.evaluate("""(place) => cubepress.map.valuesAt(place).map(({ layer, values, time, level }) =>
            ({ dataset: layer.dataset, variable: layer.variable, value: Number.isNaN(values[0]) ? null : values[0], time, level }))""", place)
        for each in found:
            cube = xr.open_zarr(site / f"datasets/{each['dataset']}/cube.zarr", group="0", consolidated=False)
            array = cube[each["variable"]]
            if each["time"]:
                array = array.sel(time=np.datetime64(each["time"].rstrip("Z"), "ns"), method="nearest")
            rows, columns = array.dims
            longitudes = array[columns].values
            turned = longitudes.min() + (lng - longitudes.min()) % 360
            wanted = float(array.isel({
                rows: int(np.abs(array[rows].values - lat).argmin()),
                columns: int(np.abs((longitudes - turned + 180) % 360 - 180).argmin()),
            }))
            same = each["value"] is None if np.isnan(wanted) else np.float32(each["value"]) == np.float32(wanted)
            require(same, f"{each} at {lng}, {lat}: xarray reads {wanted}")
            told += 1
    return f"{told} values"


def pictures(one: Globe) -> str:
    """The published tiles lie where the values lie, in the same colours."""
    one.set("{ light: { ...state.light, kind: 'none' } }")
    before = one.picture()
    one.set("{ layers: state.layers.map((each, i) => ({ ...each, pictures: i === 0 })) }")
    after = one.picture()
    one.set("{ layers: state.layers.map((each) => ({ ...each, pictures: false })) }")
    share = changed(before, after, by=24)
    require(share < 0.05, f"{share:.1%} of the picture differ")
    require(changed(before, after, by=0) > 0, "the picture is the very same: were tiles drawn at all?")
    return f"{share:.1%} differ"


def keyboard(one: Globe) -> str:
    """Everything can be reached and done by keyboard."""
    page = one.page
    names = page.evaluate("[...document.querySelectorAll('.rail button')].map((one) => one.textContent)")
    reached: list = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(80):
        page.keyboard.press("Tab")
        what = page.evaluate("""() => {
          const { activeElement: at } = document;
          return { text: at.getAttribute("aria-label") ?? at.textContent.trim(), canvas: at.matches("canvas"), body: at === document.body };
        }""")
        if what["body"]:
            break
        reached.append(what)
    texts = [each["text"] for each in reached]
    for name in [*names, "Zoom in", "Zoom out", "Save as a picture", "Play", "Time"]:
        require(name in texts, f"Tab does not reach {name!r}: {texts}")
    require(any(each["canvas"] for each in reached), "Tab does not reach the globe")
    page.evaluate("cubepress.map.scene.canvas.focus()")
    before = one.state("camera") or page.evaluate("cubepress.map.camera.state()")
    page.keyboard.press("ArrowRight")
    one.settle()
    page.keyboard.press("+")
    one.settle()
    page.keyboard.press("Shift+ArrowUp")
    one.settle()
    after = page.evaluate("cubepress.map.camera.state()")
    require(abs(after["lon"] - before["lon"]) > 0.1, f"an arrow does not turn the globe: {before} {after}")
    require(after["height"] < before["height"], "+ does not come nearer")
    require(abs(after["pitch"] - before["pitch"]) > 2, "Shift and an arrow do not tilt")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    time = one.state("time")
    page.keyboard.press("ArrowLeft")
    require(one.state("time") != time, "an arrow beside the globe does not step in time")
    page.evaluate("cubepress.openPanel('light')")
    page.locator("#side h2").focus()
    page.keyboard.press("Escape")
    require(page.locator("#side").is_hidden(), "Escape does not close a panel")
    return f"{len(reached)} stops of Tab"


def link(one: Globe) -> str:
    """The address brings back scene, time, light, exaggeration and camera; the picture is saved as a file."""
    page = one.page
    one.set("{ light: { ...state.light, kind: 'fixed', azimuth: 10 }, exaggeration: 5 }")
    saved_state(page, lambda told: told.get("exaggeration") == 5 and told["light"]["azimuth"] == 10)
    told = page.locator("h1").inner_text()
    require("heights × 5" in told, f"the exaggeration is 5, the title says {told!r}")
    before = page.evaluate("cubepress.store.get()")
    fragment = page.evaluate("location.hash")
    page.evaluate("void cubepress.openPanel('scene')")
    one.go(fragment)
    after = page.evaluate("cubepress.store.get()")
    for key in ("scene", "time", "light", "exaggeration"):
        require(before[key] == after[key], f"{key} was {before[key]}, is {after[key]}")
    near = abs(before["camera"]["lat"] - after["camera"]["lat"]) < 0.01 if before["camera"] else True
    require(near, f"the camera was {before['camera']}, is {after['camera']}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a picture").click()
    from PIL import Image

    with Image.open(download.value.path()) as picture:
        colours = len(picture.convert("RGB").resize((200, 200)).getcolors(40_000) or [])
        require(colours > 500, f"the picture has {colours} colours")
        require(picture.width > 450 and picture.height > 500, f"the picture is {picture.size}")
        return f"{len(fragment)} characters, picture {picture.width} × {picture.height}"


def tour(one: Globe) -> str:
    """A stop of the tour moves the camera and tells its caption."""
    page = one.page
    before = page.evaluate("cubepress.map.camera.state()")
    page.evaluate("void cubepress.tour.go(0)")
    caption = page.evaluate("cubepress.scene.tour[0].caption")
    page.wait_for_function("caption => document.getElementById('caption').innerText === caption", arg=caption)
    page.wait_for_function("before => Math.abs(cubepress.map.camera.state().lon - before) > 1", arg=before["lon"])
    return caption


def german(one: Globe) -> str:
    one.page.evaluate("void cubepress.store.set({ language: 'de' })")
    for text in ("Szenen", "Ebenen", "Farben", "Licht", "Optionen"):
        one.page.locator(".rail").get_by_text(text).wait_for()
    for name in PANELS:
        one.panel(name)
        text = one.page.locator("#side").inner_text()
        require(not any(word in text for word in ("scene.", "light.", "surface.", "tour.")), f"{name}: {text}")
    return "5 panels"


# The colours of pixels at places of some heights.
COLOURS = """(places) => {
  const { scene, widget } = cubepress.map;
  scene.requestRender();
  scene.render(widget.clock.currentTime);
  const copy = Object.assign(document.createElement("canvas"), { width: scene.canvas.width, height: scene.canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(scene.canvas, 0, 0);
  return places.map((place) => {
    const { x, y } = Cesium.SceneTransforms.worldToWindowCoordinates(scene, Cesium.Cartesian3.fromDegrees(...place));
    return [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data];
  });
}"""
# Where on the canvas a place of some height is.
POINT = """(place) => {
  const { x, y } = Cesium.SceneTransforms.worldToWindowCoordinates(cubepress.map.scene, Cesium.Cartesian3.fromDegrees(...place));
  return { x, y };
}"""
SHEETS = """site: {title: Sheets, base-url: http://localhost:8000/}
datasets: [{id: sea, source: sea.nc}, {id: days, source: days.nc}]
scenes:
  - id: sheets
    title: Sheets
    base: plain
    layers: [{dataset: sea, variable: t, range: [0, 30], stack: {dimension: depth, scale: -100000, base: 300000, spacing: even}}]
    light: {kind: none}
    view: {lon: -50, lat: 30, distance: 5000000}
  - id: days
    title: Days
    base: plain
    layers: [{dataset: days, variable: t, range: [0, 30]}]
    light: {kind: none}
    view: {lon: -50, lat: 30, distance: 5000000}
"""
# How many textures the graphics card is asked to keep.
TEXTURES = """{
  window.textures = 0;
  const { createTexture, deleteTexture } = WebGL2RenderingContext.prototype;
  Object.assign(WebGL2RenderingContext.prototype, {
    createTexture() {
      window.textures += 1;
      return createTexture.call(this);
    },
    deleteTexture(one) {
      if (this.isTexture(one)) window.textures -= 1;
      deleteTexture.call(this, one);
    },
  });
}"""


def sheets(chromium, cubepress: str | None) -> str:
    """Seen from above the uppermost sheet that has a value shows it; sheets that are taken off show what is below."""
    if not cubepress:
        raise Skipped("needs the program")
    values = np.broadcast_to(np.array([5, 15, 25], "float32")[:, None, None], (3, 20, 20)).copy()
    place = {"lat": ("lat", 20.5 + np.arange(20), {"units": "degrees_north"}),
             "lon": ("lon", -59.5 + np.arange(20), {"units": "degrees_east"})}
    named = {"units": "degC", "long_name": "Temperature"}
    days = xr.Dataset({"t": (("time", "lat", "lon"), values.copy(), named)},
                      {"time": ("time", np.arange(3), {"units": "days since 2020-01-01"}), **place})
    values[0, :, 10:] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        xr.Dataset({"t": (("depth", "lat", "lon"), values, named)}, {
            "depth": ("depth", [0.0, 10.0, 500.0], {"units": "m", "positive": "down", "long_name": "Depth"}), **place,
        }).to_netcdf(Path(folder, "sea.nc"))
        days.to_netcdf(Path(folder, "days.nc"))
        Path(folder, "site.yaml").write_text(SHEETS)
        made = Path(folder, "site")
        ran = subprocess.run([cubepress, "build", Path(folder, "site.yaml"), "-o", made, "--quiet"], capture_output=True, text=True)
        require(ran.returncode == 0, f"cubepress build: {ran.stderr}")
        variable = json.loads((made / "api/datasets/sea.json").read_text())["variables"][0]
        style = style_of(variable["styles"][0], range=(0, 30))
        with served(Site(made), cubepress) as address, globe(chromium, address.base, "#scene=sheets", script=TEXTURES) as one:
            page = one.page

            def shows(left: float, right: float, text: str) -> None:
                wanted = style.draw(np.array([left, right], "float32")).astype(int)
                found = []

                def is_right() -> bool:
                    found[:] = page.evaluate(COLOURS, [[-55, 30, 200000], [-45, 30, 200000]])
                    return np.abs(np.array(found) - wanted).max() <= 4

                # A sheet shows a new picture some frames after it has come.
                require(one.eventually(is_right), f"{found} instead of {wanted.tolist()}")
                require(text in page.locator("#legends").inner_text(), f"the legend says {page.locator('#legends').inner_text()!r}")

            def told(lon: float, *words: str) -> None:
                frame = page.locator("#map canvas").bounding_box()
                at = page.evaluate(POINT, [lon, 30, 200000])
                page.mouse.move(frame["x"] + at["x"], frame["y"] + at["y"])
                for word in words:
                    page.wait_for_function("word => document.querySelector('#readout.shown')?.innerText.includes(word)", arg=word)

            shows(5, 15, "Depth 0 – 500 m")
            told(-55, "5 °C", "0 m")
            told(-45, "15 °C", "10 m")
            view = "{ lon: -50, lat: 30, distance: 5e6 }"
            for place in (view.replace("lat: 30", "lat: -20"), view):
                page.evaluate(f"void cubepress.map.camera.fly({place}, 0)")
                page.evaluate(PICTURE)
                # Tiles come by themselves where no layer lies over them.
                page.wait_for_function("cubepress.map.scene.globe.tilesLoaded")
            one.settle()
            before = page.evaluate("textures")
            for step in range(8):
                one.set(f"{{ layers: state.layers.map((each) => ({{ ...each, range: [0, {31 + step}] }})) }}")
            more = page.evaluate("textures") - before
            require(more <= 6, f"painting three sheets 8 times leaves {more} more textures on the graphics card")
            one.set("{ layers: state.layers.map((each) => ({ ...each, range: [0, 30] })) }")
            page.screenshot(path=PICTURES / "globe-sheets.png")
            control = page.locator("#dims").get_by_label("Uppermost sheet, Depth")
            control.select_option(label="10 m")
            one.settle()
            shows(15, 15, "Depth 10 – 500 m")
            control.select_option(label="500 m")
            one.settle()
            shows(25, 25, "Depth 500 m")
            saved_state(page, lambda told: told["layers"][0].get("stack", {}).get("from") == "500")
            one.go("#" + page.url.split("#")[1])
            shows(25, 25, "Depth 500 m")
            page.evaluate("cubepress.scenes.show('days').then(() => 1)")
            one.settle()
            for day, value in (("2020-01-01", 5), ("2020-01-03", 25)):
                one.set(f"{{ time: cubepress.time.times().values.find((each) => each.startsWith('{day}')) }}")
                found = page.evaluate(COLOURS, [[-50, 30, 0]])
                wanted = style.draw(np.array([value], "float32")).astype(int)
                require(np.abs(np.array(found) - wanted).max() <= 4, f"on {day} a layer of one region has {found} instead of {wanted.tolist()}")
            require(not one.troubles, "; ".join(one.troubles[:5]))
    return f"3 sheets, {more} more textures after 8 changes"


def unreadable(chromium, address: str, names: list) -> str:
    """A scene that cannot be read leaves the one that is shown; of two asked for at once the later one is shown."""
    if len(names) < 2:
        raise Skipped("the site has one scene")
    with globe(chromium, address, f"#scene={names[0]}") as one:
        page = one.page
        faults: list = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.route(f"**/scenes/{names[1]}.json", lambda route: route.fulfill(status=503))
        page.evaluate("name => void cubepress.scenes.change(name)", names[1])
        page.wait_for_selector("#notices .error")
        said = page.locator("#notices").inner_text()
        require("cannot be read" in said, f"it says {said!r}")
        require(one.state("scene") == names[0] == page.evaluate("cubepress.scene.id"), f"the scene is {one.state('scene')}")
        page.unroute(f"**/scenes/{names[1]}.json")
        page.locator("#notices").get_by_role("button", name="Try again").click()
        page.wait_for_function("name => cubepress.store.get().scene === name", arg=names[1])
        one.settle()
        times = page.evaluate("cubepress.time.times()?.values.length ?? 0")
        require(page.locator("#time").is_visible() == (times > 1), f"the bar of {times} times does not come with the scene")
        slow: list = []
        page.route(f"**/scenes/{names[0]}.json", lambda route: slow.append(route))
        page.evaluate("""(names) => {
          window.first = cubepress.scenes.change(names[0]);
          window.second = cubepress.scenes.change(names[1]);
        }""", names)
        page.evaluate("window.second.then(() => 1)")
        require(one.eventually(lambda: slow), f"{names[0]} is not asked for")
        slow[0].continue_()
        page.evaluate("window.first.then(() => 1)")
        shown = [one.state("scene"), page.evaluate("cubepress.scene.id")]
        require(shown == [names[1], names[1]], f"shown are {shown} instead of {names[1]}")
        require(not faults, "; ".join(faults))
    return said.split("\n")[0]


def globe_checks(report: Report, site: Site, address: str, cubepress: str | None) -> None:
    """Runs all checks of the globe; pictures of it are kept in .build/viewer-shots."""
    if report.only and "globe" not in report.only:
        return
    scenes = site.folder / "api/scenes.json"
    if not scenes.exists():
        report.check("globe", skip, Skipped("the site has no scenes"))
        return
    names = [one["id"] for one in json.loads(scenes.read_text())["scenes"]]
    (PICTURES / "phone").mkdir(parents=True, exist_ok=True)
    try:
        with browser() as chromium:
            report.check("globe: sheets", sheets, chromium, cubepress)
            for name in names:
                report.check(f"globe: scene {name}", scene, chromium, address, name)
                area = json.loads((site.folder / f"globe/scenes/{name}.json").read_text()).get("area")
                if area and area[2] - area[0] >= 360:
                    for size in (SMALL, PHONE):
                        wide = f"{size['width']} pixels wide"
                        report.check(f"globe: scene {name} has no holes, {wide}", whole, chromium, address, name, size)
            report.check("globe: unreadable scene", unreadable, chromium, address, names)
            with globe(chromium, address, f"#scene={names[0]}") as one:
                report.check("globe: values", values, one, site.folder)
                report.check("globe: time and light", time_and_light, one)
                report.check("globe: published pictures", pictures, one)
                report.check("globe: keyboard", keyboard, one)
                report.check("globe: address and picture", link, one)
                report.check("globe: tour", tour, one)
                report.check("globe: accessibility", accessible, one, PICTURES, PANELS)
                report.check("globe: German", german, one)
            with globe(chromium, address, f"#scene={names[0]}", PHONE, has_touch=True, is_mobile=True,
                       color_scheme="dark") as one:
                report.check("globe: accessibility on a phone, dark", accessible, one, PICTURES / "phone", PANELS)
    except Skipped as reason:
        report.check("globe", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason
