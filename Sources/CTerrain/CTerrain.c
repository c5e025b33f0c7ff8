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
  int32_t place;
  float distance;
} measure;

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// Twice the area of the triangle (a, b, place), negative on the outer side of the side from a to b.
static inline int32_t turn(corner a, corner b, int32_t column, int32_t row) {
  return (b.column - a.column) * (row - a.row) - (b.row - a.row) * (column - a.column);
}

enum { LANES = 8 };
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef float floats __attribute__((vector_size(4 * LANES)));
static const ints lanes = {0, 1, 2, 3, 4, 5, 6, 7};

// Of a large triangle every second, fourth … row is looked at first: mostly one of these has a place
// that is too far off already. Fewer rows than these make one triangle in a hundred more where errors
// are narrow, for places that are less well chosen.
enum { FEW_ROWS = 40, ROWS_IN_A_GO = 8 };

static inline int32_t goes_for(int32_t rows) {
  int32_t goes = 1;
  while (rows >= FEW_ROWS && rows >= 2 * goes * ROWS_IN_A_GO) goes *= 2;
  return goes;
}

// Below what the sides of any triangle can make of it from row to row.
enum { FAR_OUTSIDE = -(1 << 30) };

// Places in the box around a triangle are looked at, and those outside of it left out: that is less work
// than finding where its sides cross the rows. `allowed` is the bits of a float that is not negative:
// such bits sort like the numbers; -1 stands for a distance before anything was looked at.
static inline __attribute__((always_inline)) measure
too_far_off(const cterrain_lattice *lattice, corner a, corner b, corner c, float area,
            int32_t allowed) {
  int32_t last = lattice->side - 1;
  int32_t first_row = most(1, least(least(a.row, b.row), c.row));
  int32_t last_row = least(last, most(most(a.row, b.row), c.row));
  int32_t first_column = most(1, least(least(a.column, b.column), c.column));
  int32_t last_column = least(last, most(most(a.column, b.column), c.column));
  // Within the triangle both products lie between 0 and a difference of heights, so that rounding
  // stays small however steep the plane is.
  float share_b = (b.height - a.height) / area, share_c = (c.height - a.height) / area;
  ints bits = lanes * 0 - 1, places = lanes;
  int32_t furthest = -1, step = goes_for(last_row - first_row + 1);
  for (int32_t go = first_row; go < first_row + step && furthest <= allowed; go++) {
    for (int32_t next = first_column; next <= last_column; next += LANES) {
      // Eight places that are all on the lattice; some may have been looked at before.
      int32_t start = least(next, lattice->side + 1 - LANES);
      ints columns = lanes + start;
      ints is_border = (columns < 1) | (columns > last);
      ints ab = turn(a, b, start, go) - (b.row - a.row) * lanes;
      ints bc = turn(b, c, start, go) - (c.row - b.row) * lanes;
      ints ca = turn(c, a, start, go) - (a.row - c.row) * lanes;
      bc = (bc & ~is_border) | (FAR_OUTSIDE & is_border);
      ints place = columns + go * (lattice->side + 1);
      for (int32_t at = go; at <= last_row; at += step) {
        floats plane = a.height + __builtin_convertvector(ca, floats) * share_b +
                       __builtin_convertvector(ab, floats) * share_c;
        floats height;
        memcpy(&height, lattice->heights + at * lattice->stride + start, sizeof height);
        // The sign of any side makes less than -1 of the bits.
        ints off = ((ints)(height - plane) & INT32_MAX) | ((ab | bc | ca) & INT32_MIN);
        ints is_further = off > bits;
        bits = (bits & ~is_further) | (off & is_further);
        places = (places & ~is_further) | (place & is_further);
        ab += (b.column - a.column) * step;
        bc += (c.column - b.column) * step;
        ca += (a.column - c.column) * step;
        place += (lattice->side + 1) * step;
      }
    }
    furthest = __builtin_reduce_max(bits);
  }
  measure found = {-1, 0};
  if (furthest <= allowed) return found;
  // Of several such places the first one.
  ints is_furthest = bits == furthest;
  found.place = __builtin_reduce_min((places & is_furthest) | (INT32_MAX & ~is_furthest));
  memcpy(&found.distance, &furthest, sizeof furthest);
  return found;
}

static inline corner corner_of(const cterrain_mesh *mesh, int32_t number) {
  return (corner){mesh->columns[number], mesh->rows[number], mesh->heights[number]};
}

DISPATCHED
void cterrain_measure(const cterrain_lattice *lattice, const cterrain_mesh *mesh, float allowed,
                      const int32_t *triangles, ptrdiff_t count, int32_t *places,
                      float *distances) {
  int32_t allowed_bits;
  memcpy(&allowed_bits, &allowed, sizeof allowed);
  for (ptrdiff_t i = 0; i < count; i++) {
    const int32_t *numbers = mesh->corners + 3 * (ptrdiff_t)triangles[i];
    corner a = corner_of(mesh, numbers[0]), b = corner_of(mesh, numbers[1]),
           c = corner_of(mesh, numbers[2]);
    int32_t area = turn(a, b, c.column, c.row);
    // By Pick's theorem a triangle of half a cell has no other places than its corners.
    measure found = area > 1 ? too_far_off(lattice, a, b, c, area, allowed_bits) : (measure){-1, 0};
    places[i] = found.place;
    distances[i] = found.distance;
  }
}
