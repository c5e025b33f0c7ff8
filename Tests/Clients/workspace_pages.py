"""Pages of a team in the browser, for members and guests."""

import os
import re
import urllib.parse
from pathlib import Path

from report import require
from team_server import Browser
from team_workspace import Workspace
from viewer_browser import chromium, new_context

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"


def links(space: Workspace, browser: Browser, page: str) -> list[str]:
    """The addresses on this server to which a page leads."""
    status, text = browser.ask(page)
    require(status == 200, f"{page}: {status}")
    base = space.server.base + page
    found = [urllib.parse.urljoin(base, one.replace("&amp;", "&")) for one in re.findall(r'<(?:a|link)[^>]* href="([^"]+)"', text)]
    found += [urllib.parse.urljoin(base, one) for one in re.findall(r'<(?:script|img)[^>]* src="([^"]+)"', text)]
    return sorted({one.split("#")[0].removeprefix(space.server.base) for one in found if one.startswith(space.server.base)})


def shows_guests(space: Workspace) -> str:
    """What is shared is found from the first page, and no link of these pages is dead."""
    ada, eve = space.members["ada"], space.members["eve"]
    for kind, item in (("dataset", "hourly"), ("places", "places"), ("files", "notes/")):
        ada.send("/teams/ocean/members", "/teams/ocean/grants", kind=kind, item=item, other="land", role="reader")
    wanted = {
        "/teams/ocean/datasets/hourly", "/teams/ocean/places/places", "/teams/ocean/files?prefix=notes%2F",
        "/teams/ocean/stories/notes/a.ipynb"}
    for page in ("/", "/teams/land"):
        require(wanted <= set(links(space, eve, page)), f"{page}: {links(space, eve, page)}")
    looked = 0
    for page in sorted(wanted) + ["/", "/teams/land"]:
        for link in links(space, eve, page if "stories" not in page else page + "/-/stories/a/index.html"):
            status, _ = eve.ask(link)
            require(status in (200, 303, 307), f"{page} leads eve to {link}: {status}")
            looked += 1
    return f"{looked} links"


def shows_pages(space: Workspace) -> str:
    from axe_playwright_python.sync_playwright import Axe
    shots = Path(os.environ.get("WORKSPACE_SHOTS", space.folder / "shots"))
    shots.mkdir(parents=True, exist_ok=True)
    pages = [
        "", "/uploads", "/uploads?replace=hourly", "/datasets/hourly", "/files", "/files?prefix=notes/", "/places",
        "/places/places", "/publications", "/members", "/log", "/stories/notes/a.ipynb", "/stories/notes/text.md"]
    text = "---\ntitle: Warm water\n---\n\n## What was found\n\nIt is *warmer*, see [the other](a.ipynb).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    space.json("/teams/ocean/files/notes/text.md", "bob", method="PUT", body=text.encode())
    found = []
    with chromium() as browser:
        for name, size, scheme in (("wide", (1200, 900), "light"), ("phone", (380, 800), "dark")):
            page = new_context(browser, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme).new_page()
            failed = []
            page.on("response", lambda one: one.status >= 400 and failed.append((one.status, one.url)))
            page.on("console", lambda one: one.type == "error" and failed.append(one.text))

            def sign_in(user: str) -> None:
                page.context.clear_cookies()
                page.goto(space.server.base + "/sign-in")
                page.fill("[name=name]", user)
                page.fill("[name=password]", "correct horse battery")
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(space.server.base + "/")

            def look(path: str, shot: str) -> None:
                page.goto(space.server.base + path)
                for closed in page.query_selector_all("main details:not([open])"):
                    closed.evaluate("one => { one.open = true }")
                page.screenshot(path=shots / f"{name}-{shot}.png", full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                require(wide <= 0, f"{path} is {wide} px wider than a {name} screen")
                for one in Axe().run(page).response["violations"]:
                    found.append(f"{name} {path}: {one['id']}")
                for link in page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)"):
                    if link.startswith(space.server.base):
                        answer = page.request.get(link, headers={"Accept": "text/html"})
                        require(answer.status == 200, f"{path} leads to {link}: {answer.status}")

            sign_in("ada")
            for path in pages:
                look(f"/teams/ocean{path}", re.sub(r"[^a-z]+", "-", path).strip("-") or "team")
            if name == "wide":
                for at, button in (("/uploads", "Upload"), ("/uploads?replace=a1b-north-america", "Replace")):
                    page.goto(f"{space.server.base}/teams/ocean{at}")
                    page.set_input_files("[name=file]", DATA / "A1B_north_america.nc")
                    require(page.input_value("[name=dataset]") == "a1b-north-america", "no id proposed")
                    page.get_by_role("button", name=button, exact=True).press("Enter")
                    page.wait_for_url(f"{space.server.base}/teams/ocean")
                    require("a1b-north-america" in page.content(), "it is no dataset")
            # What ada has shared, with eyes and keys of a guest.
            sign_in("eve")
            for path, shot in (("/", "guest-home"), ("/teams/land", "guest-team"), ("/teams/ocean/datasets/hourly", "guest-dataset"),
                               ("/teams/ocean/files?prefix=notes/", "guest-files"), ("/teams/ocean/stories/notes/text.md", "guest-story")):
                look(path, shot)
            page.goto(space.server.base + "/")
            page.get_by_role("link", name="Hourly").press("Enter")
            page.wait_for_url(f"{space.server.base}/teams/ocean/datasets/hourly")
            require(page.get_by_role("heading", name="Hourly").count() == 1, "not its page")
            require(not failed, f"{failed[:3]}")
    require(not found, f"axe: {found[:6]}")
    return f"{len(pages) + 5} pages, 2 sizes, every link"
