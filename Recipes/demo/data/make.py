#!/usr/bin/env python3
"""Makes the demo's data from the original files, without changing a value.

    make.py ORIGINALS [OUT]

ORIGINALS is a folder with the originals under the names of `FILES` below (where they come from is
in README.md beside this script); OUT is this script's own folder unless it is given.
Needs numpy and netCDF4. Every file is read again and compared, number by number and attribute by
attribute, before it takes the place of an older one.
"""

import json
import shutil
import sys
from pathlib import Path

import netCDF4
import numpy as np

CHLOROPHYLL = "zarr/xcube/cube-1-250-250.zarr"
CHLOROPHYLL_ARRAYS = ["conc_chl", "lat", "lat_bnds", "lon", "lon_bnds", "time", "time_bnds"]
OSTIA = [
    f"netcdf/ghrsst/{day}120000-UKMO-L4_GHRSST-SSTfnd-OSTIAanom-GLOB-v02.0-fv02.0.nc"
    for day in ("20170605", "20170606")
]
CARBON_DIOXIDE = "netcdf/SMALL_total_column_co2.nc"
CARBON_DIOXIDE_STEPS = 8
BED = "dem/BEDMAP_elevation.nc"
SCENARIO = "netcdf/A1B_north_america.nc"
RELIEF = "dem/etopo20.nc"


def copy_zarr(source: Path, target: Path, arrays: list[str]) -> None:
    """Copies some arrays of a Zarr v2 folder byte for byte; .zmetadata loses the other arrays."""
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for name in (".zattrs", ".zgroup"):
        shutil.copyfile(source / name, target / name)
    for array in arrays:
        (target / array).mkdir()
        for file in sorted((source / array).iterdir()):
            shutil.copyfile(file, target / array / file.name)
    consolidated = json.loads((source / ".zmetadata").read_text())
    consolidated["metadata"] = {
        key: value
        for key, value in consolidated["metadata"].items()
        if "/" not in key or key.split("/")[0] in arrays
    }
    (target / ".zmetadata").write_text(json.dumps(consolidated, indent=4, sort_keys=True) + "\n")


def repack(source: Path, target: Path, *, kind: str, steps: int | None = None, **filters) -> None:
    """Writes the same stored numbers in another NetCDF kind; `steps` keeps only the first ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    with netCDF4.Dataset(source) as before, netCDF4.Dataset(partial, "w", format=kind) as after:
        before.set_auto_maskandscale(False)
        after.set_fill_off()
        after.setncatts({name: before.getncattr(name) for name in before.ncattrs()})
        for name, dimension in before.dimensions.items():
            after.createDimension(name, None if dimension.isunlimited() else len(dimension))
        for name, old in before.variables.items():
            attributes = {key: old.getncattr(key) for key in old.ncattrs()}
            new = after.createVariable(
                name,
                old.dtype,
                old.dimensions,
                fill_value=attributes.pop("_FillValue", None),
                **(filters if old.ndim > 1 else {}),
            )
            new.set_auto_maskandscale(False)
            new.setncatts(attributes)
            new[:] = old[selection(old, before, steps)]
    compare(source, partial, steps)
    partial.replace(target)


def rename_relief(source: Path, target: Path) -> None:
    """Gives the relief's axes their usual names, and leaves out the column that repeats the first."""
    partial = target.with_suffix(".part")
    with netCDF4.Dataset(source) as before, netCDF4.Dataset(partial, "w") as after:
        before.set_auto_maskandscale(False)
        after.setncatts({name: before.getncattr(name) for name in before.ncattrs()})
        heights = before["ROSE"]
        assert np.array_equal(heights[:, 0], heights[:, -1]), "the last column is not the first"
        axes = (
            ("lat", "ETOPO20Y", slice(None), "degrees_north", "latitude"),
            ("lon", "ETOPO20X1_1081", slice(0, -1), "degrees_east", "longitude"),
        )
        for name, old, part, units, standard in axes:
            values = before[old][part]
            after.createDimension(name, values.size)
            axis = after.createVariable(name, values.dtype, (name,))
            axis.setncatts({"units": units, "standard_name": standard})
            axis[:] = values
        attributes = {key: heights.getncattr(key) for key in heights.ncattrs()}
        relief = after.createVariable(
            "relief", heights.dtype, ("lat", "lon"), zlib=True, shuffle=True, complevel=9,
            fill_value=attributes.pop("_FillValue"),
        )
        relief.set_auto_maskandscale(False)
        relief.setncatts(attributes)
        relief[:] = heights[:, :-1]
    partial.replace(target)


def selection(variable, file, steps: int | None):
    """The part of a variable that is kept: all of it, or the first steps of the record dimension."""
    first = variable.dimensions[0] if variable.dimensions else None
    record = first is not None and file.dimensions[first].isunlimited()
    return slice(0, steps) if steps is not None and record else slice(None)


def compare(source: Path, copy: Path, steps: int | None) -> None:
    """Fails unless both files hold the same stored numbers and the same attributes."""
    with netCDF4.Dataset(source) as before, netCDF4.Dataset(copy) as after:
        before.set_auto_maskandscale(False)
        after.set_auto_maskandscale(False)
        assert before.__dict__ == after.__dict__, f"{copy}: global attributes differ"
        assert list(before.variables) == list(after.variables), f"{copy}: variables differ"
        for name, old in before.variables.items():
            new = after.variables[name]
            assert old.dtype == new.dtype, f"{copy}: type of {name} differs"
            assert old.ncattrs() and set(old.ncattrs()) == set(new.ncattrs()), f"{copy}: {name}"
            for key in old.ncattrs():
                same = np.array_equal(old.getncattr(key), new.getncattr(key))
                assert same, f"{copy}: attribute {name}:{key} differs"
            kept = selection(old, before, steps)
            assert np.array_equal(old[kept], new[:]), f"{copy}: numbers of {name} differ"


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    originals = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).resolve().parent
    copy_zarr(originals / CHLOROPHYLL, out / "north-sea-chlorophyll.zarr", CHLOROPHYLL_ARRAYS)
    for path in OSTIA:
        day = Path(path).name[:8]
        repack(
            originals / path,
            out / f"ostia-sst-{day}.nc",
            kind="NETCDF4",
            zlib=True,
            shuffle=True,
            complevel=9,
            chunksizes=(1, 720, 1440),
        )
    repack(
        originals / CARBON_DIOXIDE,
        out / "total-column-co2.nc",
        kind="NETCDF3_CLASSIC",
        steps=CARBON_DIOXIDE_STEPS,
    )
    shutil.copyfile(originals / BED, out / "BEDMAP_elevation.nc")
    shutil.copyfile(originals / SCENARIO, out / "A1B_north_america.nc")
    rename_relief(originals / RELIEF, out / "global-relief.nc")
    return 0


if __name__ == "__main__":
    sys.exit(main())
