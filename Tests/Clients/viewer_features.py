"""What the map of the viewer does: lists, time, colours, the pointer, the globe, addresses, failures."""

import json
from pathlib import Path

import numpy as np

from report import require
from viewer_page import LOADED, PANELS, PHONE, documents, opened
from viewer_series import cube, edges

LONG = "north-america-scenario"


def state(page, key: str):
    return page.evaluate("key => cubepress.store.get()[key]", key)


def shown(page, seconds: float = 20) -> None:
    """Waits until the active layer is drawn whole."""
    page.wait_for_function(
        "cubepress.map.layerAt(cubepress.store.get().active)?.complete", timeout=seconds * 1000)
    page.wait_for_timeout(300)


def panel(page, name: str) -> None:
    page.evaluate("name => cubepress.openPanel(name)", name)
    page.wait_for_timeout(400)


def middle(page) -> list:
    """The colour in the middle of the map."""
    return page.evaluate("""async () => {
      const { gl } = cubepress.map;
      await new Promise((done) => { gl.once("render", done); gl.triggerRepaint(); });
      const canvas = gl.getCanvas();
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [canvas.width, canvas.height];
      copy.getContext("2d").drawImage(canvas, 0, 0);
      return [...copy.getContext("2d").getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data];
    }""")


def lists(page, site: Path) -> str:
    """Every dataset is listed, and the search narrows the list."""
    panel(page, "datasets")
    titles = [one["title"] for one in documents(site)]
    side = page.locator("#side")
    for title in titles:
        require(side.get_by_text(title, exact=True).count() > 0, f"{title} is not listed")
    side.get_by_role("searchbox").fill("chlorophyll")
    page.wait_for_timeout(400)
    left = [title for title in titles if side.get_by_text(title, exact=True).first.is_visible()]
    require(len(left) == 1 and "hlorophyll" in left[0], f"the search leaves {left}")
    side.get_by_role("searchbox").fill("")
    return f"{len(titles)} datasets"


def time_steps(page, site: Path) -> str:
    """First, last, one step back and on, the slider and the player."""
    values = next(one for one in documents(site) if one["id"] == LONG)["variables"][0]["dimensions"][0]["values"]
    bar = page.locator("#time")
    for button, wanted in [("First time", 0), ("One step on", 1), ("One step back", 0), ("Last time", -1)]:
        bar.get_by_role("button", name=button, exact=True).click()
        require(state(page, "time") == values[wanted], f"{button}: {state(page, 'time')}")
    slider = bar.get_by_role("slider", name="Time")
    slider.fill("100")
    require(state(page, "time") == values[100], f"slider: {state(page, 'time')}")
    bar.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"cubepress.store.get().time > {json.dumps(values[102])}", timeout=30_000)
    bar.get_by_role("button", name="Pause", exact=True).click()
    shown(page)
    return f"{len(values)} steps"


def prefetched(page) -> str:
    """How long a step takes that the player has fetched before; measured, not judged."""
    seconds = page.evaluate("""async () => {
      const { store, map } = cubepress;
      const values = cubepress.site.loaded.get(store.get().layers[0].dataset)
        .variables[0].dimensions[0].values;
      const at = values.indexOf(store.get().time);
      const wait = () => new Promise((done) => map.gl.once("render", done));
      const step = async (time) => {
        const began = performance.now();
        store.set({ time });
        do { map.gl.triggerRepaint(); await wait(); } while (!map.layerAt(store.get().active).complete);
        return performance.now() - began;
      };
      await step(values[at + 1]);
      await step(values[at]);
      return step(values[at + 1]);
    }""")
    return f"{seconds:.0f} ms for a step that is held"


def colours(page) -> str:
    """Another map, reversed, another range: the map and its legend change together."""
    panel(page, "colours")
    side = page.locator("#side")
    legend = page.locator("#legends")
    before = (middle(page), legend.screenshot())
    layer = state(page, "layers")[0]["id"]
    steps = [
        {"colours": "viridis"}, {"reversed": True}, {"range": [200, 400]}, {"scale": "log"},
        {"range": [290, 291], "below": "#ff00ffff", "above": "#00ffffff"},
    ]
    for patch in steps:
        page.evaluate("""([id, patch]) => cubepress.store.set(({ layers }) => ({
          layers: layers.map((one) => (one.id === id ? { ...one, ...patch } : one)) }))""", [layer, patch])
        page.wait_for_timeout(400)
        now = (middle(page), legend.screenshot())
        require(now[0] != before[0], f"{patch}: the map has the same colour {now[0]}")
        require(now[1] != before[1], f"{patch}: the legend is the same")
        before = now
    require(before[0][:3] in ([255, 0, 255], [0, 255, 255]), f"beyond the range: {before[0]}")
    side.get_by_role("button", name="2–98 %").click()
    page.wait_for_timeout(400)
    low, high = state(page, "layers")[0]["range"]
    require(low < high and (low, high) != (290, 291), f"percentiles: {low} to {high}")
    return f"{len(steps)} changes, percentiles {low:g} to {high:g}"


def pointer(page, site: Path) -> str:
    """The value under the pointer is xarray's, and nothing is asked for it."""
    document = next(one for one in documents(site) if one["id"] == LONG)
    variable = document["variables"][0]
    page.evaluate("void cubepress.store.set({ panel: null })")
    shown(page)
    grid = document["grids"][variable["grid"]]
    lat, lon = edges(grid["rowEdges"]), edges(grid["columnEdges"])
    values = cube(site, document, variable, 0)
    step = variable["dimensions"][0]["values"].index(state(page, "time"))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for x, y in [(700, 300), (800, 420), (600, 500)]:
        page.mouse.move(x, y)
        page.wait_for_timeout(300)
        place = page.evaluate("""([x, y]) => {
          const box = cubepress.map.gl.getCanvas().getBoundingClientRect();
          return cubepress.map.gl.unproject([x - box.x, y - box.y]);
        }""", [x, y])
        row = int(np.searchsorted(lat, place["lat"]) - 1)
        column = int(np.searchsorted(lon, place["lng"] + (360 if place["lng"] < lon[0] else 0)) - 1)
        wanted = float(values.values[step, row, column])
        text = page.locator("#readout dd").first.inner_text()
        found = float(text.split()[0].replace(",", ""))
        require(abs(found - wanted) < 0.01, f"at {place}: {text}, xarray {wanted}")
    data = [one for one in asked if ".zarr" in one]
    require(not data, f"asked for {data[:2]}")
    return text


def addresses(page) -> str:
    """The address holds the view, the layers and the time; a new load shows them again."""
    page.evaluate("void cubepress.map.gl.jumpTo({ center: [-100, 40], zoom: 3.5 })")
    page.wait_for_function("Math.abs(cubepress.store.get().view.zoom - 3.5) < 0.01", timeout=10_000)
    page.wait_for_timeout(800)
    wanted = {key: state(page, key) for key in ("layers", "time", "view")}
    page.reload()
    page.wait_for_function(LOADED, timeout=60_000)
    for key in ("layers", "time"):
        require(state(page, key) == wanted[key], f"{key}: {state(page, key)}, not {wanted[key]}")
    view = state(page, "view")
    require(abs(view["zoom"] - 3.5) < 0.02 and abs(view["lon"] + 100) < 0.02, f"view: {view}")
    return f"{len(page.url)} letters"


def two_layers(page) -> str:
    """A second layer, swipe, two maps, a difference; each leaves the page able to go on."""
    page.evaluate("""void cubepress.store.set(({ layers }) => ({ layers: [{ ...layers[0], id: "b", time:
      cubepress.site.loaded.get(layers[0].dataset).variables[0].dimensions[0].values[0] }, ...layers] }))""")
    for mode in ("swipe", "side"):
        page.evaluate("(mode) => void cubepress.store.set({ compare: { mode, layer: 'b', position: 0.5 } })", mode)
        page.wait_for_timeout(1500)
        require(page.locator("#legends > *").count() >= 1, f"{mode}: no legend")
    page.evaluate("void cubepress.store.set({ compare: null })")
    page.evaluate("""void cubepress.store.set(({ layers }) => ({ active: "d", layers: [{ id: "d",
      kind: "difference", dataset: layers[0].dataset, variable: layers[0].variable, visible: true, opacity: 1,
      dims: {}, other: { dataset: layers[0].dataset, variable: layers[0].variable, dims: {}, time: layers[0].time } },
      ...layers] }))""")
    shown(page)
    value = middle(page)
    require(value[3] == 255, f"the difference draws {value}")
    return "swipe, side by side, difference"


def texts(page) -> str:
    """German and English, dark and light."""
    page.evaluate("void cubepress.store.set({ language: 'de' })")
    page.wait_for_timeout(500)
    require("Daten" in page.locator("#rail").inner_text(), "the panels are not called in German")
    page.evaluate("void cubepress.store.set({ language: 'en', theme: 'dark' })")
    page.wait_for_timeout(500)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.evaluate("void cubepress.store.set({ theme: 'light' })")
    page.wait_for_timeout(500)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    require(dark != light, f"dark and light are both {dark}")
    return f"dark {dark}, light {light}"


def accessible(page, pictures: Path, panels: list = PANELS) -> str:
    """axe-core finds nothing serious in any panel."""
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    for name in panels:
        panel(page, name)
        page.screenshot(path=pictures / f"panel-{name}.png")
        for one in axe.run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                found.append(f"{name}: {one['id']} {one['nodes'][0]['target']}")
    require(not found, "; ".join(found[:6]))
    return f"{len(panels)} panels"


def polar(page) -> str:
    """The pole is drawn on the globe."""
    require(state(page, "view")["projection"] == "globe", "not a globe")
    page.evaluate("void cubepress.store.set({ overlays: [] })")
    shown(page)
    colours = page.evaluate("""() => {
      const { gl } = cubepress.map;
      const box = gl.getCanvas().getBoundingClientRect();
      return [[0, -89], [90, -85], [-90, -80], [180, -85]].map(([lng, lat]) => {
        const { x, y } = gl.project([lng, lat]);
        return x > 0 && y > 0 && x < box.width && y < box.height;
      });
    }""")
    require(any(colours), "the pole is not in view")
    return "drawn"


def failures(page, address: str) -> str:
    """A damaged chunk and a lost network are told, and the viewer goes on."""
    values = page.evaluate("""() => cubepress.site.loaded.get(cubepress.store.get().layers[0].dataset)
      .variables[0].dimensions[0].values""")
    notices = page.locator("#notices")
    page.route("**/cube.zarr/**/c/40/**", lambda route: route.fulfill(status=200, body=b"no chunk"))
    page.evaluate("(time) => void cubepress.store.set({ time })", values[40])
    page.wait_for_function("document.querySelector('#notices').innerText.trim().length > 0", timeout=20_000)
    damaged = notices.inner_text().strip().split("\n")[0]
    page.context.set_offline(True)
    page.evaluate("(time) => void cubepress.store.set({ time })", values[60])
    page.wait_for_timeout(9000)
    offline = notices.inner_text().strip().split("\n")
    page.context.set_offline(False)
    page.evaluate("(time) => void cubepress.store.set({ time })", values[80])
    shown(page, 40)
    require(len(offline) > 0 and damaged, "nothing was said")
    return f"“{damaged}”"


BYTES = """(name) => {
  const { startTime } = performance.getEntriesByName(name)[0];
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const come = all.filter((one) => one.responseEnd <= startTime);
  return [startTime, come.reduce((sum, one) => sum + one.transferSize, 0)];
}"""


def first_map(chromium, address: str, fragment: str) -> str:
    """The bytes that came before the first picture of a cold cache; the time is printed, not judged."""
    with opened(chromium, address, fragment) as page:
        first, whole = (page.evaluate(BYTES, name) for name in ("first-picture", "first-complete"))
    require(first[1] < 700_000, f"{first[1]} bytes")
    return "; ".join(
        f"{name} after {milliseconds:.0f} ms and {size / 1000:.0f} kB"
        for name, (milliseconds, size) in (("picture", first), ("complete", whole)))


def feature_checks(report, chromium, site: Path, address: str, pictures: Path) -> None:
    """All of the above, on a desk and on a phone."""
    for document in documents(site):
        fragment = f"#dataset={document['id']}"
        report.check(f"viewer: first map of {document['id']}", first_map, chromium, address, fragment)
    with opened(chromium, address, f"#dataset={LONG}") as page:
        report.check("viewer: lists", lists, page, site)
        report.check("viewer: time", time_steps, page, site)
        report.check("viewer: a step that is held", prefetched, page)
        report.check("viewer: pointer", pointer, page, site)
        report.check("viewer: colours", colours, page)
        report.check("viewer: address", addresses, page)
        report.check("viewer: two layers", two_layers, page)
    with opened(chromium, address, f"#dataset={LONG}") as page:
        report.check("viewer: texts", texts, page)
        report.check("viewer: accessibility", accessible, page, pictures)
        report.check("viewer: failures", failures, page, address)
    with opened(chromium, address, "#dataset=antarctic-bed&globe=1&lat=-90&zoom=1.4") as page:
        report.check("viewer: pole", polar, page)
        page.screenshot(path=pictures / "pole.png")
    with opened(chromium, address, f"#dataset={LONG}", PHONE, has_touch=True, is_mobile=True) as page:
        report.check("viewer: accessibility on a phone", accessible, page, pictures / "phone")
