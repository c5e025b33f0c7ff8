"""Using the cube: cuts, playing, the value under the pointer, parts, keys, touch, in other pages."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from cube_page import ACROSS, PICTURES, SCENARIO, CubePage, Truth, cube
from report import require
from viewer_browser import PHONE, saved_state

PANELS = ["datasets", "region", "colours", "view", "settings"]


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
    one.accessible(PANELS, pictures, "cube")
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


def embedded(chromium, address: str) -> str:
    """Inside of another page there is the cube with its cuts and its legend, and no panels."""
    with cube(chromium, address, f"#dataset={SCENARIO}&time=1990", {"width": 800, "height": 480}, "?embed") as one:
        require(one.page.locator(".rail").is_hidden() and one.page.locator("#cuts").is_visible(), "the frame is wrong")
        require(one.box()[0] == [0, 131], f"the front is not 1990: {one.box()[0]}")
        one.page.screenshot(path=PICTURES / "cube-embedded.png")
        require(not one.troubles, "; ".join(one.troubles[:5]))
    return "front of 1990"
