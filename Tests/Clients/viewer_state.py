"""The state of the viewer in its address, and who can use it: by key, in German, in the dark, on a phone."""

import re

import numpy as np

from report import require
from viewer_browser import DESKTOP, FRAMES, PHONE, axe_faults, feature, times_of
from viewer_map import OCEAN, SCENARIO

PANELS = ["datasets", "layers", "colours", "places", "series", "statistics", "transect", "expressions", "compare",
          "metadata", "export", "settings"]


def alike(a, b) -> float:
    """The share of pixels that look the same."""
    return (np.abs(a - b).max(-1) <= 8).mean()


def address(viewer) -> str:
    """All of the state is in the address: opened elsewhere it shows the same picture; back and forward."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with viewer.window(f"dataset={SCENARIO}") as window:
        page = window.page
        # Nearer, finer coasts come when they come.
        window.set(time=times[17], theme="dark", overlays=["coast", "graticule"], panel="layers",
                   places=[feature("p", {"type": "Point", "coordinates": [-100, 45]})])
        window.layer(colours="viridis", reversed=True, range=[255, 300], opacity=0.8)
        window.jump(-92.5, 41.25, 2.3, bearing=20)
        told = window.saved_state(lambda one: one.get("time") == times[17] and one["view"].get("bearing") == 20)
        require(told["time"] == times[17], f"the address says {told}")
        window.settle()
        before, link = window.picture(), page.url
        with viewer.window() as other:
            other.page.goto(link)
            other.settle()
            after = other.picture_when(lambda picture: picture.shape == before.shape and alike(picture, before) > 0.99)
            for key in ("time", "layers", "theme", "overlays", "panel", "places"):
                require(other.state(key) == window.state(key), f"{key}: {other.state(key)}, was {window.state(key)}")
        require(before.shape == after.shape, f"the map is {after.shape}, was {before.shape}")
        same = alike(before, after)
        require(same > 0.99, f"only {100 * same:.1f} % of the pixels are the same")
        # Back and forward through what was chosen.
        window.panel("colours")
        window.saved_state(lambda one: one.get("panel") == "colours")
        page.evaluate("history.back()")
        window.becomes("panel", "layers")
        page.evaluate("history.forward()")
        window.becomes("panel", "colours")
        # A link that is cut short says so and shows something.
        window.go("1.abc")
        window.says("#notices", "cannot be read")
        require(window.state("layers"), "a damaged link shows nothing")
        # Words in place of a packed state: on the globe, near a pole.
        window.go(f"dataset={SCENARIO}&globe&lat=-80")
        view = window.state("view")
        require(abs(view["lat"] + 80) < 0.1 and view["projection"] == "globe", f"the view is {view}")
        require(abs(page.evaluate("cubepress.map.gl.getCenter().lat") + 80) < 0.1, "the map does not move there")
    return f"{len(link)} characters, {100 * same:.2f} % of the pixels alike"


def going_back(viewer) -> str:
    """Back leads to the view before, also while the map moves, and where the dataset has to be read first."""
    for name in (SCENARIO, "antarctic-bed"):
        viewer.document(name)
    shown = "name => cubepress.store.get().layers[0].dataset === name"
    with viewer.window(f"dataset={SCENARIO}&lon=-95&lat=45&zoom=2.5") as window:
        page = window.page
        window.panel("layers")
        window.saved_state(lambda one: one.get("panel") == "layers")
        page.evaluate("void cubepress.map.gl.easeTo({ center: [-60, 20], duration: 1e6, essential: true })")
        window.until("cubepress.map.gl.isMoving()")
        page.evaluate("history.back()")
        window.becomes("panel", "datasets")
        window.until("!cubepress.map.gl.isMoving() && Math.abs(cubepress.map.gl.getCenter().lng + 95) < 0.1")
        window.show("antarctic-bed")
        window.saved_state(lambda one: one["layers"][0]["dataset"] == "antarctic-bed")
        page.reload()
        window.settle()
        window.until(shown, "antarctic-bed")
        require(page.locator("#time").is_hidden(), "what has no times has a bar of them")
        page.evaluate("history.back()")
        window.until(shown, SCENARIO)
        window.settle()
        require(page.locator("#time").is_visible(), "the bar of times does not come back")
        require(not window.notices().strip(), f"it is complained about: {window.notices()}")
    return "a moving map, a dataset that was not read yet"


def embedding(viewer) -> str:
    """Embedded there is the map with legend and time, no panels, and it is keyed from outside."""
    viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}", query="?embed", size={"width": 700, "height": 450}) as window:
        visible = lambda selector: window.page.locator(selector).first.is_visible()
        require(visible("#map canvas") and visible("#legends") and visible("#time"), "map, legend or time are missing")
        require(not visible("#rail button") and not visible("#side") and not visible("header.top .brand"), "panels are shown")
        window.look("embed")
    return "700 x 450"


def keyboard(viewer) -> str:
    """The whole page by Tab alone: every stop has a name and can be seen; panels open and close by key."""
    viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}") as window:
        page = window.page
        stops = []
        for _ in range(90):
            page.keyboard.press("Tab")
            stop = page.evaluate("""() => { const one = document.activeElement; const box = one.getBoundingClientRect();
              const style = getComputedStyle(one);
              return { body: one === document.body, name: one.getAttribute("aria-label") || one.title || one.labels?.[0]?.innerText || one.innerText || "",
                seen: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
                ring: style.outlineStyle !== "none" || style.boxShadow !== "none", what: one.outerHTML.slice(0, 90) }; }""")
            if stop["body"]:
                break
            stops.append(stop)
        for stop in stops:
            require(stop["name"].strip(), f"a stop without a name: {stop['what']}")
            require(stop["seen"], f"a stop that cannot be seen: {stop['what']}")
            require(stop["ring"], f"a stop without a mark of focus: {stop['what']}")
        names = " | ".join(one["name"] for one in stops)
        for wanted in ("Skip to the map", "Layers", "Map", "First time", "Play", "Globe"):
            require(wanted in names, f"Tab never comes to {wanted}: {names}")
        page.locator("#rail").get_by_role("button", name="Layers").focus()
        page.keyboard.press("Enter")
        window.becomes("panel", "layers")
        page.keyboard.press("Escape")
        window.becomes("panel", None)
        page.locator("body").press("g")
        require(window.state("view")["projection"] == "globe", "G shows no globe")
        page.locator("body").press("v")
        window.until("/\\d/.test(document.querySelector('#live').textContent)")
        said = page.locator("#live").inner_text()
    return f"{len(stops)} stops; V says {said!r}"


def german(viewer) -> str:
    """A German browser is spoken to in German, numbers too; switching back works in the page."""
    viewer.document(OCEAN)
    with viewer.window(f"dataset={OCEAN}", locale="de-DE") as window:
        page = window.page
        require(page.evaluate("document.documentElement.lang") == "de", "the page is not marked as German")
        missing = page.evaluate("""async () => {
          const base = [...document.scripts].find((one) => one.src.endsWith("/viewer.js")).src;
          const read = (code) => fetch(new URL(`i18n/${code}.json`, base)).then((one) => one.json());
          const [en, de] = await Promise.all([read("en"), read("de")]);
          return [...Object.keys(en).filter((one) => !de[one]), ...Object.keys(de).filter((one) => !en[one])];
        }""")
        require(not missing, f"texts of one language only: {missing}")
        for panel in PANELS:
            text = window.panel(panel).inner_text()
            bad = re.findall(r"\b(?:[a-z]+\.){1,2}[a-z]+\b(?=\s|$)", text)
            keys = [one for one in bad if one.split(".")[0] in PANELS and not one.endswith(".zarr")]
            require(not keys, f"{panel} shows keys of texts: {keys}")
            english = re.findall(r"\b(Layers|Colours|Settings|Opacity|Remove|Add|Show|Copy|Download|Range|Language)\b", text)
            require(not english, f"{panel} speaks English: {english} in {text[:300]}")
        window.panel("colours")
        window.look("german")
        window.panel("settings").get_by_label("Sprache").select_option("en")
        window.until("document.documentElement.lang === 'en'")
        window.says("#rail", "Layers")
    return f"{len(PANELS)} panels"


def dark(viewer) -> str:
    """Where the system is dark, page and ground are; a choice overrules it."""
    viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}", color_scheme="dark") as window:
        lightness = lambda: window.picture()[::7, ::7].mean()
        page = lambda: sum(map(int, re.findall(r"\d+", window.page.evaluate("getComputedStyle(document.querySelector('header.top')).backgroundColor"))[:3]))
        window.set(overlays=[])
        window.layer(visible=False)
        window.picture_when(lambda picture: picture.mean() < 80)
        night = lightness(), page()
        window.look("dark")
        window.set(theme="light")
        window.picture_when(lambda picture: picture.mean() > 180)
        day = lightness(), page()
        require(night[0] < 80 < 180 < day[0], f"the map's lightness is {night[0]:.0f} in the dark and {day[0]:.0f} in the light")
        require(night[1] < 200 < 500 < day[1], f"the page's is {night[1]} and {day[1]}")
    return f"{night[0]:.0f} and {day[0]:.0f} of 255"


def accessible(viewer, size: dict, theme: str) -> str:
    """axe finds nothing serious on any panel, nor while one draws, compares, chooses a day or is told of a fault."""
    viewer.document(SCENARIO)
    faults, seen = [], []
    place = feature("p", {"type": "Polygon", "coordinates": [[[-100, 40], [-90, 40], [-90, 48], [-100, 48], [-100, 40]]]})
    series = {"place": "p", "dataset": SCENARIO, "variable": "air_temperature", "dims": {}, "method": "mean"}
    with viewer.window(f"dataset={SCENARIO}", size=size, color_scheme=theme) as window:
        page = window.page

        def judge(name: str) -> None:
            seen.append(name)
            window.look(f"{name}-{size['width']}-{theme}")
            faults.extend(f"{name}: {one}" for one in axe_faults(page))
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            require(wide <= 0, f"{name} makes the page {wide} pixels wider than the screen")

        window.set(places=[place], series=[series], place="p", transect=[[-110, 40], [-80, 45]])
        for panel in PANELS:
            host = window.panel(panel)
            if panel in ("series", "transect"):
                page.wait_for_selector("#below .u-over")
            if panel == "statistics":
                page.wait_for_selector("#side .numbers")
            judge(f"panel-{panel}")
            if panel in ("series", "transect"):
                host.get_by_role("button", name="Close").click()
        window.set(panel=None)
        page.locator("#time .when").click()
        judge("choosing-a-day")
        page.keyboard.press("Escape")
        window.panel("places").get_by_role("button", name="Polygon").click()
        judge("drawing")
        page.keyboard.press("Escape")
        window.set(panel=None, compare={"mode": "swipe", "layer": window.state("active"), "position": 0.5})
        page.evaluate("cubepress.notify('A part is damaged.', 'warning', { title: 'Again', run() {} })")
        judge("comparing")
    require(not faults, "; ".join(faults))
    return f"{len(seen)} states"


def touch(viewer) -> str:
    """On a phone: a tap tells the value and, with the chart open, reads its series."""
    viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}", size=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2) as window:
        page = window.page
        window.look("phone")
        box = page.locator("#map").bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.4)
        window.until("/\\d/.test(document.querySelector('#readout').innerText)")
        window.look("phone-readout")
        small = page.evaluate("""[...document.querySelectorAll("#rail button, #time button, .map-tools button")]
          .filter((one) => one.offsetParent).map((one) => [one.getAttribute("aria-label") || one.innerText, one.offsetWidth, one.offsetHeight])
          .filter(([, width, height]) => Math.min(width, height) < 32)""")
        require(not small, f"too small to touch: {small}")
        window.panel("places")
        window.panel("series")
        window.becomes("panel", None)
        page.evaluate(FRAMES)
        map_box = page.locator("#map").bounding_box()
        below = page.locator("#below").bounding_box()
        x, y = window.project(-95.0, 45.0)
        require(y < below["y"], "the chart covers the middle of the map")
        page.touchscreen.tap(x, y)
        page.wait_for_selector("#below .u-over")
        window.settle()
        window.look("phone-series")
        plot = page.locator("#below .u-over").bounding_box()
        require(plot["width"] > 200 and plot["height"] > 60, f"the plot is {plot}")
        require(map_box["height"] > 150, f"the map is {map_box}")
    return "390 x 844"


def state_checks(report, viewer) -> None:
    for check in (address, going_back, embedding, keyboard, german, dark, touch):
        report.check(f"viewer {check.__name__.replace('_', ' ')}", check, viewer)
    for size, theme in ((DESKTOP, "light"), (PHONE, "dark")):
        report.check(f"viewer accessibility {size['width']} {theme}", accessible, viewer, size, theme)
