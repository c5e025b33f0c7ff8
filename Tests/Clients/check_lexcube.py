"""Lexcube, the notebook widget for space-time cubes, opens what is published as its users would."""

import json
import subprocess
from pathlib import Path

from report import Report, Skipped, require
from site_folder import Site

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv-lexcube/bin/python"


def opened(site: Site, document: dict, variable: dict) -> str:
    """The widget takes the array, hands back the part that is chosen, and makes tiles of its faces."""
    if not PYTHON.exists():
        raise Skipped("Lexcube is not installed: Deploy/setup test installs it")
    low, high = variable["styles"][0]["range"]
    ran = subprocess.run(
        [PYTHON, Path(__file__).with_name("lexcube_open.py"), site.folder / document["cube"], variable["key"], str(low), str(high)],
        capture_output=True, text=True)
    require(ran.returncode == 0, ran.stderr.strip()[-400:])
    return ran.stdout.strip().splitlines()[-1]


def lexcube_checks(report: Report, site: Site) -> None:
    """Opens each cube of a site that has three dimensions."""
    for path in sorted((site.folder / "api/datasets").glob("*.json")):
        document = json.loads(path.read_text())
        for variable in document["variables"] if document.get("cube") else []:
            if len(variable["dimensions"]) == 1 and len(variable["dimensions"][0]["values"]) > 1:
                report.check(f"lexcube {document['id']} {variable['key']}", opened, site, document, variable)
