"""Writes HDF5 files whose data lie in other files, into Tests/NetCDFTests/Fixtures. Needs h5py."""

from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "NetCDFTests/Fixtures"


def axes(file: h5py.File) -> list:
    made = []
    for name, values, units in (("lat", [1, 2, 3], "degrees_north"), ("lon", [1, 2, 3, 4], "degrees_east")):
        axis = file.create_dataset(name, data=np.array(values, "f8"), track_order=True)
        axis.attrs["units"] = np.bytes_(units)
        axis.make_scale(name)
        made.append(axis)
    return made


def attach(variable: h5py.Dataset, scales: list) -> None:
    for dimension, scale in zip(variable.dims, scales):
        dimension.attach_scale(scale)


with h5py.File(FOLDER / "outside-raw.nc", "w") as file:
    scales = axes(file)
    # Every machine has this file; its bytes would be read as numbers.
    attach(file.create_dataset("v", (3, 4), "f4", external=[("/etc/passwd", 0, 48)]), scales)
with h5py.File(FOLDER / "outside-virtual.nc", "w") as file:
    scales = axes(file)
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[:] = h5py.VirtualSource("other.nc", "/v", (3, 4))
    attach(file.create_virtual_dataset("v", layout), scales)
