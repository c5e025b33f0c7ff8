// The inner loop of triangulating a surface: where a triangle is furthest from it.
//
// Nothing is allocated, and nothing is read outside the stated lattice. Results do not depend on the
// processor: no fused multiply-add.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Heights on a lattice: that at (column, row) is heights[row * stride + column], for columns and rows
// 0 ... side. None is NaN.
typedef struct {
  const float *heights;
  ptrdiff_t stride;
  int32_t side;
} cterrain_lattice;

// A corner of a triangle: a place of the lattice (0 ... side) and the height it has there.
typedef struct {
  int32_t column, row;
  float height;
} cterrain_corner;

// The place at which the plane through three corners is furthest from the lattice's heights, among
// the places in the triangle and on its sides; places on the border of the lattice do not count.
// The corners must not lie on one line. `distance` receives how far it is, and the place is returned
// as row * (side + 1) + column; -1 where the triangle covers no place that counts.
int32_t cterrain_furthest(const cterrain_lattice *lattice, cterrain_corner a, cterrain_corner b,
                          cterrain_corner c, float *distance);
