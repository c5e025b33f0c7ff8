// The texts that open what is shown. That the Python runs and gives the values is checked with the real xarray in
// check_code.py; here, that nothing in a title or a name can become code.

import assert from "node:assert/strict";
import { test } from "node:test";
import { juliaCode, pythonCode, rCode } from "../lib/code/index.js";

const view = {
  title: "Temperature\n2015", cube: "https://site.org/datasets/a/cube.zarr", series: "https://site.org/datasets/a/series.zarr",
  level: 1,
  variables: [{
    key: "t 2m", dimensions: ["time", "level", "lat", "lon"], hasTime: true,
    picked: [{ index: 5, label: "2015-01-06T00:00:00Z" }, { index: 2, label: "500" }],
    decoding: { scale: 0.01, offset: 273.15, missing: [-32768] },
  }],
  window: { rows: [10, 40], columns: [20, 60] },
  cell: { row: 7, column: 9, longitude: -10.5, latitude: 50.25 },
  style: { range: [0, 20], colours: "thermal", group: "ocean" },
};

test("Python picks by position and keeps to the shown range and colours", () => {
  assert.equal(pythonCode(view), `# Temperature 2015
# Needs: pip install xarray "zarr>=3" fsspec aiohttp dask matplotlib
import xarray as xr

cube = xr.open_zarr("https://site.org/datasets/a/cube.zarr", group="1")
t_2m = cube["t 2m"].isel(time=5, level=2, lat=slice(10, 40), lon=slice(20, 60))  # time 2015-01-06T00:00:00Z, level 500
field = t_2m
import cmocean  # for its colours
field.plot(vmin=0, vmax=20, cmap="cmo.thermal")

# The series of the cell at 50.2500° N, 10.5000° W.
series = xr.open_zarr("https://site.org/datasets/a/series.zarr", group="1")["t 2m"].isel(level=2, lat=7, lon=9)
print(series.to_series())
`);
});

test("Julia counts from 1, axes the other way round, and decodes", () => {
  const text = juliaCode(view);
  assert.match(text, /cube\.zarr\/1\/t 2m"\)\)\[21:60, 11:40, 3, 6\]/);
  assert.match(text, /t_2m = map\(x -> x == -32768 \? NaN : x \* 0\.01 \+ 273\.15, t_2m\)/);
  assert.match(text, /series\.zarr\/1\/t 2m"\)\)\[10, 8, 3, :\]/);
  assert.match(juliaCode({ ...view, format: 2 }), /zopen\("https[^"]*cube\.zarr"; consolidated=true\)\["1"\]\["t 2m"\]/);
});

test("R counts from 1 and includes the last", () => {
  const text = rCode(view);
  assert.match(text, /list\(slice\(6, 6\), slice\(3, 3\), slice\(11, 40\), slice\(21, 60\)\)/);
  assert.match(text, /t_2m\[t_2m == -32768\] <- NA/);
});

test("expressions come with the helpers that they need, series of growing cubes with both parts", () => {
  const text = pythonCode({ ...view, expression: "`t 2m` > 280 && `t 2m` < 290", hasRecent: true });
  assert.match(text, /field = both\(compare\(np\.greater, t_2m, 280\), compare\(np\.less, t_2m, 290\)\)/);
  assert.ok(text.includes("def both(a, b):") && text.includes("def compare(") && !text.includes("def choose("));
  assert.match(pythonCode({ ...view, cell: { ...view.cell, level: 0 } }), /series\.zarr", group="0"\)/);
  assert.match(text, /xr\.concat\(\[.*group="1".*group="recent\/1".*, "time"\)/);
});

test("names and titles cannot become code", () => {
  const nasty = {
    ...view, title: "x\u2028\nimport os; os.system('rm')\r\n",
    variables: [{ ...view.variables[0], key: 'a"]; $(run()) \\', dimensions: ["ti me", "l", "y", "x"], picked: [
      { index: 0, label: "1\nexec('boom')" }, { index: 0, label: "2" }] }],
  };
  for (const text of [pythonCode(nasty), juliaCode(nasty), rCode(nasty)]) {
    assert.ok(text.split("\n").every((line) => !/^\s*(import os|exec)/.test(line)), text);
    assert.ok(text.includes('"a\\"]; $(run()) \\\\"') || text.includes('a\\"]; \\$(run()) \\\\"') || text.includes('1/a\\"]'), text);
  }
});
