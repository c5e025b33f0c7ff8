// The inner loop of triangulating a surface: where triangles are furthest from it.
//
// Nothing is allocated, and nothing is read outside the stated lattice and mesh. Results do not depend on
// the processor: no fused multiply-add.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Heights on a lattice: that at (column, row) is heights[row * stride + column], for columns and rows
// 0 ... side. None is NaN. At least 8 steps along a side and at most 2^14.
typedef struct {
  const float *heights;
  ptrdiff_t stride;
  int32_t side;
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

// For each of `count` triangles, a place at which the plane through its corners is more than `allowed`
// (not negative) from the lattice's heights, among the places in the triangle and on its sides; places
// on the border of the lattice do not count. It is the furthest one, of large triangles the furthest of
// some rows. `places` receives it as row * (side + 1) + column, or -1 where there is none, and
// `distances` how far it is.
void cterrain_measure(const cterrain_lattice *lattice, const cterrain_mesh *mesh, float allowed,
                      const int32_t *triangles, ptrdiff_t count, int32_t *places,
                      float *distances);
