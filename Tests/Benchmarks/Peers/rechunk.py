"""A cube with all times of a place together, as other programs make it.

    rechunk.py rechunker|dask|sharded SOURCE RESULT

rechunker and dask make chunks of all times × 60 × 60 cells (they would be slower with those of
series.zarr, thousands of times as many files); "sharded" is what xarray writes as shards of
128 × 128 cells with chunks of 32 × 32 (with the 4 × 4 of series.zarr it takes several times as long).
"""

import shutil
import sys
from importlib.metadata import version

import dask
from own import own_cost

SIDE = 60


def rechunker(source: str, result: str) -> None:
    import zarr
    from rechunker import rechunk

    cube = zarr.open(source, mode="r")["v"]
    plan = rechunk(
        cube, (cube.shape[0], SIDE, SIDE), "500MB", result, temp_store=result + ".scratch")
    plan.execute()


def dask_(source: str, result: str) -> None:
    import xarray as xr

    data = xr.open_zarr(source, chunks={}).drop_encoding().chunk(time=-1, lat=SIDE, lon=SIDE)
    data.to_zarr(result, mode="w", zarr_format=3)


def sharded(source: str, result: str) -> None:
    import xarray as xr

    data = xr.open_zarr(source, chunks={}).drop_encoding().chunk(time=-1, lat=128, lon=128)
    times = data.sizes["time"]
    data.to_zarr(
        result, mode="w", zarr_format=3,
        encoding={"v": {"chunks": (times, 32, 32), "shards": (times, 128, 128)}})


PEERS = {"rechunker": (rechunker, "rechunker"), "dask": (dask_, "dask"),
         "sharded": (sharded, "xarray")}

if __name__ == "__main__":
    peer, package = PEERS[sys.argv[1]]
    for folder in (sys.argv[3], sys.argv[3] + ".scratch"):
        shutil.rmtree(folder, ignore_errors=True)
    with dask.config.set(scheduler="threads", num_workers=2):
        with own_cost(version=version(package)):
            peer(*sys.argv[2:])
