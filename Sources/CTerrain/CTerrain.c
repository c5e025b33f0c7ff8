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

typedef struct {
  int32_t column, row;
  float height;
} corner;

typedef struct {
  int32_t place;
  float distance;
} measure;

// The rows and columns that a triangle covers, without the lattice's border.
typedef struct {
  int32_t first_row, last_row, first_column, last_column;
} box;

// How far off a height is, as the bits of a non-negative float: they sort like the number, and the
// largest of many integers is found by vector instructions without leave to reorder floats.
static inline int32_t distance_bits(float height, float plane) {
  float off = height - plane;
  int32_t bits;
  memcpy(&bits, &off, sizeof bits);
  return bits & 0x7fffffff;
}

static inline float distance_of(int32_t bits) {
  float distance;
  memcpy(&distance, &bits, sizeof distance);
  return distance;
}

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

// Of a small triangle all places in its box are looked at, eight at a time, and those outside of it
// left out: that is less work than finding where its sides cross the rows.
static inline __attribute__((always_inline)) measure
furthest_in_box(const cterrain_lattice *lattice, corner a, corner b, corner c, box box) {
  // Within the triangle both products lie between 0 and a difference of heights, so that rounding
  // stays small however steep the plane is.
  float area = (float)turn(a, b, c.column, c.row);
  float share_b = (b.height - a.height) / area, share_c = (c.height - a.height) / area;
  measure found = {-1, 0};
  int32_t furthest = -1;
  for (int32_t next = box.first_column; next <= box.last_column; next += LANES) {
    // Eight places that are all on the lattice; some may have been looked at before.
    int32_t start = least(next, lattice->side + 1 - LANES);
    ints columns = lanes + start;
    ints left_out = (columns < 1) | (columns > lattice->side - 1);
    ints ab = turn(a, b, start, box.first_row) - (b.row - a.row) * lanes;
    ints bc = turn(b, c, start, box.first_row) - (c.row - b.row) * lanes;
    ints ca = turn(c, a, start, box.first_row) - (a.row - c.row) * lanes;
    ints worst = left_out | -1, worst_row = worst;
    const float *heights = lattice->heights + box.first_row * lattice->stride + start;
    for (int32_t row = box.first_row; row <= box.last_row; row++) {
      floats height;
      memcpy(&height, heights, sizeof height);
      floats off = height - (a.height + __builtin_convertvector(ca, floats) * share_b +
                             __builtin_convertvector(ab, floats) * share_c);
      // The sign of any one that is negative makes all bits of a place outside ones: -1.
      ints bits = ((ints)off & 0x7fffffff) | ((ab | bc | ca | left_out) >> 31);
      ints is_worse = bits > worst;
      worst = (worst & ~is_worse) | (bits & is_worse);
      worst_row = (worst_row & ~is_worse) | (row & is_worse);
      ab += b.column - a.column;
      bc += c.column - b.column;
      ca += a.column - c.column;
      heights += lattice->stride;
    }
    int32_t of_these = __builtin_reduce_max(worst);
    if (of_these > furthest) {
      furthest = of_these;
      // Of several such places the first one.
      ints places = worst_row * (lattice->side + 1) + columns, is_furthest = worst == furthest;
      found.place = __builtin_reduce_min((places & is_furthest) | (INT32_MAX & ~is_furthest));
    }
  }
  found.distance = distance_of(furthest);
  return found;
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

static inline double slope(corner from, corner to) {
  return to.row == from.row ? 0 : (double)(to.column - from.column) / (to.row - from.row);
}

// Of a large triangle, row by row, the places between its sides.
static inline __attribute__((always_inline)) measure
furthest_by_rows(const cterrain_lattice *lattice, corner a, corner b, corner c, box box) {
  corner swapped;
  if (b.row < a.row) swapped = a, a = b, b = swapped;
  if (c.row < b.row) swapped = b, b = c, c = swapped;
  if (b.row < a.row) swapped = a, a = b, b = swapped;

  double bx = b.column - a.column, by = b.row - a.row, bh = (double)b.height - a.height;
  double cx = c.column - a.column, cy = c.row - a.row, ch = (double)c.height - a.height;
  double area = bx * cy - by * cx;
  double per_column = (bh * cy - by * ch) / area, per_row = (bx * ch - bh * cx) / area;
  double whole_side = slope(a, c), upper_side = slope(a, b), lower_side = slope(b, c);

  int32_t furthest = -1, furthest_row = -1, furthest_start = 0, furthest_count = 0;
  float step = (float)per_column;
  for (int32_t row = box.first_row; row <= box.last_row; row++) {
    double one = a.column + (row - a.row) * whole_side;
    double other = row < b.row ? a.column + (row - a.row) * upper_side
                               : b.column + (row - b.row) * lower_side;
    double left = one < other ? one : other, right = one < other ? other : one;
    int32_t start = most(first_at_or_after(left), box.first_column);
    int32_t end = least(last_at_or_before(right), box.last_column);
    const float *heights = lattice->heights + row * lattice->stride + start;
    float plane =
        (float)(a.height + (start - a.column) * per_column + (row - a.row) * per_row);
    int32_t count = end - start + 1, highest = -1;
    for (int32_t i = 0; i < count; i++) {
      int32_t bits = distance_bits(heights[i], plane + step * (float)i);
      highest = most(bits, highest);
    }
    if (highest > furthest) {
      furthest = highest;
      furthest_row = row;
      furthest_start = start;
      furthest_count = count;
    }
  }
  if (furthest_row < 0) return (measure){-1, 0};

  const float *heights = lattice->heights + furthest_row * lattice->stride + furthest_start;
  float plane = (float)(a.height + (furthest_start - a.column) * per_column +
                        (furthest_row - a.row) * per_row);
  int32_t place = 0;
  while (place < furthest_count - 1 &&
         distance_bits(heights[place], plane + step * (float)place) != furthest) {
    place++;
  }
  return (measure){furthest_row * (lattice->side + 1) + furthest_start + place,
                   distance_of(furthest)};
}

static inline corner corner_of(const cterrain_mesh *mesh, int32_t number) {
  return (corner){mesh->columns[number], mesh->rows[number], mesh->heights[number]};
}

// The widest box that is looked at as a whole; twice and half of it are slower.
enum { WIDEST_BOX = 2 * LANES };

DISPATCHED
void cterrain_measure(const cterrain_lattice *lattice, const cterrain_mesh *mesh,
                      const int32_t *triangles, ptrdiff_t count, int32_t *places,
                      float *distances) {
  int32_t last = lattice->side - 1;
  for (ptrdiff_t i = 0; i < count; i++) {
    const int32_t *numbers = mesh->corners + 3 * (ptrdiff_t)triangles[i];
    corner a = corner_of(mesh, numbers[0]), b = corner_of(mesh, numbers[1]),
           c = corner_of(mesh, numbers[2]);
    measure found = {-1, 0};
    // By Pick's theorem a triangle of half a cell has no other places than its corners.
    if (turn(a, b, c.column, c.row) > 1) {
      box box = {most(1, least(least(a.row, b.row), c.row)),
                 least(last, most(most(a.row, b.row), c.row)),
                 most(1, least(least(a.column, b.column), c.column)),
                 least(last, most(most(a.column, b.column), c.column))};
      found = box.last_column - box.first_column < WIDEST_BOX
                  ? furthest_in_box(lattice, a, b, c, box)
                  : furthest_by_rows(lattice, a, b, c, box);
    }
    places[i] = found.place;
    distances[i] = found.distance;
  }
}
