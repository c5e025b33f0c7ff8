"""The space-time cube of a made site in a real browser: first pictures, faults, what is missing; see cube_use and cube_grids."""

import json
from pathlib import Path

import numpy as np

from cube_grids import levels, polar
from cube_page import PICTURES, PLACE, SCENARIO, Truth, cube, faithful
from cube_use import accessible, cuts, embedded, german, keyboard, part, picture, playing, pointer, touch
from report import Report, Skipped, require
from site_folder import Site
from viewer_browser import DESKTOP, PHONE, chromium as browser, picture_of
from viewer_pixels import style_of

NO_WEBGL = """{
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...more);
  };
}"""


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
        before = picture_of(first, "RGBA")
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
