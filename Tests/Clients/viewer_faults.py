"""What goes wrong while people look: the viewer says so, and goes on."""

import numpy as np

from report import require
from viewer_browser import Cells, times_of
from viewer_map import OCEAN, SCENARIO


def chunk_of(step: int) -> str:
    return f"**/cube.zarr/0/air_temperature/c/{step}/**"


def works(window, viewer, step: int) -> None:
    """The time of a step is drawn with the values of xarray."""
    document = viewer.document(SCENARIO)
    variable = document["variables"][0]
    window.set(time=times_of(variable)[step])
    window.settle()
    found = window.page.evaluate("cubepress.map.valuesAt({ lng: -95.3, lat: 45.2 })[0]?.values[0]")
    row, column = Cells(viewer, document, variable).cell(-95.3, 45.2)
    wanted = float(viewer.array(document, variable, 0)[step, row, column])
    require(found is not None and np.isclose(found, wanted, rtol=1e-5), f"step {step} shows {found}, xarray has {wanted}")


def damaged(viewer) -> str:
    """A chunk whose bytes were spoilt is named; other times go on."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])

    def spoil(route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        for i in range(len(body) // 3, 2 * len(body) // 3):
            body[i] ^= 0x5A
        route.fulfill(response=answer, body=bytes(body))

    with viewer.window(f"dataset={SCENARIO}") as window:
        window.page.route(chunk_of(20), spoil)
        window.set(time=times[20])
        window.says("#notices", "is damaged")
        window.look("damaged")
        works(window, viewer, 60)
        window.page.unroute(chunk_of(20))
        window.page.evaluate("cubepress.map.retry()")
        works(window, viewer, 20)
    return "said, and read again"


def offline(viewer) -> str:
    """Without a network what is held stays of use; once it is back, what was missed is read."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with viewer.window(f"dataset={SCENARIO}") as window:
        works(window, viewer, 100)
        window.page.context.set_offline(True)
        window.set(time=times[30])
        window.says("#notices", "offline")
        window.look("offline")
        works(window, viewer, 100)
        window.set(time=times[30])
        window.page.context.set_offline(False)
        works(window, viewer, 30)
    return "said, and read again"


def absent(viewer) -> str:
    """A chunk that was not written (404) is missing values, without a complaint."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with viewer.window(f"dataset={SCENARIO}") as window:
        window.page.route(chunk_of(40), lambda route: route.fulfill(status=404, body="none"))
        window.set(time=times[40])
        window.settle()
        found = window.page.evaluate("cubepress.map.valuesAt({ lng: -95.3, lat: 45.2 })[0].values[0]")
        require(found is None or np.isnan(found), f"an absent chunk shows {found}")
        require(not window.notices().strip(), f"it is complained about: {window.notices()}")
        works(window, viewer, 41)
    return "missing values"


def replaced(viewer) -> str:
    """A cube that is published anew while it is open: it says so and shows the new one."""
    viewer.document("north-sea-chlorophyll")
    with viewer.window("dataset=north-sea-chlorophyll&zoom=5&lon=2.5&lat=51.3") as window:
        renewed = set()

        def renew(route) -> None:
            answer = route.fetch()
            renewed.add(route.request.url)
            route.fulfill(response=answer, headers={**answer.headers, "etag": '"published-anew"'})

        # The index of a shard is held; then another of its windows comes from a newer object.
        window.jump(0.8, 50.6, 10)
        window.page.route("**/cube.zarr/**", renew)
        window.page.evaluate("void cubepress.map.gl.jumpTo({ center: [4.2, 52.1], zoom: 10 })")
        window.says("#notices", "published anew")
        window.look("replaced")
        window.settle()
        drawn = window.page.evaluate("cubepress.map.layerAt(cubepress.store.get().active).complete")
        require(drawn, "after that the map stays empty")
    return f"{len(renewed)} objects of the new cube"


def broken_site(viewer) -> str:
    """A dataset that is gone, and a list that cannot be read, are said in words."""
    with viewer.window() as window:
        window.go("dataset=no-such-dataset", wait=False)
        window.says("#notices", "There is no dataset")
        window.page.route("**/api/datasets.json", lambda route: route.fulfill(status=500, body="none"))
        window.go(f"dataset={SCENARIO}", wait=False)
        window.says("body", "list of datasets cannot be read")
    return "said"


def unread(viewer) -> str:
    """A variable that cannot be read leaves nothing of the one before under its name; it is read when it can be."""
    for name in (SCENARIO, OCEAN):
        viewer.document(name)
    values = "cubepress.map.valuesAt({ lng: -40.3, lat: 30.2 }).length"
    with viewer.window(f"dataset={SCENARIO}") as window:
        window.page.route(f"**/{OCEAN}/cube.zarr/**", lambda route: route.abort())
        window.show(OCEAN)
        window.says("#notices", "does not answer")
        window.settle()
        found = window.page.evaluate("cubepress.map.valuesAt({ lng: -95.3, lat: 45.2 })")
        require(not found, f"under the name of another variable there is {found}")
        window.look("unread")
        window.page.unroute(f"**/{OCEAN}/cube.zarr/**")
        window.page.locator("#notices").get_by_role("button", name="Try again").first.click()
        window.until(f"{values} > 0")
    return "nothing shown, then read"


def without_library(viewer) -> str:
    """A map library that cannot be had is said, also where that was known before anybody waited for it."""
    with viewer.window() as window:
        held: list = []
        window.page.route("**/api/datasets.json", lambda route: held.append(route))
        window.page.route("**/maplibre-gl*.js", lambda route: route.abort())
        window.go(f"dataset={SCENARIO}", wait=False)
        window.until("document.readyState === 'complete'")
        require(window.eventually(lambda: held, 0.1), "the list of datasets is not asked for")
        for route in held:
            route.continue_()
        return window.says("#map", "map library")


def lost_context(viewer) -> str:
    """A map whose graphics context is lost and comes back shows the same as before."""
    viewer.document(SCENARIO)
    with viewer.window(f"dataset={SCENARIO}&lon=-95&lat=45&zoom=2.5") as window:
        before = window.picture()
        window.page.evaluate("""async () => {
          const { gl } = cubepress.map;
          const event = (name) => new Promise((done) => { gl.once(name, done); });
          const context = gl.painter.context.gl.getExtension("WEBGL_lose_context");
          const lost = event("webglcontextlost");
          context.loseContext();
          await lost;
          // It may be brought back once all have been told.
          await new Promise((done) => { setTimeout(done); });
          const restored = event("webglcontextrestored");
          context.restoreContext();
          await restored;
        }""")
        window.settle()
        alike = lambda picture: (np.abs(picture - before).max(-1) <= 8).mean()
        after = window.picture_when(lambda picture: alike(picture) > 0.99)
        require(alike(after) > 0.99, f"only {alike(after):.1%} of the pixels are the same")
    return f"{alike(after):.1%} of the pixels alike"


def fault_checks(report, viewer) -> None:
    for check in (damaged, offline, absent, replaced, broken_site, unread, without_library, lost_context):
        report.check(f"viewer {check.__name__.replace('_', ' ')}", check, viewer)
