"""The pages in a browser: search and facets on desktop and phone, a thousand datasets, no JavaScript, access."""

import json
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from report import require
from site_folder import Site, served
from viewer_browser import DESKTOP, PHONE, chromium as browser, eventually_on, new_context

COUNT = 1000


def search_checks(report, site: Site, address: str) -> None:
    with browser() as chromium:
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            report.check(f"search on a {name}", search, chromium, address, size)
        report.check("search by place and time", place_and_time, chromium, site, address)
        report.check("search keeps its address", keeps_address, chromium, site, address)
        report.check("a thousand datasets", thousand, chromium, site)
        report.check("pages without JavaScript", without_javascript, chromium, site, address)
        report.check("code of pages runs", code_runs, site, address)
        report.check("pages in small windows", narrow, chromium, site, address)
        report.check("pages are accessible", accessible, chromium, site, address)
        report.check("pages by keyboard", by_keyboard, chromium, site, address)


@contextmanager
def page_of(chromium, address: str, size=DESKTOP, **options):
    context = new_context(chromium, viewport=size, **options)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def index(site: Site) -> list[dict]:
    document = json.loads((site.folder / "search.json").read_text())
    return [dict(zip(document["columns"], row)) for row in document["rows"]]


def shown(page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('.catalogue .card')].filter((one) => !one.hidden).map((one) => one.dataset.id)")


def ready(page) -> None:
    page.wait_for_selector(".find:not([hidden])")


def search(chromium, address: str, size: dict) -> str:
    with page_of(chromium, address + "index.html", size) as page:
        ready(page)
        every = shown(page)
        page.fill("#find", "CHLORO")
        one = shown(page)
        require(one and one[0] == "north-sea-chlorophyll" and len(one) < len(every), f"CHLORO finds {one}")
        page.fill("#find", "no such thing")
        require(shown(page) == [] and page.is_visible(".none"), "nothing is not nothing")
        page.click(".none button")
        require(shown(page) == every, "removing filters does not bring all back")
        page.click(".facets > summary")
        box = page.locator("[data-facet=keywords] input").first
        box.check()
        require(0 < len(shown(page)) < len(every), f"a keyword leaves {shown(page)}")
        page.click(".chosen button")
        require(shown(page) == every, "the button of a filter does not remove it")
        page.select_option("[name=sort]", "title")
        titles = page.locator(".catalogue .card h3").all_inner_texts()
        require(titles == sorted(titles, key=str.lower), f"sorted as {titles}")
    return f"{len(every)} datasets"


def place_and_time(chromium, site: Site, address: str) -> str:
    """What the page finds is what a second reckoning over the list finds."""
    rows = index(site)
    with page_of(chromium, address + "index.html") as page:
        ready(page)
        page.click(".facets > summary")
        # Drag over Europe: from 10 W, 60 N to 20 E, 40 N.
        page.locator(".edges").scroll_into_view_if_needed()
        frame = page.locator(".pick").bounding_box()
        at = lambda lon, lat: (frame["x"] + (lon + 180) / 360 * frame["width"], frame["y"] + (90 - lat) / 180 * frame["height"])
        page.mouse.move(*at(-10, 60))
        page.mouse.down()
        page.mouse.move(*at(20, 40), steps=4)
        page.mouse.up()
        west, south, east, north = (float(page.input_value(f"[name={edge}]")) for edge in ("west", "south", "east", "north"))
        require(abs(west + 10) < 3 and abs(north - 60) < 3, f"the box is {west} {south} {east} {north}")
        meets = {row["id"] for row in rows
                 if row["bounds"][1] <= north and row["bounds"][3] >= south and row["bounds"][0] <= east and row["bounds"][2] >= west}
        require(set(shown(page)) == meets, f"{shown(page)}, not {meets}")
        page.mouse.click(*at(0, 0))
        require(len(shown(page)) == len(rows), "a click does not take the box back")
        page.fill("[name=from]", "2017-06")
        late = {row["id"] for row in rows if row["times"] and row["times"][1][:7] >= "2017-06"}
        require(set(shown(page)) == late, f"{shown(page)}, not {late}")
        page.fill("[name=to]", "1900")
        page.fill("[name=from]", "")
        early = {row["id"] for row in rows if row["times"] and row["times"][0][:4] <= "1900"}
        require(set(shown(page)) == early, f"{shown(page)}, not {early}")
    return f"{len(meets)} in Europe, {len(late)} since 2017-06, {len(early)} until 1900"


def keeps_address(chromium, site: Site, address: str) -> str:
    with page_of(chromium, address + "index.html") as page:
        ready(page)
        page.fill("#find", "temperature")
        found, link = shown(page), page.url
    with page_of(chromium, link) as page:
        ready(page)
        require(shown(page) == found and page.input_value("#find") == "temperature", f"{link} shows {shown(page)}")
    return link.split("#")[-1]


@contextmanager
def large_site(site: Site):
    """The index page of a site with very many datasets, made from a real one."""
    rows = index(site)
    with tempfile.TemporaryDirectory(prefix="cubepress-thousand-") as folder:
        folder = Path(folder)
        shutil.copytree(site.folder / "assets", folder / "assets")
        (folder / "wmts/1.0.0").mkdir(parents=True)
        shutil.copy(site.folder / Site.CAPABILITIES, folder / Site.CAPABILITIES)
        page = (site.folder / "index.html").read_text()
        cards = re.findall(r'<li class="card" data-id="[^"]*">.*?\n</li>', page, re.S)
        made, lines = [], []
        for number in range(COUNT):
            row, card = dict(rows[number % len(rows)]), cards[number % len(cards)]
            card = re.sub(r'data-id="[^"]*"', f'data-id="d{number}"', card, count=1)
            row |= {"id": f"d{number}", "title": f"{row['title']} {number}", "keywords": [f"topic {number % 40}", "all"],
                    "bounds": [number % 340 - 170, number % 150 - 80, number % 340 - 165, number % 150 - 75]}
            made.append(card.replace("</a></h3>", f" {number}</a></h3>"))
            lines.append(list(row.values()))
        whole = page.replace("".join(cards), "".join(made)) if "".join(cards) in page else \
            re.sub(r'(<ul class="cards">).*?(</ul>\s*<p class="none")', lambda m: m[1] + "\n".join(made) + m[2], page, count=1, flags=re.S)
        (folder / "index.html").write_text(whole.replace('class="catalogue"', 'class="catalogue large"'))
        (folder / "search.json").write_text(json.dumps({"columns": list(rows[0]), "rows": lines}))
        yield Site(folder)


def thousand(chromium, site: Site) -> str:
    with large_site(site) as large, served(large, None) as address:
        with page_of(chromium, address.base + "index.html") as page:
            ready(page)
            require(len(shown(page)) == COUNT, f"{len(shown(page))} cards")
            page.fill("#find", "topic 7")
            found = shown(page)
            expected = {f"d{n}" for n in range(COUNT) if n % 40 == 7}
            require(expected <= set(found), f"{len(found)} found")
            page.fill("#find", "")
            # What a keystroke costs, in the page's own clock; said, not judged.
            spent = page.evaluate("""async () => {
              const field = document.querySelector("#find");
              const began = performance.now();
              for (const text of ["c", "ch", "chl", "chlo", ""]) {
                field.value = text;
                field.dispatchEvent(new Event("input", { bubbles: true }));
              }
              await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
              return (performance.now() - began) / 5;
            }""")
        size = (large.folder / "search.json").stat().st_size
        return f"{len(found)} found, {spent:.0f} ms a keystroke, search.json {size // 1000} kB"


def without_javascript(chromium, site: Site, address: str) -> str:
    with page_of(chromium, address + "index.html", java_script_enabled=False) as page:
        cards = page.locator(".catalogue .card")
        require(cards.count() == len(index(site)) and cards.first.is_visible(), "no cards")
        require(not page.locator(".find").is_visible(), "a search that does nothing is shown")
        page.locator(".card h3 a").first.click()
        require(page.locator("h1").is_visible() and "/datasets/" in page.url, "no page of a dataset")
        for part in ("#variables", "#coverage", "#get", "#cite", "#quality", "#fair"):
            require(page.locator(part).is_visible(), f"no {part}")
        require(not page.locator("button[data-copy]").first.is_visible(), "a button that does nothing is shown")
        page.locator("label[for=in-julia]").click()
        require(page.locator(".tab").nth(1).is_visible() and not page.locator(".tab").nth(0).is_visible(), "the tabs stay")
    return "index and dataset"


def code_runs(site: Site, address: str) -> str:
    """The Python of each page runs; the address is replaced by the folder, which needs no further package."""
    from lxml import html

    ran = 0
    for path in sorted(site.folder.glob("datasets/*/index.html")):
        for block in html.parse(str(path)).xpath("//div[@class='tab'][position()=1 or position()=4]//code[ancestor::pre]"):
            text = block.text_content().replace(site.base, f"{site.folder}/")
            exec(compile(text, str(path), "exec"), {})  # our own text, from our own page
            ran += 1
    require(ran, "no code")
    return f"{ran} blocks"


def narrow(chromium, site: Site, address: str) -> str:
    """Nothing makes a page wider than its window, from a small phone to a wall."""
    pages = ["index.html", "404.html", *[f"datasets/{row['id']}/index.html" for row in index(site)]]
    for width in (320, 390, 768, 1440, 2560):
        with page_of(chromium, address + pages[0], {"width": width, "height": 800}) as page:
            for name in pages:
                page.goto(address + name)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                require(wide <= 0, f"{name} is {wide} pixels too wide at {width}")
    return f"{len(pages)} pages in 5 widths"


def accessible(chromium, site: Site, address: str) -> str:
    """axe-core finds nothing by WCAG 2.2 AA, in light and dark."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    pages = ["index.html", "404.html", *[f"datasets/{row['id']}/index.html" for row in index(site)],
             *(path.relative_to(site.folder).as_posix() for path in sorted(site.folder.glob("stories/**/*.html")))]
    found = []
    for scheme in ("light", "dark"):
        with page_of(chromium, address + pages[0], color_scheme=scheme) as page:
            for name in pages:
                page.goto(address + name)
                page.wait_for_timeout(400)
                if name == "index.html":
                    page.click(".facets > summary")
                # What is folded is read too.
                page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
                for one in Axe().run(page, options=options).response["violations"]:
                    found.append(f"{scheme} {name}: {one['id']} {one['nodes'][0]['target']}")
    require(not found, "; ".join(found[:6]))
    return f"{len(pages)} pages in light and dark"


FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const styles = [one, one.closest("label") ?? one, one.closest(".card") ?? one].map((each) => getComputedStyle(each));
  const { top, bottom, left, right, width, height } = one.getBoundingClientRect();
  return {
    tag: one.tagName, what: one.outerHTML.slice(0, 120), text: (one.innerText || one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.title || one.name || "").trim(),
    // Sides of the cube, which are no boxes, are drawn around.
    ring: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none")
      || one instanceof SVGElement && [...one.querySelectorAll("rect")].some((each) => getComputedStyle(each).stroke !== "none"),
    seen: width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
  };
}"""


def by_keyboard(chromium, site: Site, address: str) -> str:
    """Tab goes through all of a page, shows where it is, and is nowhere caught; the first stop skips the head."""
    pages = ["index.html", f"datasets/{index(site)[0]['id']}/index.html",
             *(path.relative_to(site.folder).as_posix() for path in sorted(site.folder.glob("stories/*/*.html"))[:2])]
    stops = 0
    # Without a mouse maps wait for a button, so that Tab does not go through the viewer in each.
    for name in pages:
        with page_of(chromium, address + name, {"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
            page.wait_for_timeout(500)
            seen = []
            for _ in range(400):
                page.keyboard.press("Tab")
                one = page.evaluate(FOCUSED)
                if one is None:
                    break
                # Pages scroll there, which takes a moment.
                eventually_on(page, lambda: page.evaluate(FOCUSED)["seen"], 0.05)
                one = page.evaluate(FOCUSED)
                require(one["ring"], f"{name}: no ring around {one['what']}")
                require(one["seen"], f"{name}: out of sight: {one['what']}")
                require(one["text"], f"{name}: no name: {one['what']}")
                seen.append(one)
            require(len(seen) > 8 and len(seen) < 400, f"{name}: {len(seen)} stops")
            require("skip" in seen[0]["what"], f"{name}: the first stop is {seen[0]['what']}")
            stops += len(seen)
    return f"{stops} stops on {len(pages)} pages"
