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

// Values that are guessed together; all of them are looked up where one guess is too close to call.
enum { block = 32 };

// Turns the guesses of a block into indices. Where every guess is further than `margin` from the
// edge of a bin, the guessed bins are right and the thresholds need not be looked up, which costs
// several times as much.
static inline __attribute__((always_inline)) void settle(const float *values, const float *guesses,
                                                         const float *thresholds, float margin,
                                                         uint8_t below, uint8_t above,
                                                         uint8_t *indices) {
  int32_t close = 0;
  float far = 1.0f - margin;
  for (size_t i = 0; i < block; i++) {
    float place = guesses[i];
    place = place > -0.5f ? place : -0.5f;  // NaN too
    place = (place < (float)bins + 0.5f ? place : (float)bins + 0.5f) + 1.0f;
    int found = (int)place;
    float part = place - (float)found;
    close |= (part < margin) | (part > far);
    indices[i] = index_of(found, values[i], below, above);
  }
  if (!close) return;
  for (size_t i = 0; i < block; i++) {
    int found = corrected(guesses[i], values[i], thresholds);
    indices[i] = index_of(found, values[i], below, above);
  }
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
                               float margin, uint8_t below, uint8_t above,
                               uint8_t *restrict indices) {
  float guesses[block];
  size_t start = 0;
  for (; start + block <= count; start += block) {
    for (size_t i = 0; i < block; i++) guesses[i] = (values[start + i] - origin) * rate;
    settle(values + start, guesses, thresholds, margin, below, above, indices + start);
  }
  for (; start < count; start++) {
    float value = values[start];
    int found = corrected((value - origin) * rate, value, thresholds);
    indices[start] = index_of(found, value, below, above);
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
                                    float margin, uint8_t below, uint8_t above,
                                    uint8_t *restrict indices) {
  float guesses[block];
  size_t start = 0;
  for (; start + block <= count; start += block) {
    for (size_t i = 0; i < block; i++)
      guesses[i] = (rough_log2(values[start + i]) - origin) * rate;
    settle(values + start, guesses, thresholds, margin, below, above, indices + start);
  }
  for (; start < count; start++) {
    float value = values[start];
    int found = corrected((rough_log2(value) - origin) * rate, value, thresholds);
    indices[start] = index_of(found, value, below, above);
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
