#pragma once
#include <stddef.h>
#include <stdint.h>

// PNG filters (PNG specification, third edition, section 9) for images of one byte a pixel, or of
// packed smaller ones. Each line of the output begins with its filter type: `line` + 1 bytes.

// Filters every line by "up": the difference from the line above.
void cubepress_filter_up(const uint8_t *pixels, size_t line, size_t lines, uint8_t *filtered);

// No filter at all.
void cubepress_filter_none(const uint8_t *pixels, size_t line, size_t lines, uint8_t *filtered);

// Filters each line by whichever of none, sub, up and Paeth leaves the least sum of sizes.
// scratch: 4 * line bytes.
void cubepress_filter_adaptive(const uint8_t *pixels, size_t line, size_t lines,
                               uint8_t *filtered, uint8_t *scratch);

// Indices shifted down so that `lowest` becomes 1; 0 stays.
void cubepress_shift_indices(const uint8_t *indices, size_t count, uint8_t lowest,
                             uint8_t *shifted);

// Packs indices below 2^bits, bits 1, 2 or 4, the first in the highest bits. Lines of
// (width * bits + 7) / 8 bytes.
void cubepress_pack_indices(const uint8_t *indices, size_t width, size_t lines, int bits,
                            uint8_t *packed);
