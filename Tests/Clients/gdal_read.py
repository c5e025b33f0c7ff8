#!/usr/bin/python3
"""Reads windows of WMTS layers with GDAL's own driver. Run by check_gdal.py with the system's Python.

    gdal_read.py JOBS.json

JOBS is a list of {capabilities, layer, style, matrix_set, zoom, bounds, size, out}; for each, RGBA
is written to `out` (npy) and a line of JSON to the standard output.
"""

import json
import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_ENABLE_WMS_CACHE", "NO")


def read(job: dict) -> dict:
    name = (
        f"WMTS:{job['capabilities']},layer={job['layer']},style={job['style']},"
        f"tilematrixset={job['matrix_set']},tilematrix={job['zoom']}"
    )
    try:
        dataset = gdal.Open(name)
    except RuntimeError as error:
        return {"error": f"{name}: {error}"}
    left, step_x, _, top, _, step_y = dataset.GetGeoTransform()
    column = (job["bounds"][0] - left) / step_x
    row = (job["bounds"][3] - top) / step_y
    answer = {
        "size": [dataset.RasterXSize, dataset.RasterYSize],
        "transform": dataset.GetGeoTransform(),
        "offset": [column, row],
        "crs": dataset.GetSpatialRef().GetAuthorityCode(None),
    }
    # The layer may begin or end inside of the window; what lies outside stays transparent.
    width, height = job["size"]
    first_column, first_row = round(column), round(row)
    window = [
        max(first_column, 0),
        max(first_row, 0),
        min(first_column + width, dataset.RasterXSize),
        min(first_row + height, dataset.RasterYSize),
    ]
    picture = np.zeros((height, width, 4), dtype=np.uint8)
    if window[2] > window[0] and window[3] > window[1]:
        bands = dataset.ReadAsArray(
            window[0], window[1], window[2] - window[0], window[3] - window[1]
        )
        top, left = window[1] - first_row, window[0] - first_column
        part = np.moveaxis(bands, 0, -1)
        picture[top : top + part.shape[0], left : left + part.shape[1]] = part
        answer["covered"] = [top, left, part.shape[0], part.shape[1]]
    np.save(job["out"], picture)
    return answer


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        for job in json.load(file):
            print(json.dumps(read(job)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
