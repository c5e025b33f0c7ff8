"""A cube much larger than the memory it may use: peak memory depends on the limit, not the cube."""

import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numcodecs
import numpy as np
import zarr

from report import Skipped, require

# Beside the fields, a build needs room for the program, buffers and encoders.
PROGRAM = 220  # MB


def memory_checks(report, cubepress: str, megabytes: int) -> None:
    report.check(f"memory: one field of {megabytes} MB", one_field, cubepress, megabytes)
    report.check(f"memory: many steps, {megabytes} MB", many_steps, cubepress, megabytes)
    report.check(f"memory: 32 steps a chunk, {megabytes} MB", deep_chunks, cubepress, megabytes)


def write_zarr(path: Path, steps: int, rows: int, columns: int, chunks: tuple = ()) -> None:
    """A smooth global field with gaps, in chunks of 1 × 500 × 1000 and thereabouts, or as stated."""
    group = zarr.open_group(str(path), mode="w", zarr_format=2)
    axes = {
        "lat": (90 - (np.arange(rows) + 0.5) * 180 / rows, "degrees_north"),
        "lon": (-180 + (np.arange(columns) + 0.5) * 360 / columns, "degrees_east"),
    }
    for name, (values, units) in axes.items():
        array = group.create_array(name, data=values, fill_value=None)
        array.attrs.update({"_ARRAY_DIMENSIONS": [name], "units": units})
    time_axis = group.create_array("time", data=np.arange(steps), fill_value=None)
    time_axis.attrs.update({"_ARRAY_DIMENSIONS": ["time"], "units": "days since 2020-01-01"})
    chunk_rows = next(n for n in range(500, 0, -1) if rows % n == 0)
    field = group.create_array(
        "field",
        shape=(steps, rows, columns),
        chunks=chunks or (1, chunk_rows, min(columns, 1000)),
        dtype="f4",
        fill_value=np.nan,
        compressors=numcodecs.Blosc(cname="lz4", clevel=1, shuffle=1),
    )
    field.attrs["_ARRAY_DIMENSIONS"] = ["time", "lat", "lon"]
    across = np.arange(columns, dtype=np.float32) * (8 * np.pi / columns)
    depth = chunks[0] if chunks else 1
    stack = np.empty((depth, rows, columns), np.float32)
    for step in range(steps):
        for first in range(0, rows, chunk_rows):
            down = np.arange(first, first + chunk_rows, dtype=np.float32)[:, None] * (6 * np.pi / rows)
            block = 10 * np.sin(across + step / 5) * np.cos(down) + np.sin(40 * across) * np.sin(30 * down)
            block[block < -7] = np.nan
            stack[step % depth, first : first + chunk_rows] = block
        if (step + 1) % depth == 0 or step + 1 == steps:
            field[step - step % depth : step + 1] = stack[: step % depth + 1]
    zarr.consolidate_metadata(str(path), zarr_format=2)


def peak(cubepress: str, source: Path, out: Path, limit: int, *options) -> tuple:
    """Builds; returns seconds and the peak of resident memory in MB that is not file pages."""
    began = time.monotonic()
    process = subprocess.Popen(
        [cubepress, "build", str(source), "-o", str(out), "--memory", f"{limit}M", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    status = Path(f"/proc/{process.pid}/status")
    anonymous = total = 0
    while process.poll() is None:
        try:
            fields = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
            anonymous = max(anonymous, int(fields.get("RssAnon", "0 kB").split()[0]))
            total = max(total, int(fields.get("VmHWM", "0 kB").split()[0]))
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    output = process.stdout.read()
    require(process.returncode == 0, f"exit code {process.returncode}: {output[-300:]}")
    return time.monotonic() - began, anonymous // 1024, total // 1024


def need_room(folder: str, megabytes: int) -> None:
    import shutil

    free = shutil.disk_usage(folder).free >> 20
    if free < megabytes * 5 + 1000:
        raise Skipped(f"needs {megabytes * 5 + 1000} MB of disk, {free} are free")


def one_field(cubepress: str, megabytes: int) -> str:
    """One field that is four times the limit goes through scratch files."""
    rows = int((megabytes * (1 << 20) / 8) ** 0.5) // 500 * 500
    limit = max(64, megabytes // 4)
    with tempfile.TemporaryDirectory(prefix="cubepress-memory-") as folder:
        need_room(folder, megabytes)
        source = Path(folder) / "large.zarr"
        write_zarr(source, 1, rows, 2 * rows)
        seconds, anonymous, total = peak(cubepress, source, Path(folder) / "site", limit)
    note = (
        f"{rows} × {2 * rows} cells, limit {limit} MB: {anonymous} MB of memory at the peak "
        f"({total} MB with file pages), {seconds:.0f} s"
    )
    require(anonymous <= limit + PROGRAM, note)
    return note


def many_steps(cubepress: str, megabytes: int) -> str:
    """Many fields: memory does not grow with their number."""
    steps = max(4, megabytes * (1 << 20) // (500 * 1000 * 4))
    limit = 64
    with tempfile.TemporaryDirectory(prefix="cubepress-memory-") as folder:
        need_room(folder, megabytes)
        source = Path(folder) / "steps.zarr"
        write_zarr(source, steps, 500, 1000)
        seconds, anonymous, total = peak(cubepress, source, Path(folder) / "site", limit)
    note = (
        f"{steps} steps, limit {limit} MB: {anonymous} MB of memory at the peak "
        f"({total} MB with file pages), {seconds:.0f} s"
    )
    require(anonymous <= limit + PROGRAM, note)
    return note


def deep_chunks(cubepress: str, megabytes: int) -> str:
    """Chunks that hold many steps each: their fields are read together, through scratch files."""
    steps = max(32, megabytes * (1 << 20) // (500 * 1000 * 4) // 32 * 32)
    limit = 16
    with tempfile.TemporaryDirectory(prefix="cubepress-memory-") as folder:
        need_room(folder, megabytes)
        source = Path(folder) / "deep.zarr"
        write_zarr(source, steps, 500, 1000, chunks=(32, 125, 125))
        seconds, anonymous, total = peak(cubepress, source, Path(folder) / "site", limit)
    note = (
        f"{steps} steps, limit {limit} MB: {anonymous} MB of memory at the peak "
        f"({total} MB with file pages), {seconds:.0f} s"
    )
    require(anonymous <= limit + PROGRAM, note)
    return note
