#include "CTerrain.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#endif
#endif
#ifndef DISPATCHED
#define DISPATCHED
#endif

typedef struct {
  int32_t column, row;
  float height;
} corner;

typedef struct {
  int32_t first, last;
} range;

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// Twice the area of the triangle (a, b, place), negative on the outer side of the side from a to b.
static inline int32_t turn(corner a, corner b, int32_t column, int32_t row) {
  return (b.column - a.column) * (row - a.row) - (b.row - a.row) * (column - a.column);
}

// Sixteen places at a time: eight columns of two rows.
enum { COLUMNS = 8, ROWS = 2, LANES = COLUMNS * ROWS };
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef float floats __attribute__((vector_size(4 * LANES)));
static const ints lane_columns = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7};
static const ints lane_rows = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};

// Of a large triangle every second, fourth … pair of rows is looked at first: mostly one of these has a
// place that is too far off already. Fewer rows than these make one triangle in a hundred more where
// errors are narrow, for places that are less well chosen.
enum { FEW_ROWS = 40, ROWS_IN_A_GO = 8 };

static inline int32_t goes_for(int32_t rows) {
  int32_t goes = 1;
  while (rows >= FEW_ROWS && rows >= 2 * goes * ROWS_IN_A_GO) goes *= 2;
  return goes;
}

// With fewer rows, finding those that a triangle crosses is more work than looking at all of them.
enum { ROWS_TO_CLIP = 16 };

// Leaves out rows in which eight columns are all on the outer side of the side from a to b; one of them
// may stay.
static inline range clipped(range rows, corner a, corner b, int32_t column) {
  int32_t across = b.column - a.column;
  int32_t innermost = turn(a, b, b.row > a.row ? column : column + COLUMNS - 1, 0);
  if (across > 0) rows.first = most(rows.first, -innermost / across);
  if (across < 0) rows.last = least(rows.last, innermost / -across);
  return rows;
}

// Finds the place at which the plane through the corners of a triangle is furthest off, if by more than
// `allowed`, and by how much: see `cterrain_measure`. -1 where there is none.
//
// Places in the box around the triangle are looked at, and those outside of it left out.
static inline __attribute__((always_inline)) int32_t
furthest_place(const cterrain_lattice *lattice, corner a, corner b, corner c, int32_t area,
               float allowed, float *distance) {
  range box = {least(least(a.row, b.row), c.row), most(most(a.row, b.row), c.row)};
  int32_t first_column = least(least(a.column, b.column), c.column);
  int32_t last_column = most(most(a.column, b.column), c.column);
  // Within the triangle both products lie between 0 and a difference of heights, so that rounding
  // stays small however steep the plane is.
  float share_b = (b.height - a.height) / area, share_c = (c.height - a.height) / area;
  ints from_ab = (b.column - a.column) * lane_rows - (b.row - a.row) * lane_columns;
  ints from_bc = (c.column - b.column) * lane_rows - (c.row - b.row) * lane_columns;
  ints from_ca = (a.column - c.column) * lane_rows - (a.row - c.row) * lane_columns;
  ints from_place = lane_rows * CTERRAIN_ROW + lane_columns;
  floats distances = __builtin_convertvector(lane_rows * 0, floats) + allowed;
  ints places = lane_rows * 0 - 1;
  int32_t furthest, allowed_bits, rows = box.last - box.first + 1, step = ROWS * goes_for(rows);
  memcpy(&allowed_bits, &allowed, sizeof allowed);
  furthest = allowed_bits;
  for (int32_t go = 0; go < step && furthest == allowed_bits; go += ROWS) {
    for (int32_t column = first_column; column <= last_column; column += COLUMNS) {
      range crossed = box;
      if (rows >= ROWS_TO_CLIP) {
        crossed = clipped(clipped(clipped(crossed, a, b, column), b, c, column), c, a, column);
      }
      int32_t skipped = most(crossed.first - ROWS + 1 - (box.first + go), 0);
      int32_t at = box.first + go + ((skipped + step - 1) & -step);
      ints ab = from_ab + turn(a, b, column, at), bc = from_bc + turn(b, c, column, at);
      ints ca = from_ca + turn(c, a, column, at), place = from_place + at * CTERRAIN_ROW + column;
      for (; at <= crossed.last; at += step) {
        const float *from = lattice->heights + (ptrdiff_t)at * lattice->stride + column;
        floats plane = a.height + __builtin_convertvector(ca, floats) * share_b +
                       __builtin_convertvector(ab, floats) * share_c;
        floats heights;
        memcpy(&heights, from, sizeof heights / ROWS);
        memcpy((char *)&heights + sizeof heights / ROWS, from + lattice->stride,
               sizeof heights / ROWS);
        ints off = (ints)(heights - plane) & INT32_MAX;
        // Where a side is negative the place is outside; closed places, being NaN, are never further.
        ints is_further = ((floats)off > distances) & ~((ab | bc | ca) >> 31);
        distances = (floats)(((ints)distances & ~is_further) | (off & is_further));
        places = (places & ~is_further) | (place & is_further);
        ab += (b.column - a.column) * step;
        bc += (c.column - b.column) * step;
        ca += (a.column - c.column) * step;
        place += CTERRAIN_ROW * step;
      }
    }
    // The bits of floats that are not negative sort like the numbers.
    furthest = __builtin_reduce_max((ints)distances);
  }
  if (furthest == allowed_bits) return -1;
  memcpy(distance, &furthest, sizeof *distance);
  // Of several such places the first one.
  ints is_furthest = (ints)distances == furthest;
  return __builtin_reduce_min((places & is_furthest) | (INT32_MAX & ~is_furthest));
}

static inline corner corner_of(const cterrain_mesh *mesh, int32_t number) {
  return (corner){mesh->columns[number], mesh->rows[number], mesh->heights[number]};
}

DISPATCHED
void cterrain_measure(const cterrain_lattice *lattice, const cterrain_mesh *mesh, float allowed,
                      const int32_t *triangles, ptrdiff_t count, int32_t *places,
                      float *distances) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const int32_t *numbers = mesh->corners + 3 * (ptrdiff_t)triangles[i];
    corner a = corner_of(mesh, numbers[0]), b = corner_of(mesh, numbers[1]),
           c = corner_of(mesh, numbers[2]);
    int32_t area = turn(a, b, c.column, c.row);
    // By Pick's theorem a triangle of half a cell has no other places than its corners.
    places[i] = area > 1 ? furthest_place(lattice, a, b, c, area, allowed, &distances[i]) : -1;
  }
}
