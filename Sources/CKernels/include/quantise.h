#pragma once
#include <stddef.h>
#include <stdint.h>

// Values to palette indices. The result is defined by thresholds alone, so it is the same on every
// processor: with c = how many of the 254 rising thresholds are <= the value,
//   NaN -> 0, c = 0 -> below, c = 254 -> above, else c + 2.
// thresholds: 256 floats, the last two NaN so that a search by halves never counts them.

// Finds c by halving; right for any thresholds.
void cubepress_quantise_search(const float *values, size_t count, const float *thresholds,
                               uint8_t below, uint8_t above, uint8_t *indices);

// Guesses c as 1 + (value - origin) * rate, rounded down, and sets it right by the thresholds beside
// it where that number is within `margin` of a whole one, which must be more than it can be off.
void cubepress_quantise_linear(const float *values, size_t count, const float *thresholds,
                               float origin, float rate, float margin, uint8_t below,
                               uint8_t above, uint8_t *indices);

// The same with 1 + (log2(value) - origin) * rate, log2 being approximated to 2e-5.
void cubepress_quantise_logarithmic(const float *values, size_t count, const float *thresholds,
                                    float origin, float rate, float margin, uint8_t below,
                                    uint8_t above, uint8_t *indices);

// Guesses c as 1 + (s(value) - origin) * rate and sets it right by the thresholds beside it; the
// guess must be at most one off. With t = |value| * inverse_threshold,
// s = sign(value) * (t <= 1 ? 10/9 t : 10/9 + log10(t)).
void cubepress_quantise_symmetric(const float *values, size_t count, const float *thresholds,
                                  float inverse_threshold, float origin, float rate,
                                  uint8_t below, uint8_t above, uint8_t *indices);

// Indices of exactly matching values: `keys` are 256 rising floats, the unused ones at the end NaN;
// a value equal to keys[i] gives indexes[i], all else 0.
void cubepress_quantise_equal(const float *values, size_t count, const float *keys,
                              const uint8_t *indexes, uint8_t *indices);

// The lowest and highest index other than 0, and how many are 0.
typedef struct {
  uint8_t lowest;
  uint8_t highest;
  size_t missing;
} cubepress_index_summary;

// lowest is 255 and highest 0 when all are missing.
cubepress_index_summary cubepress_summarise(const uint8_t *indices, size_t count);
