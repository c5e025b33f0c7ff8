"""Notebooks to pages: cubepress story beside nbconvert, on the same notebooks in one run.

    .venv/bin/python Tests/Benchmarks/stories.py CUBEPRESS [COPIES]

The notebooks are the demo's and those kept for tests, each several times. Ours is the time of the
whole program, with reading its templates and writing pages and pictures; nbconvert's is that of its
exporter alone, in a process that has it loaded and has made one page before.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from measure import ROOT, cost_of


def ours(cubepress, source, folder):
    return cost_of([cubepress, "story", source, "-o", folder, "--share", ROOT])


def theirs(paths):
    """Seconds by the wall and of the processor."""
    exporter = HTMLExporter()
    exporter.from_filename(str(paths[0]))
    wall, processor = time.monotonic(), time.process_time()
    for path in paths:
        exporter.from_notebook_node(nbformat.read(path, as_version=4))
    return time.monotonic() - wall, time.process_time() - processor


def main():
    cubepress, copies = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    originals = sorted((ROOT / "Recipes/demo/stories").glob("*.ipynb"))
    originals += sorted((ROOT / "Tests/StoriesTests/Fixtures").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        book.mkdir()
        shutil.copy(ROOT / "Recipes/demo/stories/references.bib", book)
        (book / "_config.yml").write_text("title: Notebooks\nbibtex_bibfiles: [references.bib]\n")
        paths = []
        for number in range(copies):
            for original in originals:
                paths.append(book / f"{original.stem}-{number}.ipynb")
                shutil.copy(original, paths[-1])
        size = sum(path.stat().st_size for path in paths) / 1e6
        runs = [ours(cubepress, book, f"{folder}/out{run}") for run in range(3)]
        starts = [ours(cubepress, originals[-1], f"{folder}/one{run}") for run in range(3)]
        mine = sorted(runs, key=lambda cost: cost.processor)[1]
        start = sorted(cost.processor for cost in starts)[1]
        others = theirs(paths)
    count = len(paths)
    print(f"\n{count} notebooks, {size:.1f} MB\n")
    print("| program | notebooks/s | a processor second | ÷ nbconvert |\n| --- | ---: | ---: | ---: |")
    print(f"| cubepress story | {count / mine.seconds:.0f} | {count / mine.processor:.0f} | {others[1] / mine.processor:.0f} |")
    warm = max(mine.processor - start, 1e-3)
    print(f"| the same without its start ({start:.2f} s) | | {count / warm:.0f} | {others[1] / warm:.0f} |")
    print(f"| nbconvert, loaded | {count / others[0]:.1f} | {count / others[1]:.1f} | 1 |")
    print(f"\nPeak memory of cubepress {mine.memory:.0f} MB.")


if __name__ == "__main__":
    main()
