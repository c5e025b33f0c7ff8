#include "quantise.h"

#include <string.h>

#include "targets.h"

// A fused multiply-add rounds differently; keep the guess the same everywhere too.
#pragma STDC FP_CONTRACT OFF

enum { bins = 253 };

static inline uint8_t index_of(int count, float value, uint8_t below, uint8_t above) {
  int index = count + 2;
  index = count == 0 ? below : index;
  index = count == bins + 1 ? above : index;
  return (uint8_t)(value == value ? index : 0);
}

// The guessed bin, 0...252, made the number of thresholds <= value.
static inline int corrected(float guess, float value, const float *thresholds) {
  guess = guess > 0.0f ? guess : 0.0f;  // NaN becomes 0 too
  guess = guess < (float)(bins - 1) ? guess : (float)(bins - 1);
  int bin = (int)guess;
  return bin + 1 + (value >= thresholds[bin + 1]) - (value < thresholds[bin]);
}

CUBEPRESS_FAST
void cubepress_quantise_search(const float *restrict values, size_t count,
                               const float *restrict thresholds, uint8_t below, uint8_t above,
                               uint8_t *restrict indices) {
  for (size_t i = 0; i < count; i++) {
    float value = values[i];
    int found = 0;
    for (int step = 128; step > 0; step >>= 1)
      found += value >= thresholds[found + step - 1] ? step : 0;
    indices[i] = index_of(found, value, below, above);
  }
}

CUBEPRESS_FAST
void cubepress_quantise_linear(const float *restrict values, size_t count,
                               const float *restrict thresholds, float origin, float rate,
                               uint8_t below, uint8_t above, uint8_t *restrict indices) {
  for (size_t i = 0; i < count; i++) {
    float value = values[i];
    int found = corrected((value - origin) * rate, value, thresholds);
    indices[i] = index_of(found, value, below, above);
  }
}

// log2 of a positive normal number within 2e-5: exponent plus a polynomial in the mantissa that is
// exact at both ends (least squares, reweighted towards the least greatest error). What it gives
// for anything else is only a bad guess: beyond an end of the range, where `corrected` clamps it.
static inline float rough_log2(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  float exponent = (float)((bits >> 23) - 127);
  int32_t fraction_bits = (bits & 0x007fffff) | 0x3f800000;
  float m;
  memcpy(&m, &fraction_bits, sizeof m);
  m -= 1.0f;
  float product = m * (1.0f - m);
  float bulge = 0.441917f + m * (-0.267179f + m * (0.148425f + m * -0.045148f));
  return exponent + m + product * bulge;
}

CUBEPRESS_FAST
void cubepress_quantise_logarithmic(const float *restrict values, size_t count,
                                    const float *restrict thresholds, float origin, float rate,
                                    uint8_t below, uint8_t above, uint8_t *restrict indices) {
  for (size_t i = 0; i < count; i++) {
    float value = values[i];
    int found = corrected((rough_log2(value) - origin) * rate, value, thresholds);
    indices[i] = index_of(found, value, below, above);
  }
}

CUBEPRESS_FAST
void cubepress_quantise_symmetric(const float *restrict values, size_t count,
                                  const float *restrict thresholds, float inverse_threshold,
                                  float origin, float rate, uint8_t below, uint8_t above,
                                  uint8_t *restrict indices) {
  const float linear_share = 10.0f / 9.0f, log10_of_2 = 0.30103f;
  for (size_t i = 0; i < count; i++) {
    float value = values[i];
    float size = (value < 0.0f ? -value : value) * inverse_threshold;
    float far = linear_share + rough_log2(size) * log10_of_2;
    float part = size <= 1.0f ? size * linear_share : far;
    part = value < 0.0f ? -part : part;
    int found = corrected((part - origin) * rate, value, thresholds);
    indices[i] = index_of(found, value, below, above);
  }
}

CUBEPRESS_FAST
void cubepress_quantise_equal(const float *restrict values, size_t count,
                              const float *restrict keys, const uint8_t *restrict indexes,
                              uint8_t *restrict indices) {
  for (size_t i = 0; i < count; i++) {
    float value = values[i];
    int found = 0;
    for (int step = 128; step > 0; step >>= 1)
      found += value >= keys[found + step - 1] ? step : 0;
    int last = found > 0 ? found - 1 : 0;
    indices[i] = value == keys[last] ? indexes[last] : 0;
  }
}

CUBEPRESS_FAST
cubepress_index_summary cubepress_summarise(const uint8_t *restrict indices, size_t count) {
  uint8_t least = 255, highest = 0;
  size_t present = 0;
  size_t start = 0;
  while (start < count) {
    // Blocks of 255 so that the count of one fits a byte lane.
    size_t end = count - start > 255 * 64 ? start + 255 * 64 : count;
    unsigned in_block = 0;
    for (size_t i = start; i < end; i++) {
      uint8_t index = indices[i];
      uint8_t shifted = (uint8_t)(index - 1);  // missing becomes 255, the greatest
      least = shifted < least ? shifted : least;
      highest = index > highest ? index : highest;
      in_block += index != 0;
    }
    present += in_block;
    start = end;
  }
  cubepress_index_summary summary = {
    .lowest = present > 0 ? (uint8_t)(least + 1) : 255,
    .highest = highest,
    .missing = count - present,
  };
  return summary;
}
