"""Stories: notebooks of several projects beside nbconvert, hostile ones in a browser, the demo's."""

import json
import os
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from patience import PATIENCE
from report import Report, Skipped, require
from site_folder import Site
from viewer_browser import DESKTOP, PHONE, chromium as browser, new_context

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "Tests/StoriesTests/Fixtures"
PICTURES = ROOT / ".build/story-shots"


def story_checks(report: Report, site: Site, address: str, cubepress: str | None) -> None:
    """Runs all checks of stories; pictures of pages are kept in .build/story-shots."""
    if report.only and "stor" not in report.only:
        return
    report.check("stories: series are those of the files", series_agree, site)
    if cubepress:
        report.check("stories: every cell and output is there, beside nbconvert", compared, cubepress)
        report.check("stories: huge, broken and deep notebooks", huge, cubepress)
    try:
        with browser() as chromium:
            if cubepress:
                report.check("stories: nothing of a hostile notebook runs", hostile, chromium, cubepress)
                report.check("stories: a figure of Plotly is drawn", plotly, chromium, cubepress)
            report.check("stories: pages on desktop, phone and without scripts", pages, chromium, site, address)
            report.check("stories: a series is live", live_series, chromium, site, address)
    except Skipped as reason:
        report.check("stories: browser", lambda: (_ for _ in ()).throw(reason))


# Beside nbconvert


def coalesced(outputs: list) -> int:
    """How many outputs there are when streams of one name that follow each other are one."""
    count, last = 0, None
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        count += name is None or name != last
        last = name
    return count


def expected(notebook) -> Counter:
    """What a page of a notebook must show, read from the notebook by nbformat's own reader."""
    want = Counter()
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if "remove-cell" in tags or "remove_cell" in tags:
            continue
        if cell.cell_type == "code":
            want["inputs"] += bool(cell.source.strip()) and not tags & {"remove-input", "remove_input"}
            if not tags & {"remove-output", "remove_output"}:
                want["outputs"] += coalesced(cell.outputs)
        elif cell.cell_type == "markdown":
            want["texts"] += 1
        else:
            # HTML of a raw cell is shown as an output is.
            want["outputs"] += cell.metadata.get("raw_mimetype", cell.metadata.get("format")) == "text/html"
    return want


def shown(page: str) -> Counter:
    """What is in one of our pages."""
    body = page.split('<article class="story">')[1].split("</article>")[0]
    return Counter(
        inputs=body.count('<div class="input">'), texts=body.count('<div class="text">'),
        outputs=len(re.findall(r'id="o\d+-"', body)), images=body.count("<img ") + body.count("<svg "),
        absent=body.count('class="absent"'))


def images_of_nbconvert(page: str) -> int:
    """The pictures in a page of nbconvert."""
    body = page.split("<main>")[-1].split("</main>")[0]
    return len(re.findall(r"<img\b", body)) + len(re.findall(r"<svg\b", body))


def notebooks() -> list[Path]:
    """The notebooks that are kept, and those in a folder that STORY_NOTEBOOKS names."""
    more = os.environ.get("STORY_NOTEBOOKS")
    return sorted(FIXTURES.glob("*.ipynb")) + (sorted(Path(more).rglob("*.ipynb")) if more else [])


def made(cubepress: str, source: Path, folder: str) -> subprocess.CompletedProcess:
    command = [cubepress, "story", str(source), "-o", folder, "--share", str(ROOT)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def compared(cubepress: str) -> str:
    import nbformat
    from nbconvert import HTMLExporter

    exporter = HTMLExporter()
    total, refused, less = Counter(), [], []
    for path in notebooks():
        with tempfile.TemporaryDirectory() as folder:
            done = made(cubepress, path, folder)
            try:
                notebook = nbformat.read(path, as_version=4)
                reference = exporter.from_notebook_node(notebook)[0]
            except Exception as error:  # noqa: BLE001: whatever the reader of others says
                refused.append(f"{path.name}: nbconvert: {type(error).__name__}, we: {done.returncode}")
                continue
            if done.returncode != 0:
                # What is refused is named, with its reason.
                require("Error" in done.stderr, f"{path.name}: {done.stderr}")
                refused.append(f"{path.name}: {done.stderr.strip().splitlines()[0]}")
                continue
            page = next(Path(folder).glob("stories/*/index.html")).read_text()
        want, have = expected(notebook), shown(page)
        for what in ("inputs", "outputs", "texts"):
            require(want[what] == have[what], f"{path}: {want[what]} {what}, {have[what]} in the page")
        pictures = images_of_nbconvert(reference[0] if isinstance(reference, tuple) else reference)
        if have["images"] < pictures:
            require(have["absent"], f"{path}: {pictures} pictures, {have['images']} in the page, nothing said")
            # Its pictures are attacks, and none of them is a picture.
            require(path.name == "notebook_inject.ipynb", f"{path}: {pictures} pictures, {have['images']} shown")
            less.append(path.name)
        total += have
        total["notebooks"] += 1
        total["pictures of nbconvert"] += pictures
    require(total["notebooks"] >= 10, f"only {total['notebooks']} notebooks")
    return f"{dict(total)}; refused: {refused}; fewer pictures, as said in the page: {less}"


# Hostile


def cell(kind: str, source: str, **more) -> dict:
    return {"cell_type": kind, "source": source, "metadata": {}, **more}


def shows(**data) -> dict:
    return {"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/"): v for k, v in data.items()}}


ATTACKS = [
    "<script>attack()</script>", "<img src=x onerror='attack()'>", "<svg onload='attack()'></svg>",
    "<svg><script>attack()</script></svg>", "<a class='click' href='javascript:attack()'>x</a>",
    "<a class='click' href='java&#10;script:attack()'>x</a>",
    "<a class='click' href='data:text/html,<script>opener.attack()</script>'>x</a>",
    "<iframe src='javascript:parent.attack()'></iframe>",
    "<iframe srcdoc='<script>parent.attack()</script>'></iframe>",
    "<details open ontoggle='attack()'>x</details>", "<input autofocus onfocus='attack()'>",
    "<style>@import 'http://attack.invalid/x.css'; body { background: url(http://attack.invalid/y) }</style>",
    "<p style='background:url(http://attack.invalid/z)'>x</p>",
    "<div style='position:fixed;inset:0;z-index:99;background:red' id='cover'>x</div>",
    "<div style='margin:-4000px;padding:4000px;background:red' class='cover'>x</div>",
    "<object data='javascript:attack()'></object>", "<embed src='javascript:attack()'>",
    "<meta http-equiv='refresh' content='0;url=http://attack.invalid/'>", "<base href='http://attack.invalid/'>",
    "<form action='http://attack.invalid/'><button class='click'>x</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=attack()>'></noscript>",
    "<math><mtext><table><mglyph><style><img src=x onerror=attack()>",
    "<svg><style><img src=x onerror=attack()></style></svg>",
    "<form id=location><input name=href></form><img name=querySelectorAll id=getElementById>",
    "<audio src=x onerror=attack()></audio>", "<video poster='javascript:attack()'></video>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=attack()></svg>#x'/></svg>",
    "<svg><a xlink:href='javascript:attack()'><text class='click' y='9'>x</text></a></svg>",
    "<svg><animate onbegin='attack()' attributeName='x' dur='1s'/></svg>",
]


def hostile_notebook() -> dict:
    outputs = [shows(**{"text_html": one, "text_plain": "x"}) for one in ATTACKS]
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20' onload='attack()'><script>attack()</script><rect width='9' height='9'/></svg>"
    outputs += [
        shows(**{"image_svg+xml": svg}), shows(application_javascript="attack()"),
        shows(text_latex=r"$\href{javascript:attack()}{x} \htmlData{x=y}{z}$"),
        shows(**{"application_vnd.plotly.v1+json": {
            "data": [{"x": [1], "y": [1], "type": "scatter"}],
            "layout": {"title": {"text": "<a href='javascript:attack()'>x</a><img src=x onerror=attack()>"}}}}),
        {"output_type": "stream", "name": "stdout", "text": "\x1b]8;;javascript:attack()\x07x\x1b]8;;\x07</pre>" + ATTACKS[0]},
        {"output_type": "error", "ename": ATTACKS[1], "evalue": ATTACKS[1], "traceback": [ATTACKS[1]]},
    ]
    text = "\n\n".join(ATTACKS) + "\n\n[x](javascript:attack()) ![x](javascript:attack()) <javascript:attack()>\n"
    text += "\n$\\href{javascript:attack()}{x}$\n\n```{note} <script>attack()</script>\n" + ATTACKS[1] + "\n```\n"
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {"title": ATTACKS[1]}, "cells": [
        cell("markdown", "# " + ATTACKS[1]), cell("markdown", text),
        cell("code", ATTACKS[0], outputs=outputs, execution_count=1),
        cell("raw", ATTACKS[0], ) | {"metadata": {"raw_mimetype": "text/html"}},
    ]}


def served_folder(chromium, folder: str, **options):
    """A context whose addresses http://story.test/ are the files of a folder; others are refused."""
    context = new_context(chromium, viewport=DESKTOP, **options)
    asked = []

    def answer(route):
        url = route.request.url
        path = Path(folder) / url.removeprefix("http://story.test/").split("?")[0].split("#")[0]
        if url.startswith("http://story.test/") and path.is_file():
            kinds = {".js": "text/javascript", ".css": "text/css", ".html": "text/html",
                     ".svg": "image/svg+xml", ".json": "application/json"}
            route.fulfill(body=path.read_bytes(), content_type=kinds.get(path.suffix, "application/octet-stream"))
        else:
            asked.append(url)
            route.abort()

    context.route("**/*", answer)
    return context, asked


def hostile(chromium, cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "hostile.ipynb"
        source.write_text(json.dumps(hostile_notebook()))
        done = made(cubepress, source, folder + "/out")
        require(done.returncode == 0, done.stderr)
        context, asked = served_folder(chromium, folder + "/out")
        attacks = []
        context.expose_function("attack", lambda: attacks.append(1))
        page = context.new_page()
        page.goto("http://story.test/stories/hostile/index.html")
        for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 700):
            page.evaluate("top => window.scrollTo(0, top)", top)
            page.wait_for_timeout(60)
        page.wait_for_timeout(1500)
        handlers = page.evaluate("""() => [...document.querySelectorAll(".story *")].filter((one) =>
          [...one.attributes].some(({ name, value }) => name.startsWith("on") || /^\\s*javascript:/i.test(value))
          || ["SCRIPT", "IFRAME", "OBJECT", "EMBED", "FORM"].includes(one.tagName)).map((one) => one.outerHTML)""")
        require(not handlers, f"left in the page: {handlers[:3]}")
        for target in page.query_selector_all(".story a:not([target])")[:40]:
            href = target.get_attribute("href") or ""
            require(not re.match(r"\s*(javascript|data|vbscript):", href, re.I), href)
        # Nothing of an output lies over the title of the page.
        page.evaluate("window.scrollTo(0, 0)")
        over = page.evaluate("""() => {
          const { left, top, width, height } = document.querySelector("h1").getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + height / 2);
          return found?.closest("h1") ? null : found?.outerHTML.slice(0, 200) ?? "nothing";
        }""")
        require(over is None, f"this covers the title of the page: {over}")
        strange = [url for url in asked if "story.test" not in url]
        require(not strange, f"the page asked for {strange[:3]}")
        require(not attacks, f"{len(attacks)} attacks ran")
        # The picture in SVG, opened by itself.
        for picture in Path(folder, "out/assets").glob("story.*.svg"):
            page.goto(f"http://story.test/assets/{picture.name}")
            page.wait_for_timeout(100)
        require(not attacks, "the picture ran a script")
        context.close()
        return f"{2 * len(ATTACKS) + 10} attacks"


def plotly(chromium, cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        done = made(cubepress, FIXTURES / "plotly.ipynb", folder)
        require(done.returncode == 0, done.stderr)
        context, asked = served_folder(chromium, folder)
        page = context.new_page()
        page.goto("http://story.test/stories/plotly/index.html")
        page.wait_for_selector(".plotly .main-svg")
        points = page.locator(".plotly .trace .lines, .plotly .js-line").count()
        require(points >= 1, "no line is drawn")
        require(not [url for url in asked if "favicon" not in url], f"asked for {asked[:3]}")
        context.close()
        return "offline"


# Series


def embedded_series(site: Site) -> list[tuple[str, dict, str]]:
    """Pages with a series: the page, what it says of itself, and the words of its picture."""
    from lxml import html

    found = []
    for path in sorted(site.folder.glob("stories/*/*.html")):
        for element in html.parse(str(path)).xpath("//*[@data-series]"):
            (picture,) = element.xpath(".//*[contains(@class, 'plot')][@role='img']")
            found.append((path.relative_to(site.folder).as_posix(), json.loads(element.get("data-series")), picture))
    if not found:
        raise Skipped("no story has a series")
    return found


def values_at(site: Site, settings: dict):
    """The series of the cell around a place, as xarray reads it."""
    import xarray as xr

    data = xr.open_zarr(site.folder / f"datasets/{settings['dataset']}/series.zarr", group="0", chunks=None)
    values = data[settings["variable"]]
    row, column = values.dims[-2:]
    # Longitudes of the file may be counted from 0 to 360.
    lon = settings["lon"] + (360 if settings["lon"] < float(data[column].min()) - 1 else 0)
    return values.sel({row: settings["lat"], column: lon}, method="nearest").values


def series_agree(site: Site) -> str:
    """Numbers in the words of a picture, and the heights of its line, are those of the values."""
    told = []
    for page, settings, picture in embedded_series(site):
        values = values_at(site, settings)
        words = picture.get("aria-label")
        low, high = re.search(r"([−\d. ]+) to ([−\d. ]+)(?: \S+)?(?:, \d+ missing)?$", words.split("times, ")[1]).groups()
        for text, value in ((low, values.min()), (high, values.max())):
            number = float(text.replace("−", "-").replace(" ", "").replace("\u202f", ""))
            require(abs(number - value) <= 0.006 * max(abs(value), 1), f"{page}: {text}, not {value} in '{words}'")
        require(f"{len(values)} times" in words, f"{page}: {words}")
        line = picture.xpath(".//*[@class='line']/@d")[0]
        heights = [float(one) for one in re.findall(r"[ML][\d.]+ ([\d.]+)", line)]
        require(len(heights) == len(values), f"{page}: {len(heights)} points")
        if not settings["log"]:
            # Up is more: a straight line through values and heights, to the tenth that is written.
            slope = (heights[values.argmax()] - heights[values.argmin()]) / (values.max() - values.min())
            wanted = heights[values.argmin()] + slope * (values - values.min())
            require(slope < 0 and abs(wanted - heights).max() < 0.2, f"{page}: the line is off by {abs(wanted - heights).max()}")
        told.append(f"{settings['dataset']}: {len(values)} values")
    return "; ".join(told)


def live_series(chromium, site: Site, address: str) -> str:
    """The chart that takes the picture's place tells the values of the files, by mouse and by keyboard."""
    page_key, settings, _ = embedded_series(site)[0]
    values = values_at(site, settings)
    context = new_context(chromium, viewport=DESKTOP)
    page = context.new_page()
    page.goto(address.rstrip("/") + "/" + page_key)
    page.locator(".live-series").first.scroll_into_view_if_needed()
    page.wait_for_selector(".live-series canvas")
    chart = page.locator(".live-series .chart").first
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    last = page.locator(".live-series output").first.inner_text()
    page.keyboard.press("ArrowLeft")
    before = page.locator(".live-series output").first.inner_text()
    for text, value in ((last, values[-1]), (before, values[-2])):
        number = float(re.search(r": (-?[\d.,]+)", text)[1].replace(",", ""))
        require(abs(number - value) <= 0.006 * max(abs(value), 1), f"'{text}', not {value}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.locator("figure.live:has(.live-series)").first.screenshot(path=PICTURES / "series.png")
    context.close()
    return f"{last}; {before}"


# Huge and broken


def notebook_of(*outputs) -> dict:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        cell("code", "f()", execution_count=1, outputs=list(outputs))]}


def huge(cubepress: str) -> str:
    """100 MB of output are shortened or refused in bounded memory; what is broken or deep is named."""
    million = 1_000_000
    line = "0123456789abcdef" * 4
    told = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huge.ipynb"
        for name, output in {
            "text": {"output_type": "stream", "name": "stdout", "text": [line + "\n"] * (100 * million // 65)},
            "html": shows(text_html="<p>" + line + "</p>" + "<b>x</b>" * (100 * million // 8)),
            "picture": shows(image_png="iVBORw0KGgo" + "A" * (100 * million)),
            "json": shows(application_json=[line] * (100 * million // 70)),
        }.items():
            path.write_text(json.dumps(notebook_of(output)))
            out = Path(folder) / f"out-{name}"
            done = subprocess.run(
                ["/usr/bin/time", "-f", "%M %e", cubepress, "story", str(path), "-o", str(out), "--share", str(ROOT)],
                capture_output=True, text=True, check=False)
            kilobytes, seconds = done.stderr.split()[-2:]
            require(int(kilobytes) < 1_200_000, f"{name}: {int(kilobytes) // 1000} MB of memory")
            if done.returncode == 0:
                (page,) = out.glob("stories/*/index.html")
                require(page.stat().st_size < 3 * million, f"{name}: a page of {page.stat().st_size // million} MB")
                require("absent" in page.read_text() or "more" in page.read_text(), f"{name}: nothing is said")
                told.append(f"{name} {int(kilobytes) // 1000} MB")
            else:
                require("huge.ipynb" in done.stderr, f"{name}: {done.stderr[-300:]}")
                told.append(f"{name} refused")
        for name, text in {
            "broken": json.dumps(notebook_of())[:-7], "no notebook": "[1, 2]", "empty": "",
            "deep": '{"nbformat": 4, "nbformat_minor": 5, "metadata": ' + "[" * 200_000 + "]" * 200_000 + ', "cells": []}',
        }.items():
            path.write_text(text)
            done = made(cubepress, path, f"{folder}/out-{name}")
            require(done.returncode == 1 and "huge.ipynb" in done.stderr, f"{name}: {done.returncode} {done.stderr[:300]}")
        # Texts nest too.
        deep = {"quotes": ">" * 20_000 + " x", "lists": "".join("  " * n + "- x\n" for n in range(2000)),
                "blocks": "".join(":" * (3000 - n) + "{note}\n" for n in range(2990)) + "x\n", "links": "[" * 50_000,
                "stars": "*a **a " * 20_000, "html": "<div>" * 50_000}
        for name, text in deep.items():
            page = Path(folder) / "deep.md"
            page.write_text(text)
            done = subprocess.run(
                [cubepress, "story", str(page), "-o", f"{folder}/deep-{name}", "--share", str(ROOT)],
                capture_output=True, text=True, check=False, timeout=PATIENCE)
            require(done.returncode in (0, 1), f"{name}: {done.returncode} {done.stderr[:300]}")
    return ", ".join(told) + f"; 4 broken, {len(deep)} deep"


# The demo's own


def pages(chromium, site: Site, address: str) -> str:
    books = sorted((site.folder / "stories").glob("*/*.html"))
    require(len(books) >= 4, f"{len(books)} pages of stories")
    PICTURES.mkdir(parents=True, exist_ok=True)
    sizes = {"desk": {"viewport": DESKTOP}, "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
             "plain": {"viewport": DESKTOP, "java_script_enabled": False},
             "dark": {"viewport": DESKTOP, "color_scheme": "dark"}}
    for name, options in sizes.items():
        context = new_context(chromium, **options)
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        for path in books:
            key = path.relative_to(site.folder).as_posix()
            page.goto(address.rstrip("/") + "/" + key)
            page.wait_for_timeout(300)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth") if name != "plain" else 0
            require(wide <= 1, f"{key} on {name} is {wide} pixels too wide")
            views = page.locator(".live-view").count()
            if name == "plain":
                require(page.locator(".live-view .still").count() == views, f"{key}: a map without picture")
                require(page.locator(".live-view iframe").count() == 0, f"{key}: a frame without scripts")
            if name == "phone" and views:
                page.locator(".live-open").first.scroll_into_view_if_needed()
                require(page.locator(".live-open").count() == views, f"{key}: maps without a button")
            if name == "desk" and page.locator(".math").count():
                page.locator(".math").first.scroll_into_view_if_needed()
                page.wait_for_selector(".math .katex")
                require(page.locator(".math .katex-error").count() == 0, f"{key}: a formula is wrong")
            if name == "plain":
                require(page.locator(".live-series .still").count() == page.locator(".live-series").count(),
                        f"{key}: a series without picture")
            if name != "desk":
                page.screenshot(path=PICTURES / f"{path.stem}-{name}.png", full_page=name == "plain")
        require(not faults, f"{name}: {faults[:3]}")
        context.close()
    return f"{len(books)} pages, pictures in .build/story-shots"
