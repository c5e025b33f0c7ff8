// The inner loop of triangulating a surface: where triangles are furthest from it.
//
// Nothing is allocated, and nothing is read outside the stated lattice and mesh. Results do not depend on
// the processor: no fused multiply-add.
#pragma once
#include <stddef.h>
#include <stdint.h>

// What a row adds to the number of a place: that at (column, row) is row * CTERRAIN_ROW + column.
#define CTERRAIN_ROW 65536

// Heights at the places of a square lattice that may become corners: that at (column, row) is
// heights[row * stride + column]. NaN at all others, among them the border of the square.
//
// For columns and rows 0 ... side there are numbers, and NaNs for seven more columns and one more row;
// a side has at most 2^14 steps.
typedef struct {
  const float *heights;
  ptrdiff_t stride;
} cterrain_lattice;

// Triangles between places of the lattice: the corners of triangle t have the numbers
// corners[3 * t ... 3 * t + 2], turning from columns to rows; a corner's place and height are in the
// other lists, by its number. No triangle's corners lie on one line.
typedef struct {
  const int32_t *corners;
  const int32_t *columns;
  const int32_t *rows;
  const float *heights;
} cterrain_mesh;

// For each of `count` triangles, a place of the lattice at which the plane through its corners is more
// than `allowed` (not negative) from the height, among the places in the triangle and on its sides. It is
// the furthest one, of large triangles the furthest of some rows. `places` receives its number, -1 where
// there is none, and `distances` how far off it is.
void cterrain_measure(const cterrain_lattice *lattice, const cterrain_mesh *mesh, float allowed,
                      const int32_t *triangles, ptrdiff_t count, int32_t *places,
                      float *distances);
