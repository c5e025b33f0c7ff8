"""What people do with the map: choose data, times and colours, read values, click for a series."""

import re

import numpy as np

from colours import BINS
from report import require
from viewer_browser import FRAMES, Cells, times_of
from viewer_pixels import SEA, bare, placed, style_of

SCENARIO = "north-america-scenario"
OCEAN = "sea-surface-temperature"
LEGEND = """() => {
  const bar = document.querySelector("#legends canvas.bar");
  return [...bar.getContext("2d").getImageData(0, 0, 253, 1).data];
}"""


def opened(viewer, name: str, more: str = ""):
    return viewer.window(f"dataset={name}{more}")


def datasets(viewer) -> str:
    """The list is whole, searching narrows it, a click shows a variable, plus adds one."""
    viewer.document(OCEAN)
    with opened(viewer, SCENARIO) as window:
        page, side = window.page, window.panel("datasets")
        count = lambda: side.locator("details.entry").count()

        def shows(*variables: str) -> None:
            # Its document is read first.
            window.until("wanted => cubepress.store.get().layers.map((one) => one.variable).join() === wanted", ",".join(variables))
            window.settle()

        require(count() == len(viewer.documents), f"{count()} datasets, the site has {len(viewer.documents)}")
        search = side.get_by_role("searchbox")
        search.fill("anomaly")
        require(count() == 1, f"'anomaly' finds {count()}")
        search.fill("no such thing")
        require(count() == 0, f"'no such thing' finds {count()}")
        search.fill("temperature ostia")
        side.get_by_role("button", name=re.compile("^Sea-surface temperature anomaly")).first.click()
        shows("sst_anomaly")
        require("anomaly" in page.locator("#legends").inner_text(), "the legend is of another variable")
        side.get_by_role("button", name="Add Sea-surface temperature as a further layer").click()
        shows("analysed_sst", "sst_anomaly")
        window.look("datasets")
    return f"{len(viewer.documents)} datasets"


def time_bar(viewer) -> str:
    """Steps, slider, keys and calendar go to the times of the document."""
    times = times_of(viewer.document(SCENARIO)["variables"][0])
    with opened(viewer, SCENARIO) as window:
        page = window.page

        def at(index: int, what: str) -> None:
            require(window.state("time") == times[index], f"{what}: {window.state('time')}, wanted {times[index]}")

        press = lambda name: page.locator("#time").get_by_role("button", name=name).click()
        for name, index in (("First time", 0), ("One step on", 1), ("Last time", len(times) - 1), ("One step back", len(times) - 2)):
            press(name)
            at(index, name)
        page.get_by_role("slider", name="Time", exact=True).fill("100")
        at(100, "slider")
        page.locator("body").press("ArrowRight")
        at(101, "arrow key")
        page.locator("body").press("Home")
        at(0, "Home")
        page.locator("#time .when").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Year").select_option("1999")
        require(window.state("time").startswith("1999"), f"calendar: {window.state('time')}")
        require(page.evaluate("document.activeElement?.dataset.part") == "year", "the year loses the focus when chosen")
        window.look("calendar")
        page.keyboard.press("Escape")
        require(dialog.count() == 0, "Escape leaves the calendar open")
        require(page.evaluate("document.activeElement?.className").find("when") >= 0, "the focus does not come back")
    return f"{len(times)} times"


def calendar_of_hours(viewer) -> str:
    """A cube of six hours: every time can be reached by day and hour, and no other is offered."""
    times = times_of(viewer.document("carbon-dioxide")["variables"][0])
    with opened(viewer, "carbon-dioxide") as window:
        reached = set()
        window.page.locator("#time .when").click()
        dialog = window.page.get_by_role("dialog")
        day = dialog.get_by_label("Day")
        day.wait_for()
        for one in day.locator("option").evaluate_all("all => all.map((one) => one.value)"):
            day.select_option(one)
            reached.add(window.state("time"))
            hour = dialog.locator("[data-part=hour]")
            for other in hour.locator("option").evaluate_all("all => all.map((one) => one.value)"):
                hour.select_option(other)
                reached.add(window.state("time"))
        window.look("calendar-hours")
    require(reached == set(times), f"reached {sorted(reached)}, the document has {times}")
    return f"{len(reached)} times"


def colours(viewer) -> str:
    """Every change of colours in the panel shows at once, on the map and in the legend."""
    document = viewer.document(OCEAN)
    variable = document["variables"][0]
    published = variable["styles"][0]
    done = []
    with viewer.window(f"dataset={OCEAN}&zoom=1.5", size={"width": 1000, "height": 700}) as window:
        bare(window)
        side, page = window.panel("colours"), window.page

        def shows(what: str, legend: bool = True, **changes) -> None:
            style = style_of(published, **changes)
            placed(window, document, variable, style)
            if legend:
                palette = style.palette()
                wanted = np.array([palette[k] for k in range(BINS)]).astype(int)
                found = np.array(page.evaluate(LEGEND)).reshape(-1, 4)
                require(np.abs(found - wanted).max() <= 1, f"{what}: the legend is not the palette")
            done.append(what)

        shows("published")
        if not side.locator(".picker[open]").count():
            side.locator(".picker summary").click()
        side.get_by_role("radio", name=re.compile("^viridis")).click()
        shows("colour map", colours="viridis")
        side.get_by_label("Reversed").check()
        shows("reversed", colours="viridis_r")
        numbers = side.locator(".range input[type=number]")
        numbers.nth(0).fill("280")
        numbers.nth(0).press("Enter")
        numbers.nth(1).fill("300")
        numbers.nth(1).press("Enter")
        shows("range", colours="viridis_r", range=(280, 300))
        numbers.nth(1).fill("270")
        numbers.nth(1).press("Enter")
        require(side.get_by_role("alert").first.is_visible(), "an empty range is taken without a word")
        shows("empty range refused", colours="viridis_r", range=(280, 300))
        side.get_by_role("slider", name="From").press("ArrowRight")
        moved = tuple(window.state("layers")[0]["range"])
        require(moved[0] > 280, f"the handle does not move: {moved}")
        shows("range slider", colours="viridis_r", range=moved)
        for name in ("Below", "Above"):
            side.locator(".end-row", has_text=name).locator("select").select_option("colour")
        ends = window.state("layers")[0]
        shows("below and above", colours="viridis_r", range=moved, below=ends["below"], above=ends["above"])
        side.locator(".end-row", has_text="No value").locator("select").select_option("colour")
        missing = window.state("layers")[0]["missing"]
        shows("missing", colours="viridis_r", range=moved, below=ends["below"], above=ends["above"], missing=missing)
        require("no value" in page.locator("#legends").inner_text(), "the legend does not name missing values")
        window.look("colours")
        side.get_by_role("button", name="Log", exact=True).click()
        shows("log", colours="viridis_r", scale="log", range=moved, below=ends["below"], above=ends["above"], missing=missing)
        side.get_by_role("button", name="Back to the published style").click()
        shows("back")
        side.get_by_role("button", name="2–98 %").click()
        stretched = tuple(window.state("layers")[0]["range"])
        values = page.evaluate("""async () => {
          const { valuesInView } = await import(new URL("layer/values.js", [...document.scripts].find((one) => one.src.endsWith("/viewer.js")).src));
          return [...valuesInView(cubepress.map.drawing.windows, cubepress.map.layerAt(cubepress.store.get().active))];
        }""")
        wanted = np.percentile(values, [2, 98])
        require(np.allclose(stretched, wanted, atol=0.03 * np.ptp(wanted)), f"stretched to {stretched}, numpy says {wanted}")
        shows("percentiles", range=stretched)
    return ", ".join(done)


def opacity(viewer) -> str:
    """Half as opaque is half way to the ground below; categories have their own colours."""
    viewer.document(OCEAN)
    with viewer.window(f"dataset={OCEAN}&zoom=1.5", size={"width": 1000, "height": 700}) as window:
        bare(window)
        window.settle()
        full = window.picture()
        window.panel("colours").get_by_label("Opacity").fill("50")
        window.set(panel=None)
        window.settle()
        half = window.picture()
        require(full.shape == half.shape, "the map changed its size")
        require((full != half).mean() > 0.3, "nothing changed")
        off = np.abs(half - (full + SEA) / 2).max(-1)
        require((off <= 2).mean() > 0.99, f"{(off > 2).mean():.3f} of the pixels are not half as opaque")
    return f"{off.size} pixels"


def composite(viewer) -> str:
    """Red, green and blue are three variables, each over its own range."""
    document = viewer.document(OCEAN)
    wanted = document["composites"][0]
    with opened(viewer, OCEAN, "&zoom=1.5") as window:
        side = window.panel("datasets")
        side.get_by_role("button", name=re.compile(f"^{wanted['title']}")).first.click()
        window.settle()
        bare(window)
        window.settle()
        window.look("composite")
        picture = window.picture()
        level = window.page.evaluate("cubepress.map.layerAt(cubepress.store.get().active).level")
        step = times_of(document["variables"][0]).index(window.state("time"))
        by_key = {one["key"]: one for one in document["variables"]}
        bands = [wanted[name] for name in ("red", "green", "blue")]
        values = [viewer.array(document, by_key[one["variable"]], level).values[step] for one in bands]
        cells = Cells(viewer, document, document["variables"][0])
        good = count = 0
        lon, lat = (one.ravel() for one in np.meshgrid(np.arange(-170.03, 170, 13.7), np.arange(-50.02, 60, 7.3)))
        for place, at in zip(zip(lon, lat), window.pixels(np.stack([lon, lat], -1)).round().astype(int)):
            row, column = (one >> level for one in cells.cell(*place))
            colour = [255 * np.clip((one[row, column] - band["range"][0]) / (band["range"][1] - band["range"][0]), 0, 1)
                      for one, band in zip(values, bands)]
            x, y = at
            if not (0 <= x < picture.shape[1] and 0 <= y < picture.shape[0]) or np.isnan(colour).any():
                continue
            count += 1
            around = picture[max(y - 1, 0):y + 2, max(x - 1, 0):x + 2].reshape(-1, 3)
            good += np.abs(around - np.array(colour)).max(-1).min() <= 3
        require(count > 20 and good >= 0.95 * count, f"{good} of {count} places have the colour of their values")
    return f"{good} of {count} places"


def under_pointer(viewer) -> str:
    """The value under the pointer is xarray's; no request is made for it."""
    count = 0
    for name in (SCENARIO, OCEAN, "antarctic-bed"):
        document = viewer.document(name)
        variable = document["variables"][0]
        with opened(viewer, name) as window:
            window.set(panel=None)
            window.settle()
            cells = Cells(viewer, document, variable)
            times = times_of(variable)
            window.requests.clear()
            box = window.page.locator("#map").bounding_box()
            for i, (across, down) in enumerate([(0.42, 0.5), (0.5, 0.41), (0.57, 0.62), (0.61, 0.47), (0.38, 0.58)]):
                x, y = round(box["x"] + across * box["width"]), round(box["y"] + down * box["height"])
                window.page.mouse.move(x, y, steps=3)
                window.page.evaluate(FRAMES)
                found = window.page.evaluate("""() => { const at = cubepress.pointer(); const [one] = cubepress.map.valuesAt(at);
                  return one && { lng: at.lng, lat: at.lat, value: Number.isNaN(one.values[0]) ? null : one.values[0], level: one.level }; }""")
                if not found:
                    continue
                row, column = cells.cell(found["lng"], found["lat"])
                level = found["level"]
                array = viewer.array(document, variable, level)
                array = array.isel({array.dims[0]: times.index(window.state("time"))}) if times else array
                wanted = float(array[row >> level, column >> level])
                value = np.nan if found["value"] is None else found["value"]
                require(np.isclose(value, wanted, rtol=1e-5, equal_nan=True), f"{name} at {found}: xarray has {wanted}")
                said = window.page.locator("#readout").inner_text()
                require("no value" in said if np.isnan(wanted) else re.search(r"\d", said), f"the readout says {said!r}")
                count += 1
            data = [one for one in window.requests if ".zarr" in one]
            require(not data, f"the pointer asks for {data[:3]}")
            if name == SCENARIO:
                window.look("readout")
    require(count >= 9, f"only {count} places had a cell")
    return f"{count} places, no request"


def click_series(viewer) -> str:
    """One click on the map, from nothing: at most two ranges, and the values of xarray."""
    document = viewer.document(SCENARIO)
    variable = document["variables"][0]
    with opened(viewer, SCENARIO) as window:
        window.panel("series")
        window.settle()
        window.requests.clear()
        x, y = window.project(-95.3, 45.2)
        window.page.mouse.click(x, y)
        window.page.wait_for_selector("#below .u-over")
        asked = [one for one in window.requests if "/series.zarr/" in one and ".json" not in one]
        require(1 <= len(asked) <= 2, f"{len(asked)} requests: {asked}")
        place = window.state("places")[0]["geometry"]["coordinates"]
        window.look("series-click")
        row, column = Cells(viewer, document, variable).cell(*place)
        with window.page.expect_download() as download:
            window.page.locator("#below").get_by_role("button", name="CSV").click()
        lines = open(download.value.path(), encoding="utf-8").read().splitlines()[1:]
        found = np.array([float(line.split(",")[1]) for line in lines])
        wanted = viewer.array(document, variable, 0, "series").values[:, row, column]
        require(np.allclose(found, wanted, rtol=1e-6), f"{found[:3]} is not {wanted[:3]}")
    return f"{len(asked)} requests, {len(found)} times"


def map_checks(report, viewer) -> None:
    for check in (datasets, time_bar, calendar_of_hours, colours, opacity, composite, under_pointer, click_series):
        report.check(f"viewer {check.__name__.replace('_', ' ')}", check, viewer)
