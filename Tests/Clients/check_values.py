"""What our program reads is what xarray reads: statistics, times and single values."""

import csv
import io
import json
import subprocess

import numpy as np
import pandas as pd

from cubes import axis
from patience import PATIENCE
from report import Failure, require


def value_checks(report, cubepress: str, shown: list) -> None:
    for variable in shown:
        name = f"{variable.dataset}/{variable.variable}"
        report.check(f"inspect {name}", statistics, cubepress, variable)
        report.check(f"extract {name}", places, cubepress, variable)


def run(cubepress: str, *arguments) -> str:
    result = subprocess.run(
        [cubepress, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if result.returncode != 0:
        raise Failure(f"cubepress {' '.join(arguments[:2])}: {result.stderr.strip()[-400:]}")
    return result.stdout


def options(shown) -> list:
    return [*shown.sources, *(["--crs", shown.crs] if shown.crs else [])]


def statistics(cubepress: str, shown) -> str:
    answer = json.loads(run(cubepress, "inspect", *options(shown), "--stats", "--json"))
    ours = next(entry for entry in answer["variables"] if entry["name"] == shown.variable)
    data = shown.cube[shown.variable]
    values = data.values.astype(np.float64)
    expected = {
        "count": int(np.isfinite(values).sum()),
        "missing": int(np.isnan(values).sum()),
        "minimum": float(np.nanmin(values)),
        "maximum": float(np.nanmax(values)),
        "mean": float(np.nanmean(values)),
    }
    for key, wanted in expected.items():
        found = ours["statistics"][key]
        close = found == wanted if isinstance(wanted, int) else np.isclose(found, wanted, rtol=2e-6)
        require(close, f"{key}: {found}, xarray has {wanted}")
    require(ours["shape"] == list(data.shape), f"shape {ours['shape']}, xarray has {data.shape}")
    if shown.steps:
        wanted = stamps(shown.cube["time"].values)
        found = stamps(ours["time"]["values"])
        require(found == wanted, f"times {found}, xarray has {wanted}")
    return f"{expected['count']} values, mean {expected['mean']:.6g}"


def stamps(times) -> list:
    """Times to the second, as text."""
    return [str(one)[:19].replace(" ", "T") for one in times]


def places(cubepress: str, shown) -> str:
    """Values at random places: those of the cell that xarray finds nearest."""
    random = np.random.default_rng(7)
    x_name, y_name = (axis(shown.cube, shown.variable, kind) for kind in "xy")
    data = shown.cube[shown.variable]
    field = shown.field(0)
    compared = valid = 0
    for _ in range(12):
        row = int(random.integers(0, field.values.shape[0]))
        column = int(random.integers(0, field.values.shape[1]))
        x, y = (float(shown.cube[n].values[i]) for n, i in ((x_name, column), (y_name, row)))
        if not field.is_geographic:
            import pyproj

            x, y = pyproj.Transformer.from_crs(field.crs, "OGC:CRS84", always_xy=True).transform(x, y)
        text = run(
            cubepress, "extract", *options(shown), "--variable", shown.variable, f"--at={x},{y}"
        )
        rows = list(csv.DictReader(io.StringIO(text)))
        wanted = data.isel({x_name: column, y_name: row}).values.astype(np.float64).reshape(-1)
        require(len(rows) == len(wanted), f"{len(rows)} rows, xarray has {len(wanted)} steps")
        for found, value in zip(rows, wanted):
            text = found[shown.variable]
            number = float(text) if text else np.nan
            same = np.isclose(number, value, rtol=1e-6, equal_nan=True)
            require(same, f"at {x},{y}: {text or 'missing'}, xarray has {value}")
            compared += 1
            valid += bool(text)
        if shown.steps:
            if shown.cube["time"].dtype == object:  # a calendar that NumPy has no dates for
                found = stamps([found["time"] for found in rows])
                require(found == stamps(shown.cube["time"].values), f"times {found}")
                continue
            times = pd.to_datetime([found["time"] for found in rows], format="ISO8601", utc=True)
            gap = np.abs(times.tz_localize(None).values - shown.cube["time"].values)
            require(gap.max() < np.timedelta64(1, "s"), f"times differ by {gap.max()}")
    return f"{compared} values compared, {valid} of them not missing"
