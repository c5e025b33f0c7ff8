"""The space-time cube of a made site in a real browser: what its faces show, cuts, playing, parts, keys, faults."""

import base64
import io
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from report import Report, Skipped, require
from site_folder import Site, served
from viewer_browser import DESKTOP, PHONE, Watched, axe_faults, chromium as browser, new_context, saved_state
from viewer_dimensions import DEPTHS, small_site
from viewer_pixels import style_of

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"
SCENARIO = "north-america-scenario"
SMALL = {"width": 1000, "height": 700}
PANELS = ["datasets", "region", "colours", "view", "settings"]
# What is drawn, without labels, in the very frame.
PICTURE = """() => {
  const { scene } = cubepress.map;
  scene.render();
  return scene.picture.toDataURL("image/png");
}"""
# Pixels spread over the canvas that show a face: [side's axis, lead, row, column, pixel's column and row]; positions as of
# `Frame`, which has a test of its own.
SAMPLES = """(count) => {
  const { scene, scene: { picture: canvas } } = cubepress.map;
  const ratio = canvas.width / scene.size().width;
  const samples = [];
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < count; j += 1) {
      const [x, y] = [Math.floor((i + 0.5) / count * canvas.width), Math.floor((j + 0.5) / count * canvas.height)];
      const found = cubepress.map.at({ x: (x + 0.5) / ratio, y: (y + 0.5) / ratio });
      if (found) samples.push([found.side.axis, ...found.positions, x, y]);
    }
  }
  return samples;
}"""
# Where the canvas is on the page.
PLACE = """(() => {
  const { x, y, width, height } = document.getElementById("map").getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})()"""
NO_WEBGL = """{
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...more);
  };
}"""
OUTLINE = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--soft)";
  const colour = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number).slice(0, 3);
  probe.remove();
  return colour;
}"""
SHOWN = """() => Object.fromEntries(cubepress.map.sides.map((side) => {
  const { level, cell } = cubepress.map.faces.shown(side);
  return [side.axis, { level, bin: side.axis === 0 ? 1 : cell[1] }];
}))"""

# The share of the window's width that the cube takes, and what of its labels touches the edges of the window.
ACROSS = """() => {
  const { scene } = cubepress.map;
  const [a, b, c] = cubepress.map.box();
  const across = a.flatMap((i) => b.flatMap((j) => c.map((k) => scene.project(scene.frame.place([i, j, k])).x)));
  const canvas = document.querySelector(".cube-labels");
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const edge = (x) => context.getImageData(x, 0, 1, copy.height).data.filter((one) => one > 0).length;
  return [(Math.max(...across) - Math.min(...across)) / innerWidth, edge(0) + edge(canvas.width - 1)];
}"""


class CubePage(Watched):
    """A page of the cube."""

    def __init__(self, page, address: str):
        super().__init__(page, address, "cube/index.html", "window.cubepress?.map?.settled")
        self.requests: list = []
        page.on("request", lambda one: self.requests.append(one.url))

    def _failed(self, request) -> None:
        # What is not wanted any more is given up.
        if "ERR_ABORTED" not in str(request.failure):
            super()._failed(request)

    def picture(self) -> np.ndarray:
        data = base64.b64decode(self.page.evaluate(PICTURE).split(",")[1])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(int)

    def box(self) -> list:
        return self.page.evaluate("cubepress.map.box()")

    def cut(self, box: list) -> None:
        self.page.evaluate("box => cubepress.map.cut(box)", box)
        self.settle()

    def point(self, positions: list) -> tuple:
        """Where on the page positions along the three axes lie."""
        at = self.page.evaluate("p => cubepress.map.scene.project(cubepress.map.scene.frame.place(p))", positions)
        frame = self.page.locator("#map").bounding_box()
        return frame["x"] + at["x"], frame["y"] + at["y"]


@contextmanager
def cube(chromium, address: str, fragment: str | None, size: dict = SMALL, query: str = "", **options):
    context = new_context(chromium, viewport=size, accept_downloads=True, **{"locale": "en-GB", **options})
    try:
        one = CubePage(context.new_page(), address)
        if fragment is not None:
            one.go(fragment, query)
        yield one
    finally:
        context.close()


class Truth:
    """A cube as xarray reads it, at every level, and the colours of its values."""

    def __init__(self, site: Path, name: str, variable: str | None = None, **picked):
        self.document = json.loads((site / f"api/datasets/{name}.json").read_text())
        self.variable = next(one for one in self.document["variables"] if variable in (None, one["key"]))
        self.style = style_of(self.variable["styles"][0])
        self.path, self.picked, self.levels = site / self.document["cube"], picked, {}

    def level(self, level: int) -> np.ndarray:
        if level not in self.levels:
            data = xr.open_zarr(self.path, group=str(level), consolidated=False, decode_times=False)
            self.levels[level] = data[self.variable["key"]].isel(self.picked).values.astype(np.float32)
        return self.levels[level]

    def at(self, cell, level: int = 0) -> float:
        lead, row, column = (int(one) for one in cell)
        return float(self.level(level)[lead, row >> level, column >> level])


def faithful(one: CubePage, truth: Truth, count: int = 110) -> str:
    """Requires that pixels have the colours of the cells that they show, and none where a value is missing.

    Left out are those close to the edge of a cell or of the cube: where they lie is known to within a part of a pixel.
    """
    one.settle()
    picture, shown, box = one.picture(), one.page.evaluate(SHOWN), one.box()
    samples, outline = np.array(one.page.evaluate(SAMPLES, count)), np.array(one.page.evaluate(OUTLINE))
    right, there, total, off, faces = 0, 0, 0, [], set()
    for axis, *positions, x, y in samples:
        axis = int(axis)
        face = shown[str(axis)]
        sizes = [1, 2 ** face["level"], 2 ** face["level"]]
        clear = face["bin"] == 1
        for other in {0, 1, 2} - {axis}:
            start, stop = box[other]
            clear &= 0.02 < (positions[other] - start) / (stop - start) < 0.98
            clear &= abs(positions[other] / sizes[other] % 1 - 0.5) < 0.3
        if not clear:
            continue
        cell = [int(np.ceil(one) - 1) if i == axis and one == box[i][1] else int(one) for i, one in enumerate(positions)]
        wanted = truth.style.draw(np.array([truth.at(cell, face["level"])]))[0].astype(int)
        found = picture[int(y), int(x)]
        # Where nothing is, the outline of what was cut away is seen through the face.
        same = np.abs(found - wanted).max() <= 4 if wanted[3] else found[3] == 0 or np.abs(found[:3] - outline).max() <= 8
        total, there, right = total + 1, there + int(wanted[3] > 0), right + int(same)
        faces.add(axis)
        if not same:
            off.append((axis, cell, found.tolist(), wanted.tolist()))
    note = f"{right} of {total} pixels on {len(faces)} faces, {there} with values, levels {sorted({one['level'] for one in shown.values()})}"
    require(total > 150 and there > 20 and faces, note)
    # A value at the edge of a bin may be of either.
    require(right >= total * 0.985, f"{note}; {off[:3]}")
    return note


def first_picture(chromium, site: Path, address: str, name: str) -> str:
    """A cube comes up by itself, without a failed request or a word on the console; how fast is told, not judged."""
    with cube(chromium, address, None, DESKTOP) as one:
        sizes: list = []
        one.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        # A new window takes both cores for a second or two, whatever is shown in it.
        one.page.wait_for_timeout(2000)
        one.go(f"#dataset={name}")
        one.page.screenshot(path=PICTURES / f"cube-{name}.png")
        picture = one.picture()
        kinds = len(np.unique(picture.reshape(-1, 4) // 16, axis=0))
        require(kinds > 20, f"only {kinds} colours are to be seen")
        require(not one.troubles, "; ".join(one.troubles[:5]))
        marks = one.page.evaluate("['first-picture', 'first-complete'].map((name) => performance.getEntriesByName(name)[0].startTime)")
        ranges = [url for url in one.requests if ".zarr/" in url]
        # An index and a chunk or two for each of three faces, and the documents.
        require(len(ranges) < 40, f"{len(ranges)} requests to cube and series")
        return (f"first picture after {marks[0]:.0f} ms, all after {marks[1]:.0f} ms; {len(ranges)} of {len(one.requests)} requests "
                f"for values, {sum(sizes) / 1000:.0f} kB")


def pixels(chromium, site: Path, address: str, name: str) -> str:
    """Every face has the colours of what xarray reads, seen from two corners, whole and cut."""
    truth = Truth(site, name)
    notes = []
    with cube(chromium, address, f"#dataset={name}") as one:
        one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
        notes.append(faithful(one, truth))
        one.set("{ eye: { ...state.eye, turn: -140, tilt: -30 } }")
        notes.append(faithful(one, truth))
        counts = one.page.evaluate("cubepress.map.cube.counts")
        box = [[n // 5, max(n // 5 + 1, 4 * n // 5)] for n in counts]
        one.cut(box)
        require(one.box() == box, f"cut to {box}, got {one.box()}")
        notes.append(faithful(one, truth))
        one.page.evaluate("cubepress.map.frame(cubepress.map.box())")
        notes.append(faithful(one, truth))
        one.set("{ layers: state.layers.map((each) => ({ ...each, range: [each.range?.[0] ?? 0.001, 1e9], scale: 'linear', colours: 'viridis' })) }")
        truth.style = style_of(truth.variable["styles"][0], colours="viridis", scale="linear",
                               range=tuple(one.state("layers")[0]["range"]))
        notes.append(faithful(one, truth))
    return "; ".join(notes)


def cuts(one: CubePage) -> str:
    """A face is pushed by its knob, the sliders move it by pointer and keys, and the picture follows."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    whole, before = one.box(), one.picture()
    knobs = [knob.bounding_box() for knob in page.locator(".knob:visible").all()]
    require(len(knobs) == 3, f"{len(knobs)} knobs are to be seen")
    # The knob of the front, which lies lowest at the left.
    knob = max(knobs, key=lambda box: box["y"] - box["x"])
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 30, steps=4)
    page.mouse.up()
    one.settle()
    pushed = one.box()
    require(pushed[0][0] == 0 and 1 < pushed[0][1] < 240 and pushed[1:] == whole[1:], f"pushed to {pushed}")
    share = float((np.abs(one.picture() - before).max(axis=2) > 8).mean())
    require(share > 0.02, f"the picture changed in {share:.1%}")
    page.screenshot(path=PICTURES / "cube-pushed.png")
    last = page.get_by_role("slider", name="Time: last")
    require(last.get_attribute("aria-valuenow") == str(pushed[0][1] - 1), "the slider does not follow")
    last.press("ArrowLeft")
    last.press("PageDown")
    require(one.box()[0][1] == pushed[0][1] - 1 - 24, f"keys cut to {one.box()[0]}")
    last.press("Home")
    require(one.box()[0] == [0, 1], f"one slice is left, not {one.box()[0]}")
    last.press("End")
    page.get_by_role("slider", name="Latitude: first").press("PageUp")
    both = page.get_by_role("slider", name="Latitude: the whole part")
    both.press("Home")
    require(one.box()[1] == [0, 33], f"moved to {one.box()[1]}")
    track = page.locator(".cut-track").nth(2).bounding_box()
    handle = page.get_by_role("slider", name="Longitude: first").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] / 2, track["y"] + 5, steps=3)
    page.mouse.up()
    require(one.box()[2] in ([24, 49], [25, 49]), f"dragged to {one.box()[2]}")
    one.settle()
    return f"pushed to {pushed[0]}, {share:.0%} of the picture changed"


def pointer(one: CubePage, truth: Truth) -> str:
    """Value, place and time under the pointer are those of xarray's cell, on each face."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    one.set("{ panel: null, tool: 'select' }")
    times = truth.variable["dimensions"][0]["values"]
    told = 0
    for positions, cell in (([240, 18.5, 24.5], (239, 18, 24)), ([100.5, 37, 30.5], (100, 36, 30)), ([60.5, 20.5, 49], (60, 20, 48))):
        page.mouse.move(*one.point(positions))
        page.wait_for_selector(".readout.shown")
        text = page.locator("#readout").inner_text()
        wanted = truth.at(cell)
        number = float(text.split("\n")[1].split()[0].replace(",", ""))
        require(abs(number - wanted) < 0.006, f"{cell} is told as {text!r}; xarray has {wanted}")
        require(times[cell[0]][:4] in text, f"{times[cell[0]]} is not in {text!r}")
        exact = page.evaluate("cell => cubepress.map.exact(cell)", list(cell))
        require(np.float32(exact) == np.float32(wanted), f"{exact} is read at {cell}; xarray has {wanted}")
        place = page.evaluate("cell => cubepress.map.cube.grid.centre(cell[1], cell[2])", list(cell))
        data = xr.open_zarr(truth.path, group="0", consolidated=False, decode_times=False)
        rows, columns = data[truth.variable["key"]].dims[-2:]
        near = (float(data[columns][cell[2]]) + 180) % 360 - 180, float(data[rows][cell[1]])
        require(abs((place[0] - near[0] + 180) % 360 - 180) < 1e-4 and abs(place[1] - near[1]) < 1e-4, f"{cell} lies at {place}, xarray says {near}")
        told += 1
    frame = page.locator("#map").bounding_box()
    page.mouse.move(frame["x"] + 12, frame["y"] + 12)
    page.wait_for_selector(".readout:not(.shown)", state="attached")
    one.set("{ tool: 'turn' }")
    return f"{told} values"


def part(one: CubePage, truth: Truth, address: str) -> str:
    """A rectangle drawn on a face cuts the cube to it; its Python opens exactly that; the map shows it."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    page.get_by_role("button", name="Cut out a part").click()
    start, end = one.point([240, 5.5, 10.5]), one.point([240, 20.5, 30.5])
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.screenshot(path=PICTURES / "cube-rectangle.png")
    page.mouse.up()
    box = one.box()
    require(box == [[0, 240], [5, 21], [10, 31]], f"the rectangle cut to {box}")
    page.evaluate("cubepress.map.cut([[30, 61], ...cubepress.map.box().slice(1)])")
    box = one.box()
    page.evaluate("cubepress.openPanel('region')")
    code = page.locator("#side pre").inner_text()
    one.settle()
    # The pointer rests where the last slice was before the cut.
    told = page.evaluate("document.querySelector('#readout.shown')?.innerText ?? ''")
    require("2099" not in told, f"after the cut the pointer still tells {told!r}")
    page.screenshot(path=PICTURES / "cube-part.png")
    # From the folder, since reading over HTTP takes more packages.
    code = code.replace(address, f"{truth.path.parent.parent.parent}/")
    ending = "\nimport numpy as np\nnp.save('part.npy', air_temperature.values)\n"
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run([sys.executable, "-c", code + ending], cwd=folder, capture_output=True, text=True)
        require(ran.returncode == 0, f"the code failed: {ran.stderr[-400:]}")
        found = np.load(Path(folder, "part.npy"))
    wanted = truth.level(0)[tuple(slice(*one) for one in box)]
    require(np.array_equal(found, wanted, equal_nan=True), f"the code opens {found.shape}, wanted {wanted.shape}")
    page.evaluate("cubepress.map.frame(cubepress.map.box())")
    one.settle()
    require(page.evaluate("cubepress.map.range()") == box and one.box() == box, "the part does not fill the cube")
    link = page.get_by_role("link", name="This part on the map").get_attribute("href")
    require(link.startswith(address) and "time=1920" in link and "lon=" in link, link)
    kept = page.evaluate("cubepress.store.get().frame")
    saved_state(page, lambda told: told.get("frame") == kept)
    fragment = page.evaluate("location.hash")
    one.go(fragment)
    require(page.evaluate("cubepress.map.range()") == box, "the address does not bring the part back")
    page.get_by_role("button", name="The whole cube").first.click()
    require(one.box() == [[0, 240], [0, 37], [0, 49]], f"the whole cube is {one.box()}")
    return f"{found.size} values by the code; {len(fragment)} characters of address"


def playing(one: CubePage) -> str:
    """Play goes through the slices in order, each with its own face, and stops."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    page.evaluate("""() => {
      window.seen = [];
      cubepress.player.speed = 30;
      cubepress.store.subscribe((state) => state.box, () => {
        const { map } = cubepress;
        const front = map.sides.find(({ axis, end }) => axis === 0 && end === 1);
        seen.push([map.box()[0][1] - 1, front && map.faces.shown(front)?.isRight]);
      });
    }""")
    page.get_by_role("button", name="Play along Time").click()
    page.wait_for_function("seen.length >= 25")
    page.screenshot(path=PICTURES / "cube-playing.png")
    page.get_by_role("button", name="Stop playing Time").click()
    seen = page.evaluate("seen")
    steps = [one[0] for one in seen]
    require(steps == list(range(steps[0], steps[0] + len(steps))) and steps[0] <= 1, f"played {steps}")
    require(all(one[1] for one in seen[1:]), "a slice is shown before it has come")
    count = page.evaluate("seen.length")
    page.wait_for_timeout(500)
    require(page.evaluate("seen.length") == count, "it goes on playing")
    page.get_by_role("button", name="Play along Longitude").click()
    page.wait_for_function("cubepress.map.box()[2][1] > 5 && cubepress.map.box()[2][1] < 49")
    page.keyboard.press("Escape")
    page.evaluate("cubepress.player.stop()")
    return f"{len(steps)} steps of time"


def picture(one: CubePage) -> str:
    """The picture that is saved shows the cube, its labels and its legend."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a picture").click()
    path = PICTURES / "cube-saved.png"
    download.value.save_as(path)
    with Image.open(path) as saved:
        colours = len(saved.convert("RGB").resize((300, 300)).getcolors(90_000) or [])
        require(colours > 400 and saved.width > 1000, f"{saved.size}, {colours} colours")
        return f"{saved.width} × {saved.height}"


def keyboard(one: CubePage) -> str:
    """Everything can be reached and done by keys, and is said."""
    page = one.page
    one.go(f"#dataset={SCENARIO}")
    names = page.evaluate("[...document.querySelectorAll('.rail button')].map((one) => one.textContent)")
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        text = page.evaluate("""() => {
          const { activeElement: at } = document;
          return at === document.body ? null : at.getAttribute("aria-label") ?? at.textContent.trim();
        }""")
        if text is None:
            break
        reached.append(text)
    sliders = [f"{axis}: {end}" for axis in ("Time", "Latitude", "Longitude") for end in ("first", "last")]
    for name in [*names, *sliders, "Zoom in", "Save as a picture", "Play along Time"]:
        require(name in reached, f"Tab does not reach {name!r}: {reached}")
    require(any("Cube of Air temperature" in text for text in reached), "Tab does not reach the cube")
    page.evaluate("cubepress.map.canvas.focus()")
    before = one.state("eye")
    for key in ("ArrowRight", "ArrowUp", "+", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    after = one.state("eye")
    require(after["turn"] != before["turn"] and after["tilt"] > before["tilt"], f"arrows do not turn: {after}")
    require(after["zoom"] > before["zoom"] and after["x"] < 0, f"+ and Shift do nothing: {after}")
    page.keyboard.press("f")
    require(one.state("eye") == before, "F does not go back")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowLeft")
    require(one.box()[0] == [0, 239], f"an arrow beside the cube cuts to {one.box()[0]}")
    page.keyboard.press("End")
    page.keyboard.press("v")
    page.wait_for_function("document.getElementById('live').textContent.includes('K')")
    page.evaluate("cubepress.openPanel('view')")
    page.locator("#side h2").focus()
    page.keyboard.press("Escape")
    require(page.locator("#side").is_hidden(), "Escape does not close a panel")
    return f"{len(reached)} stops of Tab"


def accessible(one: CubePage, pictures: Path) -> str:
    """axe finds nothing serious in any panel."""
    faults = []
    for name in PANELS:
        one.panel(name)
        one.page.screenshot(path=pictures / f"cube-{name}.png")
        faults += [f"{name}: {each}" for each in axe_faults(one.page)]
    require(not faults, "; ".join(faults[:6]))
    require(not one.troubles, "; ".join(one.troubles[:5]))
    return f"{len(PANELS)} panels"


def german(one: CubePage) -> str:
    one.set("{ language: 'de' }")
    for text in ("Daten", "Teil", "Farben", "Ansicht", "Optionen"):
        one.page.locator(".rail").get_by_text(text).wait_for()
    for name in PANELS:
        one.panel(name)
        text = one.page.locator("body").inner_text()
        require(not any(word in text for word in ("view.", "region.", "data.", "cuts.", "axis.")), f"{name}: a text is missing")
    one.set("{ language: 'en' }")
    return f"{len(PANELS)} panels"


def touch(chromium, site: Path, address: str) -> str:
    """On a phone a finger turns the cube, two come nearer, a tap tells a value; nothing is cut off."""
    with cube(chromium, address, f"#dataset={SCENARIO}", PHONE, has_touch=True, is_mobile=True, color_scheme="dark") as one:
        page = one.page
        page.screenshot(path=PICTURES / "phone" / "cube.png")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        require(wide <= 0, f"the page is {wide} pixels too wide")
        taken, beyond = page.evaluate(ACROSS)
        require(taken > 0.69, f"the cube takes {taken:.0%} of the width")
        require(beyond == 0, "a label is cut off")
        page.touchscreen.tap(*one.point([240, 18.5, 24.5]))
        page.wait_for_selector(".readout.shown")
        session = page.context.new_cdp_session(page)

        def fingers(kind: str, *points) -> None:
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})

        x, y = one.point([240, 18.5, 24.5])
        before = one.state("eye")
        fingers("touchStart", (x, y))
        for step in range(1, 6):
            fingers("touchMove", (x + 12 * step, y))
        fingers("touchEnd")
        require(one.state("eye")["turn"] != before["turn"], "a finger does not turn the cube")
        fingers("touchStart", (x - 20, y), (x + 20, y))
        for step in range(1, 6):
            fingers("touchMove", (x - 20 - 8 * step, y), (x + 20 + 8 * step, y))
        fingers("touchEnd")
        require(one.state("eye")["zoom"] > before["zoom"] * 1.2, "two fingers do not come nearer")
        return accessible(one, PICTURES / "phone")


def faults(chromium, site: Path, address: str) -> str:
    """A damaged chunk and a lost network are said, the rest goes on; later it is read again."""

    def spoil(route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        for i in range(len(body) // 3, 2 * len(body) // 3):
            body[i] ^= 0x5A
        route.fulfill(response=answer, body=bytes(body))

    truth = Truth(site, SCENARIO)
    with cube(chromium, address, f"#dataset={SCENARIO}") as one:
        page = one.page
        one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
        page.route("**/cube.zarr/0/air_temperature/c/20/**", spoil)
        one.cut([[0, 21], [0, 37], [0, 49]])
        page.wait_for_function("document.getElementById('notices').innerText.includes('is damaged')")
        page.screenshot(path=PICTURES / "cube-damaged.png")
        page.unroute("**/cube.zarr/0/air_temperature/c/20/**")
        page.get_by_role("button", name="Try again").click()
        one.settle()
        faithful(one, truth)
        page.context.set_offline(True)
        page.evaluate("cubepress.map.cut([[0, 100], [0, 37], [0, 49]])")
        page.wait_for_function("document.getElementById('notices').innerText.includes('offline')")
        page.context.set_offline(False)
        # The page is told that there is a network again, and then asks for what it missed.
        page.wait_for_function("cubepress.map.sides.every((side) => cubepress.map.faces.shown(side)?.isRight)")
        return faithful(one, truth)


def bare_browser(chromium, site: Path, address: str, names: list) -> str:
    """Without WebGL 2 the page draws the cube by itself, in the same colours, and it can be used."""
    notes = []
    with cube(chromium, address, None) as one:
        one.page.add_init_script(NO_WEBGL)
        for name in names:
            one.go(f"#dataset={name}")
            require(one.page.evaluate("cubepress.map.scene.picture !== cubepress.map.canvas"), "something else draws the cube")
            one.set("{ layers: state.layers.map((each) => ({ ...each, interpolation: 'nearest' })), panel: null }")
            notes.append(faithful(one, Truth(site, name)))
            one.set("{ eye: { ...state.eye, turn: -140, tilt: -30, zoom: 1.4 } }")
            notes.append(faithful(one, Truth(site, name)))
    return "; ".join(notes)


def takeover(chromium, address: str, name: str, size: dict) -> str:
    """What the page draws at first is what the graphics card draws then: the cube does not jump, nor change its colours."""
    with cube(chromium, address, None, size) as one:
        held: list = []
        one.page.route("**/cube/page.js", lambda route: held.append(route))
        one.page.goto(f"{one.address}#dataset={name}")
        # The first pictures may be coarser than what the graphics card begins with.
        one.page.wait_for_function("performance.getEntriesByName('first-complete').length")
        require(one.eventually(lambda: held), "the rest of the page is not asked for")
        place = one.page.evaluate(PLACE)
        first = one.page.evaluate("document.querySelector('.cube-painted').toDataURL()")
        for route in held:
            route.continue_()
        one.settle()
        before = np.asarray(Image.open(io.BytesIO(base64.b64decode(first.split(",")[1]))).convert("RGBA")).astype(int)
        after = one.picture()
        now = one.page.evaluate(PLACE)
        require(place == now, f"what comes around the cube moves it from {place} to {now}")
        require(before.shape == after.shape, f"{before.shape} pixels become {after.shape}")
        # Colours behind clear pixels mean nothing.
        differ = (np.abs(before - after).max(axis=2) > 8) & ((before[..., 3] > 0) | (after[..., 3] > 0))
        # Smooth edges are the graphics card's alone.
        require(differ.mean() < 0.01 and (before[..., 3] > 0).mean() > 0.02,
                f"{differ.mean():.2%} of the pixels change; {(before[..., 3] > 0).mean():.1%} were painted")
        return f"{differ.mean():.2%} of the pixels change"


def missing(chromium, address: str) -> str:
    """Without a dataset, or for a variable that is flat, it is said what is the matter."""
    with cube(chromium, address, "#dataset=no-such-dataset") as one:
        require("no-such-dataset" in one.page.locator("#notices").inner_text(), "an unknown dataset is not named")
        require(one.page.evaluate("Boolean(cubepress.map.cube)"), "there is no cube instead")
        one.page.goto("about:blank")
        one.page.goto(f"{address}cube/index.html#dataset=global-relief&variable=relief")
        one.page.wait_for_function("document.getElementById('notices').innerText.includes('no cube')")
    return "said"


def embedded(chromium, address: str) -> str:
    """Inside of another page there is the cube with its cuts and its legend, and no panels."""
    with cube(chromium, address, f"#dataset={SCENARIO}&time=1990", {"width": 800, "height": 480}, "?embed") as one:
        require(one.page.locator(".rail").is_hidden() and one.page.locator("#cuts").is_visible(), "the frame is wrong")
        require(one.box()[0] == [0, 131], f"the front is not 1990: {one.box()[0]}")
        one.page.screenshot(path=PICTURES / "cube-embedded.png")
        require(not one.troubles, "; ".join(one.troubles[:5]))
    return "front of 1990"


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


def cube_checks(report: Report, site: Site, address: str, cubepress: str | None) -> None:
    """Runs all checks of the cube; pictures of it are kept in .build/viewer-shots."""
    if report.only and not report.only.startswith("cube"):
        return
    if not (site.folder / "cube/index.html").exists():
        report.check("cube", skip, Skipped("the site has no cube"))
        return
    (PICTURES / "phone").mkdir(parents=True, exist_ok=True)
    folder, address = site.folder, address.rstrip("/") + "/"
    listed = json.loads((folder / "api/datasets.json").read_text())["datasets"]
    names = [one["id"] for one in listed if any(variable.get("cube") for variable in one["variables"])]
    try:
        with browser() as chromium:
            for name in names:
                report.check(f"cube: first picture of {name}", first_picture, chromium, folder, address, name)
                report.check(f"cube: pixels of {name}", pixels, chromium, folder, address, name)
            if SCENARIO in names:
                truth = Truth(folder, SCENARIO)
                with cube(chromium, address, f"#dataset={SCENARIO}") as one:
                    report.check("cube: cuts", cuts, one)
                    report.check("cube: values under the pointer", pointer, one, truth)
                    report.check("cube: part", part, one, truth, address)
                    report.check("cube: playing", playing, one)
                    report.check("cube: picture", picture, one)
                    report.check("cube: keyboard", keyboard, one)
                    report.check("cube: accessibility", accessible, one, PICTURES)
                    report.check("cube: German", german, one)
                report.check("cube: on a phone", touch, chromium, folder, address)
                report.check("cube: damaged and offline", faults, chromium, folder, address)
                report.check("cube: what is missing", missing, chromium, address)
                report.check("cube: embedded", embedded, chromium, address)
            report.check("cube: without WebGL", bare_browser, chromium, folder, address, names)
            for size in (DESKTOP, PHONE):
                report.check(f"cube: the first picture stays, {size['width']} pixels wide", takeover, chromium, address, names[0], size)
            report.check("cube: levels", levels, chromium, cubepress)
            report.check("cube: polar grid", polar, chromium, cubepress)
    except Skipped as reason:
        report.check("cube", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason
