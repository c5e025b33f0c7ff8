"""Pages to their first pictures in a browser: of one site, or of sites that several versions made, in turn.

    .venv/bin/python Tests/Benchmarks/pages.py CUBEPRESS SITE [SITE…] [--page cube|viewer] [--repeats N]

Chromium without a screen, WebGL in software, a window of 1400 × 900, nothing in its cache. The window is open
for two seconds before, since Chromium's own start takes both cores. Times are those of the page's marks
`first-picture` and `first-complete`, counted from the navigation.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from measure import ROOT

sys.path.append(str(ROOT / "Tests/Clients"))

from viewer_browser import ARGUMENTS, BROWSER, DESKTOP  # noqa: E402

MARKS = ("first-picture", "first-complete")


@contextmanager
def served(cubepress: str, site: Path):
    """The address of a site while the body runs."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    server = subprocess.Popen([cubepress, "preview", site, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.kill()
        server.wait()


def visit(chromium, address: str) -> list:
    """Milliseconds to the marks, and requests before the first of them."""
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    page.goto("about:blank")
    page.wait_for_timeout(2000)
    page.goto(address)
    page.wait_for_function(f"performance.getEntriesByName('{MARKS[1]}').length", timeout=120_000)
    marks = page.evaluate("(names) => names.map((name) => performance.getEntriesByName(name)[0].startTime)", list(MARKS))
    before = page.evaluate("(time) => performance.getEntriesByType('resource').filter((one) => one.startTime < time).length", marks[0])
    context.close()
    return [*marks, before]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cubepress")
    parser.add_argument("sites", nargs="+", type=Path)
    parser.add_argument("--page", default="cube", choices=["cube", "viewer"])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    listed = json.loads((arguments.sites[0] / "api/datasets.json").read_text())["datasets"]
    names = [one["id"] for one in listed if arguments.page != "cube" or any(each.get("cube") for each in one["variables"])]
    with ExitStack() as stack:
        addresses = [stack.enter_context(served(arguments.cubepress, site)) for site in arguments.sites]
        chromium = stack.enter_context(sync_playwright()).chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        print(f"| {arguments.page} | site | first picture, ms: median (least – most) | complete | requests before |")
        print("| --- | --- | --- | --- | --- |")
        for name in names:
            # The first visit starts what the browser has for all.
            visit(chromium, f"{addresses[0]}{arguments.page}/index.html#dataset={name}")
            runs = [[visit(chromium, f"{address}{arguments.page}/index.html#dataset={name}") for address in addresses]
                    for _ in range(arguments.repeats)]
            for number, site in enumerate(arguments.sites):
                pictures, complete, before = zip(*(run[number] for run in runs))
                print(f"| {name} | {site} | {statistics.median(pictures):.0f} ({min(pictures):.0f} – {max(pictures):.0f}) "
                      f"| {statistics.median(complete):.0f} | {statistics.median(before):.0f} |", flush=True)


if __name__ == "__main__":
    main()
