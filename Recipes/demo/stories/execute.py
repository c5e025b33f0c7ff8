#!/usr/bin/env python3
"""Runs the notebooks of the demo's book again, on a site, and keeps their outputs.

    .venv/bin/python Recipes/demo/stories/execute.py _site [NOTEBOOK…]

They read the cubes of the site as files and nothing else. What changes from run to run without
meaning (times of execution, ids of widgets) is left out, so the same data give the same notebooks.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def execute(path, site):
    notebook = nbformat.read(path, as_version=4)
    os.environ["CUBES"] = f"{site.resolve()}/"
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False).execute()
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{path.stem}-{number}"
        cell.metadata.pop("execution", None)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py"},
    }
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    print(f"{path.name}: {len(notebook.cells)} cells, {path.stat().st_size // 1024} kB")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    site = Path(sys.argv[1])
    named = [HERE / name for name in sys.argv[2:]]
    for path in named or sorted(HERE.glob("*.ipynb")):
        execute(path, site)


if __name__ == "__main__":
    main()
