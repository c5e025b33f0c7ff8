"""A browser with the viewer of a served site, shared by the checks of the viewer."""

import json
import os
from contextlib import contextmanager
from pathlib import Path

from report import Skipped

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESK = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
PANELS = [
    "datasets", "layers", "colours", "places", "series", "statistics", "transect", "expressions",
    "compare", "metadata", "export", "settings",
]
LOADED = """window.cubepress?.map?.gl?.loaded()
  && performance.getEntriesByName("first-complete").length > 0"""


@contextmanager
def browser():
    """A Chromium without a window that draws WebGL in software (CHROMIUM, else /usr/bin/chromium)."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(program).exists():
        raise Skipped(f"{program} is missing: run Deploy/setup test")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium, address: str, fragment: str = "", size: dict | None = None, **options):
    """A page of the viewer in a profile of its own, when its first view is complete."""
    context = chromium.new_context(viewport=size or DESK, accept_downloads=True, **options)
    page = context.new_page()
    page.goto(f"{address.rstrip('/')}/viewer/index.html{fragment}")
    page.wait_for_function(LOADED, timeout=90_000)
    yield page
    context.close()


def documents(site: Path) -> list:
    """What the site says of its datasets."""
    return [json.loads(one.read_text()) for one in sorted((site / "api/datasets").glob("*.json"))]
