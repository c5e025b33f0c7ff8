"""Opens a variable of a published cube in Lexcube, as its users do in a notebook, and prints what came of it.

Usage: lexcube_open.py CUBE KEY LOW HIGH. Runs in an environment of its own: Lexcube brings dask, with which xarray reads
in another way than the other checks expect.
"""

import sys

import lexcube
import numpy as np
import xarray as xr


def main() -> None:
    path, key, low, high = sys.argv[1:]
    array = xr.open_zarr(path, group="0", consolidated=False)[key]
    widget = lexcube.Cube3DWidget(array, vmin=float(low), vmax=float(high))
    told = widget.api_metadata["/api/datasets/default"]
    assert tuple(told["dims_ordered"]) == array.dims, f"dimensions {told['dims_ordered']}, the cube has {array.dims}"
    assert tuple(told["dims"].values()) == array.shape, f"sizes {told['dims']}, the cube has {array.shape}"
    half = tuple(max(1, size // 2) for size in array.shape)
    for axis, size in zip("zyx", half):
        setattr(widget, f"{axis}lim", (0, size))
    part = widget.get_current_cube_selection()
    wanted = array.sel({name: part[name] for name in array.dims})
    assert part.shape == half, f"the part has the shape {part.shape}, not {half}"
    assert np.array_equal(part.values, wanted.values, equal_nan=True), "the part has other values than the cube"
    # What its browser side asks for: the first tile of each face at the coarsest level of detail.
    sizes = []
    for number, dimension in enumerate(("by_z", "by_y", "by_x")):
        request = {"request_id": number, "request_group_id": 1, "lod": told["max_lod_2d"], "tileType": "2d",
                   "xys": [[0, 0]], "indexDimension": dimension, "indexValue": 0}
        widget._tile_server.pre_register_requests([request])
        reply, [data] = widget._tile_server.handle_tile_request_widget(request)
        assert reply["dataSizes"] == [len(data)] and data, f"no tile comes for {dimension}: {reply}"
        sizes.append(len(data))
    print(f"{' × '.join(map(str, array.shape))}, part {part.shape}, tiles of {sizes} bytes")


if __name__ == "__main__":
    main()
