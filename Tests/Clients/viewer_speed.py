"""What the viewer costs: bytes of the first picture, steps of time, tasks that hold up the page. Times are told, not judged."""

import numpy as np

from report import require
from viewer_browser import DESKTOP, PHONE, times_of
from viewer_map import SCENARIO

MOST_BYTES = 700_000
STEPS = """async () => {
  const took = [];
  const { gl, layerAt } = cubepress.map;
  const { active } = cubepress.store.get();
  const { length } = cubepress.time.times().values;
  const shown = async (at) => {
    cubepress.time.move(at);
    const { time } = cubepress.store.get();
    do {
      await new Promise((done) => { gl.once("render", done); gl.triggerRepaint(); });
    } while (layerAt(active).slice.time !== time || !layerAt(active).complete);
  };
  for (let at = 0; at < 10; at += 1) await shown(at);
  for (let at = 9; at >= 0; at -= 1) {
    const began = performance.now();
    await shown(at);
    took.push(performance.now() - began);
  }
  return took;
}"""
# What holds up the page while time is played: tasks of the main thread longer than 50 ms.
WATCH = """() => {
  [window.seen, window.tasks] = [[], []];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });
  cubepress.store.subscribe((state) => state.time, (time) => { seen.push([time, performance.now()]); });
}"""


def first_map(viewer, name: str, size: dict) -> str:
    """The bytes that have come when the first picture of a cold cache stands, those of workers too.

    Panels that are not open wait for the picture, but no longer than four seconds: on a slow machine
    what begins after these does not count.
    """
    sizes = []
    with viewer.window(size=size) as window:
        page = window.page

        def count(request) -> None:
            measured, timing = request.sizes(), request.timing
            sizes.append((timing["startTime"], timing["startTime"] + timing["responseEnd"],
                          measured["responseBodySize"] + measured["responseHeadersSize"]))

        page.on("requestfinished", count)
        page.goto(f"{viewer.address}viewer/index.html#dataset={name}")
        window.until("performance.getEntriesByName('first-complete').length")
        origin, picture, complete = page.evaluate("""() => [performance.timeOrigin,
          ...["first-picture", "first-complete"].map((one) => performance.getEntriesByName(one)[0].startTime)]""")
        window.settle()
        window.look(f"first-{name}-{size['width']}")
    upto = lambda time, latest=np.inf: sum(size for begun, at, size in sizes if at <= origin + time and begun < origin + latest)
    first = upto(picture, min(picture, 3990))
    note = (f"first picture after {picture:.0f} ms and {first / 1000:.0f} kB, complete after {complete:.0f} ms "
            f"and {upto(complete) / 1000:.0f} kB, {len(sizes)} requests")
    require(len(sizes) > 20 and 100_000 < first < MOST_BYTES, note)
    return note


def playing(viewer) -> str:
    """Play goes through the times in order, asks for nothing twice, and stops."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with viewer.window(f"dataset={SCENARIO}") as window:
        page = window.page
        page.locator("body").press("Home")
        window.settle()
        page.evaluate(WATCH)
        window.requests.clear()
        page.locator("#time select.speed").select_option("8")
        page.locator("#time").get_by_role("button", name="Play").click()
        window.until("seen.length >= 16")
        page.locator("#time").get_by_role("button", name="Pause").click()
        seen, tasks = page.evaluate("[seen, tasks]")
        require([one[0] for one in seen] == times[1:len(seen) + 1], f"played {[one[0][:4] for one in seen]}")
        window.settle()
        asked = [one for one in window.requests if "/cube.zarr/" in one]
        require(len(asked) == len(set(asked)), "a chunk was asked for twice")
        count = page.evaluate("seen.length")
        page.wait_for_timeout(600)
        require(page.evaluate("seen.length") == count, "it goes on playing")
        window.requests.clear()
        for _ in range(3):
            page.locator("body").press("ArrowLeft")
        window.settle()
        again = [one for one in window.requests if "/cube.zarr/" in one]
        require(not again, f"going back asks for what is held: {again[:2]}")
        pace = np.diff([one[1] for one in seen])
    return (f"{len(seen)} steps at 8 / s, one each {np.median(pace):.0f} ms, longest {pace.max():.0f} ms; "
            f"{len(tasks)} long tasks, longest {max(tasks, default=0):.0f} ms")


def steps(viewer) -> str:
    """How long a step takes whose values are held; on a small map, since graphics are drawn in software here."""
    with viewer.window(f"dataset={SCENARIO}", size={"width": 600, "height": 450}) as window:
        took = window.page.evaluate(STEPS)
    return f"median {np.median(took):.0f} ms, longest {max(took):.0f} ms"


def speed_checks(report, viewer) -> None:
    for name in viewer.documents:
        report.check(f"viewer first map {name}", first_map, viewer, name, DESKTOP)
    report.check(f"viewer first map {SCENARIO} on a phone", first_map, viewer, SCENARIO, PHONE)
    report.check("viewer playing", playing, viewer)
    report.check("viewer steps that are held", steps, viewer)
