// What the modules promise to others. A name that goes is a break; one that comes is written down here.

import assert from "node:assert/strict";
import { test } from "node:test";

const PROMISED = {
  "errors.js": ["DamagedError", "InvalidError", "NetworkError", "NotFoundError", "ReplacedError", "SiteError", "UnreadyError",
    "UnsupportedError"],
  "zarr/index.js": ["ByteCache", "RangeStore", "SharedWork", "ZarrArray", "ZarrGroup", "crc32c", "decodeValues", "decodingOf",
    "openGroup"],
  "colour/index.js": ["ABOVE", "BELOW", "BINS", "ColourMaps", "Colouriser", "FIRST_BIN", "MAP_SIZE", "MISSING", "checkStyle",
    "colourText", "edges", "entryOfBin", "histogramPercentile", "indexOf", "niceTicks", "numberText", "palette", "parseColour",
    "parseTable", "percentileStretch", "positionOf", "reversedTable", "roundedRange", "thresholds", "tickLabels", "valueAt"],
  "geo/index.js": ["EARTH_RADIUS", "bearing", "between", "cellAreas", "chunksOf", "circleRing", "destination", "distance",
    "fittingMask", "maskOf", "openGrid", "openRegion", "rectangleArea", "toLonLat", "toVector", "transect", "wrapped"],
  "time/index.js": ["TimeAxis", "calendarName", "dateOfDay", "dayNumber", "daysInMonth", "formatTime", "isoText", "monthNames",
    "parseTime", "precisionOf", "secondsOf", "timeOf", "timeTicks"],
  "expr/index.js": ["CONSTANTS", "ExpressionError", "FUNCTIONS", "JULIA_HELPERS", "PYTHON_HELPERS", "checkNames", "closest",
    "compile", "helpersIn", "namingOf", "parse", "toJulia", "toPython", "toR", "variablesOf"],
  "stats/index.js": ["cellSeries", "histogram", "openSeries", "percentiles", "pointSeries", "regionSeries", "regionValues",
    "seriesStatistics", "summarise"],
  "code/index.js": ["juliaCode", "pythonCode", "rCode", "regionCode"],
  "cube/index.js": ["Camera", "Frame", "SIDES", "TANGENT", "VIEW_ANGLE", "binOf", "binned", "chunkCount", "edgesOf", "eyeAxes",
    "facePlan", "facing", "fitDistance", "hit", "levelFor", "paintFaces", "readFace", "sideOf"],
  "image/index.js": ["GifWriter", "encodeGif"],
};

for (const [path, names] of Object.entries(PROMISED)) {
  test(`${path} exports what it promises`, async () => {
    const module = await import(`../lib/${path}`);
    assert.deepEqual(Object.keys(module).sort(), [...names].sort());
  });
}

test("errors have a code, a name, and what lay behind them", async () => {
  const { DamagedError, InvalidError, SiteError } = await import("../lib/errors.js");
  const cause = new Error("inner");
  const error = new DamagedError("It is broken.", { cause, address: "http://x" });
  assert.ok(error instanceof SiteError && error instanceof Error);
  assert.deepEqual([error.code, error.name, error.cause, error.address], ["damaged", "DamagedError", cause, "http://x"]);
  assert.deepEqual([new InvalidError("No.", { line: 3 }).line, new InvalidError("No.").code], [3, "invalid"]);
});
