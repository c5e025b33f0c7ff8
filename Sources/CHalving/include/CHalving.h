// Kernels that average rows of float32 cells, in which NaN means "missing", to half the resolution.
//
// All pointers are to arrays of at least the stated length; nothing is allocated and nothing is
// read or written outside them. Results do not depend on the processor: no fused multiply-add.
#pragma once
#include <stddef.h>

// Halves two rows of source cells into one row of area-weighted means.
//
// `upper` and `lower` hold `columns` cells each (`lower` may be NULL: the last row of an odd
// count); `upper_weight` and `lower_weight` are the areas of a cell of each row.
// `mean` and `weight` receive (columns + 1) / 2 cells: the mean of the valid cells and their area;
// NaN and 0 where none is valid.
void chalving_cells(const float *upper, const float *lower, ptrdiff_t columns,
                    float upper_weight, float lower_weight, float *mean, float *weight);

// Halves two rows of means with the valid area of each cell, as chalving_cells made them.
void chalving_means(const float *upper, const float *upper_weight, const float *lower,
                    const float *lower_weight, ptrdiff_t columns, float *mean,
                    float *weight);
