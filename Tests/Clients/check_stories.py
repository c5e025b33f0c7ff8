"""Stories: notebooks of several projects beside nbconvert, hostile ones in a browser, the demo's."""

import json
import os
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from report import Report, Skipped, require
from site_folder import Site
from viewer_browser import DESKTOP, PHONE, chromium as browser

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "Tests/StoriesTests/Fixtures"
PICTURES = ROOT / ".build/story-shots"


def story_checks(report: Report, site: Site, address: str, cubepress: str | None) -> None:
    """Runs all checks of stories; pictures of pages are kept in .build/story-shots."""
    if report.only and "stor" not in report.only:
        return
    if cubepress:
        report.check("stories: every cell and output is there, beside nbconvert", compared, cubepress)
    try:
        with browser() as chromium:
            if cubepress:
                report.check("stories: nothing of a hostile notebook runs", hostile, chromium, cubepress)
                report.check("stories: a figure of Plotly is drawn", plotly, chromium, cubepress)
            report.check("stories: pages on desktop, phone and without scripts", pages, chromium, site, address)
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
    context = chromium.new_context(viewport=DESKTOP, **options)
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
        # Nothing of an output lies over the head of the page.
        page.evaluate("window.scrollTo(0, 0)")
        over = page.evaluate("""() => {
          const { left, top, width, height } = document.querySelector(".brand").getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + height / 2);
          return found?.closest(".brand") ? null : found?.outerHTML.slice(0, 200) ?? "nothing";
        }""")
        require(over is None, f"this covers the head of the page: {over}")
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
        page.wait_for_selector(".plotly .main-svg", timeout=60_000)
        points = page.locator(".plotly .trace .lines, .plotly .js-line").count()
        require(points >= 1, "no line is drawn")
        require(not [url for url in asked if "favicon" not in url], f"asked for {asked[:3]}")
        context.close()
        return "offline"


# The demo's own


def pages(chromium, site: Site, address: str) -> str:
    books = sorted((site.folder / "stories").glob("*/*.html"))
    require(len(books) >= 4, f"{len(books)} pages of stories")
    PICTURES.mkdir(parents=True, exist_ok=True)
    sizes = {"desk": {"viewport": DESKTOP}, "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
             "plain": {"viewport": DESKTOP, "java_script_enabled": False},
             "dark": {"viewport": DESKTOP, "color_scheme": "dark"}}
    for name, options in sizes.items():
        context = chromium.new_context(**options)
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
                page.wait_for_selector(".math .katex", timeout=20_000)
                require(page.locator(".math .katex-error").count() == 0, f"{key}: a formula is wrong")
            if name != "desk":
                page.screenshot(path=PICTURES / f"{path.stem}-{name}.png", full_page=name == "plain")
        require(not faults, f"{name}: {faults[:3]}")
        context.close()
    return f"{len(books)} pages, pictures in .build/story-shots"
