#include "png_filters.h"

#include <string.h>

#include "targets.h"

CUBEPRESS_FAST
void cubepress_filter_up(const uint8_t *restrict pixels, size_t line, size_t lines,
                         uint8_t *restrict filtered) {
  // The line above the first is zero: filter type 0 says the same.
  filtered[0] = 0;
  memcpy(filtered + 1, pixels, line);
  for (size_t y = 1; y < lines; y++) {
    const uint8_t *here = pixels + y * line, *above = here - line;
    uint8_t *to = filtered + y * (line + 1);
    *to++ = 2;
    for (size_t x = 0; x < line; x++) to[x] = (uint8_t)(here[x] - above[x]);
  }
}

void cubepress_filter_none(const uint8_t *restrict pixels, size_t line, size_t lines,
                           uint8_t *restrict filtered) {
  for (size_t y = 0; y < lines; y++) {
    filtered[y * (line + 1)] = 0;
    memcpy(filtered + y * (line + 1) + 1, pixels + y * line, line);
  }
}

static inline uint8_t size_of(uint8_t difference) {
  return difference < 128 ? difference : (uint8_t)(0 - difference);
}

static inline uint8_t away(uint8_t a, uint8_t b) { return (uint8_t)(a > b ? a - b : b - a); }

CUBEPRESS_FAST
void cubepress_filter_adaptive(const uint8_t *restrict pixels, size_t line, size_t lines,
                               uint8_t *restrict filtered, uint8_t *restrict scratch) {
  uint8_t *sub = scratch, *up = scratch + line, *paeth = scratch + 2 * line;
  uint8_t *zero = scratch + 3 * line;
  memset(zero, 0, line);
  for (size_t y = 0; y < lines; y++) {
    const uint8_t *here = pixels + y * line, *above = y > 0 ? here - line : zero;
    uint8_t *to = filtered + y * (line + 1);
    unsigned sums[5] = {0};
    sub[0] = here[0];
    up[0] = paeth[0] = (uint8_t)(here[0] - above[0]);
    unsigned sum_none = size_of(here[0]), sum_sub = sum_none, sum_up = size_of(up[0]),
             sum_paeth = sum_up;
    for (size_t x = 1; x < line; x++) {
      uint8_t a = here[x - 1], b = above[x], c = above[x - 1], value = here[x];
      // |p - a| = |b - c|, |p - b| = |a - c|, |p - c| = |a + b - 2c|; the last only matters when
      // it is least, which is when c lies between a and b: then it fits eight bits.
      uint8_t to_a = away(b, c), to_b = away(a, c);
      int opposite = (a >= c) != (b >= c);
      uint8_t to_c = opposite ? away(to_a, to_b) : 255;
      uint8_t nearer = to_a <= to_b ? a : b;
      uint8_t distance = to_a <= to_b ? to_a : to_b;
      // When a and b lie on one side of c, p - c is the greatest of the three.
      uint8_t predicted = opposite && to_c < distance ? c : nearer;
      sub[x] = (uint8_t)(value - a);
      up[x] = (uint8_t)(value - b);
      paeth[x] = (uint8_t)(value - predicted);
      sum_none += size_of(value);
      sum_sub += size_of(sub[x]);
      sum_up += size_of(up[x]);
      sum_paeth += size_of(paeth[x]);
    }
    sums[0] = sum_none, sums[1] = sum_sub, sums[2] = sum_up, sums[4] = sum_paeth;
    int type = 0;
    if (sums[1] < sums[type]) type = 1;
    if (sums[2] < sums[type]) type = 2;
    if (sums[4] < sums[type]) type = 4;
    *to++ = (uint8_t)type;
    memcpy(to, type == 0 ? here : type == 1 ? sub : type == 2 ? up : paeth, line);
  }
}

// log2 in steps of 1/256, straight between powers of two; of integers, so the same everywhere.
static unsigned rough_log2(uint64_t value) {
  unsigned whole = 63 - (unsigned)__builtin_clzll(value);
  return whole << 8 | (unsigned)((value << 8 >> whole) & 255);
}

static inline int paeth(int a, int b, int c) {
  int to_a = b > c ? b - c : c - b, to_b = a > c ? a - c : c - a;
  int to_c = a + b - 2 * c;
  to_c = to_c < 0 ? -to_c : to_c;
  return to_a <= to_b && to_a <= to_c ? a : to_b <= to_c ? b : c;
}

// The five filters of one line, one after the other.
CUBEPRESS_FAST
static void filter_line(const uint8_t *restrict here, const uint8_t *restrict above, size_t line,
                        uint8_t *restrict to) {
  uint8_t *sub = to + line, *up = to + 2 * line, *average = to + 3 * line, *last = to + 4 * line;
  memcpy(to, here, line);
  sub[0] = here[0];
  up[0] = last[0] = (uint8_t)(here[0] - above[0]);
  average[0] = (uint8_t)(here[0] - above[0] / 2);
  for (size_t x = 1; x < line; x++) {
    int a = here[x - 1], b = above[x], c = above[x - 1];
    sub[x] = (uint8_t)(here[x] - a);
    up[x] = (uint8_t)(here[x] - b);
    average[x] = (uint8_t)(here[x] - (a + b) / 2);
    last[x] = (uint8_t)(here[x] - paeth(a, b, c));
  }
}

// Bytes that continue a run of equal ones are nearly free.
static uint64_t cost_of(const uint8_t *bytes, size_t count, const unsigned *costs) {
  uint64_t sum = 0;
  unsigned run = 0;
  for (size_t x = 0; x < count; x++) {
    run = x > 0 && bytes[x] == bytes[x - 1] ? run + 1 : 0;
    sum += run < 5 ? costs[bytes[x]] : costs[bytes[x]] / 4;
  }
  return sum;
}

void cubepress_filter_cheapest(const uint8_t *restrict pixels, size_t line, size_t lines,
                               uint8_t *restrict filtered, uint8_t *restrict scratch) {
  unsigned frequencies[256] = {0}, costs[256];
  size_t total = (line + 1) * lines;
  uint8_t *zero = scratch + 5 * line;
  memset(zero, 0, line);
  for (size_t i = 0; i < total; i++) frequencies[filtered[i]]++;
  for (int b = 0; b < 256; b++)
    costs[b] = rough_log2(4 * (uint64_t)total + 1) - rough_log2(4 * (uint64_t)frequencies[b] + 1);
  for (size_t y = 0; y < lines; y++) {
    const uint8_t *here = pixels + y * line, *above = y > 0 ? here - line : zero;
    filter_line(here, above, line, scratch);
    uint64_t least = UINT64_MAX;
    int best = 0;
    for (int type = 0; type < 5; type++) {
      uint64_t cost = cost_of(scratch + (size_t)type * line, line, costs) + costs[type];
      if (cost < least) {
        least = cost;
        best = type;
      }
    }
    filtered[y * (line + 1)] = (uint8_t)best;
    memcpy(filtered + y * (line + 1) + 1, scratch + (size_t)best * line, line);
  }
}

CUBEPRESS_FAST
void cubepress_shift_indices(const uint8_t *restrict indices, size_t count, uint8_t lowest,
                             uint8_t *restrict shifted) {
  uint8_t by = lowest > 0 ? (uint8_t)(lowest - 1) : 0;
  for (size_t i = 0; i < count; i++)
    shifted[i] = indices[i] > by ? (uint8_t)(indices[i] - by) : 0;
}

void cubepress_renumber_indices(const uint8_t *restrict indices, size_t count,
                                const uint8_t *restrict table, uint8_t *restrict renumbered) {
  for (size_t i = 0; i < count; i++) renumbered[i] = table[indices[i]];
}

int cubepress_mark_indices(const uint8_t *restrict indices, size_t count, int enough,
                           uint8_t *restrict seen) {
  enum { block = 4096 };
  int found = 0;
  for (size_t start = 0; start < count && found <= enough; start += block) {
    size_t end = count - start > block ? start + block : count;
    for (size_t i = start; i < end; i++) seen[indices[i]] = 1;
    found = 0;
    for (int i = 0; i < 256; i++) found += seen[i];
  }
  return found;
}

void cubepress_pack_indices(const uint8_t *restrict indices, size_t width, size_t lines, int bits,
                            uint8_t *restrict packed) {
  size_t in_byte = 8 / (size_t)bits;
  for (size_t y = 0; y < lines; y++, indices += width) {
    for (size_t x = 0; x < width; x += in_byte) {
      unsigned byte = 0;
      for (size_t i = 0; i < in_byte; i++)
        byte = byte << bits | (x + i < width ? indices[x + i] : 0);
      *packed++ = (uint8_t)byte;
    }
  }
}
