#include "CTerrain.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define DISPATCHED __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef DISPATCHED
#define DISPATCHED
#endif

// How far off a height is, as the bits of a non-negative float: they sort like the number, and the
// largest of many integers is found by vector instructions without leave to reorder floats.
static inline int32_t distance_bits(float height, float plane) {
  float off = height - plane;
  int32_t bits;
  memcpy(&bits, &off, sizeof bits);
  return bits & 0x7fffffff;
}

// Sides cross rows at rational places with denominators up to the lattice's side, so none is nearer
// to a whole number than 1/side without being one; this is far less and far more than rounding.
static const double slack = 1e-6;

static inline int32_t first_at_or_after(double place) {
  int32_t whole = (int32_t)place;
  return whole + (place - whole > slack);
}

static inline int32_t last_at_or_before(double place) {
  return (int32_t)(place + slack);
}

static inline double slope(cterrain_corner from, cterrain_corner to) {
  return to.row == from.row ? 0 : (double)(to.column - from.column) / (to.row - from.row);
}

DISPATCHED
int32_t cterrain_furthest(const cterrain_lattice *lattice, cterrain_corner a, cterrain_corner b,
                          cterrain_corner c, float *distance) {
  cterrain_corner swapped;
  if (b.row < a.row) swapped = a, a = b, b = swapped;
  if (c.row < b.row) swapped = b, b = c, c = swapped;
  if (b.row < a.row) swapped = a, a = b, b = swapped;

  double bx = b.column - a.column, by = b.row - a.row, bh = (double)b.height - a.height;
  double cx = c.column - a.column, cy = c.row - a.row, ch = (double)c.height - a.height;
  double area = bx * cy - by * cx;
  // By Pick's theorem such a triangle has no other place than its corners.
  if (area == 1 || area == -1) return -1;
  double per_column = (bh * cy - by * ch) / area, per_row = (bx * ch - bh * cx) / area;
  double whole_side = slope(a, c), upper_side = slope(a, b), lower_side = slope(b, c);

  int32_t last = lattice->side - 1;
  int32_t first_row = a.row < 1 ? 1 : a.row, last_row = c.row > last ? last : c.row;
  int32_t furthest = -1, furthest_row = -1, furthest_start = 0, furthest_count = 0;
  float step = (float)per_column;
  for (int32_t row = first_row; row <= last_row; row++) {
    double one = a.column + (row - a.row) * whole_side;
    double other = row < b.row ? a.column + (row - a.row) * upper_side
                               : b.column + (row - b.row) * lower_side;
    double left = one < other ? one : other, right = one < other ? other : one;
    int32_t start = first_at_or_after(left), end = last_at_or_before(right);
    if (start < 1) start = 1;
    if (end > last) end = last;
    const float *heights = lattice->heights + row * lattice->stride + start;
    float plane =
        (float)(a.height + (start - a.column) * per_column + (row - a.row) * per_row);
    int32_t count = end - start + 1, highest = -1;
    for (int32_t i = 0; i < count; i++) {
      int32_t bits = distance_bits(heights[i], plane + step * (float)i);
      highest = bits > highest ? bits : highest;
    }
    if (highest > furthest) {
      furthest = highest;
      furthest_row = row;
      furthest_start = start;
      furthest_count = count;
    }
  }
  if (furthest_row < 0) return -1;

  const float *heights = lattice->heights + furthest_row * lattice->stride + furthest_start;
  float plane = (float)(a.height + (furthest_start - a.column) * per_column +
                        (furthest_row - a.row) * per_row);
  int32_t place = 0;
  while (place < furthest_count - 1 &&
         distance_bits(heights[place], plane + step * (float)place) != furthest) {
    place++;
  }
  memcpy(distance, &furthest, sizeof *distance);
  return furthest_row * (lattice->side + 1) + furthest_start + place;
}
