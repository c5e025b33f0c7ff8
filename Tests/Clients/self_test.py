#!/usr/bin/env python3
"""Shows that the checks can fail: sites with a known fault, made in Python, must be refused."""

import contextlib
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from check_pixels import style_checks
from recipe import read_recipe
from report import Report, require
from site_folder import Site

HERE = Path(__file__).resolve().parent
RECIPE = """
datasets:
  - id: carbon-dioxide
    source: {data}/total-column-co2.nc
    tile-matrix-sets: [WebMercatorQuad, WorldCRS84Quad]
    variables:
      - name: tcco2
        styles: [{{colours: magma, range: [378, 396]}}]
"""
# What each fault must make fail; None: a right site, where nothing may fail.
FAULTS = {
    None: [],
    "half-pixel": ["shift", "pixels"],
    "swapped-times": ["pixels"],
    "seam": ["antimeridian", "pixels"],
    "colour": ["pixels"],
}


def find_fault(folder: Path, fault: str | None, wanted: list) -> str:
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(data=HERE.parent.parent / "Recipes/demo/data"))
    out = folder / str(fault)
    command = [sys.executable, str(HERE / "stand_in.py"), str(recipe), str(out), "http://localhost:8000/"]
    subprocess.run([*command, *(["--fault", fault] if fault else [])], check=True)
    report = Report()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        style_checks(report, Site(out), read_recipe(recipe))
    failures = [line for line in printed.getvalue().splitlines() if line.startswith("FAIL")]
    if not wanted:
        require(not failures, f"a right site fails: {failures[:2]}")
        return f"{report.passed} checks pass on a right site"
    for word in wanted:
        require(any(word in line for line in failures), f"no '{word}' check found it: {failures[:2]}")
    return f"{len(failures)} of {report.passed + len(report.failures)} checks found it"


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="cubepress-self-test-") as folder:
        for fault, wanted in FAULTS.items():
            report.check(f"self-test {fault or 'no fault'}", find_fault, Path(folder), fault, wanted)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
