"""Series that grow by new times, are killed or damaged: the bytes are those of a build of all at once."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import xarray as xr

from report import require
from zarr_builds import build, small, snapshot, steps
from zarr_compare import compare_series, same, whole_series


def append(cubepress: str) -> str:
    """One step more reads one step and gives what a build of all gives."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        for number in range(6):
            steps(folder / f"{number}.nc", 5, start=number * 5)
        recipe = small("s", str(folder / "*.nc"))
        first = [folder / f"{number}.nc" for number in range(5)]
        build(cubepress, small("s", [str(path) for path in first]), folder)
        recipe = small("s", [str(folder / f"{number}.nc") for number in range(6)])
        text = build(cubepress, recipe, folder)
        require("5 fields made, 25 up to date" in text, text)
        build(cubepress, recipe, whole)
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        compare_series(folder / "site/datasets/s", "v")
        return text.strip().splitlines()[0]


def append_in_blocks(cubepress: str) -> str:
    """Of a series of several blocks of times, whole blocks stay as they are when a time is added."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        times = 8194  # of eight bytes, 8192 make a block
        for number, (start, count) in enumerate(((0, times), (times, 1))):
            steps(folder / f"{number}.nc", count, start=start, rows=11, columns=34, kind="f8")
        keys = {"cube": "none", "tiles": "none"}
        build(cubepress, small("s", str(folder / "0.nc"), **keys), folder)
        recipe = small("s", [str(folder / "0.nc"), str(folder / "1.nc")], **keys)
        text = build(cubepress, recipe, folder)
        require(f"1 fields made, {times} up to date" in text, text)
        build(cubepress, recipe, whole)
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        parts = [xr.open_dataset(folder / f"{number}.nc")["v"].values for number in range(2)]
        source = np.concatenate(parts)
        found = whole_series(folder / "site/datasets/s/series.zarr", 0, "v")
        same(found, source, 0, "level 0")
        return f"{found.shape[0]} times"


def growing(cubepress: str) -> str:
    """Histories and recent times over several additions, always as a build of all gives them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a"
        folder.mkdir()
        notes = []
        for number, count in enumerate((60, 3, 1, 63, 1, 2)):
            start = sum((60, 3, 1, 63, 1, 2)[:number])
            steps(folder / f"{number}.nc", count, start=start)
            recipe = small("g", [str(folder / f"{i}.nc") for i in range(number + 1)],
                           series={"growing": True})
            history = folder / "site/datasets/g/series.zarr/0/v/c"
            before = {p: p.stat().st_mtime_ns for p in history.rglob("*") if p.is_file()}
            text = build(cubepress, recipe, folder)
            require(f"{count} fields made" in text, text)
            path = folder / "site/datasets/g/series.zarr"
            stated = json.loads((path / "zarr.json").read_text())["attributes"]["cubepress"]
            times = start + count
            require(stated["times"] == times and stated["history"] == times // 64 * 64, stated)
            after = {p: p.stat().st_mtime_ns for p in history.rglob("*") if p.is_file()}
            if before and times // 64 == start // 64:
                require(before == after, "the history was written again")
            compare_series(folder / "site/datasets/g", "v")
            whole = Path(name) / f"b{number}"
            whole.mkdir()
            build(cubepress, recipe, whole)
            require(snapshot(folder / "site") == snapshot(whole / "site"), f"differs at {times}")
            notes.append(f"{times}: {stated['history']}")
        return ", ".join(notes)


def killed(cubepress: str, kills: int = 8) -> str:
    """Builds that are killed at any time end up with the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        for number in range(4):
            steps(folder / f"{number}.nc", 40, start=number * 40, rows=150, columns=300)
        sources = [str(folder / f"{number}.nc") for number in range(4)]
        random = np.random.default_rng(11)
        landed = 0
        for number in range(kills):
            # Two sources first, so that a later build goes on with published series.
            recipe = small("k", sources[: 2 if number < kills // 2 else 4])
            path = folder / "recipe.yaml"
            path.write_text(json.dumps(recipe))
            process = subprocess.Popen(
                [cubepress, "build", str(path), "-o", str(folder / "site"), "--workers", "2", "-q"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(timeout=float(random.uniform(0.2, 3)))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                landed += 1
            if number == kills // 2 - 1:
                build(cubepress, recipe, folder)
        recipe = small("k", sources)
        build(cubepress, recipe, folder)
        build(cubepress, recipe, whole)
        require(landed > 0, "no kill came in time")
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        compare_series(folder / "site/datasets/k", "v")
        return f"{landed} kills"


def damaged(cubepress: str) -> str:
    """A file of ours that lacks bytes is made anew; one with other bytes is not taken over."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(3):
            steps(folder / f"{number}.nc", 5, start=number * 5)
        sources = [str(folder / f"{number}.nc") for number in range(3)]
        recipe = small("d", sources[:2])
        build(cubepress, recipe, folder)
        good = snapshot(folder / "site")
        shard = next(path for path in (folder / "site").rglob("series.zarr/0/v/c/**/*")
                     if path.is_file())
        shard.write_bytes(shard.read_bytes()[:-10])
        build(cubepress, recipe, folder)
        require(snapshot(folder / "site") == good, "the damaged shard stays")
        content = bytearray(shard.read_bytes())
        content[-5] ^= 0xFF
        shard.write_bytes(bytes(content))
        result = subprocess.run([cubepress, "check", str(folder / "site")], capture_output=True,
                                text=True, check=False)
        require(result.returncode == 1, "`cubepress check` finds no damage")
        build(cubepress, small("d", sources), folder)
        compare_series(folder / "site/datasets/d", "v")
        return "made anew"


def growth_checks(report, cubepress: str) -> None:
    report.check("series append", append, cubepress)
    report.check("series append in blocks", append_in_blocks, cubepress)
    report.check("series growing", growing, cubepress)
    report.check("series killed", killed, cubepress)
    report.check("series damaged", damaged, cubepress)
