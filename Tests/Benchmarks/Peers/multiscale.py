"""A multiscale Zarr of a cube, as other programs make it.

    multiscale.py topozarr|ndpyramid|coarsen SOURCE RESULT LEVELS

Each with its own defaults for chunks and codecs (Zstandard), on Zarr v3; what a peer does not choose
is as in cube.zarr: chunks of 256 × 256 cells, a time step a shard.
"""

import shutil
import sys
from importlib.metadata import version

import dask
import xarray as xr
from own import own_cost

SIDE = 256


def opened(source: str) -> xr.Dataset:
    return xr.open_zarr(source, chunks={})


def topozarr(source: str, result: str, levels: int) -> None:
    import xproj  # noqa: F401
    from topozarr import create_pyramid

    data = opened(source).drop_encoding().proj.assign_crs(spatial_ref="EPSG:4326")
    pyramid = create_pyramid(data, levels=levels, x_dim="lon", y_dim="lat")
    if hasattr(pyramid, "write"):  # 0.1 and later
        pyramid.write(result)
    else:
        pyramid.dt.to_zarr(result, mode="w", encoding=pyramid.encoding, zarr_format=3)


def ndpyramid(source: str, result: str, levels: int) -> None:
    from ndpyramid import pyramid_coarsen

    factors = [2**level for level in range(levels)]
    # Whole fields: it cannot write what its own coarsening makes of smaller chunks.
    data = opened(source).drop_encoding().chunk(time=1, lat=-1, lon=-1)
    tree = pyramid_coarsen(data, factors=factors, dims=["lat", "lon"], boundary="trim")
    sizes = {path: node["v"].shape for path, node in tree.subtree_with_keys if "v" in node}
    tree.to_zarr(
        result, mode="w", zarr_format=3,
        encoding={f"/{path}": {"v": {"chunks": (1, *(min(SIDE, size) for size in shape[1:]))}}
                  for path, shape in sizes.items()})


def coarsen(source: str, result: str, levels: int) -> None:
    """Each level from the one before it on disk; packed as the source is."""
    packing = opened(source)["v"].encoding
    packing = {key: packing[key] for key in ("dtype", "scale_factor", "add_offset", "_FillValue")
               if key in packing}
    for level in range(levels):
        if level == 0:
            data = opened(source)
        else:
            data = xr.open_zarr(result, group=str(level - 1), chunks={}, consolidated=False)
            data = data.coarsen(lat=2, lon=2, boundary="pad").mean()
        rows, columns = data.sizes["lat"], data.sizes["lon"]
        shard = [-(-size // SIDE) * SIDE for size in (rows, columns)]
        data = data.drop_encoding().chunk(time=1, lat=shard[0], lon=shard[1])
        data.to_zarr(
            result, group=str(level), mode="w", zarr_format=3, consolidated=False,
            encoding={"v": {**packing, "chunks": (1, SIDE, SIDE), "shards": (1, *shard)}})


if __name__ == "__main__":
    name, source, result, levels = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    shutil.rmtree(result, ignore_errors=True)
    with dask.config.set(scheduler="threads", num_workers=2):
        with own_cost(version=version(name if name != "coarsen" else "xarray")):
            globals()[name](source, result, levels)
