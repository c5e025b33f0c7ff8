"""Reads a cube from a bucket of the server with s3fs and xarray. Run by live_buckets.py with the Python that has s3fs.

    s3fs_read.py ENDPOINT TOKEN DATASET VARIABLE

Prints a line of JSON: what was found, and what failed in which way.
"""

import json
import sys

import s3fs
import xarray as xr

endpoint, token, dataset, variable = sys.argv[1:]


def options(key: str) -> dict:
    # The token stands for the access key; the secret is not looked at, but there must be one.
    return {"key": key, "secret": "-", "endpoint_url": endpoint}


def total(address: str, **more) -> float:
    with xr.open_zarr(address, storage_options=options(token), **more) as cube:
        return float(cube[variable].sum(dtype="f8"))


def failure(call) -> str:
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


store = f"s3://datasets/{dataset}.zarr"
files = s3fs.S3FileSystem(**options(token))
with xr.open_zarr(store, storage_options=options(token)) as cube:
    sizes = dict(cube[variable].sizes)
found = files.find(store)
print(json.dumps({
    "version": s3fs.__version__, "sizes": sizes,
    "consolidated": total(store, consolidated=True), "listed": total(store, consolidated=False),
    "level": total(f"s3://pyramids/{dataset}.levels/0.zarr"),
    "names": sorted(name.rsplit("/", 1)[1] for name in files.ls(store)),
    "files": len(found), "part": files.cat_file(f"{store}/{variable}/0.1.1", start=5, end=25).hex(),
    "missing": failure(lambda: files.cat_file(f"{store}/none")),
    "forbidden": failure(lambda: files.ls("s3://datasets/../secret.zarr")),
    "unknown": failure(lambda: files.ls("s3://datasets/none.zarr")),
    "refused": failure(lambda: s3fs.S3FileSystem(**options("cpt_wrong")).ls(store)),
}))
