// Kernels that interpolate between float32 cells, in which NaN means "missing".
//
// All pointers are to arrays of at least the stated length; nothing is allocated and nothing is
// read or written outside them. Results do not depend on the processor: no fused multiply-add.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Interpolates one row of cells at `count` pixel columns, each of which falls between the cells
// `first` and `second`, `fraction` (0...1) of the way; `inside` is 0 where it misses the grid (the
// cells must exist all the same), else 1.
//
// `sum` receives the sum of the valid cells' shares, `share` how much of the two cells is valid
// (0...1), `nearest` 1 where the nearer cell is valid, else 0. Returns 1 where all of the shares
// are 1, so that the row may be used without them.
int cresample_row(const float *cells, const int32_t *first, const int32_t *second,
                  const float *fraction, const int32_t *inside, ptrdiff_t count, float *sum,
                  float *share, float *nearest);

// Blends two interpolated rows without gaps, `fraction` of the way from the upper to the lower.
void cresample_blend_complete(const float *upper, const float *lower, float fraction,
                              ptrdiff_t count, float *out);

// Blends two interpolated rows with gaps: a pixel is valid where its nearest cell is, and then
// the mean of the valid ones of its four cells, weighted as in bilinear interpolation.
void cresample_blend(const float *upper_sum, const float *upper_share, const float *upper_nearest,
                     const float *lower_sum, const float *lower_share, const float *lower_nearest,
                     float fraction, ptrdiff_t count, float *out);

// A part of a level held in memory: cell (row, column) of the level is at
// cells[(row - first_row) * stride + column - first_column].
typedef struct {
  const float *cells;
  ptrdiff_t stride;
  int32_t first_row, first_column;
  int32_t row_count, column_count;  // of the part
  int32_t level_columns;            // of the whole level
  int32_t wraps;                    // 1: column 0 follows the last one
} cresample_window;

// Interpolates at scattered places: fractional cell indices `columns[i]`, `rows[i]` of level 0,
// turned into those of the window's level by `scale` = 1 / 2^level. NaN gives NaN. With
// `bilinear` 0 the nearest cell is taken. Cells outside the window count as missing.
void cresample_scattered(const cresample_window *window, const float *columns, const float *rows,
                         ptrdiff_t count, float scale, int bilinear, float *out);
