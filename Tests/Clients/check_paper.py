"""Cubes to print: the PDF as Poppler reads it, beside the SVG as a browser draws it."""

import io
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from report import Report, Skipped, require
from site_folder import Site
from viewer_browser import chromium as browser, new_context

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"
# A4 on its side, in millimetres; in pixels at 96 for an inch, as browsers have it.
SHEET = (297, 210)
SIZE = (1122, 793)


def poppler(tool: str, *arguments) -> str:
    if shutil.which(tool) is None:
        raise Skipped(f"{tool} is not installed (Debian: poppler-utils)")
    ran = subprocess.run([tool, *map(str, arguments)], capture_output=True, text=True)
    require(ran.returncode == 0 and not ran.stderr, f"{tool}: {ran.stderr}")
    return ran.stdout


def drawn_by_poppler(pdf: Path) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "sheet")
        poppler("pdftoppm", "-r", 96, "-png", "-singlefile", pdf, target)
        return np.asarray(Image.open(target.with_suffix(".png")).convert("RGB").crop((0, 0, *SIZE))).astype(int)


def drawn_by_browser(page, svg: Path) -> np.ndarray:
    page.goto(svg.resolve().as_uri())
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1]})
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def sheet(page, folder: Path, variable: dict) -> str:
    """One A4 page, its fonts inside, its words as text, and all of it where the SVG has it."""
    pdf, svg = folder / variable["paperCubePDF"], folder / variable["paperCube"]
    info = dict(line.split(":", 1) for line in poppler("pdfinfo", pdf).splitlines() if ":" in line)
    width, height = (float(one) for one in re.findall(r"[\d.]+", info["Page size"])[:2])
    require(info["Pages"].strip() == "1", f"{info['Pages']} pages")
    require(abs(width / 72 * 25.4 - SHEET[0]) < 0.1 and abs(height / 72 * 25.4 - SHEET[1]) < 0.1, f"the page is {info['Page size']}")
    require(variable["title"] in info["Title"], f"its title is {info['Title']}")
    fonts = poppler("pdffonts", pdf).splitlines()[2:]
    require(fonts and all(re.search(r" yes yes yes ", line) for line in fonts), f"fonts that are not inside: {fonts}")
    words = poppler("pdftotext", pdf, "-").split()
    require(set(variable["title"].split()) <= set(words), f"its words are {words[:20]}")
    ours, wanted = drawn_by_poppler(pdf), drawn_by_browser(page, svg)
    Image.fromarray(ours.astype(np.uint8)).save(PICTURES / f"paper-{variable['key']}.png")
    off = (np.abs(ours - wanted).max(axis=2) > 48).mean()
    coloured = (np.ptp(ours, axis=2) > 24).mean()
    require(coloured > 0.1, f"{coloured:.1%} of the sheet are coloured")
    # Letters are smoothed in different ways.
    require(off < 0.03, f"{off:.1%} of the sheet differ from the SVG")
    return f"{len(fonts)} fonts inside, {pdf.stat().st_size // 1000} kB, {off:.2%} of the sheet differ from the SVG in a browser"


def paper_checks(report: Report, site: Site) -> None:
    """Checks the sheets of a site; pictures of them are kept in .build/viewer-shots."""
    if report.only and "paper" not in report.only:
        return
    documents = [json.loads(path.read_text()) for path in sorted((site.folder / "api/datasets").glob("*.json"))]
    sheets = [one for document in documents for one in document["variables"] if one.get("paperCubePDF")]
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with browser() as chromium:
            page = new_context(chromium, viewport={"width": SIZE[0] + 40, "height": SIZE[1] + 40}).new_page()
            for one in sheets:
                report.check(f"paper cube: {one['key']}", sheet, page, site.folder, one)
    except Skipped as reason:
        report.check("paper cube", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason
