#pragma once
#include <stddef.h>

// Whether an HDF5 file takes data from other files: raw data that lie elsewhere, links to objects of
// other files, virtual datasets. Whoever may hand in such a file could read any file of this machine.
//
// Returns 1 where it does, with the name of the object in `name` (at most `size` bytes with the 0 at
// its end); 0 where it does not, is no HDF5 file, or no HDF5 library is loaded; -1 where the library
// cannot look through it.
//
// The library is the one that netCDF-C has loaded, so it must be called on the thread that calls that.
int hdf5_takes_from_elsewhere(const char *path, char *name, size_t size);
