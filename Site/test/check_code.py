#!/usr/bin/env python3
"""Runs the Python that the viewer writes, and compares what it gives with what is stored; so for expressions.

    python3 check_code.py

Needs node, zarr 3.1, xarray, fsspec, aiohttp, dask, matplotlib.
"""

import functools
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading

os.environ["MPLBACKEND"] = "agg"

import numpy as np
import pandas as pd
import xarray as xr

HERE = pathlib.Path(__file__).resolve().parent
EXPRESSIONS = [
    "a", "a - b * 2", "-(a + b) ^ 2", "a % 3 - b % 2", "where(a > 1 && b < 2, a, -1)", "!(a < b) || isnan(b)", "min(a, b, 0) + max(a, 1)",
    "clamp(a, -1, 1) + round(b * 2)", "sqrt(abs(a)) + log10(abs(b) + 1)", "atan2(a, b) * pi", 'flag(q, "ice") + flag(q, "seven")', "(q & 6) | 1",
    "where(isnan(a), 0, a == b)"]
FLAGS = [{"meaning": "ice", "mask": 4}, {"meaning": "seven", "value": 7}]
DIMENSIONS = ["time", "lat", "lon"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def node(script):
    done = subprocess.run(["node", "--input-type=module", "-e", script], cwd=HERE, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def texts(address, expressions, growing):
    variables = [{"key": key, "dimensions": DIMENSIONS, "hasTime": True, "picked": [{"index": 3, "label": "2020-01-04T00:00:00Z"}],
                  "flags": FLAGS if key == "q" else []} for key in "abq"]
    view = {"title": "Check", "cube": f"{address}cube.zarr", "series": f"{address}series.zarr", "level": 0, "hasRecent": growing,
            "variables": variables, "window": {"rows": [2, 9], "columns": [1, 12]},
            "cell": {"row": 4, "column": 6, "longitude": 6.5, "latitude": 4.5}, "style": {"range": [0, 1], "colours": "viridis", "group": "sequential"}}
    return node(f"""
        import {{ pythonCode }} from "../lib/code/index.js";
        const view = {json.dumps(view)};
        console.log(JSON.stringify({json.dumps(expressions)}.map((expression) => pythonCode({{ ...view, expression }}))));
    """)


def browser(expressions, values):
    arrays = {key: [None if np.isnan(x) else float(x) for x in array.ravel()] for key, array in values.items()}
    return node(f"""
        import {{ compile }} from "../lib/expr/index.js";
        const arrays = Object.fromEntries(Object.entries({json.dumps(arrays)})
          .map(([key, list]) => [key, Float64Array.from(list, (x) => x ?? NaN)]));
        const variables = {{ a: {{}}, b: {{}}, q: {{ flags: {json.dumps(FLAGS)} }} }};
        console.log(JSON.stringify({json.dumps(expressions)}.map((expression) =>
          [...compile(expression, variables).evaluate(arrays, new Float64Array(arrays.a.length))].map((x) => (Number.isNaN(x) ? null : x)))));
    """)


def main():
    rng = np.random.default_rng(1)
    shape = (6, 10, 14)
    data = {"a": rng.normal(0, 3, shape), "b": rng.normal(0, 3, shape), "q": rng.integers(0, 9, shape).astype("f8")}
    for array in data.values():
        array[rng.random(shape) < 0.2] = np.nan
    times = pd.date_range("2020-01-01", periods=6)
    dataset = xr.Dataset({key: (DIMENSIONS, array) for key, array in data.items()}, {"time": times})
    with tempfile.TemporaryDirectory() as folder:
        for name, group, part in [("cube", "0", slice(None)), ("series", "0", slice(0, 4)), ("series", "recent/0", slice(4, None))]:
            dataset.isel(time=part).to_zarr(f"{folder}/{name}.zarr", group=group, mode="a", zarr_format=3, consolidated=False)
        import zarr
        for name in ("cube", "series"):
            zarr.consolidate_metadata(f"{folder}/{name}.zarr", zarr_format=3)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        window = {key: array[3, 2:9, 1:12] for key, array in data.items()}
        expected = browser(EXPRESSIONS, window)
        for text, expression, values in zip(texts(address, EXPRESSIONS, True), EXPRESSIONS, expected):
            names = {}
            exec(text.replace("print(", "str("), names)
            wanted = np.array(values, "f8").reshape(7, 11)
            np.testing.assert_allclose(np.asarray(names["field"]), wanted, rtol=1e-9, err_msg=expression)
            np.testing.assert_array_equal(names["series"].values, data["a"][:, 4, 6])
            print("ok", expression)
        server.shutdown()


if __name__ == "__main__":
    main()
