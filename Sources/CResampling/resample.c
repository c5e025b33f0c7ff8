#include "CResampling.h"

#include <math.h>
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

DISPATCHED
int cresample_row(const float *restrict cells, const int32_t *restrict first,
                  const int32_t *restrict second, const float *restrict fraction,
                  const int32_t *restrict inside, ptrdiff_t count, float *restrict sum,
                  float *restrict share, float *restrict nearest) {
  int32_t incomplete = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    float t = fraction[i], a = cells[first[i]], b = cells[second[i]];
    int32_t has_a = inside[i] & (a == a), has_b = inside[i] & (b == b);
    int32_t both = has_a & has_b;
    float whole = a + (b - a) * t;
    float part = (has_a ? a * (1 - t) : 0) + (has_b ? b * t : 0);
    float valid = (has_a ? 1 - t : 0) + (has_b ? t : 0);
    sum[i] = both ? whole : part;
    share[i] = both ? 1 : valid;
    nearest[i] = (t < 0.5f ? has_a : has_b) ? 1.0f : 0.0f;
    incomplete |= !both;
  }
  return !incomplete;
}

DISPATCHED
void cresample_blend_complete(const float *restrict upper, const float *restrict lower,
                              float fraction, ptrdiff_t count, float *restrict out) {
  for (ptrdiff_t i = 0; i < count; i++) {
    out[i] = upper[i] + (lower[i] - upper[i]) * fraction;
  }
}

DISPATCHED
void cresample_blend(const float *restrict upper_sum, const float *restrict upper_share,
                     const float *restrict upper_nearest, const float *restrict lower_sum,
                     const float *restrict lower_share, const float *restrict lower_nearest,
                     float fraction, ptrdiff_t count, float *restrict out) {
  const float *nearest = fraction < 0.5f ? upper_nearest : lower_nearest;
  for (ptrdiff_t i = 0; i < count; i++) {
    float sum = upper_sum[i] * (1 - fraction) + lower_sum[i] * fraction;
    float share = upper_share[i] * (1 - fraction) + lower_share[i] * fraction;
    int complete = upper_share[i] >= 1 && lower_share[i] >= 1;
    float whole = upper_sum[i] + (lower_sum[i] - upper_sum[i]) * fraction;
    out[i] = nearest[i] > 0 ? (complete ? whole : sum / share) : NAN;
  }
}

// The cell at a place of the level, NaN outside the window; columns wrap where the level does.
static inline float cell(const cresample_window *window, int32_t row, int32_t column) {
  if (window->wraps) {
    if (column < 0) column += window->level_columns;
    if (column >= window->level_columns) column -= window->level_columns;
  }
  int32_t r = row - window->first_row, c = column - window->first_column;
  if (r < 0 || c < 0 || r >= window->row_count || c >= window->column_count) return NAN;
  return window->cells[r * window->stride + c];
}

// A place of the level by the cells around it.
static inline float sample(const cresample_window *window, float x, float y, int bilinear) {
  // Also false for NaN; far-off numbers would not fit the integers below.
  if (!(x > -2 && y > -2 && x < 1e9f && y < 1e9f)) return NAN;
  // Ties go the same way at every level: to the next cell.
  float near = cell(window, (int32_t)floorf(y + 0.5f), (int32_t)floorf(x + 0.5f));
  if (!bilinear || near != near) return near;
  float left = floorf(x), top = floorf(y), tx = x - left, ty = y - top;
  int32_t column = (int32_t)left, row = (int32_t)top;
  float values[4] = {cell(window, row, column), cell(window, row, column + 1),
                     cell(window, row + 1, column), cell(window, row + 1, column + 1)};
  float weights[4] = {(1 - tx) * (1 - ty), tx * (1 - ty), (1 - tx) * ty, tx * ty};
  float sum = 0, share = 0;
  for (int k = 0; k < 4; k++) {
    if (values[k] == values[k]) {
      sum += values[k] * weights[k];
      share += weights[k];
    }
  }
  return share > 0 ? sum / share : near;
}

enum { LANES = 8 };
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef float floats __attribute__((vector_size(4 * LANES)));

typedef int64_t pairs __attribute__((vector_size(8 * LANES)));

// The first and the second cells of pairs.
static inline __attribute__((always_inline)) void
part(const pairs *pairs, floats *first, floats *second) {
  floats halves[2];
  memcpy(halves, pairs, sizeof halves);
  *first = __builtin_shufflevector(halves[0], halves[1], 0, 2, 4, 6, 8, 10, 12, 14);
  *second = __builtin_shufflevector(halves[0], halves[1], 1, 3, 5, 7, 9, 11, 13, 15);
}

static inline __attribute__((always_inline)) int is_any(const ints *truths) {
  return __builtin_reduce_or(*truths) != 0;
}

// Eight places at once, where all cells around them are in the window and none of them is missing, as
// it mostly is: the same operations in the same order. Returns 0 where that is not so.
static inline __attribute__((always_inline)) int
sample_complete(const cresample_window *window, const float *columns, const float *rows,
                float scale, float *out) {
  floats x, y;
  memcpy(&x, columns, sizeof x);
  memcpy(&y, rows, sizeof y);
  x = (x + 0.5f) * scale - 0.5f;
  y = (y + 0.5f) * scale - 0.5f;
  // False for NaN; far-off numbers would not fit the integers below.
  ints is_far = ~((x >= 0) & (y >= 0) & (x < 1e9f) & (y < 1e9f));
  if (is_any(&is_far)) return 0;
  // Nothing is negative, so that cutting off rounds down.
  ints column = __builtin_convertvector(x, ints), row = __builtin_convertvector(y, ints);
  ints window_column = column - window->first_column, window_row = row - window->first_row;
  ints is_outside = (window_column < 0) | (window_column >= window->column_count - 1) |
                    (window_row < 0) | (window_row >= window->row_count - 1);
  if (is_any(&is_outside)) return 0;
  floats tx = x - __builtin_convertvector(column, floats);
  floats ty = y - __builtin_convertvector(row, floats);
  pairs uppers, lowers;
  for (int lane = 0; lane < LANES; lane++) {
    const float *upper = window->cells + window_row[lane] * window->stride + window_column[lane];
    // A cell and the next one are taken together: half as many moves between registers.
    memcpy((char *)&uppers + lane * sizeof(int64_t), upper, sizeof(int64_t));
    memcpy((char *)&lowers + lane * sizeof(int64_t), upper + window->stride, sizeof(int64_t));
  }
  floats a, b, c, d;
  part(&uppers, &a, &b);
  part(&lowers, &c, &d);
  ints is_missing = (a != a) | (b != b) | (c != c) | (d != d);
  if (is_any(&is_missing)) return 0;
  floats weight_a = (1 - tx) * (1 - ty), weight_b = tx * (1 - ty);
  floats weight_c = (1 - tx) * ty, weight_d = tx * ty;
  floats sum = a * weight_a + b * weight_b + c * weight_c + d * weight_d;
  sum /= weight_a + weight_b + weight_c + weight_d;
  memcpy(out, &sum, sizeof sum);
  return 1;
}

DISPATCHED
void cresample_scattered(const cresample_window *window, const float *restrict columns,
                         const float *restrict rows, ptrdiff_t count, float scale, int bilinear,
                         float *restrict out) {
  ptrdiff_t i = 0;
  while (i < count) {
    ptrdiff_t end = count;
    if (bilinear && count - i >= LANES) {
      end = i + LANES;
      if (sample_complete(window, columns + i, rows + i, scale, out + i)) i = end;
    }
    for (; i < end; i++) {
      float x = (columns[i] + 0.5f) * scale - 0.5f, y = (rows[i] + 0.5f) * scale - 0.5f;
      out[i] = sample(window, x, y, bilinear);
    }
  }
}
